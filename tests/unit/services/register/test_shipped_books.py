"""Every book shipped can be kept: an entry in it is written, found by its views, led to its end, exported."""

from datetime import date

import openpyxl
import pytest

from ohdesk.domain.register.definition import Definition, Field, Kind
from ohdesk.forms.registers import definition, definition_ids
from ohdesk.services.office import people
from ohdesk.services.register import entries, listing
from ohdesk.services.register.conditions import EntryQuery, view_query
from ohdesk.services.register.export import export_book
from ohdesk.services.roll import entries as roll
from tests.visiting import allow_assistants

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
FITTING = {
    "month": "2026-02",
    "sha256": "0f" * 32,
    "device": "0f" * 8,
    "copies": "3",
    "ratio": "30",
    "hours": "8",
    "unit": "mg/m3",
    "most": "4",  # inspections in a year
}
WRITTEN_HERE = [name for name in definition_ids() if not definition(name).read_only]


def named(ctx, field: Field, employer: str) -> str:
    """Return the id of what a field can name; of an entry of another book one that is made for it."""
    if field.kind is Kind.ESTABLISHMENT:
        return employer
    if field.kind is Kind.PERSON:
        return people.list_people(ctx)[0].id
    other = field.of or "activities"
    if other in definition_ids() and other not in WRITTEN_HERE:
        return ""  # what comes from above is not there yet
    if other not in WRITTEN_HERE:
        return ctx.new_id()  # of a visit, a record, a finding
    return made(ctx, definition(other), employer, all_fields=False)


def typed(ctx, field: Field, employer: str) -> str:
    """Return something that can be typed into a field."""
    if field.key in FITTING and field.kind in {Kind.TEXT, Kind.COUNT, Kind.AMOUNT}:
        return FITTING[field.key]
    if field.choices:
        return field.choices[0][0]
    if field.kind in {Kind.PERSON, Kind.ESTABLISHMENT, Kind.ENTRY}:
        return named(ctx, field, employer)
    return OF_KIND.get(field.kind, "")


def made(ctx, book: Definition, employer: str, *, all_fields: bool = True) -> str:
    """Make an entry with a value for each field that a form would ask for, or for those it cannot be without."""
    asked = [field for field in book.fields if not field.computed and (all_fields or field.required)]
    texts = {field.key: typed(ctx, field, employer) for field in asked}
    wanted = [field.key for field in asked if all(texts.get(key) == one for key, one in field.shown_when.items())]
    about = {"establishment": employer, "person": people.list_people(ctx)[0].id}.get(book.about, "")
    return entries.add(ctx, book.id, {key: texts[key] for key in wanted if texts[key]}, about)


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
    people.add_person(ctx, "闻人甲", "inspector", "Z-001", "2027-12-31", leads=True)
    if book.needs_paper:
        allow_assistants(ctx)
    entry = made(ctx, book, roll.add(ctx, {"name": "示范厂"}))
    for state in far(book)[1:]:
        entries.correct(ctx, entry, {"state": state}, "办理")
    everything = {row.id: row for row in listing.all_rows(ctx, name)}
    row = everything[entry]
    assert bool(row.number) == bool(book.number)
    assert row.state == (far(book) or [""])[-1]
    for key in book.listing.columns:
        listing.cell(book, row, key)
    for view in book.listing.views:
        seen = [row.id for row in listing.all_rows(ctx, name, view_query(view, TODAY))]
        assert set(seen) <= everything.keys()
    target = tmp_path / "book.xlsx"
    assert export_book(ctx, name, target, EntryQuery(), private=True, inside=True).count == len(everything)
    headings = [cell.value for cell in next(openpyxl.load_workbook(target).active.iter_rows(max_row=1))]
    assert len(headings) == len(set(headings))
    official = [book.workbook.headings.get(key) or listing.heading(book, key) for key in book.workbook.layout]
    assert headings[: len(official)] == official
