"""The lists of a preview, each cut where nobody reads on."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

MOST_LISTED = 10_000  # rows of one list: more than anybody looks through


def first_rows(lists: Mapping[str, Iterable[Any]]) -> tuple[dict[str, Sequence[Any]], dict[str, int]]:
    """Return the first rows of each list, at most `MOST_LISTED`, and how many rows each has in all."""
    rows: dict[str, Sequence[Any]] = {}
    counts: dict[str, int] = {}
    for key, each in lists.items():
        rest = iter(each)
        rows[key] = list(islice(rest, MOST_LISTED))
        counts[key] = len(rows[key]) + sum(1 for _ in rest)
    return rows, counts
