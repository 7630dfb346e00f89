"""Re-inspections (复查): arranged for findings whose deadline ends, and which findings each is for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Person, RecordInspector, ReInspection, Visit
from ohdesk.db.queries.forms import form_of
from ohdesk.domain.calendar import day_in, legal_day, parse_day
from ohdesk.domain.people import OfficeRole, Right
from ohdesk.domain.record import InspectionRecord
from ohdesk.domain.rectification import WAITING, re_inspection_day
from ohdesk.domain.visit import RE_INSPECTION, UNFINISHED, Task
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.forms.definition import Form
from ohdesk.forms.loader import form_files, load_form
from ohdesk.forms.re_inspection import RE_INSPECTION_FORM, re_inspection_form, with_recorded
from ohdesk.forms.visiting import visit_rules
from ohdesk.forms.work_calendar import work_calendar
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.finding.rows import RectificationRow
from ohdesk.services.office.people import team_gaps
from ohdesk.services.visit.lookup import find_record, record_content
from ohdesk.services.visit.planning import NewVisit, plan_in


@dataclass(frozen=True, slots=True)
class ReInspectionProposal:
    """What is proposed for the re-inspection of a finding.

    day: the first working day after the deadline · inspectors: who made the record, as far as they still inspect
    """

    day: date
    inspectors: tuple[str, ...]


def propose(ctx: Context, row: RectificationRow) -> ReInspectionProposal:
    """Return what is proposed for the re-inspection of a finding of a final record."""
    with ctx.reading() as session:
        wanted = (
            select(Person.id)
            .join(RecordInspector, RecordInspector.person == Person.id)
            .where(RecordInspector.visit == row.visit, Person.division == ctx.office.division)
            .order_by(RecordInspector.seat)
        )
        # Whoever belongs to another office by now cannot be sent from here.
        own = tuple(session.scalars(wanted))
    return ReInspectionProposal(re_inspection_day(row.due_on, legal_day(ctx.now()), work_calendar()), own)


def together(rows: Sequence[RectificationRow], row: RectificationRow, day: str) -> tuple[RectificationRow, ...]:
    """Return what a re-inspection on a day is for: the finding, and those there whose deadline is over by then."""
    fitting = [each for each in rows if each.establishment == row.establishment and each.state in WAITING]
    return tuple(each for each in fitting if each.id == row.id or each.due_on < day)


def plan_re_inspection(ctx: Context, rows: Sequence[RectificationRow], day: str, inspectors: Sequence[str]) -> str:
    """Plan the visit on which findings of one establishment are looked at again; return its id.

    Raises ProblemsError for a day or people that do not fit, UserError when one of them has a re-inspection already.
    """
    ctx.require(Right.VISIT)
    _check(ctx, rows, day)
    with ctx.transaction() as session:
        # Two people at two screens may arrange the same one; a company must not be visited twice for one finding.
        if re_inspections_in(session).keys() & {row.id for row in rows}:
            raise UserError(tr("这个问题已经安排了复查。"), tr("请刷新列表；要改期的，请在“检查”中调整。"))
        problems = team_gaps(session, inspectors, parse_day(day))
        if problems:
            raise ProblemsError(tr("复查没有安排。"), tuple(problems))
        rule = visit_rules().source(RE_INSPECTION)
        new = NewVisit(
            establishment=rows[0].establishment,
            inspectors=tuple(inspectors),
            task=Task(rule.kinds[0], rule.id, day, _reason(rows), entry=rows[0].id),
        )
        visit = plan_in(ctx, session, new, _form(session, rows))
        session.add_all(ReInspection(visit=visit, finding=row.id) for row in rows)
    return visit


def _form(session: Session, rows: Sequence[RectificationRow]) -> Form:
    """Return the checklist that asks again all that failed, each in the edition in which it failed."""
    failed: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda row: row.finalized_at):
        failed.setdefault(row.visit, []).append(row.question)
    return re_inspection_form([(_filled_with(session, visit, asked), asked) for visit, asked in failed.items()])


def _filled_with(session: Session, visit_id: str, asked: Collection[str]) -> Form:
    """Return the checklist of a record; of one from elsewhere that of this program, and what the record adds to it."""
    visit = session.get(Visit, visit_id)
    if visit is not None:
        return form_of(session, visit)
    record = msgspec.convert(record_content(session, find_record(session, visit_id))["record"], InspectionRecord)
    shipped = next((form for form in form_files().forms if form.id == record.form), load_form(RE_INSPECTION_FORM))
    lacking = [line for line in record.answers if line.question in asked and line.question not in shipped.by_id]
    return with_recorded(shipped, lacking)


def re_inspections_in(session: Session) -> dict[str, Visit]:
    """Return the re-inspections that are arranged and not finished, by finding, within an open session."""
    arranged = (
        select(ReInspection.finding, Visit)
        .join(Visit, Visit.id == ReInspection.visit)
        .where(Visit.state.in_(UNFINISHED))
        .order_by(Visit.id)
    )
    return dict(session.execute(arranged).all())


def _check(ctx: Context, rows: Sequence[RectificationRow], day: str) -> None:
    if ctx.office.role != OfficeRole.TOWN or not rows or any(not row.record for row in rows):
        raise UserError(tr("这里不能安排复查。"), tr("笔录定稿以后，由镇街安排复查。"))
    today, planned = legal_day(ctx.now()), day_in(day)
    if planned is None or planned < today:
        wrong = Problem(tr("复查日期"), tr("今天或以后的日期"), day, field="day", example=today.isoformat())
        raise ProblemsError(tr("复查没有安排。"), (wrong,))


def _reason(rows: Sequence[RectificationRow]) -> str:
    numbers: dict[str, list[str]] = {}
    for row in rows:
        numbers.setdefault(row.record, []).append(str(row.number))
    said = tr("笔录 {record} 第 {numbers} 项问题")
    return tr(
        "复查{what}",
        what="、".join(said.format(record=record, numbers="、".join(each)) for record, each in numbers.items()),
    )
