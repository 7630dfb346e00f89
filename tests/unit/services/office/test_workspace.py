"""A workspace opens for one at a time, with the right password, and never changes when it cannot."""

import errno
import os
import shutil

import pytest

from ohdesk.db import migrations
from ohdesk.db.engine import integrity_problems, open_engine
from ohdesk.domain.roll.values import count_of, count_of_text
from ohdesk.errors import MachineError, ProblemsError, UserError
from ohdesk.reports import fonts
from ohdesk.reports.styles import BODY
from ohdesk.reports.typesetting import set_lines
from ohdesk.security import keyfile, vault
from ohdesk.security.stretching import Calibration
from ohdesk.services import blobs
from ohdesk.services.backup import automatic, making
from ohdesk.services.backup.checking import by_password, check
from ohdesk.services.office import drives, restoring
from ohdesk.services.office.workspace import (
    DATABASE,
    HOLDER_FILE,
    NewWorkspace,
    account_names,
    create_workspace,
    is_open,
    open_workspace,
)
from ohdesk.services.roll import entries
from tests.conftest import PASSWORD, noon, town_workspace
from tests.promises.dying import die


def test_what_was_created_opens_with_its_password(tmp_path):
    folder = town_workspace(tmp_path / "w")
    assert account_names(folder) == ("李旸",)
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        assert (ctx.office.role, ctx.office.division, ctx.office.name) == ("town", "000000001", "石桥镇")
        assert ctx.actor.roles == {"administrator", "supervisor"}
        assert integrity_problems(ctx.engine) == []


def test_every_connection_is_durable_and_checks_foreign_keys(ctx):
    with ctx.engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "temp_store")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "temp_store": 2}


def test_without_its_key_file_it_is_told_where_another_copy_is(tmp_path):
    folder = town_workspace(tmp_path / "w")
    (folder / "keys.json").unlink()
    with pytest.raises(MachineError, match="keys.json") as told, open_workspace(folder, "李旸", PASSWORD, noon):
        pass
    assert "ohdesk backup restore" in told.value.remedy


def test_a_wrong_password_and_an_unknown_account_are_told_apart(tmp_path):
    folder = town_workspace(tmp_path / "w")
    with pytest.raises(UserError, match="密码不正确"), open_workspace(folder, "李旸", "falsch", noon):
        pass
    with pytest.raises(UserError, match="没有账户"), open_workspace(folder, "谁", PASSWORD, noon):
        pass


def test_a_second_opener_is_told_and_the_lock_ends_with_the_first(tmp_path):
    folder = town_workspace(tmp_path / "w")
    with (
        open_workspace(folder, "李旸", PASSWORD, noon),
        pytest.raises(UserError, match="另一个"),
        open_workspace(folder, "李旸", PASSWORD, noon),
    ):
        pass
    with open_workspace(folder, "李旸", PASSWORD, noon):
        pass


@pytest.mark.parametrize(
    ("role", "division", "name"),
    [
        ("town", "000000", "石桥镇"),
        ("county", "000000001", "青原县"),
        ("town", "00000000１", "x"),
        ("town", "000000001", " "),
    ],
)
def test_a_division_that_does_not_fit_the_role_is_refused(tmp_path, role, division, name):
    with pytest.raises(UserError):
        create_workspace(tmp_path / "w", NewWorkspace(role, division, name, "李旸", PASSWORD), practice=True)
    assert not (tmp_path / "w").exists()


def test_everything_wrong_with_a_new_workspace_is_named_at_once(tmp_path):
    with pytest.raises(ProblemsError) as refused:
        create_workspace(tmp_path / "w", NewWorkspace("town", "000000", " ", "李旸", PASSWORD), practice=True)
    assert [problem.field for problem in refused.value.problems] == ["division", "name"]


@pytest.mark.parametrize("name", ["石\u202e桥镇", "石桥\n镇", "石\u200b桥镇", "\u3164", "镇" * 65])
def test_an_office_that_no_certificate_could_name_is_refused_where_its_name_is_typed(tmp_path, name):
    with pytest.raises(ProblemsError) as refused:
        create_workspace(tmp_path / "w", NewWorkspace("town", "000000001", name, "李旸", PASSWORD), practice=True)
    assert [problem.field for problem in refused.value.problems] == ["name"]
    assert not (tmp_path / "w").exists()


def test_a_folder_in_use_is_refused_and_stays_as_it_is(tmp_path):
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(UserError, match="不是空的"):
        create_workspace(tmp_path, NewWorkspace("town", "000000001", "石桥镇", "李旸", PASSWORD), practice=True)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_damaged_database_is_told_and_left_alone(tmp_path):
    folder = town_workspace(tmp_path / "w")
    data = bytearray((folder / DATABASE).read_bytes())
    data[100:200] = bytes(100)
    (folder / DATABASE).write_bytes(data)
    with pytest.raises(MachineError, match="损坏"), open_workspace(folder, "李旸", PASSWORD, noon):
        pass
    assert (folder / DATABASE).read_bytes() == bytes(data)


def test_a_newer_schema_is_refused_untouched(tmp_path):
    folder = town_workspace(tmp_path / "w")
    unlocked = keyfile.unlock(folder / "keys.json", "李旸", PASSWORD)
    engine = open_engine(folder / DATABASE, unlocked.database)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    engine.dispose()
    before = (folder / DATABASE).read_bytes()
    with pytest.raises(UserError, match="更新"), open_workspace(folder, "李旸", PASSWORD, noon):
        pass
    assert (folder / DATABASE).read_bytes() == before


def older_world(folder):
    """A workspace of the schema before, with an entry and a photo."""
    with open_workspace(town_workspace(folder), "李旸", PASSWORD, noon) as ctx:
        entries.add(ctx, {"name": "安泰机械厂", "address": "工业大道1号"})
        digest = blobs.put(ctx, b"photo")
        with ctx.transaction() as session:
            blobs.note(session, digest, 5)
    return folder


def test_before_the_schema_changes_a_backup_is_made_that_is_listed_checked_and_restored(tmp_path, request):
    folder = older_world(tmp_path / "w")
    request.getfixturevalue("newer_program")
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        (made,) = making.list_in(folder / "backups")
        assert (made.employers, made.blobs, made.problems) == (1, 1, ())
        assert automatic.checked(ctx) == {made.sha256: noon()}
    opens = by_password("李旸", PASSWORD)
    assert check(made.file, opens).problems == ()
    assert restoring.restore(made.file, tmp_path / "new", opens).problems == ()
    with open_workspace(tmp_path / "new", "李旸", PASSWORD, noon) as ctx:
        assert migrations.revision(ctx.engine) == "0002"
        assert entries.count_rows(ctx) == 1
    assert len(making.list_in(folder / "backups")) == 1


def test_an_upgrade_that_fails_leaves_the_old_and_a_backup_and_is_done_at_the_next_opening(
    tmp_path, request, monkeypatch
):
    folder = older_world(tmp_path / "w")
    request.getfixturevalue("newer_program")
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "upgrade", lambda engine: 1 / 0)
        with pytest.raises(ZeroDivisionError), open_workspace(folder, "李旸", PASSWORD, noon):
            pass
    assert len(making.list_in(folder / "backups")) == 1
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        assert (migrations.revision(ctx.engine), entries.count_rows(ctx)) == ("0002", 1)


def test_where_the_backup_cannot_be_written_the_schema_stays_and_it_is_told(tmp_path, request):
    folder = older_world(tmp_path / "w")
    request.getfixturevalue("newer_program")
    shutil.rmtree(folder / "backups")
    (folder / "backups").write_text("no folder", encoding="utf-8")
    before = (folder / DATABASE).read_bytes()
    with pytest.raises(UserError, match="backups"), open_workspace(folder, "李旸", PASSWORD, noon):
        pass
    assert (folder / DATABASE).read_bytes() == before


def test_the_tables_are_those_of_the_models(ctx):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from ohdesk.db.models import Base

    with ctx.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


@pytest.mark.parametrize(
    ("mounts", "folder", "expected"),
    [
        ("36 35 0:32 / / rw - ext4 /dev/sda1 rw", "/home/x", ("0:32", "ext4")),
        (
            "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:40 / /mnt/share rw - cifs //s/x rw",
            "/mnt/share/w",
            ("0:40", "cifs"),
        ),
        (
            "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 8:17 / /media/我的\\040盘 rw - vfat /dev/sdb1 rw",
            "/media/我的 盘/w",
            ("8:17", "vfat"),
        ),
        ("nonsense", "/home", None),
    ],
)
def test_the_mount_that_holds_a_folder_is_found(mounts, folder, expected):
    from pathlib import Path

    assert drives._mount_of(Path(folder), mounts) == expected


@pytest.mark.parametrize(("kind", "word"), [("network", "网络共享"), ("removable", "优盘")])
def test_a_share_or_a_stick_cannot_hold_a_workspace(tmp_path, monkeypatch, kind, word):
    monkeypatch.setattr(drives, "_linux_drive", lambda folder: kind)
    with pytest.raises(UserError, match=word):
        create_workspace(tmp_path / "w", NewWorkspace("town", "000000001", "石桥镇", "李旸", PASSWORD), practice=True)


def test_a_drive_that_cannot_be_told_is_a_warning(tmp_path, monkeypatch):
    monkeypatch.setattr(drives, "_linux_drive", lambda folder: "unknown")
    assert "无法判断" in drives.check_drive(tmp_path)


def test_who_comes_second_is_told_where_and_since_when_it_is_open(tmp_path):
    folder = town_workspace(tmp_path / "w")
    with open_workspace(folder, "李旸", PASSWORD, noon):
        assert is_open(folder)
        with pytest.raises(UserError, match=f"进程 {os.getpid()}，"), open_workspace(folder, "李旸", PASSWORD, noon):
            pass
    assert not is_open(folder)
    assert not (folder / HOLDER_FILE).exists()


@pytest.mark.parametrize("content", ["", "a\nb\nc\n", "\x00\n" * 4000])
def test_a_note_of_the_holder_that_makes_no_sense_is_left_out(tmp_path, content):
    folder = town_workspace(tmp_path / "w")
    with open_workspace(folder, "李旸", PASSWORD, noon):
        (folder / HOLDER_FILE).write_text(content)
        with pytest.raises(UserError, match="命令中打开。"), open_workspace(folder, "李旸", PASSWORD, noon):
            pass


@pytest.mark.parametrize("there_before", [True, False])
def test_a_workspace_that_cannot_be_written_leaves_nothing_behind(tmp_path, monkeypatch, there_before):
    folder = tmp_path / "w"
    if there_before:
        folder.mkdir()

    def full(*_arguments):
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(migrations, "upgrade", full)
    with pytest.raises(MachineError, match="不能写入"):
        create_workspace(folder, NewWorkspace("town", "000000001", "石桥镇", "李旸", PASSWORD), practice=True)
    assert folder.exists() == there_before
    assert not there_before or list(folder.iterdir()) == []


@pytest.mark.parametrize("there_before", [True, False])
@pytest.mark.parametrize(
    ("place", "calls"),
    [
        ("ohdesk.security.keyfile:create", 1),
        ("ohdesk.db.migrations:upgrade", 1),
        ("ohdesk.services.office.workspace:_first_rows", 1),
        ("pathlib:Path.rename", 1),
    ],
)
def test_a_workspace_whose_making_died_is_not_there_and_can_be_made_again(tmp_path, place, calls, there_before):
    folder = tmp_path / "w"
    if there_before:
        folder.mkdir()
    die("create", folder, "李旸", "石桥镇", place, calls)
    assert not folder.exists() or list(folder.iterdir()) == []
    create_workspace(folder, NewWorkspace("town", "000000001", "石桥镇", "李旸", PASSWORD), practice=True)
    assert [path.name for path in tmp_path.iterdir()] == ["w"]
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        assert ctx.office.name == "石桥镇"


def test_what_was_set_for_paper_or_read_from_a_list_is_gone_once_it_is_locked(tmp_path):
    with open_workspace(town_workspace(tmp_path / "w"), "李旸", PASSWORD, noon):
        fonts.register()
        set_lines("石桥金泰五金厂", BODY, 300.0)
        assert count_of("约50人") == 50
        assert set_lines.cache_info().currsize > 0
    assert set_lines.cache_info().currsize == count_of_text.cache_info().currsize == 0


@pytest.mark.parametrize(("practice", "said"), [(False, "密钥文件 keys.json 是练习库的"), (True, "数据库是练习库的")])
def test_no_key_file_makes_a_real_workspace_one_of_practice_or_the_other_way_round(
    tmp_path, monkeypatch, practice, said
):
    # The worst case: whoever wrote the other key file knows the key of the database.
    monkeypatch.setattr(vault, "new_key", lambda: bytes(range(32)))
    monkeypatch.setattr(keyfile, "calibrate", lambda least: Calibration(least, 250))
    folder, password = tmp_path / "w", "blaue-tasse"
    create_workspace(folder, NewWorkspace("town", "000000001", "石桥镇", "李旸", password), practice=practice)
    (folder / "keys.json").unlink()
    keyfile.create(folder / "keys.json", "李旸", password, bytes(32), practice=not practice)
    before = (folder / DATABASE).read_bytes()
    with pytest.raises(MachineError, match=said) as told, open_workspace(folder, "李旸", password, noon):
        pass
    assert "ohdesk backup restore" in told.value.remedy
    assert (folder / DATABASE).read_bytes() == before
