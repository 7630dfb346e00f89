"""The lists of an import's preview: which rows are refused, doubtful, changed or repeated, and their columns."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ohdesk.domain.establishment import FIELD_BY_KEY, WRITTEN_BY_KEY, value_text
from ohdesk.domain.list_columns import Choices
from ohdesk.domain.progress import Progress
from ohdesk.domain.roll.table import Doubt, Entry, Refusal
from ohdesk.errors import UserError
from ohdesk.i18n import mark, tr
from ohdesk.services.context import Context
from ohdesk.services.roll import importing
from ohdesk.services.roll.columns import remembered_here
from ohdesk.services.roll.importing import Comparison, Kind, Planned
from ohdesk.ui.kit.list_preview import CHANGED, REFUSED, ListedRows, Looked, Sheet, looked
from ohdesk.ui.kit.table_view import Column

DOUBTFUL, REPEATED, FOREIGN = "doubtful", "repeated", "foreign"

_WRITTEN_OR_THERE = frozenset({Kind.NEW, Kind.CHANGED, Kind.SAME})


class Doubtful(NamedTuple):
    """One thing to look at in a row that is imported all the same."""

    entry: Entry
    doubt: Doubt


class Changed(NamedTuple):
    """One value that would replace another, by the key of its field."""

    planned: Planned
    key: str


def look(ctx: Context, path: Path, choices: Choices | None, report: Progress) -> Looked[Comparison]:
    """Read a workbook and find out what it would change; choices: None for those of earlier lists of its shape."""
    reading = importing.preview(path, choices, report, remembered_here(ctx))
    comparison = importing.compare(ctx, reading, report)
    found = comparison.counts
    written = (
        entry for entry, kind in zip(reading.entries, comparison.kinds, strict=True) if kind in _WRITTEN_OR_THERE
    )
    return looked(
        comparison,
        source=reading.source,
        rows_read=reading.rows,
        figures=(
            (tr("新增"), found["new"], "plain"),
            (tr("变更"), found["changed"], "plain"),
            (tr("相同，不写入"), found["same"], "plain"),
            (tr("名单内重复，不写入"), found["repeated"], "plain"),
            (tr("退回"), len(reading.refusals), "bad"),
            *([(tr("别的镇街，不写入"), found["foreign"], "warn")] if found["foreign"] else []),
        ),
        to_write=comparison.to_write,
        notes=reading.warnings,
        sheets=[Sheet(sheet.name, sheet.columns) for sheet in reading.sheets],
        choices=reading.choices,
        lists={
            REFUSED: reading.refusals,
            DOUBTFUL: (Doubtful(entry, doubt) for entry in written for doubt in _doubts(entry)),
            CHANGED: (Changed(planned, key) for planned in comparison.changed for key in planned.fields),
            REPEATED: comparison.alike(Kind.REPEATED),
            FOREIGN: comparison.alike(Kind.FOREIGN),
        },
    )


def look_again(ctx: Context, before: Looked[Comparison], choices: Choices, report: Progress) -> Looked[Comparison]:
    """Read a list once more, with its columns chosen otherwise.

    Raises UserError where no column would be left that says who the employers are, or the file is gone.
    """
    again = look(ctx, before.shown.reading.path, choices, report)
    if not again.shown.reading.mapping and before.shown.reading.mapping:
        raise UserError(tr("这样就没有一列是单位名称了，没有改。"), tr("请先把另一列指明为单位名称。"))
    return again


def _doubts(entry: Entry) -> list[Doubt]:
    """Return what was doubtful when the row was read, and what follows from its flags."""
    uscc, status = (tr(FIELD_BY_KEY[key].heading) for key in ("uscc", "status"))
    of_flags = {
        "uscc_missing": Doubt(uscc, tr("18 位代码"), tr("空白"), tr("没有信用代码，按本地编号登记")),
        "hidden": Doubt("", tr("显示的行"), tr("隐藏的行"), tr("这一行在表格中是隐藏的")),
        "closed": Doubt(status, tr("在业"), tr("停业、注销等"), tr("按已停业登记")),
    }
    return [*entry.doubts, *(of_flags[flag] for flag in entry.flags if flag in of_flags)]


def _refused() -> tuple[Column[Refusal], ...]:
    return (
        Column(tr("工作表"), lambda row: row.sheet, 106),
        Column(tr("行"), lambda row: str(row.row), 52, numeric=True),
        Column(tr("列"), lambda row: row.column, 150),
        Column(tr("应为"), lambda row: row.expected, 190),
        Column(tr("现为"), lambda row: row.found, 140),
        Column(tr("原因"), lambda row: row.reason, 220),
    )


def _doubtful() -> tuple[Column[Doubtful], ...]:
    return (
        Column(tr("工作表"), lambda line: line.entry.sheet, 106),
        Column(tr("行"), lambda line: str(line.entry.row), 52, numeric=True),
        Column(tr("单位名称"), lambda line: line.entry.name, 160, sought=True),
        Column(tr("列"), lambda line: line.doubt.column, 148),
        Column(tr("应为"), lambda line: line.doubt.expected, 168),
        Column(tr("现为"), lambda line: line.doubt.found, 150),
        Column(tr("原因"), lambda line: line.doubt.reason, 160),
    )


def _changed() -> tuple[Column[Changed], ...]:
    return (
        Column(tr("行"), lambda line: str(line.planned.entry.row), 52, numeric=True),
        Column(tr("单位名称"), lambda line: line.planned.entry.name, 220, sought=True),
        Column(tr("字段"), lambda line: tr(WRITTEN_BY_KEY[line.key].heading), 130, sought=True),
        Column(tr("现在"), lambda line: value_text(line.planned.before[line.key]), 240),
        Column(tr("改为"), lambda line: value_text(line.planned.fields[line.key]), 240),
    )


def _repeated() -> tuple[Column[Entry], ...]:
    return (*_entry(), Column(tr("重复的行"), _first_row, 200))


def _foreign() -> tuple[Column[Entry], ...]:
    return (*_entry(), Column(tr("所属镇街代码"), lambda entry: entry.fields.get("town", ""), 150))


def _entry() -> tuple[Column[Entry], ...]:
    return (
        Column(tr("工作表"), lambda entry: entry.sheet, 110),
        Column(tr("行"), lambda entry: str(entry.row), 52, numeric=True),
        Column(tr("单位名称"), lambda entry: entry.name, 260, sought=True),
        Column(tr("统一社会信用代码"), lambda entry: entry.uscc, 190),
    )


def _first_row(entry: Entry) -> str:
    row = entry.repeats
    return tr("与第 {row} 行是同一家", row=row) if row else tr("与名单中前面的行是同一家")


def listed_rows(treated: Column[Any]) -> Mapping[str, ListedRows]:
    """Return the lists of the preview besides that of its columns; treated: the column that says what is changed."""
    return {
        REFUSED: ListedRows(mark("退回(&B)"), mark("退回的行"), _refused()),
        DOUBTFUL: ListedRows(mark("导入但待核(&D)"), mark("待核的行"), _doubtful()),
        CHANGED: ListedRows(mark("变更(&G)"), mark("变更的单位"), (*_changed(), treated)),
        REPEATED: ListedRows(mark("名单内重复(&P)"), mark("名单内重复的行"), _repeated()),
        # Nearly never any.
        FOREIGN: ListedRows(mark("别的镇街(&O)"), mark("别的镇街的单位，不写入"), _foreign(), rare=True),
    }
