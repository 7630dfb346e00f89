"""An employer of a list while rows are still being added to it, and rows that have something in common."""

from dataclasses import dataclass, field

from ohdesk.domain.roll.table import Doubt
from ohdesk.domain.roll.values import Code
from ohdesk.i18n import tr

_SHOWN = 12  # places named in one warning


@dataclass(slots=True)
class Draft:
    """An employer while rows are still being added to it."""

    row: int
    name: str
    code: Code
    serial: str
    fields: dict[str, str] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    state: str = ""


class Places:
    """Rows that have something in common: how many, and the first of them."""

    def __init__(self) -> None:
        self.count = 0
        self._first: list[str] = []

    def add(self, place: str) -> None:
        """Add a row."""
        self.count += 1
        if len(self._first) < _SHOWN:
            self._first.append(place)

    def __str__(self) -> str:
        return "、".join(self._first)

    def listed(self) -> str:
        """Return the rows in words, with a sign that there are more."""
        return str(self) if self.count <= _SHOWN else tr("{rows} 等", rows=self)
