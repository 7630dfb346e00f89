"""Findings and what becomes of them (问题整改): the list, and one with all that is known of it."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Select, String, case, cast, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from ohdesk.db.engine import roomy
from ohdesk.db.models import (
    Establishment,
    Finding,
    FindingDuty,
    PdfVerdict,
    Peer,
    Record,
    RecordAnswer,
    ReInspection,
    Visit,
)
from ohdesk.db.queries import verified
from ohdesk.db.queries.among import among
from ohdesk.db.queries.lists import lists
from ohdesk.db.queries.standings import again, first_again, standing
from ohdesk.domain.calendar import day_text, legal_day, parse_day, parse_instant, week_end
from ohdesk.domain.people import OfficeRole
from ohdesk.domain.record import InspectionRecord
from ohdesk.domain.rectification import FINISHED, WAITING, Later, Standing, days_late
from ohdesk.domain.visit import VisitState
from ohdesk.errors import UserError
from ohdesk.files import hand_out
from ohdesk.forms.answers import AnswerValue
from ohdesk.forms.visiting import visit_rules
from ohdesk.forms.work_calendar import work_calendar
from ohdesk.i18n import tr
from ohdesk.reports.tables import Sheet, workbook
from ohdesk.search import DASH, folded
from ohdesk.services.context import Context
from ohdesk.services.finding.drafts import FindingDraft, findings_in
from ohdesk.services.finding.re_inspections import re_inspections_in
from ohdesk.services.finding.rows import RectificationDetail, RectificationRow, Step
from ohdesk.services.guarded import guarded
from ohdesk.services.list_query import ListQuery
from ohdesk.services.visit.lookup import begun, find_record, record_content
from ohdesk.services.written_out import Counted, WrittenOut

_AT_ONCE = 1000  # findings fetched together
PRESSING_SHOWN = 3  # of those that press, each of another establishment
_PRESSING = (Standing.OVERDUE, Standing.DUE)
ORDERS = ("due", "town", "name", "fact", "duty", "disposal", "state")
_BEHIND = (*FINISHED, Standing.AGAIN, Standing.BAD)  # the next deadline is none of theirs
FILTERS: dict[str, frozenset[Standing]] = {
    "all": frozenset(Standing),
    "overdue": frozenset({Standing.OVERDUE}),
    "due": frozenset({Standing.DUE}),
    "waiting": WAITING,
    "planned": frozenset({Standing.PLANNED}),
    "finished": FINISHED,
    "bad": frozenset({Standing.BAD}),
}


@dataclass(frozen=True, slots=True)
class Rectifications:
    """What a query finds, by id and in order, and how many findings each filter has.

    drafts: by id, the rows of visits still open, of which there are few
    """

    ids: tuple[str, ...]
    counts: Mapping[str, int]
    drafts: Mapping[str, RectificationRow]


@dataclass(frozen=True, slots=True)
class Pressing:
    """Findings of one state that press: how many, at how many establishments, and the first ones.

    rows: the most pressing of each establishment, the next deadline first; of the first `PRESSING_SHOWN` only
    """

    findings: int
    establishments: int
    rows: tuple[RectificationRow, ...]


def rectifications(ctx: Context, query: ListQuery) -> Rectifications:
    """Return the findings of all final records here and of the visits still open that a query asks for: for a Job.

    query: a part is one of `FILTERS`; without an order the next deadline comes first
    """
    states = FILTERS[query.part]
    found: list[str] = []
    counted: Counter[Standing] = Counter()
    with ctx.reading() as session, roomy(session):
        drafts = _drafts(ctx, session)
        for identity, state, fits in session.execute(_listed(ctx, session, query, drafts)):
            counted[state] += 1
            if fits and state in states:
                found.append(identity)
    counts = {key: sum(counted[state] for state in states) for key, states in FILTERS.items()}
    return Rectifications(tuple(found), counts, {draft.row.id: draft.row for draft in drafts})


def rows_of(ctx: Context, listed: Rectifications, ids: Sequence[str]) -> list[RectificationRow]:
    """Return these findings of a list, in the order given; without those that have gone since."""
    with ctx.reading() as session:
        rows = {**listed.drafts, **{row.id: row for row in _final(ctx, session, among(Finding.id, ids))}}
    return [rows[each] for each in ids if each in rows]


def pressing(ctx: Context) -> dict[Standing, Pressing]:
    """Return the findings whose deadline has passed or ends this week and that nobody looks at again yet: for a Job."""
    found: dict[Standing, Pressing] = {}
    with ctx.reading() as session, roomy(session):
        named = session.execute(_pressing(ctx)).all()
        rows = {row.id: row for row in _final(ctx, session, among(Finding.id, [each.id for each in named]))}
    for state in _PRESSING:
        of_state = [each for each in named if each.state == state]
        counted = [(each.findings, each.establishments) for each in of_state[:1]] or [(0, 0)]
        found[state] = Pressing(*counted[0], tuple(rows[each.id] for each in of_state))
    return found


def waiting_at(ctx: Context, establishment: str, states: frozenset[Standing] = WAITING) -> list[RectificationRow]:
    """Return the findings of an establishment in these states, the next deadline first.

    states: those that wait for a re-inspection, unless others are named
    """
    with ctx.reading() as session:
        rows = _final(ctx, session, Record.listed_under == establishment, _standing(ctx).in_(states))
    return sorted(rows, key=attrgetter("due_on", "record", "number"))


def of_visit(ctx: Context, listed: Rectifications, visit: str) -> str:
    """Return the first finding that a visit made, or was arranged to look at again; "" without one."""
    made = select(Finding.id).where(Finding.visit == visit).order_by(Finding.number).limit(1)
    arranged = select(ReInspection.finding).where(ReInspection.visit == visit).order_by(ReInspection.finding).limit(1)
    with ctx.reading() as session:
        found = session.scalar(made) or session.scalar(arranged)
    return found or next((row.id for row in listed.drafts.values() if row.visit == visit), "")


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


def export(ctx: Context, listed: Rectifications, target: Path) -> WrittenOut:
    """Write the findings of a list into a workbook, in its order; left out are employers that handle state secrets."""
    headings = [tr("期限"), tr("状态"), tr("单位"), tr("问题"), tr("依据"), tr("处置"), tr("复查日期"), tr("复查笔录")]
    headings += [tr("笔录号"), tr("发现日期"), tr("镇街"), tr("文书核对")]
    pages = (listed.ids[place : place + _AT_ONCE] for place in range(0, len(listed.ids), _AT_ONCE))
    with ctx.reading() as session:
        hidden = set(session.scalars(guarded()))
    rows = Counted(row for page in pages for row in rows_of(ctx, listed, page))
    lines = Counted(_line(row) for row in rows if row.establishment not in hidden)
    hand_out(target, workbook([Sheet(tr("问题整改"), headings, lines)]))
    return WrittenOut(lines.count, rows.count - lines.count)


def _line(row: RectificationRow) -> tuple[str, ...]:
    return (
        *(row.due, row.word, row.name, row.fact, "；".join(row.duty), row.disposal, row.re_inspection_on),
        *(row.later.number if row.later else "", row.record, row.found_on, row.town),
        row.verified.word if row.record else "",
    )


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


def _pressing(ctx: Context) -> Select[Any]:
    """Ask for the first findings that press, of each state and establishment one, and for how many there are."""
    state, order = _standing(ctx).label("state"), ("due_on", "name", "record", "number")
    soon = Finding.due_on <= week_end(legal_day(ctx.now()))
    each = (
        select(Finding.id, state, Record.listed_under, Finding.due_on, Finding.number)
        .add_columns(Record.establishment_name.label("name"), Record.number.label("record"))
        .join(Record, Record.visit == Finding.visit)
        .outerjoin(PdfVerdict, verified.of(Record))
        .where(soon, state.in_(_PRESSING))
        .cte("pressing")
        .c
    )
    by = [each[name] for name in order]
    first = func.row_number().over(partition_by=(each.state, each.listed_under), order_by=by)
    findings = func.count().over(partition_by=each.state)
    in_turn = select(each.id, each.state, *by, first.label("first"), findings.label("findings")).cte("in_turn").c
    by = [in_turn[name] for name in order]
    place = func.row_number().over(partition_by=in_turn.state, order_by=by)
    whole = func.count().over(partition_by=in_turn.state)
    firsts = select(in_turn.id, in_turn.state, in_turn.findings, place.label("place"), whole.label("establishments"))
    shown = firsts.where(in_turn.first == 1).subquery().c
    return select(*shown).where(shown.place <= PRESSING_SHOWN).order_by(shown.place)


class _Draft(NamedTuple):
    """A finding of a visit still open, and what its establishment is found by."""

    row: RectificationRow
    search: str


def _listed(ctx: Context, session: Session, query: ListQuery, drafts: Sequence[_Draft]) -> Select[Any]:
    """Ask for id, state and whether a search finds it of every finding, in the order of a query."""
    towns = _towns(ctx, session)
    key = _keys(towns)[query.order or "due"]
    final = (
        select(Finding.id, _standing(ctx).label("state"), _fits(query.sought, towns).label("fits"), key.label("key"))
        .add_columns(_DUE.label("due_on"), Record.establishment_name.label("name"))
        .add_columns(Record.number.label("record"), Finding.number.label("number"))
        .join(Record, Record.visit == Finding.visit)
        .outerjoin(Establishment, Establishment.id == Record.listed_under)
        .outerjoin(PdfVerdict, verified.of(Record))
    )
    kinds = {column.name: column.type for column in final.selected_columns}
    values = func.json_each(json.dumps([_as_listed(draft, query) for draft in drafts])).table_valued("value")
    open_still = select(*(func.json_extract(values.c.value, f"$.{name}", type_=kinds[name]) for name in kinds))
    # Kept as it is found: as part of the statement around, states would be worked out again for the order.
    rows = union_all(final, open_still).cte("rows").prefix_with("MATERIALIZED").c
    place = {state.value: place for place, state in enumerate(Standing)}
    first = case(place, value=rows.state) if query.order == "state" else rows.key
    rank = case((rows.state.in_(_BEHIND), 2), (rows.due_on == "", 1), else_=0)
    return select(rows.id, rows.state, rows.fits).order_by(
        *query.first_by({query.order: first}), rank, rows.due_on, rows.name, rows.record, rows.number
    )


def _as_listed(draft: _Draft, query: ListQuery) -> dict[str, str | int]:
    row = draft.row
    keys = {"due": row.due_on, "town": row.town, "name": row.name, "fact": row.fact, "disposal": row.disposal}
    keys |= {"duty": "".join(row.duty[:1]), "state": ""}
    return {
        "id": row.id,
        "state": row.state,
        "fits": folded(query.sought) in f"{draft.search} {folded(row.name + row.fact)}",
        "key": keys[query.order or "due"],
        "due_on": row.due_on,
        "name": row.name,
        "record": row.record,
        "number": row.number,
    }


def _fits(sought: str, towns: Mapping[str, str]) -> ColumnElement[bool]:
    """True where a search finds a finding: as its establishment is found, and in what the list says of it."""
    said = Record.establishment_name.concat(Record.number).concat(Finding.fact).concat(_town(towns))
    plain = func.replace(func.replace(func.lower(said), " ", ""), DASH, "-")
    return or_(
        func.coalesce(Establishment.search, "").contains(folded(sought), autoescape=True),
        plain.contains(folded(sought), autoescape=True),
        # As it was typed too: the database folds no brackets, which facts are full of.
        plain.contains("".join(sought.lower().split()).replace(DASH, "-"), autoescape=True),
    )


_DUE = func.coalesce(cast(Finding.due_on, String), "")


def _keys(towns: Mapping[str, str]) -> dict[str, ColumnElement[str]]:
    first_duty = select(FindingDuty.duty).where(FindingDuty.finding == Finding.id, FindingDuty.position == 0)
    return {
        "due": _DUE,
        "town": _town(towns),
        "name": Record.establishment_name.expression,
        "fact": Finding.fact.expression,
        "duty": func.coalesce(first_duty.scalar_subquery(), ""),
        "disposal": Finding.disposal.expression,
        "state": literal(""),
    }


def _town(towns: Mapping[str, str]) -> ColumnElement[str]:
    return case(dict(towns), value=Record.division, else_=Record.division)


def _standing(ctx: Context) -> ColumnElement[str]:
    return _standing_on(legal_day(ctx.now()))


@lru_cache(maxsize=2)
def _standing_on(today: date) -> ColumnElement[str]:
    # Records carry the word that was printed, for they are read without this program; it is turned back into an id
    # here.
    disposals = {each.name: each.id for each in visit_rules().disposals}  # records of other editions may name others
    return standing(today, disposals)


def _final(ctx: Context, session: Session, *which: ColumnElement[bool]) -> list[RectificationRow]:
    """Return the findings of records that meet every condition, in no order."""
    today = legal_day(ctx.now())
    towns, re_inspections = _towns(ctx, session), re_inspections_in(session)
    raws = session.execute(_recorded(today).where(*which)).mappings().all()
    breached = select(FindingDuty.finding, FindingDuty.duty).where(
        among(FindingDuty.finding, [raw["id"] for raw in raws])
    )
    duties = lists(session, breached.order_by(FindingDuty.finding, FindingDuty.position))
    repeated = select(Record.visit, Record.number, Record.started_at)
    repeated = repeated.where(among(Record.visit, {raw["later"] for raw in raws if raw["later"]}))
    later = {visit: (visit, number, at) for visit, number, at in session.execute(repeated)}
    rows = []
    for raw in raws:
        held = dict(raw)
        found_on, due_on = held.pop("inspected_on").isoformat(), day_text(held.pop("due_on"))
        division, answered_by, answer = held.pop("division"), held.pop("later"), held.pop("answer")
        re_inspection = re_inspections.get(raw["id"])
        rows.append(
            RectificationRow(
                **held | {"state": Standing(raw["state"])},
                town=towns.get(division, division),
                found_on=found_on,
                duty=tuple(duties[raw["id"]]),
                due_on=due_on,
                days=days_late(due_on, today),
                re_inspection=re_inspection.id if re_inspection else "",
                re_inspection_on=re_inspection.task.planned_on if re_inspection else "",
                later=Later(*later[answered_by], met=answer == AnswerValue.MET) if answered_by else None,
            )
        )
    return rows


@lru_cache(maxsize=2)  # to put it together takes a third as long as to ask it, and the window asks it for each page
def _recorded(today: date) -> Select[*tuple[Any, ...]]:
    """Ask for the findings of records, and for what else their rows need; today: for how they stand."""
    return (
        select(
            *(Finding.id, Finding.visit, Finding.number, Finding.question, Finding.fact, Finding.disposal),
            *(
                Record.number.label("record"),
                Record.listed_under.label("establishment"),
                Record.establishment_name.label("name"),
            ),
            *(Record.inspected_on, Record.finalized_at, Finding.due_on, Record.division),
            *(verified.verification().label("verified"), _standing_on(today).label("state")),
            *(first_again(again.visit).label("later"), first_again(RecordAnswer.answer).label("answer")),
        )
        .join(Record, Record.visit == Finding.visit)
        .outerjoin(PdfVerdict, verified.of(Record))
    )


def _drafts(ctx: Context, session: Session) -> list[_Draft]:
    """Return the findings of visits that are still open; one filled with another version of its checklist has none."""
    rows = session.execute(
        select(Visit, Establishment)
        .join(Establishment, Establishment.id == Visit.establishment)
        .where(Visit.state == VisitState.OPEN)
    )
    found: list[_Draft] = []
    for visit, establishment in rows:
        if visit.ending or visit.is_patrol:
            continue
        try:
            drafts = findings_in(session, visit)
        # A visit begun with an older checklist cannot be read with this one; the list of all others must not fail for
        # it.
        except UserError:
            continue
        found += [_Draft(_draft(ctx, visit, establishment, draft), establishment.search) for draft in drafts]
    return found


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
    )


def _towns(ctx: Context, session: Session) -> dict[str, str]:
    names = {peer.division: peer.name for peer in session.scalars(select(Peer).where(Peer.role == OfficeRole.TOWN))}
    return names | {ctx.office.division: ctx.office.name}
