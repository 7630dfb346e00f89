"""`python -m benchmarks.scans [--count 300]`: pages photographed askew, tilted, in bad light: how many are found.

Ends with 1 when a mark is read wrong, or fewer than `--least` per cent are found.
"""

import argparse
import random
import sys
import time
from collections import Counter
from io import BytesIO
from statistics import median

import msgspec
from PIL import Image

from ohdesk.domain.paper_mark import read_mark
from ohdesk.services.child.pool import Broken, Pool
from ohdesk.services.scans import reading
from ohdesk.services.scans.reader import KIND
from ohdesk.services.scans.wire import Asked, Seen
from tests.scanned import at_random, paper, photographed, printed

_PAGES = 3


def main() -> int:
    """Take the pictures, have them read in the child, and print what became of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scans", description=__doc__)
    parser.add_argument("--count", type=int, default=300, metavar="N")
    parser.add_argument("--askew", type=float, default=15.0, metavar="DEGREES")
    parser.add_argument("--least", type=float, default=97.0, metavar="PER CENT")
    parser.add_argument("--seed", type=int, default=None, metavar="N")
    args = parser.parse_args()
    seed = random.SystemRandom().randrange(2**32) if args.seed is None else args.seed
    chance = random.Random(seed)  # noqa: S311 - can be repeated
    taken, found, wrong, took, left = Counter[int](), Counter[int](), [], [], []
    pool = Pool(KIND, 1)
    for number in range(args.count):
        page, shot = chance.randint(1, _PAGES), at_random(chance, args.askew)
        original = photographed(printed(paper(_PAGES), page), shot, chance)
        begun = time.perf_counter()
        (answer,) = pool.answers([msgspec.msgpack.encode(Asked(original))])
        if number:  # the first one waits for the child
            took.append(time.perf_counter() - begun)
        seen = Seen() if isinstance(answer, Broken) else msgspec.msgpack.decode(answer, type=Seen)
        millions = shot.pixels // 1_000_000
        taken[millions] += 1
        if mark := read_mark(seen.text):
            found[millions] += 1
            left.append(abs(_askew(seen.copy)))
            if mark.page != page:
                wrong.append(f"{number}: page {page} read as {mark.page}")
        else:
            print(f"not found: {number}, page {page}, {shot}")
    pool.close()
    share = 100 * sum(found.values()) / args.count
    sizes = ", ".join(f"{size} MP {found[size]}/{taken[size]}" for size in sorted(taken))
    print(
        f"seed {seed} | found {share:.1f} % ({sizes}) | read wrong {len(wrong)} | "
        f"askew afterwards {median(left):.2f}°, at most {max(left):.2f}° | "
        f"{1000 * median(took):.0f} ms a picture, at most {1000 * max(took):.0f}"
    )
    print(*wrong[:20], sep="\n")
    return 1 if wrong or share < args.least else 0


def _askew(copy: bytes) -> float:
    """Return by how many degrees the copy of a page is still turned."""
    with Image.open(BytesIO(copy)) as picture:
        return reading._mark(picture.convert("L"))[1]  # noqa: SLF001


if __name__ == "__main__":
    sys.exit(main())
