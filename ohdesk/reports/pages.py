"""Pages being laid out, top to bottom, and the painting of them into one PDF.

Everything is laid out before anything is painted: only then is the number of pages known,
and a document that cannot be finished leaves nothing behind.  The same content always gives the same bytes.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from math import ceil, floor
from typing import TYPE_CHECKING, Any, NamedTuple

from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.reports import fonts
from ohdesk.reports.styles import BOTTOM, GRID_GRAY, LEFT, PAGE_HEIGHT, PAGE_WIDTH, RULE, TEXT_WIDTH, TOP, TextStyle
from ohdesk.reports.typesetting import Line, set_lines

if TYPE_CHECKING:
    from reportlab.pdfbase.pdfdoc import PDFImageXObject
    from reportlab.pdfgen.canvas import Canvas

BASELINE = 0.88  # ascent of the face as a share of the type size
ROUND = 1
DASH = (4, 3)  # points drawn and left out
_DARK = re.compile(b"\x01+")
ACROSS_SIZE = 150  # points
ACROSS_ANGLE = 50  # degrees
ACROSS_GRAY = 0.9  # what is printed over it stays legible


class TextRun(NamedTuple):
    """One line of text at its place."""

    x: float
    baseline: float
    text: str
    spacing: float
    style: TextStyle


class Picture(NamedTuple):
    """A JPEG, by its SHA-256, in a rectangle."""

    sha256: str
    x: float
    y: float
    width: float
    height: float


class Code(NamedTuple):
    """A square of dark and light modules: its upper left corner, the side of a module, and how many are on a side.

    modules: a byte for each, line by line, 1 for a dark one
    """

    left: float
    top: float
    module: float
    side: int
    modules: bytes


class CodePlace(NamedTuple):
    """Room left for the code of the page, which is not known while it is laid out: a square of `size` below `top`."""

    right: float
    top: float
    size: float


class Ink(NamedTuple):
    """Pen strokes, each a run of points on the page, drawn with one line width."""

    strokes: tuple[tuple[tuple[float, float], ...], ...]
    width: float


@dataclass(slots=True)
class Page:
    """What stands on one page; grounds (x, y, width, height, gray) lie below the rules and the text.

    dashes: rules that are broken · turned: lines that run down the page
    """

    grounds: list[tuple[float, float, float, float, float]] = field(default_factory=list)
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)
    runs: list[TextRun] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    ink: list[Ink] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    code_places: list[CodePlace] = field(default_factory=list)
    dashes: list[tuple[float, float, float, float]] = field(default_factory=list)
    turned: list[TextRun] = field(default_factory=list)

    def write(self, x: float, top: float, text: str, style: TextStyle, width: float = TEXT_WIDTH) -> float:
        """Set `text` below `top` in a column of `width`; return where it ends."""
        return self.set(x, top, set_lines(text, style, width), style)

    def set(self, x: float, top: float, lines: Sequence[Line], style: TextStyle) -> float:
        """Put lines already broken below `top`; return where they end."""
        baseline = top - (style.leading - style.size) / 2 - style.size * BASELINE
        for line in lines:
            if line.text:
                self.runs.append(TextRun(x + line.x, baseline, line.text, line.spacing, style))
            baseline -= style.leading
        return top - style.leading * len(lines)

    def frame(self, x: float, y: float, width: float, height: float) -> None:
        """Draw a rectangle; (x, y) is its lower left corner."""
        right, top = x + width, y + height
        self.rules += [(x, y, right, y), (x, top, right, top), (x, y, x, top), (right, y, right, top)]


class Pages:
    """A document being laid out: the pages so far, and `y`, where the next block begins on the last one."""

    def __init__(self) -> None:
        fonts.register()
        self.pages: list[Page] = []
        self.y = TOP
        self.start_page()

    @property
    def page(self) -> Page:
        """The page being filled."""
        return self.pages[-1]

    @property
    def room(self) -> float:
        """Points left on this page."""
        return self.y - BOTTOM

    def start_page(self) -> None:
        """Go on at the top of a new page."""
        self.pages.append(Page())
        self.y = TOP

    def start_page_unless_empty(self) -> None:
        """Go on at the top of a page."""
        if self.y < TOP:
            self.start_page()

    def need(self, height: float) -> None:
        """Start a new page unless `height` points are left, or the page is still empty."""
        if height > self.room and self.y < TOP:
            self.start_page()

    def skip(self, height: float) -> None:
        """Leave space, but none at the top of a page."""
        if self.y < TOP:
            self.y -= height

    def paragraph(self, text: str, style: TextStyle) -> None:
        """Set a paragraph over the whole width; it may run on to the next page, never leaving one line alone."""
        lines = set_lines(text, style, TEXT_WIDTH)
        while lines:
            fitting = int(self.room / style.leading)
            if fitting < min(2, len(lines)):
                self.start_page()
                continue
            # No widow: the last line takes the one before it along to the next page.
            if len(lines) - fitting == 1 and fitting > 2:
                fitting -= 1
            self.y = self.page.set(LEFT, self.y, lines[:fitting], style)
            lines = lines[fitting:]


class Properties(NamedTuple):
    """What the file says of itself."""

    title: str
    author: str
    subject: str


Furniture = Callable[[Page, int, int], None]  # adds header and footer to a page, given its number from 1 and the total


def paint(
    pages: Sequence[Page],
    furniture: Furniture,
    photos: Mapping[str, bytes],
    properties: Properties,
    across: str = "",
) -> bytes:
    """Return the PDF of the pages.

    photos: JPEG bytes by SHA-256, embedded unchanged
    across: a word that lies pale across every page of what is not final; empty for none
    Raises UserError for a photo that is no JPEG.
    """
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    size = (PAGE_WIDTH, PAGE_HEIGHT)  # with another first font, every page would name Helvetica, which is not embedded
    first_font: Any = fonts.REGULAR  # the type information takes the name for a number
    canvas = Canvas(out, pagesize=size, pageCompression=1, invariant=1, initialFontName=first_font)
    canvas.setTitle(properties.title)
    canvas.setAuthor(properties.author)
    canvas.setSubject(properties.subject)
    canvas.setCreator("ohdesk")
    canvas.setCatalogEntry("Lang", "zh-CN")
    drawn: dict[Ink, str] = {}
    for number, page in enumerate(pages, start=1):
        furniture(page, number, len(pages))
        if across:
            _paint_across(canvas, across)
        _paint_page(canvas, page, photos, drawn)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def jpeg_size(photo: bytes) -> tuple[int, int]:
    """Return width and height of a JPEG in pixels. Raises UserError for anything else."""
    image = _jpeg("size", photo)
    return image.width, image.height


def _paint_across(canvas: "Canvas", word: str) -> None:
    canvas.saveState()
    canvas.setFillGray(ACROSS_GRAY)
    canvas.setFont(fonts.REGULAR, ACROSS_SIZE)
    canvas.translate(PAGE_WIDTH / 2, PAGE_HEIGHT / 2)
    canvas.rotate(ACROSS_ANGLE)
    canvas.drawCentredString(0, -ACROSS_SIZE / 3, word)
    canvas.restoreState()


def _paint_page(canvas: "Canvas", page: Page, photos: Mapping[str, bytes], drawn: dict[Ink, str]) -> None:
    for x, y, width, height, gray in page.grounds:
        canvas.setFillGray(gray)
        canvas.rect(x, y, width, height, stroke=0, fill=1)
    canvas.setFillGray(0)
    canvas.setLineWidth(RULE)
    canvas.setStrokeGray(GRID_GRAY)
    if page.rules:
        canvas.lines(list(dict.fromkeys(page.rules)))  # rows share their edges
    canvas.setStrokeGray(0)
    if page.dashes:
        canvas.saveState()
        canvas.setDash(DASH)
        canvas.lines(page.dashes)
        canvas.restoreState()
    for picture in page.pictures:
        _paint_picture(canvas, picture, photos[picture.sha256])
    for ink in page.ink:
        _paint_ink(canvas, ink, drawn)
    for code in page.codes:
        _paint_code(canvas, code)
    _paint_text(canvas, page.runs, page.turned)


def _paint_text(canvas: "Canvas", runs: Sequence[TextRun], turned: Sequence[TextRun]) -> None:
    """Write the text of a page as operators (ISO 32000-1, 9.4).

    reportlab's text object would measure each line again, which the layout has done: a tenth of the time of a record.
    """
    writer = _Writer(canvas)
    for run in runs:
        writer.write(run)
    for run in turned:
        writer.write_down(run)
    writer.end()


class _Writer:
    """A text object being written: what holds already is not said again."""

    def __init__(self, canvas: "Canvas") -> None:
        self._canvas: Any = canvas
        self._operators = ["BT"]
        self._subset, self._size = ("", -1), 0.0
        self._x = self._y = self._spacing = self._gray = 0.0

    def write_down(self, run: TextRun) -> None:
        """Write a line that runs down the page; after it none that does not."""
        self._operators.append(f"0 -1 1 0 {run.x:.2f} {run.baseline:.2f} Tm")
        self._x = self._y = 0.0
        self.write(run._replace(x=0.0, baseline=0.0))

    def write(self, run: TextRun) -> None:
        """Write a line."""
        style, say = run.style, self._operators.append
        if style.gray != self._gray:
            self._gray = style.gray
            say(f"{style.gray:.6g} g")
        if run.spacing != self._spacing:
            self._spacing = run.spacing
            say(f"{run.spacing:.4f} Tc")
        # Between rounded places: other differences would add up down the page.
        x, y = round(run.x, 2), round(run.baseline, 2)
        say(f"{x - self._x:.6g} {y - self._y:.6g} Td")
        self._x, self._y = x, y
        for face, piece in fonts.pieces(style.font, run.text):
            self._piece(face, style.size, piece)

    def _piece(self, face: str, size: float, piece: str) -> None:
        canvas, font = self._canvas, fonts.load(face)
        document = canvas._doc  # noqa: SLF001
        for subset, part in font.splitString(piece, document):
            if (face, subset) != self._subset or size != self._size:
                self._subset, self._size = (face, subset), size
                self._operators.append(f"{font.getSubsetInternalName(subset, document)} {size:.6g} Tf")
            self._operators.append(f"({canvas._escape(part)}) Tj")  # noqa: SLF001

    def end(self) -> None:
        """Put the text onto the page."""
        self._canvas._code.append(" ".join((*self._operators, "ET")))  # noqa: SLF001


def _paint_ink(canvas: "Canvas", ink: Ink, drawn: dict[Ink, str]) -> None:
    """Paint strokes; the same strokes on several pages stand in the file once."""
    if ink not in drawn:
        drawn[ink] = f"ink{len(drawn)}"
        xs, ys = zip(*(point for stroke in ink.strokes for point in stroke), strict=True)
        left, lower = floor(min(xs) - ink.width), floor(min(ys) - ink.width)
        canvas.beginForm(drawn[ink], left, lower, ceil(max(xs) + ink.width), ceil(max(ys) + ink.width))
        canvas.saveState()
        canvas.setLineWidth(ink.width)
        canvas.setLineCap(ROUND)
        canvas.setLineJoin(ROUND)
        path = canvas.beginPath()
        for stroke in ink.strokes:
            path.moveTo(*stroke[0])
            for point in stroke[1:] or stroke[:1]:  # a dot is a line of no length with round caps
                path.lineTo(*point)
        canvas.drawPath(path)
        canvas.restoreState()
        canvas.endForm()
    canvas.doForm(drawn[ink])


def _paint_code(canvas: "Canvas", code: Code) -> None:
    canvas.saveState()
    canvas.transform(code.module, 0, 0, -code.module, code.left, code.top)
    # One area: painted one by one, neighbours would show a hair of white between them.  Written here, for a path of
    # reportlab takes ten times as long.
    lines = (code.modules[start : start + code.side] for start in range(0, len(code.modules), code.side))
    runs = [
        f"{run.start()} {y} {run.end() - run.start()} 1 re"
        for y, line in enumerate(lines)
        for run in _DARK.finditer(line)
    ]
    drawn: Any = canvas
    drawn._code.append(f"{' '.join(runs)} f")  # noqa: SLF001
    canvas.restoreState()


def _paint_picture(canvas: "Canvas", picture: Picture, photo: bytes) -> None:
    # drawImage would decode the JPEG only to give it a name; registered like this its bytes go in as they are.
    if not canvas.hasForm(picture.sha256):
        document: Any = canvas._doc  # type: ignore[attr-defined]  # noqa: SLF001
        document.addForm(picture.sha256, _jpeg(picture.sha256, photo))
    canvas.saveState()
    canvas.transform(picture.width, 0, 0, picture.height, picture.x, picture.y)
    canvas.doForm(picture.sha256)
    canvas.restoreState()


def _jpeg(name: str, photo: bytes) -> "PDFImageXObject":
    from reportlab.pdfbase.pdfdoc import PDFImageXObject

    image = PDFImageXObject(name)
    if not image.loadImageFromJPEG(BytesIO(photo)) or not image.width or not image.height:
        raise UserError(tr("有一张照片不是完整的 JPEG 图片，不能放进文书。"), tr("请删去这张照片后重新添加。"))
    return image
