"""Wrong passwords in a row: counted on the disk, for the window and the command line alike.

After the first few each further try waits longer, at most half a minute, and nobody is ever locked out.  Whoever has
the files can guess without this program; the wait is for somebody at a laptop that is not theirs.
"""

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated

import msgspec
from filelock import FileLock, Timeout

from ohdesk.errors import UserError, WrongPasswordError
from ohdesk.i18n import tr
from ohdesk.security import keyfile
from ohdesk.security.keyfile import Keys
from ohdesk.services.context import system_clock

FILE = "workspace.tries"
LOCK_FILE = "workspace.tries.lock"
FREE_TRIES = 5
LONGEST_WAIT = 30  # seconds
_REMEMBERED = 24 * 3600  # seconds
_LARGEST_FILE = 1 << 16  # bytes

log = logging.getLogger(__name__)


class _Wrong(msgspec.Struct, frozen=True):
    """How many wrong passwords an account had in a row, and when the last one was tried (seconds since 1970)."""

    count: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    at: float


_Counts = dict[str, _Wrong]


def clock() -> float:
    """Return the seconds since 1970; the machine's own clock, since the wait is for whoever sits in front of it."""
    return system_clock().timestamp()


def unlock(key_file: Path, account: str, password: str) -> Keys:
    """As `keyfile.unlock`, counted; too early nothing is tried. WrongPasswordError says how long the next try waits."""
    with _alone(key_file), _counted(key_file, account):
        return keyfile.unlock(key_file, account, password)


def change_password(key_file: Path, account: str, old: str, new: str) -> None:
    """As `keyfile.change_password`, counted."""
    with _alone(key_file), _counted(key_file, account):
        keyfile.change_password(key_file, account, old, new)


def seconds_left(key_file: Path, account: str) -> int:
    """Return how many seconds the next try for an account has to wait, 0 for none."""
    wrong = _read(key_file).get(keyfile.tidy_name(account))
    if wrong is None or wrong.count < FREE_TRIES:
        return 0
    wait = min(2 ** (wrong.count - FREE_TRIES + 1), LONGEST_WAIT)
    # A clock put back must lock nobody out.
    passed = clock() - wrong.at
    return math.ceil(wait - passed) if 0 <= passed < wait else 0


def forget(key_file: Path, account: str) -> None:
    """Start counting anew: the account was opened, or has another password."""
    counts = _read(key_file)
    if counts.pop(keyfile.tidy_name(account), None) is not None:
        _write(key_file, counts)


@contextmanager
def _alone(key_file: Path) -> Iterator[None]:
    """Let one process at a time try: of many at once each would count as the only one."""
    lock = FileLock(key_file.with_name(LOCK_FILE), thread_local=False)
    # Where no lock can be had, as on a disk that cannot be written to, nobody is kept out.
    with suppress(Timeout, OSError):
        if key_file.is_file():  # else the lock would make the folder
            lock.acquire(timeout=LONGEST_WAIT)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _counted(key_file: Path, account: str) -> Iterator[None]:
    if seconds := seconds_left(key_file, account):
        raise WrongPasswordError(
            tr("密码连续输错，{seconds} 秒后可以再试。", seconds=seconds),
            tr("忘记密码的，请管理员重置。"),
            wait=seconds,
        )
    before, name = _read(key_file), keyfile.tidy_name(account)
    count = before[name].count + 1 if name in before else 1
    # Before the password is tried: a try broken off half way counts as well.
    _write(key_file, before | {name: _Wrong(count, clock())})
    try:
        yield
    except WrongPasswordError as error:
        wait, left = seconds_left(key_file, account), max(FREE_TRIES - count, 0)
        raise WrongPasswordError(error.message, error.remedy, wait=wait, left=left) from error
    except UserError:  # no such account, a damaged file, a new password that is no good: nothing was guessed
        _write(key_file, before)
        raise
    forget(key_file, account)


def _read(key_file: Path) -> _Counts:
    with suppress(OSError, msgspec.DecodeError, RecursionError), key_file.with_name(FILE).open("rb") as file:
        counts = msgspec.json.decode(file.read(_LARGEST_FILE), type=_Counts)
        now = clock()
        return {name: wrong for name, wrong in counts.items() if abs(now - wrong.at) < _REMEMBERED}
    return {}


def _write(key_file: Path, counts: _Counts) -> None:
    place = key_file.with_name(FILE)
    try:
        if counts:
            place.write_bytes(msgspec.json.encode(counts))
        else:
            place.unlink(missing_ok=True)
    except OSError:  # a full disk must not keep anybody out
        log.warning("the count of wrong passwords could not be written")
