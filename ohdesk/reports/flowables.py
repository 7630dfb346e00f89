"""Building blocks shared by all documents: headings, tables that run on, photo grids, signature strips."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ohdesk.domain.record import StrokeSet
from ohdesk.reports.pages import Ink, Page, Pages, Picture
from ohdesk.reports.styles import (
    BOTTOM,
    CAPTION,
    CAPTION_BOLD,
    CELL,
    CELL_HEAD,
    CELL_SECTION,
    FIELD,
    FIELD_LABEL,
    FOOT,
    FOOT_CENTRE,
    FOOT_RIGHT,
    FOOTER_RULE,
    HEAD_GRAY,
    HEADING,
    LABEL_GRAY,
    LEFT,
    MM,
    PADDING_X,
    PADDING_Y,
    RIGHT,
    TEXT_WIDTH,
    TOP,
    TextStyle,
)
from ohdesk.reports.typesetting import Line, set_lines

HUNDREDTH_MM = MM / 100
LABEL_WIDTH = 29 * MM
HALF_VALUE = TEXT_WIDTH / 2 - LABEL_WIDTH
FULL_VALUE = TEXT_WIDTH - LABEL_WIDTH
FIELD_HEIGHT, BLANK_FIELD = 7.2 * MM, 9.5 * MM
LINE_HEIGHT = CELL.leading + 2 * PADDING_Y  # of a row of a table, also where nothing stands in it
SHORTEST_PIECE = 40.0  # points: a row is only split over pages when at least this much stays behind
TALLEST_WHOLE_ROW = (TOP - BOTTOM) / 3
WIDEST_INK = 1.4  # a small signature is enlarged by no more than this
LEAST_STEP = 0.2  # line widths: pen points closer together than this on paper are left out
PHOTO_HEIGHT = 52 * MM
SINGLE_PHOTO_HEIGHT = 105 * MM
PHOTO_GAP = 2 * MM
ABOVE_HEADING, BELOW_HEADING = 6.0, 2.0

Cell = tuple[tuple[str, TextStyle], ...]  # paragraphs one below the other


Column = tuple[str, float]  # of a table: its heading and its width in millimetres


class PhotoBlock(NamedTuple):
    """A photo with the lines printed under it; width and height in pixels."""

    sha256: str
    width: int
    height: int
    heading: str
    lines: tuple[str, ...]


class Strip(NamedTuple):
    """One row to sign in: who, the strokes if any, what stands where there are none, and the lines beside them.

    certified: the signature is one by certificate, for which there is room beside the strokes
    """

    label: str
    ink: StrokeSet | None
    hint: str
    lines: tuple[str, ...]
    certified: bool = False


def heading(pages: Pages, text: str, following: float = 40.0) -> None:
    """Set a heading; it stays with at least `following` points of what comes after it."""
    pages.need(ABOVE_HEADING + HEADING.leading + BELOW_HEADING + following)
    pages.skip(ABOVE_HEADING)
    pages.paragraph(text, HEADING)
    pages.y -= BELOW_HEADING


def plain(text: str, style: TextStyle = CELL) -> Cell:
    """Return a table cell of one paragraph."""
    return ((text, style),)


def fields(pages: Pages, rows: Iterable[Sequence[tuple[str, str]]], style: TextStyle = FIELD) -> None:
    """Draw a table of labels and values: one pair over the whole width, or two pairs side by side.

    A value of "" is written by hand: its row is as high as handwriting.
    """
    for row in rows:
        value_width = FULL_VALUE if len(row) == 1 else HALF_VALUE
        cells = [cell for label, value in row for cell in (plain(label, FIELD_LABEL), plain(value, style))]
        widths = [LABEL_WIDTH, value_width] * len(row)
        least = BLANK_FIELD if any(not value for _, value in row) else FIELD_HEIGHT
        _place(pages, _row(cells, widths, [LABEL_GRAY, None] * len(row), least), None)


Block = list[tuple[Line, TextStyle]]  # the set lines of one cell


class _Row(NamedTuple):
    """A row ready to be drawn: the width, the lines and the gray ground of each cell; how high it is at least."""

    widths: Sequence[float]
    blocks: Sequence[Block]
    grays: Sequence[float | None]
    least: float

    @property
    def height(self) -> float:
        return max(_height(self.blocks), self.least)


def _row(
    cells: Sequence[Cell], widths: Sequence[float], grays: Sequence[float | None] = (), least: float = 0.0
) -> _Row:
    blocks = [_set_cell(cell, width - 2 * PADDING_X) for cell, width in zip(cells, widths, strict=True)]
    return _Row(widths, blocks, grays, least)


class Table:
    """A headed table over the whole text width, drawn row by row; the heading repeats on every page."""

    def __init__(self, pages: Pages, columns: Sequence[Column]) -> None:
        self._pages = pages
        self._widths = [width * MM for _, width in columns]
        head = [plain(heading, CELL_HEAD) for heading, _ in columns]
        self._head = _row(head, self._widths, [HEAD_GRAY] * len(head))
        self._begun = False

    def row(self, cells: Sequence[Cell]) -> None:
        """Add a row; a very tall one runs on to the next page."""
        self._add(_row(cells, self._widths, least=LINE_HEIGHT), 0.0)

    def band(self, text: str) -> None:
        """Add a row over all columns that names what follows; it never stands last on a page."""
        self._add(_row([plain(text, CELL_SECTION)], [sum(self._widths)]), SHORTEST_PIECE)

    def _add(self, row: _Row, following: float) -> None:
        # A row that will be split anyhow need not bring a page's worth of room.
        needed = min(row.height, TALLEST_WHOLE_ROW) + following
        if not self._begun:
            self._pages.need(self._head.height + needed)
            _draw_row(self._pages, self._head)
            self._begun = True
        elif following and self._pages.room < needed:
            self._pages.start_page()
            _draw_row(self._pages, self._head)
        _place(self._pages, row, self._head)


def _place(pages: Pages, row: _Row, head: _Row | None) -> None:
    """Draw a row where it fits: on this page, on the next one, or, a very tall one, on both and further ones."""
    while row.height > pages.room:
        # Only a row too tall to be moved whole is torn: a question and its answer are read together.
        if pages.room >= SHORTEST_PIECE and row.height > TALLEST_WHOLE_ROW:
            pieces = [_split(block, pages.room - 2 * PADDING_Y) for block in row.blocks]
            _draw_row(pages, row._replace(blocks=[first for first, _ in pieces]))
            row = row._replace(blocks=[rest for _, rest in pieces])
        pages.start_page()
        if head is not None:
            _draw_row(pages, head)
    _draw_row(pages, row)


def _set_cell(cell: Cell, width: float) -> Block:
    return [(line, style) for text, style in cell if text for line in set_lines(text, style, width)]


def _height(blocks: Sequence[Block]) -> float:
    return max(sum(style.leading for _, style in block) for block in blocks) + 2 * PADDING_Y


def _split(block: Block, room: float) -> tuple[Block, Block]:
    used, count = 0.0, 0
    for _, style in block:
        used += style.leading
        if used > room:
            break
        count += 1
    return block[:count], block[count:]


def _draw_row(pages: Pages, row: _Row) -> None:
    page, top, height, x = pages.page, pages.y, row.height, LEFT
    bottom = top - height
    for place, gray in enumerate(row.grays):
        if gray is not None:
            page.grounds.append((LEFT + sum(row.widths[:place]), bottom, row.widths[place], height, gray))
    page.rules += [(x, top, RIGHT, top), (x, bottom, RIGHT, bottom), (x, top, x, bottom)]
    for width, block in zip(row.widths, row.blocks, strict=True):
        slack = height - 2 * PADDING_Y - sum(style.leading for _, style in block)
        y = top - PADDING_Y - slack / 2
        for line, style in block:
            y = page.set(x + PADDING_X, y, (line,), style)
        x += width
        page.rules.append((x, top, x, bottom))
    pages.y = bottom


def foot(page: Page, left: str, middle: str, right: str) -> float:
    """Set the foot of a page below its rule; return where it ends."""
    page.rules.append((LEFT, FOOTER_RULE, RIGHT, FOOTER_RULE))
    top = FOOTER_RULE - 3
    page.write(LEFT, top, left, FOOT)
    page.write(LEFT, top, middle, FOOT_CENTRE)
    return page.write(LEFT, top, right, FOOT_RIGHT)


class PhotoGrid:
    """Photos two to a row, a single one large, each in its frame with its particulars below.

    Particulars taller than a photo follow below the row, over the whole width.
    """

    def __init__(self, photos: Sequence[PhotoBlock], height: float = 0.0) -> None:
        is_single = len(photos) == 1
        self._width = TEXT_WIDTH if is_single else TEXT_WIDTH / 2
        self._height = height or (SINGLE_PHOTO_HEIGHT if is_single else PHOTO_HEIGHT)
        self._rows: list[tuple[Sequence[PhotoBlock], list[Block], list[PhotoBlock]]] = []
        for start in range(0, len(photos), 2):
            pair = photos[start : start + 2]
            whole = [_caption(photo, photo.lines, self._width) for photo in pair]
            # Particulars as tall as this would push the next photo off the page, or not fit on any.
            too_tall = [photo for photo, block in zip(pair, whole, strict=True) if _height([block]) > PHOTO_HEIGHT]
            captions = [
                _caption(photo, (), self._width) if photo in too_tall else block
                for photo, block in zip(pair, whole, strict=True)
            ]
            self._rows.append((pair, captions, too_tall))

    @property
    def first_height(self) -> float:
        """The height of the first row, for the heading that stands with it."""
        return self._height + _height(self._rows[0][1]) if self._rows else 0.0

    def draw(self, pages: Pages) -> None:
        """Draw all rows; a row is never split."""
        for photos, captions, too_tall in self._rows:
            _photo_row(pages, photos, captions, self._width, self._height)
            for photo in too_tall:
                for line in (photo.heading, *photo.lines):
                    pages.paragraph(line, CAPTION)


def _caption(photo: PhotoBlock, lines: Sequence[str], width: float) -> Block:
    return _set_cell(((photo.heading, CAPTION_BOLD), *((line, CAPTION) for line in lines)), width - 2 * PADDING_X)


def _photo_row(
    pages: Pages, photos: Sequence[PhotoBlock], captions: Sequence[Block], width: float, height: float
) -> None:
    whole = height + _height(captions)
    pages.need(whole)
    for column, (photo, block) in enumerate(zip(photos, captions, strict=True)):
        x = LEFT + column * width
        pages.page.pictures.append(_picture(photo, x, pages.y, width, height))
        y = pages.y - height - PADDING_Y
        for line, style in block:
            y = pages.page.set(x + PADDING_X, y, (line,), style)
        pages.page.frame(x, pages.y - whole, width, whole)
    pages.y -= whole


def _picture(photo: PhotoBlock, x: float, top: float, width: float, height: float) -> Picture:
    """Return the photo in the middle of a frame, as large as fits."""
    scale = min((width - 2 * PHOTO_GAP) / photo.width, (height - 2 * PHOTO_GAP) / photo.height)
    shown_width, shown_height = photo.width * scale, photo.height * scale
    left, bottom = x + (width - shown_width) / 2, top - (height + shown_height) / 2
    return Picture(photo.sha256, left, bottom, shown_width, shown_height)


STRIP_HEIGHT = 16 * MM
STRIP_INK = 67 * MM
INK_GAP = 1.5 * MM
INK_WIDTH = 1.1
SMALL_INK_WIDTH = 0.6
HINT = TextStyle(FIELD.font, 8, 11, "centre", gray=0.45)

Rectangle = tuple[float, float, float, float]  # left, bottom, right, top in points


def strips_height(strips: Sequence[Strip]) -> float:
    """Return the height of rows to sign in, for the heading that stands with them."""
    return sum(_strip_height(strip) for strip in strips)


def signature_strips(pages: Pages, strips: Sequence[Strip]) -> tuple[Rectangle, ...]:
    """Draw rows to sign in, kept on one page; return the rectangle for the signature by certificate of each."""
    pages.need(strips_height(strips))
    return tuple(_strip(pages, strip) for strip in strips)


def _strip_lines(strip: Strip) -> list[Line]:
    width = TEXT_WIDTH - LABEL_WIDTH - STRIP_INK - 2 * PADDING_X
    return [line for text in strip.lines for line in set_lines(text, FIELD, width)]


def _strip_height(strip: Strip) -> float:
    return max(STRIP_HEIGHT, len(_strip_lines(strip)) * FIELD.leading + 2 * PADDING_Y)


def _strip(pages: Pages, strip: Strip) -> Rectangle:
    page, top, height = pages.page, pages.y, _strip_height(strip)
    bottom, middle = top - height, top - height / 2
    edges = (LEFT, LEFT + LABEL_WIDTH, LEFT + LABEL_WIDTH + STRIP_INK, RIGHT)
    page.rules += [(LEFT, top, RIGHT, top), (LEFT, bottom, RIGHT, bottom)]
    page.rules += [(edge, top, edge, bottom) for edge in edges]
    inside = (edges[1] + INK_GAP, bottom + INK_GAP, edges[2] - INK_GAP, top - INK_GAP)
    _centred(page, strip.label, FIELD_LABEL, (edges[0] + PADDING_X, edges[1] - PADDING_X), middle)
    if strip.ink is not None:
        written, inside = _beside(page, inside) if strip.certified else (inside, inside)
        page.ink.append(fit_ink(strip.ink, written, INK_WIDTH))
    if strip.ink is None or strip.certified:
        _centred(page, strip.hint, HINT, (inside[0], inside[2]), middle)
    lines = _strip_lines(strip)
    page.set(edges[2] + PADDING_X, middle + FIELD.leading * len(lines) / 2, lines, FIELD)
    pages.y = bottom
    return inside


def _beside(page: Page, inside: Rectangle) -> tuple[Rectangle, Rectangle]:
    """Return the half for the strokes and the half for the certificate, with a rule between them."""
    left, bottom, right, top = inside
    middle = (left + right) / 2
    page.rules.append((middle, bottom - INK_GAP, middle, top + INK_GAP))
    return (left, bottom, middle - INK_GAP, top), (middle + INK_GAP, bottom, right, top)


def _centred(page: Page, text: str, style: TextStyle, edges: tuple[float, float], middle: float) -> None:
    lines = set_lines(text, style, edges[1] - edges[0])
    page.set(edges[0], middle + style.leading * len(lines) / 2, lines, style)


def fit_ink(ink: StrokeSet, rectangle: Rectangle, width: float) -> Ink:
    """Return the strokes moved and scaled into the middle of a rectangle."""
    points = [point for stroke in ink.strokes for point in stroke]
    left, right = min(point[0] for point in points), max(point[0] for point in points)
    upper, lower = min(point[1] for point in points), max(point[1] for point in points)
    x1, y1, x2, y2 = rectangle
    # A dot or a straight line has no height or width: as large as it was drawn, never divided by nothing.
    scale = min((x2 - x1) / max(right - left, 1), (y2 - y1) / max(lower - upper, 1), WIDEST_INK * HUNDREDTH_MM)
    dx = (x1 + x2 - (left + right) * scale) / 2
    dy = (y1 + y2 + (upper + lower) * scale) / 2
    # A tablet sends hundreds of points a second, which nobody sees and every reader of the file would have to load.
    step = LEAST_STEP * width
    return Ink(
        tuple(_thinned([(dx + x * scale, dy - y * scale) for x, y, _ in stroke], step) for stroke in ink.strokes), width
    )


def _thinned(points: Sequence[tuple[float, float]], step: float) -> tuple[tuple[float, float], ...]:
    kept = [points[0]]
    for point in points[1:]:
        if abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) >= step:
            kept.append(point)
    return tuple(kept)
