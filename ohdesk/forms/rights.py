"""What each role may do: the one table of roles and rights, `resources/offices/rights.toml`."""

from collections.abc import Iterable
from datetime import date
from functools import cache

import msgspec

from ohdesk.domain.people import Right, Role
from ohdesk.paths import resources


class RightsFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The table as written: every right once, with the roles that have it."""

    valid_from: date
    unconfirmed: bool
    rights: dict[Right, frozenset[Role]]

    def __post_init__(self) -> None:
        # A right that nobody wrote down would be one that nobody has, which shows only when somebody needs it.
        if forgotten := set(Right).difference(self.rights):
            raise ValueError(f"no line for {', '.join(sorted(forgotten))}")


def read_rights(text: str) -> RightsFile:
    """Return the table in a TOML text. Raises msgspec.ValidationError for an unknown role or right, or one left out."""
    return msgspec.toml.decode(text, type=RightsFile)


@cache
def roles_with(right: Right) -> frozenset[Role]:
    """Return the roles that have a right."""
    return _shipped().rights[right]


def is_allowed(roles: Iterable[Role], right: Right) -> bool:
    """True when one of the roles has the right."""
    return not roles_with(right).isdisjoint(roles)


@cache
def _shipped() -> RightsFile:
    return read_rights((resources() / "offices" / "rights.toml").read_text(encoding="utf-8"))
