"""Which of several unseen writes of a field shows, and when the field is 待核 (in dispute).

A field is a multi-value register: its state is the set of writes that no other write has seen,
so the order in which bundles arrive cannot matter and no clock decides.  Only writes that count
directly (`domain.authority`) are merged; a proposal is none of them.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

_COUNTY_DIVISION_LENGTH = 6  # GB/T 2260: county; a town's code has 9 digits


Value = TypeVar("Value", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Write(Generic[Value]):
    """One write of one field: the value, the office that wrote it, and the hash of its operation."""

    value: Value
    division: str
    hash: str


@dataclass(frozen=True, slots=True)
class Written:
    """One write of a roll entry: its name "replica:seq", its office, its hash, the writes it had seen, its fields."""

    name: str
    division: str
    hash: str
    base: Collection[str]
    fields: Mapping[str, Any]

    @property
    def replica(self) -> str:
        """Of the laptop that wrote it."""
        return self.name.partition(":")[0]

    @property
    def seq(self) -> int:
        return int(self.name.partition(":")[2])


def is_county(division: str) -> bool:
    """True for the code of a county."""
    return len(division) == _COUNTY_DIVISION_LENGTH


def county_of(division: str) -> str:
    """Return the code of the county that a division lies in; a county's own."""
    return division[:_COUNTY_DIVISION_LENGTH]


def heads(writes: Collection[Written]) -> list[tuple[Written, dict[str, Any]]]:
    """Return the writes of an entry that no other of them has seen, each with the fields it is still a head of."""
    if len(writes) == 1:  # nearly every entry of a list just imported
        (only,) = writes
        if not only.base:
            return [(only, dict(only.fields))] if only.fields else []
    overwritten: dict[str, set[str]] = defaultdict(set)
    for write in writes:
        for name in write.base:
            # Field by field: a write to the phone number must not settle a dispute about the name.
            overwritten[name].update(write.fields)
    # Each laptop has seen what it wrote before, also where it does not say so: else one that leaves it out could give
    # an entry more heads than an operation may name, and nobody could correct it any more.
    later: dict[str, set[str]] = defaultdict(set)
    for write in sorted(writes, key=lambda each: (each.replica, each.seq), reverse=True):
        overwritten[write.name] |= later[write.replica]
        later[write.replica].update(write.fields)
    left = ((each, overwritten.get(each.name, ())) for each in writes)
    fields = ((each, {key: value for key, value in each.fields.items() if key not in gone}) for each, gone in left)
    return [(each, standing) for each, standing in fields if standing]


def shown(writes: Collection[Write[Value]]) -> Value:
    """Return the value that shows. Raises ValueError when there is no write."""
    return shown_write(writes).value


def shown_write(writes: Collection[Write[Value]]) -> Write[Value]:
    """Return the write that shows: the county's if it wrote one of them, else that of the smallest hash.

    Raises ValueError when there is no write.
    """
    # The county has the last word on the roll; among a town's laptops the hash decides, for it favours nobody and is
    # the same everywhere.
    county = [write for write in writes if is_county(write.division)]
    return min(county or writes, key=lambda write: write.hash)


def is_contested(writes: Collection[Write[Any]]) -> bool:
    """True when writes that have not seen each other say different things."""
    # Two who wrote the same agree, though neither saw the other: nobody has to settle anything.
    return len({write.value for write in writes}) > 1
