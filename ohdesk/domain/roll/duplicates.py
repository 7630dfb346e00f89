"""Which entries of a roll may be one employer set down twice, and what they have in common.

An entry has a key for each thing it could share with another.  Entries with the same key make a group, and a group
makes pairs; nothing is ever compared with everything.  That two are one employer is only for a person to say.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import combinations
from typing import NamedTuple

from ohdesk.domain.establishment import is_uscc, uscc_is_right
from ohdesk.domain.roll.values import folded_name
from ohdesk.i18n import mark, tr

_BETWEEN_NUMBERS = re.compile(r"[,;/、|\n]+")
_LEAST_DIGITS = 7  # of a telephone number; an extension alone is none
_LEAST_ADDRESS = 6  # characters: a street without a number is where a hundred employers are
_FEW = 4  # employers at one address, or of one telephone: more are an industrial park, or the agent who files for them
_EACH_WITH_EACH = 8  # entries of a group; of a larger one each is shown with the first


class Likeness(StrEnum):
    """What two entries have in common, what tells most first."""

    CODE = "code"
    NAME = "name"
    PLACE = "address_and_phone"
    ADDRESS = "address"
    PHONE = "phone"

    @property
    def word(self) -> str:
        """As people say it."""
        return tr(_WORDS[self])

    @property
    def is_weak(self) -> bool:
        """True for what neighbours share as well."""
        return self in {Likeness.ADDRESS, Likeness.PHONE}


_WORDS = {
    Likeness.CODE: mark("信用代码相同"),
    Likeness.NAME: mark("名称基本相同"),
    Likeness.PLACE: mark("地址和电话都相同"),
    Likeness.ADDRESS: mark("地址相同"),
    Likeness.PHONE: mark("电话相同"),
}
_RANK = {each: place for place, each in enumerate(Likeness)}


class Listed(NamedTuple):
    """What is compared of an entry."""

    id: str
    name: str
    uscc: str
    address: str
    phone: str


def core_of(name: str, legal_forms: Sequence[str]) -> str:
    """Return a folded name without its legal form; whole where nothing but that would be left.

    legal_forms: folded, the longest first
    """
    core = folded_name(name)
    while form := next((each for each in legal_forms if core.endswith(each)), ""):
        if len(core) - len(form) < 2:
            break
        core = core[: -len(form)]
    return core


def keys(entry: Listed, legal_forms: Sequence[str]) -> Iterator[tuple[Likeness, str]]:
    """Yield what an entry could share with another, as texts that are the same where it does."""
    code, core, address = entry.uscc.upper(), core_of(entry.name, legal_forms), folded_name(entry.address)
    if is_uscc(code):
        yield Likeness.CODE, code
    if core:
        yield Likeness.NAME, core
    has_address = len(address) >= _LEAST_ADDRESS
    if has_address:
        yield Likeness.ADDRESS, address
    for phone in _phones(entry.phone):
        yield Likeness.PHONE, phone
        if has_address:
            yield Likeness.PLACE, f"{address}\n{phone}"


def alike(one: Listed, other: Listed, legal_forms: Sequence[str]) -> tuple[Likeness, ...]:
    """Return what two entries have in common, what tells most first; nothing where all of it says nothing."""
    shared = {each for each, _ in set(keys(one, legal_forms)) & set(keys(other, legal_forms))}
    # Two right codes are two employers: of them only the name is worth a look, as when a licence was issued anew.
    if one.uscc != other.uscc and uscc_is_right(one.uscc) and uscc_is_right(other.uscc):
        shared &= {Likeness.NAME}
    if Likeness.PLACE in shared:
        shared -= {Likeness.ADDRESS, Likeness.PHONE}
    return tuple(sorted(shared, key=_RANK.__getitem__))


class Twice:
    """Tells of keys whether they came more than once, in two bits each: of a million entries 32 MB.

    One in some thirty that came once is taken for one that came twice; whoever asks looks closer at those.
    """

    def __init__(self, entries: int) -> None:
        """Make room for the keys of so many entries."""
        bits = max(10, (entries * 128).bit_length())
        self._mask = (1 << bits) - 1
        self._once, self._again = bytearray(1 << bits - 3), bytearray(1 << bits - 3)

    def note(self, key: int) -> None:
        """Take a key in."""
        place = key & self._mask
        byte, bit = place >> 3, 1 << (place & 7)
        if self._once[byte] & bit:
            self._again[byte] |= bit
        else:
            self._once[byte] |= bit

    def __contains__(self, key: int) -> bool:
        place = key & self._mask
        return bool(self._again[place >> 3] & 1 << (place & 7))


Pair = tuple[str, str]  # ids, the smaller first


def pairs(
    groups: Mapping[Likeness, Iterable[Sequence[str]]], apart: Collection[Pair] = (), most: int = 20_000
) -> tuple[list[Pair], int]:
    """Return the pairs that groups of ids make, what tells most first, and how many more there are than `most`.

    apart: pairs of which a person said that they are two
    """
    found: dict[Pair, None] = {}
    more = 0
    for likeness in Likeness:
        for group in groups.get(likeness, ()):
            for pair in _pairs(likeness, sorted(set(group))):
                if pair in apart or pair in found:
                    continue
                if len(found) < most:
                    found[pair] = None
                else:
                    more += 1
    return list(found), more


def _pairs(likeness: Likeness, group: Sequence[str]) -> Iterator[Pair]:
    if likeness.is_weak and len(group) > _FEW:
        return
    if len(group) <= _EACH_WITH_EACH:
        yield from combinations(group, 2)
    else:
        # As many as there are entries, not as their square; what is put together here leaves the rest to be seen next.
        yield from ((group[0], other) for other in group[1:])


def _phones(text: str) -> Iterator[str]:
    for part in _BETWEEN_NUMBERS.split(unicodedata.normalize("NFKC", text)):
        digits = "".join(filter(str.isdecimal, part))
        if len(digits) >= _LEAST_DIGITS:
            yield digits
