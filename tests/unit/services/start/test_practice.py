"""A practice world is known by its mark, and only such a world is ever thrown away."""

import pytest

from ohdesk.errors import UserError
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.start import practice
from ohdesk.services.start.practice import PracticeOffice
from tests.conftest import PASSWORD, noon, town_workspace


@pytest.fixture
def world(tmp_path):
    folder = tmp_path / "world"
    folder.mkdir()
    town_workspace(folder / "town")
    (folder / "records").mkdir()
    (folder / "records" / "1.pdf").write_bytes(b"%PDF")
    practice.mark_as_practice(folder, PASSWORD, (PracticeOffice("town", "town", "石桥镇"),))
    return folder


def test_the_world_and_its_workspaces_are_practice_and_nothing_else_is(world, tmp_path):
    assert practice.is_practice(world)
    assert practice.is_practice(world / "town")
    assert not practice.is_practice(town_workspace(tmp_path / "real"))
    assert not practice.is_practice(tmp_path)


def test_the_mark_tells_offices_and_password(world):
    found = practice.find_world(world / "town")
    assert (found.folder, found.password) == (world, PASSWORD)
    assert found.offices == (PracticeOffice("town", "town", "石桥镇"),)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"password": 1, "offices": [3]}', "\x00", "[" * 60_000])
def test_a_mark_without_sense_is_a_mark_all_the_same(world, content):
    (world / practice.MARK).write_text(content)
    assert practice.find_world(world).offices == ()


def test_a_world_thrown_away_is_gone(world):
    practice.throw_away(world / "town")
    assert not world.exists()


def test_a_real_workspace_is_refused(tmp_path):
    folder = town_workspace(tmp_path / "real")
    with pytest.raises(UserError, match="不是练习库"):
        practice.throw_away(folder)
    assert (folder / "keys.json").is_file()


@pytest.mark.parametrize("place", ["letters.txt", "town/letters.txt", "town-x"])
def test_what_is_no_part_of_it_is_named_and_nothing_is_deleted(world, place):
    (world / place).write_text("-")
    with pytest.raises(UserError, match=place.rpartition("/")[2]):
        practice.throw_away(world)
    assert (world / "records" / "1.pdf").is_file()
    assert (world / place).is_file()


def test_a_link_out_of_the_world_is_refused(world, tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "letter.txt").write_text("-")
    (world / "bundles").symlink_to(tmp_path / "own", target_is_directory=True)
    with pytest.raises(UserError, match="bundles"):
        practice.throw_away(world)
    assert (tmp_path / "own" / "letter.txt").is_file()


def test_a_world_that_is_open_is_refused(world):
    with open_workspace(world / "town", "李旸", PASSWORD, noon), pytest.raises(UserError, match="另一个窗口"):
        practice.throw_away(world)
    practice.throw_away(world)
