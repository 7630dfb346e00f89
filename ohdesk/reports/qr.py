"""A QR code (ISO/IEC 18004) as black grounds of a page: sharp at any size, and no picture in the file."""

from typing import Any

from ohdesk.reports.pages import Page

QUIET = 4  # modules left white around it, as the standard asks


def draw_qr(page: Page, text: str, right: float, top: float, size: float) -> None:
    """Draw `text` in a square of `size` points below `top`, its quiet zone included; it ends at `right`."""
    from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel  # late: only a sheet with one needs it

    code: Any = QRCode(None, QRErrorCorrectLevel.M)  # a sheet that goes through a workshop gets stains
    code.addData(text)
    code.make()
    count = code.getModuleCount()
    module = size / (count + 2 * QUIET)
    left = right - size
    for line in range(count):
        y = top - (QUIET + line + 1) * module
        begin = None
        for place in range(count + 1):
            dark = place < count and code.isDark(line, place)
            if dark and begin is None:
                begin = place
            elif not dark and begin is not None:
                page.grounds.append((left + (QUIET + begin) * module, y, (place - begin) * module, module, 0.0))
                begin = None
