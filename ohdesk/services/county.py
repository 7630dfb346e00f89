"""What the county does with what its towns send: one state, conflicts settled by a person, draws computed again."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select

from ohdesk.db import journal
from ohdesk.db.models import Draw, Establishment, EstablishmentHead, OperationRow, Peer, Record
from ohdesk.db.queries.digest import state_digest
from ohdesk.domain.calendar import legal_day, parse_instant
from ohdesk.domain.canonical import clean_text, parse
from ohdesk.domain.establishment import CLOSED_STATES, FIELD_BY_KEY
from ohdesk.domain.indicators import Rate
from ohdesk.domain.operations import EstablishmentWritten
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.draws import recomputation_problem


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the values a field could have: the value, who wrote it, when and why."""

    value: str
    division: str
    operation: str
    at: str
    by: str
    reason: str


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
    """How far a town has come: employers in business on the roll, and those with a finished checklist record."""

    division: str
    name: str
    employers: int
    inspected: Rate
    ended_without_checklist: int
    findings: int


@dataclass(frozen=True, slots=True)
class DrawCheck:
    """A town's draw computed again at the county; `problem` is empty when the result agrees."""

    draw: str
    town: str
    plan: str
    number: int
    state: str
    problem: str


def digest(ctx: Context) -> str:
    """Return the fingerprint of everything shared that this workspace holds."""
    with ctx.reading() as session:
        return state_digest(session)


def conflicts(ctx: Context) -> list[Conflict]:
    """Return every field in dispute, by employer."""
    with ctx.reading() as session:
        contested = session.scalars(
            select(Establishment).where(Establishment.contested != "").order_by(Establishment.name, Establishment.id)
        )
        found: list[Conflict] = []
        for entry in contested:
            heads = list(
                session.scalars(
                    select(EstablishmentHead)
                    .where(EstablishmentHead.establishment == entry.id)
                    .order_by(EstablishmentHead.replica, EstablishmentHead.seq)
                )
            )
            for key in entry.contested.split(","):
                candidates = []
                for head in heads:
                    if key in head.fields:
                        row = session.get_one(OperationRow, (head.replica, head.seq))
                        body = parse(row.body)
                        candidates.append(
                            Candidate(
                                head.fields[key],
                                head.division,
                                f"{head.replica}:{head.seq}",
                                body["at"],
                                body["by"],
                                body["v"]["reason"],
                            )
                        )
                heading = tr(FIELD_BY_KEY[key].heading) if key in FIELD_BY_KEY else tr("撤出名录")
                shown = getattr(entry, key)
                found.append(Conflict(entry.id, entry.name, key, heading, str(shown), tuple(candidates)))
        return found


def settle(ctx: Context, establishment: str, field: str, value: str, reason: str) -> Change:
    """Settle a field in dispute: the value that holds from now on, and why.

    Raises UserError without a reason, or when the field is not in dispute.
    """
    if not reason.strip():
        raise UserError(tr("处理冲突要写明理由。"), tr("例如：已电话核实。"))
    with ctx.transaction() as session:
        entry = session.get(Establishment, establishment)
        if entry is None or field not in entry.contested.split(","):
            raise UserError(tr("这一项没有待核的冲突。"), tr("请刷新冲突列表后重试。"))
        settled = EstablishmentWritten(
            record=establishment, fields={field: value}, reason=clean_text(reason), source="settle"
        )
        journal.record(session, settled, ctx.stamp())
    return Change.ROLL


def coverage(ctx: Context, year: int) -> list[TownCoverage]:
    """Return how many employers in business each town has inspected in `year`, by division."""
    with ctx.reading() as session:
        names = {peer.division: peer.name for peer in session.scalars(select(Peer).where(Peer.role == "town"))}
        in_business = (
            select(Establishment.town, func.count())
            .where(Establishment.withdrawn.is_(False), Establishment.__table__.c.status.not_in(CLOSED_STATES))
            .group_by(Establishment.town)
        )
        employers: dict[str, int] = dict(session.execute(in_business).all())
        inspected: dict[str, set[str]] = {}
        ended: Counter[str] = Counter()
        findings: Counter[str] = Counter()
        for record in session.scalars(select(Record)):
            if legal_day(parse_instant(record.started_at)).year != year:
                continue
            if record.content["record"]["answers"]:
                inspected.setdefault(record.division, set()).add(record.establishment)
            else:
                ended[record.division] += 1
            findings[record.division] += len(record.content["record"]["findings"])
        return [
            TownCoverage(
                division=division,
                name=names.get(division, division),
                employers=employers.get(division, 0),
                inspected=Rate(len(inspected.get(division, ())), employers.get(division, 0)),
                ended_without_checklist=ended[division],
                findings=findings[division],
            )
            for division in sorted({*names, *inspected, *ended})
        ]


def check_draws(ctx: Context) -> list[DrawCheck]:
    """Compute every town's draw again from its sheet and seed, and say where the result differs."""
    with ctx.reading() as session:
        towns = {peer.replica: peer.name for peer in session.scalars(select(Peer))}
        return [
            DrawCheck(
                draw=draw.id,
                town=towns.get(draw.replica, draw.replica),
                plan=draw.plan,
                number=draw.number,
                state=draw.state,
                problem=recomputation_problem(draw.commit, draw.sheet, draw.seed, draw.pool_csv, draw.result_csv)
                if draw.sheet
                else "",
            )
            for draw in session.scalars(select(Draw).order_by(Draw.replica, Draw.plan, Draw.number))
        ]
