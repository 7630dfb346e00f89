"""What is to be done today (今日): the visits, what needs attention, and the first steps of a new workspace."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohdesk.db.models import (
    Account,
    BundleOut,
    Draw,
    Establishment,
    KeyPurpose,
    OwnKey,
    OwnOffice,
    PdfVerdict,
    Person,
    Photo,
    Record,
    ReplicaHead,
    SkippedStep,
    Visit,
)
from ohdesk.db.queries import verified
from ohdesk.domain.calendar import legal_day, week_end
from ohdesk.domain.indicators import Rate
from ohdesk.domain.people import TEAM, PersonRole, Right
from ohdesk.domain.record import Verification
from ohdesk.domain.rectification import Standing
from ohdesk.domain.visit import UNFINISHED, VisitState
from ohdesk.paths import resources
from ohdesk.services.backup import automatic
from ohdesk.services.backup.automatic import Protection
from ohdesk.services.changes import Change
from ohdesk.services.context import Context, may
from ohdesk.services.county import coverage
from ohdesk.services.finding import follow_up
from ohdesk.services.finding.follow_up import Pressing
from ohdesk.services.office.powers import powers_in
from ohdesk.services.paper import listing, typed_in
from ohdesk.services.paper.listing import BOOK, PaperRow
from ohdesk.services.paper.typed_in import Waiting
from ohdesk.services.register import due
from ohdesk.services.register.due import BookLine
from ohdesk.services.roll import life_cycle, transfer
from ohdesk.services.roll.life_cycle import OfferedFor
from ohdesk.services.roll.transfer import Step, Transfer
from ohdesk.services.trust.ending import EndingTerm, ending, uncertified
from ohdesk.services.trust.keys import county_root
from ohdesk.services.visit.views import NextStep, VisitRow, visit_rows


@dataclass(frozen=True, slots=True)
class FirstStep:
    """A step: "roll", "people", "accounts", "powers", "county" or "draw".

    needed: nothing goes on without it; the others may be skipped · count: how many there are of what it makes
    """

    key: str
    done: bool
    needed: bool = True
    skipped: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class EndingCertificate:
    """An inspector whose certificate ends soon, or has ended: days until then, negative afterwards."""

    person: str
    name: str
    until: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """What is known at once.

    now:    visits under way, planned for today, or planned earlier and not started; by what is next
    week:   planned for the rest of the week · later, undated: how many are planned beyond, and without a day
    reported_days: since the last bundle, None before the first · unsent: something is new since · joined: has a county
    may_approve:   the one at the screen may approve visits · protection: how well it is backed up
    takes_over:    the replica this one goes on for and that the county still has to link it with; empty for none
    bad_papers:    records that came and are not good
    steps:  the first steps; starting: nothing but them is there yet
    """

    today: date
    now: tuple[VisitRow, ...]
    week: tuple[VisitRow, ...]
    later: int
    undated: int
    certificates: tuple[EndingCertificate, ...]
    reported_days: int | None
    unsent: bool
    joined: bool
    may_approve: bool
    protection: Protection
    takes_over: str
    bad_papers: int
    steps: tuple[FirstStep, ...]
    starting: bool

    @property
    def planned(self) -> tuple[VisitRow, ...]:
        """Visits of this week that have not started."""
        return tuple(each for each in (*self.now, *self.week) if not each.started)

    def waiting_for(self, step: NextStep) -> tuple[VisitRow, ...]:
        """Visits of this week with this next step."""
        return tuple(each for each in (*self.now, *self.week) if each.step is step)


@dataclass(frozen=True, slots=True)
class MissingPhotos:
    """Photos of a visit that were announced and not brought in; final: its record is signed already."""

    visit: str
    name: str
    numbers: tuple[int, ...]
    final: bool


@dataclass(frozen=True, slots=True)
class Backlog:
    """What takes longer to find out.

    overdue, due: findings whose deadline has passed, or ends this week, and that nobody looks at again yet
    visited: of our employers in business, those inspected this year (`county.coverage`), at a county its towns'
    ending: our certificates of the county that are to be renewed by now
    uncertified: whose signing keys the county has not certified; nobody while there is no county
    books: in which something is overdue, or due within a week; what is overdue first
    states: what the last visits suggest of employers, and nobody has set down yet
    answers: the employers offered to this town that wait for its answer
    typing: the visits that are not typed into another system yet
    papers: not served, or with a term to correct something that ends within a week; the most pressing first
    """

    overdue: Pressing
    due: Pressing
    photos: tuple[MissingPhotos, ...]
    visited: Rate
    ending: tuple[EndingTerm, ...] = ()
    uncertified: tuple[str, ...] = ()
    books: tuple[BookLine, ...] = ()
    states: tuple[OfferedFor, ...] = ()
    answers: tuple[Transfer, ...] = ()
    typing: tuple[Waiting, ...] = ()
    papers: tuple[PaperRow, ...] = ()


def agenda(ctx: Context) -> Agenda:
    """Return what is to be done today; quick, whatever the size of the roll."""
    today = legal_day(ctx.now())
    with ctx.reading() as session:
        visits = visit_rows(session, Visit.state.in_(UNFINISHED))
        now, week, later, undated = _by_day(visits, today)
        steps = _first_steps(session, ctx.office.division)
        head = session.get(ReplicaHead, ctx.office.replica)
        sent_at, sent_upto = session.execute(select(func.max(BundleOut.written_at), func.max(BundleOut.last))).one()
        any_visit = bool(visits) or session.scalar(select(Visit.id).limit(1)) is not None
        bad = select(func.count()).select_from(Record).join(PdfVerdict, verified.of(Record))
        recorded = session.scalar(select(Record.visit).limit(1)) is not None
        return Agenda(
            today=today,
            now=now,
            week=week,
            later=later,
            undated=undated,
            certificates=_certificates(session, ctx.office.division, today),
            reported_days=None if sent_at is None else (today - legal_day(sent_at)).days,
            # Whether anything is new, not how much: counting what each bundle carries would read the journal at every
            # start.
            unsent=head is not None and head.seq > (sent_upto or 0),
            joined=any(step.done for step in steps if step.key == "county"),
            may_approve=may(ctx, Right.APPROVE),
            protection=automatic.protection(ctx),
            takes_over=_takes_over(session),
            bad_papers=session.scalar(bad.where(PdfVerdict.together == Verification.BAD)) or 0,
            steps=steps,
            starting=not any_visit and not recorded and any(not step.done for step in steps if step.needed),
        )


def backlog(ctx: Context) -> Backlog:
    """Return what takes longer to find out: for a Job."""
    pressing = follow_up.pressing(ctx)
    today = legal_day(ctx.now())
    visited = coverage.of_office(ctx, today.year)
    states = life_cycle.all_offered(ctx)
    moving = [each for each in transfer.transfers(ctx) if Step.ACCEPT in transfer.steps(ctx, each)]
    pressed = [each for each in due.overview(ctx) if each.overdue or each.soon]
    papers = listing.pressing(ctx)
    with ctx.reading() as session:
        return Backlog(
            overdue=pressing[Standing.OVERDUE],
            due=pressing[Standing.DUE],
            photos=_missing_photos(session),
            visited=visited,
            ending=ending(ctx, session),
            uncertified=uncertified(session) if county_root(session) else (),
            books=tuple(sorted((each for each in pressed if each.id != BOOK), key=lambda each: not each.overdue)),
            states=tuple(states),
            answers=tuple(moving),
            typing=typed_in.waiting(session, ctx),
            papers=papers,
        )


def skip(ctx: Context, key: str) -> Change:
    """Put a step off that may be put off; it stays among what can be done."""
    ctx.require(Right.OFFICE)
    with ctx.transaction() as session:
        session.merge(SkippedStep(key=key))
    return Change.SETTINGS


def _first_steps(session: Session, division: str) -> tuple[FirstStep, ...]:
    """Return the first steps in their order, within an open session."""
    inspectors = set(
        session.scalars(select(Person.id).where(Person.division == division, Person.role == PersonRole.INSPECTOR))
    )
    with_account = inspectors & set(session.scalars(select(Account.person)))
    powers = len(powers_in(session))
    drawn = session.scalar(select(Draw.id).where(Draw.division == division).limit(1)) is not None
    return (
        FirstStep("roll", session.scalar(select(Establishment.id).limit(1)) is not None),
        FirstStep("people", len(inspectors) >= TEAM, count=len(inspectors)),
        FirstStep("accounts", len(with_account) >= TEAM, count=len(with_account)),
        FirstStep("powers", powers > 0, count=powers),
        FirstStep(
            "county",
            # A town may work for months before its county is ready; the step can wait, it never goes away.
            bool(county_root(session)),
            needed=False,
            skipped=session.get(SkippedStep, "county") is not None,
        ),
        FirstStep("draw", drawn),
    )


def _takes_over(session: Session) -> str:
    office, device = session.scalars(select(OwnOffice)).first(), session.get(OwnKey, KeyPurpose.DEVICE)
    # Neither stands in the empty database that the window asks while the password is typed.
    return "" if office is None or device is None or device.certificate_der else office.takes_over


def _by_day(visits: Sequence[VisitRow], today: date) -> tuple[tuple[VisitRow, ...], tuple[VisitRow, ...], int, int]:
    day, sunday = today.isoformat(), week_end(today).isoformat()
    now = [each for each in visits if each.started or (each.planned_on and each.planned_on <= day)]
    coming = [each for each in visits if not each.started and each.planned_on > day]
    week = [each for each in coming if each.planned_on <= sunday]
    order = (NextStep.FILL, NextStep.NOTE, NextStep.SCAN_IN, NextStep.SIGN, NextStep.ARRIVE, NextStep.APPROVE)
    return (
        tuple(sorted(now, key=lambda each: (order.index(each.step), each.planned_on, each.id))),
        tuple(sorted(week, key=lambda each: (each.planned_on, each.id))),
        len(coming) - len(week),
        sum(not each.planned_on and not each.started for each in visits),
    )


def _certificates(session: Session, division: str, today: date) -> tuple[EndingCertificate, ...]:
    latest = today + timedelta(days=_certificate_days())
    people = session.scalars(
        select(Person)
        .where(Person.division == division, Person.role == PersonRole.INSPECTOR, Person.certificate_until <= latest)
        .order_by(Person.certificate_until, Person.name)
    )
    return tuple(
        EndingCertificate(each.id, each.name, each.certificate_until.isoformat(), (each.certificate_until - today).days)
        for each in people
        if each.certificate_until
    )


@cache
def _certificate_days() -> int:
    path = resources() / "offices" / "reminders.toml"
    return int(tomllib.loads(path.read_text(encoding="utf-8"))["certificate_days"])


def _missing_photos(session: Session) -> tuple[MissingPhotos, ...]:
    rows = session.execute(
        select(Photo.visit, Photo.number, Establishment.name, Visit.state)
        .join(Visit, Visit.id == Photo.visit)
        .join(Establishment, Establishment.id == Visit.establishment)
        .where(Photo.sha256 == "", Photo.number > 0)
        .order_by(Photo.visit, Photo.number)
    )
    found: dict[str, MissingPhotos] = {}
    for visit, number, name, state in rows:
        before = found[visit].numbers if visit in found else ()
        found[visit] = MissingPhotos(visit, name, (*before, number), state == VisitState.CLOSED)
    return tuple(found.values())
