"""Kill a process that fills a checklist, or backs up and restores; count what is lost or half there."""

import random
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ohdesk.db.engine import integrity_problems
from ohdesk.services.backup import making
from ohdesk.services.backup.checking import by_password, check
from ohdesk.services.context import Context
from ohdesk.services.office.workspace import is_workspace, open_workspace
from ohdesk.services.visit.filling import open_form, steps_of
from tests.conftest import PASSWORD, noon
from tests.promises.apart import begun, kill
from tests.promises.backup_worker import back_up
from tests.promises.filling_worker import VALUES, fill


@dataclass(frozen=True, slots=True)
class Filling:
    """The visit that is filled, and who unlocks its workspace."""

    folder: Path
    account: str
    password: str
    visit: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a series of kills left: answers acknowledged, those of them lost, and all else that is not as it was."""

    kills: int
    acknowledged: int
    lost: tuple[int, ...]
    problems: tuple[str, ...]


def kill_while_filling(filling: Filling, kills: int, chance: random.Random) -> Outcome:
    """Start and kill the worker `kills` times; then look for the step of every acknowledged answer."""
    acknowledged = -1
    problems = []
    for _ in range(kills):
        acknowledged = _fill_and_kill(filling, acknowledged + 1, chance)
        with open_workspace(filling.folder, filling.account, filling.password) as ctx:
            problems += _not_as_left(ctx, filling.visit, acknowledged)
    with open_workspace(filling.folder, filling.account, filling.password) as ctx:
        problems += integrity_problems(ctx.engine)
        with ctx.reading() as session:
            stored = {int(step.fact): step.value for step in steps_of(session, filling.visit)}
    values = {number: VALUES[number % len(VALUES)] for number in range(acknowledged + 1)}
    lost = tuple(number for number, value in values.items() if stored.get(number) != value)
    return Outcome(kills, acknowledged + 1, lost, tuple(problems))


def kill_while_backing_up(folder: Path, account: str, disk: Path, kills: int, chance: random.Random) -> tuple[str, ...]:
    """Start and kill the worker `kills` times; return what is wrong with what is listed or opens afterwards."""
    wrong: list[str] = []
    unlock = by_password(account, PASSWORD)
    for number in range(kills):
        _back_up_and_kill(folder, account, disk, number * 1000, chance)
        for backup in making.list_in(disk):
            wrong += check(backup.file, unlock).problems
            backup.file.unlink()
        for place in (path for path in disk.iterdir() if is_workspace(path)):
            with open_workspace(place, account, PASSWORD, noon) as ctx:
                wrong += integrity_problems(ctx.engine)
        for left in disk.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    return tuple(wrong)


def _not_as_left(ctx: Context, visit: str, last: int) -> Iterator[str]:
    """Yield what whoever goes on after a kill finds otherwise than they left it: another item, another text."""
    view = open_form(ctx, visit)
    questions = [question.id for question in view.form.questions]
    at, behind = questions[last % len(questions)], questions[(last + 1) % len(questions)]
    if view.current not in {at, behind}:  # that of the answer that was on its way may be there already
        yield f"stopped at {at}, found at {view.current}"
    if view.answers[at].answer.fact != str(last):
        yield f"another text at {at}"


def _back_up_and_kill(folder: Path, account: str, disk: Path, first: int, chance: random.Random) -> None:
    worker, _ = begun(back_up, folder, account, disk, first)
    time.sleep(chance.uniform(0, 0.5))
    kill(worker)


def _fill_and_kill(filling: Filling, first: int, chance: random.Random) -> int:
    """Return the number of the last answer that was acknowledged before the kill."""
    worker, told = begun(fill, filling.folder, filling.account, filling.password, filling.visit, first)
    for _ in range(chance.randrange(1, 25)):
        last = int(told.recv())
    worker.join(chance.uniform(0, 0.004))
    kill(worker)
    with suppress(EOFError):  # what it still told before it died was acknowledged too
        while True:
            last = int(told.recv())
    return last
