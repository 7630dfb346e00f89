"""What becomes of one picture of a page: its mark read, the page turned upright by it, or why there is none.

Runs in a limited child: Pillow, PDFium and the reader of codes meet bytes from anywhere.
"""

from collections.abc import Iterator
from io import BytesIO
from math import atan2, degrees, sqrt

import msgspec
import zxingcpp
from PIL import Image, ImageFilter, UnidentifiedImageError
from pypdfium2 import PdfDocument, PdfiumError, PdfPage, raw

from ohdesk.domain.paper_mark import read_mark
from ohdesk.services.pictures.opening import BROKEN, RefusedError, bare, check, load, opened, parts
from ohdesk.services.scans.wire import Asked, Refusal, Seen

LONGEST_SEEN = 4800  # pixels of what is looked at: A4 at 400 dots to the inch
LONGEST_PDF = 3300  # of a page of a PDF that is looked at: A4 at 280 dots to the inch
LONGEST_COPY = 2600  # of a page that is kept: A4 at 200 dots to the inch, with a hand's breadth of table around it
JPEG_QUALITY = 80
_ENLARGED, _MOST_ENLARGED = 3.0, 48_000_000  # by how much a picture is enlarged for a second look, to how many pixels
_STRAIGHT = 0.2  # degrees: what nobody sees is not worth computing every point anew
_PDF = b"%PDF-"
_PDF_WITHIN = 1024  # bytes: other programs take a PDF that has so much before it
_NESTED = 4  # how deep a picture may lie in other things of a page
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_SHARPER, _CLOSE = ImageFilter.UnsharpMask(2, 200, 0), (2.0, 5.0)  # and by how much its surroundings are enlarged then
_PAPER_AROUND, _MOST_PLACES = 0.4, 6  # a share of the size of a code; what is looked at closer
_GREY = frozenset({"1", "L", "LA"})


class _PageRefusedError(Exception):
    def __init__(self, why: Refusal, parts: int = 1) -> None:
        self.answer = Seen(refusal=why, parts=parts)


def look(asked: Asked) -> Seen:
    """Return a page upright, with the text of its mark, or why there is none."""
    try:
        picture, count = _page(asked.original, asked.part)
        return msgspec.structs.replace(_upright(picture, asked.turn), parts=count)
    except RefusedError as refused:
        return Seen(refusal=Refusal(refused.why.value), width=refused.width, height=refused.height)
    except _PageRefusedError as refused:
        return refused.answer
    except UnidentifiedImageError:
        return Seen(refusal=Refusal.NO_PICTURE)
    except (PdfiumError, *BROKEN):
        return Seen(refusal=Refusal.TRUNCATED)


def _page(original: bytes, part: int) -> tuple[Image.Image, int]:
    """Return a page as a picture, as it lies in the file, and how many pages there are."""
    if original.find(_PDF, 0, _PDF_WITHIN) >= 0:
        return _page_of_pdf(original, part)
    with opened(original) as picture:
        count = parts(picture) if picture.format == "TIFF" else 1  # what moves is no document
        if part:
            picture.seek(part)
        check(picture)
        load(picture, original)
        is_grey = picture.mode in _GREY
        plain = bare(picture, _within(picture.size, LONGEST_SEEN))
        return plain.convert("L") if is_grey else plain, count


def _page_of_pdf(original: bytes, part: int) -> tuple[Image.Image, int]:
    try:
        document = PdfDocument(original)
    except PdfiumError as error:
        wanted = error.err_code == raw.FPDF_ERR_PASSWORD
        raise _PageRefusedError(Refusal.PASSWORD if wanted else Refusal.TRUNCATED) from error
    with document:
        count = len(document)
        page: PdfPage = document[part]
        if not any(page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=_NESTED)):
            raise _PageRefusedError(Refusal.DRAWN, count)
        scale = LONGEST_PDF / max(page.get_size())
        return page.render(scale=scale, prefer_bgrx=False).to_pil().convert("RGB"), count


def _within(size: tuple[int, int], longest: int) -> tuple[int, int]:
    return _times(size, min(1.0, longest / max(size)))


def _times(size: tuple[int, int], factor: float) -> tuple[int, int]:
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _upright(picture: Image.Image, turn: int) -> Seen:
    """Return the copy of a page turned by its mark, and by `turn` besides."""
    text, angle = _mark(picture.convert("L"))
    # In sight of the eye alone from here on: fewer points are turned sooner.
    copy = picture.resize(_within(picture.size, LONGEST_COPY), Image.Resampling.LANCZOS, reducing_gap=2.0)
    quarters = round(angle / 90)
    askew = angle - quarters * 90
    copy = _turned(copy, quarters * 90)
    if abs(askew) > _STRAIGHT:
        # White, as paper: a corner that nobody took must not look like something on it.
        copy = copy.rotate(askew, Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    out = BytesIO()
    _turned(copy, -turn).save(out, "JPEG", quality=JPEG_QUALITY)
    return Seen(copy=out.getvalue(), text=text)


def _turned(picture: Image.Image, angle: int) -> Image.Image:
    """Return a picture turned by whole quarters, counterclockwise, each of its points as it is."""
    ways = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}
    way = ways.get(angle % 360)
    return picture if way is None else picture.transpose(way)


def _mark(picture: Image.Image) -> tuple[str, float]:
    """Return the text of a page's mark and by how much the page is turned, degrees clockwise; "" and 0 without one."""
    for codes in _looks(picture):
        marks = [code for code in codes if code.valid and read_mark(code.text) is not None]  # among other codes
        if len({mark.text for mark in marks}) > 1:
            raise _PageRefusedError(Refusal.SEVERAL)
        if marks:
            return marks[0].text, _angle(marks[0].position)
    return "", 0.0


def _looks(picture: Image.Image) -> Iterator[list[zxingcpp.Barcode]]:
    """Yield what is read at a look, and then, while it is asked for more, at a closer one."""
    yield (found := _codes(picture))
    # A module of two or three points, somewhat out of focus, is told from its neighbours when there are more.
    factor = min(_ENLARGED, sqrt(_MOST_ENLARGED / (picture.width * picture.height)))
    yield (larger := _codes(_resized(picture, factor)))
    # Where something like a code is seen that cannot be read, it may be when the edges are made harder.
    around = {*(_around(code, 1.0) for code in found), *(_around(code, factor) for code in larger)}
    for place in sorted(around)[:_MOST_PLACES]:
        sharp = picture.crop(place).filter(_SHARPER)
        for close in _CLOSE:
            yield _codes(_resized(sharp, min(close, sqrt(_MOST_ENLARGED / (sharp.width * sharp.height)))))


def _codes(picture: Image.Image) -> list[zxingcpp.Barcode]:
    """Return the codes on a picture, also those that are seen and cannot be read."""
    return zxingcpp.read_barcodes(picture, formats=_QR, try_invert=False, return_errors=True)


def _around(code: zxingcpp.Barcode, factor: float) -> tuple[int, int, int, int]:
    """Return where a code is on a picture that was enlarged by `factor`, with some paper around it."""
    at = code.position
    corners = (at.top_left, at.top_right, at.bottom_left, at.bottom_right)
    xs, ys = [corner.x / factor for corner in corners], [corner.y / factor for corner in corners]
    more = _PAPER_AROUND * max(max(xs) - min(xs), max(ys) - min(ys)) + 1
    return round(min(xs) - more), round(min(ys) - more), round(max(xs) + more), round(max(ys) + more)


def _resized(picture: Image.Image, factor: float) -> Image.Image:
    return picture.resize(_times(picture.size, factor), Image.Resampling.BICUBIC)


def _angle(corners: zxingcpp.Position) -> float:
    """Return by how much a mark is turned: the mean of its four sides, since each corner is off by up to a point."""
    sides = (
        (corners.top_left, corners.top_right, 0),
        (corners.bottom_left, corners.bottom_right, 0),
        (corners.top_left, corners.bottom_left, 1),
        (corners.top_right, corners.bottom_right, 1),
    )
    across = down = 0
    for begin, end, is_side in sides:
        x, y = end.x - begin.x, end.y - begin.y
        across, down = (across + y, down - x) if is_side else (across + x, down + y)
    return degrees(atan2(down, across))
