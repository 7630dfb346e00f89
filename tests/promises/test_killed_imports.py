"""Promise: whenever the program dies in an import, the list is there whole or not at all, and it can be done again."""

import random

from tests.promises.killed_imports import kill_in_imports

KILLS = 1  # of each kind; `python -m benchmarks.kills` takes a hundred and more


def test_an_import_that_is_killed_is_whole_or_absent(tmp_path):
    assert kill_in_imports(tmp_path, KILLS, random.Random(20260302)) == []  # noqa: S311 - when to kill
