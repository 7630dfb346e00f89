"""Signed papers that came in are checked at the county: how many a second, all processors together."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import world
from benchmarks.rounds import Figure, middle, right, scratch
from benchmarks.scale import Scale
from ohdesk.services.record import verdicts

GOALS = ()


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the figure of this row; each round has a county of its own that has looked at none."""
    count = min(scale.records, world.SIGNED)
    past = world.past(count, count)
    with TemporaryDirectory(dir=scratch(), prefix="benchmark-") as name:
        copies = (past.copied(Path(name) / str(number)) for number in range(min(scale.rounds, 3)))
        yield middle("papers checked", "a second", [_a_second(copy) for copy in copies])


def _a_second(past: world.Past) -> float:
    with past.county() as county:
        waiting = verdicts.waiting(county)
        os.sync()
        began = time.perf_counter()
        found = verdicts.verify_waiting(county)
        took = time.perf_counter() - began
        right(found.good == waiting > 0, f"every paper is good: {found}")
    return waiting / took
