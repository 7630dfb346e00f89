"""Kill a process that fills a checklist, again and again, and count the acknowledged answers that are gone."""

import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ohdesk.db.engine import integrity_problems
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.visit.filling import steps_of
from tests.promises.filling_worker import VALUES

ROOT = Path(__file__).parents[2]
WORKER = "tests.promises.filling_worker"


@dataclass(frozen=True, slots=True)
class Filling:
    """The visit that is filled, and who unlocks its workspace."""

    folder: Path
    account: str
    password: str
    visit: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a series of kills left: answers acknowledged, those of them lost, complaints of the database check."""

    kills: int
    acknowledged: int
    lost: tuple[int, ...]
    problems: tuple[str, ...]


def kill_while_filling(filling: Filling, kills: int, chance: random.Random) -> Outcome:
    """Start and kill the worker `kills` times; then look for the step of every acknowledged answer."""
    acknowledged = -1
    for _ in range(kills):
        acknowledged = _fill_and_kill(filling, acknowledged + 1, chance)
    with open_workspace(filling.folder, filling.account, filling.password) as ctx:
        problems = integrity_problems(ctx.engine)
        with ctx.reading() as session:
            stored = {int(step.fact): step.value for step in steps_of(session, filling.visit)}
    values = {number: VALUES[number % len(VALUES)] for number in range(acknowledged + 1)}
    lost = tuple(number for number, value in values.items() if stored.get(number) != value)
    return Outcome(kills, acknowledged + 1, lost, tuple(problems))


def _fill_and_kill(filling: Filling, first: int, chance: random.Random) -> int:
    """Return the number of the last answer that was acknowledged before the kill."""
    command = [sys.executable, "-m", WORKER, str(filling.folder), filling.account, filling.password, filling.visit]
    with subprocess.Popen([*command, str(first)], stdout=subprocess.PIPE, cwd=ROOT) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline().strip() == b"ready"
        for _ in range(chance.randrange(1, 25)):
            last = int(worker.stdout.readline())
        try:
            worker.wait(chance.uniform(0, 0.004))
        except subprocess.TimeoutExpired:
            worker.kill()
        rest = worker.stdout.read().split(b"\n")[:-1]  # what stands before the last line end was acknowledged
    return int(rest[-1]) if rest else last
