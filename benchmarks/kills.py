"""`python -m benchmarks.kills --count 500`: kill who fills a checklist, and who does any other act that writes.

A third of the kills each meets the filling of a checklist, backing up with restoring, and every act in turn.  Says
what was acknowledged, lost, half there or not possible any more; ends with 1 when anything was.
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
        third = args.count // 3
        outcome = kill_while_filling(Filling(folder, "李旸", PASSWORD, visit), third, chance)
        (disk := Path(name) / "disk").mkdir()
        wrong = kill_while_backing_up(folder, "李旸", disk, third, chance)
        acts = args.count - 2 * third
        harmed = kill_in_every_act(Path(name), acts, chance)
    print(f"seed {seed} | kills while backing up and restoring {third} | not whole {len(wrong)}")
    print(f"seed {seed} | kills in {len(ACTS)} acts that write {acts} | not whole {len(harmed)}")
    print(f"seed {seed} | kills {outcome.kills} | acknowledged {outcome.acknowledged} | lost {len(outcome.lost)}")
    problems = (*outcome.problems, *wrong, *harmed)
    print(*problems, sep="\n", end="" if not problems else "\n")
    return 1 if outcome.lost or problems else 0


if __name__ == "__main__":
    sys.exit(main())
