"""`python -m benchmarks.booklet --count N`: records bound into one PDF; what that takes of memory and time."""

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import children, world
from benchmarks.rounds import Figure, right, scratch
from benchmarks.scale import Scale
from ohdesk.services.paper import booklet

GOALS = ("booklet, peak memory",)
FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the figures of this row."""
    yield from of_records(scale.batch)


def of_records(count: int) -> Iterator[Figure]:
    """Yield what a booklet of so many records takes, in a process of its own."""
    past = world.past(count, count)
    with TemporaryDirectory(dir=scratch(), prefix="benchmark-") as name:
        file = Path(name) / "booklet.pdf"
        done = children.call("benchmarks.booklet:bind", str(past.folder), str(file), count)
        size = file.stat().st_size / 1e6
    yield Figure(GOALS[0], done.peak, "MB")
    yield Figure("booklet, seconds", done.value, "s")
    yield Figure("booklet, size", size, "MB")


def bind(folder: str, file: str, count: int) -> float:
    """Count and bind all records; return how long it took."""
    with world.Past(Path(folder)).inspector() as ctx:
        began = time.perf_counter()
        counted = booklet.plan(ctx, FIRST, LAST)
        booklet.write(counted, Path(file))
        took = time.perf_counter() - began
    right(len(counted.bound) >= count and not counted.left_out, f"every record is bound: {len(counted.bound)}")
    return took


def main() -> int:
    """Measure one booklet and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.booklet", description=__doc__)
    parser.add_argument("--count", type=int, default=500, metavar="N", help="records")
    args = parser.parse_args()
    for figure in of_records(args.count):
        print(figure, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
