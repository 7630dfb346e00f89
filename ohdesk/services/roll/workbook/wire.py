"""What the child process answers, and its spelling on the pipe (MessagePack)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Annotated, Any

import msgspec

from ohdesk.domain.roll.table import WIDEST_MERGE, Merge, Table
from ohdesk.services.roll.workbook.limits import FILLED_CELLS, MERGED_CELLS, ROWS

_EMPTY = frozenset({"", None})
_AS_IS = frozenset({str, int, float, bool, type(None)})
_DAY = 1  # MessagePack extension: a calendar day, "2026-03-02"


class _Sheet(msgspec.Struct, array_like=True):
    """A table on the pipe: filled rows with their numbers; what the child says is checked as it is read."""

    name: str
    rows: list[tuple[Annotated[int, msgspec.Meta(ge=0)], list[Any]]]
    merges: list[Merge]
    hidden_rows: list[int]

    def __post_init__(self) -> None:
        if any(row >= below for (row, _), (below, _) in pairwise(self.rows)):
            raise ValueError("rows out of order")


class _Answer(msgspec.Struct, array_like=True):
    tables: list[_Sheet]
    hidden_sheets: tuple[str, ...]
    other_sheets: tuple[str, ...]
    notes: tuple[str, ...]


class NotReadableError(Exception):
    """The file cannot be used; `code` says why, in a word of `reading.SENTENCES`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything read from a workbook: visible tables, and the names of what was left out.

    notes: words of `reading.NOTES` about the file as a whole, e.g. "macros"
    """

    tables: Sequence[Table]
    hidden_sheets: Sequence[str] = ()
    other_sheets: Sequence[str] = ()
    notes: Sequence[str] = ()


def encode(contents: Contents) -> bytes:
    """Return the bytes of a successful reading.

    Cells may be whatever a reader gives; empty ones at the end of a row and empty rows at the end are left out.
    Raises NotReadableError ("too_large") for more than the program takes.
    """
    budget = FILLED_CELLS
    tables = []
    for table in contents.tables:
        rows = [(row, sent) for row, cells in enumerate(table.rows) if cells and (sent := _sent_row(cells))]
        budget -= sum(len(sent) for _, sent in rows)
        if budget < 0:
            raise NotReadableError("too_large")
        merges = _bounded(table.merges, rows[-1][0] if rows else -1)
        tables.append([table.name, rows, merges, sorted(table.hidden_rows)])
    return msgspec.msgpack.encode([tables, contents.hidden_sheets, contents.other_sheets, contents.notes])


def _bounded(merges: Sequence[Merge], last: int) -> tuple[Merge, ...]:
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


def laid_out(rows: Sequence[tuple[int, Sequence[Any]]]) -> list[Sequence[Any]]:
    """Return filled rows, given with their numbers in rising order, with the blank rows between them.

    Raises NotReadableError ("too_large") for a row below the last one of any spreadsheet program.
    """
    if rows and rows[-1][0] >= ROWS:
        raise NotReadableError("too_large")
    laid: list[Sequence[Any]] = [()] * (rows[-1][0] + 1 if rows else 0)
    for row, cells in rows:
        laid[row] = cells
    return laid


def filled_rows(rows: Mapping[int, Mapping[int, Any]]) -> list[Sequence[Any]]:
    """Return cells, given by row and column from 0, as rows that each end at their own last filled cell."""
    return laid_out([(row, [rows[row].get(at) for at in range(max(rows[row]) + 1)]) for row in sorted(rows)])


def encode_refusal(code: str) -> bytes:
    """Return the bytes that say why the file cannot be used."""
    return msgspec.msgpack.encode(code)


def decode(data: bytes) -> Contents:
    """Return what the child read; raises NotReadableError with the child's reason.

    Raises ValueError when the bytes are no whole answer.
    """
    answer = msgspec.msgpack.decode(data, type=_Answer | str, ext_hook=_decode_day)
    if isinstance(answer, str):
        raise NotReadableError(answer)
    tables = tuple(
        Table(
            sheet.name,
            rows := laid_out(sheet.rows),
            _bounded(sheet.merges, len(rows) - 1),
            frozenset(sheet.hidden_rows),
        )
        for sheet in answer.tables
    )
    return Contents(tables, answer.hidden_sheets, answer.other_sheets, answer.notes)


def _sent_row(row: Sequence[Any]) -> Sequence[Any]:
    length = len(row)
    while length and row[length - 1] in _EMPTY:
        length -= 1
    filled = row[:length]
    return filled if _AS_IS.issuperset(map(type, filled)) else [_sent(cell) for cell in filled]


def _sent(cell: Any) -> Any:
    if isinstance(cell, date):
        return msgspec.msgpack.Ext(_DAY, date(cell.year, cell.month, cell.day).isoformat().encode("ascii"))
    return cell if type(cell) in _AS_IS else str(cell)


def _decode_day(code: int, data: memoryview) -> date:
    if code != _DAY:
        raise ValueError(f"extension {code} is unknown")
    return date.fromisoformat(bytes(data).decode("ascii"))
