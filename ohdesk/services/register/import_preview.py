"""What importing a list into a book would do, row by row, and what was said of its columns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from ohdesk.domain.book_list.mapping import Layout
from ohdesk.domain.kept_columns import kept_text
from ohdesk.domain.list_columns import Choices, Column
from ohdesk.domain.provenance import Provenance
from ohdesk.domain.register.definition import Definition
from ohdesk.domain.register.states import state_word
from ohdesk.domain.register.values import Value, value_text
from ohdesk.domain.roll.table import Refusal
from ohdesk.services.workbook.kept import Kept
from ohdesk.services.workbook.reading import SheetRows


class Outcome(IntEnum):
    """What importing a row would do; nothing for all but the first two."""

    NEW = 0
    CHANGED = 1
    SAME = 2
    REPEATED = 3  # in the list itself


class Planned(NamedTuple):
    """A row that can be taken.

    entry: the id of the entry it means, "" for a new one · travels: False where that stays on this laptop whole
    read: every cell that was read, by key · fields: what would be written; before: the values that would be replaced
    repeats: the row that says the same, 0 for none
    """

    sheet: str
    row: int
    outcome: int
    entry: str
    travels: bool
    read: dict[str, Value]
    fields: dict[str, Value]
    before: dict[str, Value]
    repeats: int = 0


class MappedSheet(NamedTuple):
    """A sheet of the list and what its columns are; layout: None where nothing tells, and it is not read."""

    name: str
    layout: Layout | None

    @property
    def columns(self) -> Sequence[Column]:
        """All columns in which something stands."""
        return self.layout.columns if self.layout else ()


@dataclass(frozen=True, slots=True)
class BookPreview:
    """A list held against its book: what importing it would do, row by row.

    rows: how many were read, those refused included · counts: of each outcome · heads: how far the journals were
    names: what people call those whose ids are among the values
    """

    register: str
    source: str
    listed: SheetRows
    choices: Choices
    provenance: Provenance
    sheets: tuple[MappedSheet, ...]
    rows: int
    planned: Kept[Planned]
    refusals: Kept[Refusal]
    warnings: tuple[str, ...]
    counts: Mapping[Outcome, int]
    heads: tuple[frozenset[tuple[str, int]], int]
    names: Mapping[str, str]

    @property
    def not_taken(self) -> list[Column]:
        """The columns that go into no field, those that are kept as they are among them."""
        return [column for sheet in self.sheets if sheet.layout for column in sheet.layout.left]

    @property
    def mapping(self) -> dict[str, str]:
        """Heading of the column that goes into each key, of the first sheet that has one."""
        found: dict[str, str] = {}
        for sheet in self.sheets:
            for column in sheet.layout.taken if sheet.layout else ():
                found.setdefault(column.key, column.title)
        return found

    def alike(self, outcome: Outcome) -> Iterator[Planned]:
        """Yield the rows of an outcome."""
        return (each for each in self.planned if each.outcome == outcome)

    def text(self, definition: Definition, key: str, value: Value) -> str:
        """Return a value of a field, or of what every entry has, as people read it."""
        if key == "state":
            return state_word(definition, str(value or ""))
        if key == "kept":
            return kept_text(value)
        if isinstance(value, str) and value in self.names:
            return self.names[value]
        return value_text(definition.by_key[key], value) if key in definition.by_key else str(value or "")
