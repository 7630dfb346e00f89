"""The cells of a workbook as the readers hand them on."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any, overload

from ohdesk.domain.roll.table import WIDEST_MERGE, Cell, Merge, Table
from ohdesk.domain.roll.values import day_at, text_of
from ohdesk.services.workbook.limits import FILLED_CELLS, MERGED_CELLS, ROWS

_EMPTY = frozenset({"", None})
_AS_IS = frozenset({str, int, float, bool, type(None)})
_NEAR = 2048  # rows of a long sheet that are kept behind the one that was read last: headings look back and ahead

Row = Sequence[Cell]


class NotReadableError(Exception):
    """The file cannot be used; `code` says why, in a word of `reading`, `found` what stands where."""

    def __init__(self, code: str, found: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code, self.found = code, found


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything read from a workbook: visible tables, and the names of what was left out.

    notes: words of `reading.note_sentence` about the file as a whole, e.g. "macros"
    beside: texts that stand on its pages beside the tables, as headers and footers
    """

    tables: Sequence[Table]
    hidden_sheets: Sequence[str] = ()
    other_sheets: Sequence[str] = ()
    notes: Sequence[str] = ()
    beside: Sequence[str] = ()


class LongRows(Sequence[Row]):
    """The rows of a sheet that is too long for the memory, read from the file as they are asked for.

    Asked for one after another they are read once; for one far above the last, from the beginning again.
    """

    def __init__(self, read: Callable[[], Iterator[tuple[int, Row]]], count: int, wanted: frozenset[int]) -> None:
        """`read` gives the filled rows with their numbers, rising; `wanted` rows are kept, as merged cells want them.

        count: how many rows there are, or a few more
        """
        self._read, self._count, self._wanted = read, count, wanted
        self._kept: dict[int, Row] = {}
        self._begin()

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        if isinstance(at, slice):
            return [self[row] for row in range(*at.indices(self._count))]
        if at < self._first:
            if at in self._kept:
                return self._kept[at]
            if at < 0:
                return self[at + self._count]
            self._begin()
        if at >= self._count:
            raise IndexError(at)
        while at >= self._first + len(self._near):
            self._go_on()
        return self._near[at - self._first]

    def _begin(self) -> None:
        self._first = 0
        self._near: list[Row] = []
        # Blank to the end once there is no more.
        self._rows = chain(self._read(), [(self._count, ())])

    def _go_on(self) -> None:
        row, cells = next(self._rows)
        behind = self._first + len(self._near)
        if row < behind:
            raise NotReadableError("damaged")
        if row >= ROWS:
            raise NotReadableError("too_large")
        if row in self._wanted:
            self._kept[row] = cells
        self._near += [()] * (row - behind)
        self._near.append(cells)
        if len(self._near) > 2 * _NEAR:
            gone = len(self._near) - _NEAR
            del self._near[:gone]
            self._first += gone


def settled(contents: Contents) -> Contents:
    """Return what was read into memory with plain cells; those that are empty at the end of a row or sheet left out.

    Raises NotReadableError ("too_large") for more than the program takes.
    """
    budget = FILLED_CELLS
    tables = []
    for table in contents.tables:
        rows = [plain_row(cells) for cells in table.rows]
        while rows and not rows[-1]:
            rows.pop()
        budget -= sum(map(len, rows))
        if budget < 0 or len(rows) > ROWS:
            raise NotReadableError("too_large")
        tables.append(replace(table, rows=rows, merges=bounded(table.merges, len(rows) - 1)))
    return replace(contents, tables=tuple(tables))


def bounded(merges: Sequence[Merge], last: int) -> tuple[Merge, ...]:
    """Return the merged ranges that begin above the end of a sheet whose last row is `last`, within the limits.

    A few bytes of a file can merge a whole sheet, and again and again.
    """
    kept = tuple(merge for merge in merges if merge.top <= last)
    covered = sum(
        (min(merge.bottom, last) - merge.top + 1) * min(merge.right - merge.left + 1, WIDEST_MERGE) for merge in kept
    )
    if covered > MERGED_CELLS:
        raise NotReadableError("too_large")
    return kept


def laid_out(rows: Sequence[tuple[int, Row]]) -> list[Row]:
    """Return filled rows, given with their numbers in rising order, with the blank rows between them.

    Raises NotReadableError ("too_large") for a row below the last one of any spreadsheet program.
    """
    if rows and rows[-1][0] >= ROWS:
        raise NotReadableError("too_large")
    laid: list[Row] = [()] * (rows[-1][0] + 1 if rows else 0)
    for row, cells in rows:
        laid[row] = cells
    return laid


def filled_rows(rows: Mapping[int, Mapping[int, Any]]) -> list[Row]:
    """Return cells, given by row and column from 0, as rows that each end at their own last filled cell."""
    return laid_out([(row, [rows[row].get(at) for at in range(max(rows[row]) + 1)]) for row in sorted(rows)])


def plain_row(row: Sequence[Any]) -> Row:
    """Return a row up to its last filled cell, with days and whatever else a reader gives as plain cells."""
    length = len(row)
    while length and row[length - 1] in _EMPTY:
        length -= 1
    filled = row if length == len(row) else row[:length]
    if _AS_IS.issuperset(map(type, filled)):
        return filled
    return [cell if type(cell) in _AS_IS else _plain(cell) for cell in filled]


class Moment(date):
    """A day, and the time of day that stands with it for whoever asks: "09:30"."""

    clock: str


def cell_text(cell: Cell) -> str:
    """Return a cell as text with its lines kept: whole numbers without a fraction, others without an exponent."""
    if isinstance(cell, str):
        return cell.replace("\r\n", "\n").strip()
    if isinstance(cell, Moment):
        return f"{cell.isoformat()} {cell.clock}"
    if isinstance(cell, float) and math.isfinite(cell):
        return text_of(cell) if cell.is_integer() else format(Decimal(repr(cell)), "f")
    return text_of(cell)


def _plain(cell: Any) -> Cell:
    if isinstance(cell, datetime):
        day = day_at(cell)
        if day != cell.date() or not cell.time():
            return day
        moment = Moment(day.year, day.month, day.day)
        moment.clock = f"{cell:%H:%M}"
        return moment
    return cell if isinstance(cell, date) else str(cell)
