"""The page of photos that came after the record (照片说明页), bound to it by hashes, signed by both inspectors."""

from collections.abc import Mapping

from ohdesk.domain.record import InspectionRecord, PhotoPageRecord
from ohdesk.reports import flowables, fonts
from ohdesk.reports.furniture import RunningLines
from ohdesk.reports.inspection_record import RenderedRecord
from ohdesk.reports.pages import Pages, Properties, paint
from ohdesk.reports.record_annexes import photo_grid
from ohdesk.reports.record_sheet import Sheet, printed_instant
from ohdesk.reports.record_signatures import inspector_signatures
from ohdesk.reports.record_texts import texts_of
from ohdesk.reports.styles import AUTHORITY, BODY, CELL, NUMBER, TITLE
from ohdesk.reports.wording import load_wording


def render_photo_page(
    page: PhotoPageRecord, record: InspectionRecord, page_sha256: str, photos: Mapping[str, bytes]
) -> RenderedRecord:
    """Return the PDF of a photo page to `record`, and where the inspectors' signatures belong.

    photos: JPEG bytes by SHA-256, embedded unchanged
    Raises ProblemsError when a character has no glyph, UserError when a photo is no JPEG.
    """
    fonts.refuse_missing_glyphs([*texts_of(page), *texts_of(record)])
    words = load_wording(page.wording)
    pages = Pages()
    pages.paragraph(record.office.authority, AUTHORITY)
    pages.paragraph(page.title, TITLE)
    pages.paragraph(f"{words['labels.number']}：{page.number}", NUMBER)
    introduction = words["photo_page.introduction"].format(
        number=page.record_number, title=page.record_title, finalized=printed_instant(page.finalized_at)
    )
    pages.paragraph(introduction, BODY)
    pages.skip(4)
    flowables.fields(pages, [[(words["labels.body"], record.body.name)]])
    flowables.fields(
        pages,
        [
            [(words["photo_page.record_fingerprint"], page.record_sha256)],
            [(words["photo_page.record_file"], page.record_pdf_sha256)],
        ],
        CELL,
    )
    pages.skip(8)
    sheet = Sheet(record, words, words.modes[record.office.mode], (), photos, pages)
    photo_grid(sheet, page.photos).draw(pages)
    boxes = inspector_signatures(pages, words, page.inspectors)
    lines = RunningLines(
        words=words,
        heading=f"{page.title}　{record.body.name}",
        unconfirmed=not record.office.confirmed_by_county,
        number=page.number,
        sha256=page_sha256,
        party=None,
        party_unsigned="",
        inspectors=f"{words['roles.inspector']}：{'、'.join(person.name for person in page.inspectors)}",
        signing_page=len(pages.pages),
    )
    properties = Properties(f"{page.title} {page.number}", record.office.authority, page_sha256)
    return RenderedRecord(paint(pages.pages, lines.draw, photos, properties), boxes)
