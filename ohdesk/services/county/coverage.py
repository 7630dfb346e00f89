"""How far each town has come with its employers in a year, and which employers are behind the numbers."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, case, exists, extract, func, select

from ohdesk.db.models import (
    Establishment,
    Finding,
    PdfVerdict,
    Peer,
    Record,
    RecordAnswer,
)
from ohdesk.db.queries import verified
from ohdesk.domain.establishment import CLOSED_STATES
from ohdesk.domain.indicators import Rate
from ohdesk.domain.people import OfficeRole
from ohdesk.domain.record import Verification
from ohdesk.services.context import Context

_IN_BUSINESS = (Establishment.withdrawn.is_(False), Establishment.status.not_in(CLOSED_STATES))
# A town's share is of its own employers: whom it inspects elsewhere counts there for nobody.
_OF_ITS_TOWN = exists().where(Establishment.id == Record.establishment, Establishment.town == Record.division)
# A closed gate makes a record as well, but inspects nobody: the coverage counts checklists only.
_BAD = verified.IN_ORDER.index(Verification.BAD)
_WITH_CHECKLIST = exists().where(RecordAnswer.visit == Record.visit)


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


def by_town(ctx: Context, year: int) -> list[TownCoverage]:
    """Return how many employers in business each town has inspected in `year`, by division."""
    with ctx.reading() as session:
        names = {peer.division: peer.name for peer in session.scalars(select(Peer).where(Peer.role == OfficeRole.TOWN))}
        on_roll = select(Establishment.town, func.count()).where(*_IN_BUSINESS).group_by(Establishment.town)
        employers: dict[str, int] = dict(session.execute(on_roll).all())
        made = {division: counts for division, *counts in session.execute(_counted_in(year))}
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


def _counted_in(year: int) -> Select[Any]:
    """Ask of each division for visits without a checklist, findings, and employers by the best of their records."""
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
    return select(of_year.c.division, *counted).group_by(of_year.c.division)


def employers_of(ctx: Context, division: str, year: int) -> list[CoveredEmployer]:
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
