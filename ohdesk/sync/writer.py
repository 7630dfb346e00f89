"""Writing a bundle: one pass, encrypted as it goes, never a plain copy on disk."""

import zlib
from collections.abc import Callable, Iterable
from functools import partial
from hashlib import sha256
from itertools import chain
from typing import BinaryIO, Literal, NamedTuple

import msgspec

from ohdesk.files import begin_writing
from ohdesk.sync import limits
from ohdesk.sync.alongside import Alongside
from ohdesk.sync.container import Entry, chunks, local_header
from ohdesk.sync.manifest import (
    CERTIFICATE,
    FORMAT,
    HEAD,
    MANIFEST_FORMAT,
    PAYLOAD,
    SIGNATURE,
    SIGNED_PREFIX,
    SUITE,
    Counts,
    Cut,
    Extent,
    Head,
    Listed,
    Manifest,
    Said,
    Volume,
    encode,
)
from ohdesk.sync.problems import LostBytesError, TooLargeError
from ohdesk.sync.protocols import HeadSigner, Sealer

_BEGIN_EVERY = 32 << 20  # bytes: else a slow stick stands still until all is sealed, and then alone


class Member(NamedTuple):
    """Something to carry: name inside, length in bytes, SHA-256.

    load: returns the bytes when its turn comes, proved to be those of the SHA-256; they hold until the next is loaded
    cuts: of a blob, those whose bytes stand within it, in their order; they come with it
    """

    name: str
    size: int
    sha256: str
    load: Callable[[], bytes | memoryview]
    cuts: tuple[Cut, ...] = ()


class Contents(NamedTuple):
    """What a bundle says and carries; volume: which of a set it is, None for one by itself."""

    said: Said
    members: tuple[Member, ...]
    volume: Volume | None = None

    @property
    def manifest(self) -> bytes:
        """The bytes of manifest.json."""
        listed = tuple(Listed(member.name, member.size, member.sha256, member.cuts) for member in self.members)
        return encode(Manifest(MANIFEST_FORMAT, listed))

    @property
    def operations(self) -> int:
        """How many operations it carries."""
        return self.said.range.count if self.said.range else sum(map(_held_in, self.members))


def member(name: str, content: bytes) -> Member:
    """Return small content as a member."""
    return Member(name, len(content), sha256(content).hexdigest(), lambda: content)


def write(
    target: BinaryIO, contents: Contents, sealer: Sealer, signer: HeadSigner, report: Callable[[int], None]
) -> bytes:
    """Write the whole bundle to `target`, an empty file that can be written and sought; return the bytes of its head.

    `report` is told the bytes written so far.
    Raises LostBytesError when a member is of another length, what loading it raises, TooLargeError for what no reader
    takes, before a byte is written, OSError from the medium.
    """
    manifest = contents.manifest
    listed = ((each.name, each.size) for each in contents.members)
    for problem in limits.problems(len(manifest), listed, contents.operations):
        raise TooLargeError(problem)
    # The payload comes first, since the head behind it names its hash: one pass, and one seek back to fill in the
    # header.
    target.write(local_header(Entry(PAYLOAD, 0, 0, 0)))
    with Alongside() as thread:
        sealed = _Counted(target, thread, report)
        sealer.seal(ChunkReader(chain([manifest], map(_loaded, contents.members))), sealed)
    payload = Entry(PAYLOAD, sealed.size, sealed.crc, 0)
    head = encode(_head(contents, manifest, sealer, Extent(sealed.size, sealed.digest.hexdigest())))
    rest = {CERTIFICATE: signer.certificate, HEAD: head, SIGNATURE: signer.sign(SIGNED_PREFIX + head)}
    target.writelines(chunks(((name, partial(rest.__getitem__, name)) for name in rest), payload))
    target.seek(0)
    target.write(local_header(payload))
    return head


class _Counted:
    """Passes on to a file, counting and hashing, while the next piece is read and sealed."""

    def __init__(self, target: BinaryIO, thread: Alongside, report: Callable[[int], None]) -> None:
        self._target = target
        self._thread = thread
        self._report = report
        self._begun = 0
        self.size = 0
        self.crc = 0
        self.digest = sha256()

    def write(self, chunk: bytes | memoryview, /) -> int:
        """Raises what passing on the chunk before raised."""
        # Here and not with the rest: so both threads have as much to do.
        self.crc = zlib.crc32(chunk, self.crc)
        self._thread.do(self._pass_on, chunk)
        # Told from here: who hears of it may stop the writing by raising, and is at home in this thread only.
        self._report(self.size)
        return len(chunk)

    def _pass_on(self, chunk: bytes | memoryview) -> None:
        self._target.write(chunk)
        self.size += len(chunk)
        self.digest.update(chunk)
        if self.size - self._begun >= _BEGIN_EVERY:
            begin_writing(self._target)
            self._begun = self.size


class ChunkReader:
    """Makes a file-like reader of an iterator of chunks, each read out before the next is asked for."""

    def __init__(self, source: Iterable[bytes | memoryview]) -> None:
        self._source = iter(source)
        self._rest = memoryview(b"")

    def readinto(self, room: memoryview, /) -> int:
        """Fill some of `room` and return how many bytes; 0 at the end."""
        while not self._rest:
            chunk = next(self._source, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        cut = min(len(room), len(self._rest))
        room[:cut], self._rest = self._rest[:cut], self._rest[cut:]
        return cut


def _loaded(carried: Member) -> bytes | memoryview:
    content = carried.load()
    # Not hashed again: what lies on this disk is bound to its hash where it is sealed, and opens to nothing else.
    if len(content) != carried.size:
        raise LostBytesError(carried.name)
    return content


def _head(contents: Contents, manifest: bytes, sealer: Sealer, payload: Extent) -> Head:
    said = contents.said
    digest = sha256(manifest).hexdigest()
    return Head(
        **msgspec.structs.asdict(said),
        fmt=FORMAT,
        min_reader="1.0",
        bundle_class=_class_of(contents),
        suite=SUITE,
        # Sorted, so that one set of recipients has one spelling.
        to=tuple(sorted(sealer.recipients)),
        counts=Counts(
            ops=contents.operations,
            blobs=sum(carried.name.startswith("blobs/") + len(carried.cuts) for carried in contents.members),
            bytes=sum(carried.size for carried in contents.members),
        ),
        manifest=Extent(len(manifest), digest),
        payload=payload,
        volume=contents.volume or Volume(set=digest[:16], i=1, n=1),
    )


def _class_of(contents: Contents) -> Literal["data", "ack", "snapshot"]:
    if contents.said.range:
        return "data"
    return "snapshot" if any(carried.name.startswith("held/") for carried in contents.members) else "ack"


def _held_in(carried: Member) -> int:
    """Return how many operations of others a member holds, by its name."""
    if not carried.name.startswith("held/"):
        return 0
    first, _, last = carried.name.rpartition("/")[2].removesuffix(".jsonl").partition("-")
    return int(last) - int(first) + 1
