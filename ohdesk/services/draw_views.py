"""Draws to look at: the list, and one draw with its firms, inspectors and particulars."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Draw, DrawSheet, Establishment, Person
from ohdesk.domain.draw import UNASSIGNED, PoolEntry, Sheet, grouped
from ohdesk.domain.draw_checks import read_sheet, recompute
from ohdesk.domain.draw_plan import as_id
from ohdesk.domain.draw_proof import read_pool
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.draws import is_overdue


@dataclass(frozen=True, slots=True)
class DrawRow:
    """A draw in the list. state: committed, seeded, computed or void; overdue: no result within the term."""

    id: str
    plan: str
    number: int
    state: str
    commit: str
    seed: str
    committed_at: str
    computed_at: str
    void_reason: str
    published: bool
    overdue: bool
    own: bool


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
    """One draw in full; sheet, pool and firms are None or empty before the result is there."""

    row: DrawRow
    fingerprint: str
    pool_sha256: str
    minutes: dict[str, str]
    sheet: Sheet | None
    pool: tuple[PoolEntry, ...]
    firms: tuple[DrawnFirm, ...]
    result_csv: str


def list_draws(ctx: Context) -> list[DrawRow]:
    """Return all draws held here, newest first; at the county those of its towns too."""
    with ctx.reading() as session:
        draws = session.scalars(select(Draw).order_by(Draw.committed_at.desc(), Draw.plan, Draw.number.desc()))
        return [_row(ctx, draw) for draw in draws]


def find_draw(ctx: Context, plan: str, number: int | None = None) -> str:
    """Return the id of a draw of this office by plan and number, or of the plan's latest; or the id itself.

    Raises UserError when there is none.
    """
    wanted = select(Draw.id).where(Draw.replica == ctx.office.replica)
    by_number = wanted.where(Draw.plan == plan).order_by(Draw.number.desc())
    if number is not None:
        by_number = by_number.where(Draw.number == number)
    with ctx.reading() as session:
        found = session.scalars(by_number).first() or session.scalars(wanted.where(Draw.id == plan)).first()
    if found is None:
        raise UserError(tr("没有计划 {plan} 的抽取。").format(plan=plan), tr("请用 draw list 查看已有的抽取。"))
    return found


def draw_detail(ctx: Context, draw_id: str) -> DrawDetail:
    """Return one draw in full. Raises UserError when there is none."""
    with ctx.reading() as session:
        draw = session.get(Draw, draw_id)
        if draw is None:
            raise UserError(tr("找不到这次抽取。"), tr("请用 draw list 查看抽取的编号。"))
        return DrawDetail(
            row=_row(ctx, draw),
            fingerprint=grouped(draw.commit),
            pool_sha256=draw.pool_sha256,
            minutes=json.loads(draw.minutes) if draw.minutes else {},
            sheet=read_sheet(draw.sheet.encode()) if draw.sheet else None,
            pool=read_pool(draw.pool_csv.encode()) if draw.pool_csv else (),
            firms=_firms(session, draw) if draw.sheet else (),
            result_csv=draw.result_csv,
        )


def drawn_firms(ctx: Context, draw_id: str) -> tuple[DrawnFirm, ...]:
    """Return the drawn firms in the order of their tickets, each with its team."""
    return draw_detail(ctx, draw_id).firms


def _row(ctx: Context, draw: Draw) -> DrawRow:
    return DrawRow(
        id=draw.id,
        plan=draw.plan,
        number=draw.number,
        state=draw.state,
        commit=draw.commit,
        seed=draw.seed,
        committed_at=draw.committed_at,
        computed_at=draw.computed_at,
        void_reason=draw.void_reason,
        published=bool(draw.package_sha256),
        overdue=is_overdue(ctx, draw),
        own=draw.replica == ctx.office.replica,
    )


def _firms(session: Session, draw: Draw) -> tuple[DrawnFirm, ...]:
    result = recompute(draw.sheet.encode(), draw.seed)
    kept = session.get(DrawSheet, draw.id)
    entries = _roll_entries(session, [firm.id for firm in result.drawn], {} if kept is None else kept.firms)
    people = _people(session, draw.replica, {} if kept is None else kept.people)
    names = {entry.id: entry.name for entry in read_pool(draw.pool_csv.encode())}
    unknown = {"id": "", "name": "", "uscc": "", "address": ""}
    firms = []
    for firm in result.drawn:
        entry = entries.get(firm.id, unknown)
        firms.append(
            DrawnFirm(
                stratum=firm.stratum,
                rank=firm.rank,
                id=firm.id,
                ticket=firm.ticket,
                establishment=entry["id"],
                name=entry["name"] or names.get(firm.id, ""),
                uscc=entry["uscc"],
                address=entry["address"],
                seats=tuple(people.get(number, Seat(number, "", "")) for number in firm.seats),
            )
        )
    return tuple(firms)


def _roll_entries(session: Session, ids: list[str], known: dict[str, str]) -> dict[str, Any]:
    """Return the roll entry of each drawn id: as kept at the freeze, else by code."""
    table = Establishment.__table__
    wanted = {known[name]: name for name in ids if name in known}
    by_code = {name for name in ids if name not in known}
    statement = select(table.c.id, table.c.name, table.c.uscc, table.c.address)
    found = session.execute(statement.where(table.c.id.in_(wanted) | table.c.uscc.in_(by_code))).mappings()
    return {wanted.get(row["id"], row["uscc"]): row for row in found}


def _people(session: Session, replica: str, known: dict[str, str]) -> dict[str, Seat]:
    number_of = {person: number for number, person in known.items()}
    seats = {}
    for person in session.scalars(select(Person).where(Person.replica == replica)):
        number = number_of.get(person.id) or as_id(person.certificate_no)
        seats[number] = Seat(number, person.id, person.name)
    return seats
