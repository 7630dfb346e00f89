"""After a reset the colleague makes the own keys at the first login, by an invitation that the administrator signed.

The key file and the database cannot be written in one step.  Whatever dies between two of these steps, either the
account opens as it did before or the next login goes on: which of the keys its secret opens says how far it came.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.engine import reading, writing
from ohdesk.db.models import Account, Grant, Invitation, Person
from ohdesk.domain.people import PersonRole, Role
from ohdesk.security.keyfile import Keys
from ohdesk.security.signing_keys import AccountKey
from ohdesk.services.context import Context
from ohdesk.services.office import grants
from ohdesk.services.office.person_keys import give_key, retire_key


def invite(ctx: Context, session: Session, keys: Keys, roles: frozenset[Role]) -> None:
    """Set down the invitation of the account that is to have these secrets, in the place of an earlier one."""
    inviting, by = AccountKey.create(), ctx.keys
    granted = grants.grant(by.founder, grants.own_key(session, by), keys.account, inviting.public_der, roles)
    session.merge(
        Invitation(
            account=keys.account,
            public=inviting.public_der,
            secret=inviting.wrap(keys.personal, keys.account),
            roles=granted.roles,
            signer=granted.signer,
            signature=granted.signature,
            by=ctx.actor.account,
            at=ctx.now(),
            own_public=b"",
            own_secret=b"",
            link=b"",
        )
    )


def is_invited(session: Session, keys: Keys) -> bool:
    """True when these secrets open an invitation, and so the account has no keys of its own yet."""
    row = session.get(Invitation, keys.account)
    return row is not None and grants.unwrapped(row.secret, keys) is not None


def prepare(session: Session, invited: Keys, own: Keys) -> None:
    """Make the account's own key, wrapped under the secrets it is to have, and link it to the invitation."""
    row = session.get_one(Invitation, invited.account)
    inviting = AccountKey.unwrap(row.secret, invited.personal, invited.account)
    key = AccountKey.create()
    row.own_public, row.own_secret = key.public_der, key.wrap(own.personal, own.account)
    row.link = inviting.sign(grants.link_statement(invited.founder, invited.account, key.public_der))


def take_up(ctx: Context, own: Keys) -> bool:
    """Let the key that was prepared be the account's, once the key file holds the secrets it is wrapped under.

    False where none was: then a reset that never came to the key file is forgotten, as these secrets still open the
    account.  Whoever inspects gets a signing key; the one before is retired.
    """
    with reading(ctx.engine) as session:
        row = session.get(Invitation, own.account)
        if row is None or grants.unwrapped(row.secret, own) is not None:
            return False
        prepared = bool(row.own_secret) and grants.unwrapped(row.own_secret, own) is not None
    if not prepared:
        with writing(ctx.engine) as session:
            session.delete(session.get_one(Invitation, own.account))
        return False
    with writing(ctx.engine) as session:
        row = session.get_one(Invitation, own.account)
        for former in session.scalars(select(Grant).where(Grant.account == own.account)):
            former.ended = True
        named = {"account": own.account, "public": row.own_public, "invitation": row.public, "link": row.link}
        session.add(Grant(**named, roles=row.roles, signer=row.signer, signature=row.signature))
        account = session.get_one(Account, own.account)
        account.secret = row.own_secret
        session.delete(row)
        session.flush()
        _renew_signing_key(ctx, session, own, account.person)
    return True


def _renew_signing_key(ctx: Context, session: Session, own: Keys, person: str | None) -> None:
    if not person:
        return
    retire_key(session, person)
    inspects = session.get_one(Person, person).role is PersonRole.INSPECTOR
    if inspects and Role.INSPECTOR in grants.standing(session, own.founder).roles.get(own.account, frozenset()):
        give_key(ctx, session, person, own.personal)
