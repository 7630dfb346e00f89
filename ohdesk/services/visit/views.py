"""One visit as the pages around its checklist show it: planned, approved, started, ended."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ohdesk.db.models import Answer, Establishment, Finding, Person, Record, Visit, VisitMember
from ohdesk.db.queries.among import among
from ohdesk.db.queries.forms import form_of
from ohdesk.db.queries.roll import together
from ohdesk.domain.calendar import day_in, legal_day, parse_instant
from ohdesk.domain.people import OfficePerson, PersonRole, Right, why_not_inspect
from ohdesk.domain.record import Technician
from ohdesk.domain.visit import (
    NOT_STARTED,
    UNFINISHED,
    Cancellation,
    Ending,
    PartnerOfficer,
    Start,
    TakenLine,
    Task,
    VisitState,
)
from ohdesk.errors import Problem
from ohdesk.forms.definition import Form
from ohdesk.forms.rights import is_allowed
from ohdesk.forms.visiting import visit_rules
from ohdesk.search import folded
from ohdesk.services.context import Context
from ohdesk.services.list_query import ListQuery
from ohdesk.services.office import grants, people
from ohdesk.services.visit import approvals, drafts
from ohdesk.services.visit.caps import CapCheck, check_in
from ohdesk.services.visit.filling import answers_of
from ohdesk.services.visit.form_choice import forms_of_kind, other_forms
from ohdesk.services.visit.lookup import find_visit
from ohdesk.services.visit.taken import taken_lines
from ohdesk.services.visit.traits import falling_away

ALL, TO_SIGN = "all", "to_sign"  # parts of the list, beside the states


@dataclass(frozen=True, slots=True)
class Colleague(OfficePerson):
    """A person who may go along. why_not: what stands against it on the day, empty when nothing does."""

    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Staff:
    """The people of this office on one day: inspectors, those who may lead first, and assistants."""

    inspectors: tuple[Colleague, ...]
    assistants: tuple[Colleague, ...]


class NextStep(StrEnum):
    """What is done next with a visit."""

    APPROVE = "approve"
    ARRIVE = "arrive"
    FILL = "fill"
    NOTE = "note"  # 协管巡查: what was seen, in a few words
    SIGN = "sign"
    SCAN_IN = "scan_in"  # its papers were printed to be signed in ink, and are awaited


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRow:
    """One line of the list of visits. kind, source, outcome: words, empty while not settled; inspectors: names.

    search: what the establishment is found by · answered, questions: of those that are put, 0 unless the visit is open
    refused: something typed could not become part of an answer · is_printed: its papers were, to be signed in ink
    """

    id: str
    establishment: str
    name: str
    uscc: str
    state: VisitState
    task: Task
    kind: str
    source: str
    inspectors: tuple[str, ...]
    outcome: str
    started_at: datetime | None
    ended_at: datetime | None
    search: str
    answered: int
    questions: int
    is_patrol: bool
    refused: bool
    is_printed: bool

    @property
    def started(self) -> str:
        """The legal day on which it started, "" before."""
        return legal_day(self.started_at).isoformat() if self.started_at else ""

    @property
    def planned_on(self) -> str:
        """The planned day, "" when open."""
        return self.task.planned_on

    @property
    def is_over(self) -> bool:
        """True once nothing of it can be changed: closed, or cancelled."""
        return self.state not in UNFINISHED

    @property
    def step(self) -> NextStep:
        """What is done next with it; of a closed visit nothing is, and nobody asks."""
        if self.state == VisitState.PLANNED:
            return NextStep.APPROVE
        if self.state == VisitState.APPROVED:
            return NextStep.ARRIVE
        if self.is_patrol:
            return NextStep.NOTE
        if not self.awaits_signature:
            return NextStep.FILL
        return NextStep.SCAN_IN if self.is_printed else NextStep.SIGN

    @property
    def awaits_signature(self) -> bool:
        """True for an open visit of which nothing is left to do but the record: all answered, or a closed gate."""
        all_answered = self.questions and self.answered >= self.questions and not self.refused
        return self.state == VisitState.OPEN and bool(self.outcome or all_answered)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitView(VisitRow):
    """Everything about a visit but its checklist.

    team, assistants: person ids · technicians: with the keys of their roles
    partners: officers of other departments · partner_results: what each department said
    tasks: what else is seen to on it
    start: what was told at the start, without a mode before
    approval: one that counts; approval_problem: why one that stands there does not
    ending: of a visit without checklist · note: of a 协管巡查
    counted: how many inspections of the year there were before, and the cap
    """

    address: str
    draw: str
    form: str
    form_title: str
    form_reason: str
    team: tuple[str, ...]
    assistants: tuple[str, ...]
    assistant_names: tuple[str, ...]
    technicians: tuple[Technician, ...]
    partners: tuple[PartnerOfficer, ...]
    partner_results: dict[str, str]
    tasks: tuple[TakenLine, ...]
    approval: str
    approval_problem: str
    start: Start
    mode_name: str
    ending: Ending | None
    cancelled: Cancellation | None
    note: str
    counted: CapCheck


def visit_view(ctx: Context, visit_id: str) -> VisitView:
    """Return a visit. Raises UserError when there is none."""
    with ctx.reading() as session:
        visit = find_visit(session, visit_id)
        (row,) = visit_rows(session, Visit.id == visit_id)
        start = visit.start or NOT_STARTED
        problem = approvals.approval_problem(session, ctx.keys.founder, visit)
        return VisitView(
            **{each.name: getattr(row, each.name) for each in fields(row)},
            address=session.get_one(Establishment, visit.establishment).address,
            draw=visit.draw or "",
            form=visit.form,
            form_title=form_of(session, visit).said,
            form_reason=visit.form_reason,
            team=visit.inspectors,
            assistants=visit.assistants,
            assistant_names=tuple(session.get_one(Person, person).name for person in visit.assistants),
            technicians=visit.technicians,
            partners=visit.partners,
            partner_results=visit.partner_results,
            tasks=taken_lines(session, visit),
            approval=visit.approval.sentence if visit.approval and not problem else "",
            approval_problem=problem,
            start=start,
            mode_name=visit_rules().mode(start.mode).said if start.mode else "",
            ending=visit.ending,
            cancelled=visit.cancelled,
            note=visit.note,
            counted=check_in(ctx, session, visit.establishment, visit.task, visit.id),
        )


def staff(ctx: Context, planned_on: str) -> Staff:
    """Return who may go along on a day, or today while the day is open or none."""
    day = _day(ctx, planned_on)
    wanted = select(Person).where(Person.division == ctx.office.division).order_by(Person.certificate_no)
    with ctx.reading() as session:
        known = [_colleague(people.office_person(person), day) for person in session.scalars(wanted)]
    inspectors = [person for person in known if person.role == PersonRole.INSPECTOR]
    return Staff(
        inspectors=tuple(sorted(inspectors, key=lambda each: not each.leads)),
        assistants=tuple(person for person in known if person.role == PersonRole.ASSISTANT),
    )


def team_gaps(ctx: Context, inspectors: tuple[str, ...], planned_on: str) -> tuple[Problem, ...]:
    """Return what keeps these inspectors from going together on a day."""
    with ctx.reading() as session:
        return tuple(people.team_gaps(session, inspectors, _day(ctx, planned_on)))


def forms_of(ctx: Context, establishment: str) -> tuple[tuple[Form, ...], tuple[Form, ...]]:
    """Return the checklists meant for an establishment's kind, the usual one first, and those that need a reason.

    Neither has any without an establishment, or for a kind that has no checklist yet.
    """
    if not establishment:
        return (), ()
    with ctx.reading() as session:
        row = session.get(Establishment, establishment)
        kind = "" if row is None else row.kind
    fitting = forms_of_kind(kind)
    return fitting, other_forms(fitting)


def approvers(ctx: Context) -> tuple[str, ...]:
    """Return the accounts that may approve a visit on this machine."""
    with ctx.reading() as session:
        roles = grants.standing(session, ctx.keys.founder).roles
        return tuple(sorted(account for account, held in roles.items() if is_allowed(held, Right.APPROVE)))


def _colleague(person: OfficePerson, day: date) -> Colleague:
    return Colleague(
        **asdict(person), why_not=why_not_inspect(person, day) if person.role == PersonRole.INSPECTOR else ""
    )


def _day(ctx: Context, planned_on: str) -> date:
    return day_in(planned_on) or legal_day(ctx.now())


def list_visits(ctx: Context) -> list[VisitRow]:
    """Return all visits of this workspace, the newest first."""
    with ctx.reading() as session:
        return visit_rows(session)


@dataclass(frozen=True, slots=True)
class Visits:
    """What a query finds, by id and in order, and how many visits stand under each part."""

    ids: tuple[str, ...]
    counts: dict[str, int]


def visits(ctx: Context, query: ListQuery) -> Visits:
    """Return the visits of a part ("all", "to_sign" or a state) that match a search, else the newest first: for a Job.

    What waits for its signatures stands under "to_sign" and "all" alone.
    """
    with ctx.reading() as session:
        to_sign = {row.id for row in visit_rows(session, Visit.state == VisitState.OPEN) if row.awaits_signature}
        by_state = select(Visit.state, func.count()).group_by(Visit.state)
        counts: dict[str, int] = {state.value: count for state, count in session.execute(by_state)}
        counts |= {ALL: sum(counts.values()), TO_SIGN: len(to_sign)}
        counts[VisitState.OPEN] = counts.get(VisitState.OPEN, 0) - len(to_sign)
        wanted = select(Visit.id)
        if query.part == TO_SIGN:
            wanted = wanted.where(among(Visit.id, to_sign))
        elif query.part != ALL:
            wanted = wanted.where(Visit.state == query.part, ~among(Visit.id, to_sign))
        if query.sought or query.order:
            wanted = wanted.join(Establishment, Establishment.id == Visit.establishment)
        if query.sought:
            wanted = wanted.where(Establishment.search.contains(folded(query.sought), autoescape=True))
        wanted = wanted.order_by(*query.first_by(_ORDERS), Visit.id.desc())
        return Visits(tuple(session.scalars(wanted)), counts)


def rows_of(ctx: Context, ids: Sequence[str]) -> list[VisitRow]:
    """Return these visits, in the order given; without those that have gone since."""
    with ctx.reading() as session:
        rows = {row.id: row for row in visit_rows(session, among(Visit.id, ids))}
    return [rows[visit] for visit in ids if visit in rows]


def under_way(ctx: Context) -> list[str]:
    """Return the visits that are open, the newest first."""
    with ctx.reading() as session:
        return list(session.scalars(select(Visit.id).where(Visit.state == VisitState.OPEN).order_by(Visit.id.desc())))


def _said(held: InstrumentedAttribute[Any], name: str) -> ColumnElement[str]:
    return func.coalesce(func.json_extract(held, f"$.{name}"), "")


# By what is kept where that is not what is shown: what is alike stands together.
_LEADING = (
    select(Person.name)
    .join(VisitMember, VisitMember.person == Person.id)
    .where(VisitMember.visit == Visit.id, VisitMember.assists.is_(False), VisitMember.seat == 0)
    .scalar_subquery()
)
_ORDERS: dict[str, ColumnElement[Any]] = {
    "name": Establishment.name.expression,
    "state": Visit.state.expression,
    "day": _said(Visit.task, "planned_on"),
    "inspectors": _LEADING,
    "kind": _said(Visit.task, "kind"),
    "source": _said(Visit.task, "source"),
    "outcome": _said(Visit.ending, "outcome"),
}
ORDERS = tuple(_ORDERS)


_OF_ESTABLISHMENT = (Establishment.name, Establishment.uscc, Establishment.search)


def visit_rows(session: Session, *chosen: ColumnElement[bool]) -> list[VisitRow]:
    """Return the visits that meet every condition, the newest first, within an open session."""
    answered = (
        select(Answer.visit, func.count(Answer.question.distinct()).label("answered"))
        .join(Visit, Visit.id == Answer.visit)
        .where(Visit.state == VisitState.OPEN, Answer.undone.is_(False))
        .group_by(Answer.visit)
        .subquery()
    )
    names = dict(session.execute(select(Person.id, Person.name)).all())
    rows = session.execute(
        select(Visit, *_OF_ESTABLISHMENT, func.coalesce(answered.c.answered, 0))
        .join(Establishment, Establishment.id == Visit.establishment)
        .outerjoin(answered, answered.c.visit == Visit.id)
        .where(*chosen)
        .order_by(Visit.id.desc())
    )
    refused = drafts.visits_with_typed(session)
    return [
        _row(visit, found, (count, _put(session, visit, count)), names, visit.id in refused)
        for visit, *found, count in rows
    ]


def _put(session: Session, visit: Visit, answered: int) -> int:
    """Return how many questions of an open visit are put; 0 for any other."""
    if visit.state != VisitState.OPEN or visit.is_patrol:
        return 0
    form = form_of(session, visit)
    count = len(form.questions)
    # Only where it decides whether all is answered: it takes the answers.
    if not count - len(form.conditional) <= answered < count:
        return count
    given = {question: view.answer for question, view in answers_of(session, form, visit.id).items()}
    return count - len(falling_away(session, form, visit.establishment, given))


def _row(visit: Visit, found: Sequence[str], done: tuple[int, int], names: dict[str, str], refused: bool) -> VisitRow:
    name, uscc, search = found
    rules = visit_rules()
    task, (answered, questions) = visit.task, done
    return VisitRow(
        id=visit.id,
        establishment=visit.establishment,
        name=name,
        uscc=uscc,
        state=visit.state,
        task=task,
        kind=rules.kind(task.kind).said if task.kind else "",
        source=rules.source(task.source).said if task.source else "",
        inspectors=tuple(names.get(person, person) for person in visit.inspectors),
        outcome=rules.outcome(visit.ending.outcome).said if visit.ending else "",
        started_at=visit.started_at,
        ended_at=visit.ended_at,
        search=search,
        answered=answered,
        questions=questions,
        is_patrol=visit.is_patrol,
        refused=refused,
        is_printed=visit.fair_copy is not None,
    )


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One visit of an employer, or the record of one held elsewhere.

    on: the day it took place, or is planned for, "" when open · number: of its final record, "" without one
    findings: of the final record
    """

    visit: str
    state: VisitState
    on: str
    number: str
    findings: int


def visits_of(ctx: Context, establishment: str) -> tuple[VisitLine, ...]:
    """Return the visits and records of an employer, newest first; visits not yet held come before."""
    with ctx.reading() as session:
        lines = _records(session, establishment)
        for visit in session.scalars(select(Visit).where(together(Visit.establishment, establishment))):
            if visit.id not in lines:
                held = legal_day(visit.started_at).isoformat() if visit.started_at else ""
                on = held or visit.task.planned_on
                lines[visit.id] = VisitLine(visit.id, visit.state, on, "", 0)
    return tuple(sorted(lines.values(), key=lambda line: (line.number == "", line.on, line.visit), reverse=True))


def _records(session: Session, establishment: str) -> dict[str, VisitLine]:
    findings = select(func.count()).select_from(Finding).where(Finding.visit == Record.visit).scalar_subquery()
    rows = session.execute(
        select(Record.visit, Record.started_at, Record.number, findings).where(Record.listed_under == establishment)
    )
    return {
        visit: VisitLine(visit, VisitState.CLOSED, legal_day(parse_instant(at)).isoformat(), number, count)
        for visit, at, number, count in rows
    }
