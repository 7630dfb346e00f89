"""Pages of a PDF as pictures; called on the worker only, where the library is loaded with the first call."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtGui import QImage

from ohdesk.errors import UserError
from ohdesk.i18n import tr

POINTS_PER_INCH = 72
PageSize = tuple[float, float]  # width, height in points (1/72 inch)


def page_sizes(data: bytes) -> tuple[PageSize, ...]:
    """Return the size of every page."""
    with _opened(data) as document:
        return tuple(document.get_page_size(number) for number in range(len(document)))


def page_picture(data: bytes, number: int, scale: float) -> QImage:
    """Return a page, counted from 0, as a picture of `scale` pixels to the point."""
    with _opened(data) as document:
        page = document[number]
        bitmap = page.render(scale=scale, prefer_bgrx=True)
        held = bytes(bitmap.buffer)
        # A copy: the picture would point into bytes that go with this call.
        picture = QImage(held, bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGB32).copy()
        bitmap.close()
        page.close()
        return picture


@contextmanager
def _opened(data: bytes) -> Iterator[Any]:
    """Open the PDF for one call; it opens in less than a millisecond, and nothing is left for another thread."""
    import pypdfium2  # late: the library is large, and many days no PDF is looked at

    try:
        with pypdfium2.PdfDocument(data) as document:
            document.init_forms()  # what stands in signature fields is part of the page
            yield document
    except pypdfium2.PdfiumError as error:
        raise UserError(tr("这份 PDF 打不开：内容不完整或已损坏。"), tr("请重新生成或重新接收这份文件。")) from error
