"""A QR code drawn as grounds of a page has every module where the standard puts it."""

import pytest
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

from ohdesk.reports import fonts
from ohdesk.reports.pages import Page, Properties, paint
from ohdesk.reports.qr import MASK, QUIET, VERSION, draw_qr, qr_modules
from ohdesk.reports.styles import PAGE_HEIGHT

TEXT = "019cacb3-f200-7a2d-ac7a-da07c17e09d4"
MARK = "OHDESK1*019CACB3F2007A2DAC7ADA07C17E09D4*12*128*9F86D081884C7D65"
SIZE, RIGHT, TOP = 100.0, 200.0, 700.0


def of_reportlab(text):
    code = QRCode(VERSION, QRErrorCorrectLevel.M)
    code.addData(text)
    code.makeImpl(False, MASK)
    return code


@pytest.mark.parametrize("text", [TEXT, MARK, MARK[:-1], "A", "·" * 31, "Z" * 90, "z" * 62])
def test_a_code_has_the_modules_that_another_encoder_gives_it(text):
    theirs = [int(dark) for line in of_reportlab(text).modules for dark in line]
    assert list(qr_modules(text)) == theirs


def test_a_text_that_does_not_fit_is_refused():
    for text in ("Z" * 91, "z" * 63):
        with pytest.raises(ValueError, match="do not go into"):
            qr_modules(text)


def test_every_module_is_black_or_white_on_paper_as_the_standard_says():
    import pypdfium2

    fonts.register()
    page = Page()
    draw_qr(page, TEXT, RIGHT, TOP, SIZE)
    pdf = paint([page], lambda *_: None, {}, Properties("", "", ""))
    scale = 6
    with pypdfium2.PdfDocument(pdf) as document:
        picture = document[0].render(scale=scale).to_pil().convert("L")
    code = of_reportlab(TEXT)
    count = code.getModuleCount()
    module = SIZE / (count + 2 * QUIET)

    def is_black(line, place):
        x = RIGHT - SIZE + (QUIET + place + 0.5) * module
        y = PAGE_HEIGHT - TOP + (QUIET + line + 0.5) * module
        return picture.getpixel((int(x * scale), int(y * scale))) < 128

    around = range(-QUIET, count + QUIET)
    for line in around:
        for place in around:
            inside = 0 <= line < count and 0 <= place < count
            assert is_black(line, place) == (inside and code.isDark(line, place))
