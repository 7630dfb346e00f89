"""Putting a bundle on a stick or share so that what is there can be relied on before the stick is pulled."""

import errno
import logging
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from ohdesk.domain.progress import Progress, unwatched
from ohdesk.errors import JobCancelledError, MachineError, UserError
from ohdesk.files import sync_folder
from ohdesk.i18n import tr
from ohdesk.sync.problems import BundleRefusedError, FileTooLargeError, ReadBackError, StickFullError, UnwritableError
from ohdesk.sync.protocols import HeadSigner, Sealer
from ohdesk.sync.reader import drop_from_cache, read_outer
from ohdesk.sync.writer import Contents, Written, estimated_size, write

log = logging.getLogger(__name__)

# No importer takes a file of this ending, so what a pulled stick leaves behind is never half a bundle.
PARTIAL = ".part"
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_UNWRITABLE = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_MEGABYTE = 1_000_000
_PAUSES = (0.1, 0.4, 1.0, 2.0)  # seconds: a virus scanner lets go of a new file within a few


@dataclass(frozen=True, slots=True)
class Placed:
    """A bundle in its place: read back and found whole. head_sha256: its identity; size: bytes."""

    path: Path
    head_sha256: str
    size: int


def put_on_stick(
    folder: Path, contents: Contents, sealer: Sealer, signer: HeadSigner, report: Progress = unwatched
) -> Placed:
    """Write the bundle into `folder` under its own name; when this returns, the stick may be pulled.

    Space check → `*.part` → flush to the medium → read back and hash everything → rename → list the folder.
    `report` is told the megabytes written, and may stop the writing by raising.  Raises StickFullError,
    FileTooLargeError, UnwritableError, ReadBackError or MachineError; then no file is left there.
    """
    if not folder.is_dir():
        raise UserError(tr("找不到文件夹“{folder}”。", folder=folder), tr("请插好优盘，检查路径后再导出。"))
    # Asked before writing: half a file on a full stick looks like a bundle to whoever carries it.
    needed = estimated_size(contents, len(sealer.recipients))
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise StickFullError(needed, free)
    sender = contents.sender
    partial = folder / f"OH_{sender.town}_{sender.replica[:8]}_{contents.bundle_seq:06d}{PARTIAL}"
    leftovers = [partial]
    with _failures_told(folder, leftovers, needed):
        with partial.open("w+b") as file:
            watched = cast("BinaryIO", _Watched(file, report, needed))  # of a file it does what `write` needs
            written = write(watched, contents, sealer, signer)
            # Through to the medium: until then the system may hold everything in memory, and the stick be pulled.
            file.flush()
            os.fsync(file.fileno())
        size = _read_back(partial, written)
        place = folder / written.name
        # From now on the file may be there under either name, whichever step fails.
        leftovers.append(place)
        _replace_patiently(partial, place)
        sync_folder(folder)
        # Some shares report a rename that never happened; the listing is what the next reader sees.
        if place not in folder.iterdir() or place.stat().st_size != size:
            raise ReadBackError
    return Placed(place, written.head_sha256, size)


class _Watched:
    """A file that says how much was written to it."""

    def __init__(self, file: BinaryIO, report: Progress, whole: int) -> None:
        self._file = file
        self._report = report
        self._whole = whole
        self._written = 0

    def write(self, chunk: bytes, /) -> int:
        self._written += len(chunk)
        self._report(min(self._written, self._whole) // _MEGABYTE, max(1, self._whole // _MEGABYTE))
        return self._file.write(chunk)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)


def _read_back(path: Path, written: Written) -> int:
    """Return the length of the file, once every byte that the medium gives back is what was meant.

    Raises ReadBackError when one is not.
    """
    # Else the system would hand back what it still has in memory, not what the stick has stored.
    drop_from_cache(path)
    try:
        outer = read_outer(path)
    except BundleRefusedError as error:
        raise ReadBackError from error
    # Whole and well-formed may still be the file of an earlier export under this name.
    if outer.head_bytes != written.head:
        raise ReadBackError
    return outer.size


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
