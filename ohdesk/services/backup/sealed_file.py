"""The backup file: in clear what it is and the key file, behind that everything else, sealed to the last byte.

    ohdesk-backup/1 LF
    front (canonical JSON) LF     office, counts, lengths, and keys.json as it stood
    pieces                        AES-256-GCM, each bound to the front and to its place: contents, then the parts
    SHA-256 of all before         32 bytes: without a password it tells a whole file from a damaged one

Any account's password of that day opens keys.json, keys.json gives the database key, and that one the pieces.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Annotated, BinaryIO

import msgspec
from msgspec import Meta

from ohdesk.domain.calendar import parse_instant
from ohdesk.domain.canonical import NotCanonicalError, canonical, parse
from ohdesk.domain.people import OfficeRole
from ohdesk.domain.progress import Progress
from ohdesk.errors import MachineError, UserError
from ohdesk.files import NO_ROOM, drop_from_cache, flush, partial_of, reading_told, sync_folder
from ohdesk.i18n import tr
from ohdesk.security import vault

MAGIC = b"ohdesk-backup/1\n"
DATABASE_PART = "workspace.db"
PIECE = 1 << 20  # bytes sealed at a time: what is held in memory of a part of any length
SEAL = 28  # bytes that sealing adds to a piece: nonce and tag
MEGABYTE = 1_000_000
_LONGEST_FRONT = 4 << 20  # bytes; keys.json has 1 MiB at most
_LONGEST_CONTENTS = 64 << 20  # bytes: half a million blobs
_DIGEST = 32
_Size = Annotated[int, Meta(ge=0, lt=2**50)]


class NotABackupError(UserError):
    """Another file, or one that no program can read any more."""


class DamagedBackupError(UserError):
    """A backup of which bytes are missing or were changed."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of the workspace as it lies there, encrypted already: the database copy or a blob."""

    name: Annotated[str, Meta(pattern=r"^(workspace\.db|blobs/[0-9a-f]{2}/[0-9a-f]{64})\Z")]
    size: _Size


class Contents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a backup holds: `parts` in the file itself, `apart` blobs that lie beside it, each once for all backups."""

    parts: tuple[Part, ...]
    apart: tuple[Part, ...] = ()


class Front(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a backup says of itself without a password.

    made: instant · employers, visits, blobs: how many it holds · contents, size: bytes sealed of the list, and of all
    salt: makes the key of this file, hexadecimal · keys: the text of keys.json
    """

    made: str
    replica: Annotated[str, Meta(pattern=r"^[0-9a-f]{16}\Z")]
    role: OfficeRole
    division: str
    name: str
    employers: _Size
    visits: _Size
    blobs: _Size
    contents: Annotated[int, Meta(gt=0, le=_LONGEST_CONTENTS)]
    size: _Size
    salt: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
    keys: str

    def __post_init__(self) -> None:
        parse_instant(self.made)


def new_salt() -> str:
    """Return what makes a backup's key its own."""
    return secrets.token_hex(16)


def encode(structure: Front | Contents) -> bytes:
    """Return the canonical bytes of front or contents."""
    return canonical(msgspec.to_builtins(structure))


def write(
    place: Path,
    front: Front,
    contents: Contents,
    key: bytes,
    load: Callable[[Part], Iterable[bytes]],
    report: Progress,
) -> str:
    """Write a backup durably, read it back and return its SHA-256.

    load: gives the bytes of a part · report: is told megabytes.  Raises UserError for a file that is there already,
    MachineError from the medium; then nothing is left behind.
    """
    if place.exists():
        raise UserError(tr("这里已经有一个文件：{file}", file=place), tr("请换一个文件名；已有的备份不会被覆盖。"))
    partial = partial_of(place)
    with _failures_told(place, partial, front.size):
        with partial.open("wb") as file:
            written = _write_all(file, _sealed(front, key, _plain(contents, load)), front.size, report)
            flush(file)
        # Else the system would hand back what it has in memory, not what the medium has stored.
        drop_from_cache(partial)
        if digest_of(partial) != written:
            raise MachineError(
                tr("备份读回时与写入的不一致：{file}", file=place), tr("这个磁盘或优盘可能已坏，请换一个再备份。")
            )
        partial.replace(place)
        sync_folder(place.parent)
    return written


def _write_all(file: BinaryIO, pieces: Iterable[bytes], size: int, report: Progress) -> str:
    """Write a whole backup of about `size` bytes, the digest of all behind it; return the file's own."""
    digest, done = sha256(), 0
    for piece in pieces:
        digest.update(piece)
        file.write(piece)
        done += len(piece)
        report(min(done, size) // MEGABYTE, max(1, size // MEGABYTE))
    tail = digest.digest()
    file.write(tail)
    digest.update(tail)
    return digest.hexdigest()


def _plain(contents: Contents, load: Callable[[Part], Iterable[bytes]]) -> Iterator[bytes]:
    yield encode(contents)
    for part in contents.parts:
        left = part.size
        for chunk in load(part):
            left -= len(chunk)
            yield chunk
        # A file that grew or shrank meanwhile would move everything behind it.
        if left:
            raise MachineError(
                tr("备份时文件有变动：{name}", name=part.name), tr("请再备份一次；仍然如此的，运行 ohdesk doctor。")
            )


def _sealed(front: Front, key: bytes, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the front in clear, then the sealed pieces of the plain bytes, all of one length but the last."""
    head = encode(front)
    yield MAGIC + head + b"\n"
    own, waiting, number = _own_key(key, front), bytearray(), 0
    for chunk in chunks:
        waiting += chunk
        while len(waiting) >= PIECE:
            yield vault.seal(own, bytes(waiting[:PIECE]), _place(head, number))
            del waiting[:PIECE]
            number += 1
    if waiting:
        yield vault.seal(own, bytes(waiting), _place(head, number))


def _own_key(key: bytes, front: Front) -> bytes:
    # A key for each file: random nonces stay safe however many backups of a large office are made.
    return vault.derive(key, f"backup {front.salt}")


def _place(head: bytes, number: int) -> bytes:
    # Bound to the whole front: another office's name, or a key file with an account more, opens nothing.
    return b"backup %d " % number + sha256(head).digest()


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


class Opened:
    """A backup that is being read, at `path`; `front` is believed only once a piece was opened with the key."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file, self.path, self._digest = file, path, sha256()
        self._length, self._expected = path.stat().st_size, 0
        if self._read(len(MAGIC)) != MAGIC:
            said = tr("“{file}”是空文件，不是备份。") if not self._length else tr("“{file}”不是备份文件。")
            raise NotABackupError(said.format(file=path), tr("请选扩展名为 .ohbak 的备份文件。"))
        self._head = self._line()
        try:
            self.front = msgspec.convert(parse(self._head), Front)
        except ValueError as error:  # NotCanonicalError and ValidationError are such
            raise self.damaged() from error
        sealed = self.front.size + -(-self.front.size // PIECE) * SEAL
        self._expected = len(MAGIC) + len(self._head) + 1 + sealed + _DIGEST
        self._number, self._left, self._waiting = 0, self.front.size, bytearray()

    def contents(self, key: bytes) -> Contents:
        """Return what the backup holds; the first thing to ask for. Raises DamagedBackupError."""
        self._key = _own_key(key, self.front)
        listed = b"".join(self._take(self.front.contents))
        try:
            return msgspec.convert(parse(listed), Contents)
        except (NotCanonicalError, msgspec.ValidationError) as error:
            raise self.damaged() from error

    def pieces(self, part: Part) -> Iterator[bytes]:
        """Yield the bytes of the next part, which must be taken to the end. Raises DamagedBackupError."""
        yield from self._take(part.size)

    def finish(self) -> str:
        """Return the SHA-256 of the file once all parts were read. Raises DamagedBackupError for any byte too many."""
        expected = self._digest.digest()
        if self._waiting or self._left or self._read(_DIGEST) != expected:
            raise self.damaged()
        whole = self._digest.hexdigest()
        if self._read(1):
            raise self.damaged()
        return whole

    def skip(self) -> str:
        """As `finish`, without a key: whether every byte is the one that was written. Raises DamagedBackupError."""
        pieces = -(-self.front.size // PIECE)
        left = self.front.size + pieces * SEAL
        while left and (chunk := self._read(min(left, PIECE))):
            left -= len(chunk)
        self._left = left
        return self.finish()

    def damaged(self) -> DamagedBackupError:
        """Return what to say of this file."""
        said = tr("备份“{file}”已损坏或不完整。", file=self.path)
        if self._expected not in {0, self._length}:  # else as long as it says of itself
            said = tr(
                "备份“{file}”不完整：应有 {expected} 字节，实际 {length} 字节。",
                file=self.path,
                expected=self._expected,
                length=self._length,
            )
        return DamagedBackupError(
            said,
            tr("请换一份备份（ohdesk backup list）；都不能用的，用 ohdesk salvage 抢救数据。"),
        )

    def _take(self, size: int) -> Iterator[bytes]:
        while size:
            if not self._waiting:
                self._waiting += self._next()
            piece = bytes(self._waiting[:size])
            del self._waiting[:size]
            size -= len(piece)
            yield piece

    def _next(self) -> bytes:
        length = min(self._left, PIECE)
        if not length:
            raise self.damaged()
        sealed = self._read(length + SEAL)
        try:
            piece = vault.unseal(self._key, sealed, _place(self._head, self._number))
        except vault.BrokenSealError as error:
            raise self.damaged() from error
        self._left -= length
        self._number += 1
        return piece

    def _line(self) -> bytes:
        with reading_told(self.path):
            line = self._file.readline(_LONGEST_FRONT)
        self._digest.update(line)
        if not line.endswith(b"\n"):
            raise self.damaged()
        return line[:-1]

    def _read(self, size: int) -> bytes:
        with reading_told(self.path):
            chunk = self._file.read(size)
        self._digest.update(chunk)
        return chunk


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """Open a backup. Raises NotABackupError, DamagedBackupError, and UserError when the file cannot be read."""
    with reading_told(path):
        file = path.open("rb")
    with file:
        yield Opened(file, path)


@contextmanager
def _failures_told(place: Path, partial: Path, needed: int) -> Iterator[None]:
    """Turn what the medium raises into a sentence; leave nothing behind, whatever ends the writing."""
    try:
        yield
    except BaseException as error:
        for left in (partial, place) if isinstance(error, OSError) else (partial,):
            with suppress(OSError):
                left.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        megabytes = max(1, needed // MEGABYTE)
        if error.errno in NO_ROOM:
            raise MachineError(
                tr("备份放不下：需要 {megabytes} MB。", megabytes=megabytes),
                tr("请清理“{folder}”所在的磁盘，或另选位置；没有留下半个文件。", folder=place.parent),
            ) from error
        raise MachineError(
            tr("备份写不了：{file}", file=place), tr("请检查路径、写入权限和优盘；没有留下半个文件。")
        ) from error
