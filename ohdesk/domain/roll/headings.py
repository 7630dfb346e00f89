"""The texts of a heading, merged cells filled in, and how well they fit the wordings of a field."""

import re
from collections.abc import Iterator, Sequence

from ohdesk.domain.kept_columns import MARK
from ohdesk.domain.roll.table import WIDEST_MERGE, Table
from ohdesk.domain.roll.values import clean_text, heading_of, looks_like_code
from ohdesk.domain.roll.words import FieldWords, RollWords

HEADING_ROWS = 3  # a heading has at most so many rows below or above the one with the name
LONGEST_HEADING = 40
WORD_FOR_WORD = 150.0

# No bracket within: else a cell of nothing but opening ones would be searched to its end from each of them.
_INNERMOST = re.compile(r"[（(\[【][^（()）\[\]【】]*[)）\]】]")
_DEEPEST = 4  # brackets within brackets, as in “注：须与营业执照（副本）一致”
_LABEL_WITH_CONTENT = re.compile(r"[:：]\s*\S")


class Headings:
    """The text of a table's first rows as headings, merged cells filled in."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._across: dict[tuple[int, int], tuple[int, int]] = {}
        for merge in table.merges:
            # Larger merges are titles and signatures.
            if merge.bottom - merge.top <= HEADING_ROWS and merge.right - merge.left < WIDEST_MERGE:
                for row in range(merge.top, merge.bottom + 1):
                    for column in range(merge.left, merge.right + 1):
                        self._across[row, column] = (merge.top, merge.left)

    def raw(self, row: int, column: int) -> str:
        """Return the cell's own text; "" for what cannot be a heading: numbers, "label: content", long remarks."""
        rows = self._table.rows
        if not (0 <= row < len(rows) and 0 <= column < len(rows[row])):
            return ""
        cell = rows[row][column]
        if not isinstance(cell, str):
            return ""
        text = clean_text(cell)
        if text.endswith(MARK):  # our own, however long or odd the heading was that it is kept under
            return text
        outside = outside_brackets(text)
        return "" if len(outside) > LONGEST_HEADING or _LABEL_WITH_CONTENT.search(outside) else text

    def filled(self, row: int, column: int) -> tuple[str, tuple[int, int]]:
        """Return the text shown at a place, and the cell that it stands in."""
        anchor = self._across.get((row, column), (row, column))
        return self.raw(*anchor), anchor

    def pieces(self, top: int, bottom: int, column: int) -> tuple[str, ...]:
        """Return the texts above a column from top to bottom, each merged cell once."""
        found: dict[tuple[int, int], str] = {}
        for row in range(top, bottom + 1):
            text, anchor = self.filled(row, column)
            if text:
                found.setdefault(anchor, text)
        return tuple(found.values())

    def own_texts(self, row: int) -> dict[int, str]:
        """Return column → own text of a row, empty ones left out."""
        if row >= len(self._table.rows):
            return {}
        return {column: text for column in range(len(self._table.rows[row])) if (text := self.raw(row, column))}

    def all_text(self, row: int) -> bool:
        """True when every filled cell of the row could be a heading."""
        cells = [cell for cell in self._table.rows[row] if cell not in {None, ""}]
        return all(isinstance(cell, str) and not looks_like_code(cell) for cell in cells)

    def are_headings(self, row: int, words: RollWords) -> bool:
        """True when several texts of a row, or its only one, say word for word what a heading says; none is a code."""
        texts = self.own_texts(row).values()
        known = sum(heading_of(text) in words.headings for text in texts)
        return (known > 1 or known == len(texts)) and not any(
            isinstance(cell, str) and looks_like_code(cell) for cell in self._table.rows[row]
        )

    def is_title(self, row: int, first: int) -> bool:
        """True for a row whose only text begins at or before column `first`: it stands for the whole sheet."""
        own = self.own_texts(row)
        return not own or (len(own) == 1 and min(own) <= first)


def outside_brackets(text: str) -> str:
    """Return what a heading says outside its brackets; those within others go with them."""
    for _ in range(_DEEPEST):
        text = _INNERMOST.sub("", text)
    return text


def match(field: FieldWords, pieces: Sequence[str], foreign: Sequence[str]) -> float:
    """Return how well a heading fits a field: 0 not at all, above 100 word for word.

    pieces: the heading's parts from the group to the column itself
    """
    if not pieces or len(pieces[-1]) > LONGEST_HEADING:
        return 0
    best = 0.0
    whole = heading_of("".join(pieces))
    for text in _spellings(pieces):
        place = field.exact.get(text)
        if place is not None:
            best = max(best, WORD_FOR_WORD + 50 - place / 10)
    # Word for word and by itself: no foreign word in it can make it somebody else's.
    if best and len(pieces) == 1:
        return best
    if _contains(whole, field.never) or _contains(whole, foreign):
        return 0
    if field.many and any(heading_of(group) in field.exact for group in pieces[:-1]):
        return WORD_FOR_WORD + 60
    if best:
        return best
    # The more of the heading a known part fills, the surer; among equals, the part named first in the data.
    for rank, part in enumerate(field.part):
        if part in whole:
            best = max(best, 100 + 10 * len(part) / len(whole) - rank / 10)
    return best


def _spellings(pieces: Sequence[str]) -> Iterator[str]:
    for joined in ("".join(pieces), pieces[-1], "".join(pieces[-2:])):
        folded = heading_of(joined)
        yield folded
        if "(" in folded:
            head, _, rest = folded.partition("(")
            inner, _, tail = rest.partition(")")
            yield head + tail
            yield head + inner + tail


def _contains(text: str, words: Sequence[str]) -> bool:
    return any(word in text for word in words)
