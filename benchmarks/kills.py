"""`python -m benchmarks.kills --count 500`: kill who fills a checklist, and who does any other act that writes.

A fifth of the kills each meets the filling of a checklist, backing up with restoring, every act in turn, an import into
the roll and one into a book.  Says what was acknowledged, lost, half there or not possible any more; ends with 1 when
anything was.
"""

import argparse
import random
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.rounds import scratch
from ohdesk.services.office.workspace import open_workspace
from tests.conftest import PASSWORD, noon, town_workspace
from tests.promises.killed_acts import kill_in_every_act
from tests.promises.killed_imports import IMPORTS, kill_in_imports
from tests.promises.killing import Filling, kill_while_backing_up, kill_while_filling
from tests.promises.writing_acts import ACTS
from tests.visiting import started_visit


def main() -> int:
    """Kill, look, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=__doc__)
    parser.add_argument("--count", type=int, default=500, metavar="N")
    parser.add_argument("--seed", type=int, default=None, metavar="N")
    args = parser.parse_args()
    seed = random.SystemRandom().randrange(2**32) if args.seed is None else args.seed
    with TemporaryDirectory(dir=scratch(), prefix="benchmark-") as name:
        folder = town_workspace(Path(name) / "town")
        with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
            visit = started_visit(ctx)
        chance = random.Random(seed)  # noqa: S311 - where to kill
        fifth = args.count // 5
        outcome = kill_while_filling(Filling(folder, "李旸", PASSWORD, visit), fifth, chance)
        (disk := Path(name) / "disk").mkdir()
        wrong = kill_while_backing_up(folder, "李旸", disk, fifth, chance)
        torn = kill_in_imports(Path(name) / "imports", fifth, chance)
        acts = args.count - (2 + len(IMPORTS)) * fifth
        harmed = kill_in_every_act(Path(name), acts, chance)
    print(f"seed {seed} | kills while backing up and restoring {fifth} | not whole {len(wrong)}")
    for each in IMPORTS:
        broken = sum(problem.startswith(f"{each.name}: ") for problem in torn)
        print(f"seed {seed} | kills in imports into the {each.name} {fifth} | neither whole nor absent {broken}")
    print(f"seed {seed} | kills in {len(ACTS)} acts that write {acts} | not whole {len(harmed)}")
    print(f"seed {seed} | kills {outcome.kills} | acknowledged {outcome.acknowledged} | lost {len(outcome.lost)}")
    problems = (*outcome.problems, *wrong, *torn, *harmed)
    print(*problems, sep="\n", end="" if not problems else "\n")
    return 1 if outcome.lost or problems else 0


if __name__ == "__main__":
    sys.exit(main())
