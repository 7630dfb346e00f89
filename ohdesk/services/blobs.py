"""The evidence store: photos and documents, each encrypted in a file of its own whose name reveals nothing."""

import os
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path

from sqlalchemy.orm import Session

from ohdesk.db.models import BlobRow
from ohdesk.errors import UserError
from ohdesk.files import partial_of, sync_folder, write_durably
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
    partial_of(place).write_bytes(vault.seal_blob(ctx.keys.database, digest, content))


def settle(ctx: Context, digests: Collection[str]) -> None:
    """Make everything written by `put_later` durable: much faster than one by one."""
    places = [_place(ctx, digest) for digest in digests]
    for place in places:
        with partial_of(place).open("r+b") as file:
            os.fsync(file.fileno())
        partial_of(place).replace(place)
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
    partial_of(place).unlink(missing_ok=True)
    place.unlink(missing_ok=True)


def place_in(folder: Path, key: bytes, digest: str) -> Path:
    """Return where the file of a blob lies in the workspace, or the copy of one, at `folder`."""
    name = vault.blob_file_name(key, digest)
    # 256 folders: some file systems and every file manager are slow with thousands of files in one.
    return folder / "blobs" / name[:2] / name


def _place(ctx: Context, digest: str) -> Path:
    return place_in(ctx.folder, ctx.keys.database, digest)
