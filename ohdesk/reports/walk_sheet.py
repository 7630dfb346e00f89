"""The sheet carried through the workshop (现场核查用表): all items of a checklist on two sides of A4, to be written on.

Numbers and answer keys are those of the screen.  Rows are as high as the two sides allow: it is written on a clipboard.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from ohdesk.paths import resources
from ohdesk.reports import fonts
from ohdesk.reports.fonts import BOLD, SANS
from ohdesk.reports.pages import Page, Properties, paint
from ohdesk.reports.qr import draw_qr
from ohdesk.reports.styles import HEAD_GRAY, LABEL_GRAY, MM, PAGE_HEIGHT, PAGE_WIDTH, TextStyle
from ohdesk.reports.typesetting import Line, set_lines, shortened, text_width

LEFT, RIGHT = 12 * MM, PAGE_WIDTH - 8 * MM  # as much at the left as a clip takes
TOP, BOTTOM = PAGE_HEIGHT - 8 * MM, 11.5 * MM
NUMBER, TEXT, KEY = 6.5 * MM, 93 * MM, 6.5 * MM  # widths of columns
PADDING = 1 * MM
QR_SIZE = 24 * MM
BAND, HEAD = 3.8 * MM, 4.6 * MM
LOWEST_ROW, HIGHEST_MORE = 5.2 * MM, 3 * MM  # a line of handwriting, and by how much more a row may grow
STEP = 0.1 * MM
NOTE_LINE = 7.5 * MM
NOTES = HEAD + 2 * NOTE_LINE  # the lines at the end, at least
TABLE_LINE, TABLE_HEAD = 7 * MM, 11.5 * MM
FEWEST_BLANK_ROWS, MOST_BLANK_ROWS = 6, 10
NARROWEST = 12 * MM
NUMBER_BLANK, WORD_BLANK = 8 * MM, 15 * MM  # to write in a count, or a day or some words
MOST_LINES = 3  # of an item: the whole wording is on the screen under the same number

TITLE = TextStyle(BOLD, 15, 20)
PLAIN = TextStyle(SANS, 8, 11.5)
LABEL = TextStyle(SANS, 8, 11.5, gray=0.4)
HINT = TextStyle(SANS, 7, 9.5, gray=0.25)
ITEM = TextStyle(SANS, 7.5, 8.6)
ITEM_NUMBER = TextStyle(BOLD, 9, 11, "centre")
KEY_STYLE = TextStyle(SANS, 9, 11, "centre", gray=0.35)
GIVEN = TextStyle(BOLD, 9, 11, "centre", gray=1.0)
SECTION = TextStyle(BOLD, 8, 10)
HEAD_STYLE = TextStyle(BOLD, 8, 10, "centre")
BLANK = TextStyle(SANS, 6.8, 9, gray=0.3)
VALUE = TextStyle(SANS, 7.2, 9)


class Blank(NamedTuple):
    """A count, or a day or a few words, asked beside an answer; `value` is empty where it is still to be written."""

    label: str
    value: str
    is_count: bool


class Item(NamedTuple):
    """A question: its number on the screen, the answers' digits with what was given, and what is asked besides.

    given: the digit of the answer given already, "" for none · note: the fact or reason that stands beside it
    """

    number: int
    text: str
    given: str
    blanks: tuple[Blank, ...]
    note: str


class Part(NamedTuple):
    """A section of the form."""

    title: str
    items: tuple[Item, ...]


class RowsTable(NamedTuple):
    """What a question asks row by row (posts, samples): its number, and the rows that are there already."""

    number: int
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class WalkSheet:
    """What is printed.

    about: of the form, its title, version and length · facts: labels and values, a line each
    keys: the answers by digit · visit: its id, which the QR code says too
    """

    office: str
    name: str
    form: str
    version: str
    facts: tuple[tuple[tuple[str, str], ...], ...]
    keys: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    tables: tuple[RowsTable, ...]
    visit: str


@cache
def walk_words() -> dict[str, Any]:
    """Return the words of the sheet by their keys."""
    return tomllib.loads((resources() / "visits" / "walk_sheet.toml").read_text(encoding="utf-8"))


def render_walk_sheet(sheet: WalkSheet) -> bytes:
    """Return the PDF of a sheet. Raises ProblemsError when a character has no glyph."""
    fonts.register()
    fonts.refuse_missing_glyphs(_texts(sheet))
    rows = [each for part in sheet.parts for each in _rows_of(part, sheet.keys)]
    first = _head_height(sheet)
    sides = _sides(rows, first, 0.0 if sheet.tables else _growth(rows, first))
    pages = [Page() for _ in sides]
    for place, (page, side) in enumerate(zip(pages, sides, strict=True)):
        top = _draw_head(page, sheet) if place == 0 else _draw_running_head(page, sheet)
        top = _draw_columns(page, sheet, top)
        for row, height in side:
            top = row.draw(page, top, height)
    for table in sheet.tables:
        if top - BOTTOM < TABLE_HEAD + TABLE_LINE * (len(table.rows) + FEWEST_BLANK_ROWS) + NOTES:
            pages.append(Page())
            top = _draw_running_head(pages[-1], sheet)
        top = _draw_table(pages[-1], table, top)
    _draw_notes(pages[-1], top)

    def furniture(page: Page, number: int, total: int) -> None:
        _draw_foot(page, sheet, number, total)

    return paint(pages, furniture, {}, Properties(f"{walk_words()['title']} {sheet.name}", sheet.office, sheet.visit))


def _texts(sheet: WalkSheet) -> Iterator[tuple[str, str]]:
    yield sheet.name, sheet.name
    yield sheet.office, sheet.office
    for line in sheet.facts:
        yield from line
    for part in sheet.parts:
        for item in part.items:
            place = f"{walk_words()['columns']['number']} {item.number}"
            yield from ((place, text) for text in (item.text, item.note, *(blank.value for blank in item.blanks)))
    for table in sheet.tables:
        yield from ((table.title, text) for row in (table.columns, *table.rows) for text in row)


class _Band(NamedTuple):
    title: str
    lowest: float = BAND
    grows: bool = False

    def draw(self, page: Page, top: float, height: float) -> float:
        page.grounds.append((LEFT, top - height, RIGHT - LEFT, height, LABEL_GRAY))
        page.frame(LEFT, top - height, RIGHT - LEFT, height)
        _middle(page, LEFT + PADDING, top, height, self.title, SECTION, RIGHT - LEFT)
        return top - height


class _Row(NamedTuple):
    item: Item
    keys: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    beside: tuple[tuple[Blank, ...], ...]  # what is asked besides, by lines
    lowest: float
    grows: bool = True

    def draw(self, page: Page, top: float, height: float) -> float:
        bottom, x = top - height, LEFT
        _middle(page, x, top, height, str(self.item.number), ITEM_NUMBER, NUMBER)
        x += NUMBER
        page.set(x + PADDING, top - (height - ITEM.leading * len(self.lines)) / 2, self.lines, ITEM)
        x += TEXT
        edges = [LEFT, LEFT + NUMBER, x]
        for digit, _ in self.keys:
            if digit == self.item.given:
                page.grounds.append((x, bottom, KEY, height, 0.0))
            _middle(page, x, top, height, digit, GIVEN if digit == self.item.given else KEY_STYLE, KEY)
            x += KEY
            edges.append(x)
        self._draw_beside(page, x, top, height)
        page.rules += [(LEFT, bottom, RIGHT, bottom), *((edge, top, edge, bottom) for edge in (*edges, RIGHT))]
        return bottom

    def _draw_beside(self, page: Page, left: float, top: float, height: float) -> None:
        width = RIGHT - left
        count = len(self.beside) + bool(self.item.note)
        if not count:
            return
        step = height / count
        for line in self.beside:
            _draw_blanks(page, line, left + PADDING, top - step, width - 2 * PADDING)
            top -= step
        if self.item.note:
            note = shortened(self.item.note, VALUE, width - 2 * PADDING)
            _middle(page, left + PADDING, top, step, note, VALUE, width)


def _rows_of(part: Part, keys: tuple[tuple[str, str], ...]) -> Iterator[_Band | _Row]:
    yield _Band(part.title)
    width = RIGHT - LEFT - NUMBER - TEXT - KEY * len(keys) - 2 * PADDING
    for item in part.items:
        lines = _cut(item.text)
        item = _in_one_line(item)
        beside = tuple(_by_lines(item.blanks, width))
        written = LOWEST_ROW * max(len(beside) + bool(item.note), 1)
        yield _Row(item, keys, lines, beside, max(written, ITEM.leading * len(lines) + 1.2))


def _in_one_line(item: Item) -> Item:
    """Return an item at which nothing is left to write with all that is there as its note, to save room."""
    if not item.given or not all(blank.value for blank in item.blanks):
        return item
    values = (f"{blank.label} {blank.value}" for blank in item.blanks)
    return item._replace(blanks=(), note="　".join(filter(None, (*values, item.note))))


def _cut(text: str) -> tuple[Line, ...]:
    """Return the wording of an item in as many lines as it gets; where that is not all, it ends in "…"."""
    lines = set_lines(text, ITEM, TEXT - 2 * PADDING)
    if len(lines) <= MOST_LINES:
        return lines
    last = shortened("".join(line.text for line in lines[MOST_LINES - 1 :]), ITEM, TEXT - 2 * PADDING)
    return (*lines[: MOST_LINES - 1], Line(last, 0.0, 0.0))


def _by_lines(blanks: Sequence[Blank], width: float) -> Iterator[tuple[Blank, ...]]:
    line: list[Blank] = []
    for blank in blanks:
        if line and sum(map(_least_width, (*line, blank))) > width:
            yield tuple(line)
            line = []
        line.append(blank)
    if line:
        yield tuple(line)


def _least_width(blank: Blank) -> float:
    shortest = NUMBER_BLANK if blank.is_count else WORD_BLANK
    return text_width(blank.label, BLANK) + max(shortest, text_width(blank.value, VALUE) + 2 * PADDING)


def _draw_blanks(page: Page, blanks: Sequence[Blank], left: float, bottom: float, width: float) -> None:
    """Draw labels with a line to write on behind each, over the whole width; a known value stands on its line."""
    more = max(width - sum(map(_least_width, blanks)), 0.0) / len(blanks)
    base = bottom + 1.1 * MM
    for blank in blanks:
        end = left + _least_width(blank) + more
        begin = left + text_width(blank.label, BLANK)
        page.write(left, base + BLANK.leading - 1.5, blank.label, BLANK, begin - left + 1)
        page.rules.append((begin + 0.5 * MM, base, end - PADDING, base))
        value = shortened(blank.value, VALUE, end - PADDING - begin)
        page.write(begin + PADDING, base + VALUE.leading - 1.5, value, VALUE, end - begin)
        left = end


Block = _Band | _Row
Side = list[tuple[Block, float]]


def _growth(rows: Sequence[Block], first: float) -> float:
    """Return by how much every row may be higher without another side, the lines for notes included."""
    fewest = len(_sides(rows, first, 0.0))
    more = HIGHEST_MORE
    while more > 0:
        sides = _sides(rows, first, more)
        left = _room(len(sides) == 1, first) - sum(height for _, height in sides[-1])
        if len(sides) == fewest and left >= NOTES:
            return more
        more -= STEP
    return 0.0


def _sides(rows: Sequence[Block], first: float, more: float) -> list[Side]:
    """Return the blocks by sides, each with its height; a section's heading never stands last on a side."""
    sides: list[Side] = [[]]
    left = _room(True, first)
    for place, row in enumerate(rows):
        height = row.lowest + (more if row.grows else 0.0)
        with_next = height if row.grows else height + rows[place + 1].lowest + more
        if with_next > left and sides[-1]:
            sides.append([])
            left = _room(False, first)
        sides[-1].append((row, height))
        left -= height
    return sides


def _room(is_first: bool, first: float) -> float:
    return TOP - BOTTOM - HEAD - (first if is_first else PLAIN.leading + 2)


def _head_height(sheet: WalkSheet) -> float:
    return max(_draw_head(Page(), sheet, measured=True), QR_SIZE)


def _draw_head(page: Page, sheet: WalkSheet, *, measured: bool = False) -> float:
    """Draw title, particulars and QR code; return where they end, or (measured) how high they are."""
    words, width = walk_words(), RIGHT - LEFT - QR_SIZE - PADDING
    y = page.write(LEFT, TOP, words["title"], TITLE, width)
    about = words["about"].format(
        form=sheet.form, version=sheet.version, count=sum(len(part.items) for part in sheet.parts)
    )
    page.write(LEFT + text_width(words["title"], TITLE) + 4 * MM, TOP - 6, about, LABEL, width)
    for line in sheet.facts:
        y = _draw_facts(page, line, y, width)
    keys = "　".join(words["key"].format(digit=digit, word=word) for digit, word in sheet.keys)
    y = page.write(LEFT, y, words["keys"] + keys, PLAIN, width)
    y = min(y, TOP - QR_SIZE)
    y = page.write(LEFT, y - 1, words["order"], HINT, RIGHT - LEFT) - 2
    if measured:
        return TOP - y
    draw_qr(page, sheet.visit, RIGHT, TOP, QR_SIZE)
    return y


def _draw_facts(page: Page, line: Sequence[tuple[str, str]], top: float, width: float) -> float:
    """Draw labels with their values side by side; what is empty gets a line to write on."""
    share = width / len(line)
    for place, (label, value) in enumerate(line):
        left = LEFT + place * share
        page.write(left, top, label, LABEL, share)
        begin = left + text_width(label, LABEL) + 1.5 * MM
        room = left + share - begin - 2 * MM
        if value:
            page.write(begin, top, shortened(value, PLAIN, room), PLAIN, room + 1)
        else:
            page.rules.append((begin, top - PLAIN.leading + 1.5, begin + room, top - PLAIN.leading + 1.5))
    return top - PLAIN.leading


def _draw_running_head(page: Page, sheet: WalkSheet) -> float:
    words = walk_words()
    running = words["running"].format(title=words["title"], name=sheet.name)
    keys = "　".join(words["key"].format(digit=digit, word=word) for digit, word in sheet.keys)
    page.write(LEFT, TOP, shortened(running, PLAIN, (RIGHT - LEFT) * 0.6), PLAIN, RIGHT - LEFT)
    page.write(RIGHT - text_width(keys, PLAIN), TOP, keys, PLAIN, RIGHT - LEFT)
    return TOP - PLAIN.leading - 2


def _draw_columns(page: Page, sheet: WalkSheet, top: float) -> float:
    names, keys = walk_words()["columns"], KEY * len(sheet.keys)
    widths = (NUMBER, TEXT, keys, RIGHT - LEFT - NUMBER - TEXT - keys)
    page.grounds.append((LEFT, top - HEAD, RIGHT - LEFT, HEAD, HEAD_GRAY))
    page.rules.append((LEFT, top, RIGHT, top))
    x = LEFT
    for name, width in zip(("number", "text", "answer", "fact"), widths, strict=True):
        _middle(page, x, top, HEAD, names[name], HEAD_STYLE, width)
        page.frame(x, top - HEAD, width, HEAD)
        x += width
    return top - HEAD


def _draw_table(page: Page, table: RowsTable, top: float) -> float:
    """Draw what is asked row by row: the rows that are there, and blank ones as far as there is room."""
    heading = walk_words()["table"].format(number=table.number, title=table.title)
    _middle(page, LEFT, top, HEAD, heading, SECTION, RIGHT - LEFT)
    widths = [max(text_width(name, BLANK), NARROWEST) for name in table.columns]
    widths = [width * (RIGHT - LEFT) / sum(widths) for width in widths]
    blank = int((top - BOTTOM - NOTES - TABLE_HEAD) / TABLE_LINE) - len(table.rows)
    rows = [*table.rows, *[()] * max(min(blank, MOST_BLANK_ROWS), 0)]
    y = top - HEAD
    for line, height in ((table.columns, TABLE_HEAD - HEAD), *((row, TABLE_LINE) for row in rows)):
        x = LEFT
        for place, width in enumerate(widths):
            text = line[place] if place < len(line) else ""
            lines = set_lines(text, BLANK, width - PADDING)[:2]
            page.set(x + PADDING / 2, y - (height - BLANK.leading * len(lines)) / 2, lines, BLANK)
            page.frame(x, y - height, width, height)
            x += width
        y -= height
    return y


def _draw_notes(page: Page, top: float) -> None:
    """Draw lines for what has no room in its row, down to the foot."""
    words = walk_words()
    if top - BOTTOM < HEAD + NOTE_LINE:
        return
    _middle(page, LEFT, top, HEAD, words["notes"], SECTION, RIGHT - LEFT)
    y = top - HEAD - NOTE_LINE
    while y >= BOTTOM:
        page.write(LEFT, y + HINT.leading, words["item"], HINT, RIGHT - LEFT)
        page.rules.append((LEFT, y, RIGHT, y))
        y -= NOTE_LINE


def _draw_foot(page: Page, sheet: WalkSheet, number: int, total: int) -> None:
    words, top = walk_words(), BOTTOM - 2
    side = words["side"].format(number=number, total=total)
    page.write(LEFT, top, words["visit"].format(visit=sheet.visit), HINT, RIGHT - LEFT)
    page.write((LEFT + RIGHT - text_width(words["internal"], HINT)) / 2, top, words["internal"], HINT, RIGHT - LEFT)
    page.write(RIGHT - text_width(side, HINT), top, side, HINT, RIGHT - LEFT)


def _middle(page: Page, x: float, top: float, height: float, text: str, style: TextStyle, width: float) -> None:
    """Set one line in the middle of a height."""
    page.write(x, top - (height - style.leading) / 2, text, style, width)
