"""Every filter of the roll finds what a plain walk over its entries finds; many more: `benchmarks.filters`."""

import random
from contextlib import nullcontext

import pytest
from sqlalchemy import text

from ohdesk.db.queries import roll_found
from ohdesk.domain.register.conditions import Condition
from ohdesk.services.register.conditions import EntryQuery
from ohdesk.services.roll import entries
from tests.filters import Told, ask, fill, indexed

ROWS, ASKED = 40, 60


@pytest.mark.parametrize("found_as", [nullcontext, indexed])
def test_a_filter_finds_what_a_plain_walk_finds(ctx, found_as):
    chance, told = random.Random(11), Told()  # noqa: S311 - a repeatable test
    with found_as():
        ask(ctx, fill(ctx, chance, ROWS), chance, ASKED, told)
    assert told.wrong == []
    assert told.asked == ASKED
    assert told.found > ASKED // 4
    assert 0 < told.refused < ASKED // 2
    assert told.pages > ASKED // 10


@pytest.mark.parametrize("named", ["risk_class", "风险类别"])
def test_a_field_that_a_large_roll_is_filtered_by_is_indexed_however_it_is_named(ctx, named):
    fill(ctx, random.Random(3), 2)  # noqa: S311 - a repeatable test
    with indexed():
        entries.listed(ctx, EntryQuery(conditions=(Condition(named, "is", "甲"),)))
    with ctx.reading() as session:
        made = session.scalars(text("SELECT name FROM sqlite_schema WHERE type = 'index'")).all()
    assert roll_found.index_of("risk_class")[0] in made
