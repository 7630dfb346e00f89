"""Reading a bundle: every byte accounted for before anything inside is believed."""

import base64
import binascii
import os
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from ohdesk.domain.canonical import NotCanonicalError, parse
from ohdesk.i18n import tr
from ohdesk.sync.container import LARGEST_CONTAINER, ContainerReader, Entry, MemberSink, local_header
from ohdesk.sync.manifest import (
    CERTIFICATE,
    HEAD,
    MANIFEST_FORMAT,
    OUTER_NAMES,
    PAYLOAD,
    SIGNATURE,
    SIGNED_PREFIX,
    Acks,
    Digest,
    Head,
    Listed,
    Manifest,
    blob_name,
    decode,
    decode_head,
    head_hash,
    is_inner_name,
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

PIECE = 1 << 20
_OUTER_CAPS = {CERTIFICATE: 16 * 1024, HEAD: 256 * 1024, SIGNATURE: 64}
_MANIFEST_CAP = 8 * 1024 * 1024
_INNER_CAPS = {"ops": 16 * 1024 * 1024, "blobs": 64 * 1024 * 1024, "defs": 4 * 1024 * 1024}
_FACTS_CAP = 4 * 1024 * 1024  # acks.json, digest.json
_MOST_OPERATIONS_BYTES = 256 * 1024 * 1024
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----\n((?:[A-Za-z0-9+/=]{1,64}\n)+)-----END CERTIFICATE-----\n")


@dataclass(frozen=True, slots=True)
class Outer:
    """What can be known of a bundle without keys; the container's form and all hashes hold.

    certificate: PEM, in its one spelling
    """

    head: Head
    head_bytes: bytes
    certificate: bytes
    signature: bytes
    size: int

    @property
    def identity(self) -> str:
        """SHA-256 of head.json, which names the hash of everything else."""
        return head_hash(self.head_bytes)

    @property
    def signed(self) -> bytes:
        """The bytes under head.sig."""
        return SIGNED_PREFIX + self.head_bytes


@dataclass(frozen=True, slots=True)
class CarriedOperation:
    """One line of ops/, its exact bytes in `body`; `blobs`: the hashes of what it mentions."""

    replica: str
    division: str
    seq: int
    hash: str
    previous: str
    blobs: tuple[str, ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Inner:
    """What was inside, checked against the head; the blobs (SHA-256 → length) were handed out while reading."""

    operations: tuple[CarriedOperation, ...]
    acks: Acks
    digest: Digest
    blobs: dict[str, int]


def read_outer(path: Path) -> Outer:
    """Read the file to its end and return what it says without keys.

    Raises NoSuchFileError, BundleRefusedError (its kinds say why) and UnreadableError.
    """
    if not path.is_file():
        raise NoSuchFileError(str(path))
    size = path.stat().st_size
    if size > LARGEST_CONTAINER:
        raise HostileBundleError(tr("文件过大"))
    sink = _OuterSink()
    reader = ContainerReader(sink.begin)
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                reader.write(piece)
    except OSError as error:
        raise UnreadableError(path.name) from error
    reader.close()
    if sink.names != list(OUTER_NAMES):
        raise HostileBundleError(tr("容器成员"))
    return _checked_outer(sink, size)


def read_inner(path: Path, outer: Outer, opener: Opener, keep_blob: Callable[[str, bytes], None]) -> Inner:
    """Decrypt the payload and return what it carries; `keep_blob(sha256, content)` is called for each blob, checked.

    The caller forgets the kept blobs when this raises: BundleRefusedError, or UserError from the opener.
    """
    if not opener.fingerprints.intersection(outer.head.to):
        raise NotAddressedError
    sink = _InnerSink(outer.head, keep_blob)
    reader = ContainerReader(sink.begin)
    with path.open("rb") as file:
        file.seek(len(local_header(Entry(PAYLOAD, 0, 0, 0))))
        opener.open(_Part(file, outer.head.payload.len), reader)
    reader.close()
    return sink.contents()


def certificate_der(pem: bytes) -> bytes:
    """Return the DER inside a PEM certificate. Raises ChangedBundleError unless it is in its one spelling."""
    match = _PEM.fullmatch(pem)
    if match is None:
        raise ChangedBundleError(CERTIFICATE)
    try:
        der = base64.b64decode(match[1].replace(b"\n", b""), validate=True)
    except binascii.Error as error:
        raise ChangedBundleError(CERTIFICATE) from error
    text = base64.b64encode(der)
    if match[1] != b"".join(text[at : at + 64] + b"\n" for at in range(0, len(text), 64)):
        raise ChangedBundleError(CERTIFICATE)
    return der


class _Gathered:
    """Keeps a small member; `then` is called with its bytes."""

    def __init__(self, size: int, cap: int, place: str, then: Callable[[bytes], None]) -> None:
        if size > cap:
            raise HostileBundleError(tr("{place} 过大", place=place))
        self._pieces: list[bytes] = []
        self._then = then

    def write(self, chunk: bytes, /) -> None:
        self._pieces.append(chunk)

    def finish(self) -> None:
        self._then(b"".join(self._pieces))


class _Hashed:
    """Hashes a member without keeping it."""

    def __init__(self) -> None:
        self.digest = sha256()

    def write(self, chunk: bytes, /) -> None:
        self.digest.update(chunk)

    def finish(self) -> None:
        """Nothing to do: the hash is compared with the head, which comes later."""


class _OuterSink:
    """Receives the four outer members in their order."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.small: dict[str, bytes] = {}
        self.payload = _Hashed()
        self.payload_size = 0

    def begin(self, name: str, size: int) -> MemberSink:
        if len(self.names) >= len(OUTER_NAMES) or name != OUTER_NAMES[len(self.names)]:
            raise HostileBundleError(tr("容器成员"))
        self.names.append(name)
        if name == PAYLOAD:
            self.payload_size = size
            return self.payload
        return _Gathered(size, _OUTER_CAPS[name], name, lambda content: self.small.__setitem__(name, content))


def _checked_outer(sink: _OuterSink, size: int) -> Outer:
    head = decode_head(sink.small[HEAD])
    if (head.payload.len, head.payload.sha256) != (sink.payload_size, sink.payload.digest.hexdigest()):
        raise ChangedBundleError(PAYLOAD)
    if head.sender.device_fp != sha256(certificate_der(sink.small[CERTIFICATE])).hexdigest():
        raise ChangedBundleError(CERTIFICATE)
    return Outer(head, sink.small[HEAD], sink.small[CERTIFICATE], sink.small[SIGNATURE], size)


class _Part:
    """Reads the next `left` bytes of a file and no more."""

    def __init__(self, file: BinaryIO, left: int) -> None:
        self._file = file
        self._left = left

    def read(self, size: int = -1, /) -> bytes:
        piece = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(piece)
        return piece


class _InnerSink:
    """Receives the inner members: the manifest, then exactly what it lists."""

    def __init__(self, head: Head, keep_blob: Callable[[str, bytes], None]) -> None:
        self._head = head
        self._keep_blob = keep_blob
        self._expected: deque[Listed] | None = None
        self._operations: list[CarriedOperation] = []
        self._operation_bytes = 0
        self._blobs: dict[str, int] = {}
        self._acks = Acks()
        self._digest = Digest()

    def begin(self, name: str, size: int) -> MemberSink:
        if self._expected is None:
            if name != "manifest.json":
                raise HostileBundleError(tr("清单不在最前"))
            return _Gathered(size, _MANIFEST_CAP, name, self._take_manifest)
        if not self._expected or (self._expected[0].name, self._expected[0].len) != (name, size):
            raise HostileBundleError(tr("成员与清单不符"))
        listed = self._expected.popleft()
        cap = _INNER_CAPS.get(name.partition("/")[0], _FACTS_CAP)
        return _Gathered(size, cap, name, lambda content: self._take(listed, content))

    def contents(self) -> Inner:
        """Return everything received, once the container has been closed."""
        if self._expected is None or self._expected:
            raise CutBundleError
        if len(self._operations) != self._head.counts.ops or len(self._blobs) != self._head.counts.blobs:
            raise HostileBundleError(tr("数量与 head.json 不符"))
        return Inner(tuple(self._operations), self._acks, self._digest, self._blobs)

    def _take_manifest(self, content: bytes) -> None:
        if sha256(content).hexdigest() != self._head.inner_root:
            raise ChangedBundleError("manifest.json")
        manifest = decode(content, Manifest, "manifest.json")
        names = [listed.name for listed in manifest.members]
        sound = (
            manifest.fmt == MANIFEST_FORMAT
            and all(map(is_inner_name, names))
            and all(listed.len >= 0 for listed in manifest.members)
            and sum(listed.len for listed in manifest.members) == self._head.counts.bytes
        )
        if not sound:
            raise HostileBundleError("manifest.json")
        self._expected = deque(manifest.members)

    def _take(self, listed: Listed, content: bytes) -> None:
        if sha256(content).hexdigest() != listed.sha256:
            raise ChangedBundleError(listed.name)
        if listed.name == "acks.json":
            self._acks = decode(content, Acks, listed.name)
        elif listed.name == "digest.json":
            self._digest = decode(content, Digest, listed.name)
        elif listed.name.startswith("ops/"):
            self._take_operations(listed.name, content)
        elif listed.name.startswith("blobs/"):
            self._take_blob(listed, content)

    def _take_blob(self, listed: Listed, content: bytes) -> None:
        if listed.name != blob_name(listed.sha256):
            raise ChangedBundleError(listed.name)
        self._keep_blob(listed.sha256, content)
        self._blobs[listed.sha256] = listed.len

    def _take_operations(self, name: str, content: bytes) -> None:
        self._operation_bytes += len(content)
        if self._operation_bytes > _MOST_OPERATIONS_BYTES:
            raise HostileBundleError(tr("操作过多"))
        lines = content.split(b"\n")
        if lines.pop() != b"":
            raise ChangedBundleError(name)
        for line in lines:
            self._operations.append(self._operation(name, line))

    def _operation(self, name: str, line: bytes) -> CarriedOperation:
        carried = _carried(name, line)
        last = self._operations[-1] if self._operations else None
        expected = last.seq + 1 if last else self._head.range.first if self._head.range else 0
        sender = self._head.sender
        if (carried.replica, carried.division) != (sender.replica, sender.town):
            raise HostileBundleError(tr("{name} 中有别的单位的操作", name=name))
        if carried.seq != expected or (last and carried.previous != last.hash):
            raise HostileBundleError(tr("{name} 的编号不连续", name=name))
        return carried


def _carried(name: str, line: bytes) -> CarriedOperation:
    try:
        value: Any = parse(line)
        linked = msgspec.convert(value, _Linked, strict=True)
    except (NotCanonicalError, msgspec.ValidationError) as error:
        raise HostileBundleError(name) from error
    blobs = tuple(blob.removeprefix("sha256:") for blob in linked.blobs)
    return CarriedOperation(linked.r, linked.d, linked.s, sha256(line).hexdigest(), linked.p, blobs, line)


class _Linked(msgspec.Struct):
    """What links an operation to its replica's chain; the rest of it is the journal's business."""

    r: str
    d: str
    s: int
    p: str
    blobs: list[str]


def drop_from_cache(path: Path) -> None:
    """Ask the system to forget what it remembers of a file, so that the next read comes from the medium."""
    if not hasattr(os, "posix_fadvise"):
        return
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
