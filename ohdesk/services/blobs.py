"""The evidence store: photos and documents, each encrypted in a file of its own whose name reveals nothing."""

import errno
from collections.abc import Collection, Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from sqlalchemy.orm import Session

from ohdesk.db.models import BlobRow
from ohdesk.errors import UserError
from ohdesk.files import flush, medium_told, partial_of, sync_folder, write_durably
from ohdesk.i18n import tr
from ohdesk.security import vault
from ohdesk.services.context import Context

FOLDER = "blobs"
# Also where something else lies in the place of a file or a folder.
_GONE = frozenset({errno.ENOENT, errno.EIO, errno.ENOTDIR, errno.EISDIR, errno.ELOOP})


class LostBlobError(UserError):
    """The bytes of a blob are gone or damaged."""

    def __init__(self, digest: str) -> None:
        super().__init__(
            tr("附件 {digest}… 的文件已丢失或损坏。", digest=digest[:12]),
            tr(
                "县级或本镇另一台电脑有的，导入对方下次的包就会补回；照片还在的，按编号重新补入；或者"
                "把备份恢复到一个空文件夹，再把其中的 blobs 文件夹复制过来。"
            ),
        )
        self.digest = digest


def put(ctx: Context, content: bytes) -> str:
    """Store bytes durably and return their SHA-256; the same bytes again change nothing, or heal a damaged file.

    Call `note` in the transaction that mentions them.  Raises MachineError from the medium.
    """
    digest = sha256(content).hexdigest()
    if not is_sound(ctx, digest):
        place = _place(ctx, digest)
        with medium_told(place.parent):
            place.parent.mkdir(exist_ok=True)
        write_durably(place, vault.seal_blob(ctx.keys.database, digest, content))
    return digest


def put_later(ctx: Context, digest: str, content: bytes) -> None:
    """Write bytes without waiting for the disk; they count as stored only after `settle`."""
    place = _place(ctx, digest)
    with medium_told(place):
        place.parent.mkdir(exist_ok=True)
        partial_of(place).write_bytes(vault.seal_blob(ctx.keys.database, digest, content))


def settle(ctx: Context, digests: Collection[str]) -> None:
    """Make everything written by `put_later` durable: much faster than one by one."""
    places = [_place(ctx, digest) for digest in digests]
    with medium_told(ctx.folder / FOLDER):
        for place in places:
            with partial_of(place).open("r+b") as file:
                flush(file)
            partial_of(place).replace(place)
        # Once for each folder, after all renames in it.
        for folder in sorted({place.parent for place in places}):
            sync_folder(folder)


def note(session: Session, digest: str, size: int) -> None:
    """Set down that the bytes of a blob (`size` bytes) are held here."""
    session.merge(BlobRow(sha256=digest, size=size, held=True))


def note_lost(session: Session, digests: Iterable[str]) -> None:
    """Set down that the bytes of blobs are not held any more: whoever has them is asked for them."""
    for digest in digests:
        session.get_one(BlobRow, digest).held = False


def read(ctx: Context, digest: str) -> bytes:
    """Return the bytes of a blob. Raises LostBlobError when they are gone or not what they were, MachineError else."""
    place = _place(ctx, digest)
    try:
        with medium_told(place):
            try:
                sealed = place.read_bytes()
            except OSError as error:
                # A bad sector takes one file as surely as deleting it; without permission nothing is lost yet.
                if error.errno in _GONE:
                    raise LostBlobError(digest) from error
                raise
        return vault.unseal_blob(ctx.keys.database, digest, sealed)  # bound to the digest
    except vault.BrokenSealError as error:
        raise LostBlobError(digest) from error


def is_sound(ctx: Context, digest: str) -> bool:
    """True when the bytes of a blob can be read and are what they were."""
    try:
        read(ctx, digest)
    except LostBlobError:
        return False
    return True


def forget(ctx: Context, digest: str) -> None:
    """Remove the file of a blob that nothing mentions, after an import that was refused."""
    place = _place(ctx, digest)
    with medium_told(place):
        partial_of(place).unlink(missing_ok=True)
        place.unlink(missing_ok=True)


def place_in(folder: Path, key: bytes, digest: str) -> Path:
    """Return where the file of a blob lies in the workspace, or the copy of one, at `folder`."""
    name = vault.blob_file_name(key, digest)
    # 256 folders: some file systems and every file manager are slow with thousands of files in one.
    return folder / FOLDER / name[:2] / name


def _place(ctx: Context, digest: str) -> Path:
    return place_in(ctx.folder, ctx.keys.database, digest)


def rewrap(ctx: Context, digest: str, key: bytes) -> None:
    """Store a blob once more under another database key; the file under the present one stays. Lost ones are left."""
    place = place_in(ctx.folder, key, digest)
    with suppress(LostBlobError):
        content = read(ctx, digest)
        with medium_told(place.parent):
            place.parent.mkdir(exist_ok=True)
        write_durably(place, vault.seal_blob(key, digest, content))


def sweep(folder: Path, key: bytes, digests: Iterable[str]) -> None:
    """Remove every file of the evidence store of `folder` that is none of these blobs under this key."""
    kept = {place_in(folder, key, digest) for digest in digests}
    for place in (folder / FOLDER).glob("*/*"):
        if place not in kept:
            with medium_told(place):
                place.unlink(missing_ok=True)
