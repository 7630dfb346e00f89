"""Photos that were only announced when the record was signed: brought in later on a signed page (照片说明页)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Select, literal_column, select
from sqlalchemy.orm import Session

from ohdesk.db import journal
from ohdesk.db.models import PagePhoto, RecordPaper, RecordPhoto
from ohdesk.domain.canonical import canonical, fingerprint
from ohdesk.domain.operations import PhotoPageAdded
from ohdesk.domain.people import Right
from ohdesk.domain.record import PHOTO_PAGE, PHOTO_PAGE_FORMAT, PageContent, PhotoLine, PhotoPageRecord, Verification
from ohdesk.errors import UserError
from ohdesk.forms.papers import PaperForm, edition
from ohdesk.i18n import in_chinese, tr
from ohdesk.reports.edition import RENDERER
from ohdesk.services import blobs
from ohdesk.services.context import Context
from ohdesk.services.office import paper_forms
from ohdesk.services.record import finalizing, verdicts
from ohdesk.services.record.finalizing import FinalRecord
from ohdesk.services.record.signing import SecondSigner, acting, open_signers, sign_document, signed_at
from ohdesk.services.record.verdicts import SignedPdf
from ohdesk.services.visit import photos as visit_photos


@dataclass(frozen=True, slots=True)
class FinalPage:
    """A signed photo page: its number, the numbers of its photos, and the hash of its PDF."""

    visit: str
    number: str
    photos: tuple[int, ...]
    pdf_sha256: str


def awaited_photos(ctx: Context, visit_id: str) -> tuple[int, ...]:
    """Return the numbers of announced photos that are on no page yet, whether or not their bytes are here."""
    with ctx.reading() as session:
        return tuple(row.number for row in session.execute(awaited().where(RecordPhoto.visit == visit_id)))


def awaited() -> Select[str, int]:
    """Select visit and number of the photos that a record announces and no photo page has brought."""
    brought = select(PagePhoto.number).where(
        PagePhoto.visit == RecordPhoto.visit, PagePhoto.number == RecordPhoto.number
    )
    # Word for word as in the index of those: of all photos they are few.
    announced = select(RecordPhoto.visit, RecordPhoto.number).where(RecordPhoto.sha256 == literal_column("''"))
    return announced.where(~brought.exists()).order_by(RecordPhoto.visit, RecordPhoto.number)


def awaited_views(ctx: Context, visit_id: str) -> tuple[PhotoLine, ...]:
    """Return the announced photos that are on no page yet; those not `announced` any more have been brought in."""
    numbers = set(awaited_photos(ctx, visit_id))
    return tuple(view for view in visit_photos.list_photos(ctx, visit_id) if view.number in numbers)


@in_chinese()
def add_photo_page(ctx: Context, visit_id: str, *colleagues: SecondSigner) -> FinalPage:
    """Put every announced photo whose bytes have come onto a page, signed by the record's inspectors.

    Raises UserError when no such photo is here, a photo's bytes are gone, or somebody cannot sign.
    """
    ctx.require(Right.RECORD)
    final = finalizing.final_record(ctx, visit_id)
    views = [view for view in awaited_views(ctx, visit_id) if view.sha256]
    with ctx.reading() as session:
        # Pages are numbered behind their record, and never deleted: counting them is enough.
        number = len(papers_beside(session, visit_id)) + 1
        forms = paper_forms.forms_of_record(session, final.record.wording, final.record.office.mode)
    if not views:
        raise UserError(tr("没有可以补入的照片。"), tr("请先按编号补入登记过的照片（命令行为 visit photo --number）。"))
    brought = {view.number: view for view in views}
    lines = [_brought(line, brought[line.number]) for line in final.record.photos if line.number in brought]
    page = _compose(final, forms, number, lines)
    signers = open_signers(ctx, page.inspectors, colleagues)
    photos = finalizing.photos_of(ctx, views)
    from ohdesk.reports.record_papers import render_later_photos  # late: the drawing is loaded with the first page

    rendered = render_later_photos(forms, page, final.record, fingerprint(page), photos)
    content = PageContent(record=page)
    pdf = sign_document(ctx, rendered.pdf, rendered.boxes, canonical(content), signers, f"{page.title} {page.number}")
    digest = blobs.put(ctx, pdf)
    operation = PhotoPageAdded(
        record=visit_id,
        blobs=(digest, *dict.fromkeys(view.sha256 for view in views)),
        content=content,
        pdf_sha256=digest,
    )
    with ctx.transaction() as session:
        blobs.note(session, digest, len(pdf))
        verdicts.note(ctx, session, SignedPdf(visit_id, digest), Verification.GOOD)
        verdicts.note_signers(session, SignedPdf(visit_id, digest), signed_at(ctx, signers))
        journal.record(session, operation, acting(ctx, page.inspectors, signers))
    blobs.keep_within(ctx, digest, pdf, operation.blobs[1:])
    return FinalPage(visit_id, page.number, tuple(brought), digest)


def papers_beside(session: Session, visit_id: str) -> Sequence[RecordPaper]:
    """Return the signed papers beside a record in the order they were made, within an open session."""
    papers = select(RecordPaper).where(RecordPaper.visit == visit_id)
    return session.scalars(papers.order_by(RecordPaper.at, RecordPaper.number, RecordPaper.pdf_sha256)).all()


def _brought(line: PhotoLine, came: PhotoLine) -> PhotoLine:
    """Return a line that was announced with what its file says by itself; what was signed of it stays as it was."""
    taken_at, clock_error = (line.taken_at, 0) if line.taken_at else (came.taken_at, came.clock_error)
    return replace(
        line,
        sha256=came.sha256,
        original_sha256=came.original_sha256,
        attached_at=came.attached_at,
        taken_at=taken_at,
        clock_error=clock_error,
        masked=came.masked,
        sensitive=came.sensitive,
    )


def _compose(
    final: FinalRecord, forms: Mapping[str, PaperForm], number: int, lines: Sequence[PhotoLine]
) -> PhotoPageRecord:
    return PhotoPageRecord(
        fmt=PHOTO_PAGE_FORMAT,
        renderer=RENDERER,
        wording=final.record.wording,
        forms_sha256=edition(forms),
        number=f"{final.number}-{number}",
        title=forms[PHOTO_PAGE].title,
        visit=final.visit,
        record_number=final.number,
        record_title=final.record.title,
        record_sha256=final.record_sha256,
        record_pdf_sha256=final.pdf_sha256,
        finalized_at=final.finalized_at,
        inspectors=final.record.inspectors,
        photos=tuple(lines),
    )
