"""Findings (问题): what is done about a breach, until when, and what a finding still lacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ohdesk.domain.calendar import Period, WorkCalendar, day_in
from ohdesk.domain.worded import Named
from ohdesk.errors import Problem
from ohdesk.i18n import tr

_A_MONTH = timedelta(days=30)  # of an example; how long a deadline runs is data


@dataclass(frozen=True, slots=True)
class Disposal(Named):
    """What may be done about a finding: 现场改正, 责令限期改正, 移送县级, 教育引导.

    has_deadline: a day has to be set · outcome: how a visit with such a finding ends, by id
    on_site: only where one is there, never from the office
    """

    id: str
    name: str
    has_deadline: bool
    outcome: str
    name_en: str = ""
    on_site: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for a severity: the disposal, and within what it is to be done (None without a deadline)."""

    severity: str
    disposal: str
    within: Period | None = None


def proposed(
    severity: str,
    named: str,
    proposals: Sequence[Proposal],
    disposals: Sequence[Disposal],
    day: date,
    calendar: WorkCalendar,
) -> tuple[str, str]:
    """Return the proposed disposal (id) and its last day ("" without a deadline) for a finding made on `day`.

    named: the disposal a question asks for itself; empty takes the one that goes with the severity. Where that has a
    deadline and the severity none, the day is left for the inspector to set.
    disposals: those of the mode; what the mode does not have is not proposed
    """
    by_severity = next(proposal for proposal in proposals if proposal.severity == severity)
    offered = {each.id: each for each in disposals}
    disposal = next(offered[key] for key in (named, by_severity.disposal, *offered) if key in offered)
    if not disposal.has_deadline or by_severity.within is None:
        return disposal.id, ""
    return disposal.id, calendar.last_day(day, by_severity.within).isoformat()


def disposal_problems(place: str, disposal: Disposal, due: str, day: date) -> list[Problem]:
    """Return what is wrong with the disposal of a finding made on `day`; `due` is a day or empty."""
    if not disposal.has_deadline:
        return [Problem(place, tr("空白（{name}不设期限）", name=disposal.name), due, field="due_on")] if due else []
    last = day_in(due)
    # The day of the visit itself is no term: what is put right at once has a disposal of its own.
    if last is not None and last > day:
        return []
    expected = tr("晚于 {day} 的日期", day=day.isoformat())
    example = (day + _A_MONTH).isoformat()
    return [Problem(place, expected, due, tr("请写明改正的最后一天。"), "due_on", example)]
