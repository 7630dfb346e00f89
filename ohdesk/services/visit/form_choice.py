"""With which checklist a visit is filled: the one of the establishment's kind, or another for a reason."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, Visit
from ohdesk.db.queries.forms import form_of
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.people import OfficeRole
from ohdesk.domain.problems import blank
from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.definition import Form
from ohdesk.forms.loader import form_files, forms_for
from ohdesk.forms.roll_choices import field_words
from ohdesk.forms.visiting import ModeRule
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.office.powers import powers_in

USUAL_KIND = "用人单位"
_SHOWN = 40  # characters of what was typed


def forms_of_kind(kind: str) -> tuple[Form, ...]:
    """Return the checklists meant for a kind of establishment, the usual one first.

    A kind of the plans has those that name it, and may have none.
    """
    return forms_for(planned_kind(kind))


def planned_kind(kind: str) -> str:
    """Return a kind of establishment as the plans name it: any other word stands for an employer."""
    return kind if kind in field_words()["kind"].words else USUAL_KIND


def other_forms(fitting: Sequence[Form]) -> tuple[Form, ...]:
    """Return the checklists that may be chosen beside those of a kind, with a reason; none where the kind has none."""
    return tuple(form for form in form_files().forms if fitting and form.is_for_visits and form not in fitting)


def form_for(ctx: Context, session: Session, establishment: Establishment, form_id: str, reason: str) -> Form:
    """Return the checklist of a visit: `form_id`, or the usual one of the kind for "".

    Raises UserError for a kind that has none yet, a form that is none, and a 县级事项 that this office has no power
    for; ProblemsError for a form of another kind without a reason.
    """
    fitting = forms_of_kind(establishment.kind)
    if not fitting:
        raise UserError(
            tr("还没有用于“{kind}”的检查表，不能安排检查。", kind=establishment.kind),
            tr("县级下发这类单位的检查表以后再安排；用人单位的检查表不能代替。"),
        )
    form = _chosen(form_id) if form_id else fitting[0]
    if form not in fitting and not reason.strip():
        remedy = tr("《{title}》不是这类单位的检查表，请写明选用的理由。", title=form.title)
        raise ProblemsError(tr("检查没有安排。"), (blank(tr("选用检查表的理由"), "form_reason", remedy),))
    if form.county_matter and ctx.office.role == OfficeRole.TOWN and not _has_power(ctx, session, form):
        raise UserError(
            tr("《{title}》属县级事项，本镇的检查权限里没有列入。", title=form.title),
            tr("公布的事项目录或委托书列有这一事项的，请先在检查权限里登记；否则请移交县级。"),
        )
    return form


def form_in_mode(session: Session, visit: Visit, mode: ModeRule) -> Form:
    """Return the checklist with which a visit starts in a mode: its own, or one for what can be seen from there.

    A re-inspection keeps its own in every mode: it is there for what failed.
    Raises UserError where there is none for the establishment's kind.
    """
    form = form_of(session, visit)
    if form.from_findings or form.off_site != mode.on_site:
        return form
    kind = session.get_one(Establishment, visit.establishment).kind
    fitting = [form for form in forms_of_kind(kind) if form.off_site != mode.on_site]
    if not fitting:
        raise UserError(tr("没有用于“{mode}”的检查表。", mode=mode.name), tr("请改用其他方式。"))
    return fitting[0]


def _has_power(ctx: Context, session: Session, form: Form) -> bool:
    today = legal_day(ctx.now())
    return any(form.id in power.matters and power.holds_on(today) for power in powers_in(session))


def _chosen(form_id: str) -> Form:
    usable = {form.id: form for form in form_files().forms if form.is_for_visits}
    if form_id in usable:
        return usable[form_id]
    shown = form_id[:_SHOWN]
    if form_id in form_files().faults:
        raise UserError(
            tr("检查表“{form}”不符合格式，不能使用。", form=shown), tr("请用 ohdesk forms check 查看有误的地方。")
        )
    raise UserError(tr("没有编号为“{form}”的检查表。", form=shown), tr("可用的有：{forms}。", forms="、".join(usable)))
