"""Pages of a PDF as pictures; called on the worker only, where the library is loaded with the first call."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtGui import QImage

from ohdesk.errors import UserError
from ohdesk.i18n import tr

POINTS_PER_INCH = 72
# A file of ours has a few dozen pages of A4; what comes from elsewhere must not take all memory or all day.
_LARGEST = 64 << 20  # bytes, as large as a bundle carries
_MOST_PAGES = 1000
_LONGEST_SIDE = 14_400  # points: 200 inches, the most that PDF 1.7 knows (annex C)
_MOST_PIXELS = 64_000_000  # of one page: A4 at 600 dots per inch and room to spare
PageSize = tuple[float, float]  # width, height in points (1/72 inch)


def page_sizes(data: bytes) -> tuple[PageSize, ...]:
    """Return the size of every page. Raises UserError for what cannot be opened or is larger than any of ours."""
    with _opened(data) as document:
        sizes = tuple(document.get_page_size(number) for number in range(len(document)))
    if any(not 0 < side <= _LONGEST_SIDE for size in sizes for side in size):
        raise _too_large()
    return sizes


def page_picture(data: bytes, number: int, scale: float) -> QImage:
    """Return a page, counted from 0, as a picture of `scale` pixels to the point."""
    with _opened(data) as document:
        page = document[number]
        width, height = page.get_size()
        if width * height * scale**2 > _MOST_PIXELS:
            raise _too_large()
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
    if len(data) > _LARGEST:
        raise _too_large()
    import pypdfium2  # late: the library is large, and many days no PDF is looked at

    try:
        with pypdfium2.PdfDocument(data) as document:
            if len(document) > _MOST_PAGES:
                raise _too_large()
            document.init_forms()  # what stands in signature fields is part of the page
            yield document
    except pypdfium2.PdfiumError as error:
        raise UserError(tr("这份 PDF 打不开：内容不完整或已损坏。"), tr("请重新生成或重新接收这份文件。")) from error


def _too_large() -> UserError:
    return UserError(tr("这份 PDF 的文件、页数或页面过大，不在这里显示。"), tr("需要时请另存副本，用别的程序查看。"))
