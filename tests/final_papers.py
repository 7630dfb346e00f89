"""What an operation says that makes a record final; its papers are named by hashes of PDFs that nobody ever made."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from ohdesk.domain.canonical import fingerprint
from ohdesk.domain.operations import VisitFinalized
from ohdesk.domain.record import CHECKLIST, PHOTO_PAGE, InspectionRecord, PaperBeside, RecordContent

UNSIGNED = {"paper": "record", "strokes": [], "scans": [], "printed_at": "", "is_late": False}
TITLES = {CHECKLIST: "现场检查表", PHOTO_PAGE: "照片说明页"}


def operation(record: InspectionRecord, pdf: str) -> VisitFinalized:
    """Return the operation that makes a record final; pdf: the hash of the record's own."""
    beside = tuple(_beside(paper, pdf) for paper in record.papers[1:])
    return VisitFinalized(
        record=record.visit,
        blobs=(pdf, *(each.pdf_sha256 for each in beside)),
        content=RecordContent(record=record, strokes=()),
        record_sha256=fingerprint(record),
        pdf_sha256=pdf,
        beside=beside,
    )


def said(record: Mapping[str, Any], pdf: str) -> tuple[dict[str, Any], list[str]]:
    """Return the values of such an operation and its blobs, of a record as it stands in the journal."""
    has_photos = not all(photo["announced"] for photo in record["photos"])
    there = ((CHECKLIST, bool(record["answers"])), (PHOTO_PAGE, has_photos))
    beside = [_beside(paper, pdf) for paper, is_there in there if is_there]
    values = {
        "content": {**UNSIGNED, "record": record},
        "record_sha256": fingerprint(record),
        "pdf_sha256": pdf,
        "beside": [{"paper": each.paper, "title": each.title, "pdf_sha256": each.pdf_sha256} for each in beside],
    }
    return values, [pdf, *(each.pdf_sha256 for each in beside)]


def _beside(paper: str, pdf: str) -> PaperBeside:
    digest = sha256(f"{paper} beside {pdf}".encode()).hexdigest()
    return PaperBeside(paper=paper, title=TITLES[paper], pdf_sha256=digest)
