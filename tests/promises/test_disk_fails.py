"""Promise: wherever the disk fails, the person reads a sentence, nothing is half done, and the work goes on."""

import errno
import io
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

from ohdesk.db.engine import integrity_problems
from ohdesk.errors import UserError
from tests.promises.writing_acts import ACTS, offices
from tests.unit.services.test_rights import SERVICES, functions

WRITES_FILES = re.compile(
    r"\b(write_durably|hand_out|move_durably|put_on_stick|copy_database|blobs\.put|keyfile\.(create|add|change|reset)|mkdir|"
    r"write_bytes|write_text)\("
)
ELSEWHERE = {
    ("backup/automatic.py", "before_upgrade"),  # there is no second schema yet
    ("office/opening.py", "_keep"),  # told by its caller; only where a log is damaged
    ("backup/checking.py", "accounts_in"),  # in the folder for what is temporary
    ("record/ink.py", "_originals"),  # beside the papers themselves, into the same store
    ("last_seen.py", "_write"),  # nobody is kept from working when it fails
    ("start/practice.py", "mark_as_practice"),  # a world of which nothing is missed
}
_MOST = 200  # writes of one act


class FailingDisk:
    """From the `first` call that writes below `folder` on, all fail with `number`."""

    def __init__(self, folder: Path, first: int, number: int) -> None:
        self.folder, self.left, self.number = str(folder), first, number
        self.failed = False

    def asked(self, place: Any) -> None:
        """Count a call that writes at a place, and fail when it is its turn."""
        if isinstance(place, int) or self.folder not in str(place):
            return
        self.left -= 1
        if self.left <= 0:
            self.failed = True
            raise OSError(self.number, os.strerror(self.number), str(place))

    def instead_of(
        self, true: Callable[..., Any], *, writes: Callable[..., bool] = lambda *_: True
    ) -> Callable[..., Any]:
        """Return a call that asks first, where it writes."""

        def call(*arguments: Any, **words: Any) -> Any:
            if writes(*arguments, **words):
                self.asked(arguments[0])
            return true(*arguments, **words)

        return call


@contextmanager
def failing_disk(folder: Path, first: int, number: int) -> Iterator[FailingDisk]:
    disk = FailingDisk(folder, first, number)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(io, "open", disk.instead_of(io.open, writes=_opens_for_writing))
        for name in ("mkdir", "replace", "rename"):
            patch.setattr(os, name, disk.instead_of(getattr(os, name)))
        patch.setattr(os, "fsync", _flushing(disk, os.fsync))
        yield disk


def _opens_for_writing(_file: Any, mode: str = "r", *_more: Any, **_words: Any) -> bool:
    return set(mode) != set("r") and set(mode) != set("rb")


def _flushing(disk: FailingDisk, true: Callable[[int], None]) -> Callable[[int], None]:
    def flush(handle: int) -> None:
        disk.asked(Path(f"/proc/self/fd/{handle}").resolve() if os.name == "posix" else disk.folder)
        true(handle)

    return flush


@pytest.mark.parametrize(("number", "step"), [(errno.ENOSPC, 9), (errno.EROFS, 31), (errno.EIO, 17)])
def test_every_write_that_fails_is_told_in_a_sentence_and_the_work_goes_on(tmp_path, number, step):
    world = offices(tmp_path / "world")
    raw = []
    for act in ACTS:
        for first in range(1, _MOST, step):
            with failing_disk(world.folder, first, number) as disk:
                try:
                    act.do(world)
                    break  # all that fails from here on it can do without
                except UserError:
                    if not disk.failed:
                        raise  # refused for something else: the act itself is wrong
                except OSError as error:
                    raw.append(f"{act.name}, write {first}: {error!r}")
        else:
            pytest.fail(f"{act.name} never ends")
    assert raw == []
    for opened in (world.town, world.county):
        with opened() as ctx:
            assert integrity_problems(ctx.engine) == []


def test_the_acts_are_all_that_writes_files(tmp_path):
    """A service that writes a file and is none of the acts would never be tried on a failing disk."""
    world = offices(tmp_path / "world")
    entered: set[CodeType] = set()
    before = sys.gettrace()  # who measures the coverage, or nobody

    def note(frame: FrameType, _event: str, _argument: object) -> None:
        entered.add(frame.f_code)  # told of nothing within: to hear of every return as well takes twice as long

    for act in ACTS:
        sys.settrace(note)
        threading.settrace(note)  # of the threads it begins
        try:
            act.do(world)
        finally:
            sys.settrace(before)
            threading.settrace(before)
    inside = ((Path(code.co_filename), code.co_name) for code in entered)
    called = {(path.relative_to(SERVICES).as_posix(), name) for path, name in inside if path.is_relative_to(SERVICES)}
    writers = {
        (path.relative_to(SERVICES).as_posix(), name)
        for path in SERVICES.rglob("*.py")
        for name, text in functions(path).items()
        if WRITES_FILES.search(text)
    }
    unseen = sorted(writers - called - ELSEWHERE)
    assert not unseen, unseen
    assert len(writers & called) > 15  # so that the search itself cannot go blind
