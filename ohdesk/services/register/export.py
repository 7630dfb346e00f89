"""The entries of a book as an xlsx file: under the headings of the official sheet where there is one."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ohdesk.db.row_numbers import Names
from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Definition, Kind, word
from ohdesk.errors import UserError
from ohdesk.files import hand_out
from ohdesk.i18n import tr
from ohdesk.reports.tables import Sheet, Value, workbook
from ohdesk.services.context import Context
from ohdesk.services.register import listing
from ohdesk.services.register.books import book
from ohdesk.services.register.conditions import EntryQuery
from ohdesk.services.register.listing import EntryRow

_AT_ONCE = 500  # rows fetched together


def export_book(ctx: Context, register: str, target: Path, query: EntryQuery, *, private: bool = False) -> int:
    """Write the entries that a query finds; return how many.

    private: with what stays on this laptop, as somebody said who answers for the file; without it UserError is raised
        for a book that never leaves it
    """
    ctx.require(Right.READ)
    definition = book(ctx, register)
    if definition.travels == "no" and not private:
        message = tr("“{book}”只留本机，没有写出。", book=word(definition.title))
        raise UserError(message, tr("确需写出时请先确认由您保管文件（命令：--private）。"))
    keys = columns_of(definition, private=private)
    found = listing.entries(ctx, register, query)
    rows = (_cells(definition, row, keys) for row in _rows(ctx, register, found.names))
    headings = [_heading(definition, key) for key in keys]
    hand_out(target, workbook([Sheet(word(definition.title), headings, rows)]))
    return len(found.names)


def columns_of(definition: Definition, *, private: bool) -> list[str]:
    """Return the columns of the sheet: in the official order, what it does not name behind."""
    about = [] if definition.about == "nothing" else [definition.about]
    number = ["number"] if definition.number else []
    behind = [*(["state"] if definition.states else []), *(["due_on"] if definition.dues else [])]
    every = [*number, "opened_on", *about, *(each.key for each in definition.fields), *behind]
    hidden = {each.key for each in definition.fields if each.private and not private}
    return [key for key in dict.fromkeys([*definition.workbook.layout, *every]) if key not in hidden]


def _heading(definition: Definition, key: str) -> str:
    return definition.workbook.headings.get(key) or listing.heading(definition, key)


def _rows(ctx: Context, register: str, names: Names) -> Iterator[EntryRow]:
    for start in range(0, len(names), _AT_ONCE):
        yield from listing.rows_of(ctx, register, names[start : start + _AT_ONCE])


def _cells(definition: Definition, row: EntryRow, keys: Sequence[str]) -> list[Value]:
    return [_cell(definition, row, key) for key in keys]


def _cell(definition: Definition, row: EntryRow, key: str) -> Value:
    field = definition.by_key.get(key)
    value = row.values.get(key)
    # Counts as numbers, so that a spreadsheet adds them up.
    if field is not None and field.kind is Kind.COUNT and isinstance(value, int):
        return value
    return listing.cell(definition, row, key)
