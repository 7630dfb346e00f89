"""Numbers that a county hands to single devices: which serial comes next on one, and why a serial was not given.

A block is a row of the book `number_blocks`.  Its device gives those serials in order and without a mark; without a
block, or past its end, a number carries the mark of the device (`numbers.py`).  A serial that two rows hand out belongs
to the one entered first, on every device alike.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple


class Series(NamedTuple):
    """What is numbered by itself in each year: a kind of paper, by its key, and whose it is.

    body: "town" or "entrusting"; "" of records, which an office numbers in one row for whichever body
    """

    paper: str
    body: str


@dataclass(frozen=True, slots=True, order=True)
class Block:
    """Serials of one series and year that one device alone gives.

    entry: of the row, a UUIDv7, which says in what order rows were entered · replica: the device
    """

    entry: str
    replica: str
    first: int
    last: int


class Why(StrEnum):
    """Why a serial was not given here."""

    NOT_USED_YET = "not_used_yet"  # in a block of this device, which has not come so far
    OTHER_DEVICE = "other_device"  # in a block of another device, which gave it unheard or has it still
    NOT_HANDED_OUT = "not_handed_out"  # between blocks
    MISSING = "missing"  # passed by, and nobody knows why


class Gap(NamedTuple):
    """Serials that are not held, one after the other; replica: of the device whose block it is, "" without one."""

    first: int
    last: int
    why: Why
    replica: str = ""


def own_ranges(blocks: Iterable[Block], replica: str) -> list[range]:
    """Return the serials of a device in the order in which it gives them: without what an earlier row gives."""
    taken: list[range] = []
    own = []
    for block in sorted(blocks):
        pieces = _without(range(block.first, block.last + 1), taken)
        taken += pieces
        if block.replica == replica:
            own += pieces
    return own


def block_serials(blocks: Iterable[Block], replica: str, last_within: Callable[[range], int]) -> Iterator[int]:
    """Yield the serials that a device gives next from its blocks; last_within: the largest held of a range, 0 for none.

    Counted on from the largest, never filled in below it: what is not held there may stand on a paper all the same.
    """
    for piece in own_ranges(blocks, replica):
        yield from range(max(last_within(piece) + 1, piece.start), piece.stop)


def gaps(held: Collection[int], blocks: Collection[Block], replica: str) -> list[Gap]:
    """Return the serials from 1 to the last given or handed out that are not held, in order, each with its reason.

    held: serials without a mark, those of withdrawn papers among them · replica: the device that asks
    """
    owned = {device: own_ranges(blocks, device) for device in sorted({each.replica for each in blocks})}
    used = {piece: max((each for each in held if each in piece), default=0) for piece in owned.get(replica, ())}
    pieces = [piece for ranges in owned.values() for piece in ranges]
    # Between two of these nothing changes: all is held, or not for one reason.
    edges = {1, *held, *(each + 1 for each in held), *(each.start for each in pieces), *(each.stop for each in pieces)}
    found: list[Gap] = []
    for first, end in pairwise(sorted(edges)):
        if first in held:
            continue
        gap = Gap(first, end - 1, *_why(first, owned, replica, used))
        if found and found[-1] == (found[-1].first, first - 1, gap.why, gap.replica):
            gap = gap._replace(first=found.pop().first)
        found.append(gap)
    return found


def _why(serial: int, owned: Mapping[str, list[range]], replica: str, used: Mapping[range, int]) -> tuple[Why, str]:
    for device, pieces in owned.items():
        piece = next((each for each in pieces if serial in each), None)
        if piece is not None and device != replica:
            return Why.OTHER_DEVICE, device
        if piece is not None:
            return Why.NOT_USED_YET if serial > used[piece] else Why.MISSING, device
    # Without any block the first device of a town counts from 1, and leaves none out.
    return (Why.NOT_HANDED_OUT if owned else Why.MISSING), ""


def _without(whole: range, taken: Iterable[range]) -> list[range]:
    pieces = [whole]
    for other in taken:
        pieces = [
            part
            for piece in pieces
            for part in (
                range(piece.start, min(piece.stop, other.start)),
                range(max(piece.start, other.stop), piece.stop),
            )
            if part
        ]
    return pieces
