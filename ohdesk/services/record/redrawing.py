"""Whether the pages of a record say what its data says: the data is drawn again and compared with the file."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from ohdesk.domain.canonical import canonical, fingerprint
from ohdesk.domain.facts import Fact, Verdict
from ohdesk.domain.record import PHOTO_PAGE_FORMAT, InspectionRecord, PhotoPageRecord, StrokeSet
from ohdesk.errors import UserError
from ohdesk.i18n import in_chinese, tr
from ohdesk.reports import inspection_record
from ohdesk.reports.edition import RENDERER
from ohdesk.reports.inspection_record import RenderedRecord
from ohdesk.reports.wording import wording_ids
from ohdesk.security.pdf_signing import prepare
from ohdesk.security.pdf_structure import Inside, StructureError

_EDITION = re.compile("[1-9][0-9]{0,3}")  # no program, however new, has another


def pages_fact(inside: Inside | None, content: Mapping[str, Any] | None, original: Any = None) -> Fact:
    """Return whether a PDF was, before it was signed, the drawing of its embedded content.

    inside:   the inside of the PDF; None, as the content, when that cannot be relied on
    content:  what is embedded, {"record": …, "strokes": […]}
    original: for a page of later photos, the content of the record it belongs to; None when that is not at hand
    """
    verdict, detail = _compared(inside, content, original)
    return Fact("pages", tr("页面写的就是内嵌的数据"), verdict, detail)


def _compared(inside: Inside | None, content: Mapping[str, Any] | None, original: Any) -> tuple[Verdict, str]:
    if inside is None or content is None:
        return Verdict.UNCHECKED, tr("签名未全部核实，内部内容不可信，不再核对")
    record = content["record"]
    edition, wording = str(record.get("renderer")), str(record.get("wording"))
    if _EDITION.fullmatch(edition) is None:
        return Verdict.FAILS, tr("内嵌的数据没有写明版式")
    # Of what this program cannot draw the same way, nothing can be said: neither that it is right nor that it is wrong.
    if edition != RENDERER or wording not in wording_ids():
        return Verdict.UNCHECKED, tr(
            "本程序没有这份文书的版式（{edition}，{wording}）", edition=edition, wording=wording
        )
    is_page = record.get("fmt") == PHOTO_PAGE_FORMAT
    if is_page and original is None:
        return Verdict.UNCHECKED, tr("没有原记录可以核对")
    try:
        drawn = _photo_page(inside, content, original) if is_page else _record(inside, content)
        same = inside.begins_as(prepare(drawn.pdf, drawn.boxes, canonical(content)))
    # The edition is at hand: what it cannot draw, it has not drawn.
    except (UserError, StructureError, LookupError, ValueError) as error:
        return Verdict.FAILS, tr("按内嵌的数据画不出这份文书：{error}", error=str(error) or type(error).__name__)
    return (Verdict.HOLDS, "") if same else (Verdict.FAILS, tr("按内嵌的数据重画，与文件的页面不同"))


@in_chinese()
def _record(inside: Inside, content: Mapping[str, Any]) -> RenderedRecord:
    record = msgspec.convert(content["record"], InspectionRecord)
    strokes = msgspec.convert(content["strokes"], tuple[StrokeSet, ...])
    photos = inside.pictures({photo.sha256 for photo in record.photos if photo.printed})
    return inspection_record.render(record, fingerprint(record), strokes, photos)


@in_chinese()
def _photo_page(inside: Inside, content: Mapping[str, Any], original: Any) -> RenderedRecord:
    page = msgspec.convert(content["record"], PhotoPageRecord)
    record = msgspec.convert(original, InspectionRecord)
    photos = inside.pictures({photo.sha256 for photo in page.photos if photo.printed})
    return inspection_record.render_photo_page(page, record, fingerprint(page), photos)
