"""The hazards and limits as data: `resources/codes/hazards`, a file for each class and one for the standards."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

from ohdesk.domain.hazard.conditions import Axis, Said, read
from ohdesk.domain.hazard.limits import Hazard, HazardClass, Hazards, Limit, LimitKind, PeakRule, is_cas
from ohdesk.domain.hazard.units import is_unit
from ohdesk.errors import Problem
from ohdesk.i18n import tr
from ohdesk.paths import resources

STANDARDS = "standards.toml"
_Text = Annotated[str, msgspec.Meta(min_length=1)]
_Amount = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,6}(\.[0-9]{1,6})?$")]
_When = Mapping[Axis, _Text]
Kind = TypeVar("Kind")


class _Standard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: _Text
    title: _Text
    valid_from: date
    source: _Text


class _Peak(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    short: _Amount
    never: _Amount
    source: _Text


class _Standards(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The standards limits stand in; `source`: key → where numbers were taken from."""

    standard: list[_Standard]
    source: Mapping[str, _Text]
    peak: _Peak


class _Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: LimitKind
    value: _Amount
    unit: _Text
    standard: str
    source: str
    also: tuple[str, ...] = ()
    when: _When = {}
    valid_from: date | None = None
    valid_to: date | None = None
    confirmed: bool = False


class _Raised(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By how much every limit is higher `when` this holds; `otherwise` it is as printed."""

    by: _Amount
    when: _When
    otherwise: _When
    source: str


class _Hazard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: _Text
    synonyms: tuple[_Text, ...] = ()
    cas: tuple[_Text, ...] = ()
    marks: tuple[_Text, ...] = ()
    note: str = ""
    limit: tuple[_Limit, ...] = ()
    raised: _Raised | None = None


class _Class(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    hazard_class: HazardClass = msgspec.field(name="class")
    hazard: tuple[_Hazard, ...]


@dataclass(frozen=True, slots=True)
class HazardFiles:
    """What the files of a folder say, and what is wrong with them."""

    hazards: Hazards
    problems: tuple[Problem, ...]


@cache
def hazards() -> Hazards:
    """Return the hazards shipped with the program."""
    return read_hazards(resources() / "codes" / "hazards").hazards


def read_hazards(folder: Path) -> HazardFiles:
    """Read every file of a folder. A file with a problem is left out whole: no limit is better than a wrong one."""
    problems: list[Problem] = []
    standards = _decoded(folder / STANDARDS, _Standards, problems)
    if standards is None:
        return HazardFiles(Hazards((), PeakRule(Decimal(0), Decimal(0))), tuple(problems))
    found: list[Hazard] = []
    for file in sorted(folder.glob("*.toml")):
        if file.name == STANDARDS:
            continue
        one = _decoded(file, _Class, problems)
        wrong = [] if one is None else [each for hazard in one.hazard for each in _wrong(file.name, hazard, standards)]
        if one is not None and not wrong:
            found += [_made(hazard, one.hazard_class, standards) for hazard in one.hazard]
        problems += wrong
    peak = PeakRule(Decimal(standards.peak.short), Decimal(standards.peak.never))
    return HazardFiles(Hazards(found, peak), tuple(problems))


def _decoded(file: Path, kind: type[Kind], problems: list[Problem]) -> Kind | None:
    try:
        return msgspec.toml.decode(file.read_bytes(), type=kind)
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        problems.append(Problem(file.name, tr("危害因素和限值，格式与其他文件相同"), str(error)[:120], _remedy()))
        return None


def _wrong(file: str, hazard: _Hazard, standards: _Standards) -> Iterator[Problem]:
    place = f"{file} {hazard.name}"
    names = {standard.name for standard in standards.standard}
    for cas in hazard.cas:
        if not is_cas(cas):
            yield Problem(place, tr("校验码正确的 CAS 号"), cas, _remedy())
    sources = [limit.source for limit in hazard.limit] + ([hazard.raised.source] if hazard.raised else [])
    for source in sources:
        if source not in standards.source:
            yield Problem(place, tr("{file} 里写明的来源", file=STANDARDS), source, _remedy())
    for limit in hazard.limit:
        if limit.standard not in names:
            yield Problem(place, tr("{file} 里写明的标准", file=STANDARDS), limit.standard, _remedy())
        for unit in (limit.unit, *limit.also):
            if not is_unit(unit):
                yield Problem(place, tr("认得的单位"), unit, _remedy())
    conditions = [limit.when for limit in hazard.limit]
    conditions += [hazard.raised.when, hazard.raised.otherwise] if hazard.raised else []
    for axis, text in (item for when in conditions for item in when.items()):
        reading = read(text, {axis})
        if axis not in reading.said or reading.rest or reading.clash:
            yield Problem(place, tr("看得懂的条件"), text, _remedy())


def _made(hazard: _Hazard, hazard_class: HazardClass, standards: _Standards) -> Hazard:
    limits: list[Limit] = []
    for each in hazard.limit:
        limit = _limit(each, standards)
        if hazard.raised is None:
            limits.append(limit)
            continue
        higher = limit.value + Decimal(hazard.raised.by)
        limits.append(_under(limit, hazard.raised.otherwise))
        limits.append(replace(_under(limit, hazard.raised.when), value=higher, raised=True))
    return Hazard(hazard.name, hazard_class, hazard.synonyms, hazard.cas, hazard.marks, hazard.note, tuple(limits))


def _limit(limit: _Limit, standards: _Standards) -> Limit:
    standard = next(each for each in standards.standard if each.name == limit.standard)
    return Limit(
        kind=limit.kind,
        value=Decimal(limit.value),
        unit=limit.unit,
        also=limit.also,
        condition="，".join(limit.when.values()),
        when=_said(limit.when),
        standard=limit.standard,
        valid_from=limit.valid_from or standard.valid_from,
        valid_to=limit.valid_to,
        confirmed=limit.confirmed,
        source=standards.source[limit.source],
    )


def _under(limit: Limit, when: _When) -> Limit:
    """Return a limit that holds under a further condition."""
    condition = "，".join(filter(None, (limit.condition, *when.values())))
    return replace(limit, condition=condition, when={**limit.when, **_said(when)})


def _said(when: _When) -> Said:
    return {axis: read(text, {axis}).said[axis] for axis, text in when.items()}


def _remedy() -> str:
    return tr("请对照标准改正这个文件；改好以前，里面的限值都不用来判定。")
