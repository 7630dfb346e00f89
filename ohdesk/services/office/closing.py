"""Accounts of people who left, and recovery codes that others may have seen: closed for good, by another key."""

from dataclasses import replace

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ohdesk.db.models import Account, Grant, Invitation, OwnOffice
from ohdesk.domain.people import Right, Role
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.errors import UserError
from ohdesk.files import KEY_FILE
from ohdesk.i18n import tr
from ohdesk.security import keyfile, vault
from ohdesk.security.keyfile import NO_ACCOUNT, Rekeying
from ohdesk.security.signing_keys import AccountKey, age_recipient, new_age_identity
from ohdesk.services.context import Context
from ohdesk.services.office import grants, tries
from ohdesk.services.office.person_keys import retire_key
from ohdesk.services.office.rekeying import rekey


def close(ctx: Context, account: str, report: Progress = unwatched) -> None:
    """Close an account: its password opens nothing any more, nor does the database key its owner may have kept.

    The workspace has another key afterwards and must be opened anew; everybody else's password stays.  What the person
    signed stays good.  `report` is told attachments.  Raises UserError for the actor's own account.
    """
    ctx.require(Right.ACCOUNT)
    name, path = keyfile.tidy_name(account), ctx.folder / KEY_FILE
    if name == ctx.actor.account:
        raise UserError(tr("不能关闭自己的账户。"), tr("请由另一名管理员关闭；只有一名管理员的，先另设一名。"))
    if name not in keyfile.accounts(path):
        raise UserError(tr("没有账户“{account}”。", account=name), tr("请核对账户名（ohdesk account list）。"))
    with ctx.reading() as session:
        held = grants.standing(session, ctx.keys.founder).roles
    # Whoever holds the recovery code may close, and is no administrator who comes to work in the morning.
    others = [each for each, roles in held.items() if Role.ADMINISTRATOR in roles and each not in {name, NO_ACCOUNT}]
    if not others:
        raise UserError(tr("这是最后一名管理员，不能关闭。"), tr("请先另设一名管理员。"))

    def change(session: Session) -> None:
        row = session.get(Account, name)
        grants.sign_again(session, ctx.keys.founder, grants.own_key(session, ctx.keys), name)
        _end_grants(session, name)
        session.execute(delete(Invitation).where(Invitation.account == name))
        if row is not None:
            retire_key(session, row.person or "")
            session.delete(row)

    rekey(ctx, path, Rekeying(vault.new_key(), gone=name), change, report)
    tries.forget(path, name)


def renew_code(ctx: Context, code: str, report: Progress = unwatched) -> None:
    """Put another recovery code (an age secret key) in the place of the present one, which then opens nothing any more.

    The code must be kept by then: it is shown nowhere again.  The workspace must be opened anew afterwards.
    """
    ctx.require(Right.ACCOUNT)
    database = vault.new_key()
    recovering = replace(ctx.keys.anew(NO_ACCOUNT), database=database)

    def change(session: Session) -> None:
        key, founder, by = AccountKey.create(), ctx.keys.founder, grants.own_key(session, ctx.keys)
        grants.sign_again(session, founder, by, NO_ACCOUNT)
        _end_grants(session, NO_ACCOUNT)
        session.add(grants.grant(founder, by, NO_ACCOUNT, key.public_der, frozenset({Role.ADMINISTRATOR})))
        session.get_one(Account, NO_ACCOUNT).secret = key.wrap(recovering.personal, NO_ACCOUNT)
        session.scalars(select(OwnOffice)).one().recovery_recipient = age_recipient(code)

    rekey(ctx, ctx.folder / KEY_FILE, Rekeying(database, code=code, recovering=recovering), change, report)


def new_code() -> str:
    """Return a recovery code that opens nothing yet."""
    return new_age_identity()


def _end_grants(session: Session, account: str) -> None:
    for grant in session.scalars(select(Grant).where(Grant.account == account)):
        grant.ended = True
