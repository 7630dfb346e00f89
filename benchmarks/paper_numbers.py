"""`python -m benchmarks.paper_numbers [--count 500] [--worlds 200]`: numbers given by two devices at random.

Ends with 1 when a number was given twice, or one that nobody gave has no reason.
"""

import argparse
import random
import sys
import time

from tests.paper_numbers import issue_at_random


def main() -> int:
    """Issue the numbers and print what became of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.paper_numbers", description=__doc__)
    parser.add_argument("--count", type=int, default=500, metavar="N", help="numbers in each world")
    parser.add_argument("--worlds", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, default=None, metavar="N")
    args = parser.parse_args()
    seed = random.SystemRandom().randrange(2**32) if args.seed is None else args.seed
    chance, start = random.Random(seed), time.perf_counter()  # noqa: S311 - can be repeated
    told = [issue_at_random(chance, args.count) for _ in range(args.worlds)]
    twice = [each for world in told for each in world.twice]
    unexplained = [each for world in told for each in world.unexplained]
    print(
        f"seed {seed} | worlds {len(told)} | issued {sum(each.issued for each in told)} | "
        f"without a mark {sum(each.unmarked for each in told)} | twice {len(twice)} | "
        f"unexplained {len(unexplained)} | {time.perf_counter() - start:.0f} s"
    )
    print(*twice[:20], *unexplained[:20], sep="\n")
    return 1 if twice or unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
