"""Accounts of this workspace and the signing keys of the people behind them."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db import journal
from ohdesk.db.engine import writing
from ohdesk.db.models import Account, Invitation, Person, SigningKey
from ohdesk.domain.calendar import instant_text, legal_day, parse_instant
from ohdesk.domain.operations import PersonKeyReset
from ohdesk.domain.people import Right, Role, one_spelling
from ohdesk.domain.worded import Worded
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.files import KEY_FILE
from ohdesk.forms.passwords import FIELD as PASSWORD
from ohdesk.i18n import mark, tr
from ohdesk.security import keyfile
from ohdesk.security.keyfile import Keys
from ohdesk.security.signing_keys import AccountKey, KeySigner
from ohdesk.services.context import Context
from ohdesk.services.office import grants, invitations, tries
from ohdesk.services.office.person_keys import give_key, open_key, retire_key


class Certified(Worded):
    """By whom the certificate of an account's signing key was issued."""

    NO_KEY = "", mark("无签名密钥")
    OWN = "own", mark("自签，待县级确认")
    COUNTY = "county", mark("县级已确认")


_CERTIFIED = {None: Certified.NO_KEY, False: Certified.OWN, True: Certified.COUNTY}


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account. person: the id of whom it belongs to, empty where to nobody.

    reset_by, reset_at: which account reset its password and when, as long as nobody has logged in with it since
    """

    name: str
    person: str
    person_name: str
    roles: tuple[Role, ...]
    certified: Certified
    reset_by: str = ""
    reset_at: str = ""

    @property
    def reset(self) -> str:
        """In words that the password was reset and its owner has not come since; "" when that is not so."""
        if not self.reset_at:
            return ""
        day = legal_day(parse_instant(self.reset_at))
        return tr("{day} 由{by}重置，本人还没有登录", day=day, by=self.reset_by)

    @property
    def id(self) -> str:
        """An account is known by its name."""
        return self.name


@dataclass(frozen=True, slots=True)
class Inspector:
    """A person about to sign on this machine, and with what; confirmed: by the county."""

    person: str
    name: str
    signer: KeySigner
    confirmed: bool


def list_accounts(ctx: Context) -> tuple[AccountRow, ...]:
    """Return the accounts, by name."""
    rows = (
        select(Account, Person.name, SigningKey.confirmed, Invitation.by, Invitation.at)
        .outerjoin(Person, Person.id == Account.person)
        .outerjoin(SigningKey, SigningKey.person == Account.person)
        .outerjoin(Invitation, Invitation.account == Account.name)
        .where(Account.name != keyfile.NO_ACCOUNT)
        .order_by(Account.name)
    )
    with ctx.reading() as session:
        held = grants.standing(session, ctx.keys.founder)
        return tuple(
            AccountRow(
                name=row.name,
                person=row.person or "",
                person_name=person or "",
                roles=tuple(sorted(held.roles.get(row.name, ()))),
                certified=_CERTIFIED[confirmed],
                reset_by=by or "",
                reset_at="" if at is None else instant_text(at),
            )
            for row, person, confirmed, by, at in session.execute(rows)
        )


def add(ctx: Context, account: str, password: str, roles: Collection[Role], person: str = "") -> None:
    """Add an account; an inspector gets a signing key of their own, with a self-made certificate.

    Raises ProblemsError, naming all that is wrong: a name that is taken, a password that is easy to guess, a person
    who is not this office's or has an account.
    """
    ctx.require(Right.ACCOUNT)
    with ctx.transaction() as session:
        problems = _person_problems(ctx, session, person, needed=Role.INSPECTOR in roles)
        if session.get(Account, keyfile.tidy_name(account)) is not None:
            problems.append(_taken(account))
        _refuse(*problems, *keyfile.problems(account, password, practice=ctx.keys.practice))
        unlocked = _slot(ctx, account, password)
        key = AccountKey.create()
        secret = key.wrap(unlocked.personal, unlocked.account)
        session.add(Account(name=unlocked.account, person=person or None, secret=secret))
        by = grants.own_key(session, ctx.keys)
        session.add(grants.grant(ctx.keys.founder, by, unlocked.account, key.public_der, frozenset(roles)))
        session.flush()
        if person and Role.INSPECTOR in roles:
            give_key(ctx, session, person, unlocked.personal)


def check_new(ctx: Context, account: str, password: str) -> None:
    """Raise UserError when no account of this name and password could be added by the actor."""
    ctx.require(Right.ACCOUNT)
    taken = keyfile.tidy_name(account) in keyfile.accounts(ctx.folder / KEY_FILE)
    problems = keyfile.problems(account, password, practice=ctx.keys.practice)
    _refuse(*((_taken(account),) if taken else ()), *problems)


def change_password(ctx: Context, old: str, new: str) -> None:
    """Give the actor's own account another password; after a reset, make its keys as well.

    Raises UserError for a wrong old or a bad new one, and after a reset for the same one again.
    """
    # No right is asked for: whoever knows the old password may, whatever roles the account has or has lost.
    if not ctx.actor.invited:
        tries.change_password(ctx.folder / KEY_FILE, ctx.actor.account, old, new)
        return
    problems = keyfile.problems(ctx.actor.account, new, practice=ctx.keys.practice)
    if _alike(old) == _alike(new):
        # Whoever gave it knows it, and could sign with the keys that are made now.
        problems = (*problems, Problem(tr("密码"), "", "", tr("请换一个管理员不知道的密码。"), field=PASSWORD))
    if problems:
        raise ProblemsError(tr("密码没有修改。"), problems)
    accept(ctx, old, new)


def _alike(password: str) -> str:
    return "".join(unicodedata.normalize("NFKC", password).casefold().split())


def check_own_password(ctx: Context, password: str) -> None:
    """Raise UserError unless this is the password of whoever is logged in: is it still that person at the keyboard."""
    tries.unlock(ctx.folder / KEY_FILE, ctx.actor.account, password)


def reset(ctx: Context, account: str, new_password: str) -> None:
    """Give an account whose password is lost a new one, with which the colleague logs in once and chooses an own one.

    The keys of the account and the person cannot be opened any more; nobody but the colleague makes new ones, at that
    login.  That it happened goes into the journal.  Records signed with the old key stay as they are.
    """
    ctx.require(Right.ACCOUNT)
    account = keyfile.tidy_name(account)
    # Changing one's own password keeps the keys; a reset would throw them away.
    if account == ctx.actor.account:
        raise UserError(tr("不能重置自己的密码。"), tr("请用“修改密码”。"))
    _refuse(*keyfile.problems(account, new_password, practice=ctx.keys.practice))
    invited = ctx.keys.anew(account)
    with ctx.transaction() as session:
        row = session.get(Account, account)
        person = (row and row.person) or ""
        roles = grants.standing(session, ctx.keys.founder).roles.get(account, frozenset())
        if row is not None:
            invitations.invite(ctx, session, invited, roles)
            grants.sign_again(session, ctx.keys.founder, grants.own_key(session, ctx.keys), account)
        if person:
            journal.record(session, PersonKeyReset(record=person, key=_lost_key(session, person)), ctx.stamp())
    keyfile.rewrite_account(ctx.folder / KEY_FILE, invited, new_password)
    tries.forget(ctx.folder / KEY_FILE, account)  # they were wrong for the password before
    with ctx.transaction() as session:
        retire_key(session, person)


def accept(ctx: Context, given: str, new: str) -> None:
    """Put another password in the place of the one given at a reset, and make the account's and the person's keys.

    Raises UserError for a wrong password or one that is no good; what dies on the way, the next login finishes.
    """
    path, own = ctx.folder / KEY_FILE, ctx.keys.anew(ctx.actor.account)
    tries.unlock(path, own.account, given)
    # Past the right to read: an account that was invited has none before this is done.
    with writing(ctx.engine) as session:
        invitations.prepare(session, ctx.keys, own)
    keyfile.rewrite_account(path, own, new)
    invitations.take_up(ctx, own)


def _lost_key(session: Session, person: str) -> str:
    held = session.get(SigningKey, person)
    return "" if held is None else grants.key_of(held.public_der)


def signing_inspector(ctx: Context) -> Inspector:
    """Return the actor as signer. Raises UserError for an account without a signing key."""
    return _inspector(ctx, ctx.actor.account, ctx.actor.person, ctx.keys.personal)


def unlock_inspector(ctx: Context, account: str, password: str) -> Inspector:
    """Return a second inspector on the same machine as signer, without logging the actor out.

    Raises UserError for a wrong password, an account without a signing key, or the actor's own.
    """
    unlocked = tries.unlock(ctx.folder / KEY_FILE, account, password)
    with ctx.reading() as session:
        person, _ = _whose(session, unlocked.account)
    # Two inspectors must see and sign (行政处罚法 第四十二条); two accounts of one person are one inspector.
    if person == ctx.actor.person:
        raise UserError(tr("第二名执法人员不能是同一个人。"), tr("请由另一名执法人员输入自己的账户和密码。"))
    return _inspector(ctx, unlocked.account, person, unlocked.personal)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody else at this machine who typed an own password. name: of the person, else of the account."""

    name: str
    keys: Keys


def unlock_colleague(ctx: Context, account: str, password: str) -> Colleague:
    """Return somebody else on the same machine, without logging the actor out.

    Raises UserError for a wrong password, and for the actor's own account or a second one of the same person.
    """
    keys = tries.unlock(ctx.folder / KEY_FILE, account, password)
    with ctx.reading() as session:
        if is_own(ctx, session, keys.account):
            raise UserError(tr("第二人不能是同一个人。"), tr("请由另一个人用自己的账户和密码输入。"))
        _, name = _whose(session, keys.account)
    return Colleague(name, keys)


def is_own(ctx: Context, session: Session, account: str) -> bool:
    """True for the actor's account, and for a second one of the same person: by the name where one belongs to nobody.

    An administrator often founds a workspace under the own name before being set down as an inspector in it.
    """
    person, name = _whose(session, account)
    if person and ctx.actor.person:
        return person == ctx.actor.person
    return account == ctx.actor.account or one_spelling(name) == one_spelling(ctx.actor.name)


def _whose(session: Session, account: str) -> tuple[str, str]:
    """Return the person of an account, "" for none, and the name: the person's, else the account's."""
    row = session.get(Account, account)
    person = (row and row.person) or ""
    return person, session.scalar(select(Person.name).where(Person.id == person)) or account


def _slot(ctx: Context, account: str, password: str) -> Keys:
    """Return the secrets of a new account; one that was begun and never finished is taken over."""
    path = ctx.folder / KEY_FILE
    # The key file is written before the database: an account that was begun and lost its second half is taken over.
    if keyfile.tidy_name(account) in keyfile.accounts(path):
        keys = ctx.keys.anew(keyfile.tidy_name(account))
        keyfile.rewrite_account(path, keys, password)
        return keys
    return keyfile.add_account(path, ctx.keys, account, password)


def _person_problems(ctx: Context, session: Session, person: str, *, needed: bool) -> list[Problem]:
    row = session.get(Person, person) if person else None
    if (person or needed) and (row is None or row.division != ctx.office.division):
        return [Problem(tr("人员"), "", "", tr("没有登记这名人员，请先在人员名册中登记。"), "person")]
    if person and session.scalars(select(Account.name).where(Account.person == person)).first() is not None:
        return [Problem(tr("人员"), "", "", tr("这名人员已有账户。"), "person")]
    return []


def _taken(account: str) -> Problem:
    remedy = tr("账户“{account}”已经存在，请换一个账户名。", account=account)
    return Problem(tr("账户名"), "", "", remedy, "account")


def _refuse(*problems: Problem) -> None:
    if problems:
        raise ProblemsError(tr("账户没有建立。"), problems)


def _inspector(ctx: Context, account: str, person: str, personal_key: bytes) -> Inspector:
    opened = open_key(ctx.engine, person, personal_key)
    if opened is None:
        raise UserError(
            tr("账户“{account}”没有签名密钥。", account=account),
            tr("请用执法人员本人的账户，或请管理员为其建立。"),
        )
    with ctx.reading() as session:
        key = session.get_one(SigningKey, person)
        name = session.get_one(Person, person).name
        return Inspector(person, name, KeySigner(opened, key.certificate_der), key.confirmed)
