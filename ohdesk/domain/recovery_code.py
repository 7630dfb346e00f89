"""A recovery code as people copy it: a beginning that is always the same, then groups of four."""

from typing import NamedTuple

GROUP = 4  # characters
CONFIRMED_GROUPS = 2  # typed again, to show that the code was kept


class CodeGroups(NamedTuple):
    """A code taken apart. start: "AGE-SECRET-KEY-", the same in every code; the last group may be shorter."""

    start: str
    groups: tuple[str, ...]

    @property
    def end(self) -> str:
        """The groups that are typed again, without the gap between them."""
        return "".join(self.groups[-CONFIRMED_GROUPS:])

    def lines(self, groups_a_line: int) -> tuple[tuple[str, ...], ...]:
        places = range(0, len(self.groups), groups_a_line)
        return tuple(self.groups[place : place + groups_a_line] for place in places)


def in_groups(code: str) -> CodeGroups:
    """Take a code apart."""
    start, dash, secret = code.rpartition("-")
    return CodeGroups(start + dash, tuple(secret[place : place + GROUP] for place in range(0, len(secret), GROUP)))
