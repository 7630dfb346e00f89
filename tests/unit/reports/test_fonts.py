"""Every character of a document is drawn, and read back as itself."""

import subprocess
import unicodedata
from io import BytesIO

import pikepdf
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from ohdesk.errors import ProblemsError, UserError
from ohdesk.reports import fonts
from ohdesk.reports.pages import Page, Properties, paint
from ohdesk.reports.styles import TextStyle
from ohdesk.reports.typesetting import text_width

RARE = "㙟 𬴃 𠅤 䶮 𬭎 𬸦 㸃 堃 喆 镕 旸"
# In none of the large faces: names and words of Guangdong, and signs of the trade.
ELSEWHERE = "𠝹 𡃁 𨋢 𪨶 CO₂ m⁻³ ☑ ☐ ☒ ⩽"
FACES = tuple(fonts.INSTEAD)


def drawn(text: str) -> bytes:
    page = Page()
    for row, name in enumerate(FACES):
        page.write(40, 780 - 40 * row, text, TextStyle(name, 12, 16))
    return paint([page], lambda *_: None, {}, Properties("", "", ""))


def read_back(pdf: bytes) -> str:
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()


@pytest.mark.parametrize("text", [RARE, ELSEWHERE, "㎡℃μ≥×"])
def test_every_face_prints_rare_characters_and_signs_and_they_are_read_back(text):
    lines = [line.strip() for line in read_back(drawn(text)).splitlines() if line.strip() and line != "\f"]
    assert [line.replace(" ", "") for line in lines] == [text.replace(" ", "")] * len(FACES)


def test_a_line_is_as_wide_as_the_faces_that_draw_it_and_they_are_all_embedded():
    text, style = f"甲{ELSEWHERE}", TextStyle(fonts.REGULAR, 12, 16)
    width, pieces = text_width(text, style), list(fonts.pieces(fonts.REGULAR, text))
    assert {face for face, _ in pieces} == {fonts.REGULAR, fonts.EXTRA}
    assert width == pytest.approx(sum(pdfmetrics.stringWidth(piece, face, style.size) for face, piece in pieces))
    with pikepdf.open(BytesIO(drawn(text))) as pdf:
        embedded = [str(font.BaseFont) for font in pdf.objects if has_type(font, "/Font") and font.FontDescriptor]
        files = [each for each in pdf.objects if has_type(each, "/FontDescriptor") and each.FontFile2]
    assert len(files) == len(embedded)
    assert {name.partition("+")[2] for name in embedded} >= {"OhdeskExtra", "NotoSerifSC-Regular"}


def has_type(each: pikepdf.Object, name: str) -> bool:
    return isinstance(each, pikepdf.Dictionary) and each.get("/Type") == name


def test_more_than_a_hundred_different_characters_are_read_back():
    text = "".join(chr(point) for point in range(0x4E00, 0x4E00 + 140))
    fonts.register()
    held = BytesIO()
    canvas = Canvas(held)
    canvas.setFont(fonts.REGULAR, 12)
    for row in range(4):
        canvas.drawString(40, 780 - 20 * row, text[35 * row : 35 * row + 35])
    canvas.save()
    assert "".join(read_back(held.getvalue()).split()) == text
    blocks = fonts.to_unicode_cmap("F", [ord(char) for char in text]).split("beginbfchar")[:-1]
    assert [int(block.split()[-1]) for block in blocks] == [100, 40]


def test_the_table_for_reading_back_writes_utf16_pairs():
    assert "<01> <D840DD64>" in fonts.to_unicode_cmap("F", [0, 0x20164])
    assert "<00>" not in fonts.to_unicode_cmap("F", [0, 0x41]).replace("<00> <FF>", "")


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("陈𠅤䶮", ()),
        ("☑甲☐ CO₂", ()),
        ("🏭甲🏭", ("🏭",)),
        ("甲\u200b乙", ("\u200b",)),
        ("a\u202eb", ("\u202e",)),
        ("\U00020003", ("\U00020003",)),
    ],
)
def test_what_would_print_as_nothing_is_found(text, missing):
    assert fonts.missing_glyphs(text) == missing


def test_a_missing_glyph_is_refused_with_the_character_its_code_point_and_its_place():
    with pytest.raises(ProblemsError) as refused:
        fonts.refuse_missing_glyphs([("单位名称", "甲"), ("当事人姓名", "王\U00020003🏭")])
    assert "当事人姓名" in refused.value.message
    assert "U+20003" in refused.value.message
    assert "🏭" in refused.value.message
    assert [problem.place for problem in refused.value.problems] == ["当事人姓名", "当事人姓名"]
    assert isinstance(refused.value, UserError)


def test_every_character_in_common_use_can_be_drawn():
    common = (
        bytes([high, low]).decode("gb2312")
        for high in range(0xB0, 0xF8)
        for low in range(0xA1, 0xFF)
        if not (high == 0xD7 and low > 0xF9)
    )
    assert fonts.missing_glyphs("".join(common)) == ()


@example("\U0002f987")  # a compatibility form: what it becomes has no glyph
@settings(max_examples=20)
@given(st.text(st.characters(categories=["Lo", "Lu", "Nd", "Po"], max_codepoint=0x30000), min_size=1, max_size=12))
def test_whatever_is_not_reported_missing_is_read_back(text):
    text = unicodedata.normalize("NFC", text)  # first: it turns some characters into others, which may be missing
    text = "".join(
        char
        for char in text
        if char not in fonts.missing_glyphs(text) and unicodedata.name(char, "").startswith("CJK UNIFIED")
    )
    if text:
        assert text in read_back(drawn(f"甲{text}乙"))
