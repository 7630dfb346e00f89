"""Sizes of the printed page and of its type, after the habits of GB/T 9704-2012."""

from dataclasses import dataclass, replace
from typing import Literal

from ohdesk.reports.fonts import BOLD, REGULAR

MM = 72 / 25.4
PAGE_WIDTH = 210 * MM
PAGE_HEIGHT = 297 * MM
LEFT = 28 * MM  # binding margin, GB/T 9704-2012, 5.2.1
TEXT_WIDTH = 156 * MM
RIGHT = LEFT + TEXT_WIDTH
TOP = PAGE_HEIGHT - 23 * MM
BOTTOM = 26 * MM
HEADER_LINE = PAGE_HEIGHT - 16 * MM
FOOTER_RULE = 16 * MM

RULE = 0.5  # line width in points
GRID_GRAY = 0.3
HEAD_GRAY = 0.93
LABEL_GRAY = 0.965
PADDING_X = 1.6 * MM
PADDING_Y = 0.8 * MM

Alignment = Literal["left", "centre", "right", "justified"]


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How a paragraph is set: face, size and leading in points, gray 0 (black) to 1, first-line indent in ems."""

    font: str
    size: float
    leading: float
    align: Alignment = "left"
    gray: float = 0.0
    indent: int = 0


AUTHORITY = TextStyle(REGULAR, 13, 20, "centre")
TITLE = TextStyle(BOLD, 22, 34, "centre")
NUMBER = TextStyle(REGULAR, 10.5, 16, "right")
HEADING = TextStyle(BOLD, 11.5, 18)
BODY = TextStyle(REGULAR, 10.5, 17, "justified", indent=2)
PLAIN = TextStyle(REGULAR, 10.5, 17)
FIELD_LABEL = TextStyle(BOLD, 8.5, 14, "centre", gray=0.2)
FIELD = TextStyle(REGULAR, 10, 14)
CELL_HEAD = TextStyle(BOLD, 8.5, 12, "centre")
CELL = TextStyle(REGULAR, 8.5, 11.5, "justified")
CELL_CENTRE = TextStyle(REGULAR, 8.5, 11.5, "centre")
CELL_BOLD = TextStyle(BOLD, 8.5, 11.5, "centre")
CELL_SECTION = TextStyle(BOLD, 8.5, 12)
CELL_SMALL = TextStyle(REGULAR, 7, 9.5, gray=0.15)
CAPTION = TextStyle(REGULAR, 8, 11)
CAPTION_BOLD = TextStyle(BOLD, 8.5, 12)
FOOT = TextStyle(REGULAR, 8.5, 11)
FOOT_CENTRE = replace(FOOT, align="centre")
FOOT_RIGHT = replace(FOOT, align="right")
FOOT_SMALL = TextStyle(REGULAR, 7, 9, "centre", gray=0.15)

FINGERPRINT_DIGITS = 16  # of a document's 64 that stand at the foot of its pages: enough to tell two apart by eye
