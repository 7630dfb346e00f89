"""What stands on the papers of before a visit: 行政检查审批表, and 行政检查通知书 with the words the county issued."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, Person, Visit
from ohdesk.db.queries.forms import form_of
from ohdesk.domain.calendar import day_in, legal_day
from ohdesk.domain.record import Technician
from ohdesk.errors import UserError
from ohdesk.forms.going import partner_lines, with_words
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
    several are · off_site: 非现场 · technicians: with words for their role
    partners: other departments, a line each · taken: what else is seen to on the same visit
    inspections, cap: of the year so far; cap 0 while none is known
    approval: as given, "" before · number: of the form, as far as one was given
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
    technicians: tuple[Technician, ...]
    partners: tuple[str, ...]
    taken: tuple[str, ...]
    inspections: int
    cap: int
    approval: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What the party is given (行政检查通知书); neither the source of the task nor its reason.

    off_site: 非现场, which has no place · papers: to have ready
    rights, prohibitions: word by word as the county issued them in `issued`
    """

    name: str
    matter: str
    authority: str
    basis: str
    planned_on: str
    off_site: bool
    place: str
    inspectors: tuple[Going, ...]
    inspections: int
    cap: int
    papers: tuple[str, ...]
    rights: str
    prohibitions: str
    issued: str


def approval_form(ctx: Context, visit_id: str, authority: str = "") -> ApprovalForm:
    """Return what stands on the form by which a visit is approved.

    authority: under whose power, where several are valid; left open without
    Raises UserError where there is no such visit, and for a round of assistants, which is no inspection.
    """
    view = visit_view(ctx, visit_id)
    with ctx.reading() as session:
        visit = _inspection(session, visit_id)
        issuer = _chosen(_issuers(session, visit, _day(ctx, view)), authority)
        return ApprovalForm(
            name=view.name,
            uscc=view.uscc,
            address=view.address,
            matter=view.form_title,
            authority=issuer.authority if issuer else "",
            basis=issuer.basis if issuer else "",
            kind=view.kind,
            source=view.source,
            reason=view.task.reason,
            task_number=view.task.number,
            off_site=form_of(session, visit).off_site,
            planned_on=view.planned_on,
            inspectors=_going(session, visit.inspectors),
            assistants=_going(session, visit.assistants),
            technicians=with_words(visit.technicians),
            partners=partner_lines(visit.partners),
            taken=tuple(each.said for each in visit.task.taken),
            inspections=view.counted.count,
            cap=view.counted.cap.most if view.counted.cap else 0,
            approval=view.approval,
            number=visit.approval.number if visit.approval and view.approval else "",
        )


def notice(ctx: Context, visit_id: str, authority: str = "") -> Notice:
    """Return what stands on the notice of a visit.

    authority: in whose name, where several powers are valid
    Raises UserError while the words of rights and prohibitions are not entered from the county's paper, without a power
    that is valid on the day, and where it is open which of several authorities issues the notice.
    """
    view = visit_view(ctx, visit_id)
    with ctx.reading() as session:
        visit, day = _inspection(session, visit_id), _day(ctx, view)
        issued = county_papers.in_force(session, county_papers.NOTICE, day)
        if issued is None:
            raise UserError(_gap(), tr("请把县级印发的文字逐字登记在登记簿“县级文件”里。"))
        issuer = _issuer(_issuers(session, visit, day), authority, day)
        form = form_of(session, visit)
        place = session.get_one(Establishment, visit.establishment).address
        return Notice(
            name=view.name,
            matter=view.form_title,
            authority=issuer.authority,
            basis=issuer.basis,
            planned_on=view.planned_on,
            off_site=form.off_site,
            place="" if form.off_site else place,
            inspectors=_going(session, visit.inspectors),
            inspections=view.counted.count,
            cap=view.counted.cap.most if view.counted.cap else 0,
            papers=form.papers,
            rights=str(issued.get("rights") or ""),
            prohibitions=str(issued.get("prohibitions") or ""),
            issued=str(issued.get("title") or ""),
        )


def authorities(ctx: Context, visit_id: str) -> tuple[str, ...]:
    """Return in whose name the papers of a visit may be issued: the one it was begun under, before that every one."""
    view = visit_view(ctx, visit_id)
    with ctx.reading() as session:
        issuers = _issuers(session, find_visit(session, visit_id), _day(ctx, view))
        return tuple(each.authority for each in issuers)


def notice_gap(ctx: Context, planned_on: str) -> str:
    """Return why no notice can be printed for a day; "" where it can."""
    with ctx.reading() as session:
        day = day_in(planned_on) or legal_day(ctx.now())
        return "" if county_papers.in_force(session, county_papers.NOTICE, day) else _gap()


def _gap() -> str:
    return tr("通知书还不能打印：县级印发的权利告知和五个严禁的文字没有登记。")


def _day(ctx: Context, view: VisitView) -> date:
    return day_in(view.planned_on) or legal_day(ctx.now())


def _inspection(session: Session, visit_id: str) -> Visit:
    visit = find_visit(session, visit_id)
    if visit.is_patrol:
        raise UserError(
            tr("协管巡查不是行政检查，没有审批表和通知书。"), tr("经企业同意进入，看到的情况写进巡查登记表。")
        )
    return visit


class _Issuer(NamedTuple):
    authority: str
    basis: str


def _issuers(session: Session, visit: Visit, day: date) -> tuple[_Issuer, ...]:
    if visit.start is not None:
        return (_Issuer(visit.start.authority, visit.start.power_basis),)
    valid = (power for power in powers_in(session) if power.inspects_on(day))
    by_name: dict[str, _Issuer] = {}
    for power in valid:
        by_name.setdefault(power.authority, _Issuer(power.authority, power.basis))
    return tuple(by_name.values())


def _chosen(issuers: tuple[_Issuer, ...], authority: str) -> _Issuer | None:
    fitting = [each for each in issuers if authority in {"", each.authority}]
    return fitting[0] if len(fitting) == 1 else None


def _issuer(issuers: tuple[_Issuer, ...], authority: str, day: date) -> _Issuer:
    chosen = _chosen(issuers, authority)
    if chosen is not None:
        return chosen
    names = "、".join(each.authority for each in issuers)
    on = day.isoformat()
    if not issuers:
        raise UserError(tr("{day} 没有可用的检查权限，通知书不能打印。", day=on), tr("请先登记检查权限。"))
    if authority:
        message = tr("“{authority}”在 {day} 没有检查权限。", authority=authority, day=on)
        raise UserError(message, tr("可用：{choices}", choices=names))
    raise UserError(tr("有权机关不止一个：{names}。", names=names), tr("请选择以哪个机关的名义检查。"))


def _going(session: Session, people: tuple[str, ...]) -> tuple[Going, ...]:
    rows = [session.get_one(Person, person) for person in people]
    return tuple(Going(row.name, row.certificate_no) for row in rows)
