"""Putting a bundle on a stick or share so that what is there can be relied on before the stick is pulled."""

import errno
import logging
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ohdesk.errors import JobCancelledError, MachineError, UserError
from ohdesk.files import NO_ROOM, drop_from_cache, flush, sync_folder
from ohdesk.i18n import tr
from ohdesk.sync import limits
from ohdesk.sync.problems import BundleRefusedError, FileTooLargeError, ReadBackError, StickFullError, UnwritableError
from ohdesk.sync.protocols import HeadSigner, Sealer
from ohdesk.sync.reader import Outer, read_outer
from ohdesk.sync.writer import Contents, write

log = logging.getLogger(__name__)

# No importer takes a file of this ending, so what a pulled stick leaves behind is never half a bundle.
PARTIAL = ".part"
_UNWRITABLE = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_PAUSES = (0.1, 0.4, 1.0, 2.0)  # seconds: a virus scanner lets go of a new file within a few


def free_in(folder: Path) -> int:
    """Return how many bytes are free where a bundle is to go. Raises UserError where there is no such folder."""
    if not folder.is_dir():
        raise UserError(tr("找不到文件夹“{folder}”。", folder=folder), tr("请插好优盘，检查路径后再导出。"))
    return shutil.disk_usage(folder).free


def put_on_stick(
    folder: Path,
    contents: Contents,
    sealer: Sealer,
    signer: HeadSigner,
    ready: Callable[[Outer], None],
    report: Callable[[int], None],
) -> Outer:
    """Write the bundle into `folder` under its own name, and return what the stick gave back: it may be pulled.

    Space check → `*.part` → flush to the medium → read back and hash everything → `ready` → rename → list the folder.
    `ready` hears what is about to get the name of a bundle; what it set down must be taken back when this raises.
    `report` is told the bytes written, and may stop the writing by raising.  Raises StickFullError,
    FileTooLargeError, UnwritableError, ReadBackError or MachineError; then no file is left there.
    """
    # Asked before writing: half a file on a full stick looks like a bundle to whoever carries it.
    needed = limits.sealed(len(contents.manifest) + sum(each.size for each in contents.members))
    free = free_in(folder)
    if needed > free:
        raise StickFullError(needed, free)
    sender = contents.said.sender
    # Without the number: the next bundle writes over what a pulled stick left of the one before.
    part = folder / f"OH_{sender.town}_{sender.replica[:8]}{PARTIAL}"
    leftovers = [part]
    with _failures_told(folder, leftovers, needed):
        with part.open("w+b") as file:
            head = write(file, contents, sealer, signer, report)
            # Through to the medium: until then the system may hold everything in memory, and the stick be pulled.
            flush(file)
        outer = _read_back(part, head)
        ready(outer)
        place = folder / outer.name
        # From now on the file may be there under either name, whichever step fails.
        leftovers.append(place)
        _replace_patiently(part, place)
        sync_folder(folder)
        # Some shares report a rename that never happened; the listing is what the next reader sees.
        if place not in folder.iterdir() or place.stat().st_size != outer.size:
            raise ReadBackError
    return outer


def _read_back(path: Path, head: bytes) -> Outer:
    """Return what the medium gives back. Raises ReadBackError when a byte of it is not what was meant."""
    # Else the system would hand back what it still has in memory, not what the stick has stored.
    drop_from_cache(path)
    try:
        outer = read_outer(path, sums=False)
    except BundleRefusedError as error:
        raise ReadBackError from error
    # Whole and well-formed may still be the file of an earlier export under this name.
    if outer.head_bytes != head:
        raise ReadBackError
    return outer


def _replace_patiently(source: Path, target: Path) -> None:
    # A virus scanner holds new files on Windows for a moment; giving up at once would blame the stick.
    for pause in _PAUSES:
        try:
            source.replace(target)
        except PermissionError:
            time.sleep(pause)
        else:
            return
    source.replace(target)


@contextmanager
def _failures_told(folder: Path, leftovers: Sequence[Path], needed: int) -> Iterator[None]:
    """Turn what the medium raises into a sentence, and leave no file behind."""
    try:
        yield
    except OSError as error:
        _remove(leftovers)
        if error.errno in NO_ROOM:
            raise StickFullError(needed, 0) from error
        if error.errno == errno.EFBIG:
            raise FileTooLargeError from error
        if error.errno in _UNWRITABLE:
            raise UnwritableError(str(folder)) from error
        raise MachineError(
            tr("写入“{folder}”时出错，可能优盘已拔出或损坏，文件没有写成。", folder=folder),
            tr("请重新插入优盘或换一个优盘，再导出一次；资料还在本机。"),
        ) from error
    except (UserError, JobCancelledError):
        _remove(leftovers)
        raise


def _remove(leftovers: Sequence[Path]) -> None:
    for leftover in leftovers:
        try:
            if leftover.exists():
                leftover.unlink()
        except OSError as error:
            log.warning("cannot remove %s: %s", leftover.name, error)
