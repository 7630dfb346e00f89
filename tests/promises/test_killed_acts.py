"""Promise: whenever the program dies in an act that writes, nothing is lost or half there, and it can be done again."""

import random

from tests.promises.killed_acts import kill_in_every_act

KILLS = 4


def test_whoever_is_killed_in_an_act_loses_nothing_and_can_do_it_again(tmp_path):
    assert kill_in_every_act(tmp_path, KILLS, random.Random(20260302)) == []  # noqa: S311 - when to kill
