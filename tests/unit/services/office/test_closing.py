"""Accounts of people who left, and codes that were seen, open nothing any more; everybody else notices nothing."""

import pytest
from sqlalchemy import select

from ohdesk.db import local_rows
from ohdesk.db.models import Grant
from ohdesk.domain.people import Role
from ohdesk.errors import JobCancelledError, MachineError, UserError
from ohdesk.files import KEY_FILE
from ohdesk.security import keyfile
from ohdesk.security.signing_keys import AccountKey
from ohdesk.services import blobs
from ohdesk.services.office import accounts, closing, doctor, grants, people, rekeying
from ohdesk.services.office.workspace import (
    NewWorkspace,
    create_workspace,
    open_for_recovery,
    open_workspace,
)
from ohdesk.services.roll import entries
from ohdesk.services.start import first_run
from ohdesk.services.trust import keys
from tests.conftest import PASSWORD, noon
from tests.promises.dying import die

LEAVER, COLLEAGUE = "王𠅤", "陶镕"
PHOTO = b"a photo of a grinding machine" * 100


@pytest.fixture
def town(tmp_path):
    """A town with an inspector who leaves and a second administrator; the folder, the code, a blob and an entry."""
    folder = tmp_path / "town"
    code = create_workspace(folder, NewWorkspace("town", "000000001", "石桥镇", "李旸", PASSWORD), practice=True)
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        person = people.add_person(ctx, LEAVER, "inspector", "DEMO-0001", "2028-12-31")
        accounts.add(ctx, LEAVER, PASSWORD, {Role.INSPECTOR}, person)
        accounts.add(ctx, COLLEAGUE, PASSWORD, {Role.ADMINISTRATOR, Role.SUPERVISOR})
        entries.add(ctx, {"name": "青溪竹器厂", "address": "工业路 1 号", "kind": "用人单位"})
        digest = blobs.put(ctx, PHOTO)
        with ctx.transaction() as session:
            blobs.note(session, digest, len(PHOTO))
    return folder, code, digest


def is_sound(ctx, digest):
    """True when everything is there under the key the workspace was opened with."""
    assert [fact.sentence for fact in doctor.workspace_facts(ctx) if fact.verdict.value != "holds"] == []
    assert [row.name for row in entries.list_rows(ctx)] == ["青溪竹器厂"]
    assert blobs.read(ctx, digest) == PHOTO
    with ctx.reading() as session:
        assert keys.own_signer(ctx, session)
        assert keys.opener(ctx, session)
        assert local_rows.changed_groups(session) == []
    names = {path.name for path in ctx.folder.iterdir()}
    assert not names & {rekeying.MARK, "workspace.db.new"}
    assert len(list((ctx.folder / "blobs").glob("*/*"))) == 1
    return True


def test_a_closed_account_opens_nothing_and_neither_does_the_key_its_owner_kept(town):
    folder, _, _ = town
    kept = keyfile.unlock(folder / KEY_FILE, LEAVER, PASSWORD)
    old_file = (folder / KEY_FILE).read_bytes()
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        closing.close(ctx, LEAVER)
    with pytest.raises(UserError, match="没有账户"), open_workspace(folder, LEAVER, PASSWORD, noon):
        pass
    new_file = (folder / KEY_FILE).read_bytes()
    (folder / KEY_FILE).write_bytes(old_file)
    with pytest.raises(MachineError), open_workspace(folder, LEAVER, PASSWORD, noon):
        pass
    (folder / KEY_FILE).write_bytes(new_file)
    assert keyfile.unlock(folder / KEY_FILE, "李旸", PASSWORD).database != kept.database


@pytest.mark.parametrize("at", [1, 2])
def test_a_change_of_keys_can_be_cancelled_until_the_last_moment_and_leaves_everything(town, at):
    folder, _, digest = town
    before = (folder / KEY_FILE).read_bytes()

    def report(done, total):
        assert total == 2  # an attachment, and the database
        if done == at:
            raise JobCancelledError

    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        with pytest.raises(JobCancelledError):
            closing.close(ctx, LEAVER, report)
        assert is_sound(ctx, digest)
        assert LEAVER in {row.name for row in accounts.list_accounts(ctx)}
    assert (folder / KEY_FILE).read_bytes() == before


def test_everybody_else_goes_on_with_the_password_they_have(town):
    folder, code, digest = town
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        closing.close(ctx, LEAVER)
    for account, roles in (
        ("李旸", {"administrator", "supervisor"}),
        (COLLEAGUE, {"administrator", "supervisor"}),
    ):
        with open_workspace(folder, account, PASSWORD, noon) as ctx:
            assert ctx.actor.roles == roles
            assert is_sound(ctx, digest)
            assert LEAVER not in [row.name for row in accounts.list_accounts(ctx)]
    with open_for_recovery(folder, code, noon) as ctx:
        assert ctx.actor.roles == {"administrator"}
    with open_workspace(folder, COLLEAGUE, PASSWORD, noon) as ctx:
        accounts.change_password(ctx, PASSWORD, "ein anderes wort")
        accounts.add(ctx, "周敏", PASSWORD, {Role.SUPERVISOR})
    for account, password in ((COLLEAGUE, "ein anderes wort"), ("周敏", PASSWORD)):
        with open_workspace(folder, account, password, noon) as ctx:
            assert is_sound(ctx, digest)


def test_roles_given_by_an_administrator_who_left_go_on_and_new_ones_by_the_old_key_do_not(town):
    folder, _, _ = town
    with open_workspace(folder, COLLEAGUE, PASSWORD, noon) as ctx:
        accounts.add(ctx, "周敏", PASSWORD, {Role.SUPERVISOR})
        with ctx.reading() as session:
            old = grants.own_key(session, ctx.keys)
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        closing.close(ctx, COLLEAGUE)
    with open_workspace(folder, "周敏", PASSWORD, noon) as ctx:
        assert ctx.actor.roles == {"supervisor"}
        with ctx.transaction() as session:
            mine = grants.own_key(session, ctx.keys).public_der
            session.add(grants.grant(ctx.keys.founder, old, "周敏", mine, frozenset({Role.ADMINISTRATOR})))
    with open_workspace(folder, "周敏", PASSWORD, noon) as ctx:
        assert ctx.actor.roles == {"supervisor"}


def test_the_founder_can_leave_too(town):
    folder, _, digest = town
    with open_workspace(folder, COLLEAGUE, PASSWORD, noon) as ctx:
        closing.close(ctx, "李旸")
    for account in (COLLEAGUE, LEAVER):
        with open_workspace(folder, account, PASSWORD, noon) as ctx:
            assert ctx.actor.roles
            assert is_sound(ctx, digest)


OWN, GIVEN = "mein-eigenes-wort", "gegeben-vom-anderen"


def roles_with(folder, account, password):
    with open_workspace(folder, account, password, noon) as ctx:
        assert ctx.noticed == ()
        return ctx.actor.roles


def reset(folder, by, password, account):
    """Have an administrator reset an account, and its owner choose the own password."""
    with open_workspace(folder, by, password, noon) as ctx:
        accounts.reset(ctx, account, GIVEN)
    with open_workspace(folder, account, GIVEN, noon) as ctx:
        accounts.change_password(ctx, GIVEN, OWN)


def test_who_came_back_by_the_recovery_code_may_change_it(town, tmp_path):
    folder, code, digest = town
    first_run.recover(folder, code, "李旸", OWN)
    with open_workspace(folder, "李旸", OWN, noon) as ctx:
        first_run.renew_code(ctx, tmp_path / "code.txt")
    assert Role.ADMINISTRATOR in roles_with(folder, "李旸", OWN)
    assert Role.ADMINISTRATOR in roles_with(folder, COLLEAGUE, PASSWORD)
    assert roles_with(folder, LEAVER, PASSWORD) == {Role.INSPECTOR}
    with open_for_recovery(folder, (tmp_path / "code.txt").read_text("utf-8-sig").split("：")[1].strip()) as ctx:
        assert Role.ADMINISTRATOR in ctx.actor.roles
        assert is_sound(ctx, digest)


def test_a_file_that_is_there_is_not_written_over_by_a_new_code(town, tmp_path):
    folder, code, _ = town
    (tmp_path / "code.txt").write_text(code, encoding="utf-8")
    (tmp_path / "way").symlink_to(folder)
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        for place in (tmp_path / "code.txt", tmp_path / "way" / "code.txt"):
            with pytest.raises(UserError):
                first_run.renew_code(ctx, place)
    assert (tmp_path / "code.txt").read_text(encoding="utf-8") == code
    assert not (folder / "code.txt").exists()


def test_who_was_reset_by_an_administrator_may_close_that_one(town):
    folder, _, digest = town
    reset(folder, COLLEAGUE, PASSWORD, "李旸")
    with open_workspace(folder, "李旸", OWN, noon) as ctx:
        closing.close(ctx, COLLEAGUE)
    assert Role.ADMINISTRATOR in roles_with(folder, "李旸", OWN)
    assert roles_with(folder, LEAVER, PASSWORD) == {Role.INSPECTOR}
    with open_workspace(folder, "李旸", OWN, noon) as ctx:
        accounts.add(ctx, "苏映", PASSWORD, {Role.SUPERVISOR})
        assert is_sound(ctx, digest)
    assert roles_with(folder, "苏映", PASSWORD) == {Role.SUPERVISOR}


def test_two_administrators_may_reset_each_other_again_and_again(town):
    folder, _, _ = town
    reset(folder, COLLEAGUE, PASSWORD, "李旸")
    for by, account in (("李旸", COLLEAGUE), (COLLEAGUE, "李旸"), ("李旸", COLLEAGUE)):
        reset(folder, by, OWN, account)
        assert Role.ADMINISTRATOR in roles_with(folder, by, OWN)
        assert Role.ADMINISTRATOR in roles_with(folder, account, OWN)


def test_the_key_of_who_reset_one_and_was_closed_gives_no_more_roles(town):
    folder, _, _ = town
    reset(folder, COLLEAGUE, PASSWORD, "李旸")
    with open_workspace(folder, COLLEAGUE, PASSWORD, noon) as ctx, ctx.reading() as session:
        kept = grants.own_key(session, ctx.keys)
    with open_workspace(folder, "李旸", OWN, noon) as ctx:
        closing.close(ctx, COLLEAGUE)
    with open_workspace(folder, "李旸", OWN, noon) as ctx, ctx.transaction() as session:
        public = AccountKey.create().public_der
        session.add(grants.grant(ctx.keys.founder, kept, LEAVER, public, frozenset({Role.ADMINISTRATOR})))
        session.flush()
        assert grants.standing(session, ctx.keys.founder).roles[LEAVER] == {Role.INSPECTOR}


def test_who_was_invited_by_an_administrator_who_left_has_the_roles_all_the_same(town):
    folder, _, _ = town
    with open_workspace(folder, COLLEAGUE, PASSWORD, noon) as ctx:
        accounts.reset(ctx, LEAVER, GIVEN)
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        closing.close(ctx, COLLEAGUE)
    with open_workspace(folder, LEAVER, GIVEN, noon) as ctx:
        accounts.change_password(ctx, GIVEN, OWN)
    assert roles_with(folder, LEAVER, OWN) == {Role.INSPECTOR}


def test_nobody_closes_the_own_account_or_the_last_administrators(town):
    folder, code, _ = town
    before = (folder / KEY_FILE).read_bytes()
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        with pytest.raises(UserError, match="自己的账户"):
            closing.close(ctx, "李旸")
        with pytest.raises(UserError, match="没有账户"):
            closing.close(ctx, "谁")
    assert (folder / KEY_FILE).read_bytes() == before
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        closing.close(ctx, COLLEAGUE)
    with open_for_recovery(folder, code, noon) as ctx, pytest.raises(UserError, match="最后一名"):
        closing.close(ctx, "李旸")


PLACES = (
    "ohdesk.services.blobs:rewrap",
    "ohdesk.services.office.rekeying:copy_database",
    "ohdesk.services.office.rekeying:_make_ready",
    "ohdesk.security.keyfile:rekey",
    "ohdesk.services.office.rekeying:finish",
    "ohdesk.services.office.rekeying:sync_folder",
    "ohdesk.services.blobs:sweep",
)


@pytest.mark.parametrize("place", PLACES)
def test_whatever_dies_while_the_key_is_changed_the_workspace_opens_whole(town, place):
    folder, _, digest = town
    die("close", folder, "李旸", LEAVER, place, 1)
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        assert is_sound(ctx, digest)
        closed = LEAVER not in [row.name for row in accounts.list_accounts(ctx)]
    assert closed == (LEAVER not in keyfile.accounts(folder / KEY_FILE))
    assert closed == (PLACES.index(place) > PLACES.index("ohdesk.security.keyfile:rekey"))
    if not closed:
        with open_workspace(folder, LEAVER, PASSWORD, noon) as ctx:
            assert ctx.actor.roles == {"inspector"}
        with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
            closing.close(ctx, LEAVER)
    with open_workspace(folder, COLLEAGUE, PASSWORD, noon) as ctx:
        assert is_sound(ctx, digest)


def test_a_copy_that_was_only_begun_does_not_come_into_use(town):
    folder, _, digest = town
    for name in (rekeying.MARK, "workspace.db.new", "workspace.db.new-journal"):
        (folder / name).touch()
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        assert is_sound(ctx, digest)
    assert not (folder / "workspace.db.new-journal").exists()


def test_a_change_of_keys_that_fails_leaves_everything_as_it_was(town, monkeypatch):
    folder, _, digest = town

    def full(*_args):
        raise MachineError("磁盘已满。")

    monkeypatch.setattr(rekeying, "copy_database", full)
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        with pytest.raises(MachineError, match="磁盘已满"):
            closing.close(ctx, LEAVER)
        assert is_sound(ctx, digest)
    with open_workspace(folder, LEAVER, PASSWORD, noon) as ctx:
        assert is_sound(ctx, digest)


def test_a_key_handed_over_by_somebody_who_is_no_administrator_is_not_taken(town):
    folder, _, _ = town
    with open_workspace(folder, LEAVER, PASSWORD, noon) as ctx:
        # With the database key and a key pair of one's own, but no administrator's.
        new = keyfile.Rekeying(ctx.keys.database)
        keyfile.rekey(folder / KEY_FILE, ctx.keys, new, AccountKey.create())
    with pytest.raises(MachineError, match="不是管理员"), open_workspace(folder, "李旸", PASSWORD, noon):
        pass


def test_a_new_recovery_code_opens_and_the_old_one_opens_nothing(town, tmp_path):
    folder, old, digest = town
    old_file = (folder / KEY_FILE).read_bytes()
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        first_run.renew_code(ctx, tmp_path / "code.txt")
    code = (tmp_path / "code.txt").read_text("utf-8-sig").rpartition("：")[2].strip()
    with pytest.raises(UserError, match="恢复码"), open_for_recovery(folder, old, noon):
        pass
    with open_for_recovery(folder, code, noon) as ctx:
        assert ctx.actor.roles == {"administrator"}
    first_run.recover(folder, code, COLLEAGUE, "ein anderes wort")
    for account, password in (("李旸", PASSWORD), (COLLEAGUE, "ein anderes wort"), (LEAVER, PASSWORD)):
        with open_workspace(folder, account, password, noon) as ctx:
            assert ctx.actor.roles
            assert is_sound(ctx, digest)
            with ctx.reading() as session:
                assert session.scalars(select(Grant).where(Grant.account == "", Grant.ended.is_(False))).one()
    (folder / KEY_FILE).write_bytes(old_file)
    with pytest.raises(MachineError), open_for_recovery(folder, old, noon):
        pass


def test_a_recovery_code_is_not_kept_beside_what_it_opens(town):
    folder, old, _ = town
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx, pytest.raises(UserError, match="不能放在工作区"):
        first_run.renew_code(ctx, folder / "code.txt")
    with open_for_recovery(folder, old, noon) as ctx:
        assert ctx.actor.roles == {"administrator"}
