"""A QR code drawn as grounds of a page has every module where the standard puts it."""

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

from ohdesk.reports import fonts
from ohdesk.reports.pages import Page, Properties, paint
from ohdesk.reports.qr import QUIET, draw_qr
from ohdesk.reports.styles import PAGE_HEIGHT

TEXT = "019cacb3-f200-7a2d-ac7a-da07c17e09d4"
SIZE, RIGHT, TOP = 100.0, 200.0, 700.0


def test_every_module_is_black_or_white_on_paper_as_the_standard_says():
    import pypdfium2

    fonts.register()
    page = Page()
    draw_qr(page, TEXT, RIGHT, TOP, SIZE)
    pdf = paint([page], lambda *_: None, {}, Properties("", "", ""))
    scale = 6
    with pypdfium2.PdfDocument(pdf) as document:
        picture = document[0].render(scale=scale).to_pil().convert("L")
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(TEXT)
    code.make()
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
