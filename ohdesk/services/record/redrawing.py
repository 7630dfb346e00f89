"""Whether the pages of a record say what its data says: the data is drawn again and compared with the file."""

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import product
from typing import Any

import msgspec

from ohdesk.domain.canonical import canonical, fingerprint
from ohdesk.domain.facts import Fact, Verdict
from ohdesk.domain.record import (
    PHOTO_PAGE,
    PHOTO_PAGE_FORMAT,
    RECORD_PAPERS,
    InspectionRecord,
    PhotoPageRecord,
    StrokeSet,
    scan_boxes,
)
from ohdesk.errors import UserError
from ohdesk.forms.papers import PaperForm, edition, papers_of, read_paper, record_forms, set_ids
from ohdesk.i18n import in_chinese, tr
from ohdesk.reports import record_papers
from ohdesk.reports.edition import RENDERER
from ohdesk.reports.papers import RenderedPaper
from ohdesk.security.pdf_signing import prepare
from ohdesk.security.pdf_structure import Inside, StructureError

_EDITION = re.compile("[1-9][0-9]{0,3}")  # no program, however new, has another


def pages_fact(
    inside: Inside | None,
    content: Mapping[str, Any] | None,
    original: Any = None,
    forms: Sequence[tuple[str, str]] = (),
) -> Fact:
    """Return whether a PDF was, before it was signed, the drawing of its embedded content.

    inside:   the inside of the PDF; None, as the content, when that cannot be relied on
    content:  what is embedded, {"record": …, "strokes": […]}
    original: for a page of later photos, the content of the record it belongs to; None when that is not at hand
    forms:    of papers, as this office worded them: "set/key", and the text of the file
    """
    verdict, detail = _compared(inside, content, original, forms)
    return Fact("pages", tr("页面写的就是内嵌的数据"), verdict, detail)


def _compared(
    inside: Inside | None, content: Mapping[str, Any] | None, original: Any, worded: Sequence[tuple[str, str]]
) -> tuple[Verdict, str]:
    if inside is None or content is None:
        return Verdict.UNCHECKED, tr("签名未全部核实，内部内容不可信，不再核对")
    record = content["record"]
    drawing, wording = str(record.get("renderer")), str(record.get("wording"))
    if _EDITION.fullmatch(drawing) is None:
        return Verdict.FAILS, tr("内嵌的数据没有写明版式")
    # Of what this program cannot draw the same way, nothing can be said: neither that it is right nor that it is wrong.
    if content.get("scans"):
        return _scanned(inside, content)
    is_page = record.get("fmt") == PHOTO_PAGE_FORMAT
    if is_page and original is None:
        return Verdict.UNCHECKED, tr("没有原记录可以核对")
    forms = _forms(record, original if is_page else record, worded) if drawing == RENDERER else None
    if forms is None:
        said = tr("本程序没有这份文书的版式（{edition}，{wording}）", edition=drawing, wording=wording[:40])
        return Verdict.UNCHECKED, said
    try:
        drawn = _later_photos(inside, content, original, forms) if is_page else _record(inside, content, forms)
        same = inside.begins_as(prepare(drawn.pdf, drawn.boxes, canonical(content)))
    # The edition is at hand: what it cannot draw, it has not drawn.
    except (UserError, StructureError, LookupError, ValueError) as error:
        return Verdict.FAILS, tr("按内嵌的数据画不出这份文书：{error}", error=str(error) or type(error).__name__)
    return (Verdict.HOLDS, "") if same else (Verdict.FAILS, tr("按内嵌的数据重画，与文件的页面不同"))


def _scanned(inside: Inside, content: Mapping[str, Any]) -> tuple[Verdict, str]:
    """Compare the pages of a record signed in ink: they are the scan whose hash stands in the data, nothing else."""
    scan = next((each for each in content["scans"] if each.get("paper") == content.get("paper")), None)
    if scan is None:
        return Verdict.FAILS, tr("内嵌的数据没有写明这份扫描件")
    pages = inside.beginning(int(scan["size"]))
    if sha256(pages).hexdigest() != scan["sha256"]:
        return Verdict.FAILS, tr("页面不是数据写明的扫描件")
    fields = tuple(str(each.get("field")) for each in content["record"]["inspectors"])
    same = inside.begins_as(prepare(pages, scan_boxes(fields), canonical(content)))
    return (Verdict.HOLDS, tr("纸质签名的扫描件")) if same else (Verdict.FAILS, tr("扫描件之外另有内容"))


def _forms(
    document: Mapping[str, Any], record: Mapping[str, Any], worded: Sequence[tuple[str, str]]
) -> dict[str, PaperForm] | None:
    """Return the forms a document was drawn with; None where they are not at hand."""
    wording, mode = document.get("wording"), str(dict(record.get("office") or {}).get("mode"))
    if wording not in set_ids():
        return None
    editions = {key: [paper] for key, paper in papers_of(str(wording)).items() if key in RECORD_PAPERS}
    for identity, text in worded:
        set_id, _, key = identity.partition("/")
        if set_id == wording and key in RECORD_PAPERS:
            editions.setdefault(key, []).append(read_paper(text.encode(), f"{key}.toml"))
    if set(editions) != set(RECORD_PAPERS):
        return None
    every = product(*(editions[key] for key in RECORD_PAPERS))
    found = (record_forms(dict(zip(RECORD_PAPERS, papers, strict=True)), mode) for papers in every)
    return next((forms for forms in found if edition(forms) == document.get("forms_sha256")), None)


@in_chinese()
def _record(inside: Inside, content: Mapping[str, Any], forms: Mapping[str, PaperForm]) -> RenderedPaper:
    record = msgspec.convert(content["record"], InspectionRecord)
    strokes = msgspec.convert(content["strokes"], tuple[StrokeSet, ...])
    paper = content["paper"]
    wanted = {photo.sha256 for photo in record.photos if photo.printed} if paper == PHOTO_PAGE else set()
    photos = inside.pictures(wanted)
    drawing = record_papers.RecordDrawing(forms, record, fingerprint(record), strokes, photos)
    return record_papers.render_record_paper(paper, drawing)


@in_chinese()
def _later_photos(
    inside: Inside, content: Mapping[str, Any], original: Any, forms: Mapping[str, PaperForm]
) -> RenderedPaper:
    page = msgspec.convert(content["record"], PhotoPageRecord)
    record = msgspec.convert(original, InspectionRecord)
    photos = inside.pictures({photo.sha256 for photo in page.photos if photo.printed})
    return record_papers.render_later_photos(forms, page, record, fingerprint(page), photos)
