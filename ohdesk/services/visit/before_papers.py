"""The papers of before a visit as PDFs: 行政检查审批表 and 行政检查通知书, by their forms in `resources/documents`."""

from dataclasses import asdict
from pathlib import Path

from ohdesk.files import hand_out
from ohdesk.forms.papers import PaperForm, paper_of
from ohdesk.i18n import in_chinese
from ohdesk.reports.papers import Filling, render_paper
from ohdesk.services.context import Context
from ohdesk.services.guarded import refuse_file
from ohdesk.services.visit import before
from ohdesk.services.visit.before import ApprovalForm, Going, Notice
from ohdesk.services.visit.lookup import find_visit

_SET = "moj-2025"  # the older rules know neither


@in_chinese()
def approval_pdf(ctx: Context, visit_id: str, authority: str = "") -> bytes:
    """Return the approval form of a visit to be printed; raises as `before.approval_form`."""
    form = paper_of(_SET, "approval").form
    return render_paper(form, Filling(values=approval_values(ctx, visit_id, form, authority))).pdf


def approval_values(ctx: Context, visit_id: str, form: PaperForm, authority: str = "") -> dict[str, str]:
    """Return what fills the approval form of a visit; raises as `before.approval_form`."""
    told = before.approval_form(ctx, visit_id, authority)
    inside = {key: getattr(told, key) for key in ("uscc", "address", "source", "reason", "task_number")}
    return {
        **_common(form, told),
        **inside,
        "kind_name": told.kind,
        "assistants": _people(form, told.assistants),
        "technicians": "、".join(form.words["technician"].format(**asdict(each)) for each in told.technicians),
        "partners": "；".join(told.partners),
        "taken": "；".join(told.taken),
        "approval": told.approval,
        "number": told.number or form.words["no_number"],
    }


@in_chinese()
def notice_pdf(ctx: Context, visit_id: str, authority: str = "") -> bytes:
    """Return the notice of a visit to be printed; raises as `before.notice`."""
    form = paper_of(_SET, "notice").form
    return render_paper(form, Filling(values=notice_values(ctx, visit_id, form, authority))).pdf


def notice_values(ctx: Context, visit_id: str, form: PaperForm, authority: str = "") -> dict[str, str]:
    """Return what fills the notice of a visit; raises as `before.notice`."""
    told = before.notice(ctx, visit_id, authority)
    return {
        **_common(form, told),
        "number": form.words["no_number"],
        "place": told.place,
        # In running text: a line for each would push the place to sign onto a second page.
        "needed_papers": "、".join(told.papers),
        "rights": told.rights,
        "prohibitions": told.prohibitions,
    }


def write_approval(ctx: Context, visit_id: str, target: Path, authority: str = "") -> None:
    """Write the approval form into a file. Raises also UserError for an employer of whom no file is made."""
    _refuse_file(ctx, visit_id)
    hand_out(target, approval_pdf(ctx, visit_id, authority))


def write_notice(ctx: Context, visit_id: str, target: Path, authority: str = "") -> None:
    """Write the notice into a file. Raises also UserError for an employer of whom no file is made."""
    _refuse_file(ctx, visit_id)
    hand_out(target, notice_pdf(ctx, visit_id, authority))


def _refuse_file(ctx: Context, visit_id: str) -> None:
    with ctx.reading() as session:
        refuse_file(session, find_visit(session, visit_id).establishment)


def _common(form: PaperForm, told: ApprovalForm | Notice) -> dict[str, str]:
    """Return what stands on both papers."""
    words = form.words
    counted = words["capped" if told.cap else "uncapped"].format(count=told.inspections, cap=told.cap)
    return {
        **{key: getattr(told, key) for key in ("name", "matter", "authority", "basis", "planned_on")},
        "way": words["off_site" if told.off_site else "on_site"],
        "inspectors": _people(form, told.inspectors),
        "counted": counted,
    }


def _people(form: PaperForm, people: tuple[Going, ...]) -> str:
    with_number, without = form.words["person"], form.words["without_certificate"]
    return "、".join(
        (with_number if each.certificate_no else without).format(name=each.name, certificate=each.certificate_no)
        for each in people
    )
