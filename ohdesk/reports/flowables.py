"""Building blocks shared by all documents: headings, tables that run on, photo grids, signature strips."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ohdesk.domain.record import StrokeSet
from ohdesk.reports.pages import Ink, Page, Pages, Picture
from ohdesk.reports.styles import (
    BOTTOM,
    CELL,
    CELL_HEAD,
    CELL_SECTION,
    FIELD,
    FIELD_LABEL,
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
SHORTEST_PIECE = 40.0  # points: a row is only split over pages when at least this much stays behind
TALLEST_WHOLE_ROW = (TOP - BOTTOM) / 3
WIDEST_INK = 1.4  # a small signature is enlarged by no more than this
LEAST_STEP = 0.2  # line widths: pen points closer together than this on paper are left out
PHOTO_HEIGHT = 52 * MM
PHOTO_GAP = 2 * MM

Cell = tuple[tuple[str, TextStyle], ...]  # paragraphs one below the other


class Column(NamedTuple):
    """A column of a table: its heading and its width in points."""

    heading: str
    width: float


class PhotoBlock(NamedTuple):
    """A photo with the lines printed under it; width and height in pixels."""

    sha256: str
    width: int
    height: int
    heading: str
    lines: tuple[str, ...]


class Strip(NamedTuple):
    """One row to sign in: who, the strokes if any, and the lines beside them."""

    label: str
    ink: StrokeSet | None
    hint: str
    lines: tuple[str, ...]


def heading(pages: Pages, text: str, following: float = 40.0, style: TextStyle = HEADING) -> None:
    """Set a heading; it stays with at least `following` points of what comes after it."""
    pages.need(7 + style.leading + following)
    pages.skip(7)
    pages.paragraph(text, style)
    pages.y -= 2


def plain(text: str, style: TextStyle = CELL) -> Cell:
    """Return a table cell of one paragraph."""
    return ((text, style),)


def fields(pages: Pages, rows: Iterable[Sequence[tuple[str, str]]]) -> None:
    """Draw a table of labels and values: one pair over the whole width, or two pairs side by side."""
    top_rule(pages)
    for row in rows:
        value_width = FULL_VALUE if len(row) == 1 else HALF_VALUE
        _label_grounds(pages, row, value_width)
        cells = [cell for label, value in row for cell in (plain(label, FIELD_LABEL), plain(value, FIELD))]
        _row(pages, [LABEL_WIDTH, value_width] * len(row), cells, None)


def _label_grounds(pages: Pages, row: Sequence[tuple[str, str]], value_width: float) -> None:
    blocks = [_set_cell(plain(value, FIELD), value_width - 2 * PADDING_X) for _, value in row]
    blocks += [_set_cell(plain(label, FIELD_LABEL), LABEL_WIDTH - 2 * PADDING_X) for label, _ in row]
    height = _height(blocks)
    if height <= pages.room:
        for place in range(len(row)):
            x = LEFT + place * (LABEL_WIDTH + value_width)
            pages.page.grounds.append((x, pages.y - height, LABEL_WIDTH, height, LABEL_GRAY))


def top_rule(pages: Pages) -> None:
    """Draw the upper edge of a table."""
    pages.page.rules.append((LEFT, pages.y, RIGHT, pages.y))


class Table:
    """A headed table over the whole text width, drawn row by row; the heading repeats on every page."""

    def __init__(self, pages: Pages, columns: Sequence[Column]) -> None:
        self._pages = pages
        self._widths = [column.width for column in columns]
        self._head = [plain(column.heading, CELL_HEAD) for column in columns]
        self._draw_head()

    def row(self, cells: Sequence[Cell]) -> None:
        """Add a row; a very tall one runs on to the next page."""
        _row(self._pages, self._widths, cells, self)

    def band(self, text: str) -> None:
        """Add a row over all columns that names what follows; it never stands last on a page."""
        height = CELL_SECTION.leading + 2 * PADDING_Y
        if self._pages.room < height + SHORTEST_PIECE:
            self._pages.start_page()
            self._draw_head()
        _row(self._pages, [sum(self._widths)], [plain(text, CELL_SECTION)], self)

    def draw_head_again(self) -> None:
        """Repeat the heading at the top of a page."""
        self._draw_head()

    def _draw_head(self) -> None:
        pages = self._pages
        height = CELL_HEAD.leading + 2 * PADDING_Y
        pages.page.grounds.append((LEFT, pages.y - height, TEXT_WIDTH, height, HEAD_GRAY))
        top_rule(pages)
        _row(pages, self._widths, self._head, None)


Block = list[tuple[Line, TextStyle]]  # the set lines of one cell


def _row(pages: Pages, widths: Sequence[float], cells: Sequence[Cell], table: Table | None) -> None:
    blocks = [_set_cell(cell, width - 2 * PADDING_X) for cell, width in zip(cells, widths, strict=True)]
    height = _height(blocks)
    while height > pages.room:
        if pages.room >= SHORTEST_PIECE and (height > TALLEST_WHOLE_ROW or pages.y == TOP):
            pieces = [_split(block, pages.room - 2 * PADDING_Y) for block in blocks]
            _draw_row(pages, widths, [first for first, _ in pieces])
            blocks = [rest for _, rest in pieces]
            height = _height(blocks)
        pages.start_page()
        if table is None:
            top_rule(pages)
        else:
            table.draw_head_again()
    _draw_row(pages, widths, blocks)


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


def _draw_row(pages: Pages, widths: Sequence[float], blocks: Sequence[Block]) -> None:
    page, top, height = pages.page, pages.y, _height(blocks)
    bottom = top - height
    x = LEFT
    page.rules += [(x, bottom, RIGHT, bottom), (x, top, x, bottom)]
    for width, block in zip(widths, blocks, strict=True):
        slack = height - 2 * PADDING_Y - sum(style.leading for _, style in block)
        y = top - PADDING_Y - slack / 2
        for line, style in block:
            y = page.set(x + PADDING_X, y, (line,), style)
        x += width
        page.rules.append((x, top, x, bottom))
    pages.y = bottom


def photo_grid(pages: Pages, photos: Sequence[PhotoBlock], caption: TextStyle, caption_head: TextStyle) -> None:
    """Draw photos two to a row, each in its frame with its particulars below."""
    width = TEXT_WIDTH / 2
    for start in range(0, len(photos), 2):
        pair = photos[start : start + 2]
        captions = [
            _set_cell(
                ((photo.heading, caption_head), *((line, caption) for line in photo.lines)), width - 2 * PADDING_X
            )
            for photo in pair
        ]
        below = _height(captions)
        pages.need(PHOTO_HEIGHT + below)
        for column, (photo, block) in enumerate(zip(pair, captions, strict=True)):
            x = LEFT + column * width
            _photo(pages.page, photo, x, pages.y, width)
            y = pages.y - PHOTO_HEIGHT - PADDING_Y
            for line, style in block:
                y = pages.page.set(x + PADDING_X, y, (line,), style)
            pages.page.frame(x, pages.y - PHOTO_HEIGHT - below, width, PHOTO_HEIGHT + below)
        pages.y -= PHOTO_HEIGHT + below


def _photo(page: Page, photo: PhotoBlock, x: float, top: float, width: float) -> None:
    scale = min((width - 2 * PHOTO_GAP) / photo.width, (PHOTO_HEIGHT - 2 * PHOTO_GAP) / photo.height)
    shown_width, shown_height = photo.width * scale, photo.height * scale
    left = x + (width - shown_width) / 2
    bottom = top - PHOTO_HEIGHT + (PHOTO_HEIGHT - shown_height) / 2
    page.pictures.append(Picture(photo.sha256, left, bottom, shown_width, shown_height))


STRIP_HEIGHT = 18 * MM
STRIP_INK = 67 * MM
INK_WIDTH = 1.1
SMALL_INK_WIDTH = 0.6
HINT = TextStyle(FIELD.font, 8, 11, "centre", gray=0.45)

Rectangle = tuple[float, float, float, float]  # left, bottom, right, top in points


def signature_strips(pages: Pages, strips: Sequence[Strip]) -> tuple[Rectangle, ...]:
    """Draw rows to sign in, kept on one page; return the rectangle for the signature of each."""
    pages.need(STRIP_HEIGHT * len(strips))
    top_rule(pages)
    return tuple(_strip(pages, strip) for strip in strips)


def _strip(pages: Pages, strip: Strip) -> Rectangle:
    page, top = pages.page, pages.y
    bottom = top - STRIP_HEIGHT
    edges = (LEFT, LEFT + LABEL_WIDTH, LEFT + LABEL_WIDTH + STRIP_INK, RIGHT)
    page.rules.append((LEFT, bottom, RIGHT, bottom))
    page.rules += [(edge, top, edge, bottom) for edge in edges]
    inside = (edges[1] + 1.5 * MM, bottom + 1.5 * MM, edges[2] - 1.5 * MM, top - 1.5 * MM)
    middle = top - STRIP_HEIGHT / 2
    page.write(
        LEFT + PADDING_X, middle + FIELD_LABEL.leading / 2, strip.label, FIELD_LABEL, LABEL_WIDTH - 2 * PADDING_X
    )
    if strip.ink is not None:
        page.ink.append(fit_ink(strip.ink, inside, INK_WIDTH))
    elif strip.hint:
        hint = set_lines(strip.hint, HINT, inside[2] - inside[0])
        page.set(inside[0], middle + HINT.leading * len(hint) / 2, hint, HINT)
    lines = [line for text in strip.lines for line in set_lines(text, FIELD, RIGHT - edges[2] - 2 * PADDING_X)]
    page.set(edges[2] + PADDING_X, middle + FIELD.leading * len(lines) / 2, lines, FIELD)
    pages.y = bottom
    return inside


def fit_ink(ink: StrokeSet, rectangle: Rectangle, width: float) -> Ink:
    """Return the strokes moved and scaled into the middle of a rectangle."""
    points = [point for stroke in ink.strokes for point in stroke]
    left, right = min(point[0] for point in points), max(point[0] for point in points)
    upper, lower = min(point[1] for point in points), max(point[1] for point in points)
    x1, y1, x2, y2 = rectangle
    scale = min((x2 - x1) / max(right - left, 1), (y2 - y1) / max(lower - upper, 1), WIDEST_INK * HUNDREDTH_MM)
    dx = (x1 + x2 - (left + right) * scale) / 2
    dy = (y1 + y2 + (upper + lower) * scale) / 2
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
