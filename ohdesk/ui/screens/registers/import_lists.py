"""What the preview of a list shows: its columns, the rows refused, changed, new or repeated."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from ohdesk.domain.book_list.mapping import Column as ListColumn
from ohdesk.domain.progress import Progress
from ohdesk.domain.register.definition import Definition
from ohdesk.domain.register.values import Value
from ohdesk.domain.roll.table import Refusal
from ohdesk.i18n import mark, tr
from ohdesk.services.context import Context
from ohdesk.services.register.columns import called
from ohdesk.services.register.import_preview import BookPreview, Outcome, Planned
from ohdesk.services.register.importing import preview
from ohdesk.services.register.listed import Choices
from ohdesk.services.register.listing import heading
from ohdesk.services.workbook.reading import read_rows
from ohdesk.ui.kit.first_rows import first_rows
from ohdesk.ui.kit.table_view import Column

COLUMNS, REFUSED, CHANGED, NEW, REPEATED = "columns", "refused", "changed", "new", "repeated"
_SHOWN = 4  # values of a row that tell which it is


class ColumnLine(NamedTuple):
    """A column of the list, on which sheet, and whether it is kept as it is."""

    sheet: str
    column: ListColumn
    kept: bool


class Changed(NamedTuple):
    """One value that would replace another, by the key of its field."""

    planned: Planned
    key: str

    @property
    def place(self) -> tuple[str, int, str]:
        """By which it is declined."""
        return self.planned.sheet, self.planned.row, self.key


class LookedAt(NamedTuple):
    """A preview with the first rows of its lists, put together beside the interface, and how many each has."""

    shown: BookPreview
    rows: Mapping[str, Sequence[Any]]
    counts: Mapping[str, int]


Text = Callable[[str, Value], str]


class Look(NamedTuple):
    """What the columns of the lists need: the book, how a value of a key reads, and the changes that were declined."""

    definition: Definition
    text: Text
    declined: Collection[tuple[str, int, str]]


class Listed(NamedTuple):
    """A list of the preview. word: on its chip · name: what is listed"""

    word: str
    name: str
    columns: Callable[["Look"], Sequence[Column[Any]]]


def read_list(ctx: Context, register: str, path: Path, report: Progress) -> LookedAt:
    """Read a workbook and find out what it would change: for a Job."""
    return look_at(preview(ctx, register, read_rows(path, report), path.name, None, report))


def look_again(ctx: Context, shown: BookPreview, choices: Choices, report: Progress) -> LookedAt:
    """Find out what a list that was read would change with its columns chosen otherwise: for a Job."""
    return look_at(preview(ctx, shown.register, shown.listed, shown.source, choices, report))


def look_at(shown: BookPreview) -> LookedAt:
    """Return a preview with the first rows of its lists: nobody looks through a hundred thousand."""
    listed: dict[str, Iterable[Any]] = {
        COLUMNS: [
            ColumnLine(sheet.name, column, not column.key and shown.is_kept(column))
            for sheet in shown.sheets
            for column in (sheet.layout.columns if sheet.layout else ())
        ],
        REFUSED: shown.refusals,
        CHANGED: (Changed(each, key) for each in shown.alike(Outcome.CHANGED) for key in each.fields),
        NEW: shown.alike(Outcome.NEW),
        REPEATED: shown.alike(Outcome.REPEATED),
    }
    return LookedAt(shown, *first_rows(listed))


def goes_into(definition: Definition, line: ColumnLine) -> str:
    """Return in words what becomes of a column."""
    if line.column.key:
        return called(definition, line.column.key)
    if line.kept:
        return tr("按原样保留")
    why = {
        "twice": tr("不导入（已有另一列）"),
        "computed": tr("不导入（由程序计算）"),
        "files": tr("不导入（附件另加）"),
    }
    return why.get(line.column.why, tr("不导入"))


def _kind(line: ColumnLine) -> str:
    return "ok" if line.column.key else "plain" if line.kept or line.column.why == "computed" else "warn"


def _columns(look: Look) -> tuple[Column[ColumnLine], ...]:
    return (
        Column(tr("工作表"), lambda line: line.sheet, 160),
        Column(tr("列"), lambda line: line.column.letters, 52),
        Column(tr("表头"), lambda line: line.column.heading or tr("（没有表头）"), 300, sought=True),
        Column(tr("导入到"), partial(goes_into, look.definition), 300, kind=_kind),
    )


def _refused(_look: Look) -> tuple[Column[Refusal], ...]:
    return (
        Column(tr("工作表"), lambda row: row.sheet, 106),
        Column(tr("行"), lambda row: str(row.row), 52, numeric=True),
        Column(tr("列"), lambda row: row.column, 150),
        Column(tr("应为"), lambda row: row.expected, 230),
        Column(tr("现为"), lambda row: row.found, 190),
        Column(tr("怎么办"), lambda row: row.reason, 260),
    )


def _changed(look: Look) -> tuple[Column[Changed], ...]:
    return (
        Column(tr("行"), lambda line: str(line.planned.row), 52, numeric=True),
        Column(tr("字段"), lambda line: heading(look.definition, line.key), 150, sought=True),
        Column(tr("现在"), lambda line: look.text(line.key, line.planned.before.get(line.key)), 290),
        Column(tr("改为"), lambda line: look.text(line.key, line.planned.fields[line.key]), 290),
        Column(
            tr("处理"), partial(_treated, look), 80, kind=lambda line: "warn" if line.place in look.declined else "ok"
        ),
    )


def _treated(look: Look, line: Changed) -> str:
    return tr("不改") if line.place in look.declined else tr("改")


def _treated_kind(look: Look, line: Changed) -> str:
    return "warn" if line.place in look.declined else "ok"


def _rows(look: Look) -> tuple[Column[Planned], ...]:
    return (
        Column(tr("工作表"), lambda row: row.sheet, 106),
        Column(tr("行"), lambda row: str(row.row), 52, numeric=True),
        Column(tr("内容"), partial(_said, look), 720, sought=True),
    )


def _repeated(look: Look) -> tuple[Column[Planned], ...]:
    sheet, row, content = _rows(look)
    return (sheet, row, Column(tr("重复的行"), _first_row, 200), content)


def _first_row(row: Planned) -> str:
    return tr("与第 {row} 行相同", row=row.repeats)


def _said(look: Look, row: Planned) -> str:
    about = look.definition.about
    keys = [about, *(each.key for each in look.definition.fields)]
    there = [key for key in keys if row.read.get(key) not in {None, ""}][:_SHOWN]
    return "　".join(look.text(key, row.read[key]) for key in there)


LISTS = {
    COLUMNS: Listed(mark("列的对应(&M)"), mark("表里的列"), _columns),
    REFUSED: Listed(mark("退回(&B)"), mark("退回的行"), _refused),
    CHANGED: Listed(mark("变更(&G)"), mark("变更的登记"), _changed),
    NEW: Listed(mark("新增(&N)"), mark("新增的登记"), _rows),
    REPEATED: Listed(mark("表内重复(&P)"), mark("表内重复的行"), _repeated),
}
