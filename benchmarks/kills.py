"""`python -m benchmarks.kills --count 500`: kill who fills a visit or does any other act that writes, and look.

The kills are shared out among the acts below; with `--in` only those named are killed.  Says of each how many kills and
what was lost, half there or not possible any more; ends with 1 when anything was.
"""

import argparse
import random
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.rounds import scratch
from ohdesk.services.office.workspace import open_workspace
from tests.conftest import PASSWORD, noon, town_workspace
from tests.promises.killed_acts import kill_in_every_act
from tests.promises.killed_imports import IMPORTS, kill_in_imports
from tests.promises.killed_visits import kill_while_finalizing, kill_while_taking_in
from tests.promises.killing import Filling, kill_while_backing_up, kill_while_filling
from tests.visiting import started_visit

OWNER = ("李旸", PASSWORD)


def _filling(folder: Path, kills: int, chance: random.Random) -> list[str]:
    town = town_workspace(folder / "town")
    with open_workspace(town, *OWNER, noon) as ctx:
        visit = started_visit(ctx)
    outcome = kill_while_filling(Filling(town, *OWNER, visit), kills, chance)
    print(f"answering: {outcome.acknowledged} acknowledged")
    return [*(f"answer {number} is lost" for number in outcome.lost), *outcome.problems]


def _backing_up(folder: Path, kills: int, chance: random.Random) -> list[str]:
    (disk := folder / "disk").mkdir()
    return list(kill_while_backing_up(town_workspace(folder / "town"), OWNER[0], disk, kills, chance))


def _importing(folder: Path, kills: int, chance: random.Random) -> list[str]:
    return kill_in_imports(folder, max(1, kills // len(IMPORTS)), chance)


ACTS: dict[str, Callable[[Path, int, random.Random], list[str]]] = {
    "answering": _filling,
    "photos": kill_while_taking_in,
    "finalizing": kill_while_finalizing,
    "backup": _backing_up,
    "imports": _importing,
    "every-act": kill_in_every_act,
}


def main() -> int:
    """Kill, look, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=__doc__)
    parser.add_argument("--count", type=int, default=500, metavar="N", help="in all")
    parser.add_argument(
        "--in", nargs="+", choices=ACTS, default=list(ACTS), dest="acts", metavar="ACT", help=", ".join(ACTS)
    )
    parser.add_argument("--seed", type=int, default=None, metavar="N")
    args = parser.parse_args()
    seed = random.SystemRandom().randrange(2**32) if args.seed is None else args.seed
    chance = random.Random(seed)  # noqa: S311 - where to kill
    wrong = []
    for place, name in enumerate(args.acts):
        kills = args.count // len(args.acts) + (place < args.count % len(args.acts))
        with TemporaryDirectory(dir=scratch(), prefix="benchmark-") as folder:
            found = ACTS[name](Path(folder), kills, chance)
        print(f"seed {seed} | {name}: {kills} kills | wrong {len(found)}", flush=True)
        print(*found, sep="\n", end="\n" if found else "")
        wrong += found
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
