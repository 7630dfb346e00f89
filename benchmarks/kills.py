"""`python -m benchmarks.kills --count 200`: kill a process that fills, backs up and restores; count what is lost."""

import argparse
import random
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.rounds import scratch
from ohdesk.services.office.workspace import open_workspace
from tests.conftest import PASSWORD, noon, town_workspace
from tests.promises.killing import Filling, kill_while_backing_up, kill_while_filling
from tests.visiting import started_visit


def main() -> int:
    """Print what was acknowledged, lost and complained of; 1 when anything was."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=__doc__)
    parser.add_argument("--count", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, default=None, metavar="N")
    args = parser.parse_args()
    seed = random.SystemRandom().randrange(2**32) if args.seed is None else args.seed
    with TemporaryDirectory(dir=scratch(), prefix="benchmark-") as name:
        folder = town_workspace(Path(name) / "town")
        with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
            visit = started_visit(ctx)
        chance = random.Random(seed)  # noqa: S311 - where to kill
        outcome = kill_while_filling(Filling(folder, "李旸", PASSWORD, visit), args.count, chance)
        (disk := Path(name) / "disk").mkdir()
        wrong = kill_while_backing_up(folder, "李旸", disk, args.count, chance)
    print(f"seed {seed} | kills while backing up and restoring {args.count} | not whole {len(wrong)}")
    print(f"seed {seed} | kills {outcome.kills} | acknowledged {outcome.acknowledged} | lost {len(outcome.lost)}")
    problems = (*outcome.problems, *wrong)
    print(*problems, sep="\n", end="" if not problems else "\n")
    return 1 if outcome.lost or problems else 0


if __name__ == "__main__":
    sys.exit(main())
