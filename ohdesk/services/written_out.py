"""What became of rows that were written into an open file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from ohdesk.i18n import tr

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class WrittenOut:
    """How many rows were written.

    guarded: rows left out, of employers that handle state secrets
    small: counts of a few persons that were not written as they are
    """

    count: int
    guarded: int = 0
    small: int = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What has to be said besides the count."""
        said = (
            (self.guarded, tr("另有涉密单位的 {count} 行不导出。")),
            (self.small, tr("有 {count} 处人数很少的数字没有写明。")),
        )
        return tuple(words.format(count=count) for count, words in said if count)


class Counted(Generic[Row]):
    """Rows that are counted as they are gone through."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.count += 1
            yield row
