"""Reading a bundle: every byte accounted for before anything inside is believed."""

import zlib
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from io import FileIO
from pathlib import Path

import msgspec

from ohdesk.errors import UserError
from ohdesk.files import reading_once
from ohdesk.i18n import tr
from ohdesk.sync import container, limits
from ohdesk.sync.alongside import Alongside
from ohdesk.sync.container import PIECE, Entry, Part, local_header
from ohdesk.sync.manifest import (
    CERTIFICATE,
    HEAD,
    OUTER_CAPS,
    PAYLOAD,
    SIGNATURE,
    SIGNED_PREFIX,
    Acks,
    Cut,
    Digest,
    Head,
    Listed,
    Manifest,
    blob_name,
    decode,
    decode_head,
)
from ohdesk.sync.problems import (
    ChangedBundleError,
    CutBundleError,
    HostileBundleError,
    NoSuchFileError,
    NotAddressedError,
    UnreadableError,
)
from ohdesk.sync.protocols import Opener

_MANIFEST = "manifest.json"
KeepBlob = Callable[[str, memoryview], None]
KeepCuts = Callable[[str, Sequence[Cut]], None]


@dataclass(frozen=True, slots=True)
class Outer:
    """What can be known of a bundle without keys; the container's form holds, and all hashes that were looked at.

    certificate: DER; the one that the head names by its SHA-256
    crc:         CRC-32 of the payload by the container's headers
    """

    head: Head
    head_bytes: bytes
    certificate: bytes
    signature: bytes
    size: int
    crc: int

    @property
    def identity(self) -> str:
        """SHA-256 of head.json, which names the hash of everything else; 64 lower-case hexadecimal digits."""
        return sha256(self.head_bytes).hexdigest()

    @property
    def name(self) -> str:
        """The file name of the bundle: OH_<code9>_<replica8>_<seq6>_<head8>.ohb, of a volume also which it is."""
        sender = self.head.sender
        # Counties have six digits, towns nine; padded, the names of all sort and align.
        code = sender.town.ljust(9, "0")
        volume = self.head.volume
        return (
            f"OH_{code}_{sender.replica[:8]}_{self.head.bundle_seq:06d}_{self.identity[:8]}{volume.named(volume.i)}.ohb"
        )

    @property
    def signed(self) -> bytes:
        """The bytes under head.sig."""
        return SIGNED_PREFIX + self.head_bytes


@dataclass(slots=True)
class Inner:
    """What was inside, checked against the head; the blobs (SHA-256 → length) were handed out while reading.

    manifest: its bytes
    operations: the exact bytes of each, numbered from the first of the head's range on
    held: of a snapshot, the same of other replicas, each without gaps from whatever number it begins with
    """

    manifest: bytes = b""
    operations: list[bytes] = field(default_factory=list)
    held: dict[str, list[bytes]] = field(default_factory=dict)
    acks: Acks = field(default_factory=Acks)
    digest: Digest = field(default_factory=Digest)
    blobs: dict[str, int] = field(default_factory=dict)


def read_outer(path: Path, *, sums: bool = True) -> Outer:
    """Read the file to its end and return what it says without keys.

    sums: False leaves out the payload's CRC, for whoever wrote it a moment ago and knows the head, which names its hash

    Raises NoSuchFileError, BundleRefusedError (its kinds say why) and UnreadableError.
    """
    return _outer(path, sums=sums)


def read_ends(path: Path) -> Outer:
    """As `read_outer`, without a look at the payload: who sends what to whom costs a few kilobytes of any stick.

    What it says of the payload is checked by `read_inner`.
    """
    return _outer(path, skip=True)


def _outer(path: Path, *, skip: bool = False, sums: bool = True) -> Outer:
    if not path.is_file():
        raise NoSuchFileError(str(path))
    # A longer file is no bundle, and need not be read to know it.
    size = path.stat().st_size
    if size > limits.LARGEST_CONTAINER:
        raise HostileBundleError(tr("文件过大"))
    try:
        with path.open("rb") if sums else reading_once(path) as file:
            parts = container.read(file, OUTER_CAPS, skip=skip, sums=sums)
    except OSError as error:
        raise UnreadableError(path.name) from error
    return _checked_outer(parts, size)


def read_inner(
    path: Path,
    outer: Outer,
    opener: Opener,
    keep_blob: KeepBlob,
    keep_cuts: KeepCuts | None = None,
) -> Inner:
    """Decrypt the payload and return what it carries; `keep_blob(sha256, content)` is called for each blob.

    The content holds until the next one was kept: all are read into the same memory, since new memory for each costs
    more than any hash.

    keep_cuts: called instead for those that stand within one that was kept, behind that, with its SHA-256

    Each byte is read once, hashed and decrypted.  The caller forgets the kept blobs when this raises, for of the last
    ones some are checked beside the next:
    BundleRefusedError, UnreadableError, or UserError from the opener.
    """
    # Said from the head, in plain words: the library would only say that no key fits.
    if not opener.fingerprints.intersection(outer.head.to):
        raise NotAddressedError
    with path.open("rb", buffering=0) as file, Alongside() as hashing, Alongside() as checking:
        file.seek(len(local_header(Entry(PAYLOAD, 0, 0, 0))))
        payload = _Payload(file, path.name, outer, hashing)
        plain = _Plain(outer.head, keep_blob, keep_cuts, checking)
        try:
            opener.open(payload, plain)
        except UnreadableError:
            raise
        except UserError:
            # A copy that was damaged on the way says nothing of whoever made the bundle.
            payload.check()
            raise
        payload.check()
        return plain.contents()


def _checked_outer(parts: Mapping[str, Part], size: int) -> Outer:
    head, payload = decode_head(parts[HEAD].content), parts[PAYLOAD]
    # Not hashed where it was passed over.
    if (head.payload.len, head.payload.sha256) != (payload.size, payload.sha256 or head.payload.sha256):
        raise ChangedBundleError(PAYLOAD)
    # The head is signed, the certificate is not: its hash in the head ties the two.
    if head.sender.device_fp != parts[CERTIFICATE].sha256:
        raise ChangedBundleError(CERTIFICATE)
    return Outer(head, parts[HEAD].content, parts[CERTIFICATE].content, parts[SIGNATURE].content, size, payload.crc)


class _Payload:
    """Reads the payload from a file that stands at its beginning, and no more; hashes it beside.

    Memory that was filled is hashed until the next is: it is filled again no sooner than that.
    """

    def __init__(self, file: FileIO, name: str, outer: Outer, thread: Alongside) -> None:
        self._file = file
        self._name = name
        self._outer = outer
        self._thread = thread
        self._left = outer.head.payload.len
        self._digest = sha256()
        self._crc = 0

    def readinto(self, room: memoryview, /) -> int:
        try:
            came = self._file.readinto(room[: self._left]) or 0
        except OSError as error:
            raise UnreadableError(self._name) from error
        self._left -= came
        if came:
            self._thread.do(self._hash, room[:came])
        return came

    def _hash(self, piece: memoryview) -> None:
        self._digest.update(piece)
        self._crc = zlib.crc32(piece, self._crc)

    def check(self) -> None:
        """Read what is left. Raises CutBundleError and ChangedBundleError where it is not what the head says."""
        self._thread.wait()
        room = memoryview(bytearray(min(PIECE, self._left)))
        while self.readinto(room):
            self._thread.wait()
        if self._left:
            raise CutBundleError
        if (self._digest.hexdigest(), self._crc) != (self._outer.head.payload.sha256, self._outer.crc):
            raise ChangedBundleError(PAYLOAD)


class _Plain:
    """Takes the decrypted payload in pieces of any size: the manifest, then exactly the parts that it lists.

    Every length is judged before the first byte it announces: the manifest's by the head, the parts' by their caps.
    Never more than two parts are held: the one that is being kept, and the next.
    """

    def __init__(
        self,
        head: Head,
        keep_blob: KeepBlob,
        keep_cuts: KeepCuts | None,
        thread: Alongside,
    ) -> None:
        if not 0 < head.manifest.len <= limits.LARGEST_MANIFEST:
            raise HostileBundleError(_MANIFEST)
        self._head = head
        self._keep_blob = keep_blob
        self._keep_cuts = keep_cuts
        self._thread = thread
        self._manifest: Manifest | None = None
        self._awaited: deque[Listed] = deque()
        self._rooms = [_Room(), _Room()]  # of blobs, in turn
        self._gathered = _Room()
        self._missing = head.manifest.len  # bytes of the manifest or of the part that is being gathered
        self._inner = Inner()

    def write(self, chunk: bytes | memoryview, /) -> int:
        rest = memoryview(chunk)
        while rest:
            if not self._missing:
                raise HostileBundleError(tr("清单之外的内容"))
            piece = rest[: self._missing]
            self._missing -= len(piece)
            self._gathered.add(piece, self._missing)
            rest = rest[len(piece) :]
            if not self._missing:
                self._take_gathered()
        return len(chunk)

    def contents(self) -> Inner:
        """Return everything received, once the payload has come to its end."""
        if self._manifest is None or self._awaited:
            raise CutBundleError
        self._thread.wait()
        inner, counts = self._inner, self._head.counts
        ops = len(inner.operations) + sum(map(len, inner.held.values()))
        if (ops, len(inner.blobs)) != (counts.ops, counts.blobs):
            raise HostileBundleError(tr("数量与 head.json 不符"))
        return inner

    def _take_gathered(self) -> None:
        if self._manifest is None:
            self._manifest = self._checked_manifest(bytes(self._gathered.content))
            self._awaited.extend(self._manifest.parts)
        else:
            self._take(self._awaited.popleft(), self._gathered.content)
        while self._awaited and not self._awaited[0].len:
            self._take(self._awaited.popleft(), memoryview(b""))
        self._missing = self._awaited[0].len if self._awaited else 0
        if self._missing:
            self._gathered = self._room(self._awaited[0])

    def _room(self, listed: Listed) -> "_Room":
        """Return memory for a part; that of the blob before the last, whose keeping has ended, is used again."""
        if not listed.name.startswith("blobs/"):
            return _Room()
        self._rooms.reverse()
        self._rooms[0].clear()
        return self._rooms[0]

    def _checked_manifest(self, content: bytes) -> Manifest:
        if sha256(content).hexdigest() != self._head.manifest.sha256:
            raise ChangedBundleError(_MANIFEST)
        manifest = decode(content, Manifest, _MANIFEST)
        self._inner.manifest = content
        if sum(part.len for part in manifest.parts) != self._head.counts.bytes:
            raise HostileBundleError(_MANIFEST)
        listed = ((part.name, part.len) for part in manifest.parts)
        for problem in limits.problems(len(content), listed, self._head.counts.ops):
            raise HostileBundleError(problem)
        return manifest

    def _take(self, listed: Listed, content: memoryview) -> None:
        if sha256(content).hexdigest() != listed.sha256:
            raise ChangedBundleError(listed.name)
        if listed.name == "acks.json":
            self._inner.acks = decode(bytes(content), Acks, listed.name)
        elif listed.name == "digest.json":
            self._inner.digest = decode(bytes(content), Digest, listed.name)
        elif listed.name.startswith("ops/"):
            self._take_operations(listed.name, bytes(content))
        elif listed.name.startswith("held/"):
            self._take_held(listed.name, bytes(content))
        elif listed.name.startswith("blobs/"):
            self._take_blob(listed, content)

    def _take_blob(self, listed: Listed, content: memoryview) -> None:
        # The name repeats the hash; two that differ would make the county look for another photo.
        if listed.name != blob_name(listed.sha256):
            raise ChangedBundleError(listed.name)
        # Behind the check of the one before, whose memory is the next to be filled.
        self._thread.do(_check_cuts, listed.cuts, content)
        self._keep_blob(listed.sha256, content)
        self._inner.blobs[listed.sha256] = listed.len
        self._inner.blobs |= {cut.sha256: cut.len for cut in listed.cuts}
        if self._keep_cuts is None:
            for cut in listed.cuts:
                self._keep_blob(cut.sha256, _cut_out(cut, content))
        elif listed.cuts:
            self._keep_cuts(listed.sha256, listed.cuts)

    def _take_held(self, name: str, content: bytes) -> None:
        # What others wrote comes in a snapshot alone, whose head says so to whoever decides whom to believe.
        if self._head.bundle_class != "snapshot":
            raise HostileBundleError(tr("{name} 中有别的单位的操作", name=name))
        replica = name.split("/")[1]
        held = self._inner.held.setdefault(replica, [])
        for line in _lines_of(name, content):
            linked = _linked(name, line)
            if linked.r != replica or (held and not _follows(linked, held[-1])):
                raise HostileBundleError(tr("{name} 的编号不连续", name=name))
            held.append(line)

    def _take_operations(self, name: str, content: bytes) -> None:
        for line in _lines_of(name, content):
            self._check_link(name, line)
            self._inner.operations.append(line)

    def _check_link(self, name: str, line: bytes) -> None:
        linked = _linked(name, line)
        sender, before = self._head.sender, self._inner.operations
        # A device may speak for itself only, whoever signed what it carries.
        if (linked.r, linked.d) != (sender.replica, sender.town):
            raise HostileBundleError(tr("{name} 中有别的单位的操作", name=name))
        # Without gaps inside one bundle; whether it follows on what is held only the journal knows.
        follows = not before or linked.p == sha256(before[-1]).hexdigest()
        if linked.s != self._head.ends[0] + len(before) or not follows:
            raise HostileBundleError(tr("{name} 的编号不连续", name=name))


class _Room:
    """Memory that grows with what comes, and stays for the next."""

    def __init__(self) -> None:
        self._memory = memoryview(bytearray())
        self._filled = 0

    @property
    def content(self) -> memoryview:
        return self._memory[: self._filled]

    def add(self, piece: memoryview, awaited: int) -> None:
        """Put a piece behind the others; awaited: bytes that are still to come."""
        end = self._filled + len(piece)
        if end > len(self._memory):
            # Never for what is only announced.
            grown = memoryview(bytearray(min(end + awaited, 2 * end)))
            grown[: self._filled] = self.content
            self._memory = grown
        self._memory[self._filled : end] = piece
        self._filled = end

    def clear(self) -> None:
        self._filled = 0


def _check_cuts(cuts: Iterable[Cut], content: memoryview) -> None:
    for cut in cuts:
        # Whoever signed the manifest said so: the bytes of the whole are those it names.
        if sha256(_cut_out(cut, content)).hexdigest() != cut.sha256:
            raise HostileBundleError(blob_name(cut.sha256))


def _cut_out(cut: Cut, content: memoryview) -> memoryview:
    return content[cut.at : cut.at + cut.len]


def _lines_of(name: str, content: bytes) -> list[bytes]:
    lines = content.split(b"\n")
    # Every line ends with a line feed, so a file cut at the end of a line is still seen to be cut.
    if lines.pop() != b"":
        raise ChangedBundleError(name)
    return lines


def _follows(linked: "_Linked", before: bytes) -> bool:
    return linked.p == sha256(before).hexdigest() and linked.s == msgspec.json.decode(before, type=_Linked).s + 1


def _linked(name: str, line: bytes) -> "_Linked":
    try:
        return msgspec.json.decode(line, type=_Linked)
    except (msgspec.DecodeError, RecursionError) as error:
        raise HostileBundleError(name) from error


class _Linked(msgspec.Struct):
    """What links an operation to its replica's chain; all else is the journal's business, which may set it aside."""

    r: str
    d: str
    s: int
    p: str
