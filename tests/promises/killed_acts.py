"""Kill whoever does one of the acts that write, at any moment; say what is lost, half there or cannot be done again."""

import json
import random
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import select

from ohdesk.db.models import Account, Answer, OperationRow, OwnKey, Photo
from ohdesk.domain.facts import Verdict
from ohdesk.errors import UserError
from ohdesk.services.backup.checking import by_password, check
from ohdesk.services.office.doctor import recompute, workspace_facts
from ohdesk.services.office.workspace import is_workspace
from tests.promises.apart import APART, kill
from tests.promises.writing_acts import ACTS, Act, Offices, offices
from tests.unit.services.record.record_world import FIRST, OWN

_LATE = 1.1  # a kill may also come just after the act has ended


def kill_in_every_act(folder: Path, kills: int, chance: random.Random) -> list[str]:
    """Make a world below `folder` and kill so often, each act as often as the others; return what is wrong."""
    world, wrong = offices(folder / "world"), []
    for number, act in enumerate(ACTS[:kills]):  # behind the last that is killed nothing is left to see
        times = kills // len(ACTS) + (number < kills % len(ACTS))
        before = world.moved(folder / "before")
        began = time.perf_counter()
        act.do(world)
        seconds = time.perf_counter() - began
        for _ in range(times):
            wrong += _kill(before, act, folder / "killed", seconds, chance)
        shutil.rmtree(before.folder)
    return wrong


def _kill(world: Offices, act: Act, place: Path, seconds: float, chance: random.Random) -> list[str]:
    """Kill an act that takes so many seconds, in a copy of the world at `place`; return what is wrong with the copy."""
    copy = world.moved(place)
    before, unsound = _kept(copy), set(_unsound(copy))
    worker = APART.Process(target=act.do, args=(copy,))
    worker.start()
    worker.join(chance.uniform(0, seconds * _LATE))
    kill(worker)
    after = _kept(copy)
    wrong = [f"lost in the {office}: {len(gone)}" for office, held in before.items() if (gone := held - after[office])]
    wrong += _half_files(copy)
    wrong += [problem for problem in _unsound(copy) if problem not in unsound]
    try:
        act.do(copy)
    except UserError as error:
        if after == before:  # what was done already may say so; what was not must be possible
            wrong.append(f"not possible any more: {error}")
    shutil.rmtree(place)
    return [f"{act.name}: {problem}" for problem in wrong]


def _kept(world: Offices) -> dict[str, set[str]]:
    """Return what must never go away: the operations, answers, photos, accounts and certified keys of both offices."""
    kept = {}
    for name, opened in (("town", world.town), ("county", world.county)):
        with opened() as ctx, ctx.reading() as session:
            kept[name] = set(session.scalars(select(OperationRow.hash)))
            kept[name] |= {str(row) for row in session.execute(select(Answer.visit, Answer.seq))}
            kept[name] |= set(session.scalars(select(Photo.sha256)))
            kept[name] |= set(session.scalars(select(Account.name)))
            kept[name] |= {each.hex() for each in session.scalars(select(OwnKey.certificate_der)) if each}
    return kept


def _unsound(world: Offices) -> Iterator[str]:
    for opened in (world.town, world.county):
        with opened() as ctx:
            for fact in (*workspace_facts(ctx), recompute(ctx).fact):
                if fact.verdict is not Verdict.HOLDS:
                    yield f"{fact.key}: {fact.detail}"


def _half_files(world: Offices) -> Iterator[str]:
    """Yield every file that is handed out, or made besides the two workspaces, and does not open."""
    for path in world.folder.rglob("*"):
        inside = {"town", "county"} & set(path.relative_to(world.folder).parts[:1])
        whole = _WHOLE.get(path.suffix or path.name)
        if path.is_file() and whole and not inside and not whole(path):
            yield f"half a file: {path.name}"
        if path.is_dir() and is_workspace(path) and not inside and not (path / "workspace.db").is_file():
            yield f"half a workspace: {path.name}"


def _unzips(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is None
    except zipfile.BadZipFile:
        return False


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_bytes())
    except ValueError:
        return False
    return True


_WHOLE: dict[str, Callable[[Path], bool]] = {
    ".pdf": lambda path: path.read_bytes().rstrip().endswith(b"%%EOF"),
    ".pem": lambda path: path.read_bytes().rstrip().endswith(b"-----END CERTIFICATE-----"),
    ".xlsx": _unzips,
    ".zip": _unzips,
    ".ohb": _unzips,
    "card": _is_json,
    "request": _is_json,
    "answer": _is_json,
    ".ohbak": lambda path: not check(path, by_password(FIRST, OWN[FIRST])).problems,
}
