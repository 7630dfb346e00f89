"""An operation as it stands in the journal, decoded for those who apply it."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec

from ohdesk.domain.calendar import parse_instant
from ohdesk.domain.canonical import NotCanonicalError, parse
from ohdesk.domain.operations import KINDS, Operation


class RefusedError(Exception):
    """`apply` cannot take this operation; the text says why. It is set aside, the rest goes on."""


@dataclass(frozen=True, slots=True)
class Applied:
    """One decoded operation; `operation` is None for a kind this program does not know."""

    replica: str
    seq: int
    previous: str
    kind: str
    record: str
    base: tuple[str, ...]
    division: str
    at: str
    by: str
    blobs: tuple[str, ...]
    hash: str
    body: bytes
    operation: Operation | None

    @property
    def name(self) -> str:
        """The operation's name in other operations' `base`: "replica:seq"."""
        return f"{self.replica}:{self.seq}"


# No forbid_unknown_fields: what a newer program added must be passed on untouched, or its hash would break.
class _Body(msgspec.Struct):
    """The wire form; unknown members are kept in the stored bytes and passed on."""

    r: str
    s: int
    p: str
    t: str
    id: str
    base: list[str]
    d: str
    at: str
    by: str
    v: dict[str, Any]
    blobs: list[str]


def decode(body: bytes) -> Applied:
    """Return the operation in canonical bytes. Raises NotCanonicalError for anything else."""
    try:
        wire = msgspec.convert(parse(body), _Body)
        operation = _operation(wire)
        # Screens show it; what is no instant would stop the list it stands in for ever.
        parse_instant(wire.at)
    except ValueError as error:  # a ValidationError is one
        raise NotCanonicalError(f"not an operation: {error}") from error
    return Applied(
        replica=wire.r,
        seq=wire.s,
        previous=wire.p,
        kind=wire.t,
        record=wire.id,
        base=tuple(wire.base),
        division=wire.d,
        at=wire.at,
        by=wire.by,
        blobs=tuple(blob.removeprefix("sha256:") for blob in wire.blobs),
        hash=sha256(body).hexdigest(),
        body=body,
        operation=operation,
    )


def _operation(wire: _Body) -> Operation | None:
    kind = KINDS.get(wire.t)
    # An unknown kind is no fault of the bytes: it is kept for the version that knows it.
    if kind is None:
        return None
    blobs = tuple(blob.removeprefix("sha256:") for blob in wire.blobs)
    return msgspec.convert({**wire.v, "record": wire.id, "blobs": blobs}, kind)
