"""Many rows of a list, kept while a person looks at what importing it would do."""

from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

import msgspec

from ohdesk.security.scratch import Scratch

_AT_ONCE = 1000  # rows packed together
Row = TypeVar("Row")


class Kept(Generic[Row]):
    """Rows of one type, read again from the first to the last as often as asked; only those just read are in memory."""

    def __init__(self, kind: type[Row]) -> None:
        self._packed = Scratch()
        self._last: list[Row] = []  # not packed yet
        self._count = 0
        self._decoder = msgspec.msgpack.Decoder(list[kind])  # type: ignore[valid-type]

    def add(self, row: Row) -> None:
        """Put a row behind the others."""
        self._last.append(row)
        self._count += 1
        if len(self._last) == _AT_ONCE:
            self._packed.add(msgspec.msgpack.encode(self._last))
            self._last = []

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Row]:
        for rows in self.pieces():
            yield from rows

    def pieces(self) -> Iterator[Sequence[Row]]:
        """Yield the rows, many at once."""
        yield from map(self._decoder.decode, self._packed)
        if self._last:
            yield self._last
