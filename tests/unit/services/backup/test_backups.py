"""A backup holds the whole workspace, opens with a password of its day, and shows every byte that was changed."""

import random
import shutil
import threading

import pytest
from sqlalchemy import select, update

from ohdesk.db.models import Establishment
from ohdesk.db.models.base import Base
from ohdesk.domain.facts import Verdict
from ohdesk.errors import UserError
from ohdesk.security import keyfile
from ohdesk.services import blobs
from ohdesk.services.backup import making
from ohdesk.services.backup.checking import by_code, by_password, check
from ohdesk.services.backup.sealed_file import PIECE, DamagedBackupError, NotABackupError
from ohdesk.services.office import accounts, doctor, restoring
from ohdesk.services.office.workspace import NewWorkspace, create_workspace, is_workspace, open_workspace
from ohdesk.services.roll import entries
from tests.conftest import PASSWORD, noon

OPENS = by_password("李旸", PASSWORD)


def add(ctx, number):
    entries.add(ctx, {"name": f"安泰机械厂{number}", "address": "工业大道1号"})


def photo(ctx, content):
    found = blobs.put(ctx, content)
    with ctx.transaction() as session:
        blobs.note(session, found, len(content))
    return found


def everything(ctx):
    """The rows of every table but those that say under which numbers they were written."""
    numbered = {"operation", "replica_head", "establishment_head", "own_office", "own_key", "local_head"}
    with ctx.reading() as session:
        return {
            name: sorted(map(repr, session.execute(select(table))))
            for name, table in Base.metadata.tables.items()
            if name not in numbered
        }


@pytest.fixture
def filled(ctx):
    add(ctx, 1)
    photo(ctx, b"photo" * 400_000)
    return ctx


@pytest.fixture
def backup(filled, tmp_path):
    return making.make(filled, tmp_path / "stick.ohbak").file


def test_a_backup_says_what_it_holds_and_opens(filled, backup):
    (listed,) = making.list_in(backup.parent)
    assert (listed.employers, listed.visits, listed.blobs, listed.problems) == (1, 0, 1, ())
    assert listed.replica == filled.office.replica
    assert check(backup, OPENS) == listed


def test_a_restored_workspace_holds_the_same(filled, backup, tmp_path):
    held = everything(filled)
    restored = restoring.restore(backup, tmp_path / "new", OPENS)
    assert restored.problems == ()
    with open_workspace(tmp_path / "new", "李旸", PASSWORD, noon) as again:
        assert everything(again) == held
        assert again.office.replica != filled.office.replica
        assert [fact for fact in doctor.workspace_facts(again) if fact.verdict is Verdict.FAILS] == []
        (found,) = making.list_in(tmp_path)
        assert check(making.make(again, tmp_path / "second.ohbak").file, OPENS).blobs == found.blobs
    assert not (tmp_path / "new.part").exists()


def test_the_password_of_that_day_opens_it_and_the_one_since_does_not(filled, backup, tmp_path):
    accounts.change_password(filled, PASSWORD, "another-password")
    with pytest.raises(UserError, match="密码不正确"):
        check(backup, by_password("李旸", "another-password"))
    restoring.restore(backup, tmp_path / "new", OPENS)
    assert keyfile.unlock(tmp_path / "new" / "keys.json", "李旸", PASSWORD)


def test_the_recovery_code_opens_a_backup_and_restores_it(tmp_path):
    code = create_workspace(
        tmp_path / "own", NewWorkspace("town", "000000001", "石桥镇", "李旸", PASSWORD), practice=True
    )
    with open_workspace(tmp_path / "own", "李旸", PASSWORD, noon) as ctx:
        file = making.make(ctx, tmp_path / "stick.ohbak").file
    assert check(file, by_code(code)).problems == ()
    restoring.restore(file, tmp_path / "new", by_code(code))
    assert is_workspace(tmp_path / "new")


def test_every_changed_bit_is_found(backup, tmp_path):
    whole = backup.read_bytes()
    chance = random.Random(5)  # noqa: S311 - which bits
    near = [*range(0, 64, 2), *(len(whole) - 1 - n for n in range(0, 40, 2)), PIECE, PIECE + 28]
    for place in near + [chance.randrange(len(whole)) for _ in range(40)]:
        data = bytearray(whole)
        data[place] ^= 1 << chance.randrange(8)
        changed = tmp_path / "changed.ohbak"
        changed.write_bytes(data)
        assert all(found.problems for found in making.list_in(tmp_path) if found.file == changed), place
        try:
            assert check(changed, OPENS).problems, place
        except (NotABackupError, DamagedBackupError):
            continue


@pytest.mark.parametrize("cut", [0, 1, 16, 17, 500, -1, -32, -33, 70_000])
def test_a_cut_file_is_no_good_backup(backup, tmp_path, cut):
    short = tmp_path / "short" / "cut.ohbak"
    short.parent.mkdir()
    short.write_bytes(backup.read_bytes()[:cut])
    assert all(found.problems for found in making.list_in(short.parent))
    with pytest.raises(UserError):
        restoring.restore(short, tmp_path / "new", OPENS)
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "new.part").exists()


def test_bytes_behind_the_end_are_found(backup):
    with backup.open("ab") as file:
        file.write(b"\0")
    assert check(backup, OPENS).problems
    assert making.list_in(backup.parent)[0].problems


def test_a_backup_made_while_others_write_is_one_instant(filled, tmp_path):
    done = threading.Event()

    def work():
        number = 2
        while not done.is_set():
            add(filled, number)
            number += 1

    writer = threading.Thread(target=work)
    writer.start()
    try:
        made = [making.make(filled, tmp_path / f"{n}.ohbak").file for n in range(5)]
    finally:
        done.set()
        writer.join()
    assert [check(file, OPENS).problems for file in made] == [()] * 5


def test_a_lost_attachment_is_named_and_the_rest_is_kept(filled, tmp_path):
    lost = photo(filled, b"lost")
    blobs.forget(filled, lost)
    made = making.make(filled, tmp_path / "stick.ohbak")
    assert lost[:12] in made.problems[0]
    assert check(made.file, OPENS).problems == made.problems
    assert restoring.restore(made.file, tmp_path / "new", OPENS).problems == made.problems


def test_attachments_beside_are_copied_once_and_come_back(filled, tmp_path):
    second = tmp_path / "second"
    second.mkdir()
    first = making.make(filled, second / "1.ohbak", beside=second)
    copied = {path: path.stat().st_mtime_ns for path in (second / "blobs").rglob("*") if path.is_file()}
    making.make(filled, second / "2.ohbak", beside=second)
    assert {path: path.stat().st_mtime_ns for path in (second / "blobs").rglob("*") if path.is_file()} == copied
    assert first.file.stat().st_size < 1_000_000
    assert check(first.file, OPENS).problems == ()
    assert restoring.restore(first.file, tmp_path / "new", OPENS).problems == ()
    shutil.rmtree(second / "blobs")
    assert len(check(first.file, OPENS).problems) == 1


def test_a_backup_is_never_written_over_another(filled, backup):
    before = backup.read_bytes()
    with pytest.raises(UserError, match="已经有"):
        making.make(filled, backup)
    assert backup.read_bytes() == before


def test_a_restore_never_touches_what_is_there(backup, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("x")
    with pytest.raises(UserError, match="不是空的"):
        restoring.restore(backup, tmp_path / "full", OPENS)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine"]


def test_only_an_administrator_restores_over_a_workspace_and_it_stays_beside(tmp_path):
    folder = tmp_path / "town"
    create_workspace(folder, NewWorkspace("town", "000000001", "石桥镇", "李旸", PASSWORD), practice=True)
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        accounts.add(ctx, "周沄", "zhou-yun-password", set())
        file = making.make(ctx, tmp_path / "stick.ohbak").file
        with pytest.raises(UserError, match="正开着"):
            restoring.restore_over(file, folder, OPENS, clock=noon)
        add(ctx, 7)
    with pytest.raises(UserError, match="管理员"):
        restoring.restore_over(file, folder, by_password("周沄", "zhou-yun-password"), clock=noon)
    _, aside = restoring.restore_over(file, folder, OPENS, clock=noon)
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        assert entries.count_rows(ctx) == 0
    with open_workspace(aside, "李旸", PASSWORD, noon) as ctx:
        assert entries.count_rows(ctx) == 1


def test_a_backup_whose_tables_say_something_else_than_the_journal_is_told(filled, tmp_path):
    with filled.transaction() as session:
        session.execute(update(Establishment).values(name="改过的厂"))
    made = making.make(filled, tmp_path / "stick.ohbak")
    assert "establishment" in check(made.file, OPENS).problems[0]
