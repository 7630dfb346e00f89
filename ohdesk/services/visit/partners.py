"""部门联合: what other departments that checked at the same time say they found."""

from ohdesk.domain.bounds import LONGEST_TEXT
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.people import Right
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.forms.going import by_department
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.visit.lookup import begun, find_visit


def set_result(ctx: Context, visit_id: str, department: str, text: str) -> Change:
    """Keep what a department says it found, "" for nothing yet; also once our own record is final.

    Raises UserError before the start and for a department that is none of the plan, ProblemsError for a text too long.
    """
    ctx.require(Right.VISIT)
    text = clean_text(text).strip()
    with ctx.transaction() as session:
        visit = find_visit(session, visit_id)
        begun(visit)
        known = by_department(visit.partners)
        if department not in known:
            raise UserError(
                tr("联合部门中没有“{department}”。", department=department[:40]),
                tr("可用：{choices}", choices="、".join(known) or tr("没有登记联合部门")),
            )
        if len(text) > LONGEST_TEXT:
            found = tr("{count} 字", count=len(text))
            problem = Problem(department, tr("不超过 {limit} 字", limit=LONGEST_TEXT), found, field=department)
            raise ProblemsError(tr("结果没有保存。"), (problem,))
        if visit.partner_results.get(department, "") == text:
            return Change.NOTHING
        visit.partner_results = {**visit.partner_results, department: text}
    return Change.VISITS
