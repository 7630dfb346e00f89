"""Breaking text into lines: Chinese anywhere, codes and numbers whole, punctuation never at the wrong edge."""

from functools import lru_cache
from typing import NamedTuple

from ohdesk.domain.kept import until_locked
from ohdesk.reports.fonts import character_width
from ohdesk.reports.styles import TextStyle

# GB/T 15834-2011, 5.1: closing marks never begin a line, opening marks never end one.
NEVER_FIRST = frozenset("，。、；：？！）》〉」』】〕”’％…—·～,.;:?!)]}%")
NEVER_LAST = frozenset("（《〈「『【〔“‘([{")
# 第二十二条 stays on one line, so that an article is found by whoever searches for it.
ARTICLE_HEAD = frozenset("第一二三四五六七八九十百零")
ARTICLE_TAIL = frozenset("一二三四五六七八九十百零条款项")
WIDEST_STRETCH = 0.07  # ems between two characters of a justified line; a looser line stays ragged


class Line(NamedTuple):
    """One set line: its text, its distance from the left edge and the space added per character, both in points."""

    text: str
    x: float
    spacing: float


@until_locked
@lru_cache(maxsize=4096)
def set_lines(text: str, style: TextStyle, width: float) -> tuple[Line, ...]:
    """Return `text` as lines of at most `width` points; a line feed begins a new paragraph."""
    lines: list[Line] = []
    for paragraph in text.split("\n"):
        lines.extend(_paragraph(paragraph, style, width))
    return tuple(lines)


def shortened(text: str, style: TextStyle, width: float) -> str:
    """Return `text` for a running line: as it is, or cut to `width` points with an ellipsis."""
    if text_width(text, style) <= width:
        return text
    rest = width - text_width("…", style)
    end = 0
    while rest >= 0 and end < len(text):
        rest -= _width(style.font, text[end]) * style.size
        end += 1
    return f"{text[: end - 1]}…"


def text_width(text: str, style: TextStyle) -> float:
    """Return the width of `text` on one line, in points."""
    return sum(_width(style.font, char) for char in text) * style.size


def _paragraph(text: str, style: TextStyle, width: float) -> list[Line]:
    lines: list[Line] = []
    start, used, cut = 0, float(style.indent * style.size), 0
    for place, char in enumerate(text):
        advance = _width(style.font, char) * style.size
        if place > start and may_break(text[place - 1], char):
            cut = place
        if used + advance > width and place > start:
            # A word longer than the line is broken where the line ends, or it would leave the page.
            end = cut if cut > start else place
            lines.append(_line(text[start:end], style, width, len(lines) == 0, last=False))
            start = end
            used = text_width(text[start:place], style)
        used += advance
    lines.append(_line(text[start:], style, width, len(lines) == 0, last=True))
    return lines


def may_break(before: str, after: str) -> bool:
    """True when a line may end between these two characters."""
    if after in NEVER_FIRST or before in NEVER_LAST or after == " ":
        return False
    if before in ARTICLE_HEAD and after in ARTICLE_TAIL:
        return False
    return not (_in_word(before) and _in_word(after))


def _in_word(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char in "-_/.@:#&+")


def _line(text: str, style: TextStyle, width: float, first: bool, *, last: bool) -> Line:
    text = text.rstrip(" ") if last else text.strip(" ")
    indent = style.indent * style.size if first else 0.0
    left = width - indent - text_width(text, style)
    if style.align == "centre":
        return Line(text, max(left / 2, 0.0), 0.0)
    if style.align == "right":
        return Line(text, max(left, 0.0), 0.0)
    spacing = left / max(len(text) - 1, 1)
    # A line that ends early because of a long code would be torn apart.
    stretches = style.align == "justified" and not last and 0 < spacing <= WIDEST_STRETCH * style.size
    return Line(text, indent, spacing if stretches else 0.0)


@lru_cache(maxsize=16384)
def _width(font: str, char: str) -> float:
    return character_width(font, char) / 1000
