"""`python -m benchmarks.full_disks --count 150`: every act that writes, on disks with a little room left.

Counts what was done, what was told in a sentence, and what is left: system errors shown as they come, acts that do not
succeed once there is room again, and what a refused or a repeated act changed that it must not: operations and answers
that were acknowledged are all there, what is shared is as it was unless an operation came, and doctor finds nothing.
Needs the right to mount.
"""

import argparse
import random
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from sqlalchemy import select

from benchmarks.rounds import scratch
from ohdesk.db.models import Answer, OperationRow
from ohdesk.db.queries.digest import state_digest
from ohdesk.domain.facts import Verdict
from ohdesk.errors import UserError
from ohdesk.services.context import Context
from ohdesk.services.office import doctor
from tests.promises.disks import fill_up, small_disk
from tests.promises.writing_acts import ACTS, Act, Offices, offices

_ROOM = 8 * 1024  # KiB beyond what the world takes
_LEFT = [0, 4, 8, 16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024]  # KiB


class Standing(NamedTuple):
    """How a workspace stands. held: operations and answers · shared: the digest of the shared tables"""

    held: frozenset[tuple[object, ...]]
    shared: str


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
            before = _standings(world)[0]
            for _ in range(args.count // len(ACTS) + (number < args.count % len(ACTS))):
                how, found = _tried(world, before, act, Path(name) / "disk", chance.choice(_LEFT))
                counted[how] += 1
                faults += found
            act.do(world)
    counts = " | ".join(f"{how} {count}" for how, count in sorted(counted.items()))
    print(f"seed {seed} | points {counted.total()} | {counts} | faults {len(faults)}")
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


def _tried(world: Offices, before: list[Standing], act: Act, place: Path, left: int) -> tuple[str, list[str]]:
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
            faults.append(repr(error))
        filler.unlink()
        faults += _changed(before, copy)
        if how != "done":
            try:
                act.do(copy)
            except (UserError, OSError) as error:
                faults.append(f"then room: {error!r}")
            faults += _changed(before, copy)
    place.rmdir()
    return how, [f"{act.name}, {left} KiB left: {fault}" for fault in faults]


def _changed(before: list[Standing], world: Offices) -> list[str]:
    """Return what is not as it must be, given how town and county stood before."""
    now, faults = _standings(world)
    for earlier, later in zip(before, now, strict=True):
        lost = earlier.held - later.held
        faults += [f"lost: {each}" for each in sorted(map(str, lost))]
        if earlier.held == later.held and earlier.shared != later.shared:
            faults.append("the shared tables changed, and no operation came")
    return faults


def _standings(world: Offices) -> tuple[list[Standing], list[str]]:
    """Return how town and county stand, and what doctor finds."""
    standings, problems = [], []
    for opened in (world.town, world.county):
        with opened() as ctx:
            standings.append(_standing(ctx))
            facts = (*doctor.workspace_facts(ctx), doctor.recompute(ctx).fact)
            problems += [f"{fact.key}: {fact.detail}" for fact in facts if fact.verdict is Verdict.FAILS]
    return standings, problems


def _standing(ctx: Context) -> Standing:
    operations = select(OperationRow.replica, OperationRow.seq, OperationRow.hash)
    answers = select(Answer.visit, Answer.seq, Answer.question, Answer.value, Answer.fact)
    with ctx.reading() as session:
        held = [tuple(row) for wanted in (operations, answers) for row in session.execute(wanted)]
        return Standing(frozenset(held), state_digest(session))


if __name__ == "__main__":
    sys.exit(main())
