"""The container: a ZIP (method "stored") with one byte form, written and read in one pass.

Every header follows from the names, lengths and CRC-32 of the members, so the reader builds each
header itself and refuses any other byte: prepended or appended bytes, extra fields, comments,
other dates, duplicates and compression cannot occur, nor can a bomb.  Layout per APPNOTE 6.3.10
without Zip64: below 4 GiB, fewer than 65,535 members.
"""

import re
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from ohdesk.i18n import tr
from ohdesk.sync.problems import ChangedBundleError, CutBundleError, HostileBundleError, NotABundleError

LARGEST_CONTAINER = 2**32 - 2
MOST_MEMBERS = 65_000
LONGEST_NAME = 100

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_VERSION = 20
_TIME, _DATE = 0, 0x0021  # 1980-01-01 00:00, the first date a ZIP can say
_NAME = re.compile(r"[a-z0-9_-][a-z0-9._-]*(?:/[a-z0-9_-][a-z0-9._-]*)*")


class Entry(NamedTuple):
    """A member as its headers describe it; `offset` is where its local header begins."""

    name: str
    size: int
    crc: int
    offset: int


class MemberSink(Protocol):
    """Takes the bytes of one member."""

    def write(self, chunk: bytes, /) -> None: ...

    def finish(self) -> None:
        """Called once after the last byte; raises when the member is not as expected."""


def local_header(entry: Entry) -> bytes:
    """Return the bytes that stand before a member's content."""
    name = entry.name.encode("ascii")
    fields = (_LOCAL_MARK, _VERSION, 0, 0, _TIME, _DATE, entry.crc, entry.size, entry.size, len(name), 0)
    return _LOCAL.pack(*fields) + name


def directory(entries: Iterable[Entry], start: int) -> bytes:
    """Return the central directory and end record of members whose contents end at byte `start`."""
    rows = [_central_row(entry) for entry in entries]
    size = sum(map(len, rows))
    return b"".join(rows) + _END.pack(_END_MARK, 0, 0, len(rows), len(rows), size, start, 0)


def _central_row(entry: Entry) -> bytes:
    name = entry.name.encode("ascii")
    versions, sizes = (_VERSION, _VERSION), (entry.size, entry.size)
    fields = (_CENTRAL_MARK, *versions, 0, 0, _TIME, _DATE, entry.crc, *sizes, len(name), 0, 0, 0, 0, 0, entry.offset)
    return _CENTRAL.pack(*fields) + name


def chunks(members: Iterable[tuple[str, Callable[[], bytes]]]) -> Iterator[bytes]:
    """Yield the container of `members`, each loaded when its turn comes; memory: the largest member."""
    entries: list[Entry] = []
    offset = 0
    for name, load in members:
        content = load()
        entry = Entry(name, len(content), zlib.crc32(content), offset)
        header = local_header(entry)
        yield header
        yield content
        entries.append(entry)
        offset += len(header) + len(content)
    yield directory(entries, offset)


def container_size(members: Iterable[tuple[str, int]]) -> int:
    """Return the length in bytes of the container of members with these names and lengths."""
    overhead = _END.size
    for name, size in members:
        overhead += _LOCAL.size + _CENTRAL.size + 2 * len(name) + size
    return overhead


class ChunkReader:
    """Makes a file-like reader of an iterator of chunks."""

    def __init__(self, source: Iterable[bytes]) -> None:
        self._source = iter(source)
        self._rest = memoryview(b"")

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes (all that is left of a chunk when negative); b"" at the end."""
        while not self._rest:
            chunk = next(self._source, None)
            if chunk is None:
                return b""
            self._rest = memoryview(chunk)
        cut = len(self._rest) if size < 0 else size
        piece, self._rest = bytes(self._rest[:cut]), self._rest[cut:]
        return piece


@dataclass(slots=True)
class _Member:
    entry: Entry
    sink: MemberSink
    left: int
    crc: int = 0


class ContainerReader:
    """Takes a container in pieces of any size, hands each member to a sink, refuses any other byte form.

    begin: called with name and length before a member's first byte; returns its sink or raises

    Feed with `write`, then call `close`, which raises CutBundleError when the container is not complete.
    """

    def __init__(self, begin: Callable[[str, int], MemberSink]) -> None:
        self.entries: list[Entry] = []
        self.taken = 0
        self._begin = begin
        self._names: set[str] = set()
        self._gathered = bytearray()
        self._member: _Member | None = None
        self._tail: bytes | None = None
        self._compared = 0

    def write(self, chunk: bytes, /) -> int:
        rest = memoryview(chunk)
        while rest:
            if self._tail is not None:
                used = self._compare_tail(rest)
            elif self._member is not None:
                used = self._pass_on(self._member, rest)
            else:
                used = self._gather(rest)
            self.taken += used
            rest = rest[used:]
        return len(chunk)

    def close(self) -> None:
        """Raise CutBundleError unless the last byte of the end record was seen."""
        if self._tail is None or self._compared < len(self._tail):
            raise CutBundleError

    def _gather(self, rest: memoryview) -> int:
        wanted = self._header_length() - len(self._gathered)
        self._gathered += rest[:wanted]
        used = min(wanted, len(rest))
        gathered = bytes(self._gathered)
        if len(gathered) == 4:
            self._look_at_mark(gathered)
        elif len(gathered) == self._header_length():
            self._start_member(gathered)
        return used

    def _header_length(self) -> int:
        if len(self._gathered) < 4:
            return 4
        if len(self._gathered) < _LOCAL.size:
            return _LOCAL.size
        name_length: int = _LOCAL.unpack_from(self._gathered)[9]
        if not 0 < name_length <= LONGEST_NAME:
            raise HostileBundleError(tr("成员名称长度"))
        return _LOCAL.size + name_length

    def _look_at_mark(self, mark: bytes) -> None:
        if mark == _LOCAL_MARK and len(self.entries) < MOST_MEMBERS:
            return
        if not self.entries:
            raise CutBundleError if mark == bytes(4) else NotABundleError
        if mark == _LOCAL_MARK:
            raise HostileBundleError(tr("成员过多"))
        if mark != _CENTRAL_MARK:
            raise ChangedBundleError(tr("容器结构"))
        self._tail = directory(self.entries, self._content_end())
        self._compared = len(mark)
        self._gathered.clear()

    def _content_end(self) -> int:
        if not self.entries:
            return 0
        last = self.entries[-1]
        return last.offset + len(local_header(last)) + last.size

    def _start_member(self, header: bytes) -> None:
        name = header[_LOCAL.size :].decode("latin-1")
        fields = _LOCAL.unpack_from(header)
        entry = Entry(name, fields[7], fields[6], self._content_end())
        if not _NAME.fullmatch(name) or ".." in name:
            raise HostileBundleError(tr("成员名称"))
        if name in self._names:
            raise HostileBundleError(tr("成员重复"))
        if header != local_header(entry):
            raise ChangedBundleError(tr("容器结构"))
        self._names.add(name)
        self._gathered.clear()
        self._member = _Member(entry, self._begin(name, entry.size), entry.size)
        if not entry.size:
            self._end_member(self._member)

    def _pass_on(self, member: _Member, rest: memoryview) -> int:
        piece = bytes(rest[: member.left])
        member.crc = zlib.crc32(piece, member.crc)
        member.left -= len(piece)
        member.sink.write(piece)
        if not member.left:
            self._end_member(member)
        return len(piece)

    def _end_member(self, member: _Member) -> None:
        if member.crc != member.entry.crc:
            raise ChangedBundleError(member.entry.name)
        member.sink.finish()
        self.entries.append(member.entry)
        self._member = None

    def _compare_tail(self, rest: memoryview) -> int:
        expected = (self._tail or b"")[self._compared : self._compared + len(rest)]
        if not expected or rest[: len(expected)] != expected:
            raise ChangedBundleError(tr("容器结构"))
        self._compared += len(expected)
        return len(expected)
