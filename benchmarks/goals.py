"""The goals, as they stand in `goals.toml`: dated, each with the words it goes back to."""

from datetime import date
from functools import cache
from pathlib import Path

import msgspec

_FILE = Path(__file__).with_name("goals.toml")


class Goal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a figure has to reach.

    most, least: in `unit` · source: who asked for it, in which words
    limit: where the goal was missed, how far one came and what takes the rest; "" where it was not
    """

    name: str
    unit: str
    since: date
    source: str
    most: float | None = None
    least: float | None = None
    limit: str = ""

    def holds(self, value: float) -> bool:
        """True when a value reaches the goal."""
        return (self.most is None or value <= self.most) and (self.least is None or value >= self.least)

    def __str__(self) -> str:
        return f"<= {self.most:g} {self.unit}" if self.most is not None else f">= {self.least:g} {self.unit}"


class _Goals(msgspec.Struct, forbid_unknown_fields=True):
    goal: list[Goal]


@cache
def goals() -> dict[str, Goal]:
    """Return all goals by the names of their figures."""
    found = msgspec.toml.decode(_FILE.read_bytes(), type=_Goals).goal
    return {goal.name: goal for goal in found}
