"""Accounts open the workspace; only the person opens the person's signing key."""

from dataclasses import replace
from functools import partial
from hashlib import sha256

import pytest
from sqlalchemy import select

from ohdesk.db.models import KeyReset, SigningKey
from ohdesk.domain.people import PersonRole, Right, Role
from ohdesk.errors import ProblemsError, UserError
from ohdesk.files import KEY_FILE
from ohdesk.security import certificates, keyfile, signing_keys, vault
from ohdesk.security.signing_keys import PersonKey
from ohdesk.services.office import accounts, people
from ohdesk.services.office.workspace import NewWorkspace, create_workspace, open_for_recovery, open_workspace
from ohdesk.services.start.first_run import recover
from ohdesk.services.trust import keys
from tests.conftest import PASSWORD, noon, town_workspace
from tests.promises.dying import GIVEN, die


@pytest.fixture
def person(ctx) -> str:
    return people.add_person(ctx, "王𠅤", "inspector", "DEMO-0001", "2028-12-31")


@pytest.fixture
def inspector(ctx, person) -> str:
    accounts.add(ctx, "王𠅤", "zweites-wort", {"inspector"}, person)
    return person


def test_an_inspectors_account_comes_with_a_key_only_its_password_opens(ctx, inspector):
    with ctx.reading() as session:
        key = session.get_one(SigningKey, inspector)
        public, wrapped = key.public_der, key.wrapped
    for other in (ctx.keys.personal, ctx.keys.database):
        with pytest.raises(vault.BrokenSealError):
            PersonKey.unwrap(wrapped, other, inspector)
    signer = accounts.unlock_inspector(ctx, "王𠅤", "zweites-wort").signer
    assert signing_keys.verify(public, signer.key.sign(b"x"), b"x")
    assert certificates.person_of(signer.certificate).number == "DEMO-0001"


def test_the_second_inspector_signs_without_logging_the_first_out(ctx, inspector):
    second = accounts.unlock_inspector(ctx, "王𠅤", "zweites-wort")
    assert (second.person, second.name, second.confirmed) == (inspector, "王𠅤", False)
    assert ctx.actor.account == "李旸"
    with pytest.raises(UserError, match="密码不正确"):
        accounts.unlock_inspector(ctx, "王𠅤", PASSWORD)
    with pytest.raises(UserError, match="没有签名密钥"):
        accounts.signing_inspector(ctx)


def test_ones_own_password_is_ones_own_whatever_roles_the_account_has(ctx):
    accounts.add(ctx, "王𠅤", "zweites-wort", ())
    nobody = replace(ctx, actor=replace(ctx.actor, account="王𠅤", roles=frozenset()))
    with pytest.raises(UserError, match="密码不正确"):
        accounts.change_password(nobody, PASSWORD, "drittes-wort")
    accounts.change_password(nobody, "zweites-wort", "drittes-wort")
    assert keyfile.unlock(ctx.folder / KEY_FILE, "王𠅤", "drittes-wort").account == "王𠅤"


def test_a_changed_password_keeps_the_signing_key(ctx, inspector):
    before = accounts.unlock_inspector(ctx, "王𠅤", "zweites-wort").signer
    keyfile.change_password(ctx.folder / KEY_FILE, "王𠅤", "zweites-wort", "drittes-wort")
    after = accounts.unlock_inspector(ctx, "王𠅤", "drittes-wort").signer
    assert after.key.public_der == before.key.public_der
    accounts.change_password(ctx, PASSWORD, "neue-losung")
    assert keyfile.unlock(ctx.folder / KEY_FILE, "李旸", "neue-losung").personal == ctx.keys.personal


def first_login(folder, account="王𠅤", given=GIVEN, own="eigene-losung"):
    """Do what a colleague does after a reset."""
    with open_workspace(folder, account, given, noon) as ctx:
        assert ctx.actor.invited
        accounts.change_password(ctx, given, own)


def test_after_a_reset_the_colleague_makes_a_new_key_and_the_old_records_stay_provable(tmp_path):
    folder, person, old = town_with_inspector(tmp_path / "town")
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        accounts.reset(ctx, " 王𠅤 ", GIVEN)
        assert [row.certified for row in accounts.list_accounts(ctx) if row.name == "王𠅤"] == [""]
    first_login(folder)
    with open_workspace(folder, "王𠅤", "eigene-losung", noon) as ctx:
        new = accounts.signing_inspector(ctx)
        assert ctx.actor.roles == {"inspector"}
        assert new.signer.key.public_der != old.key.public_der
        assert not new.confirmed
        assert set(keys.anchors(ctx).roots) == {old.certificate, new.signer.certificate}
        with ctx.reading() as session:
            assert session.get_one(SigningKey, person).public_der == new.signer.key.public_der


def reset_of(folder, account="王𠅤"):
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        return next(row.reset for row in accounts.list_accounts(ctx) if row.name == account)


def test_a_reset_is_listed_until_the_colleague_has_come(tmp_path):
    folder, _, _ = town_with_inspector(tmp_path / "town")
    assert reset_of(folder) == ""
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        accounts.reset(ctx, "王𠅤", GIVEN)
    assert reset_of(folder) == "2026-03-02 由李旸重置，本人还没有登录"
    first_login(folder)
    assert reset_of(folder) == ""


def test_with_the_password_given_at_a_reset_nothing_is_done_but_choosing_an_own_one(tmp_path):
    folder, _, _ = town_with_inspector(tmp_path / "town")
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        accounts.reset(ctx, "王𠅤", GIVEN)
        with pytest.raises(UserError, match="没有签名密钥"):
            accounts.unlock_inspector(ctx, "王𠅤", GIVEN)
    with open_workspace(folder, "王𠅤", GIVEN, noon) as ctx:
        assert ctx.actor.roles == frozenset()
        with pytest.raises(UserError, match="换成自己的"):
            ctx.require(Right.OWN)
        with pytest.raises(UserError, match="没有签名密钥"):
            accounts.signing_inspector(ctx)
        for new in (GIVEN, f" {GIVEN.upper()} ", "1"):
            with pytest.raises(ProblemsError) as refused:
                accounts.change_password(ctx, GIVEN, new)
            assert {problem.field for problem in refused.value.problems} == {"password"}
        with pytest.raises(UserError, match="不正确"):
            accounts.change_password(ctx, "geraten-geraten", "eigene-losung")


def test_a_reset_is_in_the_journal_with_the_key_that_is_lost_by_it(tmp_path):
    folder, person, old = town_with_inspector(tmp_path / "town")
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        accounts.reset(ctx, "王𠅤", GIVEN)
        with ctx.reading() as session:
            row = session.scalars(select(KeyReset)).one()
            assert (row.person, row.by, row.at) == (person, "李旸", noon())
            assert row.key == sha256(old.key.public_der).hexdigest()


def town_with_inspector(folder):
    """A town with the inspector 王𠅤: its folder, the person, and what the person signs with."""
    town_workspace(folder)
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        person = people.add_person(ctx, "王𠅤", "inspector", "DEMO-0001", "2028-12-31")
        accounts.add(ctx, "王𠅤", "zweites-wort", {"inspector"}, person)
        return folder, person, accounts.unlock_inspector(ctx, "王𠅤", "zweites-wort").signer


def test_a_reset_that_dies_before_the_key_file_is_written_leaves_everything_as_it_was(tmp_path):
    folder, _, old = town_with_inspector(tmp_path / "town")
    die("reset", folder, "李旸", "王𠅤", "ohdesk.security.keyfile:rewrite_account", 1)
    with open_workspace(folder, "王𠅤", "zweites-wort", noon) as ctx:
        assert ctx.actor.roles == {"inspector"}
        assert accounts.signing_inspector(ctx).signer.certificate == old.certificate
    assert reset_of(folder) == ""


def test_a_reset_that_dies_after_the_key_file_is_written_leads_to_a_new_key_all_the_same(tmp_path):
    folder, person, old = town_with_inspector(tmp_path / "town")
    die("reset", folder, "李旸", "王𠅤", "ohdesk.services.office.accounts:retire_key", 1)
    first_login(folder)
    with open_workspace(folder, "王𠅤", "eigene-losung", noon) as ctx:
        assert accounts.signing_inspector(ctx).person == person
        assert old.certificate in keys.anchors(ctx).roots


@pytest.mark.parametrize(
    ("place", "opens"),
    [
        ("ohdesk.security.keyfile:rewrite_account", GIVEN),
        ("ohdesk.services.office.invitations:take_up", "eigene-losung"),
        ("ohdesk.services.office.invitations:give_key", "eigene-losung"),
        ("ohdesk.services.office.person_keys:retire_key", "eigene-losung"),
    ],
)
def test_a_first_login_that_dies_on_the_way_goes_on_at_the_next(tmp_path, place, opens):
    folder, person, old = town_with_inspector(tmp_path / "town")
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        accounts.reset(ctx, "王𠅤", GIVEN)
    die("accept", folder, "王𠅤", "eigene-losung", place, 1)
    if opens == GIVEN:
        first_login(folder)
    with open_workspace(folder, "王𠅤", "eigene-losung", noon) as ctx:
        second = accounts.signing_inspector(ctx)
        assert ctx.actor.roles == {"inspector"}
        assert second.signer.key.public_der != old.key.public_der
        assert ctx.sign(b"x").key == sha256(second.signer.key.public_der).hexdigest()
        assert old.certificate in keys.anchors(ctx).roots
        with ctx.reading() as session:
            assert session.get_one(SigningKey, person).public_der == second.signer.key.public_der


def refused_at(ctx, account, roles, person=""):
    with pytest.raises(ProblemsError, match="账户没有建立") as refused:
        accounts.add(ctx, account, PASSWORD, roles, person)
    return [problem.field for problem in refused.value.problems]


def test_what_cannot_be_added_is_refused_with_a_sentence(ctx, person):
    assert refused_at(ctx, "a", {"inspector"}) == ["person"]
    assert refused_at(ctx, "a", {"supervisor"}, "nobody") == ["person"]
    assert refused_at(ctx, " 李旸", {"supervisor"}) == ["account"]
    accounts.add(ctx, "a", PASSWORD, {"inspector"}, person)
    assert refused_at(ctx, "b", {"inspector"}, person) == ["person"]
    assert keyfile.accounts(ctx.folder / KEY_FILE) == ("李旸", "a")


def test_an_account_that_was_begun_and_never_finished_is_taken_over(ctx, person):
    keyfile.add_account(ctx.folder / KEY_FILE, ctx.keys, "王𠅤", "halbes-wort")
    accounts.add(ctx, "王𠅤", "ganzes-wort", {"inspector"}, person)
    assert accounts.unlock_inspector(ctx, "王𠅤", "ganzes-wort").person == person


def test_only_an_administrator_adds_and_resets(ctx, inspector):
    folder = ctx.folder
    with pytest.raises(UserError):
        accounts.reset(ctx, ctx.actor.account, "neue-losung")
    ctx_of_inspector = type(ctx)(
        folder=folder,
        engine=ctx.engine,
        now=ctx.now,
        actor=type(ctx.actor)("王𠅤", inspector, "王𠅤", frozenset({"inspector"})),
        keys=ctx.keys,
        office=ctx.office,
    )
    with pytest.raises(UserError):
        accounts.add(ctx_of_inspector, "x", "p", set())
    with pytest.raises(UserError):
        accounts.reset(ctx_of_inspector, "李旸", "neue-losung")
    with pytest.raises(UserError, match="同一个人"):
        accounts.unlock_inspector(ctx_of_inspector, "王𠅤", "zweites-wort")


def test_with_the_recovery_code_a_lost_password_is_replaced_and_nothing_else_is_lost(tmp_path):
    folder = tmp_path / "town"
    code = create_workspace(
        folder, NewWorkspace("town", "000000001", "石桥镇", "李旸", "vergessenes-wort"), practice=True
    )
    with open_workspace(folder, "李旸", "vergessenes-wort", noon) as ctx:
        person = people.add_person(ctx, "王𠅤", "inspector", "DEMO-0001", "2028-12-31")
        accounts.add(ctx, "王𠅤", "auch vergessen", {"inspector"}, person)
    recover(folder, code.lower(), "李旸", "neue-losung")
    recover(folder, code, "王𠅤", "auch neu, das")
    with open_workspace(folder, "李旸", "neue-losung", noon) as ctx:
        assert "administrator" in ctx.actor.roles
        assert [row.name for row in people.list_people(ctx)] == ["王𠅤"]
        accounts.add(ctx, "陶镕", "drittes-wort", {"supervisor"})
    with open_workspace(folder, "王𠅤", "auch neu, das", noon) as ctx:
        assert accounts.signing_inspector(ctx).person == person
    with open_workspace(folder, "陶镕", "drittes-wort", noon) as ctx:
        assert ctx.actor.roles == {"supervisor"}
    with pytest.raises(UserError, match="恢复码"), open_for_recovery(folder, code[:-1], noon):
        pass


def test_whoever_inspects_no_more_gets_a_password_without_a_key_and_a_key_on_coming_back(tmp_path):
    folder, person, old = town_with_inspector(tmp_path / "town")
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        row = next(each for each in people.list_people(ctx) if each.id == person)
        people.correct_person(ctx, replace(row, role=PersonRole.ASSISTANT, certificate_no="", certificate_until=""))
        accounts.reset(ctx, "王𠅤", GIVEN)
    first_login(folder)
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        with pytest.raises(UserError, match="没有签名密钥"):
            accounts.unlock_inspector(ctx, "王𠅤", "eigene-losung")
        assert old.certificate in keys.anchors(ctx).roots
        people.correct_person(ctx, row)
        accounts.reset(ctx, "王𠅤", GIVEN)
    first_login(folder, own="noch eine losung")
    with open_workspace(folder, "王𠅤", "noch eine losung", noon) as ctx:
        assert accounts.signing_inspector(ctx).signer.certificate != old.certificate


def test_no_way_of_setting_a_password_takes_one_that_is_easy_to_guess(tmp_path):
    folder = tmp_path / "w"
    new = NewWorkspace("town", "000000001", "石桥镇", "李旸", PASSWORD)
    bad = ("1", "ohdesk-demo", "1234567890", "password2026")
    for password in bad:
        with pytest.raises(ProblemsError) as caught:
            create_workspace(folder, replace(new, password=password))
        assert {problem.field for problem in caught.value.problems} == {"password"}
        assert not folder.exists()
    code = create_workspace(folder, new)
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        accounts.add(ctx, "陶镕", PASSWORD, {Role.SUPERVISOR})
        before = (folder / KEY_FILE).read_bytes()
        for password in bad:
            for setting in (
                partial(accounts.add, ctx, "周敏", password, {Role.SUPERVISOR}),
                partial(accounts.check_new, ctx, "周敏", password),
                partial(accounts.reset, ctx, "陶镕", password),
                partial(accounts.change_password, ctx, PASSWORD, password),
            ):
                with pytest.raises(ProblemsError) as caught:
                    setting()
                assert {problem.field for problem in caught.value.problems} == {"password"}
    with pytest.raises(ProblemsError):
        recover(folder, code, "李旸", "ohdesk-demo")
    assert (folder / KEY_FILE).read_bytes() == before


def test_a_new_account_is_told_everything_that_is_wrong_with_it_at_once(ctx):
    with pytest.raises(ProblemsError) as caught:
        accounts.add(ctx, "李旸", "1", {Role.INSPECTOR})
    assert {problem.field for problem in caught.value.problems} == {"person", "account", "password"}
