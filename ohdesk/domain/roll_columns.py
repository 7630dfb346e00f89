"""Which row of a sheet is the heading, and which column holds what; the wordings come from `resources/roll`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from ohdesk.domain.roll_table import Merge, Table, column_index, column_letters
from ohdesk.domain.roll_values import clean_text, heading_of, looks_like_code
from ohdesk.domain.roll_words import FieldWords, RollWords

HEADING_SEARCH = 200  # rows from the top in which the heading is looked for
HEADING_ROWS = 3  # a heading has at most so many rows below or above the one with the name
LONGEST_HEADING = 40
SAMPLE = 300  # rows looked at to judge what a column holds
ENOUGH = 0.5
MOST = 0.8
WORD_FOR_WORD = 150.0
NEXT_ROWS = 6  # a heading of one column only gives way to a fuller one so many rows below
UNDIVIDED = frozenset({"name", "uscc", "address"})  # fields whose heading is never a group of others

_BRACKETED = re.compile(r"[（(\[【].*?[)）\]】]", re.DOTALL)
_LABEL_WITH_CONTENT = re.compile(r"[:：]\s*\S")


@dataclass(frozen=True, slots=True)
class Layout:
    """A heading found: its rows (from `top` to `bottom`, from 0) and what its columns hold.

    columns:  field → columns, from 0; all but hazards have one
    serial:   column of running numbers, or -1
    headings: column → heading as printed, groups above it in front
    """

    top: int
    bottom: int
    columns: Mapping[str, tuple[int, ...]]
    serial: int
    headings: Mapping[int, str]

    @property
    def name(self) -> int:
        return self.columns["name"][0]

    @property
    def uscc(self) -> int:
        """The column of the credit code, or -1."""
        return self.columns.get("uscc", (-1,))[0]

    def mapping(self) -> dict[str, str]:
        """Return field → heading of its column."""
        return {
            key: self.headings.get(columns[0]) or column_letters(columns[0])
            for key, columns in sorted(self.columns.items(), key=lambda item: item[1])
        }

    def place(self, column: int) -> str:
        """Return how a column is called to the user: heading and letters."""
        heading = self.headings.get(column, "")
        return f"{heading}（{column_letters(column)}列）" if heading else f"{column_letters(column)}列"


class Headings:
    """The text of a table's first rows as headings, merged cells filled in."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._across: dict[tuple[int, int], tuple[int, int]] = {}
        for merge in table.merges:
            if merge.bottom - merge.top <= HEADING_ROWS and merge.right - merge.left < 512:
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
        outside = _BRACKETED.sub("", text)
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

    def is_title(self, row: int, first: int) -> bool:
        """True for a row whose only text begins at or before column `first`: it stands for the whole sheet."""
        own = self.own_texts(row)
        return not own or (len(own) == 1 and min(own) <= first)


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
    if best and len(pieces) == 1:
        return best
    if _contains(whole, field.never) or _contains(whole, foreign):
        return 0
    if field.many and any(heading_of(group) in field.exact for group in pieces[:-1]):
        return WORD_FOR_WORD + 60
    if best:
        return best
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


def assign(headings: Mapping[int, Sequence[str]], words: RollWords) -> dict[str, tuple[int, ...]]:
    """Return field → columns for a heading; each column serves one field, each field its best column."""
    scores = sorted(
        (
            (-score, column, place)
            for column, pieces in headings.items()
            for place, field in enumerate(words.fields)
            if (score := match(field, pieces, words.foreign))
        ),
    )
    taken: set[int] = set()
    columns: dict[str, tuple[int, ...]] = {}
    for _, column, place in scores:
        field = words.fields[place]
        if column in taken or (field.key in columns and not field.many):
            continue
        taken.add(column)
        columns[field.key] = (*columns.get(field.key, ()), column)
    return {key: tuple(sorted(found)) for key, found in columns.items()}


def find_layout(
    table: Table, words: RollWords, start: int = 0, chosen: Mapping[str, str] | None = None
) -> Layout | None:
    """Return the first heading at or below row `start` that names a column of inspected bodies, or None.

    chosen: heading or column letters → field, as the user said; goes before the wordings
    """
    headings = Headings(table)
    narrow: Layout | None = None
    for row in range(start, min(len(table.rows), start + HEADING_SEARCH)):
        if narrow and row > narrow.bottom + NEXT_ROWS:
            break
        if layout := layout_at(table, headings, row, words, chosen or {}):
            if len(layout.columns) > 1:
                return layout
            narrow = narrow or layout
    return narrow


def layout_at(table: Table, headings: Headings, row: int, words: RollWords, chosen: Mapping[str, str]) -> Layout | None:
    """Return the heading whose name column is labelled in `row`, or None."""
    if not _labels_a_name(headings, row, words, chosen) or not headings.all_text(row):
        return None
    best: Layout | None = None
    for top in _tops(headings, row):  # groups above say whose name or telephone it is: with them, even if less is left
        layouts = [_layout(table, headings, (top, bottom), words, chosen) for bottom in _bottoms(headings, row, words)]
        best = max((layout for layout in layouts if layout), key=_worth, default=best)
    return best if best and _is_list(table, best, words, chosen) else None


def _labels_a_name(headings: Headings, row: int, words: RollWords, chosen: Mapping[str, str]) -> bool:
    """True when some cell of the row may be the heading of names; alone in its row it must say so word for word."""
    name = words.fields[0]
    own = headings.own_texts(row)
    said = {key.upper() for key, field in chosen.items() if field == "name"}
    if own and said & {column_letters(column) for column in own}:
        return len(own) > 1
    if any(heading_of(text) in set(map(heading_of, said)) for text in own.values()):
        return True
    if len(own) == 1:
        return any(match(name, (text,), ()) >= WORD_FOR_WORD for text in own.values())
    return any(
        match(name, (text,), ()) or (row and match(name, headings.pieces(row - 1, row, column), ()))
        for column, text in own.items()
    )


def _worth(layout: Layout) -> tuple[int, int]:
    told_apart = {(key, layout.headings.get(each, "")) for key, found in layout.columns.items() for each in found}
    return len(told_apart), -layout.bottom


def _tops(headings: Headings, row: int) -> Iterator[int]:
    yield row
    first = min(headings.own_texts(row), default=0)
    for top in range(row - 1, max(row - HEADING_ROWS, -1), -1):
        if headings.is_title(top, first) or not headings.all_text(top):
            return
        yield top


def _bottoms(headings: Headings, row: int, words: RollWords) -> Iterator[int]:
    """Yield last rows of the heading: rows below belong to it while they label only what it has left open."""
    yield row
    own = headings.own_texts(row)
    for bottom in range(row + 1, row + HEADING_ROWS):
        below = headings.own_texts(bottom)
        if not below or not headings.all_text(bottom):
            return
        if any(
            column in own and not _BRACKETED.fullmatch(text) and not _is_group(headings, row, column, below, words)
            for column, text in below.items()
        ):
            return
        yield bottom


def _is_group(headings: Headings, row: int, column: int, below: Mapping[int, str], words: RollWords) -> bool:
    """True when the heading at a place also stands over the column to its right, which is labelled below."""
    text, anchor = headings.filled(row, column)
    right, right_anchor = headings.filled(row, column + 1)
    if any(field.key in UNDIVIDED and heading_of(text) in field.exact for field in words.fields):
        return False
    return right_anchor == anchor or (not right and column + 1 in below)


def _layout(
    table: Table, headings: Headings, rows: tuple[int, int], words: RollWords, chosen: Mapping[str, str]
) -> Layout | None:
    top, bottom = rows
    width = max((len(table.rows[row]) for row in range(top, bottom + 1)), default=0)
    pieces = {column: found for column in range(width) if (found := headings.pieces(top, bottom, column))}
    for column in list(pieces):
        pieces[column] = _with_group_to_the_left(headings, rows, column, pieces[column])
    columns = assign(pieces, words)
    for said, field in chosen.items():
        place = _said_column(said, pieces)
        if place is not None:
            columns = {
                key: kept for key, found in columns.items() if (kept := tuple(each for each in found if each != place))
            }
            columns[field] = (place,)
    if "name" not in columns:
        return None
    serial = next((column for column, found in pieces.items() if heading_of(found[-1]) in words.serial), -1)
    return Layout(top, bottom, columns, serial, {column: "".join(found) for column, found in pieces.items()})


def _with_group_to_the_left(
    headings: Headings, rows: tuple[int, int], column: int, pieces: tuple[str, ...]
) -> tuple[str, ...]:
    """Give a sub-heading the group it belongs to where the group's cells are not really merged."""
    top, bottom = rows
    if top == bottom or len(pieces) != 1 or headings.filled(top, column)[0]:
        return pieces
    for left in range(column - 1, -1, -1):
        group, anchor = headings.filled(top, left)
        if group:
            merged = headings.filled(top, left + 1)[1] != (top, left + 1) or anchor != (top, left)
            below = headings.filled(bottom, left)[0]
            return pieces if merged or not below or below == group else (group, *pieces)
    return pieces


def _said_column(said: str, pieces: Mapping[int, Sequence[str]]) -> int | None:
    wanted = heading_of(said)
    for column, found in pieces.items():
        if wanted in {heading_of("".join(found)), heading_of(found[-1])} or wanted == column_letters(column).lower():
            return column
    return None


def _is_list(table: Table, layout: Layout, words: RollWords, chosen: Mapping[str, str]) -> bool:
    """True when what stands below the heading can be names of inspected bodies."""
    if "name" in chosen.values():
        return True
    names = column_texts(table, layout.bottom + 1, layout.name)
    known = {heading for field in words.fields[1:] for heading in field.exact} | words.serial
    if sum(heading_of(name) in known for name in names) > len(names) * ENOUGH:
        return False
    if names and sum(name.endswith(words.places) for name in names) > len(names) * ENOUGH:
        return False
    if _vague(layout, words) and (len(layout.columns) == 1 or "uscc" not in layout.columns):
        organisations = sum(name.endswith(words.organisation) for name in names)
        return bool(names) and organisations >= len(names) * ENOUGH
    return True


def _vague(layout: Layout, words: RollWords) -> bool:
    return heading_of(layout.headings.get(layout.name, "")) in words.vague_names


def column_texts(table: Table, start: int, column: int) -> list[str]:
    """Return the first texts of a column from row `start`, empty cells left out."""
    texts = (
        clean_text(cell)
        for row in islice(table.rows, start, start + SAMPLE)
        if column < len(row) and isinstance(cell := row[column], str) and cell.strip()
    )
    return list(texts)


def layout_without_heading(table: Table, words: RollWords, chosen: Mapping[str, str]) -> Layout | None:
    """Return the layout of a table that begins with its first employer, or None.

    Taken only where the user has said which columns hold what, or where one column is full of right credit codes
    and exactly one other full of names of organisations.
    """
    width = max(map(len, table.rows[:SAMPLE]), default=0)
    columns = {
        field: (column_index(said.upper()),)
        for said, field in chosen.items()
        if said.isascii() and said.isalpha() and column_index(said.upper()) < width
    }
    if "name" not in columns:
        texts = {column: found for column in range(min(width, 100)) if (found := column_texts(table, 0, column))}
        codes = [column for column, found in texts.items() if sum(map(looks_like_code, found)) >= len(found) * MOST]
        names = [
            column
            for column, found in texts.items()
            if sum(text.endswith(words.organisation) for text in found) >= len(found) * MOST
        ]
        if len(codes) != 1 or len(names) != 1:
            return None
        columns = {"name": (names[0],), "uscc": (codes[0],)}
    return Layout(-1, -1, columns, -1, {})


def vertical_merges(table: Table) -> dict[int, dict[int, int]]:
    """Return row → column → row of the cell whose value is shown there, for cells merged downwards."""
    shown: dict[int, dict[int, int]] = {}
    for merge in table.merges:
        bottom = min(merge.bottom, len(table.rows) - 1)
        for row in range(merge.top + 1, bottom + 1):
            shown.setdefault(row, {})[merge.left] = merge.top
    return shown


def wide_merges(table: Table) -> dict[int, Merge]:
    """Return row → the merged range over three columns or more that begins in it."""
    return {merge.top: merge for merge in table.merges if merge.right - merge.left >= 2}
