"""The schemes of risk classes, `resources/risk/`, and which hazards are severe by a list."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import msgspec

from ohdesk.domain.hazard.limits import HazardClass
from ohdesk.domain.risk.scheme import Scheme
from ohdesk.errors import Problem, ProblemsError
from ohdesk.forms.cities import hazard_tests
from ohdesk.forms.hazards import hazards
from ohdesk.i18n import tr
from ohdesk.paths import resources

CURRENT = "pilot2022"  # by which employers are classed
_G1 = "G1"  # carcinogenic to humans, as GBZ 2.1 marks it


@cache
def schemes() -> Mapping[str, Scheme]:
    """Return the schemes shipped, by key."""
    return read_schemes(resources() / "risk")


def read_schemes(folder: Path) -> Mapping[str, Scheme]:
    """Return the schemes of a folder. Raises ProblemsError with what is wrong with them."""
    found: dict[str, Scheme] = {}
    problems: list[Problem] = []
    for file in sorted(folder.glob("*.toml")):
        try:
            scheme = msgspec.toml.decode(file.read_bytes(), type=Scheme)
        except (ValueError, msgspec.MsgspecError) as error:
            problems.append(Problem(file.name, tr("分类依据，格式与其他文件相同"), str(error)[:120]))
            continue
        problems += [Problem(file.name, fault, scheme.key) for fault in scheme.faults()]
        found[scheme.key] = scheme
    if problems:
        raise ProblemsError(tr("风险分类的文件有 {count} 处不符合格式。", count=len(problems)), tuple(problems))
    return found


def severe_hazards(names: Iterable[str]) -> tuple[str, ...]:
    """Return those of some hazards that are severe: highly toxic by the list, marked G1, or radiation."""
    return tuple(name for name in names if _is_severe(name))


def _is_severe(name: str) -> bool:
    if hazard_tests()["high_toxic"].has(name):
        return True
    return any(_G1 in each.marks or each.hazard_class is HazardClass.RADIOLOGICAL for each in hazards().find(name))
