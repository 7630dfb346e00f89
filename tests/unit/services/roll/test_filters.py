"""Every filter of the roll finds what a plain walk over its entries finds; many more: `benchmarks.filters`."""

import random
from contextlib import nullcontext

import pytest

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
