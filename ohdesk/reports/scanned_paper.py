"""A paper signed in ink, as it came back: a picture on each page, nothing else."""

from collections.abc import Sequence
from hashlib import sha256

from ohdesk.reports import fonts
from ohdesk.reports.pages import Page, Picture, Properties, jpeg_size, paint
from ohdesk.reports.styles import PAGE_HEIGHT, PAGE_WIDTH


def render_scans(pictures: Sequence[bytes], title: str) -> bytes:
    """Return the PDF with each of these pictures (JPEG) as large as its page takes it, in their order.

    title: what the file says of itself.  Raises UserError for what is no JPEG.
    """
    fonts.register()
    digests = [sha256(picture).hexdigest() for picture in pictures]
    pages = [Page(pictures=[_whole_page(*each)]) for each in zip(digests, pictures, strict=True)]
    photos = dict(zip(digests, pictures, strict=True))
    return paint(pages, lambda *_: None, photos, Properties(title, "", ""))


def _whole_page(digest: str, photo: bytes) -> Picture:
    width, height = jpeg_size(photo)
    scale = min(PAGE_WIDTH / width, PAGE_HEIGHT / height)
    x, y = (PAGE_WIDTH - width * scale) / 2, (PAGE_HEIGHT - height * scale) / 2
    return Picture(digest, x, y, width * scale, height * scale)
