"""`python -m benchmarks.full_disks --count 150`: every act that writes, on disks with a little room left.

Counts what was done, what was told in a sentence, and what is left: system errors shown as they come, databases that
are not whole, and acts that do not succeed once there is room again.  Needs the right to mount.
"""

import argparse
import random
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.rounds import scratch
from ohdesk.db.engine import integrity_problems
from ohdesk.errors import UserError
from tests.promises.disks import fill_up, small_disk
from tests.promises.writing_acts import ACTS, Act, Offices, offices

_ROOM = 8 * 1024  # KiB beyond what the world takes
_LEFT = [0, 4, 8, 16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024]  # KiB


def main() -> int:
    """Print the counts; 1 when anything went wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.full_disks", description=__doc__)
    parser.add_argument("--count", type=int, default=150, metavar="N")
    parser.add_argument("--seed", type=int, default=None, metavar="N")
    args = parser.parse_args()
    seed = random.SystemRandom().randrange(2**32) if args.seed is None else args.seed
    chance = random.Random(seed)  # noqa: S311 - how much room is left
    counted: Counter[str] = Counter()
    faults: list[str] = []
    with TemporaryDirectory(dir=scratch(), prefix="benchmark-") as name:
        world = offices(Path(name) / "world")
        for number, act in enumerate(ACTS):
            for _ in range(args.count // len(ACTS) + (number < args.count % len(ACTS))):
                how, found = _tried(world, act, Path(name) / "disk", chance.choice(_LEFT))
                counted[how] += 1
                faults += found
            act.do(world)
    counts = " | ".join(f"{how} {count}" for how, count in sorted(counted.items()))
    print(f"seed {seed} | points {counted.total()} | {counts} | faults {len(faults)}")
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


def _tried(world: Offices, act: Act, place: Path, left: int) -> tuple[str, list[str]]:
    """Do an act on a disk with `left` KiB free, and again with room; return how it went, and what is wrong."""
    faults: list[str] = []
    used = sum(path.stat().st_size for path in world.folder.rglob("*") if path.is_file()) // 1024
    with small_disk(place, used * 2 + _ROOM) as disk:
        copy = world.moved(disk / "world")
        filler = fill_up(disk, left * 1024)
        try:
            act.do(copy)
            how = "done"
        except UserError:
            how = "told"
        except OSError as error:
            how = "raw"
            faults.append(f"{act.name}, {left} KiB left: {error!r}")
        filler.unlink()
        if how != "done":
            try:
                act.do(copy)
            except (UserError, OSError) as error:
                faults.append(f"{act.name}, {left} KiB left, then room: {error!r}")
        for opened in (copy.town, copy.county):
            with opened() as ctx:
                faults += [f"{act.name}, {left} KiB left: {problem}" for problem in integrity_problems(ctx.engine)]
    place.rmdir()
    return how, faults


if __name__ == "__main__":
    sys.exit(main())
