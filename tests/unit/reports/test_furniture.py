"""Around the text of a paper: codes, seam, seal, slip and annexes stand where they belong, on one page each."""

import subprocess

import pytest

from ohdesk.domain.paper_mark import PaperMark
from ohdesk.reports import furniture
from ohdesk.reports.flowables import Strip, signature_strips
from ohdesk.reports.furniture import Foot
from ohdesk.reports.pages import Pages, Properties, paint
from ohdesk.reports.qr import MODULES, qr_modules
from ohdesk.reports.styles import BODY, BOTTOM, PAGE_WIDTH, RIGHT, TOP
from tests.unit.reports import sample_record as sample

PAPER, NUMBER = "0192c0ff-ee00-7a2d-ac7a-da07c17e09d4", "青卫职责改〔2026〕003号"


def mark(number, total):
    return PaperMark(PAPER, number, total, "9f86d081884c7d65")


def laid_out(filler: int, *, annex: bool = True) -> Pages:
    """A notice with some lines, a seal, a slip, and an annex."""
    pages = Pages()
    for _ in range(filler):
        pages.paragraph("现责令你单位限期改正。", BODY)
    furniture.seal(pages, ["云屏县卫生健康局", "2026年3月2日"])
    furniture.slip(pages, "沿此线撕下", "回执", ["收件人：", "收到时间："])
    if annex:
        furniture.annex_heading(pages, "附件1", "现场检查表")
    return pages


def painted(pages: Pages) -> bytes:
    def furnish(page, number, total):
        counted = f"第 {number} 页 共 {total} 页"
        furniture.paper_foot(page, Foot(NUMBER, counted, "文档指纹 9f86", "扫码核对"), mark(number, total))
        furniture.seam(page, NUMBER, counted, total)

    return paint(pages.pages, furnish, {}, Properties("", "", ""))


def test_every_page_has_its_own_code_beside_the_text_and_the_slip_that_of_its_page():
    pages = laid_out(3)
    painted(pages)
    codes = [[code.modules for code in page.codes] for page in pages.pages]
    first, second = (qr_modules(mark(number, 2).text) for number in (1, 2))
    assert codes == [[first, first], [second]]
    for page in pages.pages:
        corner = page.codes[0]
        assert corner.left > RIGHT
        assert corner.left + MODULES * corner.module < PAGE_WIDTH
        assert 0 < corner.top - MODULES * corner.module < corner.top < BOTTOM


def test_only_a_paper_of_several_pages_is_marked_for_the_seal_across_them():
    several, single = laid_out(3), laid_out(3, annex=False)
    painted(single)
    assert [page.turned for page in single.pages] == [[]]
    told = subprocess.run(["pdftotext", "-raw", "-", "-"], input=painted(several), capture_output=True, check=True)
    pages = ["".join(page.split()) for page in told.stdout.decode().split("\f")]
    # Once at the foot and once down the edge.
    assert [page.count(f"第{number}页共2页") for number, page in enumerate(pages[:2], 1)] == [2, 2]


@pytest.mark.parametrize("filler", [30, 33, 36])  # lines after which less and less room is left
def test_seal_and_slip_stay_whole_however_full_the_page_is(filler):
    pages = laid_out(filler, annex=False)
    where = {run.text: number for number, page in enumerate(pages.pages) for run in page.runs}
    assert where["云屏县卫生健康局"] == where["2026年3月2日"]
    assert where["回执"] == where["收到时间："] == where["沿此线撕下"]
    slip = pages.pages[where["回执"]]
    (place,) = slip.code_places
    assert place.top - place.size > BOTTOM
    assert max(run.baseline for run in slip.runs) < TOP
    (day,) = (run for page in pages.pages for run in page.runs if run.text.startswith("2026"))
    assert day.baseline - furniture.SEAL / 2 > BOTTOM - day.style.leading


def test_an_annex_begins_a_page_and_leaves_none_empty():
    pages = Pages()
    furniture.annex_heading(pages, "附件1", "现场检查表")
    furniture.annex_heading(pages, "附件2", "现场照片")
    assert [page.runs[0].text for page in pages.pages] == ["附件1", "附件2"]


def test_an_inspectors_strokes_stand_beside_the_place_of_the_certificate():
    pages, ink = Pages(), sample.ink("party", "䶮安", sample.record())
    rows = [Strip("检查人员", strokes, "数字签名", ("周衡", "11时42分"), certified=True) for strokes in (ink, None)]
    (beside, whole) = signature_strips(pages, rows)
    drawn = [x for stroke in pages.page.ink[0].strokes for x, _ in stroke]
    assert whole[0] <= min(drawn) < max(drawn) < beside[0]
    assert beside[2] == whole[2]


def test_the_same_paper_has_the_same_bytes():
    pdf = painted(laid_out(3))
    assert pdf == painted(laid_out(3))
