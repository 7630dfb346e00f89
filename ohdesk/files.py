"""Files as people name them and power cuts find them: whole or not at all, under names that every system takes."""

import errno
import io
import json
import os
import re
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Protocol

from ohdesk.errors import MachineError, UserError
from ohdesk.i18n import tr

_FORGET_EVERY = 32 << 20  # bytes
_LONGEST = 80  # characters of the stem; FAT32 and exFAT allow 255 UTF-16 units in all
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\s]+')
_DEVICES = frozenset(
    {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(1, 10))}
)


KEY_FILE = "keys.json"  # stands in every workspace
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_NOT_ALLOWED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_NO_SUCH_PLACE = frozenset(
    {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EINVAL, errno.ELOOP, errno.EEXIST}
)


class FillsBytes(Protocol):
    """Anything read in pieces into memory that is there; returns how many bytes came, 0 at the end."""

    def readinto(self, room: memoryview, /) -> int: ...


class WritesBytes(Protocol):
    """Anything written in pieces; returns how many bytes were taken (all of them)."""

    def write(self, chunk: bytes | memoryview, /) -> int: ...


def write_durably(place: Path, content: bytes | memoryview) -> None:
    """Write a file so that after a power cut it is there whole or not at all; a disk without room keeps no half.

    Raises UserError for a place that cannot be one, MachineError from the medium; both name it.
    """
    with writing_durably(place) as file:
        file.write(content)


@contextmanager
def writing_durably(place: Path) -> Iterator[IO[bytes]]:
    """As `write_durably`, in pieces: what the block writes gets its name when the block is done, else it goes."""
    with medium_told(place):
        if not place.name:  # "." or the root of a drive: nothing can stand beside it
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(place))
        partial = partial_of(place)
        try:
            with partial.open("wb") as file:
                yield file
                # A rename alone may reach the disk before the bytes do; after a power cut that would be an empty file
                # of the right name.
                flush(file)
            partial.replace(place)
        except BaseException:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
            raise
        sync_folder(place.parent)


def refuse_used_folder(folder: Path) -> None:
    """Raise UserError for a folder that something is in, or that is a file."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(tr("这个文件夹不是空的：{folder}", folder=folder), tr("请另选一个空文件夹。"))


@contextmanager
def all_or_none(folder: Path, names: Iterable[str] | None = None) -> Iterator[None]:
    """Make a folder unless it is there, for a block that writes files of these names into it.

    names: None for whatever it writes into an empty folder
    When the block fails they are taken out again, and the folder if it is new.  Raises as `medium_told` does, and
    UserError for a folder that is not empty where no names are given.
    """
    if names is None:
        refuse_used_folder(folder)
    with medium_told(folder):
        is_new = not folder.exists()
        folder.mkdir(exist_ok=True)
    try:
        yield
    except BaseException:
        with suppress(OSError):
            for each in folder.iterdir() if names is None else map(folder.joinpath, names):
                with suppress(OSError):
                    if names is None and each.is_dir():
                        shutil.rmtree(each)
                    else:
                        each.unlink(missing_ok=True)
            if is_new:
                folder.rmdir()
        raise


def hand_out(place: Path, content: bytes) -> None:
    """Write a file where a person wants it.

    Raises UserError without the folder, in a workspace, and where there is a device; MachineError from the medium.
    """
    with handing_out(place) as file:
        file.write(content)


@contextmanager
def handing_out(place: Path) -> Iterator[IO[bytes]]:
    """As `hand_out`, in pieces and as `writing_durably` does it."""
    with medium_told(place):
        if not place.parent.is_dir():
            raise UserError(tr("没有这个文件夹：{folder}", folder=place.parent), tr("请检查路径，或先插好优盘。"))
        if is_in_workspace(place):
            raise UserError(
                tr("不能写进工作区文件夹：{place}", place=place),
                tr("那里的文件由程序自己管理。请另选一个文件夹。"),
            )
        if place.exists() and not (place.is_file() or place.is_dir()):
            raise UserError(tr("这个路径不能用：{place}", place=place), tr("请换一个文件名。"))
    with writing_durably(place) as file:
        yield file


def is_in_workspace(place: Path) -> bool:
    """True for a place in the folder of a workspace or below, by whatever way it is named."""
    # `resolve` would raise where links go round in a circle.
    return any((folder / KEY_FILE).is_file() for folder in Path(os.path.realpath(place.parent), "x").parents)


@contextmanager
def medium_told(place: Path) -> Iterator[None]:
    """Turn what the system says of a file, folder or disk into a sentence about `place`."""
    try:
        yield
    except OSError as error:
        raise medium_error(error, place) from error


def medium_error(error: OSError, place: Path | str) -> UserError:
    """Return the sentence for what the system said of a place; one that was mistyped is not the machine's fault."""
    if error.errno in _NO_SUCH_PLACE:
        return UserError(tr("这个路径不能用：{place}", place=place), tr("请检查文件夹是否存在、名称是否过长。"))
    if error.errno in NO_ROOM:
        return MachineError(tr("磁盘已满：{place}", place=place), tr("请清理磁盘空间后重试；之前保存的内容都还在。"))
    if error.errno in _NOT_ALLOWED:
        return MachineError(tr("没有权限，或磁盘只读：{place}", place=place), tr("请检查权限或换一个位置。"))
    return MachineError(
        tr("读写文件出错（系统代码 {code}）：{place}", code=error.errno or 0, place=place),
        tr("请检查磁盘或优盘后重试；之前保存的内容都还在。"),
    )


def handed_in(path: Path, most: int) -> bytes:
    """Return the first `most` bytes of a file that a person named. Raises UserError when it cannot be read."""
    # Never more than asked for: somebody may name a disk image by mistake.
    with reading_told(path), path.open("rb") as file:
        return file.read(most)


def handed_in_whole(path: Path, most: int, too_large: UserError) -> bytes:
    """Return a file that a person named. Raises `too_large` for more than `most` bytes, else as `handed_in`."""
    data = handed_in(path, most + 1)
    if len(data) > most:
        raise too_large
    return data


@contextmanager
def reading_told(file: Path) -> Iterator[None]:
    """Say of a file that a person named that it cannot be read, as a UserError."""
    try:
        yield
    except OSError as error:
        raise _unreadable(error, file) from error


def _unreadable(error: OSError, file: Path) -> UserError:
    """Return the sentence for a file that a person named and that cannot be read: where, and what was found there."""
    if file.is_dir():  # which each system says in its own way
        found = tr("这是一个文件夹")
    elif error.errno in _NO_SUCH_PLACE:
        found = tr("没有这个文件")
    elif error.errno in _NOT_ALLOWED:
        found = tr("没有读取权限")
    else:
        found = tr("系统代码 {code}", code=error.errno or 0)
    remedy = tr("请检查路径和权限，或换一个优盘。")
    return UserError(tr("读不到文件：{file}（{found}）", file=file, found=found), remedy)


def read_json(path: Path, most: int) -> dict[str, Any]:
    """Return the JSON object in a file of at most `most` bytes that a person named. Raises UserError for anything else.

    Its keys occur once; a mark in front of UTF-8, which Windows' editors put there, is no fault.
    """
    too_large = UserError(tr("“{file}”超过 {limit} MB。", file=path.name, limit=most // 1_000_000), tr("请核对文件。"))
    data = handed_in_whole(path, most, too_large)
    remedy = tr("请用 UTF-8 编码保存为一个 JSON 对象；格式见 docs/commands.md。")
    try:
        raw = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_unique)
        # Left to itself the library also takes NaN, 1e999 and halves of surrogate pairs, which nothing here can keep.
        json.dumps(raw, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise UserError(tr("“{file}”不是可用的 JSON：{reason}", file=path.name, reason=_why(error)), remedy) from error
    if not isinstance(raw, dict):
        raise UserError(tr("“{file}”应是一个 JSON 对象。", file=path.name), remedy)
    return raw


def _why(error: Exception) -> str:
    """Return in words of ours why a text is no JSON: those of the library are English and count from its beginning."""
    if isinstance(error, json.JSONDecodeError):
        return tr("第 {line} 行第 {column} 个字符处不对。", line=error.lineno, column=error.colno)
    if isinstance(error, UnicodeDecodeError):
        return tr("不是 UTF-8 编码。")
    return tr("括号套得太深。") if isinstance(error, RecursionError) else str(error)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(tr("{name} 出现两次", name=next(key for key in keys if keys.count(key) > 1)))
    return value


def flush(file: IO[bytes]) -> None:
    """Have the bytes written so far reach the medium."""
    file.flush()
    os.fsync(file.fileno())


def move_durably(source: Path, place: Path) -> None:
    """Give a flushed file another name in the same file system, so that after a power cut it is there.

    Raises MachineError from the medium.
    """
    with medium_told(place):
        source.replace(place)
        sync_folder(place.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder durable, where the system needs telling (POSIX)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # shares that know no such call
            raise
    finally:
        os.close(handle)


@contextmanager
def flushing_together(folder: Path) -> Iterator[Callable[[Iterable[Path]], None]]:
    """Yield what makes files and folders below `folder` durable that are written from now on.

    In one call where the system has it (Linux), whatever else it holds for that disk with it; else each by itself.
    """
    syncfs = _syncfs()
    if syncfs is None:
        yield _flush_each
        return
    # Opened before anything is written: the call tells of what failed since.
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield lambda _places: syncfs(handle)
    finally:
        os.close(handle)


def _flush_each(places: Iterable[Path]) -> None:
    for place in places:
        if place.is_dir():
            sync_folder(place)
        else:
            with place.open("r+b") as file:
                flush(file)


def _syncfs() -> Callable[[int], None] | None:
    # Before 5.8 it tells of no failure, and nothing could be relied on.
    if sys.platform != "linux" or tuple(map(int, re.findall(r"\d+", os.uname().release)[:2])) < (5, 8):
        return None
    import ctypes  # late: for many files at once only

    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "syncfs"):
        return None

    def call(handle: int) -> None:
        if library.syncfs(handle):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))

    return call


def way_back() -> str:
    """Return what to do where the workspace on the disk cannot be used any more."""
    return tr(
        "请用最近的备份恢复：打开页的“从备份恢复”，或命令 ohdesk backup restore。"
        "自动备份在工作区的 backups 文件夹里，和另选的第二处。"
    )


def begin_writing(file: IO[bytes]) -> None:
    """Have the system begin to write what it holds of a file, where it takes such a hint; wait for nothing."""
    if not hasattr(os, "posix_fadvise"):
        return
    file.flush()
    # What is asked to be forgotten is written first; there is no call in Python that asks for the writing alone.
    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


class _ReadOnce(io.FileIO):
    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._since = 0

    def readinto(self, room: Any, /) -> int | None:
        came = super().readinto(room)
        self._since += came or 0
        if self._since >= _FORGET_EVERY and hasattr(os, "posix_fadvise"):
            os.posix_fadvise(self.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            self._since = 0
        return came


def reading_once(path: Path) -> io.BufferedReader:
    """Open a file that is read to its end once: the system need not remember what was read of it.

    Else a bundle of gigabytes pushes everything out of its memory, and new pages for all of it cost more than hashing.
    """
    return io.BufferedReader(_ReadOnce(path))


def drop_from_cache(path: Path) -> None:
    """Ask the system to forget what it remembers of a file, so that the next read comes from the medium."""
    # Windows reads back through its cache: the comparison then proves less, which nothing here can mend.
    if not hasattr(os, "posix_fadvise"):
        return
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def partial_of(place: Path) -> Path:
    """Return where the bytes of a file stand until it is whole."""
    return place.with_name(place.name + ".part")


def safe_stem(text: str) -> str:
    """Return `text` as the stem of a file name: NFC, nothing Windows forbids, no device name, never empty."""
    # Invisible characters (Cf) could turn the writing direction and so disguise the ending of a name.
    visible = "".join(char for char in unicodedata.normalize("NFC", text) if unicodedata.category(char) != "Cf")
    stem = _FORBIDDEN.sub("_", visible).strip("._ ")[:_LONGEST].rstrip("._ ")
    if stem.split(".")[0].upper() in _DEVICES:
        # Windows opens a device of this name instead of a file, whatever ending follows.
        stem = f"_{stem}"
    return stem or "_"
