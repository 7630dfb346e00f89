"""What was written into a book is taken back whole, and done again; never behind anybody's back."""

from contextlib import contextmanager

import openpyxl
import pytest
from sqlalchemy import event

from ohdesk.db import local_journal, rebuilding
from ohdesk.db.models import BundleOut
from ohdesk.db.queries.digest import state_digest
from ohdesk.domain.list_columns import Choices
from ohdesk.domain.register.definition import Definition
from ohdesk.errors import ProblemsError, UserError
from ohdesk.services.county.digest import shown
from ohdesk.services.register import books, entries, listing, undo
from ohdesk.services.register.import_preview import Outcome
from ohdesk.services.register.importing import apply, preview
from ohdesk.services.roll import entries as roll
from ohdesk.services.workbook.reading import read_rows

BOOK = """
id = "visits_kept"
title.zh = "走访簿"
version = "1"
travels = "{travels}"
about = "establishment"
number = "访{{serial:03}}"
[[field]]
key = "day"
label.zh = "日期"
kind = "day"
required = true
indexed = true
[[field]]
key = "said"
label.zh = "说明"
[[field]]
key = "source"
label.zh = "来源"
private = true
"""
HEADING = ["编号", "日期", "单位", "说明", "来源"]


@pytest.fixture(params=["yes", "no"])
def book(request, ctx) -> Definition:
    return books.install(ctx, BOOK.format(travels=request.param).encode(), "visits_kept.toml")


def taken(ctx, tmp_path, rows, name="list.xlsx") -> str:
    file = openpyxl.Workbook()
    for row in [HEADING, *rows]:
        file.active.append(row)
    file.save(tmp_path / name)
    found = preview(ctx, "visits_kept", read_rows(tmp_path / name), name)
    assert list(found.refusals) == []
    return apply(ctx, found)


def held(ctx):
    found = [entries.detail(ctx, row.id).values for row in listing.all_rows(ctx, "visits_kept")]
    return sorted((str(each.get("number")), each["day"], each.get("said"), each.get("source")) for each in found)


@contextmanager
def counted(ctx):
    """The statements that the workspace's database is asked, however many rows each is given."""
    statements = []

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(ctx.engine, "before_cursor_execute", note)
    yield statements
    event.remove(ctx.engine, "before_cursor_execute", note)


def digest(ctx) -> str:
    with ctx.reading() as session:
        return state_digest(session)


def test_an_import_is_taken_back_whole_and_done_again(ctx, tmp_path, book):
    roll.add(ctx, {"name": "示范厂"})
    taken(ctx, tmp_path, [[None, "2026-03-01", "示范厂", "一", "甲"]], "first.xlsx")
    before = held(ctx)
    (number, *_) = before[0]
    rows = [[number, "2026-03-01", "示范厂", "改", "乙"], [None, "2026-03-02", "示范厂", "二", "丙"]]
    taken(ctx, tmp_path, rows, "second.xlsx")
    after = held(ctx)
    assert len(after) == 2
    assert [each.reason for each in undo.batches(ctx, "visits_kept")] == ["second.xlsx", "first.xlsx"]
    assert undo.undo(ctx, "visits_kept") == (1, 1)
    assert held(ctx) == before
    assert undo.redo(ctx, "visits_kept") == (0, 2)
    assert held(ctx) == after
    with pytest.raises(UserError, match="没有可以重做"):
        undo.redo(ctx, "visits_kept")
    assert undo.undo(ctx, "visits_kept") == (1, 1)
    assert undo.undo(ctx, "visits_kept", "first.xlsx") == (1, 0)
    assert held(ctx) == []
    with pytest.raises(UserError, match="没有可以撤销"):
        undo.undo(ctx, "visits_kept")


def test_what_was_written_since_is_named_and_nothing_is_taken_back(ctx, tmp_path, book):
    roll.add(ctx, {"name": "示范厂"})
    taken(ctx, tmp_path, [[None, f"2026-03-0{day}", "示范厂", "一", "甲"] for day in range(1, 4)])
    row = listing.all_rows(ctx, "visits_kept")[1]
    entries.correct(ctx, row.id, {"said": "更正"})
    before = held(ctx)
    with pytest.raises(ProblemsError) as refused:
        undo.undo(ctx, "visits_kept")
    assert [each.place for each in refused.value.problems] == [row.number]
    assert held(ctx) == before
    # The correction is taken back first, and then the list.
    assert undo.undo(ctx, "visits_kept", source=undo.HAND) == (0, 1)
    assert undo.undo(ctx, "visits_kept") == (3, 0)


def test_what_was_sent_is_corrected_and_not_taken_back(ctx, tmp_path, book):
    roll.add(ctx, {"name": "示范厂"})
    taken(ctx, tmp_path, [[None, "2026-03-01", "示范厂", "一", "甲"]])
    with ctx.transaction() as session:
        session.add(BundleOut(seq=1, name="b", head_sha256="0" * 64, first=1, last=99, written_at=ctx.now()))
    if book.travels == "no":
        assert undo.undo(ctx, "visits_kept") == (1, 0)
        return
    with pytest.raises(ProblemsError) as refused:
        undo.undo(ctx, "visits_kept")
    assert refused.value.problems[0].found == "已写入上报包"


def test_an_undo_that_is_cancelled_leaves_the_import(ctx, tmp_path, book, monkeypatch):
    monkeypatch.setattr(undo, "_AT_ONCE", 10)
    roll.add(ctx, {"name": "示范厂"})
    taken(ctx, tmp_path, [[None, "2026-03-01", "示范厂", f"第{number}次", "甲"] for number in range(30)])
    before, state = held(ctx), digest(ctx)

    def cancel(done, _whole):
        if done:
            raise UserError("停")

    with pytest.raises(UserError, match="停"):
        undo.undo(ctx, "visits_kept", report=cancel)
    assert (held(ctx), digest(ctx)) == (before, state)
    assert undo.undo(ctx, "visits_kept") == (30, 0)
    assert undo.redo(ctx, "visits_kept") == (0, 30)
    assert held(ctx) == before
    # What was written many at a time is what follows from the journal one operation after the other.
    with ctx.reading() as session:
        assert rebuilding.compare(session, ctx.folder).problems == ()
        assert local_journal.chain_problems(session) == []


def test_to_write_ten_times_as_many_entries_again_asks_hardly_more_of_the_database(ctx, tmp_path, book):
    roll.add(ctx, {"name": "示范厂"})
    taken(ctx, tmp_path, [[None, "2026-03-01", "示范厂", f"第{number}次", "甲"] for number in range(400)])
    rows = listing.all_rows(ctx, "visits_kept")
    asked = []
    for count in (40, 400):
        changed = [[row.number, "2026-03-01", "示范厂", f"改{count}", "乙"] for row in rows[:count]]
        with counted(ctx) as statements:
            taken(ctx, tmp_path, changed)
        asked.append(len(statements))
    assert asked[1] < 2 * asked[0]


def test_a_list_taken_back_can_be_brought_in_again(ctx, tmp_path, book):
    roll.add(ctx, {"name": "示范厂"})
    rows = [["访077", "2026-03-01", "示范厂", "一", "甲"]]
    taken(ctx, tmp_path, rows)
    undo.undo(ctx, "visits_kept")
    shown = preview(ctx, "visits_kept", read_rows(tmp_path / "list.xlsx"), "list.xlsx")
    assert shown.counts[Outcome.NEW] == 1
    apply(ctx, shown)
    assert held(ctx) == [("访077", "2026-03-01", "一", "甲")]


def test_an_import_that_was_taken_back_leaves_what_showed_before(ctx, tmp_path):
    books.install(ctx, BOOK.format(travels="yes").encode(), "visits_kept.toml")
    roll.add(ctx, {"name": "示范厂"})
    taken(ctx, tmp_path, [["访001", "2026-02-02", "示范厂", "一", "甲"]])
    before = shown(ctx)
    file = openpyxl.Workbook()
    for row in (
        [*HEADING, "批次"],
        ["访001", "2026-02-02", "示范厂", "二", "乙", 3],
        ["", "2026-03-03", "", "三", "", 4],
    ):
        file.active.append(row)
    file.save(tmp_path / "later.xlsx")
    found = preview(ctx, "visits_kept", read_rows(tmp_path / "later.xlsx"), "later.xlsx", Choices({}, ("all",)))
    assert apply(ctx, found)
    assert shown(ctx) != before
    assert undo.undo(ctx, "visits_kept") == (1, 1)
    assert shown(ctx) == before
