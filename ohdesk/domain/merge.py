"""Which of several unseen writes of a field shows, and when the field is 待核 (in dispute).

A field is a multi-value register: its state is the set of writes that no other write has seen,
so the order in which bundles arrive cannot matter and no clock decides.
"""

from collections.abc import Collection
from dataclasses import dataclass

from ohdesk.domain.establishment import Value

COUNTY_DIVISION_LENGTH = 6  # GB/T 2260: county; a town's code has 9 digits


@dataclass(frozen=True, slots=True)
class Write:
    """One write of one field: the value, the office that wrote it, and the hash of its operation."""

    value: Value
    division: str
    hash: str


def shown(writes: Collection[Write]) -> Value:
    """Return the value that shows: the county's if it wrote one of them, else that of the smallest hash.

    Raises ValueError when there is no write.
    """
    # The county has the last word on the roll; among towns the hash decides, for it favours nobody and is the same
    # everywhere.
    county = [write for write in writes if len(write.division) == COUNTY_DIVISION_LENGTH]
    return min(county or writes, key=lambda write: write.hash).value


def is_contested(writes: Collection[Write]) -> bool:
    """True when writes that have not seen each other say different things."""
    # Two who wrote the same agree, though neither saw the other: nobody has to settle anything.
    return len({write.value for write in writes}) > 1
