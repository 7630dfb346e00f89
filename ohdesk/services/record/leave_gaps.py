"""核对缺口: what the visits of a period lack, by kind; who was there is told to whoever leads them only."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, Person, Visit
from ohdesk.domain.calendar import BEIJING, day_in, legal_day
from ohdesk.domain.leaving import LeavingGap, Omission
from ohdesk.domain.people import Right
from ohdesk.errors import Problem, ProblemsError
from ohdesk.files import hand_out
from ohdesk.i18n import tr
from ohdesk.reports.tables import Sheet, workbook
from ohdesk.services.context import Context, may
from ohdesk.services.guarded import guarded
from ohdesk.services.record.leave_check import check_in
from ohdesk.services.visit.lookup import begun


@dataclass(frozen=True, slots=True)
class GapLine:
    """A gap of a visit: on which day, at which employer; inspectors: their names, none for who may not see them."""

    visit: str
    on: str
    name: str
    inspectors: tuple[str, ...]
    gap: LeavingGap


@dataclass(frozen=True, slots=True)
class PeriodGaps:
    """What the visits begun in a period lack, the oldest first.

    visits: how many there were · guarded: gaps of employers that handle state secrets, which stand in no open file
    """

    lines: tuple[GapLine, ...]
    visits: int
    guarded: int

    @property
    def kinds(self) -> dict[Omission, int]:
        """How many gaps of each kind there are, also where there is none."""
        counts = Counter(line.gap.kind for line in self.lines)
        return {kind: counts[kind] for kind in Omission}


def gaps_between(ctx: Context, first: str, last: str) -> PeriodGaps:
    """Return the gaps of the visits begun on these days, the last one included: for a Job.

    Raises ProblemsError for what is no day.
    """
    begin, end = _instants(first, last)
    with_names = may(ctx, Right.APPROVE)
    with ctx.reading() as session:
        began = (Visit.started_at >= begin, Visit.started_at < end)
        visits = session.scalars(select(Visit).where(*began).order_by(Visit.started_at, Visit.id)).all()
        hidden = set(session.scalars(guarded()))
        filled = [visit for visit in visits if not visit.is_patrol]
        lines, left_out = [], 0
        for visit in filled:
            found = list(_lines(session, visit, with_names=with_names))
            if visit.establishment in hidden:
                left_out += len(found)
            else:
                lines += found
    return PeriodGaps(tuple(lines), len(filled), left_out)


def write_gaps(ctx: Context, first: str, last: str, target: Path) -> PeriodGaps:
    """Write the gaps of a period into a workbook, by kind and one by one; return them."""
    found = gaps_between(ctx, first, last)
    kinds = [(kind.word, count, _without_reason(found.lines, kind)) for kind, count in found.kinds.items()]
    by_kind = Sheet(tr("按种类"), (tr("缺口"), tr("数量"), tr("没有理由的")), kinds)
    with_names = may(ctx, Right.APPROVE)
    headings = [
        tr("检查日期"),
        tr("单位"),
        tr("缺口"),
        tr("说明"),
        tr("理由"),
        *([tr("执法人员")] if with_names else []),
    ]
    one_by_one = Sheet(tr("逐条"), headings, [_row(line, with_names=with_names) for line in found.lines])
    hand_out(target, workbook([by_kind, one_by_one]))
    return found


def _without_reason(lines: Sequence[GapLine], kind: Omission) -> int:
    return sum(line.gap.kind is kind and not line.gap.reason for line in lines)


def _row(line: GapLine, *, with_names: bool) -> tuple[str, ...]:
    names = ("、".join(line.inspectors),) if with_names else ()
    return (line.on, line.name, line.gap.kind.word, line.gap.sentence, line.gap.reason, *names)


def _lines(session: Session, visit: Visit, *, with_names: bool) -> Iterator[GapLine]:
    began, _ = begun(visit)
    name = session.get_one(Establishment, visit.establishment).name
    people = tuple(session.get_one(Person, each).name for each in visit.inspectors) if with_names else ()
    for gap in check_in(session, visit).gaps:
        yield GapLine(visit.id, legal_day(began).isoformat(), name, people, gap)


def _instants(first: str, last: str) -> tuple[datetime, datetime]:
    days, problems = [], []
    for field, place, text in (("from", tr("期间的第一日"), first), ("to", tr("期间的最后一日"), last)):
        day = day_in(text)
        if day is None:
            problems.append(Problem(place, tr("日期"), text, field=field, example="2026-03-02"))
        else:
            days.append(datetime.combine(day, time(), BEIJING))
    if not problems and days[1] < days[0]:
        problems.append(Problem(tr("期间的最后一日"), tr("不早于 {day} 的日期", day=first), last, field="to"))
    if problems:
        raise ProblemsError(tr("没有这样的期间。"), tuple(problems))
    return days[0], days[1] + timedelta(days=1)
