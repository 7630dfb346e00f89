"""What goes wrong in the process that does some towns of the demonstration is said by the one that asked it."""

from contextlib import closing
from pathlib import Path

import pytest

from ohdesk.demo.beside import Beside
from ohdesk.demo.towns import Founding, silently
from ohdesk.errors import MachineError, UserError


@pytest.fixture(autouse=True)
def nothing_here(monkeypatch):
    """Let this process do its own piece in no time; the other one does all of its."""
    monkeypatch.setattr(Founding, "do", lambda _self, _report: "done")


@pytest.fixture
def used(tmp_path) -> Path:
    """A folder with a file where the second town is to be."""
    (tmp_path / "town-2").mkdir()
    (tmp_path / "town-2" / "list.csv").touch()
    return tmp_path


def founding(out: Path, number: int) -> Founding:
    return Founding(out=str(out), number=number)


def test_what_the_other_process_refuses_is_raised_here(used):
    with closing(Beside()) as beside, pytest.raises(UserError) as refused:
        beside.all_of([founding(used, 0), founding(used, 1)], silently)
    assert not isinstance(refused.value, MachineError)
    assert "town-2" in refused.value.message


def test_it_speaks_the_language_that_is_spoken_here(used, monkeypatch):
    monkeypatch.setattr("ohdesk.demo.beside.spoken_language", lambda: "en")
    with closing(Beside()) as beside, pytest.raises(UserError) as refused:
        beside.all_of([founding(used, 0), founding(used, 1)], silently)
    assert "town-2" in refused.value.message
    assert "文件夹" not in refused.value.message


def test_what_is_done_here_before_is_done_while_the_others_are_under_way(tmp_path):
    done = []
    with closing(Beside()) as beside:
        beside.all_of([founding(tmp_path, 0), founding(tmp_path, 1)], silently, before=lambda: done.append("county"))
    assert done == ["county"]
    assert (tmp_path / "town-2" / "keys.json").is_file()


def test_another_process_that_dies_is_told_from_one_that_refuses(tmp_path):
    with closing(Beside()) as beside, pytest.raises(MachineError):
        beside.all_of([founding(tmp_path, 0), founding(tmp_path, 99)], silently)
