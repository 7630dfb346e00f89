"""`python -m benchmarks`: what it says and how it ends, without measuring how long anything takes."""

import json
import sys
import tempfile
from collections import Counter
from types import SimpleNamespace

import pytest

from benchmarks import __main__ as command
from benchmarks.goals import goals
from benchmarks.rounds import Figure, ratio, right
from benchmarks.scale import TINY

NAMED = "one answer saved durably"  # a goal of a ratio that must not exceed 3


@pytest.fixture
def row(monkeypatch):
    """Let the command have one row, which yields what it is given."""

    def put(*figures, wrong=""):
        def measure(scale):
            yield from figures
            right(not wrong, wrong)

        monkeypatch.setattr(command, "ROWS", {"some": "some_row"})
        monkeypatch.setitem(sys.modules, "some_row", SimpleNamespace(measure=measure))

    return put


def test_every_goal_belongs_to_one_row_and_says_since_when_and_from_where():
    named = Counter(name for row in command.ROWS for name in command.module_of(row).GOALS)
    assert named == Counter(goals().keys())
    assert all(goal.source and (goal.most is None) != (goal.least is None) for goal in goals().values())


def test_a_goal_that_is_reached_ends_well(row, capsys):
    row(Figure(NAMED, 2.9))
    assert command.main(["--check"]) == 0
    assert "some | one answer saved durably: 2.9 × | goal <= 3 × | ok" in capsys.readouterr().out


def test_a_missed_goal_is_named_with_what_was_found(row, capsys):
    row(Figure(NAMED, 3.1))
    assert command.main(["--check"]) == 1
    assert "MISSED: some, one answer saved durably: 3.1, goal <= 3 ×" in capsys.readouterr().out


def test_a_missed_goal_says_the_limit_that_was_found(row, capsys):
    name, goal = next((name, goal) for name, goal in goals().items() if goal.limit)
    row(Figure(name, goal.most * 2 if goal.most is not None else 0.0))
    assert command.main(["--check"]) == 1
    assert f"limit found: {goal.limit}" in capsys.readouterr().out


def test_a_wrong_result_is_worse_than_a_missed_goal(row, capsys):
    row(Figure(NAMED, 3.1), wrong="as many rows as there are")
    assert command.main([]) == 3
    assert "some: wrong result: as many rows as there are" in capsys.readouterr().out


def test_who_is_not_there_is_no_failure(row, capsys):
    row(ratio(NAMED, {"ohdesk": (1.0,)}, over="7z"))
    assert command.main(["--check"]) == 0
    assert "无对照" in capsys.readouterr().out


def test_a_row_that_does_not_exist_is_a_wrong_call():
    with pytest.raises(SystemExit) as ended:
        command.main(["no-such-row"])
    assert ended.value.code == 2


def test_a_ratio_is_the_median_over_the_rounds():
    figure = ratio(NAMED, {"ohdesk": (2.0, 9.0, 40.0), "floor": (1.0, 3.0, 10.0)})
    assert (figure.value, figure.least, figure.most) == (3.0, 2.0, 4.0)


def test_a_row_is_measured_from_end_to_end(tmp_path, capsys):
    assert command.main(["pdf", "--json", str(tmp_path / "found")], TINY) in {0, 1}  # whichever the machine gives
    (line,) = (tmp_path / "found").read_text(encoding="utf-8").splitlines()
    found = json.loads(line)
    assert found["row"] == "pdf"
    assert found["value"] > 0
    assert set(found["samples"]) == {"ohdesk", "floor"}


def test_rows_over_a_past_find_the_same_as_by_hand(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # where worlds are kept
    assert command.main(["list", "export", "batch"], TINY) in {0, 1}
    told = capsys.readouterr().out
    for figure in ("page of 50", "worst search, small roll", "export of 10 new", "batch of papers, speed"):
        assert f" | {figure}" in told
