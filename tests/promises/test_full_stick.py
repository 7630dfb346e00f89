"""Promise: a stick without room, or one that is write-protected, gets no half file, and the sentence names it."""

import json
import shutil
from pathlib import Path

import pytest

from ohdesk.demo import cast
from tests.promises.disks import fill_up, small_disk, write_protected
from tests.promises.typed import Desk

TOWN = cast.TOWNS[0]
PAPERS = [
    ("record", "export", "--out", "."),
    ("draw", "publish", TOWN.plan, "--out", "."),
    ("draw", "commitment", TOWN.plan, "--out", "./commitment.pdf"),
    ("draw", "record", TOWN.plan, "--out", "./record.pdf"),
    ("roll", "export", "--out", "./roll.xlsx"),
    ("county", "root", "--out", "./root.pem"),
]


@pytest.fixture(scope="module")
def town(demo, tmp_path_factory) -> Desk:
    folder = tmp_path_factory.mktemp("office") / "town"
    shutil.copytree(demo.out / TOWN.folder, folder)
    return Desk(folder, TOWN.administrator, cast.PASSWORD)


def on(stick: Path, words: tuple[str, ...]) -> list[str]:
    return [word.replace(".", str(stick), 1) if word.startswith(".") else word for word in words]


@pytest.mark.parametrize("words", PAPERS, ids=" ".join)
def test_a_full_stick_gets_no_half_file(town, tmp_path, words):
    with small_disk(tmp_path / "stick", 64) as stick:
        fill_up(stick, 0)
        said = town(*on(stick, words))
        assert said.breakdown
        assert {path.name: path.stat().st_size for path in stick.rglob("*") if path.name != "filler"} == {}


@pytest.mark.parametrize("words", PAPERS, ids=" ".join)
def test_a_write_protected_stick_is_named(town, tmp_path, words):
    (tmp_path / "stick").mkdir()
    with write_protected(tmp_path / "stick") as stick:
        assert "stick" in town(*on(stick, words)).breakdown


def test_a_write_protected_workspace_says_so(town, tmp_path):
    shutil.copytree(town.folder, tmp_path / "town", ignore=shutil.ignore_patterns("*.lock"))
    with write_protected(tmp_path / "town") as folder:
        assert Desk(folder, town.user, town.password)("roll", "list").breakdown


def test_refusals_that_cannot_be_written_stop_the_import(demo, town, tmp_path):
    lists = next((demo.out / "lists").glob(f"{TOWN.name}_用人单位名单.xlsx"))
    before = json.loads(town("county", "digest", "--json").out)
    with small_disk(tmp_path / "stick", 64) as stick:
        fill_up(stick, 0)
        assert town("roll", "import", lists, "--refusals", stick / "refused.xlsx").breakdown
        assert not (stick / "refused.xlsx").exists()
    assert json.loads(town("county", "digest", "--json").out) == before
