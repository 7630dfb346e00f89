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


def founding(out: Path, number: int) -> Founding:
    return Founding(out=str(out), number=number, card=str(out / "none.ohcard"))


def test_what_the_other_process_refuses_is_raised_here(tmp_path):
    with closing(Beside()) as beside, pytest.raises(UserError) as refused:
        beside.all_of([founding(tmp_path, 0), founding(tmp_path, 1)], silently)
    assert not isinstance(refused.value, MachineError)
    assert (tmp_path / "town-2").is_dir()  # it came as far as the card


def test_it_speaks_the_language_that_is_spoken_here(tmp_path, monkeypatch):
    monkeypatch.setattr("ohdesk.demo.beside.spoken_language", lambda: "en")
    with closing(Beside()) as beside, pytest.raises(UserError) as refused:
        beside.all_of([founding(tmp_path, 0), founding(tmp_path, 1)], silently)
    assert "none.ohcard" in refused.value.message
    assert "读不到" not in refused.value.message


def test_another_process_that_dies_is_told_from_one_that_refuses(tmp_path):
    with closing(Beside()) as beside, pytest.raises(MachineError):
        beside.all_of([founding(tmp_path, 0), founding(tmp_path, 99)], silently)
