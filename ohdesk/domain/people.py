"""Who may be drawn and who may sign: inspectors (执法人员) whose certificate is valid on the day, nobody else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ohdesk.errors import Problem
from ohdesk.i18n import tr

INSPECTOR, ASSISTANT, TECHNICAL_PERSON = "inspector", "assistant", "technical_person"
TEAM = 2  # 行政处罚法 第四十二条: at least two


@dataclass(frozen=True, slots=True)
class OfficePerson:
    """A person of the office. certificate_until: the last valid day, "2027-12-31"; empty for others than inspectors."""

    id: str
    name: str
    role: str
    certificate_no: str
    certificate_until: str
    unit: str


def may_inspect(person: OfficePerson, day: date) -> bool:
    """True for an inspector whose certificate is valid on `day`: who may be drawn, inspect and sign."""
    return not why_not_inspect(person, day)


def why_not_inspect(person: OfficePerson, day: date) -> str:
    """Return why a person may not inspect on `day`; empty when nothing stands against it."""
    if person.role != INSPECTOR:
        return tr("不是执法人员")
    if not person.certificate_no:
        return tr("没有执法证号")
    if not person.certificate_until:
        return tr("没有登记执法证有效期")
    if person.certificate_until < day.isoformat():
        return tr("执法证已于 {day} 到期", day=person.certificate_until)
    return ""


def team_problems(team: Iterable[OfficePerson], day: date) -> list[Problem]:
    """Return what keeps a team from inspecting on `day`: fewer than two, one twice, or one who may not."""
    members = list(team)
    problems = [
        Problem(person.name, tr("当日有效的执法证"), why_not_inspect(person, day), tr("请换由持有效执法证的人员。"))
        for person in members
        if not may_inspect(person, day)
    ]
    certificates = {person.certificate_no for person in members}
    if len(certificates) < TEAM or len({person.id for person in members}) < TEAM:
        problems.append(
            Problem(tr("检查人员"), tr("至少两名执法证号不同的执法人员"), tr("{count} 名", count=len(certificates)))
        )
    return problems
