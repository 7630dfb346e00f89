"""An operation as it stands in the journal, decoded for those who apply it."""

import re
from hashlib import sha256
from typing import Annotated, Any, NamedTuple, Self

import msgspec
from msgspec import Meta

from ohdesk.domain.authority import refusal
from ohdesk.domain.bounds import LARGEST_OPERATION, LONGEST_WORD, MOST_BLOBS
from ohdesk.domain.calendar import instant_in
from ohdesk.domain.canonical import NotCanonicalError, parse, written_again
from ohdesk.domain.operations import KINDS, Operation
from ohdesk.domain.problems import in_list
from ohdesk.errors import Problem
from ohdesk.i18n import tr

BLOB = "sha256:"  # before the hash of each blob that an operation mentions
KEYS = {"replica": "r", "seq": "s", "previous": "p", "kind": "t", "record": "id", "division": "d", "values": "v"}


# What an index of the journal may hold, whatever the operation says.
_KIND, _RECORD = r"[a-z_.]{1,33}@[0-9]{1,6}", r"[0-9a-z-]{1,64}"


# Python's "$" would let a line feed follow.
_Mention = Annotated[str, Meta(pattern=r"^sha256:[0-9a-f]{64}\Z")]
_Named = Annotated[str, Meta(pattern=r"^[0-9a-f]{16}:[1-9][0-9]{0,11}\Z")]
_MOST_SEEN = 1000  # writes of one record by as many laptops, none of which had seen another
_Replica = Annotated[str, Meta(pattern=r"^[0-9a-f]{16}\Z")]
_Sequence = Annotated[int, Meta(gt=0, lt=10**12)]
_Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
_Base = Annotated[tuple[_Named, ...], Meta(max_length=_MOST_SEEN)]


class RefusedError(Exception):
    """`apply` cannot take this operation; the text says why. It is set aside, the rest goes on."""


class Origin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename=KEYS):
    """Where an operation stood that is issued again by the replica that took over; its bytes there follow from it."""

    replica: _Replica
    seq: _Sequence
    previous: _Hash
    base: _Base


# No forbid_unknown_fields: what a newer program added must be passed on untouched, or its hash would break.
class Envelope(msgspec.Struct, frozen=True, kw_only=True, rename=KEYS | {"origin": "o"}, omit_defaults=True):
    """An operation as it is hashed and sent, all but the signature; instants and blobs as they are spelled there."""

    replica: _Replica
    seq: _Sequence
    previous: _Hash
    kind: Annotated[str, Meta(pattern=rf"^{_KIND}\Z")]
    record: Annotated[str, Meta(pattern=rf"^{_RECORD}\Z")]
    base: _Base
    division: Annotated[str, Meta(pattern=r"^([0-9]{6}|[0-9]{9})\Z")]
    at: str
    by: Annotated[str, Meta(max_length=LONGEST_WORD)]
    values: dict[str, Any]
    blobs: Annotated[tuple[_Mention, ...], Meta(max_length=MOST_BLOBS)]
    origin: Origin | None = None


class Link(msgspec.Struct, frozen=True, kw_only=True, rename=KEYS):
    """What places an operation in its replica's chain, and what its row is found by where that can be read."""

    replica: str
    seq: int
    previous: str
    division: str
    kind: Any = ""
    record: Any = ""


class Came(NamedTuple):
    """An operation as it came, of which nothing is believed but its place; what it says is read when it is new here."""

    link: Link
    hash: str
    body: bytes


class Applied(Envelope, frozen=True, kw_only=True):
    """One operation with the bytes it came in and their hash; `operation` is None for a kind this program knows not.

    fault: why it cannot be understood, though its place in the chain can; then everything but that place is empty
    first_hash: of one that was issued again, the hash it had first; else its own
    signature: of a binding one that came in, the acting person's as it was sent, unchecked; None where there is none
    signed: the bytes under it: those in which the operation stood first, without the signature itself
    """

    hash: str
    body: bytes
    operation: Operation | None
    first_hash: str
    fault: str = ""
    signature: Any = None
    signed: bytes = b""

    @classmethod
    def written(cls, envelope: Envelope, body: bytes, operation: Operation) -> Self:
        """Return the operation that is written here in these canonical bytes."""
        digest = sha256(body).hexdigest()
        said = msgspec.structs.asdict(envelope)
        return cls(**said, hash=digest, body=body, operation=operation, first_hash=digest)

    @property
    def name(self) -> str:
        """The operation's name in other operations' `base`: "replica:seq"."""
        return f"{self.replica}:{self.seq}"


def came(body: bytes) -> Came:
    """Return the operation in these bytes. Raises NotCanonicalError when its place in a chain cannot be read."""
    try:
        return Came(msgspec.json.decode(body, type=Link), sha256(body).hexdigest(), body)
    except (ValueError, RecursionError) as error:
        raise NotCanonicalError(f"not an operation: {error}") from error


def decode(body: bytes) -> Applied:
    """Return the operation in these bytes, with its fault where it is not understood.

    Raises NotCanonicalError when not even its place in a chain can be read.
    """
    if len(body) > LARGEST_OPERATION:
        return _faulty(body, tr("{size} 字节，超过 {most} 字节", size=len(body), most=LARGEST_OPERATION))
    try:
        value = parse(body)
        envelope = _envelope(value)
        operation = _operation(envelope)
    except (ValueError, RecursionError) as error:  # a ValidationError is a ValueError
        return _faulty(body, str(error))
    digest = first_hash = sha256(body).hexdigest()
    # By that hash it is recognised wherever it stands, and the person's signature is over what was written first.
    if envelope.origin is not None:
        value |= value.pop("o")
        first_hash = sha256(written_again(value)).hexdigest()
    signature = value.pop("sig", None)
    is_signed = signature is not None and operation is not None and operation.binding
    return Applied(
        **msgspec.structs.asdict(envelope),
        hash=digest,
        body=body,
        operation=operation,
        first_hash=first_hash,
        signature=signature,
        signed=written_again(value) if is_signed else b"",
    )


def speaks_against(applied: Applied) -> str:
    """Return what speaks against an operation by itself: not understood, not its writer's to write; "" if nothing."""
    if applied.fault:
        return tr("本版本读不懂这一条的内容：{fault}", fault=applied.fault)
    if applied.operation is None:
        return tr("本版本不认识这一类内容（{kind}）", kind=applied.kind)
    if not _looks_back(applied):
        return tr("这一条声称依据了在它之后才写的内容")
    return refusal(applied.operation, applied.division)


def _looks_back(applied: Applied) -> bool:
    """True when all of its own replica's operations in an operation's base are earlier ones."""
    own = (int(each.partition(":")[2]) for each in applied.base if each.startswith(f"{applied.replica}:"))
    # Else a later one could be slipped into the past that the county had seen.
    return all(seq < applied.seq for seq in own)


def _envelope(value: Any) -> Envelope:
    envelope = msgspec.convert(value, Envelope)
    # Screens show it; what is no instant would stop the list it stands in for ever.
    if instant_in(envelope.at) is None:
        raise ValueError(in_list(Problem("at", tr("1970 到 2999 年的时刻"), envelope.at[:LONGEST_WORD])))
    return envelope


def _faulty(body: bytes, fault: str) -> Applied:
    """Return an operation of which nothing is believed but its place: the chain must go on past it."""
    link, digest, _ = came(body)
    return Applied(
        replica=link.replica,
        seq=link.seq,
        previous=link.previous,
        division=link.division,
        kind=_only(_KIND, link.kind),
        record=_only(_RECORD, link.record),
        base=(),
        at="",
        by="",
        values={},
        blobs=(),
        hash=digest,
        first_hash=digest,
        body=body,
        operation=None,
        fault=fault,
    )


def _only(pattern: str, value: object) -> str:
    return value if isinstance(value, str) and re.fullmatch(pattern, value) else ""


def _operation(envelope: Envelope) -> Operation | None:
    """Return what an envelope says; None for an unknown kind. Raises ValueError for what its kind cannot say."""
    kind = KINDS.get(envelope.kind)
    # An unknown kind is no fault of the bytes: it is kept for the version that knows it.
    if kind is None:
        return None
    blobs = [blob.removeprefix(BLOB) for blob in envelope.blobs]
    said = {**envelope.values, "record": envelope.record, "blobs": blobs}
    operation = msgspec.convert(said, kind)
    # Nothing left out that has a default and nothing more: another field is another version of the kind, and what is
    # not understood could not be bounded.
    understood = written_again(operation)
    if understood != written_again(said):
        place = _difference(msgspec.json.decode(understood), said, "v")
        raise ValueError(tr("缺少或多出 {place}", place=place))
    if found := next(operation.problems(), None):
        raise ValueError(in_list(found))
    return operation


def _difference(understood: Any, said: Any, place: str) -> str:
    """Return the first place where two plain values differ; "" where they are the same."""
    if understood == said:
        return ""
    if isinstance(understood, dict) and isinstance(said, dict):
        for key in sorted(understood.keys() | said.keys()):
            if key not in understood or key not in said:
                return f"{place}.{key}"
            if found := _difference(understood[key], said[key], f"{place}.{key}"):
                return found
    elif isinstance(understood, list) and isinstance(said, list):
        for number, (one, other) in enumerate(zip(understood, said, strict=False)):
            if found := _difference(one, other, f"{place}[{number}]"):
                return found
    return place
