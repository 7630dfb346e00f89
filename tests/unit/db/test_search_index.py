"""The index of pieces finds what a walk over all texts finds, and is never needed."""

from contextlib import closing
from operator import itemgetter

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from ohdesk.db import local_rows, search_index
from ohdesk.db.engine import copy_database, integrity_problems
from ohdesk.db.prepared import DIALECT, cursor_of
from ohdesk.db.queries.digest import state_digest
from ohdesk.db.search_index import ROLL, pieces, pieces_sought
from ohdesk.search import folded
from ohdesk.services.register.conditions import EntryQuery
from ohdesk.services.roll import entries, undo
from ohdesk.services.roll.search_index import make

NAMES = ("石桥金泰五金厂", "青溪竹器厂", "南塘化工有限公司", "石桥恒丰家具厂", "abc 科技 50% 厂", "𠮷野家店", "厂")
SOUGHT = ("厂", "石桥", "金泰五", "sq", "sqjt", "abc科", "50%", "𠮷野", "五金金", "不在", "q", "%", "000000001-")
ALPHABET = "abz1厂公司𠮷%"


@pytest.fixture(autouse=True)
def few_are_enough(monkeypatch):
    monkeypatch.setattr(search_index, "LEAST", 3)


@pytest.fixture
def roll(ctx):
    return [entries.add(ctx, {"name": name}) for name in NAMES]


def is_ready(ctx):
    with ctx.reading() as session:
        return ROLL.is_ready(cursor_of(session))


def found(ctx, sought):
    query = EntryQuery(sought)
    rows = entries.list_rows(ctx, query)
    assert rows == entries.rows_of(ctx, entries.listed(ctx, query).names)
    return [row.id for row in rows]


def walked(ctx, sought):
    """Return the ids of what a walk over the whole roll finds."""
    with ctx.reading() as session:
        rows = session.execute(text("SELECT id, search FROM establishment WHERE withdrawn = 0 ORDER BY search, id"))
        return [each for each, held in rows if folded(sought) in held]


def assert_finds_all(ctx):
    assert is_ready(ctx)
    assert {sought: found(ctx, sought) for sought in SOUGHT} == {sought: walked(ctx, sought) for sought in SOUGHT}


def test_it_finds_what_a_walk_finds_and_what_is_written_afterwards(ctx, roll):
    make(ctx)
    assert_finds_all(ctx)
    entries.correct(ctx, roll[0], {"name": "南塘金泰五金厂"}, "执照变更")
    entries.add(ctx, {"name": "石桥金泰五金厂"})
    assert_finds_all(ctx)
    undo.undo_edit(ctx)
    undo.undo_edit(ctx)
    assert_finds_all(ctx)


def test_what_goes_from_the_table_is_found_no_more_and_its_number_may_come_again(ctx, roll):
    make(ctx)
    with ctx.transaction() as session:
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
        for statement in ("DELETE FROM establishment_head", "DELETE FROM establishment WHERE name LIKE '%厂'"):
            session.execute(text(statement))
    assert_finds_all(ctx)
    entries.add(ctx, {"name": "青溪竹器厂"})
    assert_finds_all(ctx)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(ALPHABET, max_size=8), max_size=12),
    st.lists(st.tuples(st.integers(0, 11), st.one_of(st.none(), st.text(ALPHABET, max_size=8))), max_size=5),
    st.text(ALPHABET, min_size=1, max_size=5),
    st.integers(1, 5),
)
@example([], [(4, None), (3, None)], "厂", 1)
def test_any_text_is_found_by_any_word_after_any_writes(texts, writes, sought, step):
    with closing(sqlcipher.connect(":memory:")) as connection:
        connection.execute(f"PRAGMA key=\"x'{bytes(32).hex()}'\"")
        connection.execute("CREATE TABLE establishment (id TEXT PRIMARY KEY, search TEXT)")
        # Two more than are enough: two may be deleted before the index is made.
        rows = [(f"{number:02}", held) for number, held in enumerate(["厂", "司", "b", "公司", "a厂", *texts])]
        connection.executemany("INSERT INTO establishment VALUES (?, ?)", rows)
        cursor = connection.cursor()
        half = len(writes) // 2
        _write(cursor, writes[:half])
        while not ROLL.make_further(cursor, step):
            pass
        _write(cursor, writes[half:])
        either = str(select(ROLL.rows().subquery().c.row).compile(dialect=DIALECT))
        by_index = {row for (row,) in cursor.execute(either, {"pieces": pieces_sought(sought)})}
        held = cursor.execute("SELECT rowid, search FROM establishment").fetchall()
        in_order = "SELECT row FROM establishment_places ORDER BY place"
        entered = [row for (row,) in cursor.execute(in_order)]
        since = {row for (row,) in cursor.execute("SELECT row FROM establishment_changed")}
    assert {row for row, each in held if sought in each} <= by_index
    as_listed = [row for row, _ in sorted(held, key=itemgetter(1, 0)) if row not in since]
    assert [row for row in entered if row in as_listed and row not in since] == as_listed


def _write(cursor, writes):
    for number, held in writes:
        if held is None:
            cursor.execute("DELETE FROM establishment WHERE id = ?", (f"{number:02}",))
        else:
            cursor.execute("UPDATE establishment SET search = ? WHERE id = ?", (held, f"{number:02}"))


@given(st.text(ALPHABET, max_size=10), st.integers(0, 9), st.integers(1, 5))
def test_every_part_of_a_text_has_none_but_its_pieces(held, start, length):
    part = held[start : start + length]
    if part:
        assert set(pieces_sought(part).split()) <= set(pieces(held).split())


def test_it_is_made_in_steps_and_goes_on_where_it_was_left(ctx, roll):
    with ctx.transaction() as session:
        assert not ROLL.make_further(cursor_of(session), 2)
    assert not is_ready(ctx)
    assert found(ctx, "石桥") == walked(ctx, "石桥")
    entries.correct(ctx, roll[2], {"name": "阿石桥厂"}, "执照变更")  # comes to stand before what was entered
    entries.correct(ctx, roll[1], {"name": "最后石桥厂"}, "执照变更")
    with ctx.transaction() as session:
        assert ROLL.make_further(cursor_of(session), 100)
    assert_finds_all(ctx)


def test_when_much_was_written_it_is_made_anew(ctx, roll, monkeypatch):
    make(ctx)
    monkeypatch.setattr(search_index, "MOST_CHANGED", 1)
    for place in (0, 1):
        entries.correct(ctx, roll[place], {"name": f"新{place}厂"}, "执照变更")
    make(ctx)
    with ctx.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM establishment_changed")) == 0
    assert_finds_all(ctx)


def test_a_roll_that_became_small_loses_it_and_gets_it_again(ctx, roll, monkeypatch):
    make(ctx)
    monkeypatch.setattr(search_index, "LEAST", 100)
    make(ctx)
    assert not is_ready(ctx)
    assert found(ctx, "石桥") == walked(ctx, "石桥")
    with ctx.reading() as session:
        names = set(session.scalars(text("SELECT name FROM sqlite_schema")))
    assert not {f"establishment_{part}" for part in ("grams", "places", "changed", "made", "grams_data")} & names
    monkeypatch.setattr(search_index, "LEAST", 3)
    make(ctx)
    assert_finds_all(ctx)


def test_it_does_not_count_in_a_copy_that_may_number_its_rows_anew(ctx, roll):
    make(ctx)
    place = ctx.folder / "copy.db"
    copy_database(ctx.engine, place, ctx.keys.database)
    with closing(sqlcipher.connect(str(place))) as connection:
        connection.execute(f"PRAGMA key=\"x'{ctx.keys.database.hex()}'\"")
        cursor = connection.cursor()
        assert not ROLL.is_ready(cursor)
        while not ROLL.make_further(cursor, 100):
            pass
        assert ROLL.is_ready(cursor)


def test_nothing_else_minds_it(ctx, roll):
    with ctx.reading() as session:
        before = state_digest(session)
    make(ctx)
    assert integrity_problems(ctx.engine) == []
    with ctx.transaction() as session:
        assert local_rows.has_its_triggers(session)
        assert local_rows.changed_groups(session) == []
        assert state_digest(session) == before
        local_rows.seal(session.connection())
    assert_finds_all(ctx)


def test_without_its_triggers_it_does_not_count(ctx, roll):
    make(ctx)
    with ctx.transaction() as session:
        session.execute(text("DROP TRIGGER establishment_changed_update"))
    assert not is_ready(ctx)
    make(ctx)
    assert_finds_all(ctx)
