"""Tables as xlsx files: headings that stay in sight, and no cell that a spreadsheet program would run.

Text is always stored as text.  What begins like a formula is marked besides with the text prefix, so that it stays
text when the file is saved as CSV or edited.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from itertools import chain, islice
from typing import Any

from ohdesk.domain.roll.table import column_letters

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
LONGEST_CELL = 32_767
LONGEST_SHEET_NAME = 31
NARROWEST, WIDEST = 6, 48  # characters of half width
MEASURED_ROWS = 200  # the first ones are enough for a width
HEADING_FILL = "E8EEF4"

_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

_STARTS = frozenset((*FORMULA_STARTS, "#"))  # of texts that openpyxl would take for something else

Value = str | int | None
Made = Callable[[str], Any]  # a cell of a page, of openpyxl


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, one heading per column, and rows of text or whole numbers, which may be made one by one."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Value]]


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """Return the xlsx file of one or more sheets; the same content gives the same cells."""
    from openpyxl import Workbook  # late: a fifth of a second, which only whoever writes a workbook should wait

    book = Workbook(write_only=True)
    used: set[str] = set()
    for sheet in sheets:
        _write(book.create_sheet(_sheet_name(sheet.name, used)), sheet)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def safe_text(text: str) -> str:
    """Return text as a cell may hold it: no characters that XML forbids, no accidental escapes, not too long."""
    return _ESCAPE.sub("_x005F_", _NOT_XML.sub("", text))[:LONGEST_CELL]


def _write(page: Any, sheet: Sheet) -> None:
    from openpyxl.cell import WriteOnlyCell

    made = partial(WriteOnlyCell, page)
    page.freeze_panes = "A2"
    rows = iter(sheet.rows)
    first = list(islice(rows, MEASURED_ROWS))
    for column, width in enumerate(_widths(sheet.headings, first)):
        page.column_dimensions[column_letters(column)].width = width
    page.append([_heading(made, text) for text in sheet.headings])
    written = 1
    for row in chain(first, rows):
        page.append([_cell(made, value) for value in row])
        written += 1
    # Stands behind the rows in the file, when it is known how many there are.
    page.auto_filter.ref = f"A1:{column_letters(max(len(sheet.headings) - 1, 0))}{written}"


def _heading(made: Made, text: str) -> Any:
    from openpyxl.styles import Alignment, Font, PatternFill

    cell = _text_cell(made, text)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor=HEADING_FILL)
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    return cell


def _cell(made: Made, value: Value) -> Any:
    if value is None or value == "":
        return None
    # Nearly all texts: as they are, openpyxl makes of them what `_text_cell` does, in half the time.
    if isinstance(value, int) or (value[0] not in _STARTS and value.isprintable() and safe_text(value) == value):
        return value
    return _text_cell(made, value)


def _text_cell(made: Made, text: str) -> Any:
    cell = made(safe_text(text))
    cell.data_type = "s"  # openpyxl has taken "=…" for a formula and "#N/A" for an error
    # The name of a firm may begin with "="; a spreadsheet would run it when somebody edits the cell.
    if text.startswith(FORMULA_STARTS):
        cell.quotePrefix = True
    return cell


def _widths(headings: Sequence[str], rows: Sequence[Sequence[Value]]) -> Iterator[int]:
    for column, heading in enumerate(headings):
        texts = [heading, *(str(row[column]) for row in rows if column < len(row))]
        yield min(max(NARROWEST, *(_half_widths(text) + 2 for text in texts)), WIDEST)


def _half_widths(text: str) -> int:
    return sum(1 if char.isascii() else 2 for char in text[:WIDEST])


def _sheet_name(name: str, used: set[str]) -> str:
    plain = _NOT_SHEET_NAME.sub(" ", _NOT_XML.sub("", name)).strip() or "Sheet"
    candidate, number = plain[:LONGEST_SHEET_NAME], 2
    # Spreadsheet programs refuse a file in which two names differ by their case alone.
    while candidate.lower() in used:
        ending = f" {number}"
        candidate, number = plain[: LONGEST_SHEET_NAME - len(ending)] + ending, number + 1
    used.add(candidate.lower())
    return candidate
