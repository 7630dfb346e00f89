"""What every service needs, handed in as the first argument."""

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ohdesk.db.engine import reading, writing
from ohdesk.db.journal import Signature, Stamp, UnsignedError
from ohdesk.domain.ids import uuid7
from ohdesk.domain.people import OfficeRole, Right, Role
from ohdesk.errors import UserError
from ohdesk.forms.rights import is_allowed, roles_with
from ohdesk.i18n import tr
from ohdesk.security.keyfile import Keys


def system_clock() -> datetime:
    """Return the instant by this machine's clock; every other part is handed it as `Context.now`."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is logged in. person: id or "" · invited: the password was reset, and an own one has to be chosen first."""

    account: str
    person: str
    name: str
    roles: frozenset[Role]
    invited: bool = False


@dataclass(frozen=True, slots=True)
class Office:
    """The office of this workspace. division: GB/T 2260, 9 or 6 digits."""

    role: OfficeRole
    division: str
    name: str
    replica: str


@dataclass(frozen=True, slots=True)
class Context:
    """The unlocked workspace, without any Qt."""

    folder: Path
    engine: Engine
    now: Callable[[], datetime]
    actor: Actor
    keys: Keys
    office: Office
    sign: Callable[[bytes], Signature] | None = None
    noticed: tuple[UserError, ...] = ()  # what was found at the opening, and what to do about it
    entropy: Callable[[int], bytes] = secrets.token_bytes  # n → n random bytes; only draws ask, only practice sets it

    def transaction(self) -> AbstractContextManager[Session]:
        """Open a session that may write; commit durably at the end of the block, roll back on any exception.

        Raises UserError for an account without a role, which sees its own settings only; so does `reading`.
        """
        self.require(Right.READ)
        return writing(self.engine)

    def reading(self) -> AbstractContextManager[Session]:
        """Open a session over one consistent view."""
        self.require(Right.READ)
        return reading(self.engine)

    def new_id(self) -> str:
        """Return an id for a thing that is made here and now."""
        return uuid7(self.now(), self.office.division)

    def stamp(self) -> Stamp:
        """Return who writes, where and when, for the journal."""
        return Stamp(
            replica=self.office.replica,
            division=self.office.division,
            # The first administrator is nobody on the list of people; the journal needs to say who wrote all the same.
            by=self.actor.person or self.actor.account or self.actor.name,
            at=self.now(),
            sign=self.sign,
        )

    def require(self, right: Right, *, binding: bool = False) -> None:
        """Raise UserError unless the actor has the right, and for a binding act a signing key of their own."""
        if refused := refusal(self, right, binding=binding):
            raise refused


def may(ctx: Context, right: Right) -> bool:
    """True when the actor has the right: what a service asks before it writes, and a screen before it offers."""
    return is_allowed(ctx.actor.roles, right)


def refusal(ctx: Context, right: Right, *, binding: bool = False) -> UserError | None:
    """Return why the actor may not do something, with the roles that would do; None when they may.

    binding: the act carries the person's signature, which an account without a signing key cannot give
    """
    if may(ctx, right):
        return UnsignedError() if binding and ctx.sign is None else None
    if ctx.actor.invited:
        return UserError(
            tr("密码是管理员设的，还没有换成自己的。"), tr("请先修改密码（命令：ohdesk account password），再做别的。")
        )
    roles = "、".join(role.word for role in Role if role in roles_with(right))
    return UserError(
        tr("当前账号没有做这一步的权限。"),
        tr("请由{roles}登录，或请管理员调整角色。", roles=roles),
    )
