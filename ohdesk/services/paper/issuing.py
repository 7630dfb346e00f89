"""In whose name a paper may be issued on a day: by the mode, the power valid then, and what the county confirms."""

from datetime import date

from sqlalchemy.orm import Session

from ohdesk.db.models import Setting, Visit
from ohdesk.domain.visit import Mode
from ohdesk.errors import UserError
from ohdesk.forms.papers import Issue, PaperForm
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.office.powers import powers_in
from ohdesk.services.paper.subject import Issuing

_SET_FOR_BODY = ("region", "review_body", "court", "address", "phone")


def issuing_now(
    ctx: Context, session: Session, form: PaperForm, visit: Visit | None, day: date, authority: str = ""
) -> Issuing:
    """Return in whose name a paper is issued on a day.

    visit: whose mode holds, where it has begun · authority: which one, where several powers are valid
    Raises UserError where no mode of this office has the paper, it is off until the county confirms it, no power is
    valid that day, or several are and none was chosen.
    """
    if visit is not None and visit.start is not None:
        start = visit.start
        return _checked(session, form, start.mode, start.authority, start.power_basis)
    valid = [power for power in powers_in(session) if power.inspects_on(day)]
    wanted = {power.authority: power for power in reversed(valid) if authority in {"", power.authority}}
    if not wanted and Mode.PATROL in form.issue:
        return _checked(session, form, Mode.PATROL, ctx.office.name, "")
    if not wanted:
        message = tr("{day} 没有可用的检查权限，《{title}》不能制作。", day=day.isoformat(), title=form.title)
        raise UserError(message, tr("请先登记检查权限；没有权限的事项请报送或移送有权机关。"))
    if len(wanted) > 1:
        names = "、".join(wanted)
        raise UserError(tr("有权机关不止一个：{names}。", names=names), tr("请选择以哪个机关的名义检查。"))
    (power,) = wanted.values()
    return _checked(session, form, power.mode, power.authority, power.basis)


def issuing_of(session: Session, mode: str, body: str, authority: str, basis: str = "") -> Issuing:
    """Return an issuing body with what the office has set for it."""
    found = {key: session.get(Setting, f"papers.{body}.{key}") for key in _SET_FOR_BODY}
    said = {key: "" if row is None else str(row.value) for key, row in found.items()}
    return Issuing(mode=mode, body=body, authority=authority, basis=basis, **said)


def _checked(session: Session, form: PaperForm, mode: str, authority: str, basis: str) -> Issuing:
    rule = visit_rules().mode(mode)
    issue = form.issue.get(mode)
    if issue is None or not set(form.needs) <= rule.may_produce:
        message = tr("{mode}没有《{title}》。", mode=rule.name, title=form.title)
        raise UserError(message, tr("不属于本镇街职权的，请报送或移送有权机关。"))
    if issue.off:
        raise UserError(tr("《{title}》还不能制作：{why}。", title=form.title, why=issue.off), tr("请向县级确认。"))
    return issuing_of(session, mode, _body(session, issue, mode, authority), authority, basis)


def _body(session: Session, issue: Issue, mode: str, authority: str) -> str:
    """Return whose paper it is; from the office, that of the power one looks under."""
    if mode != Mode.OFF_SITE:
        return issue.body
    entrusted = any(power.mode == Mode.ENTRUSTED and power.authority == authority for power in powers_in(session))
    return "entrusting" if entrusted else "town"
