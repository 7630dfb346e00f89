"""The shared tables follow from the journal: made anew they are the same, and what was changed in them is named."""

# ruff: noqa: S608 - the attacks are plain SQL

import pytest

from ohdesk.db import rebuilding
from ohdesk.services.roll import entries
from tests import behind_its_back
from tests.rectifying import found
from tests.visiting import add_firm


class CancelledError(Exception):
    """Somebody pressed cancel."""


def compared(ctx, report=lambda _done, _total: None):
    with ctx.reading() as session:
        return rebuilding.compare(session, ctx.folder, report)


def test_made_anew_the_tables_are_those_that_are_held(ctx):
    found(ctx)
    firm = add_firm(ctx, "岚石五金制品厂")
    entries.correct(ctx, firm, {"address": "工业路 9 号"}, "更正")
    result = compared(ctx)
    assert result.problems == ()
    assert result.operations > 4


def test_a_row_that_was_changed_added_or_taken_away_is_named(ctx):
    visit, firm = found(ctx), add_firm(ctx, "岚石五金制品厂")
    behind_its_back.write(
        ctx,
        "UPDATE record SET outcome = 'other'",
        "DELETE FROM finding_duty",
        f"UPDATE establishment SET status = '注销' WHERE id = '{firm}'",
    )
    problems = compared(ctx).problems
    assert {f"record: {visit}", f"finding_duty: {visit}:1:0", f"establishment: {firm}"} <= set(problems)


def test_it_tells_how_far_it_is_and_leaves_nothing_when_it_is_cancelled(ctx):
    add_firm(ctx)
    told = []

    def cancel(done, total):
        told.append((done, total))
        raise CancelledError

    with pytest.raises(CancelledError):
        compared(ctx, cancel)
    assert told == [(0, 1)]
    compared(ctx)
    assert not list(ctx.folder.glob("rebuilt*"))
