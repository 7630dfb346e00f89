"""The nonce of a frozen draw, sealed for the accounts of two people: nobody else can try seeds before there is one."""

from sqlalchemy.orm import Session

from ohdesk.db.models import DrawSheet, FrozenFile
from ohdesk.domain.people import Right
from ohdesk.errors import UserError
from ohdesk.forms.rights import is_allowed
from ohdesk.i18n import tr
from ohdesk.security.signing_keys import seal_for
from ohdesk.security.vault import BrokenSealError
from ohdesk.services.context import Context
from ohdesk.services.draw.held import frozen_file
from ohdesk.services.office import accounts, grants

NO_NONCE = "0" * 64  # stands in the sheet as it is kept
_NONCE = '"nonce":"{}"'


def with_nonce(sheet: bytes, nonce: str, before: str = NO_NONCE) -> bytes:
    """Return a sheet's canonical JSON with another nonce; with `NO_NONCE` it is kept until there is a seed."""
    # Of no text in it these can be a part: a quote in one is escaped.
    return sheet.replace(_NONCE.format(before).encode(), _NONCE.format(nonce).encode())


def sealed_nonces(ctx: Context, session: Session, draw: str, nonce: str, second: str = "") -> dict[str, str]:
    """Return the nonce sealed for whoever freezes and for a second account, by their names, hexadecimal.

    second: without one it is the first other account, by name, that may hold draws; where there is none, there is one.
    Raises UserError when there is no such account.
    """
    held = grants.standing(session, ctx.keys.founder)
    others = _second_keepers(ctx, session, held)
    if second and second not in others:
        raise UserError(
            tr("账户“{account}”不能和您一起保管随机数。", account=second),
            tr("请另选一个可以抽取的账户，不能是自己的。"),
        )
    keepers = (ctx.actor.account, *([second] if second else others[:1]))
    publics = {name: held.publics[held.keys[name]] for name in keepers}
    return {name: seal_for(public, bytes.fromhex(nonce), _context(draw)).hex() for name, public in publics.items()}


def list_second_keepers(ctx: Context) -> list[str]:
    """Return the accounts of which one keeps the nonce besides whoever freezes, by name; none where there is one."""
    with ctx.reading() as session:
        return _second_keepers(ctx, session, grants.standing(session, ctx.keys.founder))


def whole_sheet(ctx: Context, session: Session, kept: DrawSheet) -> bytes:
    """Return the bytes of the sheet with its nonce. Raises UserError for an account that does not keep it."""
    key = grants.open_key(session, ctx.keys)
    sealed = kept.nonces.get(ctx.actor.account)
    try:
        nonce = key.open(bytes.fromhex(sealed), _context(kept.draw)) if key and sealed else None
    except BrokenSealError:  # the password was reset since, and with it the key
        nonce = None
    if nonce is None:
        raise UserError(
            tr("这次抽取的随机数由{keepers}的账户保管，当前账户打不开。", keepers=tr("、").join(kept.nonces)),
            tr("请由其中一人登录后抽取；都打不开的（例如密码都重置过），只能作废后重新冻结。"),
        )
    return with_nonce(b"".join(frozen_file(session, kept.draw, FrozenFile.SHEET)), nonce.hex())


def _second_keepers(ctx: Context, session: Session, held: grants.Standing) -> list[str]:
    may = (name for name, roles in held.roles.items() if name and is_allowed(roles, Right.DRAW))
    return sorted(name for name in may if not accounts.is_own(ctx, session, name))


def _context(draw: str) -> bytes:
    return f"nonce of draw {draw}".encode()
