"""An operation as it stands in the journal, decoded for those who apply it."""

from hashlib import sha256
from typing import Any, Self

import msgspec

from ohdesk.domain.calendar import parse_instant
from ohdesk.domain.canonical import NotCanonicalError, parse
from ohdesk.domain.operations import KINDS, Operation

BLOB = "sha256:"  # before the hash of each blob that an operation mentions
_KEYS = {"replica": "r", "seq": "s", "previous": "p", "kind": "t", "record": "id", "division": "d", "values": "v"}


class RefusedError(Exception):
    """`apply` cannot take this operation; the text says why. It is set aside, the rest goes on."""


# No forbid_unknown_fields: what a newer program added must be passed on untouched, or its hash would break.
class Envelope(msgspec.Struct, frozen=True, kw_only=True, rename=_KEYS):
    """An operation as it is hashed and sent, all but the signature; instants and blobs as they are spelled there."""

    replica: str
    seq: int
    previous: str
    kind: str
    record: str
    base: tuple[str, ...]
    division: str
    at: str
    by: str
    values: dict[str, Any]
    blobs: tuple[str, ...]


class Applied(Envelope, frozen=True, kw_only=True):
    """One operation with the bytes it came in and their hash; `operation` is None for a kind this program knows not."""

    hash: str
    body: bytes
    operation: Operation | None

    @classmethod
    def of(cls, envelope: Envelope, body: bytes, operation: Operation | None) -> Self:
        """Return the operation whose envelope was written as these canonical bytes."""
        written = msgspec.structs.asdict(envelope)
        return cls(**written, hash=sha256(body).hexdigest(), body=body, operation=operation)

    @property
    def name(self) -> str:
        """The operation's name in other operations' `base`: "replica:seq"."""
        return f"{self.replica}:{self.seq}"


def decode(body: bytes) -> Applied:
    """Return the operation in canonical bytes. Raises NotCanonicalError for anything else."""
    try:
        envelope = msgspec.convert(parse(body), Envelope)
        operation = _operation(envelope)
        # Screens show it; what is no instant would stop the list it stands in for ever.
        parse_instant(envelope.at)
    except ValueError as error:  # a ValidationError is one
        raise NotCanonicalError(f"not an operation: {error}") from error
    return Applied.of(envelope, body, operation)


def _operation(envelope: Envelope) -> Operation | None:
    kind = KINDS.get(envelope.kind)
    # An unknown kind is no fault of the bytes: it is kept for the version that knows it.
    if kind is None:
        return None
    blobs = tuple(blob.removeprefix(BLOB) for blob in envelope.blobs)
    return msgspec.convert({**envelope.values, "record": envelope.record, "blobs": blobs}, kind)
