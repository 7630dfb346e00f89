"""What a list from outside comes to: employers, rows refused, and values in doubt."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Doubt:
    """A value that was left out, or should be looked at: in which column, what was expected and what stands there."""

    column: str
    expected: str
    found: str
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One employer of the list.

    row:    the row in the sheet as the user sees it, from 1; sheet: its name
    uscc:   the code as written, spelling put right; "" when missing or a number
    fields: what would be stored, by key of `establishment.FIELDS`; has no "uscc" when the code cannot identify
    flags:  uscc_check, uscc_missing, uscc_damaged, duplicate_of:<row>, hidden, closed
    """

    row: int
    sheet: str
    name: str
    uscc: str
    fields: Mapping[str, str]
    flags: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def is_duplicate(self) -> bool:
        return any(flag.startswith("duplicate_of:") for flag in self.flags)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row meant as an employer that cannot be taken; `cells` are the row's own cells as text."""

    sheet: str
    row: int
    column: str
    expected: str
    found: str
    reason: str
    cells: tuple[str, ...] = ()
