"""One changed bit at a time in each kind of file a workspace consists of, and whether anybody who reads it is told."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ohdesk.db.engine import integrity_problems
from ohdesk.errors import UserError
from ohdesk.files import KEY_FILE
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.services import blobs
from ohdesk.services.backup import checking, making
from ohdesk.services.context import Context
from ohdesk.services.office.workspace import DATABASE, open_workspace
from ohdesk.services.record import finalizing
from ohdesk.services.roll import entries
from ohdesk.services.visit import drafts, filling
from tests.bitflips import random_bits
from tests.bundle_bits import sealed_bundle, verifies
from tests.conftest import PASSWORD, noon, town_workspace
from tests.rectifying import fill, found, visit_of
from tests.visiting import add_firm

LONG = "打磨岗位的除尘风机停用，操作位可见粉尘外逸。" * 400  # pages of its own, one after the other
ANSWERS = 6
LOG_HEAD, FRAME_HEAD, PAGE = 32, 24, 4096
_SIDES = ("-wal", "-shm")
FOUND, HARMLESS, SILENT = "found", "harmless", "silent"

Ranges = Iterable[tuple[int, int]]


@dataclass(frozen=True)
class Kind:
    """A kind of file: its bytes, where half of the bits are flipped, and what becomes of changed bytes."""

    data: bytes
    within: Ranges
    outcome: Callable[[bytes], str]

    def flip(self, count: int, seed: int = 2026) -> Counter[str]:
        """Flip `count` bits, one at a time, and count what became of them."""
        outcomes: Counter[str] = Counter()
        for bit in random_bits(len(self.data), count, self.within, seed):
            changed = bytearray(self.data)
            changed[bit // 8] ^= 1 << bit % 8
            outcomes[self.outcome(bytes(changed))] += 1
        return outcomes


@contextmanager
def unlocked(folder: Path):
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        yield ctx


def kinds(folder: Path) -> Mapping[str, Kind]:
    """Return every kind of file, of workspaces made in `folder`."""
    place = town_workspace(folder / "town")
    with unlocked(place) as ctx:
        reads = _filled(ctx)
        photo = blobs.put(ctx, b"a photo" * 20_000)
        with ctx.transaction() as session:
            blobs.note(session, photo, 7 * 20_000)
        backup = making.make(ctx, folder / "all.ohbak").file
    stored = blobs.place_in(place, _key(place), photo)
    with unlocked(place) as ctx:
        true = {name: read(ctx) for name, read in reads.items()}
    left, in_log, answers = _left(folder)
    log = (left / f"{DATABASE}-wal").read_bytes()
    starts = range(LOG_HEAD, len(log) - PAGE, FRAME_HEAD + PAGE)
    frames = [(0, LOG_HEAD), *((start, start + FRAME_HEAD) for start in starts)]
    sealed = sealed_bundle(folder / "world")
    keys = (place / KEY_FILE).read_bytes()
    return {
        "database": Kind((place / DATABASE).read_bytes(), (), partial(_database, place, reads, true)),
        "write-ahead log": Kind(log, frames, partial(_log, left, in_log, answers)),
        "keys": Kind(keys, (), partial(_keys, place)),
        "attachments": Kind(stored.read_bytes(), (), partial(_attachment, place, stored, photo)),
        "bundles": Kind(sealed.data, sealed.structures, partial(_bundle, folder, sealed)),
        "backups": Kind(backup.read_bytes(), (), partial(_backup, folder / "changed.ohbak")),
    }


def _key(folder: Path) -> bytes:
    with unlocked(folder) as ctx:
        return ctx.keys.database


def _filled(ctx: Context) -> Mapping[str, Callable[[Context], Any]]:
    """Write something of everything; return how single things are read, by what they are."""
    visit = found(ctx)
    firm = add_firm(ctx, "岚石五金制品厂")
    entries.correct(ctx, firm, {"note": LONG[:2000]}, "补记")
    filled = visit_of(ctx, firm, "2026-03-02")
    fill(ctx, filled)
    drafts.keep(ctx, filled, "arrival", {"place": LONG})
    return {
        "record": lambda ctx: finalizing.final_record(ctx, visit),
        "records": finalizing.list_records,
        "entry": lambda ctx: entries.detail(ctx, firm),
        "roll": entries.list_rows,
        "draft": lambda ctx: drafts.kept(ctx, filled, "arrival"),
        "form": lambda ctx: filling.open_form(ctx, filled).answers,
    }


def _left(folder: Path) -> tuple[Path, str, object]:
    """Return a workspace as a program that died left it, a visit in it and its answers, all still in the log."""
    place, left = town_workspace(folder / "died"), folder / "left"
    with unlocked(place) as ctx:
        found(ctx)
        visit = visit_of(ctx, add_firm(ctx, "岚石五金制品厂"), "2026-03-02")
    with unlocked(place) as ctx:
        for question in filling.open_form(ctx, visit).form.questions[:ANSWERS]:
            filling.save_answer(ctx, visit, question.id, Answer(AnswerValue.MET))
        shutil.copytree(place, left, ignore=shutil.ignore_patterns("*.lock"))
        return left, visit, filling.open_form(ctx, visit).answers


def _database(
    folder: Path, reads: Mapping[str, Callable[[Context], Any]], true: Mapping[str, object], changed: bytes
) -> str:
    """Read single rows, then the whole file."""
    database = folder / DATABASE
    for side in _SIDES:
        (folder / (DATABASE + side)).unlink(missing_ok=True)
    database.write_bytes(changed)
    outcomes = set()
    try:
        with unlocked(folder) as ctx:
            for name, read in reads.items():
                try:
                    outcomes.add(HARMLESS if read(ctx) == true[name] else SILENT)
                except UserError:
                    outcomes.add(FOUND)
            if outcomes == {HARMLESS} and integrity_problems(ctx.engine):
                outcomes.add(FOUND)
    except UserError:
        outcomes.add(FOUND)
    return _worst(outcomes)


def _log(left: Path, visit: str, answers: object, changed: bytes) -> str:
    """Open a copy of a workspace that was left, with its log changed."""
    copy = left.with_name("opened")
    shutil.copytree(left, copy)
    (copy / f"{DATABASE}-wal").write_bytes(changed)
    try:
        with unlocked(copy) as ctx:
            if ctx.noticed:
                return FOUND
            return HARMLESS if filling.open_form(ctx, visit).answers == answers else SILENT
    except UserError:
        return FOUND
    finally:
        shutil.rmtree(copy)


def _keys(folder: Path, changed: bytes) -> str:
    true = (folder / KEY_FILE).read_bytes()
    (folder / KEY_FILE).write_bytes(changed)
    try:
        with unlocked(folder):
            return SILENT
    except UserError:
        return FOUND
    finally:
        (folder / KEY_FILE).write_bytes(true)


def _attachment(folder: Path, stored: Path, digest: str, changed: bytes) -> str:
    true = stored.read_bytes()
    stored.write_bytes(changed)
    try:
        with unlocked(folder) as ctx:
            blobs.read(ctx, digest)
            return SILENT
    except UserError:
        return FOUND
    finally:
        stored.write_bytes(true)


def _bundle(folder: Path, sealed: Any, changed: bytes) -> str:
    try:
        return SILENT if verifies(folder, sealed, changed) else FOUND
    except UserError:
        return FOUND


def _backup(path: Path, changed: bytes) -> str:
    path.write_bytes(changed)
    try:
        problems = checking.check(path, checking.by_password("李旸", PASSWORD)).problems
    except UserError:
        return FOUND
    return FOUND if problems else SILENT


def _worst(outcomes: set[str]) -> str:
    return next(each for each in (SILENT, FOUND, HARMLESS) if each in outcomes)
