"""`python -m benchmarks.filters [--count 500]`: filters of the roll at random, held against a plain walk.

Ends with 1 when any finds others than the walk, or is taken where it means nothing.
"""

import argparse
import random
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.rounds import scratch
from ohdesk.services.office.workspace import open_workspace
from tests.conftest import PASSWORD, noon, town_workspace
from tests.filters import Told, ask, fill, indexed


def main() -> int:
    """Ask the filters and print what became of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.filters", description=__doc__)
    parser.add_argument("--count", type=int, default=500, metavar="N")
    parser.add_argument("--rows", type=int, default=200, metavar="N", help="entries of the roll")
    parser.add_argument("--seed", type=int, default=None, metavar="N")
    args = parser.parse_args()
    seed = random.SystemRandom().randrange(2**32) if args.seed is None else args.seed
    chance, told, start = random.Random(seed), Told(), time.perf_counter()  # noqa: S311 - can be repeated
    with TemporaryDirectory(dir=scratch(), prefix="benchmark-") as name:
        folder = town_workspace(Path(name) / "town")
        with indexed(), open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
            ask(ctx, fill(ctx, chance, args.rows), chance, args.count, told)
    seconds = time.perf_counter() - start
    print(
        f"seed {seed} | filters {told.asked} | found something {told.found} | refused {told.refused} | "
        f"first pages {told.pages} | other than a plain walk {len(told.wrong)} | {seconds:.0f} s"
    )
    print(*told.wrong[:20], sep="\n")
    return 1 if told.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
