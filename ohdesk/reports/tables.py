"""Tables as xlsx files: headings that stay in sight, and no cell that a spreadsheet program would run.

Text is always stored as text.  What begins like a formula is marked besides with the text prefix, so that it stays
text when the file is saved as CSV or edited.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
LONGEST_CELL = 32_767
LONGEST_SHEET_NAME = 31
NARROWEST, WIDEST = 6, 48  # characters of half width
MEASURED_ROWS = 200
HEADING_FILL = "E8EEF4"

_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

Value = str | int | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, one heading per column, and rows of text or whole numbers."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Value]]


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """Return the xlsx file of one or more sheets; the same content gives the same cells."""
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
    page.freeze_panes = "A2"
    for column, width in enumerate(_widths(sheet), start=1):
        page.column_dimensions[get_column_letter(column)].width = width
    last = get_column_letter(max(len(sheet.headings), 1))
    page.auto_filter.ref = f"A1:{last}{len(sheet.rows) + 1}"
    page.append([_heading(page, text) for text in sheet.headings])
    for row in sheet.rows:
        page.append([_cell(page, value) for value in row])


def _heading(page: Any, text: str) -> Any:
    cell = _text_cell(page, text)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor=HEADING_FILL)
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    return cell


def _cell(page: Any, value: Value) -> Any:
    if value is None or value == "":
        return None
    return value if isinstance(value, int) else _text_cell(page, value)


def _text_cell(page: Any, text: str) -> Any:
    cell: Any = WriteOnlyCell(page, safe_text(text))
    cell.data_type = "s"  # openpyxl has taken "=…" for a formula and "#N/A" for an error
    # The name of a firm may begin with "="; a spreadsheet would run it when somebody edits the cell.
    if text.startswith(FORMULA_STARTS):
        cell.quotePrefix = True
    return cell


def _widths(sheet: Sheet) -> Iterator[int]:
    for column, heading in enumerate(sheet.headings):
        # The first rows are enough for a width.
        texts = [heading, *(str(row[column]) for row in sheet.rows[:MEASURED_ROWS] if column < len(row))]
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
