"""What other systems ask for of an inspection, in the order of their screens (`resources/visits/typing_in.toml`)."""

import tomllib
from functools import cache

import msgspec

from ohdesk.forms.paper_places import places_of
from ohdesk.forms.papers import PLACE
from ohdesk.paths import resources

OWN_PLACES = frozenset({"facts", "disposals", "finding_count"})


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field of a screen: its label there, and what is typed into it, with the places of papers about a visit."""

    label: str
    text: str


class System(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another system; reminds: what is not typed in there stands on 今日."""

    key: str
    name: str
    lines: tuple[Asked, ...]
    reminds: bool = False


class TypingIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The systems, and for how many days after an inspection one is reminded."""

    source: str
    days: int
    systems: tuple[System, ...] = msgspec.field(name="system")
    unconfirmed: bool = False

    def system(self, key: str) -> System | None:
        """Return a system by its key; None for one that is not there."""
        return next((each for each in self.systems if each.key == key), None)


@cache
def typing_in() -> TypingIn:
    """Return the systems that are shipped. Raises ValueError for a place that nothing fills."""
    raw = tomllib.loads((resources() / "visits" / "typing_in.toml").read_text(encoding="utf-8"))
    found = msgspec.convert(raw, TypingIn)
    known = places_of("visit") | OWN_PLACES
    for line in (line for system in found.systems for line in system.lines):
        if unknown := set(PLACE.findall(line.text)) - known:
            raise ValueError(f"{line.label}: {sorted(unknown)}")
    return found
