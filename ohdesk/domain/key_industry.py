"""Key industries (重点行业) of a city: which of its lists an employer is on, by its industry and its hazards."""

import unicodedata
from collections.abc import Iterator, Sequence

import msgspec

from ohdesk.domain.industry import is_within


class HazardNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names by which a list of hazards is known.

    exact: called just so · part: containing this · never: containing this, and none of the list all the same
    """

    exact: frozenset[str]
    part: tuple[str, ...]
    never: tuple[str, ...] = ()

    def has(self, hazard: str) -> bool:
        """True for a hazard of the list, however wide its name was typed."""
        name = unicodedata.normalize("NFKC", hazard).strip()
        if any(word in name for word in self.never):
            return False
        return name in self.exact or any(word in name for word in self.part)


class Industry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"without": "except"}):
    """A line of a list: prefixes of codes less those `without`, or tests of hazards, or a tick by hand."""

    id: str
    name: str
    codes: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    hazards: tuple[str, ...] = ()
    by_hand: bool = False

    def takes(self, code: str) -> bool:
        """True for the code of an industry that belongs here."""
        return any(is_within(code, each) for each in self.codes) and not any(
            is_within(code, each) for each in self.without
        )


class KeyList(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"industries": "industry"}):
    """A list of a plan. use: key, support, hearing or insurance · cities: codes of those whose plans have it."""

    id: str
    use: str
    title: str
    cities: tuple[str, ...]
    source: str
    industries: tuple[Industry, ...]


def industries_of(
    lists: Sequence[KeyList], code: str, hazards: str, tests: dict[str, HazardNames]
) -> Iterator[tuple[KeyList, Industry]]:
    """Yield the lines that an employer of this industry with these hazards (separated by 、) is on.

    tests: by the word that lists use for it
    """
    names = [each for each in hazards.split("、") if each]
    for each in lists:
        for industry in each.industries:
            if industry.takes(code) or any(tests[test].has(name) for test in industry.hazards for name in names):
                yield each, industry
