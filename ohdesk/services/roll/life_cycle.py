"""Life cycle (单位状态): in business, closed, moved, out of reach; since when, by which proof, and who says so.

A visit that ended at a closed gate only offers a state: that an employer is gone changes what is drawn and counted, so
a person says it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohdesk.db import journal
from ohdesk.db.models import BlobRow, Establishment, Merged, Photo, Visit
from ohdesk.db.queries.roll import few_by_name, together
from ohdesk.domain.calendar import day_in, legal_day
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.establishment import CLOSED_STATES, FIELD_BY_KEY, IN_BUSINESS, STATUS_FILE, value_text
from ohdesk.domain.people import Right
from ohdesk.domain.problems import blank
from ohdesk.domain.visit import VisitState
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import tr
from ohdesk.services import blobs
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.guarded import is_guarded, refuse_photo
from ohdesk.services.register.attachments import PICTURES, Attachment, read_file
from ohdesk.services.roll.entries import entry_of
from ohdesk.services.roll.values import checked, entry_written, is_proposal, values_of

_PDF, _JPEG = b"%PDF-", b"\xff\xd8\xff"
STATES = (IN_BUSINESS, *sorted(CLOSED_STATES))


@dataclass(frozen=True, slots=True)
class Offered:
    """A state that a visit suggests: since which day, and what proved it there.

    photo: the SHA-256 of the first photo of the closed gate, "" for none
    """

    visit: str
    state: str
    on: str
    proof: str
    photo: str


def close(
    ctx: Context, establishment: str, state: str, on: str, proof: str, reason: str, file: Path | None = None
) -> Change:
    """Set down the state of an entry since a day, with its proof; of another town's it is proposed to the county.

    state: one of `STATES`, in business too, as when an employer starts again · on: "2026-03-02", not after today
    proof: in words, the caption of the file where there is one · file: a photo, or a paper as PDF
    Raises ProblemsError naming all that is missing or does not fit, UserError for an entry that is not on the roll.
    """
    ctx.require(Right.ROLL)
    problems = list(_problems(state, on, proof, reason, legal_day(ctx.now())))
    content = b""
    if file is not None:
        try:
            content = _content(ctx, establishment, file)
        except UserError as error:
            problems.append(Problem(tr(STATUS_FILE.heading), tr("照片或 PDF"), error.message, error.remedy, "file"))
    if problems:
        raise ProblemsError(tr("状态没有保存。"), tuple(problems))
    fields = checked({"status": state, "status_on": on, "status_proof": proof})
    # On the disk before the entry names it: what a power cut leaves over nobody mentions.
    digest = blobs.put(ctx, content) if content else ""
    with ctx.transaction() as session:
        if content:
            blobs.note(session, digest, len(content))
        return _set_down(ctx, session, establishment, fields, digest, clean_text(reason).strip())


def offered(ctx: Context, establishment: str) -> Offered | None:
    """Return the state that the last visit of an entry suggests, while nobody said anything of its state since."""
    with ctx.reading() as session:
        return _offered(session, entry_of(session, establishment))


@dataclass(frozen=True, slots=True)
class OfferedFor:
    """An entry of which the last visit suggests a state."""

    id: str
    name: str
    offered: Offered


def all_offered(ctx: Context) -> list[OfferedFor]:
    """Return every entry of which the last visit suggests a state, by name."""
    ended = select(Visit.establishment).where(Visit.ending.is_not(None), Visit.state == VisitState.CLOSED)
    with ctx.reading() as session:
        goes_on = select(func.coalesce(func.nullif(Merged.into, ""), Visit.establishment)).select_from(Visit)
        goes_on = goes_on.outerjoin(Merged, Merged.establishment == Visit.establishment)
        ids = goes_on.where(Visit.establishment.in_(ended))
        here = (Establishment.id.in_(ids), Establishment.withdrawn.is_(False))
        rows = session.scalars(select(Establishment).where(*here).order_by(*few_by_name()))
        return [OfferedFor(row.id, row.name, each) for row in rows if (each := _offered(session, row)) is not None]


def accept(ctx: Context, establishment: str) -> Change:
    """Set down the state that the last visit suggests. Raises UserError where none is suggested."""
    ctx.require(Right.ROLL)
    one = offered(ctx, establishment)
    if one is None:
        raise UserError(tr("没有检查提出这家单位的状态。"), tr("请写明状态、日期和依据。"))
    fields = checked({"status": one.state, "status_on": one.on, "status_proof": one.proof})
    with ctx.transaction() as session:
        return _set_down(ctx, session, establishment, fields, one.photo, one.proof)


def proof_file(ctx: Context, establishment: str) -> Attachment:
    """Return the file behind the state of an entry. Raises UserError where there is none, or where it is lost."""
    ctx.require(Right.READ)
    with ctx.reading() as session:
        row = entry_of(session, establishment)
        digest, name, secret = row.status_file, row.name, is_guarded(session, establishment)
    if not digest:
        raise UserError(
            tr("这家单位的状态没有依据附件。"), tr("登记状态时可以附照片或 PDF（命令：roll close --file）。")
        )
    content = blobs.read(ctx, digest)
    ending = ".pdf" if content.startswith(_PDF) else ".jpg"
    return Attachment(STATUS_FILE.key, digest, tr("{name}的状态依据", name=name) + ending, len(content), secret)


def _set_down(
    ctx: Context, session: Session, establishment: str, texts: Mapping[str, str], file: str, reason: str
) -> Change:
    row = entry_of(session, establishment)
    is_same = all(value_text(getattr(row, key)) == text for key, text in texts.items())
    if is_same and file in {"", row.status_file}:
        return Change.NOTHING
    # All of them: who disputes one has to see the others, and a proposal is understood by itself. The file of what
    # was said before is none of this.
    fields = values_of({**texts, STATUS_FILE.key: file})
    journal.record(session, entry_written(establishment, fields, reason), ctx.stamp(), ctx.new_id())
    return Change.ROLL | Change.PROPOSALS if is_proposal(ctx, establishment, row.town, {}) else Change.ROLL


def _content(ctx: Context, establishment: str, file: Path) -> bytes:
    """Return the bytes that a file is kept with. Raises UserError for what is neither a photo nor a PDF."""
    if file.suffix.lower() in PICTURES:
        with ctx.reading() as session:
            refuse_photo(session, establishment)
    _, content = read_file(file)
    if not content.startswith((_PDF, _JPEG)):
        raise UserError(tr("这个文件不是照片，也不是 PDF。"), tr("请选择 JPG、PNG 照片或 PDF。"))
    return content


def _offered(session: Session, row: Establishment) -> Offered | None:
    if row.status in CLOSED_STATES:
        return None
    ended = select(Visit).where(together(Visit.establishment, row.id), Visit.state == VisitState.CLOSED)
    visit = session.scalars(ended.order_by(Visit.ended_at.desc(), Visit.id.desc()).limit(1)).first()
    if visit is None or visit.ending is None or visit.ended_at is None:
        return None
    state, on = visit_rules().outcome(visit.ending.outcome).state, legal_day(visit.ended_at)
    # Whoever said since then that it is in business has seen more than the visit.
    if not state or (row.status_on is not None and row.status_on >= on):
        return None
    shown = (visit.ending.proof, visit.ending.account)
    photo = "" if is_guarded(session, row.id) else _photo_of_gate(session, visit.id)
    return Offered(visit.id, state, on.isoformat(), "；".join(each for each in shown if each), photo)


def _photo_of_gate(session: Session, visit: str) -> str:
    """Return the first photo that is of no question and held here."""
    of_visit = select(Photo.sha256).join(BlobRow, BlobRow.sha256 == Photo.sha256)
    of_gate = of_visit.where(Photo.visit == visit, Photo.question == "", Photo.number > 0, BlobRow.held)
    return session.scalars(of_gate.order_by(Photo.number).limit(1)).first() or ""


def _problems(state: str, on: str, proof: str, reason: str, today: date) -> Iterator[Problem]:
    if state not in STATES:
        expected = "、".join(map(tr, STATES))
        yield Problem(_heading("status"), expected, state, field="status")
    day = day_in(on)
    if day is None or day > today:
        expected, example = tr("不晚于今天的日期"), today.isoformat()
        yield Problem(_heading("status_on"), expected, on, field="status_on", example=example)
    if not proof.strip():
        remedy = tr("例如：登记机关注销通知、门牌照片、村委会说明。")
        yield blank(_heading("status_proof"), "status_proof", remedy)
    if not reason.strip():
        yield blank(tr("理由"), "reason", tr("例如：现场核实。"))


def _heading(key: str) -> str:
    return tr(FIELD_BY_KEY[key].heading)
