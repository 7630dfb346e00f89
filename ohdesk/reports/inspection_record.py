"""The record of one visit (现场检查笔录) with its checklist annex and photo pages, as one PDF.

Facts only: it names the duties of the establishment, never a penalty.  The same record, strokes and photos give the
same bytes.  Which sections a mode prints, and in what words, stands in `resources/documents`.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ohdesk.domain.record import InspectionRecord, SignatureBox, StrokeSet
from ohdesk.reports import fonts, record_annexes, record_body, record_signatures
from ohdesk.reports.furniture import RunningLines, small_ink
from ohdesk.reports.pages import Pages, Properties, paint
from ohdesk.reports.record_sheet import Sheet
from ohdesk.reports.record_texts import texts_of
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
    record_body.opening(sheet)
    for section in sheet.mode.sections:
        SECTIONS[section](sheet)
    boxes = record_signatures.signatures(sheet)
    signing_page = len(sheet.pages.pages)
    record_annexes.lay_out_annexes(sheet)
    properties = Properties(f"{record.title} {record.number}", record.office.authority, record_sha256)
    lines = _running_lines(sheet, record_sha256, signing_page)
    return RenderedRecord(paint(sheet.pages.pages, lines.draw, photos, properties, across), boxes)


def _running_lines(sheet: Sheet, record_sha256: str, signing_page: int) -> RunningLines:
    record, words = sheet.record, sheet.words
    way = record.party.way
    signed = next((strokes for strokes in sheet.strokes if strokes.role == "party"), None)
    return RunningLines(
        words=words,
        heading=f"{record.title}　{record.body.name}",
        unconfirmed=not record.office.confirmed_by_county,
        number=record.number,
        sha256=record_sha256,
        party=None if signed is None else small_ink(words, signing_page, signed),
        party_unsigned=words[f"statement.{way}"] if way in record_signatures.UNSIGNED_WAYS else "",
        inspectors=f"{words['roles.inspector']}：{'、'.join(person.name for person in record.inspectors)}",
        signing_page=signing_page,
    )
