"""What a bundle carries: operations of one replica, or of all of one division, and the blobs they mention.

Cut into volumes by what one file holds: the operations first, behind them the photos and documents, oldest mention
first, which is visit by visit.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ohdesk.db.models import OperationRow, Photo
from ohdesk.db.queries.operations import true_bodies
from ohdesk.services import blobs
from ohdesk.services.context import Context
from ohdesk.sync import limits
from ohdesk.sync.manifest import Cut, blob_name
from ohdesk.sync.writer import Member, member

_ROWS_AT_ONCE = 1000


class Span(NamedTuple):
    """Operations of a replica from the number `first` to `last`, both included."""

    replica: str
    first: int
    last: int


class Load(NamedTuple):
    """What one volume carries: operations, blobs by their hashes, and how many bytes these are together."""

    spans: tuple[Span, ...]
    blobs: tuple[str, ...]
    size: int


class Carried(NamedTuple):
    """A blob that travels as itself: its length in bytes, and the blobs within it, which come with it."""

    size: int
    cuts: tuple[Cut, ...]


def loads(session: Session, spans: Sequence[Span], carried: Mapping[str, Carried], most: int, free: int) -> list[Load]:
    """Cut operations and blobs into what goes into files of at most `most` bytes, at least one.

    free: bytes on the medium; where all of it does not fit, the operations get a file of their own, which may
    """
    room = limits.room(most)
    said, shown = list(_operation_loads(session, spans, room)), list(_blob_loads(carried, room))
    if len(said) <= 1 and len(shown) <= 1:
        both = [*said, *shown]
        size = sum(load.size for load in both)
        # Where not even the operations fit, nothing is gained by cutting.
        fits = size <= room and not limits.sealed(said[0].size if said else 0) <= free < limits.sealed(size)
        if len(both) < 2 or fits:
            return [Load(tuple(spans), tuple(each for load in shown for each in load.blobs), size)]
    return [*said, *shown]


def _operation_loads(session: Session, spans: Iterable[Span], room: int) -> Iterator[Load]:
    """Cut operations into as many as a reader takes at once."""
    room = min(room, limits.MOST_OPERATIONS_BYTES)
    inside: list[Span] = []
    count = size = 0
    for span in spans:
        start = span.first
        for seq, length in session.execute(_of(span, OperationRow.seq, func.length(OperationRow.body))):
            length += 1  # the line feed
            if count and (size + length > room or count >= limits.MOST_OPERATIONS):
                if seq > start:
                    inside.append(Span(span.replica, start, seq - 1))
                yield Load(tuple(inside), (), size)
                start, inside, count, size = seq, [], 0, 0
            count, size = count + 1, size + length
        inside.append(Span(span.replica, start, span.last))
    if inside:
        yield Load(tuple(inside), (), size)


def _blob_loads(carried: Mapping[str, Carried], room: int) -> Iterator[Load]:
    inside: list[str] = []
    size = 0
    for digest, (length, cuts) in carried.items():
        if inside and (size + length > room or len(inside) + len(cuts) >= limits.MOST_BLOBS):
            yield Load((), tuple(inside), size)
            inside, size = [], 0
        inside += [digest, *(cut.sha256 for cut in cuts)]
        size += length
    if inside:
        yield Load((), tuple(inside), size)


def bodies(session: Session, span: Span) -> Iterator[bytes]:
    """Yield the bytes of the operations of a span, in order. Raises MachineError for one that is damaged."""
    replica, within = OperationRow.replica == span.replica, OperationRow.seq.between(span.first, span.last)
    return true_bodies(session, replica, within, in_order=(OperationRow.seq,))


def operations(session: Session, span: Span, name: str) -> Iterator[Member]:
    """Yield a span as members, each operation read once; name: of each, with {first} and {last}.

    Raises MachineError for an operation that is damaged.
    """
    lines: list[bytes] = []
    start, size = span.first, 0
    for body in bodies(session, span):
        if lines and (size + len(body) >= limits.PART_BYTES or len(lines) == limits.MOST_OF_PART):
            yield member(name.format(first=start, last=start + len(lines) - 1), b"".join(lines))
            start, lines, size = start + len(lines), [], 0
        lines.append(body + b"\n")
        size += len(lines[-1])
    yield member(name.format(first=start, last=span.last), b"".join(lines))


def mentioned(session: Session, spans: Iterable[Span], wanted: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the blobs that are wanted or mentioned by operations, by their hashes, oldest mention first."""
    # What the other side asked for goes first: it has waited longest.
    found = dict.fromkeys(sorted(wanted))
    for span in spans:
        for each in session.scalars(_of(span, OperationRow.blobs).where(OperationRow.blobs != ())):
            found.update(dict.fromkeys(each))
    return tuple(found)


def carried_of(ctx: Context, session: Session, digests: Sequence[str]) -> dict[str, Carried]:
    """Return those of these blobs whose bytes are here and that travel as themselves, in their order.

    An original of a photo is none of them, whoever mentions it or asks for it.
    """
    stays = _originals(session, digests)
    held = {digest: size for digest, size in blobs.held(session, digests).items() if size >= 0 and digest not in stays}
    cuts: dict[str, list[Cut]] = {}
    for digest in held:
        cut = blobs.cut_of(ctx, digest)
        # Without the whole beside it, it travels by itself.
        if cut is not None and cut.whole in held:
            cuts.setdefault(cut.whole, []).append(Cut(digest, cut.at, cut.size))
    apart = {digest: tuple(_apart(each)) for digest, each in cuts.items()}
    within = {cut.sha256 for each in apart.values() for cut in each}
    return {
        digest: Carried(held[digest], apart.get(digest, ()))
        for digest in digests
        if digest in held and digest not in within
    }


def _originals(session: Session, digests: Sequence[str]) -> set[str]:
    """Return those of these blobs that are nothing but originals of photos taken in here."""
    stay: set[str] = set()
    for start in range(0, len(digests), _ROWS_AT_ONCE):
        some = digests[start : start + _ROWS_AT_ONCE]
        stay.update(session.scalars(select(Photo.original_sha256).where(Photo.original_sha256.in_(some))))
    copies = session.scalars(select(Photo.sha256).where(Photo.sha256.in_(stay))) if stay else ()
    return stay.difference(copies)


def _apart(cuts: Iterable[Cut]) -> Iterator[Cut]:
    """Yield those that do not reach into one before, in their order: no reader takes others."""
    end = 0
    for cut in sorted(cuts, key=lambda cut: cut.at):
        if cut.at >= end:
            yield cut
            end = cut.at + cut.len


def blobs_of(ctx: Context, carried: Mapping[str, Carried]) -> Iterator[Member]:
    """Yield blobs as members, which are loaded one after the other."""
    reader = blobs.Reader(ctx)
    for digest, (size, cuts) in carried.items():
        yield Member(blob_name(digest), size, digest, partial(reader.read, digest), cuts)


def seen_by(session: Session, span: Span) -> Iterator[tuple[str, ...]]:
    """Yield the names of what the operations of a span had seen, of those that had seen any."""
    return iter(session.scalars(_of(span, OperationRow.base).where(OperationRow.base != ())))


def _of(span: Span, *columns: Any) -> Select[Any]:
    """Select columns of the operations of a span, in order, fetched in steps."""
    within = OperationRow.seq.between(span.first, span.last)
    wanted = select(*columns).where(OperationRow.replica == span.replica, within).order_by(OperationRow.seq)
    return wanted.execution_options(yield_per=_ROWS_AT_ONCE)
