"""A backup that is killed leaves no file that counts as one, a restore that is killed no folder that opens."""

import random

import pytest

from ohdesk.services import blobs
from ohdesk.services.backup import making
from ohdesk.services.backup.checking import by_password, check
from ohdesk.services.office import restoring
from ohdesk.services.office.workspace import DATABASE, is_workspace, open_workspace
from tests.conftest import PASSWORD, noon, town_workspace
from tests.promises.disks import fill_up, small_disk
from tests.promises.dying import die
from tests.promises.killing import kill_while_backing_up

OPENS = by_password("李旸", PASSWORD)


@pytest.fixture
def town(tmp_path):
    folder = town_workspace(tmp_path / "town")
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        digest = blobs.put(ctx, b"photo" * 300_000)
        with ctx.transaction() as session:
            blobs.note(session, digest, 1_500_000)
    return folder


@pytest.fixture
def backup(town, tmp_path):
    with open_workspace(town, "李旸", PASSWORD, noon) as ctx:
        return making.make(ctx, tmp_path / "good.ohbak").file


@pytest.mark.parametrize(
    ("place", "calls"),
    [
        ("ohdesk.services.backup.making:copy_database", 1),
        ("ohdesk.security.vault:seal", 1),
        ("ohdesk.security.vault:seal", 2),
        ("os:fsync", 1),
        ("ohdesk.services.backup.sealed_file:drop_from_cache", 1),
        ("ohdesk.services.backup.sealed_file:digest_of", 1),
        ("pathlib:Path.replace", 1),
    ],
)
def test_a_backup_that_dies_leaves_no_file_that_is_listed(town, tmp_path, place, calls):
    stick = tmp_path / "stick"
    stick.mkdir()
    die("backup", town, "李旸", stick / "a.ohbak", place, calls)
    assert making.list_in(stick) == []
    with open_workspace(town, "李旸", PASSWORD, noon) as ctx:
        assert making.make(ctx, stick / "a.ohbak").problems == ()
    assert [path.name for path in stick.iterdir()] == ["a.ohbak"]
    assert list((town / "backups").iterdir()) == []  # nor half a copy of the database


@pytest.mark.parametrize(
    ("place", "calls"),
    [
        ("ohdesk.services.office.restoring:unlocked", 1),
        ("ohdesk.security.vault:unseal", 1),
        ("ohdesk.security.vault:unseal", 2),
        ("ohdesk.services.office.restoring:database_problems", 1),
        ("ohdesk.services.office.restoring:blob_names", 1),
        ("os:fsync", 1),
        ("pathlib:Path.replace", 1),
        ("pathlib:Path.rename", 1),
    ],
)
def test_a_restore_that_dies_leaves_no_workspace_and_the_next_one_is_whole(backup, tmp_path, place, calls):
    new = tmp_path / "new"
    die("restore", new, "李旸", backup, place, calls)
    assert not is_workspace(new)
    half = new.with_name("new.part")
    assert not is_workspace(half) or (half / DATABASE).is_file()  # the key file comes when all else is there
    assert restoring.restore(backup, new, OPENS).problems == ()
    assert not half.exists()
    with open_workspace(new, "李旸", PASSWORD, noon) as ctx:
        assert making.make(ctx, tmp_path / "again.ohbak").problems == ()


@pytest.mark.parametrize("left", [0, 100_000, 400_000, 900_000, 1_500_000])
def test_a_full_disk_gets_no_half_backup_and_no_half_workspace(town, backup, tmp_path, left):
    with small_disk(tmp_path / "disk", 4096) as disk:
        filler = fill_up(disk, left)
        with open_workspace(town, "李旸", PASSWORD, noon) as ctx, pytest.raises(Exception, match="MB|写不了") as told:
            making.make(ctx, disk / "a.ohbak")
        assert "半个文件" in told.value.remedy
        with pytest.raises(Exception, match="MB|放不到"):
            restoring.restore(backup, disk / "new", OPENS)
        assert list(disk.iterdir()) == [filler]
    assert check(backup, OPENS).problems == ()


def test_killed_anywhere_nothing_that_is_listed_or_opens_is_half(town, tmp_path):
    (tmp_path / "disk").mkdir()
    chance = random.Random(7)  # noqa: S311 - when to kill
    assert kill_while_backing_up(town, "李旸", tmp_path / "disk", 5, chance) == ()
