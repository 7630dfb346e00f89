"""From the sheets of a list to employers: which rows are employers, which only continue one, which cannot be taken.

A row is refused only when it is clearly meant as an employer and cannot be one: no usable name.  A wrong, damaged or
missing credit code is a flag, a single value that cannot be understood is left out and reported as a doubt.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from ohdesk.domain.list_columns import KEEP_ALL, Choices, Column, Shape, shape_of, with_remembered
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.domain.roll.columns import (
    HEADING_SEARCH,
    Layout,
    find_layout,
    layout_without_heading,
    side_by_side,
    with_code_by_content,
)
from ohdesk.domain.roll.own_export import OwnReader, is_own_export
from ohdesk.domain.roll.sheet import SheetReader, Taker
from ohdesk.domain.roll.sheet_columns import columns_unread
from ohdesk.domain.roll.table import REPEATS, Entry, Table
from ohdesk.domain.roll.values import folded_name
from ohdesk.domain.roll.words import RollWords
from ohdesk.domain.secrecy import refuse_marked, refuse_row, starred_mark
from ohdesk.i18n import tr

TITLE_ROWS = 50  # looked at for a mark of secrecy where a sheet has no list


class ListSheet(NamedTuple):
    """A sheet that holds a list: its name, its headings in the order of the sheet, their shape, and its columns.

    shape: by `list_columns.shape_of` · columns: what each goes into, of lists beside each other one after the other
    """

    name: str
    headings: tuple[str, ...]
    shape: str
    columns: tuple[Column, ...]


class ListRead(NamedTuple):
    """What is known of a list once it was read to its end: `rows` counts those of employers, continuing ones too.

    choices: what was said of its columns, with what was remembered · unknown: what was said of columns it has not
    """

    rows: int
    warnings: tuple[str, ...]
    mapping: dict[str, str]
    sheets: tuple[ListSheet, ...]
    choices: Choices
    unknown: tuple[str, ...]


def read_roll(
    tables: Sequence[Table],
    words: RollWords,
    taker: Taker,
    choices: Choices | None = None,
    report: Progress = unwatched,
    shapes: Sequence[Shape] = (),
) -> ListRead:
    """Hand the employers of all tables, and the rows refused, to `taker` as they are read.

    choices: what the user said of its columns · shapes: what was said of those of earlier lists, which holds where
    nothing is said now
    report: called with rows done and rows in all; what it raises ends the reading
    Raises SecretError for a list that is marked as a state secret.
    """
    whole, done = sum(len(table.rows) for table in tables), 0
    found = _Found(choices or Choices())
    for table in tables:
        refuse_marked(table.name, tr("工作表名称"))
        # New workbooks come with empty sheets; nobody wants to be told.
        if not any(map(any, table.rows)):
            continue
        found.choices = with_remembered(found.choices, table.rows[:HEADING_SEARCH], shapes)
        said = found.choices.columns
        layout = find_layout(table, words, said)
        _refuse_titles(table, layout)
        if layout is None and (layout := layout_without_heading(table, words, said)):
            found.warnings.append(tr("工作表“{sheet}”没有表头，按各列内容认出了单位名称，请核对。", sheet=table.name))
        if layout is None:
            found.warnings.append(tr("工作表“{sheet}”里没有能认作单位名称的列，没有导入。", sheet=table.name))
            found.unread.append(ListSheet(table.name, (), "", columns_unread(table)))
            continue
        # Before the rows below: of a long sheet those above are not there any more without reading it once more.
        shape = shape_of(table.rows[layout.bottom]) if layout.bottom >= 0 else ""
        columns: list[Column] = []
        # To save paper some lists go on to the right of themselves, with the same headings once more.
        for part in side_by_side(table, layout, words):
            own = layout if part is table else find_layout(part, words, said)
            if own is not None:
                own = with_code_by_content(part, own, words, said)
                verbatim = not said and is_own_export(part, own)
                reader = (
                    OwnReader(part, own, found.choices, taker)
                    if verbatim
                    else SheetReader(part, own, words, found.choices, taker)
                )
                reader.read(partial(_report_row, report, done, whole))
                found.take(reader, own)
                columns += reader.columns.found
        found.sheets.append(ListSheet(table.name, _headings(layout), shape, tuple(columns)))
        done += len(table.rows)
    return found.read()


@dataclass(slots=True)
class _Found:
    """What has been read so far; said: those names of columns that were found."""

    choices: Choices
    rows: int = 0
    warnings: list[str] = field(default_factory=list)
    mapping: dict[str, str] = field(default_factory=dict)
    sheets: list[ListSheet] = field(default_factory=list)
    unread: list[ListSheet] = field(default_factory=list)
    said: set[str] = field(default_factory=set)

    def take(self, reader: SheetReader | OwnReader, layout: Layout) -> None:
        self.rows += reader.rows
        self.said |= reader.columns.said
        self.warnings += reader.warnings()
        self.mapping |= {key: heading for key, heading in layout.mapping().items() if key not in self.mapping}

    def read(self) -> ListRead:
        if not self.sheets:
            self.warnings.append(
                tr('没有哪一列能认作单位名称，请指明对应关系，例如：--map "B=单位名称"（列的字母或表头＝字段）。')
            )
        # Where no list was found, a person may say which column is what.
        found = (tuple(self.warnings), self.mapping, tuple(self.sheets or self.unread), self.choices)
        return ListRead(self.rows, *found, tuple(self._unknown()) if self.sheets else ())

    def _unknown(self) -> Iterator[str]:
        columns = [column for sheet in self.sheets for column in sheet.columns]
        for name in (*self.choices.columns, *self.choices.keep):
            if name != KEEP_ALL and name not in self.said and not any(column.is_called(name) for column in columns):
                yield name


class Duplicates:
    """Tells which rows of a list repeat an employer, asked in their order.

    The same employer: the same number, or the same name where one of the two has none. Numbers are the credit code, the
    one from before it, and ours.
    """

    def __init__(self) -> None:
        self._by_code: dict[str, int] = {}
        self._by_name: dict[str, int] = {}
        self._without_code: dict[str, int] = {}

    def marked(self, entry: Entry) -> Entry:
        """Return an entry, flagged where its employer stood in a row before."""
        first = self._first_row(entry)
        return entry._replace(flags=(*entry.flags, f"{REPEATS}{first}")) if first else entry

    def _first_row(self, entry: Entry) -> int:
        numbers = (entry.fields.get(key, "") for key in ("uscc", "registration", "local_id"))
        code = next(filter(None, numbers), "")
        name = folded_name(entry.name) or entry.name
        # Two firms of one name with two whole codes are two firms, so a name counts only where a code is missing.
        first = self._by_code.get(code) or (self._without_code if code else self._by_name).get(name, 0)
        if not first:
            self._by_name.setdefault(name, entry.row)
            if not code:
                self._without_code.setdefault(name, entry.row)
        if code:
            self._by_code.setdefault(code, first or entry.row)
        return first


def _refuse_titles(table: Table, layout: Layout | None) -> None:
    """Raise SecretError when what stands above a list, or on a sheet without one, is marked as a state secret."""
    place = tr("工作表“{sheet}”", sheet=table.name)
    if layout is None:
        for row in table.rows[:TITLE_ROWS]:
            refuse_row([cell for cell in row if isinstance(cell, str)], place)
        return
    for number, row in enumerate(table.rows[: layout.bottom + 1]):
        for cell in row:
            # Among the headings only the star tells: a column may be about secrets.
            if isinstance(cell, str) and (number < layout.top or starred_mark(cell)):
                refuse_marked(cell, place)


def _report_row(report: Progress, done: int, whole: int, row: int) -> None:
    report(done + row, whole)


def _headings(layout: Layout) -> tuple[str, ...]:
    width = max(layout.headings, default=-1) + 1
    return tuple(layout.headings.get(column, "") for column in range(width))
