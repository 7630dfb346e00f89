"""What the head and the manifest say: their fields, decoded strictly, written in one byte form (RFC 8785)."""

from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

from ohdesk.domain.bounds import LARGEST_BLOB, LONGEST_REASON
from ohdesk.domain.calendar import parse_instant
from ohdesk.domain.canonical import NotCanonicalError, canonical, clean_text, parse
from ohdesk.i18n import tr
from ohdesk.sync.limits import MOST_BLOBS, MOST_PARTS, MOST_VOLUMES
from ohdesk.sync.problems import ChangedBundleError, HostileBundleError, NewerBundleError

FORMAT = "ohb/1.0"
READER = (1, 0)  # the newest `min_reader` this program can read
SCHEMA_VERSION = 1  # of the operations' shapes: goes up when an older program would misread them
SUITE = "age-x25519+ed25519+sha256"
# A signature over a head must never serve as one over something else that the device signs.
SIGNED_PREFIX = b"ohb/1 head\0"
MANIFEST_FORMAT: Literal["ohb-manifest/1"] = "ohb-manifest/1"
MOST_LAPTOPS = 1_000  # of one county: of those a bundle is for, those it needs, those it acknowledges
# Of one receipt, by reader and writer: whatever arrived, the receipt for it can be written and read.
MOST_MISSING, MOST_REFUSED = 20_000, 3_000
_LONGEST_FAULT = 120  # characters of what is told of a field

PAYLOAD, CERTIFICATE, HEAD, SIGNATURE = "payload.age", "sender.cer", "head.json", "head.sig"
# The members in their order, and the most bytes of one that is read whole; the payload is only hashed.
OUTER_CAPS = {PAYLOAD: None, CERTIFICATE: 16 * 1024, HEAD: 256 * 1024, SIGNATURE: 64}

# Python's "$" would let a line feed follow, and "\d" the digits of every script.
Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Replica = Annotated[str, Meta(pattern=r"^[0-9a-f]{16}\Z")]
Division = Annotated[str, Meta(pattern=r"^([0-9]{6}|[0-9]{9})\Z")]
Version = Annotated[str, Meta(pattern=r"^[0-9]{1,3}\.[0-9]{1,3}\Z")]
SequenceNumber = Annotated[int, Meta(gt=0, lt=10**12)]
PartName = Annotated[
    str,
    Meta(
        pattern=r"^(ops/[0-9]{6,12}-[0-9]{6,12}\.jsonl|held/[0-9a-f]{16}/[0-9]{6,12}-[0-9]{6,12}\.jsonl"
        r"|blobs/[0-9a-f]{2}/[0-9a-f]{64}|acks\.json|digest\.json)\Z"
    ),
]


class Sender(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who sends: the replica, its town or county (division code) and the SHA-256 of its certificate (DER)."""

    replica: Replica
    device_fp: Hash
    town: Division


class Range(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"first": "from", "last": "to"}):
    """Sequence numbers of the sending replica in this bundle, both ends included, without gaps."""

    first: SequenceNumber
    last: SequenceNumber

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"range from {self.first} to {self.last}")

    @property
    def count(self) -> int:
        """How many operations."""
        return self.last - self.first + 1


class Need(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A prerequisite: the reader must hold this replica's operations up to and including `upto`.

    town: the replica's division; the county needs them all, a town those of its own laptops and the county's
    """

    replica: Replica
    town: Division
    upto: SequenceNumber


class Schema(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The version of the operations' shapes, and the fingerprint of the kinds the writer knows."""

    ver: Annotated[int, Meta(gt=0, lt=10**6)]
    hash: Hash


class Made(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When it was made, by the writer's own clock: for people and for warnings, never for order.

    wall:             UTC, "2026-03-02T09:30:00Z"
    utc_offset:       minutes the laptop's zone is east of UTC
    monotonic_ok:     the clock was not behind the writer's last operation
    last_county_time: wall time of the last county bundle taken in; empty when none
    """

    wall: str
    utc_offset: Annotated[int, Meta(ge=-24 * 60, le=24 * 60)]
    monotonic_ok: bool
    last_county_time: str

    def __post_init__(self) -> None:
        for text in (self.wall, self.last_county_time or self.wall):
            parse_instant(text)


class Counts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much is inside: operations, blobs, and bytes of all parts behind the manifest."""

    ops: Annotated[int, Meta(ge=0, lt=10**9)]
    blobs: Annotated[int, Meta(ge=0, le=MOST_PARTS)]
    bytes: Annotated[int, Meta(ge=0, lt=2**32)]


class Extent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Length in bytes and SHA-256 of something that follows."""

    len: Annotated[int, Meta(ge=0, lt=2**32)]
    sha256: Hash


class Volume(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which volume of a set this file is, the `i`-th of `n`; a bundle by itself is the first of one."""

    set: Annotated[str, Meta(pattern=r"^[0-9a-f]{16}\Z")]
    i: Annotated[int, Meta(gt=0, le=MOST_VOLUMES)]
    n: Annotated[int, Meta(gt=0, le=MOST_VOLUMES)]

    def __post_init__(self) -> None:
        if self.i > self.n:
            raise ValueError(f"volume {self.i} of {self.n}")

    def named(self, i: int) -> str:
        """Return what the name of a volume's file ends with: "_2of3_9abc"; "" for a bundle by itself."""
        return f"_{i}of{self.n}_{self.set[:4]}" if self.n > 1 else ""

    def told(self, town: str, i: int) -> str:
        """Return a volume of the set in words, by the file that is to be looked for."""
        end = f"{self.named(i)}.ohb"
        return tr("{town} 一套 {n} 卷里的第 {i} 卷（文件名以 {end} 结尾）", town=town, n=self.n, i=i, end=end)


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"sender": "from"}):
    """What the sender says of a bundle; all else in its head follows from what it carries and for whom.

    bundle_seq: number of this bundle at its sender, from 1
    prev:       SHA-256 of the head of the sender's bundle before; empty for the first
    range:      the operations inside; null for receipts only
    """

    sender: Sender
    bundle_seq: Annotated[int, Meta(gt=0, lt=10**9)]
    prev: Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")]
    range: Range | None
    needs: Annotated[tuple[Need, ...], Meta(max_length=MOST_LAPTOPS)]
    schema: Schema
    app: Annotated[str, Meta(max_length=40)]
    made: Made

    @property
    def ends(self) -> tuple[int, int]:
        """The first and the last operation inside, both 0 for receipts only."""
        return (self.range.first, self.range.last) if self.range else (0, 0)


class Head(Said, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"bundle_class": "class"}):
    """Routing and promises, readable without keys; no personal data.

    bundle_class: "data" (with operations), "ack" (receipts only) or "snapshot" (what others wrote, from the county)
    to:           fingerprints of the recipients, sorted
    manifest:     length and hash of the manifest, with which the decrypted payload begins
    payload:      length and hash of payload.age
    """

    fmt: Annotated[str, Meta(max_length=20)]
    min_reader: Version
    bundle_class: Literal["data", "ack", "snapshot"]  # reserved: config, draw-commit, revocation
    suite: str
    to: Annotated[tuple[Hash, ...], Meta(max_length=MOST_LAPTOPS)]
    counts: Counts
    manifest: Extent
    payload: Extent
    volume: Volume

    def __post_init__(self) -> None:
        # One spelling for one meaning, here as everywhere in the head.
        if list(self.to) != sorted(set(self.to)):
            raise ValueError("recipients are not in order")
        if (self.range is None) != (self.bundle_class != "data"):
            raise ValueError("receipts with operations, or data without")
        if self.bundle_class != "snapshot" and self.counts.ops != (self.range.count if self.range else 0):
            raise ValueError("another count of operations than the range")


class Cut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A blob whose bytes stand within another: its SHA-256, the first byte there, length in bytes."""

    sha256: Hash
    at: Annotated[int, Meta(ge=0, le=LARGEST_BLOB)]
    len: Annotated[int, Meta(gt=0, le=LARGEST_BLOB)]


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One part behind the manifest: name, length in bytes, SHA-256; cuts: blobs within this one, in their order."""

    name: PartName
    len: Annotated[int, Meta(ge=0, le=LARGEST_BLOB)]
    sha256: Hash
    cuts: Annotated[tuple[Cut, ...], Meta(max_length=MOST_BLOBS)] = ()

    def __post_init__(self) -> None:
        if self.cuts and not self.name.startswith("blobs/"):
            raise ValueError("blobs within something else")
        # One behind the other: hashing them costs no more than the whole.
        end = 0
        for cut in self.cuts:
            if cut.at < end:
                raise ValueError("blobs within one another")
            end = cut.at + cut.len
        if end > self.len:
            raise ValueError("a blob beyond the end")


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every part behind the manifest, in the order in which they follow one another without anything in between."""

    fmt: Literal["ohb-manifest/1"]
    parts: Annotated[tuple[Listed, ...], Meta(max_length=MOST_PARTS)]

    def __post_init__(self) -> None:
        if len({part.name for part in self.parts}) != len(self.parts):
            raise ValueError("a name occurs twice")
        blobs = [part.name.rpartition("/")[2] for part in self.parts if part.name.startswith("blobs/")]
        blobs += [cut.sha256 for part in self.parts for cut in part.cuts]
        if len(blobs) > MOST_PARTS or len(set(blobs)) != len(blobs):
            raise ValueError("a blob occurs twice, or too many")


class Held(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of one replica, everything up to and including `upto` is held; `hash` is that operation's."""

    replica: Replica
    upto: Annotated[int, Meta(ge=0, lt=10**12)]
    hash: Hash


class Refused(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One operation that is held but could not be applied, and why."""

    replica: Replica
    seq: SequenceNumber
    reason: Annotated[str, Meta(max_length=LONGEST_REASON)]


class Acks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the sender holds of everyone, which blobs it still misses, which operations it set aside."""

    holds: Annotated[tuple[Held, ...], Meta(max_length=MOST_LAPTOPS)] = ()
    missing: Annotated[tuple[Hash, ...], Meta(max_length=MOST_MISSING)] = ()
    refused: Annotated[tuple[Refused, ...], Meta(max_length=MOST_REFUSED)] = ()


class Digest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the sender holds, by two fingerprints; empty when not told.

    heads: of the last operation of each replica · rows: of a few records that these choose
    """

    heads: Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")] = ""
    rows: Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")] = ""


class _Announced(msgspec.Struct):
    """What the head of any version says, so that a newer one is told from a broken one before its fields are judged."""

    fmt: Annotated[str, Meta(pattern=r"^ohb/[0-9]{1,3}\.[0-9]{1,3}\Z")]
    min_reader: Version
    suite: str


Structure = TypeVar("Structure", bound=msgspec.Struct)


def encode(structure: msgspec.Struct) -> bytes:
    """Return the canonical bytes of a structure."""
    return canonical(msgspec.to_builtins(structure))


def decode(data: bytes, kind: type[Structure], place: str) -> Structure:
    """Return the structure in `data`.

    Raises HostileBundleError, naming `place`, for other fields, missing ones or other types, and
    ChangedBundleError for any other spelling.
    """
    structure = _convert(_plain(data, place), kind, place)
    # Canonical already, but with a default left out it would decode to the same.
    if encode(structure) != data:
        raise HostileBundleError(place)
    return structure


def decode_head(data: bytes) -> Head:
    """Return the head in `data`, its values checked.

    Raises NewerBundleError when only a newer program can read the bundle, else as `decode`.
    """
    place = "head.json"
    value = _plain(data, place)
    announced = _convert(value, _Announced, place)
    written, needed = _version(announced.fmt.removeprefix("ohb/")), _version(announced.min_reader)
    # Before the fields: one added since must lead to "update first", not to "somebody tampered with this".  Within a
    # major number fields are only added, so only another one needs another reader.
    least = max(needed, (written[0], 0))
    if least > READER or announced.suite != SUITE:
        raise NewerBundleError(needed="{}.{}".format(*least))
    if min(written, needed) < (READER[0], 0):
        raise HostileBundleError(f"{place}: fmt")  # none was ever written
    return _convert(_known(value), Head, place)


def _version(text: str) -> tuple[int, int]:
    major, minor = text.split(".")
    return int(major), int(minor)


OPS_NAME = "ops/{first:06d}-{last:06d}.jsonl"  # the part of the sender's own operations from … to …


def held_name(replica: str) -> str:
    """Return the part name, with {first} and {last}, of operations that another replica wrote, in a snapshot."""
    return f"held/{replica}/{{first:06d}}-{{last:06d}}.jsonl"


def blob_name(digest: str) -> str:
    """Return the part name of the blob with this SHA-256."""
    return f"blobs/{digest[:2]}/{digest}"


def _plain(data: bytes, place: str) -> Any:
    try:
        return parse(data)
    except NotCanonicalError as error:
        raise ChangedBundleError(place) from error


def _convert(value: Any, kind: type[Structure], place: str) -> Structure:
    try:
        return msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError as error:
        # It may quote a name out of the file, of any length and with characters that steer a terminal.
        raise HostileBundleError(f"{place}: {clean_text(str(error))[:_LONGEST_FAULT]}") from error


def _known(value: dict[str, Any]) -> dict[str, Any]:
    """Return a head of our own format as it is; of a newer one that we may read, without fields added since."""
    # Fields may be added within ohb/1: a newer writer that this reader suits is not turned away for them.
    if value["fmt"] == FORMAT:
        return value
    return {key: item for key, item in value.items() if key in _HEAD_KEYS}


_HEAD_KEYS = frozenset(field.encode_name for field in msgspec.structs.fields(Head))
