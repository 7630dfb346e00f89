"""How often an employer may be inspected in a year: what was published, what was counted, what may go beyond."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Entry, Establishment, Merged, Record, Visit
from ohdesk.db.queries.among import among
from ohdesk.domain.calendar import BEIJING, day_in, legal_day
from ohdesk.domain.visit import Task
from ohdesk.errors import Problem
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import tr
from ohdesk.services.context import Context

_BOOK = "visit_caps"
USUAL_SCHEME = "city-2025"
_WHOLE_FIRM = "firm"


@dataclass(frozen=True, slots=True)
class Cap:
    """A cap as it was published. per_firm: counted for all sites with one code · off_site: those count as well."""

    most: int
    per_firm: bool
    off_site: bool
    scheme: str
    basis: str


@dataclass(frozen=True, slots=True)
class CapCheck:
    """How many inspections of the year there were before a visit, and the cap they count towards, if one is known.

    own: counted here · platform: as the platform shows, 0 unknown: other departments' cannot be counted here
    """

    own: int
    platform: int
    cap: Cap | None

    @property
    def count(self) -> int:
        """The larger of what was counted here and what the platform shows."""
        return max(self.own, self.platform)

    @property
    def is_full(self) -> bool:
        """True where another inspection that counts is one too many."""
        return self.cap is not None and self.count >= self.cap.most

    @property
    def is_last(self) -> bool:
        """True where the next one that counts is the last."""
        return self.cap is not None and self.count == self.cap.most - 1

    @property
    def sentence(self) -> str:
        """The count and the cap in words."""
        platform = tr("，平台显示 {count} 次", count=self.platform) if self.platform else ""
        counted = tr("今年已检查 {count} 次（本机登记的）{platform}", count=self.own, platform=platform)
        if self.cap is None:
            return counted + tr("；没有登记公布的上限")
        said = counted + tr("，上限 {most} 次", most=self.cap.most)
        if self.is_full:
            return said + tr("：已到上限")
        return said + (tr("：再查一次就到上限") if self.is_last else "")


def cap_check(ctx: Context, establishment: str, task: Task, besides: str = "") -> CapCheck:
    """Return how a visit to an establishment stands to the cap; besides: a visit that is not counted."""
    with ctx.reading() as session:
        return check_in(ctx, session, establishment, task, besides)


def check_in(ctx: Context, session: Session, establishment: str, task: Task, besides: str = "") -> CapCheck:
    """Return how a visit to an establishment stands to the cap, within an open session."""
    row = session.get(Establishment, establishment)
    day = day_in(task.planned_on) or legal_day(ctx.now())
    cap = _cap(session, "" if row is None else row.kind, day)
    sites = {establishment}
    if cap is not None and cap.per_firm and row is not None and row.uscc:
        sites |= set(session.scalars(select(Establishment.id).where(Establishment.uscc == row.uscc)))
    sites |= set(session.scalars(select(Merged.establishment).where(among(Merged.into, sites))))
    return CapCheck(_counted(session, sites, day.year, cap, besides), task.platform, cap)


def cap_problems(check: CapCheck, task: Task, *, approved: bool = True) -> list[Problem]:
    """Return why a visit may not be made at the cap: a case that names what it comes from may, and a higher task.

    approved: at the start it has to be approved as well
    """
    if not check.is_full or task.number:
        return [] if approved or not check.is_full else [_unapproved(check)]
    source = next((each for each in visit_rules().sources if each.id == task.source), None)
    if source is None or not source.exempt:
        remedy = tr("有投诉、交办、监测、复查、申请的，按个案安排并写明登记；上级任务写明任务编号。")
        return [Problem(tr("检查次数"), tr("没有到上限"), check.sentence, remedy, field="kind")]
    if not task.entry:
        remedy = tr("到了上限，{source}的个案要写明它的登记编号。", source=source.name)
        return [Problem(tr("线索登记"), tr("登记编号"), check.sentence, remedy, field="entry")]
    return [] if approved else [_unapproved(check)]


def scheme_of(ctx: Context, session: Session) -> str:
    """Return how kinds of inspections are told apart here today: as the cap in force says, else as usual."""
    cap = _cap(session, "", legal_day(ctx.now()))
    return cap.scheme if cap is not None else USUAL_SCHEME


def scheme(ctx: Context) -> str:
    """Return how kinds of inspections are told apart here today."""
    with ctx.reading() as session:
        return scheme_of(ctx, session)


def _unapproved(check: CapCheck) -> Problem:
    remedy = tr("到了上限的检查，批准以后才能开始。")
    return Problem(tr("检查审批"), tr("已批准"), check.sentence, remedy, field="kind")


def _cap(session: Session, kind: str, day: date) -> Cap | None:
    """Return the cap of a kind of establishment in force on a day: its own before the one for all, the latest first."""
    rows = session.scalars(select(Entry).where(Entry.register == _BOOK, ~Entry.withdrawn))
    fitting = [values for values in (row.values for row in rows) if _is_for(values, kind, day)]
    if not fitting:
        return None
    best = max(fitting, key=lambda values: (bool(values.get("applies_to")), str(values["valid_from"])))
    return Cap(
        most=int(str(best["most"])),
        per_firm=best.get("per") == _WHOLE_FIRM,
        off_site=bool(best.get("off_site")),
        scheme=str(best.get("scheme") or USUAL_SCHEME),
        basis=str(best.get("basis") or ""),
    )


def _is_for(values: Mapping[str, object], kind: str, day: date) -> bool:
    # Another laptop's entry may lack what this edition of the book asks for.
    first, last = str(values.get("valid_from") or ""), str(values.get("valid_to") or "")
    is_number = isinstance(values.get("most"), int)
    on = day.isoformat()
    return is_number and "" < first <= on and (not last or on <= last) and values.get("applies_to") in {None, "", kind}


def _counted(session: Session, sites: Iterable[str], year: int, cap: Cap | None, besides: str) -> int:
    """Return how many inspections of a year count: final records of all laptops, and what is under way on this one."""
    rules = visit_rules()
    capped = [kind.id for kind in rules.kinds if kind.capped]
    exempt = {source.id for source in rules.sources if source.exempt}
    with_off_site = cap is not None and cap.off_site
    off_site = {mode.id for mode in rules.modes if not mode.on_site and not with_off_site}
    began, ended = (datetime(each, 1, 1, tzinfo=BEIJING) for each in (year, year + 1))
    counted: set[str] = set()
    for visit in session.scalars(
        select(Visit).where(among(Visit.establishment, sites), Visit.started_at >= began, Visit.started_at < ended)
    ):
        there = visit.start is not None and visit.start.mode not in off_site and not visit.is_patrol
        # Where no checklist was filled nobody was inspected.
        if there and not visit.ending and visit.task.source not in exempt:
            counted.add(visit.id)
    elsewhere = select(Record.visit).where(
        among(Record.listed_under, sites), Record.answers > 0, Record.kind.in_(capped)
    )
    in_year = Record.inspected_on.between(date(year, 1, 1), date(year, 12, 31))
    if not with_off_site:
        elsewhere = elsewhere.where(~Record.off_site)
    known = select(Visit.id)
    counted |= set(session.scalars(elsewhere.where(in_year, Record.visit.not_in(known))))
    return len(counted - {besides})
