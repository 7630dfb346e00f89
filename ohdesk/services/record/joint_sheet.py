"""联合检查结果汇总表: our own result as it follows from the record, beside what the other departments said."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, Person, Record, Visit
from ohdesk.db.queries.forms import form_of
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.visit import PartnerOfficer
from ohdesk.errors import UserError
from ohdesk.files import hand_out
from ohdesk.forms.going import by_department
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import in_chinese, tr
from ohdesk.reports.joint_sheet import JointSheet, SheetDepartment, SheetOfficer, joint_words, render_joint_sheet
from ohdesk.services.context import Context
from ohdesk.services.guarded import refuse_file
from ohdesk.services.record.composing import facts_in
from ohdesk.services.visit.lookup import find_visit, record_content


@dataclass(frozen=True, slots=True)
class DepartmentResult:
    """A department that checks, ours first: its officers, and its result, "" while nothing is known.

    own: it is ours, and the result follows from the record
    """

    department: str
    officers: tuple[PartnerOfficer, ...]
    result: str
    own: bool = False


def joint_results(ctx: Context, visit_id: str) -> tuple[DepartmentResult, ...]:
    """Return the departments of a joint check. Raises UserError where none is named beside ours."""
    with ctx.reading() as session:
        return _results(ctx, session, find_visit(session, visit_id))


@in_chinese()
def joint_sheet_pdf(ctx: Context, visit_id: str) -> bytes:
    """Return the sheet to be printed; before the start with no results. Raises as `joint_results`."""
    with ctx.reading() as session:
        visit = find_visit(session, visit_id)
        results = _results(ctx, session, visit)
        establishment = session.get_one(Establishment, visit.establishment)
        fields = _fields(session, visit, establishment)
    departments = tuple(
        SheetDepartment(
            each.department, tuple(SheetOfficer(one.name, one.certificate_no) for one in each.officers), each.result
        )
        for each in results
    )
    return render_joint_sheet(JointSheet(ctx.office.name, fields, departments))


def write_joint_sheet(ctx: Context, visit_id: str, target: Path) -> None:
    """Write the sheet into a file. Raises also UserError for an employer of whom no file is made."""
    with ctx.reading() as session:
        refuse_file(session, find_visit(session, visit_id).establishment)
    hand_out(target, joint_sheet_pdf(ctx, visit_id))


def _results(ctx: Context, session: Session, visit: Visit) -> tuple[DepartmentResult, ...]:
    partners = by_department(visit.partners)
    if not partners:
        raise UserError(
            tr("这次检查没有登记联合的部门。"), tr("开始以前，在“安排”的“一同去的”里写部门、姓名和执法证号。")
        )
    authority = visit.start.authority if visit.start else ctx.office.name
    rows = [session.get_one(Person, person) for person in visit.inspectors]
    officers = tuple(PartnerOfficer(authority, row.name, row.certificate_no) for row in rows)
    ours = DepartmentResult(authority, officers, _own_result(ctx, session, visit), own=True)
    theirs = (DepartmentResult(name, each, visit.partner_results.get(name, "")) for name, each in partners.items())
    return (ours, *theirs)


def _own_result(ctx: Context, session: Session, visit: Visit) -> str:
    """Return what our record says, final or as it stands; "" before the start and for a round, which judges nothing."""
    if visit.start is None or visit.is_patrol:
        return ""
    final, words = session.get(Record, visit.id), joint_words()
    if final is not None:
        record = record_content(session, final)["record"]
        said = {"outcome": record["outcome_name"], "number": record["number"], "count": len(record["findings"])}
        return str(words["final"].format(**said))
    facts = facts_in(ctx, session, visit.id).record
    return str(words["open"].format(outcome=facts.outcome_name, count=len(facts.findings)))


def _fields(session: Session, visit: Visit, establishment: Establishment) -> tuple[tuple[tuple[str, str], ...], ...]:
    task = visit.task
    kind = visit_rules().kind(task.kind).name if task.kind else ""
    day = legal_day(visit.started_at).isoformat() if visit.started_at else task.planned_on
    said = joint_words()["task"].format(kind=kind, form=form_of(session, visit).title).strip()
    return (
        (("name", establishment.name),),
        (("uscc", establishment.uscc), ("day", day)),
        (("address", establishment.address),),
        (("task", said),),
        (("number", task.number),),
    )
