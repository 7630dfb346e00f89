"""What importing a list into a book would do, row by row, and what was said of its columns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from ohdesk.domain.book_list.mapping import Column, Layout
from ohdesk.domain.register.definition import Definition
from ohdesk.domain.register.states import state_word
from ohdesk.domain.register.values import Value, value_text
from ohdesk.domain.roll.table import Refusal
from ohdesk.domain.roll.values import heading_of
from ohdesk.services.register.entries import kept_text
from ohdesk.services.register.listed import Choices, is_kept
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

    def is_kept(self, column: Column) -> bool:
        """True for a column that goes into no field and is kept as it is."""
        return is_kept(self.choices.keep, column)

    def chosen(self, column: Column, key: str, *, kept: bool = False) -> Choices:
        """Return the choices with another one for a column: the key it goes into, "" for none; kept: as it is."""
        title = heading_of(column.heading)
        layouts = [sheet.layout for sheet in self.sheets if sheet.layout]
        is_alone = max(sum(heading_of(each.heading) == title for each in layout.columns) for layout in layouts) == 1
        name = column.heading if title and is_alone else column.letters
        own = {heading_of(column.letters), title}
        columns = {
            each: into
            for each, into in self.choices.columns.items()
            if heading_of(each) not in own and (not key or into != key)
        }
        keep = [each.title for each in self.not_taken if self.is_kept(each) and heading_of(each.title) not in own]
        return Choices({**columns, name: key}, (*keep, name) if kept else tuple(keep))

    def text(self, definition: Definition, key: str, value: Value) -> str:
        """Return a value of a field, or of what every entry has, as people read it."""
        if key == "state":
            return state_word(definition, str(value or ""))
        if key == "kept":
            return kept_text(value)
        if isinstance(value, str) and value in self.names:
            return self.names[value]
        return value_text(definition.by_key[key], value) if key in definition.by_key else str(value or "")
