"""How long the file of a visit is kept and under which number, as data (`resources/offices/retention.toml`)."""

import tomllib
from collections.abc import Collection, Mapping
from datetime import date
from functools import cache

import msgspec

from ohdesk.paths import resources

_STEPS = ("y10", "y30", "always")  # the shorter first; by the choices of the book `archive`


class Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table of a county.

    ref: pattern of 档号 · usual: how long a file is kept that has none of `papers` in it
    side_books: books whose entries about a visit go into the side volume · papers: how long, by a paper in the file
    """

    valid_from: date
    source: str
    ref: str
    usual: str
    side_books: tuple[str, ...]
    papers: Mapping[str, str]
    unconfirmed: bool = False

    def keep(self, papers: Collection[str]) -> str:
        """Return how long a file with these papers in it is kept: as long as the one that asks for most."""
        return max((self.usual, *(self.papers[key] for key in papers if key in self.papers)), key=_STEPS.index)


@cache
def retention() -> Retention:
    """Return the table that is shipped."""
    raw = tomllib.loads((resources() / "offices" / "retention.toml").read_text(encoding="utf-8"))
    return msgspec.convert(raw, Retention)
