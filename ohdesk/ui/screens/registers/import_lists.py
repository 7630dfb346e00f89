"""What the preview of a list shows: its columns, the rows refused, changed, new or repeated."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from ohdesk.domain.list_columns import Choices
from ohdesk.domain.progress import Progress
from ohdesk.domain.register.definition import Definition
from ohdesk.domain.register.values import Value
from ohdesk.domain.roll.table import Refusal
from ohdesk.forms.list_sources import provenance_text
from ohdesk.i18n import mark, tr
from ohdesk.services.context import Context
from ohdesk.services.register.import_preview import BookPreview, Outcome, Planned
from ohdesk.services.register.importing import preview
from ohdesk.services.register.listing import heading
from ohdesk.services.workbook.reading import SheetRows
from ohdesk.ui.kit.list_preview import CHANGED, REFUSED, ListedRows, Looked, Sheet, looked
from ohdesk.ui.kit.table_view import Column

NEW, REPEATED = "new", "repeated"
_SHOWN = 4  # values of a row that tell which it is


class Changed(NamedTuple):
    """One value that would replace another, by the key of its field."""

    planned: Planned
    key: str

    @property
    def place(self) -> tuple[str, int, str]:
        """By which it is declined."""
        return self.planned.sheet, self.planned.row, self.key


Text = Callable[[str, Value], str]


def look(
    ctx: Context, register: str, listed: SheetRows, source: str, choices: Choices | None, report: Progress
) -> Looked[BookPreview]:
    """Find out what a list would change; choices: None for those of earlier lists of its shape."""
    shown = preview(ctx, register, listed, source, choices, report)
    origin = provenance_text(shown.provenance.pairs)
    refused = len({(each.sheet, each.row) for each in shown.refusals})
    return looked(
        shown,
        source=source,
        rows_read=shown.rows,
        figures=(
            (tr("新增"), shown.counts[Outcome.NEW], "plain"),
            (tr("变更"), shown.counts[Outcome.CHANGED], "plain"),
            (tr("相同，不写入"), shown.counts[Outcome.SAME], "plain"),
            (tr("表内重复，不写入"), shown.counts[Outcome.REPEATED], "plain"),
            (tr("退回"), refused, "bad"),
        ),
        to_write=shown.counts[Outcome.NEW] + shown.counts[Outcome.CHANGED],
        notes=[*([tr("名单出处：{origin}", origin=origin)] if origin else []), *shown.warnings],
        sheets=[Sheet(sheet.name, sheet.columns) for sheet in shown.sheets],
        choices=shown.choices,
        lists={
            REFUSED: shown.refusals,
            CHANGED: (Changed(each, key) for each in shown.alike(Outcome.CHANGED) for key in each.fields),
            NEW: shown.alike(Outcome.NEW),
            REPEATED: shown.alike(Outcome.REPEATED),
        },
    )


def listed_rows(definition: Definition, text: Text, treated: Column[Any]) -> Mapping[str, ListedRows]:
    """Return the lists of the preview besides that of its columns.

    text: how a value of a key reads · treated: the column that says which change is made
    """
    rows = _rows(definition, text)
    return {
        REFUSED: ListedRows(mark("退回(&B)"), mark("退回的行"), _refused()),
        CHANGED: ListedRows(mark("变更(&G)"), mark("变更的登记"), (*_changed(definition, text), treated)),
        NEW: ListedRows(mark("新增(&N)"), mark("新增的登记"), rows),
        REPEATED: ListedRows(mark("表内重复(&P)"), mark("表内重复的行"), _repeated(rows)),
    }


def _refused() -> tuple[Column[Refusal], ...]:
    return (
        Column(tr("工作表"), lambda row: row.sheet, 106),
        Column(tr("行"), lambda row: str(row.row), 52, numeric=True),
        Column(tr("列"), lambda row: row.column, 150),
        Column(tr("应为"), lambda row: row.expected, 230),
        Column(tr("现为"), lambda row: row.found, 190),
        Column(tr("怎么办"), lambda row: row.reason, 260),
    )


def _changed(definition: Definition, text: Text) -> tuple[Column[Changed], ...]:
    return (
        Column(tr("行"), lambda line: str(line.planned.row), 52, numeric=True),
        Column(tr("字段"), lambda line: heading(definition, line.key), 150, sought=True),
        Column(tr("现在"), lambda line: text(line.key, line.planned.before.get(line.key)), 290),
        Column(tr("改为"), lambda line: text(line.key, line.planned.fields[line.key]), 290),
    )


def _rows(definition: Definition, text: Text) -> tuple[Column[Planned], ...]:
    return (
        Column(tr("工作表"), lambda row: row.sheet, 106),
        Column(tr("行"), lambda row: str(row.row), 52, numeric=True),
        Column(tr("内容"), partial(_said, definition, text), 720, sought=True),
    )


def _repeated(rows: Sequence[Column[Planned]]) -> Sequence[Column[Planned]]:
    sheet, row, content = rows
    return (sheet, row, Column(tr("重复的行"), _first_row, 200), content)


def _first_row(row: Planned) -> str:
    return tr("与第 {row} 行相同", row=row.repeats)


def _said(definition: Definition, text: Text, row: Planned) -> str:
    keys = [definition.about, *(each.key for each in definition.fields)]
    there = [key for key in keys if row.read.get(key) not in {None, ""}][:_SHOWN]
    return "　".join(text(key, row.read[key]) for key in there)
