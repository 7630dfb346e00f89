"""Kill whoever brings a list into the roll or a book, at any moment of the writing: it is there whole or not at all."""

import random
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl

from ohdesk.db.engine import integrity_problems
from ohdesk.domain.list_columns import Choices
from ohdesk.services.context import Context
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.register import importing as book_importing
from ohdesk.services.register import listing
from ohdesk.services.roll import entries, importing
from ohdesk.services.roll.columns import remembered_here
from ohdesk.services.workbook.reading import read_rows
from ohdesk.services.workbook.remembered import remembered
from tests.conftest import PASSWORD, noon, town_workspace
from tests.promises.apart import READY, begun, kill

FRESH, CHANGED = 600, 120  # rows that are new, and that change what is held: several portions of each
_LATE = 1.1  # a kill may also come just after the writing has ended
_KEPT = Choices({}, ("批次",))
_BOOK = "firm_training"

Write = Callable[[], object]


class Import(NamedTuple):
    """One kind of import: what is read of its list before it is written, and what is held of all it touches."""

    name: str
    ready: Callable[[Context, Path], Write]
    held: Callable[[Context], object]
    rows: Callable[[int, str], Sequence[Sequence[object]]]


def _ready_for_roll(ctx: Context, path: Path) -> Write:
    compared = importing.compare(ctx, importing.preview(path, _KEPT))
    return lambda: importing.apply(ctx, compared)


def _ready_for_book(ctx: Context, path: Path) -> Write:
    shown = book_importing.preview(ctx, _BOOK, read_rows(path), path.name, _KEPT)
    return lambda: book_importing.apply(ctx, shown)


def _held_of_roll(ctx: Context) -> object:
    rows = [entries.detail(ctx, row.id) for row in entries.all_rows(ctx)]
    return sorted((row.fields["name"], row.fields["address"], row.kept) for row in rows), remembered_here(ctx)


def _held_of_book(ctx: Context) -> object:
    rows = [(row.about, row.values["held_on"], row.values["hours"], str(row.values.get("kept"))) for row in _all(ctx)]
    with ctx.reading() as session:
        return sorted(rows), remembered(session, _BOOK)


def _all(ctx: Context) -> Sequence[listing.EntryRow]:
    return listing.all_rows(ctx, _BOOK)


def _employers(count: int, said: str) -> list[list[object]]:
    named = [[f"青沐{number}竹器厂", f"工业路 {said} 号", said] for number in range(count)]
    return [["单位名称", "地址", "批次"], *named]


def _trainings(count: int, said: str) -> list[list[object]]:
    rows = [
        [
            "青沐厂",
            "主要负责人",
            f"{2000 + number // 336}-{number % 12 + 1:02}-{number // 12 % 28 + 1:02}",
            len(said),
            said,
        ]
        for number in range(count)
    ]
    return [["单位名称", "对象", "日期", "学时", "批次"], *rows]


IMPORTS = (
    Import("roll", _ready_for_roll, _held_of_roll, _employers),
    Import("book", _ready_for_book, _held_of_book, _trainings),
)


def kill_in_imports(folder: Path, kills: int, chance: random.Random) -> list[str]:
    """Kill so often in each kind of import, in workspaces below `folder`; return what is wrong afterwards."""
    wrong = []
    for kind in IMPORTS:
        own = folder / kind.name
        own.mkdir(parents=True)
        town, path = _prepared(own, kind)
        before, after, seconds = _outcomes(own, town, path, kind)
        for _ in range(kills):
            wrong += [
                f"{kind.name}: {each}" for each in _killed(own, town, path, kind, (before, after), seconds, chance)
            ]
    return wrong


def _prepared(folder: Path, kind: Import) -> tuple[Path, Path]:
    """Return a town that holds what the list changes, and the list."""
    town, first, path = town_workspace(folder / "town"), folder / "first.xlsx", folder / "list.xlsx"
    _save(first, kind.rows(CHANGED, "1"))
    _save(path, kind.rows(FRESH + CHANGED, "22"))
    with _opened(town) as ctx:
        if kind.name == "book":
            entries.add(ctx, {"name": "青沐厂"})
        kind.ready(ctx, first)()
    return town, path


def _outcomes(folder: Path, town: Path, path: Path, kind: Import) -> tuple[object, object, float]:
    """Return what is held before and after, and how many seconds the writing takes."""
    copy = folder / "whole"
    shutil.copytree(town, copy)
    with _opened(copy) as ctx:
        before, write = kind.held(ctx), kind.ready(ctx, path)
        began = time.perf_counter()
        write()
        seconds = time.perf_counter() - began
        after = kind.held(ctx)
    shutil.rmtree(copy)
    return before, after, seconds


def _killed(
    folder: Path,
    town: Path,
    path: Path,
    kind: Import,
    outcomes: tuple[object, object],
    seconds: float,
    chance: random.Random,
) -> Iterator[str]:
    copy = folder / "killed"
    shutil.copytree(town, copy, ignore=shutil.ignore_patterns("*.lock"))
    worker, _ = begun(_work, copy, path, kind)
    worker.join(chance.uniform(0, seconds * _LATE))
    kill(worker)
    with _opened(copy) as ctx:
        yield from integrity_problems(ctx.engine)
        if kind.held(ctx) not in outcomes:
            yield "neither whole nor absent"
        write = kind.ready(ctx, path)
        write()
        if kind.held(ctx) != outcomes[1]:
            yield "not possible any more"
    shutil.rmtree(copy)


def _work(tells: Connection, town: Path, path: Path, kind: Import) -> None:
    with _opened(town) as ctx:
        write = kind.ready(ctx, path)
        tells.send(READY)
        write()


@contextmanager
def _opened(town: Path) -> Iterator[Context]:
    with open_workspace(town, "李旸", PASSWORD, noon) as ctx:
        yield ctx


def _save(path: Path, rows: Sequence[Sequence[Any]]) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
