"""The sheet to prepare a visit with (检查准备单): one page of what one should know before one goes."""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, NamedTuple, TypeVar

from ohdesk.paths import resources
from ohdesk.reports import flowables, fonts
from ohdesk.reports.flowables import Table, plain
from ohdesk.reports.pages import Page, Pages, Picture, Properties, jpeg_size, paint
from ohdesk.reports.styles import (
    CELL,
    CELL_SMALL,
    FOOT,
    FOOT_CENTRE,
    FOOTER_RULE,
    LEFT,
    MM,
    PAGE_HEIGHT,
    RIGHT,
    TEXT_WIDTH,
    TITLE,
    TextStyle,
)
from ohdesk.reports.typesetting import set_lines

MOST = 12  # of each list; fewer where the page has no room for them
PHOTO = (26 * MM, 19 * MM)
GAP = 1.2 * MM
FACT_LINES = 3
ABOUT = TextStyle(FOOT.font, 8.5, 12, "centre", gray=0.3)

Row = TypeVar("Row")


class DueLine(NamedTuple):
    """Something open there: what it is, its state, the last day as printed."""

    what: str
    state: str
    due: str


class OpenFinding(NamedTuple):
    """A finding that is not settled; photo: the SHA-256 of a picture of it, "" for none."""

    number: int
    fact: str
    standing: str
    photo: str


class EarlierVisit(NamedTuple):
    """Who came when, why, and what came of it."""

    day: str
    who: str
    why: str
    result: str


@dataclass(frozen=True, slots=True)
class Preparation:
    """What is printed. fields: labels and values, one or two pairs a line; photos: JPEG bytes by SHA-256."""

    office: str
    name: str
    about: str
    fields: tuple[tuple[tuple[str, str], ...], ...]
    dues: tuple[DueLine, ...]
    findings: tuple[OpenFinding, ...]
    visits: tuple[EarlierVisit, ...]
    papers: tuple[str, ...]
    photos: Mapping[str, bytes]


@cache
def preparation_words() -> dict[str, Any]:
    """Return the words of the sheet by their keys."""
    return tomllib.loads((resources() / "visits" / "preparation.toml").read_text(encoding="utf-8"))


def render_preparation(sheet: Preparation) -> bytes:
    """Return the PDF of one page. Raises ProblemsError when a character has no glyph, UserError for a broken photo."""
    fonts.register()
    fonts.refuse_missing_glyphs(_texts(sheet))
    # The lists give way to one another, the longest first: nobody reads a second page at the door of the car.
    pages = next((each for most in range(MOST, 0, -1) if len((each := _laid_out(sheet, most)).pages) == 1), None)
    pages = pages or _laid_out(sheet, 1)
    title = f"{preparation_words()['title']} {sheet.name}"
    return paint(pages.pages, _foot, sheet.photos, Properties(title, sheet.office, ""))


def _texts(sheet: Preparation) -> Iterator[tuple[str, str]]:
    words = preparation_words()["headings"]
    yield sheet.about, sheet.about
    for line in sheet.fields:
        yield from line
    for key, rows in (("dues", sheet.dues), ("findings", sheet.findings), ("visits", sheet.visits)):
        yield from ((words[key], text) for row in rows for text in row if isinstance(text, str))
    yield from ((words["papers"], text) for text in sheet.papers)


def _laid_out(sheet: Preparation, most: int) -> Pages:
    words, pages = preparation_words(), Pages()
    pages.y = PAGE_HEIGHT - 12 * MM
    pages.paragraph(words["title"], TITLE)
    pages.paragraph(sheet.about, ABOUT)
    pages.skip(1 * MM)
    flowables.fields(pages, sheet.fields)
    _heading(pages, "findings")
    _list(pages, sheet.findings, most, partial(_finding, pages, sheet))
    _heading(pages, "dues")
    _table(pages, sheet.dues, (("what", 98), ("state", 26), ("due", 32)), most)
    _heading(pages, "visits")
    _table(pages, sheet.visits, (("day", 24), ("who", 30), ("why", 62), ("result", 40)), most)
    _heading(pages, "papers")
    for text in sheet.papers:
        pages.paragraph(text, CELL)
        pages.skip(1 * MM)
    return pages


def _heading(pages: Pages, key: str) -> None:
    flowables.heading(pages, preparation_words()["headings"][key])


def _list(pages: Pages, rows: Sequence[Row], most: int, draw: Callable[[Row], None]) -> None:
    words = preparation_words()
    for row in rows[:most]:
        draw(row)
    if not rows:
        pages.paragraph(words["none"], CELL)
    elif len(rows) > most:
        pages.paragraph(words["more"].format(count=len(rows) - most), CELL_SMALL)


def _table(pages: Pages, rows: Sequence[Sequence[str]], widths: Sequence[tuple[str, float]], most: int) -> None:
    names = preparation_words()["columns"]
    table = Table(pages, [(names[name], width) for name, width in widths])
    _list(pages, rows, most, lambda row: table.row([plain(text, CELL) for text in row]))


def _finding(pages: Pages, sheet: Preparation, finding: OpenFinding) -> None:
    """Draw a finding with its picture beside it, in a frame."""
    words = preparation_words()
    width = TEXT_WIDTH - 2 * GAP - (PHOTO[0] + GAP if finding.photo else 0)
    fact = words["finding"].format(number=finding.number, fact=finding.fact)
    lines = set_lines(fact, CELL, width)[:FACT_LINES]
    below = set_lines(finding.standing, CELL_SMALL, width)
    height = (
        max(len(lines) * CELL.leading + len(below) * CELL_SMALL.leading, PHOTO[1] if finding.photo else 0) + 2 * GAP
    )
    pages.need(height)
    page, top = pages.page, pages.y
    page.frame(LEFT, top - height, TEXT_WIDTH, height)
    y = page.set(LEFT + GAP, top - GAP, lines, CELL)
    page.set(LEFT + GAP, y, below, CELL_SMALL)
    if finding.photo:
        page.pictures.append(_picture(finding.photo, sheet.photos[finding.photo], top - GAP))
    pages.y = top - height


def _picture(sha256: str, photo: bytes, top: float) -> Picture:
    width, height = jpeg_size(photo)
    scale = min(PHOTO[0] / width, PHOTO[1] / height)
    shown = width * scale, height * scale
    return Picture(sha256, RIGHT - GAP - shown[0], top - shown[1], *shown)


def _foot(page: Page, _number: int, _total: int) -> None:
    page.write(LEFT, FOOTER_RULE, preparation_words()["internal"], FOOT_CENTRE)
