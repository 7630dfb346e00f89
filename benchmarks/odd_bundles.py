"""`python -m benchmarks.odd_bundles --count 5000`: a county takes in signed bundles with odd values; say what fails.

Every service that reads what came in is called now and then, at the county and at another town.  Ends with 1 when an
import or a screen fails, or more than 300 MB are needed.
"""

import argparse
import random
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.rounds import scratch
from tests.odd_bundles import Told, odd_town, take_in

MOST_MEMORY = 300  # MB


def main() -> int:
    """Take the bundles in and print what became of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.odd_bundles", description=__doc__)
    parser.add_argument("--count", type=int, default=5000, metavar="N")
    parser.add_argument("--every", type=int, default=1000, metavar="N", help="bundles between two looks at all screens")
    parser.add_argument("--seed", type=int, default=None, metavar="N")
    args = parser.parse_args()
    seed = random.SystemRandom().randrange(2**32) if args.seed is None else args.seed
    told, start = Told(), time.perf_counter()
    with TemporaryDirectory(dir=scratch(), prefix="benchmark-") as name, odd_town(Path(name), seed) as town:
        take_in(town, args.count, told, args.every)
    seconds, memory = time.perf_counter() - start, _peak()
    print(
        f"seed {seed} | bundles {told.bundles} | operations {told.operations} | applied {told.applied} | "
        f"set aside {told.aside.total()} | refused {told.refused.total()} | import crashes {len(told.crashes)} | "
        f"screens dead {len(told.dead)} | peak memory {memory} MB (goal < {MOST_MEMORY}) | {seconds:.0f} s"
    )
    print(*(f"{count:6d}  {reason}" for reason, count in told.aside.most_common(40)), sep="\n")
    print(*told.crashes[:20], *told.dead[:20], sep="\n")
    return 1 if told.crashes or told.dead or memory >= MOST_MEMORY else 0


def _peak() -> int:
    """Return the most memory this process had, in MB; 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0
    import resource  # there is none on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    sys.exit(main())
