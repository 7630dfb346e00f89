"""What the head and the manifest say: their fields, decoded strictly, written in one byte form (RFC 8785)."""

import re
from hashlib import sha256
from typing import Any, TypeVar

import msgspec

from ohdesk.domain.calendar import instant_text, parse_instant
from ohdesk.domain.canonical import NotCanonicalError, canonical, parse
from ohdesk.i18n import tr
from ohdesk.sync.problems import ChangedBundleError, HostileBundleError, NewerBundleError

FORMAT = "ohb/1.0"
READER = (1, 0)  # the newest `min_reader` this program can read
SUITE = "age-x25519+ed25519+sha256"
SIGNED_PREFIX = b"ohb/1 head\0"
MANIFEST_FORMAT = "ohb-manifest/1"
CLASSES = frozenset({"data", "ack"})  # reserved: config, draw-commit, revocation, snapshot

PAYLOAD, CERTIFICATE, HEAD, SIGNATURE = "payload.age", "sender.pem", "head.json", "head.sig"
OUTER_NAMES = (PAYLOAD, CERTIFICATE, HEAD, SIGNATURE)

_HASH = r"[0-9a-f]{64}"
_INNER_NAMES = re.compile(
    rf"ops/\d{{6,12}}-\d{{6,12}}\.jsonl|blobs/[0-9a-f]{{2}}/{_HASH}|defs/{_HASH}\.json|acks\.json|digest\.json"
)


class Sender(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who sends: the replica, its town or county (division code) and the SHA-256 of its certificate (DER)."""

    replica: str
    device_fp: str
    town: str


class Range(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"first": "from", "last": "to"}):
    """Sequence numbers of the sending replica in this bundle, both ends included, without gaps."""

    first: int
    last: int


class Need(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A prerequisite: the reader must hold this replica's operations up to and including `upto`.

    town: the replica's division; the county needs them all, a town those of its own laptops and the county's
    """

    replica: str
    town: str
    upto: int


class Schema(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The version of the operations' shapes, and the fingerprint of the kinds the writer knows."""

    ver: int
    hash: str


class Made(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When it was made, by the writer's own clock: for people and for warnings, never for order.

    wall:             UTC, "2026-03-02T09:30:00Z"
    utc_offset:       minutes the laptop's zone is east of UTC
    monotonic_ok:     the clock was not behind the writer's last operation
    last_county_time: wall time of the last county bundle taken in; empty when none
    """

    wall: str
    utc_offset: int
    monotonic_ok: bool
    last_county_time: str


class Counts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much is inside: operations, blobs, and bytes of all members."""

    ops: int
    blobs: int
    bytes: int


class Payload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Length in bytes and SHA-256 of payload.age."""

    len: int
    sha256: str


class Volume(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which part of a set this file is; a bundle by itself is number 1 of 1."""

    set: str
    i: int
    n: int


class Head(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    rename={"bundle_class": "class", "sender": "from"},
):
    """Routing and promises, readable without keys; no personal data.

    bundle_class: "data" (with operations) or "ack" (receipts only)
    to:           fingerprints of the recipients, sorted
    bundle_seq:   number of this bundle at its sender, from 1
    prev:         SHA-256 of the head of the sender's bundle before; empty for the first
    range:        the operations inside; null in an "ack"
    inner_root:   SHA-256 of manifest.json
    """

    fmt: str
    min_reader: str
    bundle_class: str
    suite: str
    sender: Sender
    to: tuple[str, ...]
    bundle_seq: int
    prev: str
    range: Range | None
    needs: tuple[Need, ...]
    schema: Schema
    app: str
    made: Made
    counts: Counts
    inner_root: str
    payload: Payload
    volume: Volume


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One member of the inner container: name, length in bytes, SHA-256."""

    name: str
    len: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every member behind the manifest, in the order in which they stand."""

    fmt: str
    members: tuple[Listed, ...]


class Held(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of one replica, everything up to and including `upto` is held; `hash` is that operation's."""

    replica: str
    upto: int
    hash: str


class Refused(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One operation that is held but could not be applied, and why."""

    replica: str
    seq: int
    reason: str


class Acks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the sender holds of everyone, which blobs it still misses, which operations it set aside."""

    holds: tuple[Held, ...] = ()
    missing: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()


class Digest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fingerprint of the sender's shared tables after everything in `holds`; empty when not told."""

    state: str = ""


Structure = TypeVar("Structure", Head, Manifest, Acks, Digest)


def encode(structure: Head | Manifest | Acks | Digest) -> bytes:
    """Return the canonical bytes of a structure."""
    return canonical(msgspec.to_builtins(structure))


def decode(data: bytes, kind: type[Structure], place: str) -> Structure:
    """Return the structure in `data`.

    Raises HostileBundleError, naming `place`, for other fields, missing ones or other types, and
    ChangedBundleError for any other spelling.
    """
    structure = _convert(_plain(data, place), kind, place)
    if encode(structure) != data:
        raise HostileBundleError(place)
    return structure


def decode_head(data: bytes) -> Head:
    """Return the head in `data`, its values checked.

    Raises NewerBundleError when only a newer program can read the bundle, else as `decode`.
    """
    place = "head.json"
    value = _plain(data, place)
    if not isinstance(value, dict) or not re.fullmatch(r"ohb/\d{1,3}\.\d{1,3}", str(value.get("fmt"))):
        raise HostileBundleError(place)
    needed = str(value.get("min_reader"))
    if not re.fullmatch(r"\d{1,3}\.\d{1,3}", needed):
        raise HostileBundleError(place)
    if tuple(map(int, needed.split("."))) > READER or value.get("suite") != SUITE:
        raise NewerBundleError(needed)
    head = _convert(_known(value), Head, place)
    _check_head(head)
    return head


def head_hash(data: bytes) -> str:
    """Return the identity of a bundle: SHA-256 of head.json, 64 lower-case hexadecimal digits."""
    return sha256(data).hexdigest()


def bundle_name(head: Head, data: bytes) -> str:
    """Return the file name of the bundle with this head: OH_<code9>_<replica8>_<seq6>_<head8>.ohb."""
    code = head.sender.town.ljust(9, "0")
    return f"OH_{code}_{head.sender.replica[:8]}_{head.bundle_seq:06d}_{head_hash(data)[:8]}.ohb"


def ops_name(first: int, last: int) -> str:
    """Return the member name of the operations `first` to `last`."""
    return f"ops/{first:06d}-{last:06d}.jsonl"


def blob_name(digest: str) -> str:
    """Return the member name of the blob with this SHA-256."""
    return f"blobs/{digest[:2]}/{digest}"


def is_inner_name(name: str) -> bool:
    """True for a member name that may stand behind the manifest."""
    return _INNER_NAMES.fullmatch(name) is not None


def _plain(data: bytes, place: str) -> Any:
    try:
        return parse(data)
    except NotCanonicalError as error:
        raise ChangedBundleError(place) from error


def _convert(value: Any, kind: type[Structure], place: str) -> Structure:
    try:
        return msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError as error:
        raise HostileBundleError(f"{place}: {error}") from error


def _known(value: dict[str, Any]) -> dict[str, Any]:
    """Return a head of our own format as it is; of a newer one that we may read, without fields added since."""
    if value["fmt"] == FORMAT:
        return value
    return {key: item for key, item in value.items() if key in _HEAD_KEYS}


_HEAD_KEYS = frozenset(field.encode_name for field in msgspec.structs.fields(Head))


def _check_head(head: Head) -> None:
    hashes = (head.sender.device_fp, head.inner_root, head.payload.sha256, head.schema.hash, *head.to)
    sound = (
        head.bundle_class in CLASSES
        and re.fullmatch(r"[0-9a-f]{16}", head.sender.replica)
        and re.fullmatch(r"\d{6}|\d{9}", head.sender.town)
        and all(re.fullmatch(_HASH, digest) for digest in hashes)
        and re.fullmatch(rf"|{_HASH}", head.prev)
        and list(head.to) == sorted(set(head.to))
        and 0 < head.bundle_seq < 10**9
        and (head.range is None) == (head.bundle_class == "ack")
        and (head.range is None or 0 < head.range.first <= head.range.last < 10**12)
        and all(
            re.fullmatch(r"[0-9a-f]{16}", need.replica) and re.fullmatch(r"\d{6}|\d{9}", need.town) and need.upto > 0
            for need in head.needs
        )
        and head.counts.ops == (0 if head.range is None else head.range.last - head.range.first + 1)
        and (head.volume.i, head.volume.n) == (1, 1)
        and _is_instant(head.made.wall)
        and (not head.made.last_county_time or _is_instant(head.made.last_county_time))
    )
    if not sound:
        raise HostileBundleError(tr("head.json 的字段"))


def _is_instant(text: str) -> bool:
    try:
        return instant_text(parse_instant(text)) == text
    except ValueError:
        return False
