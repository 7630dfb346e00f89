"""The class of one employer: by what it is exposed to, how many are, and how it is managed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal

from ohdesk.domain.risk.scheme import NATURES, Exposure, Level, Nature, Scheme
from ohdesk.i18n import tr


@dataclass(frozen=True, slots=True)
class Exposed:
    """To hazards of one nature: whether all results keep to the limits, and how many persons; None for not said."""

    level: Level | None = None
    persons: int | None = None

    @property
    def is_said(self) -> bool:
        """True where anything is said of hazards of this nature."""
        return self.level is not None or self.persons is not None


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a class is worked out from.

    exposed: of either nature; none of it for an employer without such hazards · everybody: all who are exposed
    points: of the self-check, out of `full` that could be had · severe: hazards named that are severe by a list
    """

    exposed: Mapping[Nature, Exposed] = field(default_factory=dict)
    everybody: int | None = None
    points: Decimal | None = None
    full: Decimal | None = None
    severe: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class RiskClass:
    """A class with both of its axes, each "" where it cannot be said; and why not, in sentences.

    score: out of 100, rounded down to be read · basis: scheme and versions of the tables
    """

    grade: str
    score: str
    management: str
    risk_class: str
    basis: str
    why: str


def risk_class(scheme: Scheme, inputs: Inputs) -> RiskClass:
    """Return the class of an employer. What is missing is not guessed at: all of it is named, and there is no class."""
    if scheme.exposure is None or scheme.management is None or scheme.matrix is None:
        why = tr("程序里没有“{scheme}”的分级表，不能按它定类。", scheme=scheme.title.zh)
        return RiskClass("", "", "", "", scheme.title.zh, why)
    grade, missing = _grade(scheme.exposure, inputs)
    score = management = found = ""
    if inputs.points is None or not inputs.full:
        missing.append(tr("还缺自查得分和满分。"))
    elif not 0 <= inputs.points <= inputs.full:
        missing.append(tr("自查得分应在 0 和满分之间。"))
    else:
        place = scheme.management.place(inputs.points, inputs.full)
        management = scheme.management.band[place].name
        score = f"{(inputs.points * 100 / inputs.full).quantize(Decimal('0.01'), ROUND_FLOOR).normalize():f}"
        found = scheme.matrix.classes[grade][place] if grade else ""
    return RiskClass(grade, score, management, found, basis(scheme), "".join(missing))


def basis(scheme: Scheme) -> str:
    """Return in words by what a class is worked out: the scheme, which end is which, and the version of each table."""
    named = ((tr("风险分级"), scheme.exposure), (tr("管理分级"), scheme.management), (tr("综合表"), scheme.matrix))
    tables = [
        tr("{table} {version} 版", table=name, version=table.version)
        if table.confirmed
        else tr("{table} {version} 版（待县级确认）", table=name, version=table.version)
        for name, table in named
        if table
    ]
    lowest, highest = scheme.classes[0], scheme.classes[-1]
    about = tr("{scheme}：{lowest}类风险最低，{highest}类最高", scheme=scheme.title.zh, lowest=lowest, highest=highest)
    return tr("；").join([about, *tables])


def _grade(exposure: Exposure, inputs: Inputs) -> tuple[str, list[str]]:
    """Return the highest grade of the two natures, "" where something is missing, and what is."""
    words = {"severe": tr("严重"), "general": tr("一般")}
    missing, grades = [], []
    said = {nature: inputs.exposed.get(nature, Exposed()) for nature in NATURES}
    if inputs.severe and not said["severe"].is_said:
        names = tr("、").join(inputs.severe)
        missing.append(tr("{names}属于严重的危害因素，还缺严重危害的接触水平和人数。", names=names))
    elif not any(each.is_said for each in said.values()):
        missing.append(tr("还缺危害因素的接触水平和人数。"))
    for nature, each in said.items():
        if not each.is_said:
            continue
        persons = each.persons if exposure.counted == "nature" else inputs.everybody
        if each.level is None:
            missing.append(tr("还缺{nature}危害的接触水平是否符合。", nature=words[nature]))
        if persons is None:
            missing.append(tr("还缺{nature}危害的接触人数。", nature=words[nature]))
        if each.level is not None and persons is not None:
            grades.append(exposure.grade(nature, each.level, persons))
    return ("" if missing else max(grades, key=exposure.grades.index)), missing
