"""Every book shipped can be kept: an entry in it is written, found by its views, led to its end, exported."""

from datetime import date

import openpyxl
import pytest

from ohdesk.domain.register.definition import Definition, Field, Kind
from ohdesk.forms.registers import definition, definition_ids
from ohdesk.services.register import entries, listing
from ohdesk.services.register.export import export_book
from ohdesk.services.roll import entries as roll

TODAY = date(2026, 3, 2)
OF_KIND = {
    Kind.TEXT: "甲",
    Kind.NOTE: "甲\n乙",
    Kind.COUNT: "2020",
    Kind.AMOUNT: "12.50",
    Kind.DAY: "2026-03-04",
    Kind.TIME: "2026-03-02 09:30",
    Kind.YES_NO: "是",
}
FITTING = {"month": "2026-02", "sha256": "0f" * 32, "copies": "3", "ratio": "30", "hours": "8", "unit": "mg/m3"}
WRITTEN_HERE = [name for name in definition_ids() if not definition(name).read_only]


def typed(field: Field, whom: str) -> str:
    """Return something that can be typed into a field."""
    if field.key in FITTING and field.kind in {Kind.TEXT, Kind.COUNT, Kind.AMOUNT}:
        return FITTING[field.key]
    if field.choices:
        return field.choices[0][0]
    return whom if field.kind in {Kind.PERSON, Kind.ESTABLISHMENT, Kind.ENTRY} else OF_KIND.get(field.kind, "")


def filled(book: Definition, whom: str) -> dict[str, str]:
    """Return a value for each field of a book that a form would ask for."""
    texts = {field.key: typed(field, whom) for field in book.fields}
    shown = [field.key for field in book.fields if all(texts[key] == value for key, value in field.shown_when.items())]
    found = book.judged
    computed = {found.limit, found.standard, found.verdict, found.why} if found else set()
    return {key: text for key, text in texts.items() if key in shown and key not in computed and text}


def far(book: Definition) -> list[str]:
    """Return the states from the first to an end, by the way that each names first."""
    way = [state.key for state in book.states[:1]]
    states = {state.key: state for state in book.states}
    while way and states[way[-1]].to:
        way.append(next(key for key in states[way[-1]].to if key not in way))
    return way


@pytest.mark.parametrize("name", WRITTEN_HERE)
def test_an_entry_is_written_found_led_to_its_end_and_exported(ctx, tmp_path, name):
    book = definition(name)
    whom = roll.add(ctx, {"name": "示范厂"})
    texts = filled(book, whom)
    entry = entries.add(ctx, name, texts, "" if book.about == "nothing" else whom)
    for state in far(book)[1:]:
        entries.correct(ctx, entry, {"state": state}, "办理")
    (row,) = listing.rows_of(ctx, name, listing.entries(ctx, name).ids)
    assert bool(row.number) == bool(book.number)
    assert row.state == (far(book) or [""])[-1]
    for key in book.listing.columns:
        listing.cell(book, row, key)
    for view in book.listing.views:
        assert set(listing.entries(ctx, name, listing.view_query(book, view.key, TODAY)).ids) <= {entry}
    target = tmp_path / "book.xlsx"
    assert export_book(ctx, name, target, listing.EntryQuery()) == 1
    headings = [cell.value for cell in next(openpyxl.load_workbook(target).active.iter_rows(max_row=1))]
    assert len(headings) == len(set(headings))
    official = [book.workbook.headings.get(key) or listing.heading(book, key) for key in book.workbook.layout]
    assert headings[: len(official)] == official
