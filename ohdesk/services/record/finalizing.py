"""Final records (定稿): signed by the party's strokes and the inspectors' certificates, then never changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import ColumnElement, false, func, select
from sqlalchemy.orm import Session

from ohdesk.db import journal
from ohdesk.db.models import Amendment, BlobRow, Establishment, PdfVerdict, Record
from ohdesk.db.queries import verified
from ohdesk.domain.calendar import instant_text, parse_instant
from ohdesk.domain.canonical import canonical, clean_text
from ohdesk.domain.operations import RecordAmended, VisitFinalized
from ohdesk.domain.people import Right
from ohdesk.domain.problems import blank
from ohdesk.domain.record import (
    PHOTO_PAGE,
    RECORD,
    InspectionRecord,
    PaperBeside,
    PartyStatement,
    PhotoLine,
    RecordContent,
    SignedIn,
    StrokeSet,
    Verification,
)
from ohdesk.errors import ProblemsError, UserError
from ohdesk.files import hand_out
from ohdesk.i18n import in_chinese, tr
from ohdesk.search import DASH
from ohdesk.security.signing_keys import PersonSigner
from ohdesk.services import blobs
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.guarded import refuse_file
from ohdesk.services.record import verdicts
from ohdesk.services.record.composing import Composed, compose, compose_in
from ohdesk.services.record.signing import (
    SecondSigner,
    acting,
    hand_problems,
    open_signers,
    sign_document,
    signed_at,
    stroke_problems,
)
from ohdesk.services.record.verdicts import SignedPdf
from ohdesk.services.visit import conduct
from ohdesk.services.visit import photos as visit_photos
from ohdesk.services.visit.lookup import find_record, find_visit, record_content

if TYPE_CHECKING:
    from ohdesk.reports.papers import RenderedPaper
    from ohdesk.reports.record_papers import RecordDrawing


@dataclass(frozen=True, slots=True)
class FinalRecord:
    """A final record: its content, and the hashes of the content (文档指纹) and of the signed PDF."""

    visit: str
    number: str
    record: InspectionRecord
    record_sha256: str
    pdf_sha256: str
    finalized_at: str


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One line of the list of records; instants are UTC texts.

    search: what the establishment is found by · held: the PDF itself is here · amendments: how many
    verified: what is known of that PDF · revoked: signed with a key that the county had taken back by then
    """

    visit: str
    number: str
    division: str
    establishment: str
    establishment_name: str
    search: str
    inspected_on: date
    outcome: str
    started_at: str
    finalized_at: str
    record_sha256: str
    pdf_sha256: str
    held: bool
    amendments: int
    verified: Verification
    revoked: bool
    signed_in: SignedIn


@dataclass(frozen=True, slots=True)
class DraftPaper:
    """A paper as it would be signed now: its title, and the PDF, to be read before signing."""

    title: str
    pdf: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """The record as it would be signed now: what it says, and the papers of exactly that, in the order to be read."""

    composed: Composed
    papers: tuple[DraftPaper, ...]


def draft(ctx: Context, visit_id: str, party: PartyStatement, situation: Sequence[str] = ()) -> Draft:
    """Return the draft of a record. Raises ProblemsError when no font has a character of it."""
    composed = compose(ctx, visit_id, party, situation)
    papers = rendered(ctx, composed, (), across_a_draft())
    return Draft(composed, tuple(DraftPaper(composed.forms[key].title, each.pdf) for key, each in papers.items()))


def write_draft(ctx: Context, visit_id: str, party: PartyStatement, situation: Sequence[str], target: Path) -> None:
    """Write the draft of a record into a file, those of its other papers beside it under their titles.

    Raises as `draft`, and UserError for what is not written into files.
    """
    with ctx.reading() as session:
        refuse_file(session, find_visit(session, visit_id).establishment)
    record, *beside = draft(ctx, visit_id, party, situation).papers
    hand_out(target, record.pdf)
    for paper in beside:
        hand_out(target.with_name(f"{target.stem}_{paper.title}{target.suffix}"), paper.pdf)


@in_chinese()
def across_a_draft() -> str:
    """Return the word that lies pale across every page of what is not signed."""
    return tr("草稿")


def finalize(
    ctx: Context,
    visit_id: str,
    party: PartyStatement,
    strokes: Sequence[StrokeSet],
    *colleagues: SecondSigner,
    situation: Sequence[str] = (),
    shown_sha256: str = "",
) -> FinalRecord:
    """Sign the papers of a visit in one act and close the visit; afterwards the record can only be amended.

    Order: the fingerprint, the strokes bound to it, the PDFs with the strokes, the inspectors' certificate
    signatures in the record's order, the operation that carries it all.
    shown_sha256: the fingerprint that was on the screen while the party signed; another one now refuses
    Raises UserError or ProblemsError for everything that keeps it from being final; then nothing has changed.
    """
    ctx.require(Right.RECORD)
    # Read outside the transaction: signing takes seconds, and SQLite has one writer. What was read is compared again
    # inside.
    composed = compose(ctx, visit_id, party, situation)
    _check_ready(composed, strokes, shown_sha256)
    # The record names them: what it names must be there on the day that it is signed.
    visit_photos.check_unprinted(ctx, visit_id)
    at = instant_text(ctx.now())
    signers = open_signers(ctx, composed.record.inspectors, colleagues)
    content = RecordContent(record=composed.record, strokes=_bound(composed, strokes, at))
    pdfs = _signed(ctx, composed, content, signers)

    def again(session: Session) -> Composed:
        return compose_in(ctx, session, visit_id, party, situation)

    return set_down(ctx, composed, content, pdfs, signers, again)


def set_down(
    ctx: Context,
    composed: Composed,
    content: RecordContent,
    pdfs: Mapping[str, bytes],
    signers: Sequence[PersonSigner],
    again: Callable[[Session], Composed],
    kept: Mapping[str, int] | None = None,
) -> FinalRecord:
    """Make a record final whose papers are signed, and close its visit.

    pdfs: by the papers' keys · again: composes the record within the transaction, to be compared
    kept: SHA-256 of other files that belong to it and are in the store already, with their lengths
    """
    ctx.require(Right.RECORD)
    visit_id, record, at = composed.record.visit, composed.record, instant_text(ctx.now())
    # The files first, the journal after: a crash between leaves files that nothing mentions, never an entry without its
    # PDFs.
    digests = {key: blobs.put(ctx, pdf) for key, pdf in pdfs.items()}
    photos = tuple(dict.fromkeys(photo.sha256 for photo in record.photos if photo.sha256))
    operation = VisitFinalized(
        record=visit_id,
        blobs=(*digests.values(), *photos, *(kept or {})),
        content=content,
        record_sha256=composed.record_sha256,
        pdf_sha256=digests[RECORD],
        beside=tuple(
            PaperBeside(paper=key, title=composed.forms[key].title, pdf_sha256=digests[key])
            for key in record.papers[1:]
        ),
    )
    try:
        with ctx.transaction() as session:
            # Somebody may have answered a question or brought in a photo while the inspectors typed their passwords.
            if again(session).record_sha256 != composed.record_sha256:
                raise _changed()
            blobs.note_all(session, kept or {})
            for key, pdf in pdfs.items():
                blobs.note(session, digests[key], len(pdf))
                # Drawn and signed here a moment ago; whether it stays so, is asked of every file of evidence.
                verdicts.note(ctx, session, SignedPdf(visit_id, digests[key]), Verification.GOOD)
                verdicts.note_signers(session, SignedPdf(visit_id, digests[key]), signed_at(ctx, signers))
            journal.record(session, operation, acting(ctx, record.inspectors, signers))
            conduct.close(session, visit_id, parse_instant(record.ended_at))
    except UserError:
        for digest in digests.values():
            blobs.forget(ctx, digest)
        raise
    if PHOTO_PAGE in pdfs and not content.scans:
        blobs.keep_within(ctx, digests[PHOTO_PAGE], pdfs[PHOTO_PAGE], photos)
    return FinalRecord(visit_id, record.number, record, composed.record_sha256, digests[RECORD], at)


def final_record(ctx: Context, visit_id: str) -> FinalRecord:
    """Return the final record of a visit. Raises UserError when there is none."""
    with ctx.reading() as session:
        row = find_record(session, visit_id)
        record = msgspec.convert(record_content(session, row)["record"], InspectionRecord)
        return FinalRecord(row.visit, row.number, record, row.record_sha256, row.pdf_sha256, row.finalized_at)


def list_records(ctx: Context) -> list[RecordRow]:
    """Return all final records here, the newest first."""
    with ctx.reading() as session:
        return record_rows(session)


def record_rows(session: Session, *chosen: ColumnElement[bool]) -> list[RecordRow]:
    """Return the final records that meet every condition, the newest first, within an open session."""
    amendments = select(func.count()).where(Amendment.visit == Record.visit).scalar_subquery()
    content = (Record.visit, Record.number, Record.division, Record.establishment, Record.establishment_name)
    found_by = (func.coalesce(Establishment.search, ""), Record.inspected_on)
    state = (Record.outcome_name, Record.started_at, Record.finalized_at, Record.record_sha256, Record.pdf_sha256)
    counted = (func.coalesce(BlobRow.held, false()), amendments)
    known = (verified.verification(), verified.signed_after_revocation(Record), Record.signed_in)
    # In the order of RecordRow; not whole rows, which carry their records.
    statement = (
        select(*content, *found_by, *state, *counted, *known)
        .select_from(Record)
        .outerjoin(Establishment, Establishment.id == Record.listed_under)
        .outerjoin(BlobRow, BlobRow.sha256 == Record.pdf_sha256)
        .outerjoin(PdfVerdict, verified.of(Record))
        .where(*chosen)
        .order_by(Record.finalized_at.desc(), Record.visit.desc())
    )
    return [RecordRow(*row) for row in map(tuple, session.execute(statement))]


def find(ctx: Context, text: str) -> str:
    """Return the visit of a final record, by the visit's id or the record's number in this office, "-" for "—" too."""
    with ctx.reading() as session:
        if session.get(Record, text) is not None:
            return text
        number = func.replace(Record.number, DASH, "-") == text.replace(DASH, "-")
        own = select(Record.visit).where(Record.division == ctx.office.division, number)
        found = session.scalars(own).first()
    if found is None:
        raise UserError(
            tr("没有编号“{text}”的定稿笔录。", text=text), tr("请从文书列表中选择（命令行为 record list）。")
        )
    return found


def amend(ctx: Context, visit_id: str, statement: str, reason: str) -> Change:
    """Add a statement to a final record, with its reason; the record itself stays as signed."""
    ctx.require(Right.RECORD, binding=True)
    # The record stays as signed, for ever; a correction is a statement beside it.
    statement, reason = clean_text(statement).strip(), clean_text(reason).strip()
    asked = (("statement", tr("更正内容"), statement), ("reason", tr("更正理由"), reason))
    if problems := tuple(blank(place, field) for field, place, text in asked if not text):
        raise ProblemsError(tr("更正没有记入。"), problems)
    with ctx.transaction() as session:
        row = find_record(session, visit_id)
        if row.division != ctx.office.division:
            raise UserError(tr("这份笔录由别的单位制作，不能在这里补充说明。"), tr("请由制作笔录的单位办理。"))
        journal.record(session, RecordAmended(record=visit_id, statement=statement, reason=reason), ctx.stamp())
    return Change.RECORDS


def photos_of(ctx: Context, photos: Sequence[PhotoLine]) -> Mapping[str, bytes]:
    """Return the JPEG bytes, by hash, of all photos that are printed. Raises LostPhotoError, naming the number."""
    return {photo.sha256: visit_photos.photo_bytes(ctx, photo) for photo in photos if photo.printed}


def _check_ready(composed: Composed, strokes: Sequence[StrokeSet], shown_sha256: str) -> None:
    record = composed.record
    problems = (*composed.problems, *stroke_problems(record.party, strokes), *hand_problems(record, strokes))
    if problems:
        raise ProblemsError(tr("笔录还不能定稿，有 {count} 处要处理。", count=len(problems)), problems)
    if shown_sha256 not in {"", composed.record_sha256}:
        raise _changed()


def _bound(composed: Composed, strokes: Sequence[StrokeSet], at: str) -> tuple[StrokeSet, ...]:
    """Return the strokes bound to the record that was shown, as written at that instant."""
    sha256 = composed.record_sha256
    return tuple(replace(one, name=clean_text(one.name).strip(), at=at, record_sha256=sha256) for one in strokes)


def _signed(
    ctx: Context, composed: Composed, content: RecordContent, signers: Sequence[PersonSigner]
) -> dict[str, bytes]:
    """Return the signed PDF of each paper of the record."""
    signed = {}
    # One act, one reason on all of them: whoever checks one by itself knows it from the record that it embeds.
    reason = f"{composed.record.title} {composed.record.number}"
    for key, paper in rendered(ctx, composed, content.strokes).items():
        attachment = canonical(replace(content, paper=key))
        signed[key] = sign_document(ctx, paper.pdf, paper.boxes, attachment, signers, reason)
    return signed


def _changed() -> UserError:
    return UserError(tr("核对之后笔录内容有了变化，没有定稿。"), tr("请重新核对文档指纹后再签名。"))


@in_chinese()
def rendered(
    ctx: Context, composed: Composed, strokes: Sequence[StrokeSet] = (), across: str = "", *, in_ink: bool = False
) -> "dict[str, RenderedPaper]":
    """Return the PDF of each paper of the record, unsigned; raises as `render_record_paper`.

    in_ink: a fair copy, with places for the pen
    """
    from ohdesk.reports.record_papers import render_record_paper  # late: the drawing is loaded with the first record

    drawing = drawing_of(ctx, composed, strokes, across, in_ink=in_ink)
    return {key: render_record_paper(key, drawing) for key in composed.record.papers}


def drawing_of(
    ctx: Context, composed: Composed, strokes: Sequence[StrokeSet] = (), across: str = "", *, in_ink: bool = False
) -> "RecordDrawing":
    """Return what the papers of a record are drawn from. Raises LostPhotoError, naming the number."""
    from ohdesk.reports.record_papers import RecordDrawing

    photos = photos_of(ctx, composed.record.photos)
    return RecordDrawing(
        composed.forms, composed.record, composed.record_sha256, strokes, photos, across=across, in_ink=in_ink
    )
