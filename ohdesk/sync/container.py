"""The outer container: a ZIP (method "stored") with one byte form, written and read in one pass.

Every header follows from the names, lengths and CRC-32 of the members, so the reader builds each
header itself and refuses any other byte: prepended or appended bytes, extra fields, comments,
other dates, duplicates and compression cannot occur, nor can a bomb.  Layout per APPNOTE 6.3.10
without Zip64: below 4 GiB, fewer than 65,535 members.
"""

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from io import SEEK_CUR, BufferedReader
from typing import NamedTuple

from ohdesk.i18n import tr
from ohdesk.sync.alongside import Alongside
from ohdesk.sync.problems import ChangedBundleError, CutBundleError, HostileBundleError, NotABundleError

# Enough that the medium and not Python is the limit, little enough to hold.
PIECE = 1 << 20  # bytes read at a time

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
# "Needs 2.0 to extract": the least that a reader of any age accepts for a plain member (APPNOTE 4.4.3).
_VERSION = 20
_TIME, _DATE = 0, 0x0021  # 1980-01-01 00:00, the first date a ZIP can say


class Entry(NamedTuple):
    """A member as its headers describe it; `offset` is where its local header begins."""

    name: str
    size: int
    crc: int
    offset: int


class Part(NamedTuple):
    """A member as read: length in bytes and CRC-32 by its header, SHA-256, and its bytes where they were to be kept."""

    size: int
    crc: int
    sha256: str
    content: bytes


def local_header(entry: Entry) -> bytes:
    """Return the bytes that stand before a member's content."""
    name = entry.name.encode("ascii")
    fields = (_LOCAL_MARK, _VERSION, 0, 0, _TIME, _DATE, entry.crc, entry.size, entry.size, len(name), 0)
    return _LOCAL.pack(*fields) + name


def _end_of(entries: Sequence[Entry]) -> int:
    """Return where the next header begins."""
    return entries[-1].offset + len(local_header(entries[-1])) + entries[-1].size if entries else 0


def directory(entries: Sequence[Entry]) -> bytes:
    """Return the central directory and end record, which stand behind the last of the members."""
    rows = [_central_row(entry) for entry in entries]
    size = sum(map(len, rows))
    return b"".join(rows) + _END.pack(_END_MARK, 0, 0, len(rows), len(rows), size, _end_of(entries), 0)


def _central_row(entry: Entry) -> bytes:
    name = entry.name.encode("ascii")
    versions, sizes = (_VERSION, _VERSION), (entry.size, entry.size)
    fields = (_CENTRAL_MARK, *versions, 0, 0, _TIME, _DATE, entry.crc, *sizes, len(name), 0, 0, 0, 0, 0, entry.offset)
    return _CENTRAL.pack(*fields) + name


def chunks(members: Iterable[tuple[str, Callable[[], bytes]]], *before: Entry) -> Iterator[bytes]:
    """Yield the container of `members`, each loaded when its turn comes; memory: the largest member.

    before: members that stand already; then what follows them is yielded
    """
    entries = list(before)
    for name, load in members:
        content = load()
        entry = Entry(name, len(content), zlib.crc32(content), _end_of(entries))
        yield local_header(entry)
        yield content
        entries.append(entry)
    yield directory(entries)


def read(
    file: BufferedReader, wanted: Mapping[str, int | None], *, skip: bool = False, sums: bool = True
) -> dict[str, Part]:
    """Read a container to its end and return its members, which must be those of `wanted`, in that order.

    wanted: the most bytes a member may have that is kept whole; None for one that is only hashed
    skip:   one that would be hashed is passed over, its SHA-256 is empty: not a byte of it is known then
    sums:   also of one that is only hashed the CRC is computed; without, for whoever knows its SHA-256

    Raises BundleRefusedError; its kinds say whether the file is another one, cut, changed or made to harm.
    """
    entries: list[Entry] = []
    parts: dict[str, Part] = {}
    for name, cap in wanted.items():
        entry = _entry(file, name, _end_of(entries))
        if cap is not None and entry.size > cap:
            raise HostileBundleError(tr("{place} 过大", place=name))
        if cap is None and skip:
            # Beyond the end of a file that was cut nothing is read, and so it is told.
            file.seek(entry.size, SEEK_CUR)
            parts[name] = Part(entry.size, entry.crc, "", b"")
        else:
            parts[name] = _content(file, entry, keep=cap is not None, sums=sums or cap is not None)
        entries.append(entry)
    end = directory(entries)
    # One byte more than may be there: whatever is appended is found.
    found = file.read(len(end) + 1)
    if found != end:
        # Cut and changed are told apart, because they need different help: copy once more, or call the sender.
        raise CutBundleError if end.startswith(found) else ChangedBundleError(tr("容器结构"))
    return parts


def _entry(file: BufferedReader, name: str, offset: int) -> Entry:
    """Read the local header of the member `name`, which begins at byte `offset`."""
    length = _LOCAL.size + len(name)
    header = file.read(length)
    if not offset and not header.startswith(_LOCAL_MARK[: len(header)]):
        # A copy that was announced but never written is zeros on most file systems.
        raise NotABundleError if header.strip(b"\0") else CutBundleError
    if len(header) < length:
        raise CutBundleError
    fields = _LOCAL.unpack_from(header)
    entry = Entry(name, size=fields[7], crc=fields[6], offset=offset)
    expected = local_header(entry)
    if header[_LOCAL.size :] != expected[_LOCAL.size :]:
        # Another member rather than a damaged one: no ohdesk writes any other here.
        raise HostileBundleError(tr("容器成员"))
    if header != expected:
        raise ChangedBundleError(tr("容器结构"))
    return entry


def _content(file: BufferedReader, entry: Entry, *, keep: bool, sums: bool) -> Part:
    digest, crc, left, kept = sha256(), 0, entry.size, b""
    # Always the same memory, one piece being read and one hashed: new memory for each costs more than either.
    rooms = [memoryview(bytearray(min(left, PIECE))) for _ in range(2)]
    with Alongside() as thread:
        while left:
            rooms.reverse()
            came = file.readinto(rooms[0][:left])
            if not came:
                raise CutBundleError
            piece = rooms[0][:came]
            thread.do(digest.update, piece)
            if sums:
                crc = zlib.crc32(piece, crc)
            left -= len(piece)
            if keep:
                kept += piece
    # The SHA-256 in the head would find it too; the CRC is checked because it stands in the file and must not be free.
    if sums and crc != entry.crc:
        raise ChangedBundleError(entry.name)
    return Part(entry.size, entry.crc, digest.hexdigest(), kept)
