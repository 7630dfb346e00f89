"""The evidence store: photos and documents, each encrypted in a file of its own whose name reveals nothing."""

import errno
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from ohdesk.db.models import BlobRow
from ohdesk.domain.bounds import LARGEST_BLOB
from ohdesk.errors import UserError
from ohdesk.files import flushing_together, medium_told, partial_of, write_durably
from ohdesk.i18n import tr
from ohdesk.security import vault
from ohdesk.services.context import Context
from ohdesk.sync.alongside import Alongside
from ohdesk.sync.manifest import Cut as ListedCut

log = logging.getLogger(__name__)

FOLDER = "blobs"
_ASKED_AT_ONCE = 500
_MOST_TOGETHER = 16  # photos whose places in a document one file names: each asks for a look at all of them
_MOST_STEPS = 3  # a photo stands in a document; what is more is none of ours, and never a circle
# Also where something else lies in the place of a file or a folder.
_GONE = frozenset({errno.ENOENT, errno.EIO, errno.ENOTDIR, errno.EISDIR, errno.ELOOP})


class Cut(NamedTuple):
    """Where the bytes of a blob stand: within which other one, by its SHA-256, from which byte on, and how many."""

    whole: str
    at: int
    size: int


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

    Call `note` in the transaction that mentions them.  Raises UserError for more than ever travels, MachineError from
    the medium.
    """
    # Said here, where somebody can still choose: written all the same, it could never be sent.
    if len(content) > LARGEST_BLOB:
        raise UserError(
            tr("这份附件有 {size} MB，超过 {most} MB，没有保存。", size=len(content) >> 20, most=LARGEST_BLOB >> 20),
            tr("请减少这份文书里的照片，其余的另附照片页；或换小一些的照片。"),
        )
    digest = sha256(content).hexdigest()
    if not is_sound(ctx, digest):
        place = _place(ctx, digest)
        with medium_told(place.parent):
            place.parent.mkdir(exist_ok=True)
        room = memoryview(bytearray(len(content) + vault.AROUND))
        write_durably(place, vault.seal_blob_into(room, ctx.keys.database, digest, memoryview(content)))
    return digest


class Coming:
    """Blobs on their way in, checked by whoever reads them; they count as stored only after `settle`."""

    def __init__(self, ctx: Context, thread: Alongside, flush: Callable[[Iterable[Path]], None]) -> None:
        self._ctx = ctx
        self._thread = thread
        self._flush = flush
        self._fresh: dict[str, Path] = {}
        self._same: dict[Path, Path] = {}  # where a file gets a further name, and its first
        self._room = memoryview(b"")  # used again for each: new memory costs more than to seal

    def put(self, digest: str, content: memoryview) -> None:
        """Write a blob that is new or damaged here, beside whatever comes next, without waiting for the disk.

        The content is read until the next call.
        """
        self._thread.wait()
        if place := self._missing(digest):
            self._thread.do(self._write, place, digest, content)

    def put_within(self, whole: str, cuts: Sequence[ListedCut]) -> None:
        """As `put`, of those whose bytes stand within another that was put, by its SHA-256."""
        missing = [(place, cut) for cut in cuts if (place := self._missing(cut.sha256))]
        self._thread.do(self._write_cuts, whole, missing)

    def _missing(self, digest: str) -> Path | None:
        """Return where a blob goes that is not here, or damaged; None for any other."""
        place = _place(self._ctx, digest)
        with medium_told(place):
            is_there = place.exists()  # most are not, which is known without reading
        if digest in self._fresh or (is_there and is_sound(self._ctx, digest)):
            return None
        self._fresh[digest] = place
        return place

    def _write(self, place: Path, digest: str, content: memoryview) -> None:
        if len(content) + vault.AROUND > len(self._room):
            self._room = memoryview(bytearray(len(content) + vault.AROUND))
        _write(place, vault.seal_blob_into(self._room, self._ctx.keys.database, digest, content))

    def _write_cuts(self, whole: str, missing: Sequence[tuple[Path, ListedCut]]) -> None:
        key = self._ctx.keys.database
        for start in range(0, len(missing), _MOST_TOGETHER):
            some = missing[start : start + _MOST_TOGETHER]
            first, *others = (place for place, _ in some)
            # One file under several names: most disks take ten times as long for a file as for a name.
            _write(first, b"".join(vault.seal_cut(key, cut.sha256, (whole, cut.at, cut.len)) for _, cut in some))
            self._same |= dict.fromkeys(others, first)

    def settle(self) -> None:
        """Make everything that was put durable, together: a flush for each of a thousand photos takes minutes."""
        self._thread.wait()
        self._room = memoryview(b"")
        with medium_told(self._ctx.folder / FOLDER):
            self._place([place for place in self._fresh.values() if place not in self._same])
            for folder in {place.parent for place in self._same}:
                folder.mkdir(exist_ok=True)
            # Named once it stands in its place: a half that is written over is never the file of another.
            apart = [place for place, first in self._same.items() if not _named_too(first, place)]
            for place in apart:
                _write(place, self._same[place].read_bytes())
            self._place(apart)
            # After all renames.
            self._flush(sorted({place.parent for place in self._fresh.values()}))

    def _place(self, places: Sequence[Path]) -> None:
        if places:
            self._flush(map(partial_of, places))
            for place in places:
                partial_of(place).replace(place)

    def forget(self) -> None:
        """Remove what was put: the bundle is not taken in after all, and nothing mentions it."""
        for digest in self._fresh:
            forget(self._ctx, digest)


def _write(place: Path, sealed: bytes | memoryview) -> None:
    partial = partial_of(place)
    with medium_told(place):
        try:
            file = partial.open("wb")
        except FileNotFoundError:
            place.parent.mkdir(exist_ok=True)
            file = partial.open("wb")
        with file:
            file.write(sealed)


def _named_too(file: Path, place: Path) -> bool:
    """Give a file a further name; False where the disk knows no such thing, as FAT."""
    place.unlink(missing_ok=True)  # damaged, or its document is
    try:
        place.hardlink_to(file)
    except OSError:
        return False
    return True


@contextmanager
def coming(ctx: Context) -> Iterator[Coming]:
    """Yield what takes in the blobs of a bundle; forgotten when this raises."""
    with flushing_together(ctx.folder / FOLDER) as flush, Alongside() as thread:
        taking = Coming(ctx, thread, flush)
        try:
            yield taking
        except BaseException:
            thread.close()
            taking.forget()
            raise


def keep_within(ctx: Context, document: str, content: bytes, digests: Iterable[str]) -> None:
    """Keep blobs that stand byte for byte within a document only there: signed PDFs hold their photos unchanged.

    document: the SHA-256 of `content`, whose own file is stored and mentioned

    What stands there in another form stays as it is, and so do all where the disk fails: it is no fault that something
    is kept twice.
    """
    try:
        cuts = {}
        for digest in digests:
            piece = read(ctx, digest)
            at = content.find(piece)
            if at >= 0 and cut_of(ctx, digest) is None:
                cuts[digest] = Cut(document, at, len(piece))
        _exchange(ctx, cuts)
    except UserError as error:
        log.warning("blobs stay beside their document: %s", error)


def _exchange(ctx: Context, cuts: Mapping[str, Cut]) -> None:
    """Put in the place of blobs where their bytes stand; dying in between leaves each file as it was, or exchanged."""
    places = [_place(ctx, digest) for digest in cuts]
    with flushing_together(ctx.folder / FOLDER) as flush, medium_told(ctx.folder / FOLDER):
        for place, (digest, cut) in zip(places, cuts.items(), strict=True):
            _write(place, vault.seal_cut(ctx.keys.database, digest, cut))
        flush(map(partial_of, places))
        for place in places:
            partial_of(place).replace(place)
        flush(sorted({place.parent for place in places}))


def cut_of(ctx: Context, digest: str) -> Cut | None:
    """Return where the bytes of a blob stand within another; None for one that is stored by itself, or lost."""
    place = _place(ctx, digest)
    # Most are not: their length tells it without reading them.
    with suppress(OSError):
        if may_be_cut(place.stat().st_size):
            return cut_in(ctx.keys.database, digest, place.read_bytes())
    return None


def cut_in(key: bytes, digest: str, sealed: bytes) -> Cut | None:
    """As `cut_of`, of the file in the place of a blob; in it may stand where others are that came with it."""
    if may_be_cut(len(sealed)):
        for start in range(0, len(sealed), vault.SEALED_CUT):
            if found := vault.unseal_cut(key, digest, sealed[start : start + vault.SEALED_CUT]):
                return Cut(*found)
    return None


def may_be_cut(size: int) -> bool:
    """True for the length of a file, in bytes, that may say where blobs stand; a small blob may have that too."""
    return size % vault.SEALED_CUT == 0 and size <= _MOST_TOGETHER * vault.SEALED_CUT


def cut_from(digest: str, cut: Cut, whole: bytes) -> bytes:
    """Return a blob out of that within which it stands. Raises LostBlobError where something else stands there."""
    piece = whole[cut.at : cut.at + cut.size]
    if sha256(piece).hexdigest() != digest:
        raise LostBlobError(digest)
    return piece


def note(session: Session, digest: str, size: int) -> None:
    """Set down that the bytes of a blob (`size` bytes) are held here."""
    session.merge(BlobRow(sha256=digest, size=size, held=True))


def note_all(session: Session, sizes: Mapping[str, int]) -> None:
    """As `note`, of many: SHA-256 → length in bytes."""
    known = held(session, list(sizes))
    rows = [{"sha256": digest, "size": size, "held": True} for digest, size in sizes.items()]
    for statement, is_known in ((update(BlobRow), True), (insert(BlobRow), False)):
        if some := [row for row in rows if (row["sha256"] in known) == is_known]:
            session.execute(statement, some)


def held(session: Session, digests: Sequence[str]) -> dict[str, int]:
    """Return which of these blobs is known, SHA-256 → length in bytes; -1 where its bytes are not here."""
    found: dict[str, int] = {}
    for start in range(0, len(digests), _ASKED_AT_ONCE):
        some = BlobRow.sha256.in_(digests[start : start + _ASKED_AT_ONCE])
        for row in session.execute(select(BlobRow.sha256, BlobRow.size, BlobRow.held).where(some)):
            found[row.sha256] = row.size if row.held else -1
    return found


def note_lost(session: Session, digests: Iterable[str]) -> None:
    """Set down that the bytes of blobs are not held any more: whoever has them is asked for them."""
    for digest in digests:
        session.get_one(BlobRow, digest).held = False


def read(ctx: Context, digest: str) -> bytes:
    """Return the bytes of a blob. Raises LostBlobError when they are gone or not what they were, MachineError else."""
    return content_in(ctx.folder, ctx.keys.database, digest)


class Reader:
    """Reads blobs into the same memory: new memory for each costs more than to open them."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._sealed = self._plain = memoryview(b"")

    def read(self, digest: str) -> bytes | memoryview:
        """As `read`; what is returned holds until the next is read."""
        place = _place(self._ctx, digest)
        with _gone_told(place, digest), place.open("rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            if may_be_cut(size):
                return read(self._ctx, digest)
            if size > len(self._sealed):
                self._sealed, self._plain = memoryview(bytearray(size)), memoryview(bytearray(size))
            came = file.readinto(self._sealed[:size]) or 0
        try:
            return vault.unseal_blob_into(self._plain, self._ctx.keys.database, digest, self._sealed[:came])
        except vault.BrokenSealError as error:
            raise LostBlobError(digest) from error


def content_in(folder: Path, key: bytes, digest: str, steps: int = _MOST_STEPS) -> bytes:
    """As `read`, of the workspace, or the copy of one, at `folder`."""
    sealed = _sealed(folder, key, digest)
    cut = cut_in(key, digest, sealed)
    try:
        if cut is None:
            return vault.unseal_blob(key, digest, sealed)  # bound to the digest
        whole = content_in(folder, key, cut.whole, steps - 1) if steps else b""
        return cut_from(digest, cut, whole)
    except (vault.BrokenSealError, LostBlobError) as error:
        # What is asked for is told, whichever file it is.
        raise LostBlobError(digest) from error


def _sealed(folder: Path, key: bytes, digest: str) -> bytes:
    place = place_in(folder, key, digest)
    with _gone_told(place, digest):
        return place.read_bytes()


@contextmanager
def _gone_told(place: Path, digest: str) -> Iterator[None]:
    with medium_told(place):
        try:
            yield
        except OSError as error:
            # A bad sector takes one file as surely as deleting it; without permission nothing is lost yet.
            if error.errno in _GONE:
                raise LostBlobError(digest) from error
            raise


def opens(key: bytes, digest: str, sealed: bytes) -> bool:
    """True for the file of a blob, or of where its bytes stand: that they are there, the other blob must show."""
    try:
        if cut_in(key, digest, sealed) is None:
            vault.unseal_blob(key, digest, sealed)
    except vault.BrokenSealError:
        return False
    return True


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
    return folder.joinpath(FOLDER, name[:2], name)


def _place(ctx: Context, digest: str) -> Path:
    return place_in(ctx.folder, ctx.keys.database, digest)


def rewrap(ctx: Context, digest: str, key: bytes) -> None:
    """Store a blob once more under another database key; the file under the present one stays. Lost ones are left."""
    place = place_in(ctx.folder, key, digest)
    with suppress(LostBlobError, vault.BrokenSealError):
        sealed = _sealed(ctx.folder, ctx.keys.database, digest)
        cut = cut_in(ctx.keys.database, digest, sealed)
        if cut is None:
            anew = vault.seal_blob(key, digest, vault.unseal_blob(ctx.keys.database, digest, sealed))
        else:
            anew = vault.seal_cut(key, digest, cut)
        with medium_told(place.parent):
            place.parent.mkdir(exist_ok=True)
        write_durably(place, anew)


def sweep(folder: Path, key: bytes, digests: Iterable[str]) -> None:
    """Remove every file of the evidence store of `folder` that is none of these blobs under this key."""
    kept = {place_in(folder, key, digest) for digest in digests}
    for place in (folder / FOLDER).glob("*/*"):
        if place not in kept:
            with medium_told(place):
                place.unlink(missing_ok=True)
