"""The evidence store: photos and documents, each encrypted in a file of its own whose name reveals nothing."""

import errno
import os
import re
import unicodedata
from collections.abc import Collection
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from sqlalchemy.orm import Session

from ohdesk.db.models import BlobRow
from ohdesk.errors import MachineError, UserError
from ohdesk.i18n import tr
from ohdesk.security import vault
from ohdesk.services.context import Context


class LostBlobError(UserError):
    """The bytes of a blob are gone or damaged."""

    def __init__(self, digest: str) -> None:
        super().__init__(
            tr("附件 {digest}… 的文件已丢失或损坏。", digest=digest[:12]),
            tr("请从备份恢复 blobs 文件夹；如有原照片，可重新补入。"),
        )
        self.digest = digest


def put(ctx: Context, content: bytes) -> str:
    """Store bytes durably and return their SHA-256; storing the same bytes again changes nothing.

    Call `note` in the transaction that mentions them.
    """
    digest = sha256(content).hexdigest()
    place = _place(ctx, digest)
    if not place.is_file():
        place.parent.mkdir(exist_ok=True)
        write_durably(place, vault.seal_blob(ctx.keys.database, digest, content))
    return digest


def put_later(ctx: Context, digest: str, content: bytes) -> None:
    """Write bytes without waiting for the disk; they count as stored only after `settle`."""
    place = _place(ctx, digest)
    place.parent.mkdir(exist_ok=True)
    _partial(place).write_bytes(vault.seal_blob(ctx.keys.database, digest, content))


def settle(ctx: Context, digests: Collection[str]) -> None:
    """Make everything written by `put_later` durable: much faster than one by one."""
    places = [_place(ctx, digest) for digest in digests]
    for place in places:
        with _partial(place).open("r+b") as file:
            os.fsync(file.fileno())
        _partial(place).replace(place)
    # Once for each folder, after all renames in it.
    for folder in sorted({place.parent for place in places}):
        sync_folder(folder)


def note(session: Session, digest: str, size: int) -> None:
    """Set down that the bytes of a blob (`size` bytes) are held here."""
    session.merge(BlobRow(sha256=digest, size=size, held=True))


def read(ctx: Context, digest: str) -> bytes:
    """Return the bytes of a blob. Raises LostBlobError when they are gone or not what they were."""
    try:
        return vault.unseal_blob(ctx.keys.database, digest, _place(ctx, digest).read_bytes())  # bound to the digest
    except (FileNotFoundError, vault.BrokenSealError) as error:
        raise LostBlobError(digest) from error


def is_stored(ctx: Context, digest: str) -> bool:
    """True when there is a file for these bytes (its content is checked by `read` only)."""
    return _place(ctx, digest).is_file()


def forget(ctx: Context, digest: str) -> None:
    """Remove the file of a blob that nothing mentions, after an import that was refused."""
    place = _place(ctx, digest)
    _partial(place).unlink(missing_ok=True)
    place.unlink(missing_ok=True)


def write_durably(place: Path, content: bytes) -> None:
    """Write a file so that after a power cut it is there whole or not at all; a disk without room keeps no half."""
    if not place.name:  # "." or the root of a drive: nothing can stand beside it
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(place))
    partial = _partial(place)
    try:
        with partial.open("wb") as file:
            file.write(content)
            # A rename alone may reach the disk before the bytes do; after a power cut that would be an empty file of
            # the right name.
            file.flush()
            os.fsync(file.fileno())
        partial.replace(place)
    except OSError:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
    sync_folder(place.parent)


def hand_out(place: Path, content: bytes) -> None:
    """Write a file where a person wants it. Raises UserError without the folder, MachineError from the medium."""
    if not place.parent.is_dir():
        raise UserError(tr("没有这个文件夹：{folder}", folder=place.parent), tr("请检查路径，或先插好优盘。"))
    try:
        write_durably(place, content)
    except OSError as error:
        raise MachineError(tr("写不了文件：{path}", path=place), tr("请检查路径、空间和写入权限。")) from error


def handed_in(path: Path, most: int) -> bytes:
    """Return the first `most` bytes of a file that a person named. Raises UserError when it cannot be read."""
    # Never more than asked for: somebody may name a disk image by mistake.
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise UserError(tr("读不到文件：{file}", file=path), tr("请检查路径和权限，或换一个优盘。")) from error


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


def _partial(place: Path) -> Path:
    return place.with_name(place.name + ".part")


def _place(ctx: Context, digest: str) -> Path:
    name = vault.blob_file_name(ctx.keys.database, digest)
    # 256 folders: some file systems and every file manager are slow with thousands of files in one.
    return ctx.folder / "blobs" / name[:2] / name


LONGEST = 80  # characters of the stem; FAT32 and exFAT allow 255 UTF-16 units in all
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\s]+')
_DEVICES = frozenset(
    {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(1, 10))}
)


def safe_stem(text: str) -> str:
    """Return `text` as the stem of a file name: NFC, nothing Windows forbids, no device name, never empty."""
    # Invisible characters (Cf) could turn the writing direction and so disguise the ending of a name.
    visible = "".join(char for char in unicodedata.normalize("NFC", text) if unicodedata.category(char) != "Cf")
    stem = _FORBIDDEN.sub("_", visible).strip("._ ")[:LONGEST].rstrip("._ ")
    if stem.split(".")[0].upper() in _DEVICES:
        # Windows opens a device of this name instead of a file, whatever ending follows.
        stem = f"_{stem}"
    return stem or "_"
