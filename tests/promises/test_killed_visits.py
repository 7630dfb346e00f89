"""Promise: dying while photos are taken in or a record is made final loses nothing, and half signed is not signed."""

import random

import pytest

from tests.promises.killed_visits import kill_while_finalizing, kill_while_taking_in

KILLS = 3  # of each kind; `python -m benchmarks.kills` takes more


@pytest.mark.parametrize("kill", [kill_while_taking_in, kill_while_finalizing])
def test_a_visit_is_found_as_it_was_or_with_all_that_was_acknowledged(tmp_path, kill):
    assert kill(tmp_path, KILLS, random.Random(20260302)) == []  # noqa: S311 - where to kill
