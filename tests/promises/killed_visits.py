"""Kill whoever takes a folder of photos into a visit, or makes its record final; say what is lost or half there."""

import random
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from ohdesk.db.engine import integrity_problems
from ohdesk.domain.facts import Verdict
from ohdesk.domain.record import PhotoLine
from ohdesk.forms.answers import Answer
from ohdesk.services import blobs
from ohdesk.services.context import Context
from ohdesk.services.office.doctor import recompute
from ohdesk.services.record import finalizing, verification, views
from ohdesk.services.visit import filling, photo_intake, photo_order, photos
from tests.promises.apart import READY, begun, kill
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import World, party, pen, picture, second

PHOTOS = 8  # of the folder
_LATE = 1.1  # a kill may also come just after the act has ended
_STOPPED_AT = 5  # the item where one stood


class _State(NamedTuple):
    """What whoever unlocks the workspace again finds of a visit that is not final."""

    item: str
    answers: dict[str, Answer]
    photos: list[PhotoLine]


def kill_while_taking_in(folder: Path, kills: int, chance: random.Random) -> list[str]:
    """Kill so often in copies of one visit, below `folder`; return what is lost, half there or no more possible."""
    world, before = _filled(folder)
    phone = folder / "phone"
    phone.mkdir()
    for number in range(PHOTOS):
        (phone / f"{number}.jpg").write_bytes(picture(25 + number * 20))
    wrong = []
    for _ in range(kills):
        with _copied(world, folder) as copy:
            worker, told = begun(_take_in, copy, phone)
            acknowledged = 0
            with suppress(EOFError):
                for _ in range(chance.randrange(1, PHOTOS + 1)):
                    acknowledged = int(told.recv())
            worker.join(chance.uniform(0, 0.02))
            kill(worker)
            acknowledged = max(acknowledged, *map(int, _left(told)), 0)
            with copy.opened() as ctx:
                wrong += _wrong_with_intake(ctx, copy.visit, phone, before, acknowledged)
    return [f"taking in: {each}" for each in wrong]


def kill_while_finalizing(folder: Path, kills: int, chance: random.Random) -> list[str]:
    """Kill so often in copies of one visit, below `folder`; return where it is neither as it was nor signed whole."""
    world, before = _filled(folder)
    with _copied(world, folder) as copy:
        worker, told = begun(_finalize, copy)
        began = time.perf_counter()
        told.recv()
        seconds = time.perf_counter() - began
        worker.join()
    wrong = []
    for _ in range(kills):
        with _copied(world, folder) as copy:
            worker, told = begun(_finalize, copy)
            worker.join(chance.uniform(0, seconds * _LATE))
            kill(worker)
            is_acknowledged = bool(_left(told))
            with copy.opened() as ctx:
                wrong += _wrong_with_record(ctx, copy.visit, before, is_acknowledged=is_acknowledged)
                wrong += _wrong_with_papers(ctx, copy.visit, folder / "paper.pdf")
    return [f"finalizing: {each}" for each in wrong]


def _filled(folder: Path) -> tuple[World, _State]:
    """Make a visit that is filled and has two photos, and return how it is found."""
    world = record_world.filled(folder / "town")
    with world.opened() as ctx:
        for shade in (60, 90):
            photos.attach_photo(ctx, world.visit, "", picture(shade), photos.Caption(text="打磨车间", place="一号厂房"))
        questions = filling.open_form(ctx, world.visit).form.questions
        filling.save_place(ctx, world.visit, questions[_STOPPED_AT].id)
        return world, _state(ctx, world.visit)


def _state(ctx: Context, visit: str) -> _State:
    view = filling.open_form(ctx, visit)
    return _State(view.current, dict(view.given), [each.line for each in photo_order.view(ctx, visit).photos])


@contextmanager
def _copied(world: World, folder: Path) -> Iterator[World]:
    place = folder / "killed"
    shutil.copytree(world.folder, place, ignore=shutil.ignore_patterns("*.lock"))
    yield World(place, world.visit)
    shutil.rmtree(place)


def _take_in(tells: Connection, world: World, phone: Path) -> None:
    with world.opened() as ctx:
        tells.send(READY)
        files = photo_intake.files_in(phone)
        photo_intake.take_in(ctx, world.visit, files, report=lambda done, _total: tells.send(done))


def _finalize(tells: Connection, world: World) -> None:
    with world.opened() as ctx:
        tells.send(READY)
        finalizing.finalize(ctx, world.visit, party(), (pen(),), second())
        tells.send("final")


def _left(told: Connection) -> list[object]:
    """Return what it still told before it died: that was acknowledged too."""
    heard = []
    with suppress(EOFError):
        while True:
            heard.append(told.recv())
    return heard


def _wrong_with_intake(ctx: Context, visit: str, phone: Path, before: _State, acknowledged: int) -> Iterator[str]:
    yield from integrity_problems(ctx.engine)
    now = _state(ctx, visit)
    if (now.item, now.answers, now.photos[: len(before.photos)]) != before:
        yield "item, text or earlier photos are others"
    held = now.photos[len(before.photos) :]
    if len(held) < acknowledged:
        yield f"{acknowledged - len(held)} of {acknowledged} acknowledged photos are lost"
    unsound = [each for each in held for sha in (each.sha256, each.original_sha256) if not blobs.is_sound(ctx, sha)]
    if unsound:
        yield f"{len(unsound)} photos without their bytes"
    taken = photo_intake.take_in(ctx, visit, photo_intake.files_in(phone)).taken
    names = sorted(each.file for each in photo_order.view(ctx, visit).photos[len(before.photos) :])
    if not names == sorted(each.file for each in taken) == [f"{number}.jpg" for number in range(PHOTOS)]:
        yield f"going on took {names}"


def _wrong_with_record(ctx: Context, visit: str, before: _State, *, is_acknowledged: bool) -> Iterator[str]:
    yield from integrity_problems(ctx.engine)
    if views.is_final(ctx, visit):
        return
    if is_acknowledged:
        yield "an acknowledged record is lost"
    if _state(ctx, visit) != before:
        yield "not final, and the visit is another"
    finalizing.finalize(ctx, visit, party(), (pen(),), second())


PAPERS = 3  # the record, its checklist, its photos


def _wrong_with_papers(ctx: Context, visit: str, target: Path) -> Iterator[str]:
    found = views.open_record(ctx, visit)
    if len(found.papers) != PAPERS or not found.number.endswith("001"):
        yield f"{len(found.papers)} papers, number {found.number}"
    for paper in found.papers:
        target.write_bytes(paper.pdf)
        facts = verification.verify_file(target, (), ctx).facts
        yield from (f"{fact.key}: {fact.detail}" for fact in facts if fact.verdict is Verdict.FAILS)
    fact = recompute(ctx).fact
    if fact.verdict is not Verdict.HOLDS:
        yield f"journal: {fact.detail}"
