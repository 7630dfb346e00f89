"""A long book: every filter and search finds what a plain walk finds, and what is indexed is not walked through."""

import random
import shutil

import pytest
from sqlalchemy import text

from ohdesk.db import search_index
from ohdesk.db.models import Entry
from ohdesk.domain.register.conditions import HOWS, Condition
from ohdesk.domain.register.values import value_text
from ohdesk.search import folded, search_text
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.register import books, entries, indexes, listing, seeking
from ohdesk.services.register.conditions import EntryQuery
from ohdesk.services.roll import entries as roll
from ohdesk.services.roll import search_index as roll_index
from tests.conftest import PASSWORD, noon, town_workspace

BOOK = """
id = "readings"
version = "1"
title.zh = "读数"
travels = "yes"
[[field]]
key = "day"
label.zh = "日期"
kind = "day"
indexed = true
[[field]]
key = "level"
label.zh = "数值"
kind = "amount"
indexed = true
[[field]]
key = "count"
label.zh = "人数"
kind = "count"
[[field]]
key = "way"
label.zh = "方式"
kind = "choice"
choices = ["定点", "个体"]
indexed = true
[[field]]
key = "words"
label.zh = "内容"
"""
COMPLAINT = {
    "received_at": "2026-03-01 09:30",
    "source": "phone",
    "identity": "anonymous",
    "facts": "粉尘大",
    "within_power": "town",
}
ALPHABET = "ab%_'\\\"甲乙ＡＢ𠮷 12"
ROWS, ASKED, LEAST = 120, 250, 100


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A town with the book and its rows, and what each of them holds; every test has a copy."""
    folder = town_workspace(tmp_path_factory.mktemp("readings") / "town")
    with pytest.MonkeyPatch.context() as patch, open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        patch.setattr(indexes, "LEAST", LEAST)
        book = books.install(ctx, BOOK.encode(), "readings.toml")
        return folder, filled(ctx, book, random.Random(11))  # noqa: S311 - a repeatable test


def filled(ctx, book, chance):
    rows = {}
    for _ in range(ROWS):
        texts = {
            "day": chance.choice(["", f"2026-0{chance.randint(1, 9)}-11"]),
            "level": chance.choice(["", "9", "85.5", "100", "-3", "0.50"]),
            "count": chance.choice(["", "0", "7", "12"]),
            "way": chance.choice(["", "定点", "个体"]),
            "words": "".join(chance.choices(ALPHABET, k=chance.randint(0, 6))).strip(),
        }
        entry = entries.add(ctx, "readings", texts)
        held = entries.detail(ctx, entry).values
        rows[entry] = {field.key: held.get(field.key) for field in book.fields}
    return rows


@pytest.fixture
def ctx(made, tmp_path, monkeypatch):
    monkeypatch.setattr(indexes, "LEAST", LEAST)
    folder = shutil.copytree(made[0], tmp_path / "town")
    with open_workspace(folder, "李旸", PASSWORD, noon) as context:
        yield context


@pytest.fixture
def book(ctx):
    return books.book(ctx, "readings")


@pytest.fixture
def rows(made):
    return made[1]


@pytest.fixture
def chance():
    return random.Random(12)  # noqa: S311 - a repeatable test


def test_a_search_finds_what_a_walk_finds(ctx, rows, chance):
    for _ in range(ASKED):
        sought = "".join(chance.choices(ALPHABET, k=chance.randint(1, 3)))
        found = {row.id for row in listing.all_rows(ctx, "readings", EntryQuery(sought=sought))}
        texts = {entry: [each for each in values.values() if isinstance(each, str)] for entry, values in rows.items()}
        walked = {entry for entry, said in texts.items() if any(folded(sought) in folded(each) for each in said)}
        assert walked <= found, sought
        for entry in found - walked:
            assert any(folded(sought) in search_text(each) for each in texts[entry]), sought  # by the initials


def test_a_filter_finds_what_a_walk_finds_indexed_or_not(ctx, book, rows, chance):
    listing.entries(ctx, "readings")
    for _ in range(ASKED):
        field = chance.choice(book.fields)
        value = chance.choice([each.get(field.key) for each in rows.values() if each.get(field.key) not in {None, ""}])
        typed = value_text(field, value)
        how = chance.choice(sorted(HOWS.keys() - {"between"}))
        found = {
            row.id
            for row in listing.all_rows(ctx, "readings", EntryQuery(conditions=(Condition(field.key, how, typed),)))
        }
        assert found == {entry for entry, values in rows.items() if holds(field, values.get(field.key), how, value)}


def test_every_order_is_that_of_the_values_and_the_first_page_begins_it(ctx, book, rows):
    for field in book.fields:
        for falling in (False, True):
            query = EntryQuery(order=field.key, falling=falling)
            listed = [row.id for row in listing.all_rows(ctx, "readings", query)]
            keys = [key_of(field, rows[entry].get(field.key)) for entry in listed]
            assert keys == sorted(keys, reverse=falling), field.key
            assert [row.id for row in listing.first(ctx, "readings", query, 20)] == listed[:20]


def test_a_filter_beside_a_sort_finds_the_same_walked_or_sorted(ctx, book, rows, monkeypatch):
    query = EntryQuery(conditions=(Condition("way", "is", "个体"),), order="level")
    found = []
    for most in (1, ROWS + 1):
        monkeypatch.setattr(listing, "_MOST_SORTED", most)
        found.append([row.id for row in listing.first(ctx, "readings", query)])
    assert found[0] == found[1] == [row.id for row in listing.all_rows(ctx, "readings", query)]


def test_what_is_indexed_is_found_without_a_walk(ctx, book, rows):
    listing.entries(ctx, "readings")
    for query in (EntryQuery(order="level"), EntryQuery(conditions=(Condition("day", "is", "2026-01-11"),))):
        assert "ix_entry_readings" in plan(ctx, book, query)


def test_small_books_have_no_index_of_their_own(ctx, rows, book, monkeypatch):
    with ctx.reading() as session:
        names = session.scalars(text("SELECT name FROM sqlite_schema WHERE name LIKE 'ix_entry_readings%'")).all()
    assert names == []


def plan(ctx, definition, query):
    statement = listing.found(ctx, definition, query).limit(20)
    with ctx.reading() as session:
        compiled = statement.compile(session.connection(), compile_kwargs={"literal_binds": True})
        return str(session.execute(text(f"EXPLAIN QUERY PLAN {compiled}")).all())


def key_of(field, value):
    if field.kind.value == "amount":
        return (value is not None, float(value or 0))
    return (value not in {None, ""}, value or (0 if field.kind.value == "count" else ""))


def holds(field, held, how, value):
    if how in {"empty", "filled"}:
        return (held in {None, ""}) == (how == "empty")
    if held in {None, ""}:
        return how in {"is_not", "not_since"}
    if how == "contains":
        return small(str(value)) in small(str(held))
    if field.kind.value == "amount":
        held, value = float(held), float(value)
    if how in {"is", "one_of", "is_not"}:
        return (held == value) == (how != "is_not")
    return held >= value if how == "after" else held <= value


def small(words):
    return "".join(each.lower() if each.isascii() else each for each in words)


def test_the_index_of_words_finds_what_a_look_at_every_text_finds(ctx, rows, chance, monkeypatch):
    def all_found():
        return {
            word: {row.id for row in listing.first(ctx, "readings", EntryQuery(sought=word), ROWS)} for word in words
        }

    words = ["".join(chance.choices(ALPHABET, k=chance.randint(1, 4))) for _ in range(ASKED // 5)]
    without = all_found()
    monkeypatch.setattr(search_index, "LEAST", 3)
    monkeypatch.setattr(seeking, "_SHARE", 1)
    monkeypatch.setattr(seeking, "_FEW", 0)
    roll_index.make(ctx)
    assert all_found() == without
    entry = entries.add(ctx, "readings", {"words": "龘龘"})
    assert [row.id for row in listing.first(ctx, "readings", EntryQuery(sought="龘龘"))] == [entry]
    entries.correct(ctx, entry, {"words": "别的"})
    assert listing.first(ctx, "readings", EntryQuery(sought="龘龘")) == []


def test_of_a_book_that_is_not_long_some_hundred_are_looked_up(ctx, rows, monkeypatch):
    monkeypatch.setattr(search_index, "LEAST", 3)
    roll_index.make(ctx)
    with ctx.reading() as session:
        assert seeking.found_by_index(session, Entry, EntryQuery(sought="甲")) is not None


def test_an_employers_name_is_found_by_the_index_as_well(ctx, book, monkeypatch):
    monkeypatch.setattr(search_index, "LEAST", 1)
    employer = roll.add(ctx, {"name": "龘记五金厂"})
    entry = entries.add(ctx, "complaints", COMPLAINT, about=employer)
    entries.add(ctx, "complaints", COMPLAINT)
    roll_index.make(ctx)
    assert [row.id for row in listing.first(ctx, "complaints", EntryQuery(sought="龘记"))] == [entry]
