"""Which entry goes on where entries of the roll were said to be one employer.

Each entry says at most of one other that it is merged into it: a multi-value register like any field of the roll
(`domain.merge`).  What follows for chains and circles is worked out from what the entries say at last and from nothing
else, so that every office comes to the same, whatever came first (docs/decisions/0061-merging-is-a-field.md).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ohdesk.domain.authority import owns
from ohdesk.domain.merge import is_county


@dataclass(frozen=True, slots=True)
class Member:
    """An entry, and what it says of itself.

    other: the entry it is said to be merged into, "" for none · by: the division whose word that is
    town: whose it shows to be · withdrawn: it was taken off the roll
    """

    other: str
    by: str
    town: str
    withdrawn: bool


def goes_on(members: Mapping[str, Member]) -> dict[str, str]:
    """Return for each entry the one that goes on for it, itself where nothing is merged.

    members: by id, all that any of them says it is merged into, as far as those are on the roll here
    """
    next_of = {each: members[each].other for each in members if _holds(each, members)}
    for circle in list(_circles(next_of)):
        # The county has the last word here as well; between equals the entry goes on that was set down first.
        del next_of[min(circle, key=lambda each: (is_county(members[each].by), each))]
    found: dict[str, str] = {}
    for each in members:
        way = [each]
        while way[-1] in next_of and way[-1] not in found:
            way.append(next_of[way[-1]])
        last = found.get(way[-1], "")
        for step in reversed(way):
            # Of an import that was undone nothing goes on; what was merged into it comes back by itself.
            last = last or ("" if members[step].withdrawn else step)
            found[step] = last
    return {each: last or each for each, last in found.items()}


def _holds(entry: str, members: Mapping[str, Member]) -> bool:
    """True when what an entry says has an effect: the county's word, or a town's while both are its own."""
    member = members[entry]
    if member.other not in members:
        return False
    both = (entry, member.other)
    return is_county(member.by) or all(owns(each, member.by, members[each].town) for each in both)


def _circles(next_of: Mapping[str, str]) -> Iterator[list[str]]:
    seen: set[str] = set()
    for start in next_of:
        way: dict[str, int] = {}
        each = start
        while each in next_of and each not in seen:
            seen.add(each)
            way[each] = len(way)
            each = next_of[each]
        if each in way:
            yield list(way)[way[each] :]
