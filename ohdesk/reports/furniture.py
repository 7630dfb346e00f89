"""What a paper has besides its text: foot with code, marks for the seal across pages, seal, slip, head of an annex.

A renderer calls `seal`, `slip` and `annex_heading` while it lays out, `paper_foot` and `seam` for each page after that.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ohdesk.domain.paper_mark import PaperMark
from ohdesk.reports import flowables
from ohdesk.reports.pages import CodePlace, Page, Pages, TextRun
from ohdesk.reports.qr import draw_qr
from ohdesk.reports.styles import (
    BOTTOM,
    FOOT_SMALL,
    HEADING,
    LEFT,
    MM,
    NUMBER,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    PLAIN,
    RIGHT,
    TEXT_WIDTH,
    TextStyle,
)
from ohdesk.reports.typesetting import set_lines, text_width

SEAL = 42 * MM  # across, of an authority's seal
CODE = 20 * MM  # a module of 0.49 mm: read from a photo of the whole page as chats shrink it
CODE_RIGHT = PAGE_WIDTH - 5 * MM  # right of the text, and within what printers reach
SLIP_CODE = 22 * MM
SLIP_LINE = TextStyle(PLAIN.font, PLAIN.size, 22)  # written into by hand
CUT_STYLE = TextStyle(PLAIN.font, 8, 11, "centre")
SEAM_STYLE = TextStyle(PLAIN.font, 8, 10)
SEAM_RIGHT = PAGE_WIDTH - 5 * MM
SEAM_TICK = 5 * MM
ANNEX_TITLE = TextStyle(HEADING.font, 16, 26, "centre")
_FOUR = 4 * NUMBER.size  # the day stands four characters from the right (GB/T 9704-2012, 7.3.5.1)
_GAP = 4 * MM


class Foot(NamedTuple):
    """What the foot of a page says: at the left, how it is counted, the fingerprint, and how the paper is checked."""

    left: str
    counted: str
    fingerprint: str = ""
    check: str = ""


def paper_foot(page: Page, foot: Foot, mark: PaperMark | None) -> None:
    """Set the foot of a page; with a mark its code stands in the corner, and wherever a slip left room for it."""
    below = flowables.foot(page, foot.left, foot.counted, foot.fingerprint)
    page.write(LEFT, below - 1, foot.check, FOOT_SMALL)
    if mark is not None:
        draw_qr(page, mark.text, CODE_RIGHT, BOTTOM - 1 * MM, CODE)
        for place in page.code_places:
            draw_qr(page, mark.text, place.right, place.top, place.size)


def seam(page: Page, text: str, counted: str, total: int) -> None:
    """Mark the right edge of a page for the seal across all pages (骑缝章): between two ticks, down the edge.

    text: what the page belongs to, its number · counted: which page it is · nothing on a paper of one page
    """
    if total < 2:
        return
    said = f"{text}　{counted}"
    middle, half = PAGE_HEIGHT / 2, text_width(said, SEAM_STYLE) / 2
    away = max(SEAL / 2, half + 2 * MM)
    for y in (middle - away, middle + away):
        page.rules.append((SEAM_RIGHT - SEAM_TICK, y, SEAM_RIGHT, y))
    page.turned.append(TextRun(SEAM_RIGHT - SEAM_STYLE.size, middle + half, said, 0.0, SEAM_STYLE))


def seal(pages: Pages, lines: Sequence[str]) -> None:
    """Set who issues it and the day below one another, with room for the red seal over both; all on one page."""
    column = TEXT_WIDTH / 2
    broken = [each for line in lines for each in set_lines(line, NUMBER, column)]
    height = NUMBER.leading * len(broken)
    pages.need(max(SEAL, height))
    top = pages.y
    y = top - max(SEAL - height, 0) / 2
    middle = RIGHT - _FOUR - max((text_width(line.text, NUMBER) for line in broken), default=0.0) / 2
    for line in broken:
        left = min(middle - text_width(line.text, NUMBER) / 2, RIGHT - text_width(line.text, NUMBER))
        y = pages.page.set(left, y, (line._replace(x=0.0),), NUMBER)
    pages.y = top - max(SEAL, height)


def slip(pages: Pages, cut: str, heading: str, lines: Sequence[str]) -> None:
    """Set what is torn off and comes back, below a dashed line, whole on one page, with room for the code.

    cut: said in the dashed line, "" for nothing
    """
    width = TEXT_WIDTH - SLIP_CODE - _GAP
    blocks = [(set_lines(line, SLIP_LINE, width), SLIP_LINE) for line in lines]
    if heading:
        blocks.insert(0, (set_lines(heading, HEADING, width), HEADING))
    text = sum(style.leading * len(broken) for broken, style in blocks)
    pages.need(3 * _GAP + max(text, SLIP_CODE))
    pages.skip(_GAP)
    _cut(pages.page, pages.y, cut)
    top = y = pages.y - _GAP
    for broken, style in blocks:
        y = pages.page.set(LEFT, y, broken, style)
    pages.page.code_places.append(CodePlace(RIGHT, top, SLIP_CODE))
    pages.y = min(y, top - SLIP_CODE) - _GAP


def _cut(page: Page, y: float, said: str) -> None:
    half = (text_width(said, CUT_STYLE) / 2 + 2 * MM) if said else 0.0
    middle = (LEFT + RIGHT) / 2
    page.dashes += [(LEFT, y, middle - half, y), (middle + half, y, RIGHT, y)]
    page.write(LEFT, y + CUT_STYLE.leading / 2, said, CUT_STYLE)


def annex_heading(pages: Pages, label: str, title: str) -> None:
    """Begin an annex on a new page: which one it is at the left, its title below in the middle."""
    pages.start_page_unless_empty()
    pages.paragraph(label, HEADING)
    pages.paragraph(title, ANNEX_TITLE)
    pages.skip(2 * MM)
