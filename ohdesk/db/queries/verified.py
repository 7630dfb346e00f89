"""What is known of the signed PDFs, as the lists and counts of records ask for it."""

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select

from ohdesk.db.models import PdfSigner, PdfVerdict, Record, RecordPaper, Revocation
from ohdesk.domain.record import Verification

Papers = type[Record] | type[RecordPaper]
IN_ORDER = (Verification.GOOD, Verification.UNCHECKED, Verification.WAITING, Verification.BAD)  # the best first


def of(papers: Papers) -> ColumnElement[bool]:
    """Return the condition under which a verdict is joined to the paper it is of."""
    return and_(PdfVerdict.visit == papers.visit, PdfVerdict.pdf_sha256 == papers.pdf_sha256)


def verification() -> ColumnElement[Verification]:
    """Return what the verdict joined by `of` says, of a record as of all it comes as; "waiting" where there is none."""
    return func.coalesce(PdfVerdict.together, literal(Verification.WAITING, PdfVerdict.together.type))


def worst_beside(visit: str) -> Select[int | None]:
    """Select the worst place in `IN_ORDER` of the papers that were signed with a record; NULL where there are none."""
    papers = select(func.max(rank())).select_from(RecordPaper).outerjoin(PdfVerdict, of(RecordPaper))
    return papers.where(RecordPaper.visit == visit, ~RecordPaper.later)


def rank() -> ColumnElement[int]:
    """Return the place in `IN_ORDER` of what the verdict joined by `of` says."""
    return case({each: place for place, each in enumerate(IN_ORDER)}, value=verification())


def signed_after_revocation(papers: Papers) -> ColumnElement[bool]:
    """Return the condition that a paper was signed with a key on or after the day from which it counts no more."""
    signers = select(PdfSigner.key).join(
        Revocation, and_(Revocation.key == PdfSigner.key, Revocation.since <= PdfSigner.day)
    )
    return signers.where(PdfSigner.visit == papers.visit, PdfSigner.pdf_sha256 == papers.pdf_sha256).exists()
