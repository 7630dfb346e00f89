"""What the county does with what its towns send: one state, conflicts settled by a person, draws computed again."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import and_, case, exists, extract, func, select
from sqlalchemy.orm import Session

from ohdesk.db import journal
from ohdesk.db.models import (
    BundleIn,
    BundleState,
    Certificate,
    ContestedField,
    Establishment,
    EstablishmentHead,
    Finding,
    KeyReset,
    OperationRow,
    PdfVerdict,
    Peer,
    Person,
    Record,
    RecordAnswer,
    ReplicaHead,
)
from ohdesk.db.queries import verified
from ohdesk.db.queries.digest import state_digest
from ohdesk.db.queries.operations import true_body
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.canonical import clean_text, parse
from ohdesk.domain.establishment import CLOSED_STATES, WRITTEN_BY_KEY, read_value, value_text
from ohdesk.domain.indicators import Rate
from ohdesk.domain.operations import EstablishmentWritten
from ohdesk.domain.people import OfficeRole, Right
from ohdesk.domain.record import Verification
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.roll.entries import checked, why_written, with_move
from ohdesk.services.roll.proposals import writers

# Asked about meanwhile, or never: a doubt of last year would only hide the new one.
_DOUBTED_FOR = timedelta(days=30)
_IN_BUSINESS = (Establishment.withdrawn.is_(False), Establishment.status.not_in(CLOSED_STATES))
# A town's share is of its own employers: whom it inspects elsewhere counts there for nobody.
_OF_ITS_TOWN = exists().where(Establishment.id == Record.establishment, Establishment.town == Record.division)
# A closed gate makes a record as well, but inspects nobody: the coverage counts checklists only.
_BAD = verified.IN_ORDER.index(Verification.BAD)
_WITH_CHECKLIST = exists().where(RecordAnswer.visit == Record.visit)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the values a field could have: the value, who wrote it, when and why.

    office, person: their names as far as they are known here; by: the person's id
    """

    value: str
    division: str
    operation: str
    at: str
    by: str
    reason: str
    office: str
    person: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field with several writes that have not seen each other (待核); `shown` is the value that stands meanwhile."""

    establishment: str
    name: str
    field: str
    heading: str
    shown: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class TownCoverage:
    """How far a town has come: employers in business on the roll, and those with a finished checklist record.

    What is not good is left out of everything but `bad`.
    waiting, unchecked: of the employers inspected, those of whom no better record is there
    bad: employers of whom there are only records that are not good
    """

    division: str
    name: str
    employers: int
    inspected: Rate
    ended_without_checklist: int
    findings: int
    waiting: int = 0
    unchecked: int = 0
    bad: int = 0

    @property
    def id(self) -> str:
        """The town's: its division."""
        return self.division


@dataclass(frozen=True, slots=True)
class TownState:
    """What came from one laptop of a town.

    id:      of the laptop (replica)
    last:    number of its newest bundle here, 0 before the first
    missing: runs (first, last) of numbers below that never came; their content came again in a later one unless one
             is parked
    parked:  what waits and for what, in words
    stuck:   bundles that waited and then were refused, with the reason, while what they carry is not here
    doubts:  how bundles taken in of late do not fit the others of this laptop
    resets:  people of the town whose password was reset and whose new key is not certified yet, in words
    """

    id: str
    division: str
    name: str
    last: int
    missing: tuple[tuple[int, int], ...]
    parked: tuple[str, ...]
    stuck: tuple[str, ...]
    doubts: tuple[str, ...]
    resets: tuple[str, ...]
    heard_at: datetime | None


@dataclass(frozen=True, slots=True)
class CoveredEmployer:
    """An employer behind a number of the coverage: when its checklist record of the year was made, empty without.

    verified: what is known of the best of its records, None without one
    """

    id: str
    name: str
    uscc: str
    risk_class: str
    inspected_at: str
    verified: Verification | None = None

    @property
    def counts(self) -> bool:
        """True when it counts as inspected: it has a record that is not known to be bad."""
        return bool(self.inspected_at) and self.verified is not Verification.BAD


def digest(ctx: Context) -> str:
    """Return the fingerprint of everything shared that this workspace holds."""
    with ctx.reading() as session:
        return state_digest(session)


def conflicts(ctx: Context) -> list[Conflict]:
    """Return every field in dispute, by employer."""
    with ctx.reading() as session:
        contested = session.execute(
            select(Establishment, ContestedField.field)
            .join(ContestedField, ContestedField.establishment == Establishment.id)
            .order_by(Establishment.name, Establishment.id, ContestedField.field)
        )
        office, person = writers(ctx, session)
        found: list[Conflict] = []
        for entry, key in contested:
            candidates = []
            for head in _heads_of(session, entry.id, key):
                body = parse(true_body(session.get_one(OperationRow, (head.replica, head.seq))))
                candidates.append(
                    Candidate(
                        value=value_text(head.fields[key]),
                        division=head.division,
                        operation=f"{head.replica}:{head.seq}",
                        at=body["at"],
                        by=body["by"],
                        reason=why_written(body["v"]["source"], body["v"]["reason"]),
                        office=office(head.replica, head.division),
                        person=person(body["by"]),
                    )
                )
            heading, shown = tr(WRITTEN_BY_KEY[key].heading), value_text(getattr(entry, key))
            found.append(Conflict(entry.id, entry.name, key, heading, shown, tuple(candidates)))
        return found


def settle(ctx: Context, establishment: str, field: str, value: str, reason: str) -> Change:
    """Settle a field in dispute: the value that holds from now on, and why.

    Raises UserError without a reason, or when the field is not in dispute, and ProblemsError for a value
    that is none of those in dispute and may not stand on the roll.
    """
    ctx.require(Right.ROLL)
    if not reason.strip():
        raise UserError(tr("处理冲突要写明理由。"), tr("例如：已电话核实。"))
    with ctx.transaction() as session:
        if session.get(ContestedField, (establishment, field)) is None:
            raise UserError(tr("这一项没有待核的冲突。"), tr("请刷新冲突列表后重试。"))
        # A value in dispute may be one that would not be accepted today; choosing it must stay possible, for it was
        # written.
        if value not in {value_text(head.fields[field]) for head in _heads_of(session, establishment, field)}:
            value = checked({field: value})[field]
        fields = with_move(
            ctx, session.get(Establishment, establishment), {field: read_value(WRITTEN_BY_KEY[field], value)}
        )
        settled = EstablishmentWritten(record=establishment, fields=fields, reason=clean_text(reason), source="settle")
        journal.record(session, settled, ctx.stamp())
    return Change.ROLL


def _heads_of(session: Session, establishment: str, field: str) -> list[EstablishmentHead]:
    """Return the writes of a field that have not seen each other, in a fixed order."""
    heads = select(EstablishmentHead).where(EstablishmentHead.establishment == establishment)
    in_order = session.scalars(heads.order_by(EstablishmentHead.replica, EstablishmentHead.seq))
    return [head for head in in_order if field in head.fields]


def coverage(ctx: Context, year: int) -> list[TownCoverage]:
    """Return how many employers in business each town has inspected in `year`, by division."""
    with ctx.reading() as session:
        names = {peer.division: peer.name for peer in session.scalars(select(Peer).where(Peer.role == OfficeRole.TOWN))}
        on_roll = select(Establishment.town, func.count()).where(*_IN_BUSINESS).group_by(Establishment.town)
        employers: dict[str, int] = dict(session.execute(on_roll).all())
        found = select(Finding.visit, func.count().label("count")).group_by(Finding.visit).subquery()
        of_year = (
            select(
                Record.division,
                Record.establishment,
                # Employers, not visits: a second visit in the year covers nobody new, but may be the one that is good.
                func.min(case((and_(_WITH_CHECKLIST, _OF_ITS_TOWN), verified.rank()))).label("rank"),
                func.count(case((and_(~_WITH_CHECKLIST, verified.rank() < _BAD), 1))).label("ended"),
                func.coalesce(func.sum(case((verified.rank() < _BAD, found.c.count))), 0).label("findings"),
            )
            .outerjoin(found, found.c.visit == Record.visit)
            .outerjoin(PdfVerdict, verified.of(Record))
            .where(extract("year", Record.inspected_on) == year)
            .group_by(Record.division, Record.establishment)
            .subquery()
        )
        ranks = [func.count(case((of_year.c.rank == place, 1))) for place in range(len(verified.IN_ORDER))]
        counted = (func.sum(of_year.c.ended), func.sum(of_year.c.findings), *ranks)
        records = select(of_year.c.division, *counted).group_by(of_year.c.division)
        made = {division: counts for division, *counts in session.execute(records)}
        return [
            TownCoverage(
                division=division,
                name=names.get(division, division),
                employers=employers.get(division, 0),
                inspected=Rate(good + unchecked + waiting, employers.get(division, 0)),
                ended_without_checklist=ended,
                findings=findings,
                waiting=waiting,
                unchecked=unchecked,
                bad=bad,
            )
            # Also towns that sent records and are no peers any more.
            for division in sorted({*names, *made})
            for ended, findings, good, unchecked, waiting, bad in [made.get(division, (0, 0, 0, 0, 0, 0))]
        ]


def covered(ctx: Context, division: str, year: int) -> list[CoveredEmployer]:
    """Return a town's employers in business, those without a finished checklist record of `year` first."""
    with ctx.reading() as session:
        records = (
            select(Record.establishment, func.max(Record.inspected_on), func.min(verified.rank()))
            .outerjoin(PdfVerdict, verified.of(Record))
            .where(Record.division == division, extract("year", Record.inspected_on) == year, _WITH_CHECKLIST)
            .group_by(Record.establishment, verified.rank() == _BAD)
            # Those that are not good come first, so that one that counts takes their place.
            .order_by((verified.rank() == _BAD).desc())
        )
        made = {establishment: (day.isoformat(), rank) for establishment, day, rank in session.execute(records)}
        entries = session.scalars(
            select(Establishment)
            .where(Establishment.town == division, *_IN_BUSINESS)
            .order_by(Establishment.search, Establishment.id)
        )
        found = []
        for entry in entries:
            day, rank = made.get(entry.id, ("", None))
            state = None if rank is None else verified.IN_ORDER[rank]
            found.append(CoveredEmployer(entry.id, entry.name, entry.uscc, entry.risk_class, day, state))
    return sorted(found, key=lambda employer: employer.counts)


def town_states(ctx: Context) -> list[TownState]:
    """Return for each laptop of a town what came from it and what is missing, by division."""
    with ctx.reading() as session:
        came: dict[str, list[BundleIn]] = {}
        for bundle in session.scalars(select(BundleIn).order_by(BundleIn.bundle_seq)):
            came.setdefault(bundle.replica, []).append(bundle)
        peers = session.scalars(select(Peer).where(Peer.role == OfficeRole.TOWN).order_by(Peer.division, Peer.replica))
        held = {head.replica: head.seq for head in session.scalars(select(ReplicaHead))}
        recent, resets = ctx.now() - _DOUBTED_FOR, _resets(ctx, session)
        return [
            _town_state(peer, came.get(peer.replica, []), held.get(peer.replica, 0), recent, resets[peer.division])
            for peer in peers
        ]


def _resets(ctx: Context, session: Session) -> Mapping[str, list[str]]:
    """Return by division whose password was reset and who has no certificate of a key made since."""
    since = select(Certificate.key).where(Certificate.person == KeyReset.person, Certificate.issued_at > KeyReset.at)
    rows = session.execute(
        select(Person.division, Person.name, KeyReset.by, KeyReset.at)
        .join(Person, Person.id == KeyReset.person)
        .where(~since.exists())
        .order_by(KeyReset.at)
    )
    _, person = writers(ctx, session)
    found: dict[str, list[str]] = defaultdict(list)
    for division, name, by, at in rows:
        said = tr(
            "{name}的密码 {day} 由{by}重置，新的签名密钥还没有县级证书", name=name, day=legal_day(at), by=person(by)
        )
        found[division].append(said)
    return found


def _town_state(peer: Peer, came: list[BundleIn], held: int, recent: datetime, resets: Sequence[str]) -> TownState:
    numbers = sorted({bundle.bundle_seq for bundle in came})
    return TownState(
        id=peer.replica,
        division=peer.division,
        name=peer.name,
        last=numbers[-1] if numbers else 0,
        # A gap is no fault: the content of a lost bundle comes again in a later one. It is shown so that somebody may
        # ask; as runs, since a number may be any that a sender wrote.
        missing=tuple((before + 1, number - 1) for before, number in pairwise([0, *numbers]) if number > before + 1),
        parked=tuple(bundle.reason for bundle in came if bundle.outcome == BundleState.PARKED),
        stuck=tuple(
            f"{bundle.name}：{bundle.reason}"
            for bundle in came
            if bundle.outcome == BundleState.REFUSED and bundle.last > held
        ),
        doubts=tuple(
            bundle.reason
            for bundle in came
            if bundle.outcome == BundleState.APPLIED and bundle.reason and bundle.came_at > recent
        ),
        resets=tuple(resets),
        heard_at=peer.heard_at,
    )
