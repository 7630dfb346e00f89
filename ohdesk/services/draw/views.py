"""Draws to look at: the list, and one draw with its firms, inspectors and particulars."""

from dataclasses import dataclass
from hashlib import sha256
from itertools import chain

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Draw, DrawSheet, Establishment, FrozenFile, Person
from ohdesk.db.queries.among import among
from ohdesk.db.queries.draws import DrawFiles, files_of
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.draw.checks import as_id, read_sheet, recompute
from ohdesk.domain.draw.drawing import UNASSIGNED, PoolEntry, Sheet, grouped
from ohdesk.domain.draw.proof import proof_facts, read_pool
from ohdesk.domain.draw.state import DrawState
from ohdesk.domain.facts import Fact
from ohdesk.errors import UserError
from ohdesk.forms.work_calendar import work_calendar
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.draw.announcing import receipt_before_seed
from ohdesk.services.draw.held import frozen_file, frozen_sheet, own_draw, sheet_of_draw
from ohdesk.services.draw.holding import is_overdue, last_day_for_result
from ohdesk.services.draw.pool import quotas


@dataclass(frozen=True, slots=True)
class DrawRow:
    """A draw in the list. state: committed, seeded, computed or void; overdue: no result within the term.

    receipt: the county's, had before the seed; "" when the draw was not announced

    candidates, drawn: how many firms; 0 while only the fingerprint is known here
    """

    id: str
    plan: str
    number: int
    state: DrawState
    commit: str
    seed: str
    receipt: str
    committed_at: str
    computed_at: str
    void_reason: str
    published: bool
    overdue: bool
    own: bool
    candidates: int
    drawn: int

    @property
    def fingerprint(self) -> str:
        """The commit in eight groups, to be read out."""
        return grouped(self.commit)


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat of a team. number as in the sheet, "UNASSIGNED" when nobody was left; person and name where known."""

    number: str
    person: str
    name: str

    @property
    def is_empty(self) -> bool:
        """True when nobody was left for this seat: the county lends an inspector."""
        return self.number == UNASSIGNED


@dataclass(frozen=True, slots=True)
class DrawnFirm:
    """A drawn firm with its team, seat 0 leading. establishment: the roll entry, empty where it is not known here."""

    stratum: str
    rank: int
    id: str
    ticket: str
    establishment: str
    name: str
    uscc: str
    address: str
    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class DrawDetail:
    """One draw in full; sheet, pool and firms (in the order of their tickets) are None or empty before the result."""

    row: DrawRow
    pool_sha256: str
    minutes: dict[str, str]
    sheet: Sheet | None
    pool: tuple[PoolEntry, ...]
    firms: tuple[DrawnFirm, ...]
    result_csv: str


@dataclass(frozen=True, slots=True)
class FrozenView:
    """A frozen draw as the room may see it: what was announced and the counts; no names, never the nonce.

    receipt: the county's of the commit; "" while there is none and the county is not known to hold it
    keepers: the accounts for which the nonce is sealed; one of them must draw
    quotas: stratum → (drawn, of) · until: the last day for a result, as shown · days_left: negative afterwards
    """

    row: DrawRow
    pool_sha256: str
    receipt: str
    keepers: tuple[str, ...]
    place: str
    seed_source: str
    firms: int
    excluded: int
    inspectors: int
    absent: int
    recusals: int
    team: int
    quotas: dict[str, tuple[int, int]]
    until: str
    days_left: int

    @property
    def drawn(self) -> int:
        """How many firms the draw gives."""
        return sum(quota for quota, _ in self.quotas.values())


def list_draws(ctx: Context) -> list[DrawRow]:
    """Return all draws held here, newest first; at the county those of its towns too."""
    with ctx.reading() as session:
        draws = select(Draw, DrawSheet.candidates).outerjoin(DrawSheet, DrawSheet.draw == Draw.id)
        newest_first = draws.order_by(Draw.committed_at.desc(), Draw.plan, Draw.number.desc())
        return [_row(ctx, draw, frozen or 0) for draw, frozen in session.execute(newest_first)]


def find_draw(ctx: Context, plan: str, number: int | None = None) -> str:
    """Return the id of a draw of this office by plan and number, or of the plan's latest; or the id itself.

    Raises UserError when there is none.
    """
    wanted = select(Draw.id).where(Draw.division == ctx.office.division)
    by_number = wanted.where(Draw.plan == plan).order_by(Draw.number.desc())
    # Without a number the newest is meant: after a draw was void, the plan's next one is what people speak of.
    if number is not None:
        by_number = by_number.where(Draw.number == number)
    with ctx.reading() as session:
        found = session.scalars(by_number).first() or session.scalars(wanted.where(Draw.id == plan)).first()
    if found is None:
        raise UserError(tr("没有计划 {plan} 的抽取。", plan=plan), tr("请用 draw list 查看已有的抽取。"))
    return found


def draw_detail(ctx: Context, draw_id: str) -> DrawDetail:
    """Return one draw in full. Raises UserError when there is none."""
    with ctx.reading() as session:
        draw = session.get(Draw, draw_id)
        if draw is None:
            raise UserError(tr("找不到这次抽取。"), tr("请在抽取列表中查看。"))
        files = files_of(session, draw)
        pool = tuple(read_pool(files.pool)) if files else ()
        return DrawDetail(
            row=_row(ctx, draw),
            pool_sha256=draw.pool_sha256,
            minutes=draw.minutes,
            sheet=read_sheet(files.sheet) if files else None,
            pool=pool,
            firms=_firms(session, draw, files, pool) if files else (),
            result_csv=files.result.decode() if files else "",
        )


def frozen_view(ctx: Context, draw_id: str) -> FrozenView:
    """Return what was fixed at the freeze. Raises UserError for another office's, MachineError without the sheet."""
    with ctx.reading() as session:
        draw = own_draw(session, ctx, draw_id)
        sheet = frozen_sheet(session, draw)
        # Before the result the sheet is only here; afterwards it stands in the journal and the local one may be gone.
        kept = None if draw.computed_at else sheet_of_draw(session, draw_id)
        until = last_day_for_result(draw)
        return FrozenView(
            row=_row(ctx, draw),
            pool_sha256=draw.pool_sha256,
            receipt=receipt_before_seed(ctx, session, draw),
            keepers=() if kept is None else tuple(kept.nonces),
            place=str(sheet.more.get("place", "")),
            seed_source=str(sheet.more.get("seed_source", "")),
            firms=sum(len(stratum.ids) for stratum in sheet.strata),
            excluded=len(sheet.more.get("exclusions", [])),
            inspectors=len(sheet.inspectors),
            absent=len(sheet.more.get("absences", [])),
            recusals=len(sheet.recusals),
            team=sheet.team,
            quotas=quotas(sheet.strata),
            until=work_calendar().doubted(until, until.isoformat()),
            days_left=(until - legal_day(ctx.now())).days,
        )


def proof_of(ctx: Context, draw_id: str) -> tuple[Fact, ...]:
    """Compute a draw again from what is published; return what holds. Raises UserError when there is none."""
    with ctx.reading() as session:
        draw = session.get(Draw, draw_id)
        files = None if draw is None else files_of(session, draw)
        if draw is None or files is None:
            raise UserError(tr("这次抽取还没有结果。"), tr("请先输入种子并抽取。"))
        commit, seed = draw.commit, draw.seed
    return proof_facts(commit, files.sheet, seed, files.pool, files.result)


_AS_HELD = ("id", "plan", "number", "state", "commit", "seed", "receipt", "committed_at", "computed_at", "void_reason")


def _row(ctx: Context, draw: Draw, frozen: int = 0) -> DrawRow:
    return DrawRow(
        **{name: getattr(draw, name) for name in _AS_HELD},
        published=bool(draw.package_sha256),
        overdue=is_overdue(ctx, draw),
        own=draw.division == ctx.office.division,
        candidates=draw.candidates or frozen,
        drawn=draw.drawn,
    )


def _firms(session: Session, draw: Draw, files: DrawFiles, pool: tuple[PoolEntry, ...]) -> tuple[DrawnFirm, ...]:
    result = recompute(files.sheet, draw.seed)
    kept = session.get(DrawSheet, draw.id)
    # Of the list that was frozen here; another laptop of the office may have written a result with another one.
    is_ours = kept is not None and sha256(files.pool).hexdigest() == draw.pool_sha256
    listed = chain.from_iterable(map(msgspec.json.decode, frozen_file(session, draw.id, FrozenFile.FIRMS)))
    frozen = {entry.id: of for entry, of in zip(pool, listed, strict=True)} if kept and is_ours else {}
    entries = _roll_entries(session, [firm.id for firm in result.drawn], frozen)
    people = _people(session, draw.division, {} if kept is None else kept.people)
    names = {entry.id: entry.name for entry in pool}
    firms = []
    for stratum, rank, number, ticket, team in result.drawn:
        establishment, name, uscc, address = entries.get(number, ("", names.get(number, ""), "", ""))
        seats = tuple(people.get(seat, Seat(seat, "", "")) for seat in team)
        firms.append(DrawnFirm(stratum, rank, number, ticket, establishment, name, uscc, address, seats))
    return tuple(firms)


def _roll_entries(session: Session, ids: list[str], known: dict[str, str]) -> dict[str, tuple[str, str, str, str]]:
    """Return id, name, code and address of the roll entry of each drawn id: as kept at the freeze, else by code."""
    table = Establishment.__table__
    wanted = {known[name]: name for name in ids if name in known}
    by_code = {name for name in ids if name not in known}
    statement = select(table.c.id, table.c.name, table.c.uscc, table.c.address)
    found = session.execute(statement.where(among(table.c.id, wanted) | among(table.c.uscc, by_code)))
    return {wanted.get(entry, uscc): (entry, name, uscc, address) for entry, name, uscc, address in found}


def _people(session: Session, division: str, known: dict[str, str]) -> dict[str, Seat]:
    number_of = {person: number for number, person in known.items()}
    seats = {}
    for person in session.scalars(select(Person).where(Person.division == division)):
        # As known at the freeze: a certificate renewed since has another number, the sheet has not.
        number = number_of.get(person.id) or as_id(person.certificate_no)
        seats[number] = Seat(number, person.id, person.name)
    return seats
