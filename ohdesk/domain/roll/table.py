"""A sheet as it was read, before anybody has said what its columns mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, overload

from ohdesk.domain.kept_columns import Pairs

Cell = str | int | float | bool | date | None

LETTERS = 26
REPEATS = "duplicate_of:"  # begins the flag of an entry that repeats another, whose row follows
WIDEST_MERGE = 512  # columns: what is merged over more, up to all 16,384, is no heading of a column


class Merge(NamedTuple):
    """Merged cells: first and last row and column, all from 0 and all included; the value stands in the first cell."""

    top: int
    left: int
    bottom: int
    right: int

    def covers(self, column: int) -> bool:
        """True for a column that it spans."""
        return self.left <= column <= self.right


@dataclass(frozen=True, slots=True)
class Table:
    """One visible sheet: rows from 0 as laid out in the sheet, short rows ending at their last filled cell.

    Of a long sheet the rows are read from the file as they are asked for: one after another costs least.

    Error values of formulas are text such as "#N/A"; "#未计算" is a formula whose result was never saved.
    formulas: row and column of cells that are computed, of the first ones, where the format tells
    left: how many columns of the sheet stand left of this table
    """

    name: str
    rows: Sequence[Sequence[Cell]]
    merges: tuple[Merge, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    formulas: frozenset[tuple[int, int]] = frozenset()
    left: int = 0

    def part(self, first: int, end: int) -> "Table":
        """Return the columns from `first` up to `end` as a table of its own."""
        merges = tuple(
            Merge(merge.top, merge.left - first, merge.bottom, min(merge.right, end - 1) - first)
            for merge in self.merges
            if first <= merge.left < end
        )
        return Table(self.name, _Columns(self.rows, first, end), merges, self.hidden_rows, left=self.left + first)


class _Columns(Sequence[Sequence[Cell]]):
    """Some columns of rows, cut out as they are asked for: a long list is not held whole."""

    def __init__(self, rows: Sequence[Sequence[Cell]], first: int, end: int) -> None:
        self._rows, self._columns = rows, slice(first, end)

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Sequence[Cell]: ...
    @overload
    def __getitem__(self, at: slice) -> list[Sequence[Cell]]: ...
    def __getitem__(self, at: int | slice) -> Sequence[Cell] | list[Sequence[Cell]]:
        if isinstance(at, slice):
            return [row[self._columns] for row in self._rows[at]]
        return self._rows[at][self._columns]


def column_letters(column: int) -> str:
    """Return a column, counted from 0, as spreadsheet programs name it: 0 is "A", 26 is "AA"."""
    letters = ""
    rest = column + 1
    while rest:
        rest, letter = divmod(rest - 1, LETTERS)
        letters = chr(ord("A") + letter) + letters
    return letters


def column_index(letters: str) -> int:
    """Return the column, counted from 0, that is named by `letters` ("A" to "XFD")."""
    index = 0
    for letter in letters:
        index = index * LETTERS + ord(letter) - ord("A") + 1
    return index - 1


class Doubt(NamedTuple):
    """A value that was left out, or should be looked at: in which column, what was expected and what stands there."""

    column: str
    expected: str
    found: str
    reason: str


class Entry(NamedTuple):
    """One employer of the list.

    row:    the row in the sheet as the user sees it, from 1; sheet: its name
    uscc:   the code as written, spelling put right; "" when missing, a rounded number or a person's
    fields: what would be stored, by key of `establishment.FIELDS`; has no "uscc" when the code cannot identify
    kept:   the columns that go into no field and are kept, each heading with what stands under it
    flags:  uscc_check, uscc_missing, uscc_damaged, uscc_other (a number from before the credit code),
            uscc_personal (a personal identity number, which is kept nowhere), duplicate_of:<row>, hidden, closed
    """

    row: int
    sheet: str
    name: str
    uscc: str
    fields: Mapping[str, str]
    flags: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    kept: Pairs = ()

    @property
    def repeats(self) -> int:
        """The row in which the same employer stood first, 0 for a first one."""
        rows = (flag.removeprefix(REPEATS) for flag in self.flags if flag.startswith(REPEATS))
        return int(next(rows, 0))


class Refusal(NamedTuple):
    """A row meant as an employer that cannot be taken; `cells` are the row's own cells as text."""

    sheet: str
    row: int
    column: str
    expected: str
    found: str
    reason: str
    cells: tuple[str, ...] = ()
