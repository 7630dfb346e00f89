"""Findings and what becomes of them (问题整改): the list, and one with all that is known of it."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from ohdesk.db.models import Establishment, Finding, FindingDuty, PdfVerdict, Peer, Record, RecordAnswer, Visit
from ohdesk.db.queries import verified
from ohdesk.db.queries.lists import lists
from ohdesk.domain.calendar import day_text, legal_day, parse_day, parse_instant, week_end
from ohdesk.domain.people import OfficeRole
from ohdesk.domain.record import InspectionRecord, Verification
from ohdesk.domain.rectification import FINISHED, WAITING, Later, Standing, days_late, standing
from ohdesk.domain.visit import VisitState
from ohdesk.errors import UserError
from ohdesk.files import hand_out
from ohdesk.forms.answers import AnswerValue
from ohdesk.forms.visiting import visit_rules
from ohdesk.forms.work_calendar import work_calendar
from ohdesk.i18n import tr
from ohdesk.reports.tables import Sheet, workbook
from ohdesk.search import folded
from ohdesk.services.context import Context
from ohdesk.services.finding.drafts import FindingDraft, findings_in
from ohdesk.services.finding.re_inspections import re_inspections_in
from ohdesk.services.finding.rows import RectificationDetail, RectificationRow, Step
from ohdesk.services.visit.lookup import begun, find_record, record_content

_AT_ONCE = 1000  # findings fetched together
FILTERS: dict[str, frozenset[Standing]] = {
    "all": frozenset(Standing),
    "overdue": frozenset({Standing.OVERDUE}),
    "due": frozenset({Standing.DUE}),
    "waiting": WAITING,
    "planned": frozenset({Standing.PLANNED}),
    "finished": FINISHED,
    "bad": frozenset({Standing.BAD}),
}


def list_rectifications(ctx: Context) -> list[RectificationRow]:
    """Return the findings of all final records here and of the visits still open, the next deadline first.

    Asks for all findings there are: for a Job.
    """
    with ctx.reading() as session:
        rows = [*_final(ctx, session, frozenset(Standing)), *_drafts(ctx, session)]
    return sorted(rows, key=_order)


def list_pressing(ctx: Context) -> list[RectificationRow]:
    """Return the findings whose deadline has passed or ends this week and that wait for a re-inspection: for a Job."""
    soon = Finding.due_on <= week_end(legal_day(ctx.now()))
    with ctx.reading() as session:
        rows = _final(ctx, session, frozenset({Standing.OVERDUE, Standing.DUE}), soon)
    return sorted(rows, key=_order)


def chosen(rows: Iterable[RectificationRow], key: str = "all", text: str = "") -> list[RectificationRow]:
    """Return the rows of a filter that match a search, in the order given."""
    states, wanted = FILTERS[key], folded(text)
    return [row for row in rows if row.state in states and wanted in row.search]


def counted(rows: Iterable[RectificationRow]) -> dict[str, int]:
    """Return how many rows each filter has, by its key."""
    found = [row.state for row in rows]
    return {key: sum(state in states for state in found) for key, states in FILTERS.items()}


def detail(ctx: Context, row: RectificationRow) -> RectificationDetail:
    """Return one finding with all that is known of it. Raises UserError when it is gone."""
    with ctx.reading() as session:
        visit = session.get(Visit, row.visit)
        unconfirmed = visit_rules().deadlines_unconfirmed and bool(row.due_on)
        if row.record:
            record = msgspec.convert(
                record_content(session, find_record(session, row.visit))["record"], InspectionRecord
            )
            line = next(each for each in record.findings if each.number == row.number)
            answer = next(each for each in record.answers if each.question == row.question)
            inspectors = tuple(person.name for person in record.inspectors)
            parts = (answer.text, line.evidence, answer.photos, inspectors)
        else:
            if visit is None:
                raise UserError(tr("找不到这次检查。"), tr("请刷新列表后重试。"))
            draft = next((each for each in findings_in(session, visit) if each.question == row.question), None)
            if draft is None:
                raise UserError(tr("这个问题已不在检查表中。"), tr("请刷新列表后重试。"))
            parts = (draft.text, draft.evidence, draft.photos, ())
    return RectificationDetail(row, *parts, _timeline(row), visit is not None, unconfirmed)


def export(rows: Sequence[RectificationRow], target: Path) -> int:
    """Write rows into a workbook, as listed; return how many."""
    headings = [tr("期限"), tr("状态"), tr("单位"), tr("问题"), tr("依据"), tr("处置"), tr("复查日期"), tr("复查笔录")]
    headings += [tr("笔录号"), tr("发现日期"), tr("镇街"), tr("文书核对")]
    lines = [
        [
            *(row.due, row.word, row.name, row.fact, "；".join(row.duty), row.disposal, row.re_inspection_on),
            *(row.later.number if row.later else "", row.record, row.found_on, row.town),
            row.verified.word if row.record else "",
        ]
        for row in rows
    ]
    hand_out(target, workbook([Sheet(tr("问题整改"), headings, lines)]))
    return len(lines)


def _timeline(row: RectificationRow) -> tuple[Step, ...]:
    steps = [Step(row.found_on, tr("现场检查发现"), row.visit)]
    if row.record:
        made = tr("笔录 {number} 定稿", number=row.record)
        steps.append(Step(legal_day(parse_instant(row.finalized_at)).isoformat(), made, row.visit))
    if row.due_on:
        what = work_calendar().doubted(parse_day(row.due_on), tr("改正期限"))
        steps.append(Step(row.due_on, what, "", ahead=row.days <= 0))
    if row.re_inspection:
        steps.append(Step(row.re_inspection_on, tr("已安排复查"), row.re_inspection, ahead=True))
    if row.later is not None:
        said = tr("复查合格，笔录 {number}") if row.later.met else tr("复查仍不合格，笔录 {number}")
        steps.append(Step(row.later.day, said.format(number=row.later.number), row.later.visit))
    return tuple(sorted(steps, key=lambda step: (step.ahead, step.day or "9")))


def _order(row: RectificationRow) -> tuple[int, str, str, str, int]:
    done = row.state in FINISHED or row.state in {Standing.AGAIN, Standing.BAD}
    rank = 2 if done else 0 if row.due_on else 1
    return rank, row.due_on, row.name, row.record, row.number


def _final(
    ctx: Context, session: Session, states: Collection[Standing], *which: ColumnElement[bool]
) -> list[RectificationRow]:
    """Return the findings of records that stand in one of these ways, of those that meet every condition."""
    today = legal_day(ctx.now())
    towns, later, re_inspections = _towns(ctx, session), _later_answers(session, *which), re_inspections_in(session)
    # Records carry the word that was printed, for they are read without this program; it is turned back into an id
    # here.
    disposals = {each.name: each.id for each in visit_rules().disposals}  # records of other editions may name others
    breached = select(FindingDuty.finding, FindingDuty.duty).join(Finding, Finding.id == FindingDuty.finding)
    duties = lists(session, breached.where(*which).order_by(FindingDuty.finding, FindingDuty.position))
    rows = []
    for raw in session.execute(_recorded().where(*which).execution_options(yield_per=_AT_ONCE)).mappings():
        held = dict(raw)
        found_on, due_on = held.pop("inspected_on").isoformat(), day_text(held.pop("due_on"))
        division, search = held.pop("division"), held.pop("search") or ""
        again, re_inspection = later.get(raw["id"]), re_inspections.get(raw["id"])
        state = standing(disposals.get(raw["disposal"], ""), due_on, today, again, planned=re_inspection is not None)
        if raw["verified"] is Verification.BAD:
            state = Standing.BAD
        # Built only when wanted: 今日 asks for the pressing few among thousands.
        if state not in states:
            continue
        town = towns.get(division, division)
        rows.append(
            RectificationRow(
                **held,
                town=town,
                found_on=found_on,
                duty=tuple(duties[raw["id"]]),
                due_on=due_on,
                state=state,
                days=days_late(due_on, today),
                re_inspection=re_inspection.id if re_inspection else "",
                re_inspection_on=re_inspection.task.planned_on if re_inspection else "",
                later=again,
                search=f"{search} {folded(raw['name'] + raw['record'] + raw['fact'] + town)}",
            )
        )
    return rows


def _recorded() -> Select[*tuple[Any, ...]]:
    """Ask for the findings of records, and for what else their rows need."""
    return (
        select(
            *(Finding.id, Finding.visit, Finding.number, Finding.question, Finding.fact, Finding.disposal),
            *(Record.number.label("record"), Record.establishment, Record.establishment_name.label("name")),
            *(Record.inspected_on, Record.finalized_at),
            *(Finding.due_on, Record.division, Establishment.search, verified.verification().label("verified")),
        )
        .join(Record, Record.visit == Finding.visit)
        .outerjoin(Establishment, Establishment.id == Record.establishment)
        .outerjoin(PdfVerdict, verified.of(Record))
    )


def _drafts(ctx: Context, session: Session) -> list[RectificationRow]:
    """Return the findings of visits that are still open; one filled with another version of its checklist has none."""
    rows = session.execute(
        select(Visit, Establishment)
        .join(Establishment, Establishment.id == Visit.establishment)
        .where(Visit.state == VisitState.OPEN)
    )
    found: list[RectificationRow] = []
    for visit, establishment in rows:
        if visit.ending or visit.is_patrol:
            continue
        try:
            drafts = findings_in(session, visit)
        # A visit begun with an older checklist cannot be read with this one; the list of all others must not fail for
        # it.
        except UserError:
            continue
        found += [_draft(ctx, visit, establishment, draft) for draft in drafts]
    return found


def _later_answers(session: Session, *which: ColumnElement[bool]) -> dict[str, Later]:
    """Return, by finding, the first later answer 合格 or 不合格 to the same question of the same checklist.

    A record that is known not to be good answers nothing.
    """
    found_by, again = aliased(Record), aliased(Record)
    order = func.row_number().over(partition_by=Finding.id, order_by=(again.started_at, again.visit))
    answers = (
        select(Finding.id, again.visit, again.number, again.started_at, RecordAnswer.answer, order.label("place"))
        .join(found_by, found_by.visit == Finding.visit)
        .join(
            again,
            (again.establishment == found_by.establishment)
            & (again.form == found_by.form)
            & (again.started_at > found_by.started_at),
        )
        .join(RecordAnswer, (RecordAnswer.visit == again.visit) & (RecordAnswer.question == Finding.question))
        .outerjoin(PdfVerdict, verified.of(again))
        .where(RecordAnswer.answer.in_((AnswerValue.MET, AnswerValue.NOT_MET)))
        .where(verified.verification() != Verification.BAD, *which)
        .subquery()
    )
    wanted = select(answers.c.id, answers.c.visit, answers.c.number, answers.c.started_at, answers.c.answer)
    return {
        finding: Later(visit, number, started_at, met=answer == AnswerValue.MET)
        for finding, visit, number, started_at, answer in session.execute(wanted.where(answers.c.place == 1))
    }


def _draft(ctx: Context, visit: Visit, establishment: Establishment, draft: FindingDraft) -> RectificationRow:
    return RectificationRow(
        id=f"{visit.id}:{draft.number}",
        visit=visit.id,
        number=draft.number,
        question=draft.question,
        establishment=establishment.id,
        name=establishment.name,
        town=ctx.office.name,
        found_on=legal_day(begun(visit)[0]).isoformat(),
        fact=draft.fact or draft.text,
        duty=draft.duty,
        disposal=draft.disposal_name,
        due_on=draft.due_on,
        state=Standing.DRAFT,
        days=days_late(draft.due_on, legal_day(ctx.now())),
        search=f"{establishment.search} {folded(establishment.name + draft.fact)}",
    )


def _towns(ctx: Context, session: Session) -> dict[str, str]:
    names = {peer.division: peer.name for peer in session.scalars(select(Peer).where(Peer.role == OfficeRole.TOWN))}
    return names | {ctx.office.division: ctx.office.name}
