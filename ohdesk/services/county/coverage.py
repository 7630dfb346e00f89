"""How far each town has come with its employers in a year, and which employers are behind the numbers.

The one definition of coverage, for the county's table of towns and a town's own figure alike: of the employers in
business on a town's roll, those of whom the town has a record of the year with a finished checklist that is not known
to be bad (docs/decisions/0050-what-coverage-counts.md).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Boolean, ColumnElement, Date, Select, and_, case, func, select
from sqlalchemy.orm import Session

from ohdesk.db.engine import roomy
from ohdesk.db.models import Establishment, PdfVerdict, Peer, Record
from ohdesk.db.queries import verified
from ohdesk.db.queries.among import among
from ohdesk.db.row_numbers import Names, is_numbered, name, names_of
from ohdesk.domain.establishment import CLOSED_STATES
from ohdesk.domain.indicators import Rate
from ohdesk.domain.people import OfficeRole
from ohdesk.domain.record import Verification
from ohdesk.search import folded
from ohdesk.services.context import Context
from ohdesk.services.list_query import ListQuery

ALL, MISSING, DONE = PARTS = ("all", "missing", "done")
ORDERS = ("name", "uscc", "risk_class", "day")
_ROOM_MIB = 32  # of pages: the employers and the records of a year are looked up again and again
_IN_BUSINESS = (Establishment.withdrawn.is_(False), Establishment.status.not_in(CLOSED_STATES))
_IS_BAD = verified.rank() == verified.IN_ORDER.index(Verification.BAD)
# A closed gate makes a record as well, but inspects nobody: the coverage counts checklists only.
_WITH_CHECKLIST = Record.answers > 0


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


class _Counted(NamedTuple):
    """What a town's records of a year come to: employers by the best of theirs, visits without checklist, findings."""

    good: int = 0
    unchecked: int = 0
    waiting: int = 0
    bad: int = 0
    ended: int = 0
    findings: int = 0

    @property
    def inspected(self) -> int:
        return self.good + self.unchecked + self.waiting


def by_town(ctx: Context, year: int) -> list[TownCoverage]:
    """Return how many employers in business each town has inspected in `year`, by division."""
    with ctx.reading() as session, roomy(session, _ROOM_MIB):
        names = {peer.division: peer.name for peer in session.scalars(select(Peer).where(Peer.role == OfficeRole.TOWN))}
        employers = _employers(session)
        counted = _counted(session, year)
    nothing = _Counted()
    return [
        TownCoverage(
            division=division,
            name=names.get(division, division),
            employers=employers.get(division, 0),
            inspected=Rate(made.inspected, employers.get(division, 0)),
            ended_without_checklist=made.ended,
            findings=made.findings,
            waiting=made.waiting,
            unchecked=made.unchecked,
            bad=made.bad,
        )
        # Also towns that sent records and are no peers any more.
        for division in sorted({*names, *counted})
        for made in [counted.get(division, nothing)]
    ]


def of_office(ctx: Context, year: int) -> Rate:
    """Return how many employers in business this town has inspected in `year`; at the county, its towns together."""
    if ctx.office.role == OfficeRole.COUNTY:
        return total(by_town(ctx, year))
    own = ctx.office.division
    with ctx.reading() as session:
        made = _counted(session, year, Record.division == own).get(own, _Counted())
        return Rate(made.inspected, _employers(session, Establishment.town == own).get(own, 0))


def total(towns: Iterable[TownCoverage]) -> Rate:
    """Return the coverage of several towns together."""
    rates = [town.inspected for town in towns]
    return Rate(sum(rate.part for rate in rates), sum(rate.whole for rate in rates))


def _employers(session: Session, *which: ColumnElement[bool]) -> dict[str, int]:
    on_roll = select(Establishment.town, func.count()).where(*_IN_BUSINESS, *which).group_by(Establishment.town)
    return dict(session.execute(on_roll).all())


def _counted(session: Session, year: int, *which: ColumnElement[bool]) -> dict[str, _Counted]:
    # Employers, not visits: a second visit in the year covers nobody new, but may be the one that is good.
    of_year = (
        select(
            Record.division,
            Record.listed_under,
            func.min(case((_WITH_CHECKLIST, verified.rank()))).label("rank"),
            func.sum(case((and_(~_WITH_CHECKLIST, ~_IS_BAD), 1), else_=0)).label("ended"),
            func.sum(case((~_IS_BAD, Record.findings), else_=0)).label("findings"),
        )
        .outerjoin(PdfVerdict, verified.of(Record))
        .where(_in(year), *which)
        .group_by(Record.division, Record.listed_under)
        .subquery()
    )
    # A town's share is of its own employers: whom it inspects elsewhere, or who is in business no more, is in neither.
    own = and_(Establishment.id == of_year.c.listed_under, Establishment.town == of_year.c.division, *_IN_BUSINESS)
    listed = Establishment.id.is_not(None)
    ranks = [func.count(case((and_(listed, of_year.c.rank == place), 1))) for place in range(len(verified.IN_ORDER))]
    sums = (*ranks, func.sum(of_year.c.ended), func.sum(of_year.c.findings))
    by_town = select(of_year.c.division, *sums).outerjoin(Establishment, own).group_by(of_year.c.division)
    return {division: _Counted(*numbers) for division, *numbers in session.execute(by_town)}


def _in(year: int) -> ColumnElement[bool]:
    return Record.inspected_on.between(date(year, 1, 1), date(year, 12, 31))


@dataclass(frozen=True, slots=True)
class Covered:
    """What a query finds in a town and a year, in order, and how many employers stand under each part."""

    division: str
    year: int
    names: Names
    counts: Mapping[str, int]


def covered(ctx: Context, division: str, year: int, query: ListQuery) -> Covered:
    """Return the employers in business of a town that a query asks for, by how they stand in a year: for a Job.

    Without an order those that do not count come first, each part by the pinyin of the name.
    """
    wanted, columns = _employers_of(division, year)
    numbered = is_numbered(ctx.engine)
    with ctx.reading() as session, roomy(session, _ROOM_MIB):
        done = _counted(session, year, Record.division == division).get(division, _Counted())
        whole = _employers(session, Establishment.town == division).get(division, 0)
        wanted = wanted.with_only_columns(name(Establishment, Establishment.id, numbered=numbered))
        if query.part != ALL:
            wanted = wanted.where(columns["counts"].is_(query.part == DONE))
        if query.sought:
            sought = folded(query.sought)
            wanted = wanted.where(func.instr(Establishment.search, sought) > 0)
        wanted = wanted.order_by(*query.first_by(columns), columns["counts"], Establishment.search, Establishment.id)
        names = names_of(session, wanted, numbered=numbered)
    return Covered(division, year, names, {MISSING: whole - done.inspected, DONE: done.inspected, ALL: whole})


def employers_of(ctx: Context, listed: Covered, names: Names) -> list[CoveredEmployer]:
    """Return these employers of a list, in the order given; without those that are listed no more."""
    numbered = is_numbered(ctx.engine)
    own = name(Establishment, Establishment.id, numbered=numbered)
    here = among(own, names)
    wanted, columns = _employers_of(listed.division, listed.year, select(Establishment.id).where(here))
    shown = (Establishment.id, Establishment.name, Establishment.uscc, Establishment.risk_class)
    wanted = wanted.with_only_columns(own, *shown, columns["day"], columns["rank"]).where(here)
    with ctx.reading() as session:
        rows = {each: _covered(row) for each, *row in session.execute(wanted)}
    return [rows[each] for each in names if each in rows]


def _employers_of(
    division: str, year: int, only: Select[str] | None = None
) -> tuple[Select[Any], dict[str, ColumnElement[Any]]]:
    """Ask for a town's employers in business; return the columns as well of what is known of each in the year.

    only: the employers of whom records are asked for, where that is not all
    """
    # Those that are not good give way to one that counts, whenever that was made.
    latest = func.max(case((~_IS_BAD, Record.inspected_on)))
    of_year = (
        select(
            Record.listed_under,
            func.coalesce(latest, func.max(Record.inspected_on), type_=Date()).label("day"),
            func.min(verified.rank()).label("rank"),
        )
        .outerjoin(PdfVerdict, verified.of(Record))
        .where(_in(year), _WITH_CHECKLIST)
        .group_by(Record.listed_under)
    )
    if only is None:
        of_year = of_year.where(Record.division == division)
    else:
        # As a value, not the column: else SQLite walks all records of the division for a page of employers.
        of_year = of_year.where(Record.listed_under.in_(only), func.coalesce(Record.division, "") == division)
    made = of_year.subquery()
    columns: dict[str, ColumnElement[Any]] = {
        "name": Establishment.search.expression,
        "uscc": Establishment.uscc.expression,
        "risk_class": Establishment.risk_class.expression,
        "day": made.c.day,
        "rank": made.c.rank,
        "counts": func.coalesce(made.c.rank < verified.IN_ORDER.index(Verification.BAD), False, type_=Boolean()),
    }
    wanted = (
        select(Establishment.id)
        .outerjoin(made, made.c.listed_under == Establishment.id)
        .where(Establishment.town == division, *_IN_BUSINESS)
    )
    return wanted, columns


def _covered(row: Iterable[Any]) -> CoveredEmployer:
    entry, name, uscc, risk_class, day, rank = row
    state = None if rank is None else verified.IN_ORDER[rank]
    return CoveredEmployer(entry, name, uscc, risk_class, day.isoformat() if day else "", state)
