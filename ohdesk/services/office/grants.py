"""Who has which roles: grants, each signed by an administrator, in a chain that begins with the founder's key.

Whoever unlocks the workspace once has the database key and could write any row, so a row says nothing by itself: roles
and approvals count by their signatures.  The fingerprint of the founder's key lies sealed in each slot of the key file,
where not even the database key reaches it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Account, Grant, Invitation
from ohdesk.domain.canonical import canonical
from ohdesk.domain.people import Role
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.security import signing_keys
from ohdesk.security.keyfile import Keys
from ohdesk.security.signing_keys import AccountKey
from ohdesk.security.vault import BrokenSealError


@dataclass(frozen=True, slots=True)
class Standing:
    """What the grants of a workspace amount to; keys are called by the SHA-256 of the public half, hexadecimal.

    roles:    of each account whose grant counts · keys: the key each of these has now
    holders:  account and roles by key, also of keys that an account had before · publics: the keys themselves (DER)
    unsigned: the accounts whose roles nobody signed who might
    """

    roles: Mapping[str, frozenset[Role]]
    keys: Mapping[str, str]
    holders: Mapping[str, tuple[str, frozenset[Role]]]
    publics: Mapping[str, bytes]
    unsigned: tuple[str, ...]


def standing(session: Session, founder: bytes) -> Standing:
    """Return what the grants amount to; founder: SHA-256 of the key with which the chain begins."""
    good = _counting(session, founder)
    now = {row.account: (key_of(row.public), roles) for row, roles in good if not row.ended}
    accounts = session.scalars(select(Account.name).order_by(Account.name))
    return Standing(
        roles={account: roles for account, (_, roles) in now.items()},
        keys={account: key for account, (key, _) in now.items()},
        holders={key_of(row.public): (row.account, roles) for row, roles in good},
        publics={key_of(row.public): row.public for row, _ in good},
        unsigned=tuple(name for name in accounts if name not in now),
    )


def _counting(session: Session, founder: bytes) -> list[tuple[Grant, frozenset[Role]]]:
    """Return the grants that count, with their roles, each behind the one its signer has."""
    left = list(session.scalars(select(Grant).order_by(Grant.id)))
    trusted, gone, good = {founder}, set[bytes](), list[tuple[Grant, frozenset[Role]]]()

    def signed_by_one_who_may(row: Grant) -> bool:
        signer = sha256(row.signer).digest()
        return signer in trusted or (row.carried and signer in gone)

    # In rounds: a grant counts when its signer is an administrator by a grant that counts already.
    while fresh := [row for row in left if signed_by_one_who_may(row)]:
        left = [row for row in left if row not in fresh]
        for row in fresh:
            roles = _signed_roles(row, founder)
            if roles is not None:
                good.append((row, roles))
                if Role.ADMINISTRATOR in roles:
                    (gone if row.ended else trusted).add(sha256(row.public).digest())
    return good


def key_of(public: bytes) -> str:
    """Return what a public key (DER) is called: its SHA-256, hexadecimal."""
    return sha256(public).hexdigest()


def grant(founder: bytes, by: AccountKey, account: str, public: bytes, roles: frozenset[Role]) -> Grant:
    """Return the signed grant of roles to the account that has this public key (DER)."""
    row = Grant(account=account, public=public, invitation=b"", link=b"", roles=sorted(roles), signer=by.public_der)
    row.signature = by.sign(_statement(founder, account, public, roles))
    return row


def sign_again(session: Session, founder: bytes, by: AccountKey, former: str) -> None:
    """Sign anew what an account granted that is to be an administrator by its key no more; only what counts until now.

    former: name of the account
    """
    counting = _counting(session, founder)
    theirs = {row.public for row, _ in counting if row.account == former}
    above = _above(counting, by.public_der)
    for row, roles in counting:
        if row.signer not in theirs or sha256(row.signer).digest() == founder:
            continue
        # Signed by the key that stands on it, it would stand on nothing, and every role with it.
        row.carried = row.public in above
        if not row.carried:
            row.signer = by.public_der
            row.signature = by.sign(_statement(founder, row.account, row.invitation or row.public, roles))
    for invited in session.scalars(select(Invitation)):
        promised = _promised(founder, invited, invited.public)
        if invited.signer in theirs and promised is not None:
            invited.signer = by.public_der
            invited.signature = by.sign(_statement(founder, invited.account, invited.public, promised))


def _above(counting: list[tuple[Grant, frozenset[Role]]], public: bytes) -> set[bytes]:
    """Return a key and those between it and the founder's by which it is an administrator's."""
    # Of several grants for one key the first is the nearest to the founder.
    signers = {row.public: row.signer for row, _ in reversed(counting)}
    above = set[bytes]()
    while public in signers and public not in above:
        above.add(public)
        public = signers[public]
    return above


def own_key(session: Session, keys: Keys) -> AccountKey:
    """Return the key of the account that opened the workspace. Raises UserError when its secret does not open it."""
    key = open_key(session, keys)
    if key is None:
        raise UserError(tr("本账户的密钥打不开，不能授权或批准。"), tr("请管理员重置本账户的密码。"))
    return key


def open_key(session: Session, keys: Keys) -> AccountKey | None:
    """As `own_key`; None when the secret does not open it."""
    row = session.get(Account, keys.account)
    return None if row is None else unwrapped(row.secret, keys)


def unwrapped(wrapped: bytes, keys: Keys) -> AccountKey | None:
    """Return a wrapped key of the account that has these secrets; None when they do not open it."""
    try:
        return AccountKey.unwrap(wrapped, keys.personal, keys.account)
    except BrokenSealError:
        return None


def own_roles(session: Session, keys: Keys) -> frozenset[Role]:
    """Return the roles of the account that opened the workspace; none when it does not hold the key they were given."""
    key, held = open_key(session, keys), standing(session, keys.founder)
    holds = key is not None and held.keys.get(keys.account) == key_of(key.public_der)
    return held.roles[keys.account] if holds else frozenset()


def problems(session: Session, founder: bytes) -> list[str]:
    """Return in words which accounts have no roles because nobody signed them who might."""
    return [
        tr("账户“{account}”的角色没有管理员的有效签名，不予采用", account=name or tr("恢复码"))
        for name in standing(session, founder).unsigned
    ]


def _signed_roles(row: Grant, founder: bytes) -> frozenset[Role] | None:
    """Return the roles a grant gives; None when it is not what its signer signed."""
    roles = _promised(founder, row, row.invitation or row.public)
    if roles is None:
        return None
    linked = link_statement(founder, row.account, row.public)
    holds = not row.invitation or signing_keys.verify(row.invitation, row.link, linked)
    return roles if holds else None


def _promised(founder: bytes, row: Grant | Invitation, public: bytes) -> frozenset[Role] | None:
    """Return the roles that a row's signer gave its account with this public key; None when it signed no such thing."""
    try:
        roles = frozenset(map(Role, row.roles))
    except (TypeError, ValueError):
        return None
    said = _statement(founder, row.account, public, roles)
    return roles if signing_keys.verify(row.signer, row.signature, said) else None


def link_statement(founder: bytes, account: str, public: bytes) -> bytes:
    """Return what an invitation signs: that the account's key is this one (DER) from now on."""
    return canonical({"fmt": "ohdesk-link/1", "founder": founder.hex(), "account": account, "key": key_of(public)})


def _statement(founder: bytes, account: str, public: bytes, roles: frozenset[Role]) -> bytes:
    # The founder's key names the workspace as well: a grant copied into another one is none.
    content = {"founder": founder.hex(), "account": account, "key": key_of(public), "roles": sorted(roles)}
    return canonical({"fmt": "ohdesk-grant/1", **content})
