"""The entries of a book as an xlsx file: under the headings of the official sheet where there is one.

Behind them stand the columns that were kept of lists, each under its own heading.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from ohdesk.db.row_numbers import Names, is_numbered, name
from ohdesk.domain.kept_columns import MARK, headings_of
from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Definition, Kind, word
from ohdesk.errors import UserError
from ohdesk.files import hand_out
from ohdesk.forms.small_counts import has_small_counts, is_few, is_small, small_text
from ohdesk.i18n import tr
from ohdesk.reports.tables import Sheet, Value, workbook
from ohdesk.services.context import Context
from ohdesk.services.guarded import guarded
from ohdesk.services.register import listing
from ohdesk.services.register.books import book
from ohdesk.services.register.conditions import EntryQuery, in_book
from ohdesk.services.register.listing import EntryRow
from ohdesk.services.register.tables import model_of
from ohdesk.services.written_out import WrittenOut

_AT_ONCE = 500  # rows fetched together


def export_book(
    ctx: Context, register: str, target: Path, query: EntryQuery, *, private: bool = False, inside: bool = False
) -> WrittenOut:
    """Write the entries that a query finds; left out are those about employers that handle state secrets.

    private: with what stays on this laptop, as somebody said who answers for the file; without it UserError is raised
        for a book that never leaves it
    inside: the file stays inside town and county, as somebody said; else a count of a few persons, where the book says
        so of a field, is not written as it is
    """
    ctx.require(Right.READ)
    definition = book(ctx, register)
    if definition.travels == "no" and not private:
        message = tr("“{book}”只留本机，没有写出。", book=word(definition.title))
        raise UserError(message, tr("确需写出时请先确认由您保管文件（命令：--private）。"))
    found = listing.entries(ctx, register, query).names
    hidden = _guarded(ctx, definition)
    names = [each for each in found if each not in hidden] if hidden else found
    sheet = _Sheet(definition, columns_of(definition, private=private), _kept_headings(ctx, definition), inside=inside)
    rows = map(sheet.cells, _rows(ctx, register, names))
    hand_out(target, workbook([Sheet(word(definition.title), sheet.headings, rows)]))
    return WrittenOut(len(names), len(found) - len(names), sheet.small)


def columns_of(definition: Definition, *, private: bool) -> list[str]:
    """Return the columns of the sheet: in the official order, what it does not name behind."""
    about = [] if definition.about == "nothing" else [definition.about]
    number = ["number"] if definition.number else []
    behind = [*(["state"] if definition.states else []), *(["due_on"] if definition.dues else [])]
    every = [*number, "opened_on", *about, *(each.key for each in definition.fields), *behind]
    hidden = {each.key for each in definition.fields if each.private and not private}
    return [key for key in dict.fromkeys([*definition.workbook.layout, *every]) if key not in hidden]


class _Sheet:
    """Makes the cells of rows, and counts those that do not say how many persons there are."""

    def __init__(self, definition: Definition, keys: Sequence[str], kept: Sequence[str], *, inside: bool) -> None:
        self._definition, self._keys, self._kept, self._inside = definition, keys, kept, inside
        self._has_small = has_small_counts(definition)
        own = definition.workbook.headings
        self.headings = [own.get(key) or listing.heading(definition, key) for key in keys]
        self.headings += [f"{heading}{MARK}" for heading in kept]
        self.small = 0

    def cells(self, row: EntryRow) -> list[Value]:
        """Return what stands in the columns of a row."""
        fields = [self._cell(row, key) for key in self._keys]
        if not self._kept:
            return fields
        held: dict[str, str] = dict(row.values.get("kept") or ())  # type: ignore[arg-type]
        return [*fields, *(self._beside(held.get(heading, "")) for heading in self._kept)]

    def _beside(self, text: str) -> str:
        """Return what was kept of a list; nobody knows whether a few that it speaks of are persons."""
        if self._has_small and not self._inside and is_few(text):
            self.small += 1
            return small_text()
        return text

    def _cell(self, row: EntryRow, key: str) -> Value:
        field, value = self._definition.by_key.get(key), row.values.get(key)
        if field is not None and not self._inside and is_small(field, value):
            self.small += 1
            return small_text()
        # Counts as numbers, so that a spreadsheet adds them up.
        if field is not None and field.kind is Kind.COUNT and isinstance(value, int):
            return value
        return listing.cell(self._definition, row, key)


def _kept_headings(ctx: Context, definition: Definition) -> list[str]:
    """Return the headings of all columns that are kept in a book."""
    model: Any = model_of(definition)
    kept = func.json_extract(model.values, "$.kept")
    held = select(kept).where(in_book(model, definition.id), model.withdrawn.is_(False), kept.is_not(None))
    with ctx.reading() as session:
        return headings_of(map(json.loads, session.scalars(held.order_by(model.id))))


def _guarded(ctx: Context, definition: Definition) -> set[Any]:
    """Return the entries about employers that handle state secrets, as the list names them."""
    model: Any = model_of(definition)
    with ctx.reading() as session:
        own = name(model, model.id, numbered=is_numbered(ctx.engine))
        about = (in_book(model, definition.id), model.establishment.in_(guarded()))
        return set(session.scalars(select(own).where(*about)))


def _rows(ctx: Context, register: str, names: Names) -> Iterator[EntryRow]:
    for start in range(0, len(names), _AT_ONCE):
        yield from listing.rows_of(ctx, register, names[start : start + _AT_ONCE])
