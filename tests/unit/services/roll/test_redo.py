"""What was added or corrected by hand and taken back can be done again, as often as one likes."""

import pytest

from ohdesk.errors import ProblemsError, UserError
from ohdesk.services.roll import entries, undo


def names(ctx):
    return [row.name for row in entries.list_rows(ctx)]


def phone(ctx, entry):
    return entries.detail(ctx, entry).fields["phone"]


def test_an_entry_added_and_taken_back_comes_again_and_goes_again(ctx):
    entries.add(ctx, {"name": "青溪竹器厂", "phone": "000-1"})
    for _ in range(2):
        undo.undo_edit(ctx)
        assert names(ctx) == []
        undo.redo_edit(ctx)
        assert names(ctx) == ["青溪竹器厂"]
    assert phone(ctx, entries.find(ctx, "青溪竹器厂")) == "000-1"


def test_edits_are_done_again_in_the_order_they_were_made(ctx):
    entry = entries.add(ctx, {"name": "青溪竹器厂", "phone": "000-1"})
    entries.correct(ctx, entry, {"phone": "000-2"}, "现场核实")
    entries.correct(ctx, entry, {"phone": "000-3"}, "现场核实")
    seen = []
    for act in (undo.undo_edit, undo.undo_edit, undo.redo_edit, undo.redo_edit, undo.undo_edit):
        act(ctx)
        seen.append(phone(ctx, entry))
    assert seen == ["000-2", "000-1", "000-2", "000-3", "000-2"]


def test_after_another_edit_there_is_nothing_to_do_again(ctx):
    entry = entries.add(ctx, {"name": "青溪竹器厂", "phone": "000-1"})
    entries.correct(ctx, entry, {"phone": "000-2"}, "现场核实")
    undo.undo_edit(ctx)
    entries.correct(ctx, entry, {"contact": "周工"}, "现场核实")
    with pytest.raises(UserError, match="没有可以重做"):
        undo.redo_edit(ctx)


def test_what_came_from_elsewhere_meanwhile_is_not_written_over(ctx):
    entry = entries.add(ctx, {"name": "青溪竹器厂", "phone": "000-1"})
    entries.correct(ctx, entry, {"phone": "000-2"}, "现场核实")
    undo.undo_edit(ctx)
    with ctx.transaction() as session:
        written = entries.EstablishmentWritten(record=entry, fields={"phone": "000-9"}, reason="县级", source="settle")
        undo.journal.record(session, written, ctx.stamp())
    with pytest.raises(ProblemsError) as refused:
        undo.redo_edit(ctx)
    assert refused.value.problems[0].place == "青溪竹器厂"
    assert phone(ctx, entry) == "000-9"
