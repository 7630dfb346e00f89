"""What a paper is about, and what is printed of it: the places that the program fills."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, Record, Visit
from ohdesk.domain.calendar import day_in, legal_day, printed_day
from ohdesk.domain.paper_life import PaperState
from ohdesk.domain.record import InspectionRecord, PhotoLine
from ohdesk.domain.register.definition import Field, Kind
from ohdesk.domain.register.values import read_value, value_text
from ohdesk.errors import UserError
from ohdesk.forms.paper_places import LISTS, places_of
from ohdesk.forms.papers import PaperForm, paper_of
from ohdesk.forms.remedies import remedy_places
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import tr
from ohdesk.reports.record_papers import photo_values, printed_instant, record_values
from ohdesk.services.context import Context
from ohdesk.services.office import paper_forms
from ohdesk.services.office.issuing_bodies import IssuingBody
from ohdesk.services.paper.listing import PaperRow, of_visit
from ohdesk.services.register.books import book
from ohdesk.services.register.entries import held_entry
from ohdesk.services.visit import before, before_papers
from ohdesk.services.visit.lookup import find_visit, record_content

_ORDERED = "ordered"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a paper is about: a visit, an establishment, or neither, and the entry of a book that it comes from."""

    visit: str = ""
    establishment: str = ""
    entry: str = ""


@dataclass(frozen=True, slots=True)
class Issuing:
    """In whose name a paper is issued, and what the office has set for that body.

    mode: own, entrusted, patrol, off-site · body: town or entrusting · basis: of the power
    review: the review body, where it is not the one that is set
    """

    mode: str
    body: str
    authority: str
    basis: str
    said: IssuingBody
    review: str = ""


def whole_subject(session: Session, form: PaperForm, subject: Subject) -> Subject:
    """Return a subject with its establishment.

    Raises UserError where the paper is about something else, or there is no such visit, establishment or entry.
    """
    if form.about == "visit":
        if not subject.visit:
            remedy = tr("请选择检查（命令行为 --visit）。")
            raise UserError(tr("《{title}》要写明是哪次检查的。", title=form.title), remedy)
        visit = find_visit(session, subject.visit)
        return replace(subject, establishment=visit.establishment)
    if form.about == "establishment":
        if session.get(Establishment, subject.establishment) is None:
            remedy = tr("请选择单位（命令行为 --establishment）。")
            raise UserError(tr("《{title}》要写明是哪个单位的。", title=form.title), remedy)
        return replace(subject, visit="")
    return Subject(entry=subject.entry)


def final_record_of(session: Session, visit: str) -> InspectionRecord | None:
    """Return the final record of a visit; None while there is none."""
    row = session.get(Record, visit) if visit else None
    return None if row is None else msgspec.convert(record_content(session, row)["record"], InspectionRecord)


def issued_before(session: Session, form: PaperForm, subject: Subject) -> PaperRow | None:
    """Return the paper of the same visit, numbered and not withdrawn, that a form is an annex to; None without one."""
    issued = [
        row
        for row in of_visit(session, subject.visit)
        if row.paper == form.annex_of and row.number and row.state is not PaperState.WITHDRAWN
    ]
    return issued[-1] if issued else None


def check_ready(ctx: Context, session: Session, form: PaperForm, subject: Subject, issuing: Issuing) -> None:
    """Raise UserError where something that stands on a paper is not there yet, whatever will be typed."""
    if subject.visit and "order" in form.needs:
        record = final_record_of(session, subject.visit)
        if record is None:
            message = tr("《{title}》写的是笔录中的问题，这次检查还没有定稿的笔录。", title=form.title)
            raise UserError(message, tr("请先签名定稿。"))
        orders = any(block.list_of == _ORDERED for block in form.blocks)
        if orders and not any(is_ordered(line.disposal) for line in record.findings):
            message = tr("《{title}》写的是责令改正的问题，这份笔录里没有。", title=form.title)
            raise UserError(message, tr("没有违法事实的不作责令；有改进建议的，请用监督意见。"))
    if form.annex_of and issued_before(session, form, subject) is None:
        message = tr("《{title}》是已制发文书的附件，本次检查还没有制发的文书。", title=form.title)
        raise UserError(message, tr("请先批准、编号它所附的文书。"))
    if subject.visit and _tells_rights(form):
        before.notice(ctx, subject.visit, issuing.authority)


def values_of(
    ctx: Context, session: Session, form: PaperForm, subject: Subject, issuing: Issuing, typed: Mapping[str, str]
) -> dict[str, Any]:
    """Return what a form is filled with, all but its number and the day of issue.

    typed: as it was typed, by the keys that the form asks for
    Raises UserError where words of the county that stand on it are not there any more.
    """
    values: dict[str, Any] = dict.fromkeys(places_of(form.about), "") | dict.fromkeys(LISTS, ())
    values |= _of_office(ctx, issuing)
    if subject.entry:
        values |= _of_entry(ctx, session, subject.entry)
    if subject.establishment:
        values |= _of_establishment(session.get_one(Establishment, subject.establishment))
    if subject.visit:
        values |= _of_visit(ctx, session, form, subject.visit, issuing.authority)
    if form.annex_of:
        issued = issued_before(session, form, subject)
        values["annexed_to"] = issued.number if issued else ""
    values |= {field.key: _printed(field, typed.get(field.key, "")) for field in form.asked}
    return values


def _of_office(ctx: Context, issuing: Issuing) -> dict[str, str]:
    return {
        "authority": issuing.authority,
        "division_name": ctx.office.name,
        "basis": issuing.basis,
        "mode_name": visit_rules().mode(issuing.mode).name if issuing.mode else "",
        "region": issuing.said.region,
        "review_body": issuing.review or issuing.said.review_body,
        "court": issuing.said.court,
        "office_address": issuing.said.address,
        "office_phone": issuing.said.phone,
        "today": printed_day(legal_day(ctx.now())),
        "made_by": ctx.actor.name,
        **remedy_places(legal_day(ctx.now())),
    }


def _of_establishment(row: Establishment) -> dict[str, str]:
    keys = ("name", "uscc", "address", "legal_representative", "person_in_charge", "phone", "industry", "size")
    return {key: str(getattr(row, key) or "") for key in keys}


def _of_entry(ctx: Context, session: Session, entry: str) -> dict[str, str]:
    register, held = held_entry(session, entry)
    definition = book(ctx, register)
    shown = [field for field in definition.fields if not field.private]
    return {field.key: value_text(field, held.fields.get(field.key)) for field in shown}


def _of_visit(ctx: Context, session: Session, form: PaperForm, visit: str, authority: str) -> dict[str, Any]:
    values = _planned(ctx, find_visit(session, visit), form, authority)
    record = final_record_of(session, visit)
    if record is None:
        return values
    forms = paper_forms.forms_of_record(session, record.wording, record.office.mode)
    row = session.get_one(Record, visit)
    said = record_values(forms, record)
    findings = [_finding(record, number) for number in range(len(record.findings))]
    ordered = [item for item, line in zip(findings, record.findings, strict=True) if is_ordered(line.disposal)]
    asked = {each["question"] for each in ordered}
    shown = [photo for photo in record.photos if photo.printed and photo.question in asked]
    photos: Mapping[str, Any] = photo_values(forms["photo_page"].words, record, shown if ordered else record.photos)
    return {
        **values,
        **{key: text for key, text in said.items() if key not in {"number", "authority", "mode_name"}},
        **{key: photos[key] for key in ("photos", "withheld")},
        "announced": (),
        "record_number": record.number,
        "record_title": record.title,
        "record_sha256": row.record_sha256,
        "record_pdf_sha256": row.pdf_sha256,
        "finalized_on": _day(row.finalized_at[:10]),
        "started_at": str(said["period"]).partition(" 至 ")[0],
        "findings": findings,
        _ORDERED: ordered,
        "evidence": [_evidence(photo) for photo in record.photos if not photo.announced],
    }


def _planned(ctx: Context, visit: Visit, form: PaperForm, authority: str) -> dict[str, Any]:
    """Return what is known before anybody went; of a round of assistants nothing was approved."""
    if visit.is_patrol:
        return {"planned_on": _day(visit.task.planned_on), "task_number": visit.task.number}
    # As the approval form of the set words people and counts, whatever paper they stand on.
    worded = form if "uncapped" in form.words else paper_of("moj-2025", "approval").form
    values = before_papers.approval_values(ctx, visit.id, worded, authority)
    if _tells_rights(form):
        values |= before_papers.notice_values(ctx, visit.id, worded, authority)
    return {key: text for key, text in values.items() if key not in {"number", "authority", "basis"}}


def _tells_rights(form: PaperForm) -> bool:
    return any("{rights}" in text for block in form.blocks for _, text, _ in block.texts)


def _finding(record: InspectionRecord, place: int) -> dict[str, str]:
    line = record.findings[place]
    photos = [str(photo.number) for photo in record.photos if photo.question == line.question and not photo.announced]
    return {
        "number": str(line.number),
        "question": line.question,
        "fact": line.fact,
        "duty": "；".join(line.duty),
        "evidence": line.evidence,
        "disposal": line.disposal,
        "due_on": _day(line.due_on),
        "photos": "、".join(photos),
    }


def is_ordered(disposal: str) -> bool:
    """True of what was done about a finding where that was an order."""
    # A finding keeps the word of what was done: whether that was an order is a matter of the rules of then.
    return any(each.name == disposal and each.outcome == "ordered" for each in visit_rules().disposals)


def _evidence(photo: PhotoLine) -> dict[str, str]:
    return {
        "name": tr("照片 {number}　{caption}", number=photo.number, caption=photo.caption),
        "source": photo.place,
        "made_at": printed_instant(photo.taken_at or photo.attached_at),
        "sha256": photo.sha256,
        "pages": "1",
    }


def _printed(field: Field, text: str) -> str:
    """Return what was typed as it stands on paper."""
    if field.kind is Kind.DAY:
        return _day(text)
    if field.kind is Kind.TIME and "T" in text:
        day, _, time = text.partition("T")
        return f"{_day(day)} {time.replace(':', '时')}分"
    return value_text(field, read_value(field, text)) if text else ""


def _day(text: str) -> str:
    day = day_in(text)
    return printed_day(day) if day else ""
