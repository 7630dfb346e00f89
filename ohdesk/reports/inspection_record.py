"""The record of one visit (现场检查笔录) with its checklist annex and photos, and the page of photos that came later.

Facts only: it names the duties of the establishment, never a penalty.  The same record, strokes and photos give the
same bytes.  Which sections a mode prints, and in what words, stands in `resources/documents`.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ohdesk.domain.record import InspectionRecord, PhotoPageRecord, SignatureBox, StrokeSet
from ohdesk.reports import flowables, fonts, record_annexes, record_body, record_signatures
from ohdesk.reports.furniture import RunningLines, small_ink
from ohdesk.reports.pages import Pages, Properties, paint
from ohdesk.reports.record_sheet import Sheet, printed_instant
from ohdesk.reports.record_texts import texts_of
from ohdesk.reports.styles import AUTHORITY, BODY, CELL, NUMBER, TITLE
from ohdesk.reports.wording import load_wording


class RenderedRecord(NamedTuple):
    """The unsigned PDF, and where each inspector's certificate signature belongs."""

    pdf: bytes
    boxes: tuple[SignatureBox, ...]


SECTIONS = {
    "told": record_body.told,
    "situation": record_body.situation,
    "ended_early": record_body.ended_early,
    "findings": record_body.findings,
    "counts": record_body.counts,
    "annexes": record_annexes.list_annexes,
    "statement": record_signatures.statement,
}


def render(
    record: InspectionRecord,
    record_sha256: str,
    strokes: Sequence[StrokeSet],
    photos: Mapping[str, bytes],
    across: str = "",
) -> RenderedRecord:
    """Return the PDF of a record.

    photos: the stored JPEG bytes by SHA-256, of every photo that is not merely announced; embedded unchanged
    across: a word that lies pale across every page of a draft; empty for what is signed
    Raises ProblemsError when a character has no glyph, UserError when a photo is no JPEG.
    """
    fonts.refuse_missing_glyphs(texts_of(record, strokes))
    words = load_wording(record.wording)
    sheet = Sheet(record, words, words.modes[record.office.mode], strokes, photos, Pages())
    _opening(sheet, record)
    sheet.pages.skip(3)
    record_body.particulars(sheet)
    for section in sheet.mode.sections:
        SECTIONS[section](sheet)
    boxes = record_signatures.signatures(sheet)
    lines = _running_lines(sheet, record, record_sha256)
    record_annexes.lay_out_annexes(sheet)
    return RenderedRecord(_painted(sheet, record, lines, across), boxes)


def render_photo_page(
    page: PhotoPageRecord, record: InspectionRecord, page_sha256: str, photos: Mapping[str, bytes]
) -> RenderedRecord:
    """Return the PDF of the page of photos that came after `record` (照片说明页), bound to it by hashes.

    photos: JPEG bytes by SHA-256, embedded unchanged
    Raises ProblemsError when a character has no glyph, UserError when a photo is no JPEG.
    """
    fonts.refuse_missing_glyphs([*texts_of(page), *texts_of(record)])
    words = load_wording(page.wording)
    sheet = Sheet(record, words, words.modes[record.office.mode], (), photos, Pages())
    pages = sheet.pages
    _opening(sheet, page)
    introduction = words["photo_page.introduction"].format(
        number=page.record_number, title=page.record_title, finalized=printed_instant(page.finalized_at)
    )
    pages.paragraph(introduction, BODY)
    pages.skip(4)
    flowables.fields(pages, [[(words["labels.body"], record.body.name)]])
    hashes = (("record_fingerprint", page.record_sha256), ("record_file", page.record_pdf_sha256))
    flowables.fields(pages, [[(words[f"photo_page.{key}"], digest)] for key, digest in hashes], CELL)
    pages.skip(8)
    record_annexes.photo_grid(sheet, page.photos).draw(pages)
    boxes = record_signatures.inspector_signatures(pages, words, page.inspectors)
    return RenderedRecord(_painted(sheet, page, _running_lines(sheet, page, page_sha256)), boxes)


def _opening(sheet: Sheet, document: InspectionRecord | PhotoPageRecord) -> None:
    """Set the authority, the title and the number."""
    sheet.pages.paragraph(sheet.record.office.authority, AUTHORITY)
    sheet.pages.paragraph(document.title, TITLE)
    sheet.pages.paragraph(f"{sheet.words['labels.number']}：{document.number}", NUMBER)


def _running_lines(sheet: Sheet, document: InspectionRecord | PhotoPageRecord, sha256: str) -> RunningLines:
    """Return head and foot; to be asked for while the page with the signatures is the last one."""
    record, words, signing_page = sheet.record, sheet.words, len(sheet.pages.pages)
    signed = next((strokes for strokes in sheet.strokes if strokes.role == "party"), None)
    # The party has no part in a page of photos that came later.
    unsigned = document is record and record.party.way in record_signatures.UNSIGNED_WAYS
    return RunningLines(
        words=words,
        heading=f"{document.title}　{record.body.name}",
        unconfirmed=not record.office.confirmed_by_county,
        number=document.number,
        sha256=sha256,
        party=None if signed is None else small_ink(words, signing_page, signed),
        party_unsigned=words[f"statement.{record.party.way}"] if unsigned else "",
        inspectors=f"{words['roles.inspector']}：{'、'.join(person.name for person in document.inspectors)}",
        signing_page=signing_page,
    )


def _painted(
    sheet: Sheet, document: InspectionRecord | PhotoPageRecord, lines: RunningLines, across: str = ""
) -> bytes:
    properties = Properties(f"{document.title} {document.number}", sheet.record.office.authority, lines.sha256)
    return paint(sheet.pages.pages, lines.draw, sheet.photos, properties, across)
