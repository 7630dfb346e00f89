"""With the database key but without an administrator's key, nobody gives anybody a role."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from ohdesk.db.models import Account, Grant, Invitation
from ohdesk.domain.facts import Verdict
from ohdesk.domain.people import Role
from ohdesk.files import KEY_FILE
from ohdesk.security import keyfile
from ohdesk.security.signing_keys import AccountKey
from ohdesk.services.office import accounts, doctor, grants, people
from ohdesk.services.office.workspace import open_workspace
from tests.conftest import PASSWORD, noon, town_workspace

INSIDER, ADMIN, SUPERVISOR = "王𠅤", "陶镕", "苏映"


@pytest.fixture
def folder(tmp_path):
    """A town with a second administrator, a supervisor, and an inspector who wants more."""
    folder = town_workspace(tmp_path / "town")
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        person = people.add_person(ctx, INSIDER, "inspector", "DEMO-0001", "2028-12-31")
        accounts.add(ctx, INSIDER, PASSWORD, {Role.INSPECTOR}, person)
        accounts.add(ctx, ADMIN, PASSWORD, {Role.ADMINISTRATOR})
        accounts.add(ctx, SUPERVISOR, PASSWORD, {Role.SUPERVISOR})
    return folder


def of(session, account):
    return session.scalars(select(Grant).where(Grant.account == account)).one()


def own_key(ctx, session):
    return grants.own_key(session, ctx.keys)


def signed_by_the_insider(ctx, session, account, public, roles=frozenset({Role.ADMINISTRATOR})):
    return grants.grant(ctx.keys.founder, own_key(ctx, session), account, public, roles)


def edits_the_roles(ctx, session):
    of(session, INSIDER).roles = ["administrator", "inspector"]


def writes_nonsense(ctx, session):
    of(session, INSIDER).roles = {"king": 1}


def copies_the_administrators_grant(ctx, session):
    mine, theirs = of(session, INSIDER), of(session, ADMIN)
    mine.roles, mine.signer, mine.signature = theirs.roles, theirs.signer, theirs.signature


def copies_it_with_the_key(ctx, session):
    copies_the_administrators_grant(ctx, session)
    of(session, INSIDER).public = of(session, ADMIN).public


def puts_the_own_key_into_the_administrators_grant(ctx, session):
    theirs, key = of(session, ADMIN), own_key(ctx, session)
    theirs.public = key.public_der
    session.get_one(Account, ADMIN).secret = key.wrap(ctx.keys.personal, ADMIN)


def signs_for_oneself(ctx, session):
    session.add(signed_by_the_insider(ctx, session, INSIDER, own_key(ctx, session).public_der))


def signs_in_the_administrators_name(ctx, session):
    row = signed_by_the_insider(ctx, session, INSIDER, own_key(ctx, session).public_der)
    row.signer = of(session, ADMIN).public
    session.add(row)


def founds_an_administrator_of_ones_own(ctx, session):
    another = AccountKey.create()
    session.add(signed_by_the_insider(ctx, session, ADMIN, another.public_der))
    me = own_key(ctx, session).public_der
    session.add(grants.grant(ctx.keys.founder, another, INSIDER, me, frozenset({Role.ADMINISTRATOR})))


def signs_in_a_circle(ctx, session):
    one, two = AccountKey.create(), own_key(ctx, session)
    every = frozenset({Role.ADMINISTRATOR})
    session.add(grants.grant(ctx.keys.founder, one, INSIDER, two.public_der, every))
    session.add(grants.grant(ctx.keys.founder, two, ADMIN, one.public_der, every))


def adds_an_account(ctx, session):
    key = AccountKey.create()
    session.add(Account(name="新人", secret=key.wrap(ctx.keys.personal, "新人")))
    session.add(signed_by_the_insider(ctx, session, "新人", key.public_der))


def invites_oneself(ctx, session):
    inviting, key = AccountKey.create(), own_key(ctx, session)
    theirs = of(session, ADMIN)
    session.add(
        Invitation(
            account=INSIDER,
            public=inviting.public_der,
            secret=inviting.wrap(ctx.keys.personal, INSIDER),
            roles=theirs.roles,
            signer=theirs.signer,
            signature=theirs.signature,
            by=ADMIN,
            at=ctx.now(),
            own_public=key.public_der,
            own_secret=key.wrap(ctx.keys.personal, INSIDER),
            link=inviting.sign(grants.link_statement(ctx.keys.founder, INSIDER, key.public_der)),
        )
    )


def links_the_own_key_to_the_administrators(ctx, session):
    row, theirs, key = of(session, INSIDER), of(session, ADMIN), own_key(ctx, session)
    row.roles, row.signer, row.signature = theirs.roles, theirs.signer, theirs.signature
    row.invitation = theirs.public
    row.link = key.sign(grants.link_statement(ctx.keys.founder, INSIDER, key.public_der))


FORGERIES = (
    edits_the_roles,
    writes_nonsense,
    copies_the_administrators_grant,
    copies_it_with_the_key,
    puts_the_own_key_into_the_administrators_grant,
    signs_for_oneself,
    signs_in_the_administrators_name,
    founds_an_administrator_of_ones_own,
    signs_in_a_circle,
    adds_an_account,
    invites_oneself,
    links_the_own_key_to_the_administrators,
)


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_whoever_has_the_database_key_alone_gets_no_role_by_writing_rows(folder, forge):
    with open_workspace(folder, INSIDER, PASSWORD, noon) as ctx, ctx.transaction() as session:
        forge(ctx, session)
    with open_workspace(folder, INSIDER, PASSWORD, noon) as ctx:
        assert ctx.actor.roles <= {"inspector"}
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        assert ctx.actor.roles == {"administrator", "supervisor"}
        held = {row.name: set(row.roles) for row in accounts.list_accounts(ctx)}
        assert held[INSIDER] <= {"inspector"}
        assert held[ADMIN] <= {"administrator"}
        assert held.get("新人", set()) == set()


def test_a_slot_made_for_the_administrator_by_somebody_else_opens_without_roles(folder):
    with open_workspace(folder, INSIDER, PASSWORD, noon) as ctx:
        keyfile.rewrite_account(folder / KEY_FILE, replace(ctx.keys, account=ADMIN), "mein-eigenes-wort")
    with open_workspace(folder, ADMIN, "mein-eigenes-wort", noon) as ctx:
        assert ctx.actor.roles == frozenset()


def test_a_grant_of_another_workspace_is_none_here(folder, tmp_path):
    other = town_workspace(tmp_path / "other", "000000002", "高岭镇")
    with open_workspace(other, "李旸", PASSWORD, noon) as ctx:
        accounts.add(ctx, INSIDER, PASSWORD, {Role.ADMINISTRATOR})
        with ctx.reading() as session:
            rows = [
                {column.name: getattr(row, column.name) for column in Grant.__table__.columns if column.name != "id"}
                for row in session.scalars(select(Grant))
            ]
            secret = session.get_one(Account, INSIDER).secret
    with open_workspace(folder, INSIDER, PASSWORD, noon) as ctx, ctx.transaction() as session:
        session.add_all(Grant(**row) for row in rows)
        session.get_one(Account, INSIDER).secret = secret
    with open_workspace(folder, INSIDER, PASSWORD, noon) as ctx:
        assert ctx.actor.roles == frozenset()
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        assert "administrator" in ctx.actor.roles


def test_who_lost_the_grant_has_no_roles_and_the_check_says_whose_are_not_signed(folder):
    with open_workspace(folder, INSIDER, PASSWORD, noon) as ctx, ctx.transaction() as session:
        session.delete(of(session, ADMIN))
        edits_the_roles(ctx, session)
    with open_workspace(folder, ADMIN, PASSWORD, noon) as ctx:
        assert ctx.actor.roles == frozenset()
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        assert any(ADMIN in each.message and INSIDER in each.message for each in ctx.noticed)
        facts = {fact.key: fact for fact in doctor.workspace_facts(ctx)}
        assert facts["workspace.grants"].verdict is Verdict.FAILS
        assert ADMIN in facts["workspace.grants"].detail
        assert INSIDER in facts["workspace.grants"].detail


def test_roles_given_by_a_second_administrator_count_and_go_on_counting_after_a_reset(folder):
    with open_workspace(folder, ADMIN, PASSWORD, noon) as ctx:
        accounts.add(ctx, "周敏", PASSWORD, {Role.SUPERVISOR})
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        accounts.reset(ctx, ADMIN, "neues-wort-hier")
    with open_workspace(folder, ADMIN, "neues-wort-hier", noon) as ctx:
        accounts.change_password(ctx, "neues-wort-hier", "eigenes-wort-hier")
    for account, password, roles in (
        ("周敏", PASSWORD, {"supervisor"}),
        (ADMIN, "eigenes-wort-hier", {"administrator"}),
    ):
        with open_workspace(folder, account, password, noon) as ctx:
            assert ctx.actor.roles == roles
    with open_workspace(folder, ADMIN, "eigenes-wort-hier", noon) as ctx:
        accounts.add(ctx, "林珏", PASSWORD, {Role.SUPERVISOR})
    with open_workspace(folder, "林珏", PASSWORD, noon) as ctx:
        assert ctx.actor.roles == {"supervisor"}


def test_a_sound_workspace_has_every_role_signed(folder):
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx, ctx.reading() as session:
        assert grants.problems(session, ctx.keys.founder) == []
