"""What stands on the papers of before a visit: 行政检查审批表, and 行政检查通知书 with the words the county issued."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, Person
from ohdesk.db.queries.forms import form_of
from ohdesk.domain.calendar import day_in, legal_day
from ohdesk.domain.visit import Power
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.office.powers import powers_in
from ohdesk.services.register import county_papers
from ohdesk.services.visit.lookup import find_visit
from ohdesk.services.visit.views import VisitView, visit_view


@dataclass(frozen=True, slots=True)
class Going:
    """Somebody who goes: name, and certificate number, "" for an assistant."""

    name: str
    certificate_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalForm:
    """What is approved (行政检查审批表), each as it is printed.

    matter: the checklist by its title · authority, basis: under which power, "" where none is valid on the day or
    several are · off_site: 非现场 · inspections, cap: of the year so far; cap 0 while none is known
    approval: as given, "" before
    """

    name: str
    uscc: str
    address: str
    matter: str
    authority: str
    basis: str
    kind: str
    source: str
    reason: str
    task_number: str
    off_site: bool
    planned_on: str
    inspectors: tuple[Going, ...]
    assistants: tuple[Going, ...]
    inspections: int
    cap: int
    approval: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What the party is given (行政检查通知书); neither the source of the task nor its reason.

    papers: to have ready · rights, prohibitions: word by word as the county issued them in `issued`
    """

    name: str
    matter: str
    authority: str
    basis: str
    planned_on: str
    place: str
    inspectors: tuple[Going, ...]
    inspections: int
    cap: int
    papers: tuple[str, ...]
    rights: str
    prohibitions: str
    issued: str


def approval_form(ctx: Context, visit_id: str) -> ApprovalForm:
    """Return what stands on the form by which a visit is approved. Raises UserError where there is no such visit."""
    view = visit_view(ctx, visit_id)
    with ctx.reading() as session:
        visit = find_visit(session, visit_id)
        power = _power(session, _day(ctx, view))
        return ApprovalForm(
            name=view.name,
            uscc=view.uscc,
            address=view.address,
            matter=view.form_title,
            authority=power.authority if power else "",
            basis=power.basis if power else "",
            kind=view.kind,
            source=view.source,
            reason=view.task.reason,
            task_number=view.task.number,
            off_site=form_of(session, visit).off_site,
            planned_on=view.planned_on,
            inspectors=_going(session, visit.inspectors),
            assistants=_going(session, visit.assistants),
            inspections=view.counted.count,
            cap=view.counted.cap.most if view.counted.cap else 0,
            approval=view.approval,
        )


def notice(ctx: Context, visit_id: str) -> Notice:
    """Return what stands on the notice of a visit.

    Raises UserError while the words of rights and prohibitions are not entered from the county's paper, and without
    one power that is valid on the day.
    """
    view = visit_view(ctx, visit_id)
    with ctx.reading() as session:
        visit, day = find_visit(session, visit_id), _day(ctx, view)
        issued = county_papers.in_force(session, county_papers.NOTICE, day)
        if issued is None:
            raise UserError(_gap(), tr("请把县级印发的文字逐字登记在登记簿“县级文件”里。"))
        power = _power(session, day)
        if power is None:
            raise UserError(
                tr("{day} 没有可用的检查权限，通知书不能打印。", day=day.isoformat()), tr("请先登记检查权限。")
            )
        form = form_of(session, visit)
        place = session.get_one(Establishment, visit.establishment).address
        return Notice(
            name=view.name,
            matter=view.form_title,
            authority=power.authority,
            basis=power.basis,
            planned_on=view.planned_on,
            place="" if form.off_site else place,
            inspectors=_going(session, visit.inspectors),
            inspections=view.counted.count,
            cap=view.counted.cap.most if view.counted.cap else 0,
            papers=form.papers,
            rights=str(issued.get("rights") or ""),
            prohibitions=str(issued.get("prohibitions") or ""),
            issued=str(issued.get("title") or ""),
        )


def notice_gap(ctx: Context, planned_on: str) -> str:
    """Return why no notice can be printed for a day; "" where it can."""
    with ctx.reading() as session:
        day = day_in(planned_on) or legal_day(ctx.now())
        return "" if county_papers.in_force(session, county_papers.NOTICE, day) else _gap()


def _gap() -> str:
    return tr("通知书还不能打印：县级印发的权利告知和五个严禁的文字没有登记。")


def _day(ctx: Context, view: VisitView) -> date:
    return day_in(view.planned_on) or legal_day(ctx.now())


def _power(session: Session, day: date) -> Power | None:
    """Return the power under which an office inspects on a day; None without one, and where one has to be chosen."""
    own = [power for power in powers_in(session) if power.inspects_on(day)]
    return own[0] if len({power.authority for power in own}) == 1 else None


def _going(session: Session, people: tuple[str, ...]) -> tuple[Going, ...]:
    rows = [session.get_one(Person, person) for person in people]
    return tuple(Going(row.name, row.certificate_no) for row in rows)
