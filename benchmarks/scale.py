"""How large the worlds and how many the rounds of one run are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes of one run; 0 leaves out what is measured at that size.

    small, large: employers on a roll · visits: finished ones of the large past · rounds: of a row that takes seconds
    records, photos: of a bundle that is packed · towns, each: bundles merged, and visits in each
    batch: papers made together · history: operations behind an export · curve: sizes of what grows
    """

    small: int
    large: int
    visits: int
    rounds: int
    records: int
    photos: int
    towns: int
    each: int
    batch: int
    history: int
    curve: tuple[int, ...]


FULL = Scale(20_000, 1_000_000, 100_000, 7, 200, 1_200, 10, 200, 500, 500_000, (1_000, 10_000, 100_000, 1_000_000))
QUICK = Scale(5_000, 0, 0, 3, 20, 60, 2, 20, 20, 10_000, ())
TINY = Scale(60, 0, 0, 1, 2, 2, 1, 2, 2, 300, ())  # of the tests
