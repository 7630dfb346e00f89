"""The record of one visit (现场检查笔录) with its checklist annex and photos, and the page of photos that came later.

Facts only: it names the duties of the establishment, never a penalty.  The same record, strokes and photos give the
same bytes.  Which sections a mode prints, and in what words, stands in `resources/documents`.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ohdesk.domain.record import InspectionRecord, PhotoPageRecord, SignatureBox, Signer, StrokeSet
from ohdesk.reports import flowables, fonts, record_annexes, record_body
from ohdesk.reports.pages import Page, Pages, Properties, paint
from ohdesk.reports.record_body import Sheet, printed_instant
from ohdesk.reports.record_texts import texts_of
from ohdesk.reports.styles import (
    AUTHORITY,
    BODY,
    CELL,
    FINGERPRINT_DIGITS,
    FOOT,
    FOOT_RIGHT,
    FOOT_SMALL,
    FOOTER_RULE,
    HEADER_LINE,
    LEFT,
    MM,
    NUMBER,
    RIGHT,
    TEXT_WIDTH,
    TITLE,
)
from ohdesk.reports.typesetting import shortened, text_width
from ohdesk.reports.wording import load_wording

STRIP_TOP = FOOTER_RULE + 8 * MM
SMALL_INK = (26 * MM, 7 * MM)
PADDING = 3.0
HEADING_WIDTH = TEXT_WIDTH * 0.75

Document = InspectionRecord | PhotoPageRecord


class RenderedRecord(NamedTuple):
    """The unsigned PDF, and where each inspector's certificate signature belongs."""

    pdf: bytes
    boxes: tuple[SignatureBox, ...]


class _RunningLines:
    """Header and footer of one document; made while the page with the signatures is the last one.

    sha256: the document's fingerprint (文档指纹); 16 digits are printed
    """

    def __init__(self, sheet: Sheet, document: Document, sha256: str) -> None:
        self._sheet, self._words, self._document, self._sha256 = sheet, sheet.words, document, sha256
        self._signing_page = len(sheet.pages.pages)
        self._signed_on = sheet.words["signed_on_page"].format(page=self._signing_page)
        party = next((strokes for strokes in sheet.strokes if strokes.role is Signer.PARTY), None)
        left = LEFT + text_width(self._signed_on, FOOT) + PADDING
        box = (left, FOOTER_RULE + 1.5, left + SMALL_INK[0], FOOTER_RULE + SMALL_INK[1])
        self._party = None if party is None else flowables.fit_ink(party, box, flowables.SMALL_INK_WIDTH)

    def paint(self, across: str = "") -> bytes:
        """Return the PDF of all pages, with head and foot."""
        authority = self._sheet.record.office.authority
        properties = Properties(f"{self._document.title} {self._document.number}", authority, self._sha256)
        return paint(self._sheet.pages.pages, self._draw, self._sheet.photos, properties, across)

    def _draw(self, page: Page, number: int, total: int) -> None:
        words = self._words
        self._header(page, number)
        # The page with the signatures themselves needs no second one.
        if number != self._signing_page:
            self._signature_strip(page)
        left = f"{words['labels.number']} {self._document.number}"
        fingerprint = words["fingerprint"].format(digits=self._sha256[:FINGERPRINT_DIGITS])
        below = flowables.foot(page, left, words["page"].format(number=number, total=total), fingerprint)
        page.write(LEFT, below - 1, words["check_hint"], FOOT_SMALL)

    def _header(self, page: Page, number: int) -> None:
        if number > 1:
            heading = f"{self._document.title}　{self._sheet.record.body.name}"
            page.write(LEFT, HEADER_LINE, shortened(heading, FOOT, HEADING_WIDTH), FOOT)
        if not self._sheet.record.office.confirmed_by_county:
            mark = self._words["unconfirmed_by_county"]
            width = text_width(mark, FOOT) + 2 * PADDING
            page.write(RIGHT - width + PADDING, HEADER_LINE, mark, FOOT)
            page.frame(RIGHT - width, HEADER_LINE - FOOT.leading - 1, width, FOOT.leading + 2)

    def _signature_strip(self, page: Page) -> None:
        top, way = STRIP_TOP - 5, self._sheet.record.party.way
        if self._party is not None:
            page.write(LEFT, top, self._signed_on, FOOT)
            page.ink.append(self._party)
        # The party has no part in a page of photos that came later.
        elif self._document is self._sheet.record and not way.signs:
            page.write(LEFT, top, shortened(self._words[f"statement.{way}"], FOOT, TEXT_WIDTH / 2), FOOT)
        names = "、".join(person.name for person in self._document.inspectors)
        inspectors = f"{self._words['roles.inspector']}：{names}"
        page.write(LEFT, top, shortened(inspectors, FOOT, TEXT_WIDTH / 2), FOOT_RIGHT)


SECTIONS = {
    "told": record_body.told,
    "situation": record_body.situation,
    "ended_early": record_body.ended_early,
    "counts": record_body.counts,
    "annexes": record_annexes.list_annexes,
    "statement": record_body.statement,
}


def render(
    record: InspectionRecord,
    record_sha256: str,
    strokes: Sequence[StrokeSet],
    photos: Mapping[str, bytes],
    across: str = "",
) -> RenderedRecord:
    """Return the PDF of a record.

    photos: the stored JPEG bytes by SHA-256, of every photo that is printed; embedded unchanged
    across: a word that lies pale across every page of a draft; empty for what is signed
    Raises ProblemsError when a character has no glyph, UserError when a photo is no JPEG.
    """
    fonts.refuse_missing_glyphs(texts_of(record, strokes))
    sheet = _opened(record, record, strokes, photos)
    sheet.pages.skip(3)
    record_body.particulars(sheet)
    for section in sheet.words.modes[record.office.mode].sections:
        SECTIONS[section](sheet)
    boxes = record_body.signatures(sheet, record.inspectors, record_body.handwritten(sheet))
    lines = _RunningLines(sheet, record, record_sha256)
    record_annexes.lay_out_annexes(sheet)
    return RenderedRecord(lines.paint(across), boxes)


def render_photo_page(
    page: PhotoPageRecord, record: InspectionRecord, page_sha256: str, photos: Mapping[str, bytes]
) -> RenderedRecord:
    """Return the PDF of the page of photos that came after `record` (照片说明页), bound to it by hashes.

    photos: JPEG bytes by SHA-256, embedded unchanged
    Raises ProblemsError when a character has no glyph, UserError when a photo is no JPEG.
    """
    fonts.refuse_missing_glyphs([*texts_of(page), *texts_of(record)])
    sheet = _opened(page, record, (), photos)
    pages, words = sheet.pages, sheet.words
    introduction = words["photo_page.introduction"].format(
        number=page.record_number, title=page.record_title, finalized=printed_instant(page.finalized_at)
    )
    pages.paragraph(introduction, BODY)
    pages.skip(4)
    flowables.fields(pages, [[(words["labels.body"], record.body.name)]])
    hashes = (("record_fingerprint", page.record_sha256), ("record_file", page.record_pdf_sha256))
    flowables.fields(pages, [[(words[f"photo_page.{key}"], digest)] for key, digest in hashes], CELL)
    pages.skip(8)
    record_annexes.draw_photos(sheet, page.photos)
    boxes = record_body.signatures(sheet, page.inspectors)
    return RenderedRecord(_RunningLines(sheet, page, page_sha256).paint(), boxes)


def _opened(
    document: Document, record: InspectionRecord, strokes: Sequence[StrokeSet], photos: Mapping[str, bytes]
) -> Sheet:
    """Return the sheet with the authority, the title and the number on it."""
    words, pages = load_wording(document.wording).of(record.office.mode), Pages()
    pages.paragraph(record.office.authority, AUTHORITY)
    pages.paragraph(document.title, TITLE)
    pages.paragraph(f"{words['labels.number']}：{document.number}", NUMBER)
    return Sheet(record, words, strokes, photos, pages)
