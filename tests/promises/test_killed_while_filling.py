"""Promise: an answer that was acknowledged survives the death of the program, whenever it comes."""

import random

from ohdesk.services.office.workspace import open_workspace
from tests.conftest import PASSWORD, noon, town_workspace
from tests.promises.killing import Filling, kill_while_filling
from tests.visiting import started_visit

KILLS = 8


def test_no_acknowledged_answer_is_lost_and_the_database_stays_whole(tmp_path):
    folder = town_workspace(tmp_path / "town")
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        visit = started_visit(ctx)
    outcome = kill_while_filling(Filling(folder, "李旸", PASSWORD, visit), KILLS, random.Random(20260302))  # noqa: S311 - where to kill
    assert outcome.acknowledged > KILLS
    assert outcome.lost == ()
    assert outcome.problems == ()
