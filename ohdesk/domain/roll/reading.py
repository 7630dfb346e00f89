"""From the sheets of a list to employers: which rows are employers, which only continue one, which cannot be taken.

A row is refused only when it is clearly meant as an employer and cannot be one: no usable name.  A wrong, damaged or
missing credit code is a flag, a single value that cannot be understood is left out and reported as a doubt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from ohdesk.domain.progress import Progress, unwatched
from ohdesk.domain.roll.columns import Layout, find_layout, layout_without_heading, side_by_side
from ohdesk.domain.roll.sheet import SheetReader
from ohdesk.domain.roll.table import Entry, Refusal, Table
from ohdesk.domain.roll.values import folded_name
from ohdesk.domain.roll.words import RollWords
from ohdesk.i18n import tr


@dataclass(frozen=True, slots=True)
class ListSheet:
    """A sheet that holds a list: its name and the headings of its columns, in the order of the sheet."""

    name: str
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RollReading:
    """Everything that a list says: `rows` counts the rows of employers, continuing ones included.

    source: the name of the file, empty for tables that came from none
    """

    rows: int
    entries: tuple[Entry, ...]
    refusals: tuple[Refusal, ...]
    duplicates: tuple[tuple[int, int], ...]
    warnings: tuple[str, ...]
    mapping: Mapping[str, str] = field(default_factory=dict)
    sheets: tuple[ListSheet, ...] = ()
    source: str = ""


def read_roll(
    tables: Sequence[Table],
    words: RollWords,
    chosen: Mapping[str, str] | None = None,
    report: Progress = unwatched,
) -> RollReading:
    """Return the employers of all tables.

    chosen: heading or column letters → field key, as the user said
    report: called with rows done and rows in all; what it raises ends the reading
    """
    whole, done = sum(len(table.rows) for table in tables), 0
    said = chosen or {}
    found = _Found()
    for table in tables:
        # New workbooks come with empty sheets; nobody wants to be told.
        if not any(map(any, table.rows)):
            continue
        layout = find_layout(table, words, said)
        if layout is None and (layout := layout_without_heading(table, words, said)):
            found.warnings.append(tr("工作表“{sheet}”没有表头，按各列内容认出了单位名称，请核对。", sheet=table.name))
        if layout is None:
            found.warnings.append(tr("工作表“{sheet}”里没有能认作单位名称的列，没有导入。", sheet=table.name))
            continue
        # To save paper some lists go on to the right of themselves, with the same headings once more.
        for part in side_by_side(table, layout, words):
            own = layout if part is table else find_layout(part, words, said)
            if own is not None:
                reader = SheetReader(part, own, words, said)
                reader.read(partial(_report_row, report, done, whole))
                found.take(reader, own)
        found.sheets.append(ListSheet(table.name, _headings(layout)))
        done += len(table.rows)
    return found.reading()


@dataclass(slots=True)
class _Found:
    """What has been read so far."""

    rows: int = 0
    entries: list[Entry] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    mapping: dict[str, str] = field(default_factory=dict)
    sheets: list[ListSheet] = field(default_factory=list)

    def take(self, reader: SheetReader, layout: Layout) -> None:
        self.rows += reader.rows
        self.entries += reader.entries()
        self.refusals += reader.refusals
        self.warnings += reader.warnings()
        self.mapping |= {key: heading for key, heading in layout.mapping().items() if key not in self.mapping}

    def reading(self) -> RollReading:
        if not self.sheets:
            self.warnings.append(
                tr('没有哪一列能认作单位名称，请指明对应关系，例如：--map "B=单位名称"（列的字母或表头＝字段）。')
            )
        marked, duplicates = mark_duplicates(self.entries)
        told = (tuple(self.refusals), duplicates, tuple(self.warnings))
        return RollReading(self.rows, tuple(marked), *told, self.mapping, tuple(self.sheets))


def mark_duplicates(entries: Sequence[Entry]) -> tuple[list[Entry], tuple[tuple[int, int], ...]]:
    """Flag every later row of the same employer; return the entries and the pairs (first row, later row).

    The same employer: the same credit code, or the same name where one of the two has no usable code.
    """
    by_code: dict[str, Entry] = {}
    by_name: dict[str, Entry] = {}
    without_code: dict[str, Entry] = {}
    marked: list[Entry] = []
    pairs: list[tuple[int, int]] = []
    for entry in entries:
        code = entry.fields.get("uscc", "")
        name = folded_name(entry.name) or entry.name
        # Two firms of one name with two whole codes are two firms, so a name counts only where a code is missing.
        first = by_code.get(code) or (without_code if code else by_name).get(name)
        if first is None:
            marked.append(entry)
            by_name.setdefault(name, entry)
            if not code:
                without_code.setdefault(name, entry)
        else:
            marked.append(replace(entry, flags=(*entry.flags, f"duplicate_of:{first.row}")))
            pairs.append((first.row, entry.row))
        if code:
            by_code.setdefault(code, first or entry)
    return marked, tuple(pairs)


def _report_row(report: Progress, done: int, whole: int, row: int) -> None:
    report(done + row, whole)


def _headings(layout: Layout) -> tuple[str, ...]:
    width = max(layout.headings, default=-1) + 1
    return tuple(layout.headings.get(column, "") for column in range(width))
