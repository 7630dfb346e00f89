"""What a bundle carries: operations of one replica, or of all of one division, and the blobs they mention."""

from collections.abc import Iterable, Iterator
from functools import partial
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ohdesk.db.models import OperationRow
from ohdesk.db.queries.operations import true_bodies
from ohdesk.services import blobs
from ohdesk.services.context import Context
from ohdesk.sync.container import LARGEST_CONTAINER
from ohdesk.sync.manifest import MOST_OPERATIONS_BYTES, blob_name
from ohdesk.sync.writer import Member

_OPS_PER_MEMBER, _BYTES_PER_MEMBER = 2000, 4 * 1024 * 1024
_ROOM_FOR_BLOBS = LARGEST_CONTAINER - 512 * 1024 * 1024  # the rest is for operations, headers and the seal
_MOST_BLOBS = 50_000
_ROWS_AT_ONCE = 1000


class Span(NamedTuple):
    """Operations of a replica from the number `first` to `last`, both included."""

    replica: str
    first: int
    last: int


class LeftOut(NamedTuple):
    """How many blobs must wait for the next bundle, and which could not go because their bytes are not here."""

    waiting: int
    lost: tuple[str, ...]


def bodies(session: Session, span: Span) -> Iterator[bytes]:
    """Yield the bytes of the operations of a span, in order. Raises MachineError for one that is damaged."""
    replica, within = OperationRow.replica == span.replica, OperationRow.seq.between(span.first, span.last)
    return true_bodies(session, replica, within, in_order=(OperationRow.seq,))


def operations(session: Session, span: Span, name: str) -> Iterator[Member]:
    """Yield a span as members. name: of each, with {first} and {last}"""
    for first, last in _segments(session, span):
        segment = Span(span.replica, first, last)
        digest, size = sha256(), 0
        for body in bodies(session, segment):
            digest.update(body + b"\n")
            size += len(body) + 1
        called = name.format(first=first, last=last)
        yield Member(called, size, digest.hexdigest(), partial(_lines, session, segment))


def blobs_of(
    ctx: Context, session: Session, spans: Iterable[Span], wanted: Iterable[str] = ()
) -> tuple[list[Member], LeftOut]:
    """Return the blobs that are wanted or mentioned by the spans, oldest mention first, and what is left out."""
    # What the other side asked for goes first: it has waited longest when the room runs out.
    mentioned = dict.fromkeys(sorted(wanted))
    for span in spans:
        for each in session.scalars(_of(span, OperationRow.blobs).where(OperationRow.blobs != ())):
            mentioned.update(dict.fromkeys(each))
    sizes = blobs.held(session, list(mentioned))
    carried: list[Member] = []
    room = _ROOM_FOR_BLOBS
    waiting = 0
    lost: list[str] = []
    for digest in mentioned:
        size = sizes.get(digest, -1)
        # The operation goes, and the blob with a later bundle, once it is here again.
        if size < 0:
            lost.append(digest)
            continue
        if size > room or len(carried) >= _MOST_BLOBS:
            waiting += 1
            continue
        room -= size
        carried.append(Member(blob_name(digest), size, digest, partial(blobs.read, ctx, digest)))
    return carried, LeftOut(waiting, tuple(lost))


def _lines(session: Session, span: Span) -> bytes:
    return b"".join(body + b"\n" for body in bodies(session, span))


def fitting(session: Session, span: Span) -> Span:
    """Return as much of the beginning of a span as a reader takes at once; the rest goes with the next bundle."""
    room, last = MOST_OPERATIONS_BYTES, span.first
    for seq, length in session.execute(_lengths(span)):
        room -= length + 1  # the line feed
        if room < 0 and seq > span.first:
            break
        last = seq
    return span._replace(last=last)


def seen_by(session: Session, span: Span) -> Iterator[tuple[str, ...]]:
    """Yield the names of what the operations of a span had seen, of those that had seen any."""
    return iter(session.scalars(_of(span, OperationRow.base).where(OperationRow.base != ())))


def _lengths(span: Span) -> Select[int, int]:
    return _of(span, OperationRow.seq, func.length(OperationRow.body))


def _of(span: Span, *columns: Any) -> Select[Any]:
    """Select columns of the operations of a span, in order, fetched in steps."""
    within = OperationRow.seq.between(span.first, span.last)
    wanted = select(*columns).where(OperationRow.replica == span.replica, within).order_by(OperationRow.seq)
    return wanted.execution_options(yield_per=_ROWS_AT_ONCE)


def _segments(session: Session, span: Span) -> Iterator[tuple[int, int]]:
    """Cut a span so that each member stays small enough to be held in memory."""
    start, size = span.first, 0
    for seq, length in session.execute(_lengths(span)):
        # Both ends hold a member in memory; a town that was away for a year must not need a larger laptop.
        if seq > start and (size + length > _BYTES_PER_MEMBER or seq - start >= _OPS_PER_MEMBER):
            yield start, seq - 1
            start, size = seq, 0
        size += length
    yield start, span.last
