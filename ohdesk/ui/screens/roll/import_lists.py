"""The lists of an import's preview: which rows are refused, doubtful, changed or repeated, and their columns."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ohdesk.domain.establishment import FIELD_BY_KEY
from ohdesk.domain.progress import Progress
from ohdesk.domain.roll.table import Doubt, Entry, Refusal
from ohdesk.i18n import mark, tr
from ohdesk.services.context import Context
from ohdesk.services.roll import importing
from ohdesk.services.roll.importing import Comparison, Kind, Planned
from ohdesk.ui.kit.first_rows import first_rows
from ohdesk.ui.kit.table_view import Column

REFUSED, DOUBTFUL, CHANGED, REPEATED, FOREIGN = "refused", "doubtful", "changed", "repeated", "foreign"

_WRITTEN_OR_THERE = frozenset({Kind.NEW, Kind.CHANGED, Kind.SAME})


class Doubtful(NamedTuple):
    """One thing to look at in a row that is imported all the same."""

    entry: Entry
    doubt: Doubt


class Changed(NamedTuple):
    """One value that would replace another, by the key of its field."""

    planned: Planned
    key: str


class LookedAt(NamedTuple):
    """A comparison with the first rows of its lists, put together beside the interface, and how many each has."""

    comparison: Comparison
    rows: Mapping[str, Sequence[Any]]
    counts: Mapping[str, int]


class Listed(NamedTuple):
    """A list of the preview. word: on its chip · name: what is listed"""

    word: str
    name: str
    columns: Callable[[], Sequence[Column[Any]]]


def read_list(ctx: Context, path: Path, report: Progress) -> LookedAt:
    """Read a workbook and find out what it would change: for a Job."""
    return look_at(importing.compare(ctx, importing.preview(path, report=report), report))


def look_at(comparison: Comparison) -> LookedAt:
    """Return a comparison with the first rows of its lists: nobody looks through a hundred thousand."""
    reading = comparison.reading
    written = (
        entry for entry, kind in zip(reading.entries, comparison.kinds, strict=True) if kind in _WRITTEN_OR_THERE
    )
    listed: dict[str, Iterable[Any]] = {
        REFUSED: reading.refusals,
        DOUBTFUL: (Doubtful(entry, doubt) for entry in written for doubt in _doubts(entry)),
        CHANGED: (Changed(planned, key) for planned in comparison.changed for key in planned.fields),
        REPEATED: comparison.alike(Kind.REPEATED),
        FOREIGN: comparison.alike(Kind.FOREIGN),
    }
    return LookedAt(comparison, *first_rows(listed))


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
        Column(tr("字段"), lambda line: tr(FIELD_BY_KEY[line.key].heading), 130),
        Column(tr("现在"), lambda line: line.planned.before.get(line.key, ""), 270),
        Column(tr("改为"), lambda line: line.planned.fields[line.key], 270),
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


LISTS = {
    REFUSED: Listed(mark("退回(&B)"), mark("退回的行"), _refused),
    DOUBTFUL: Listed(mark("导入但待核(&D)"), mark("待核的行"), _doubtful),
    CHANGED: Listed(mark("变更(&G)"), mark("变更的单位"), _changed),
    REPEATED: Listed(mark("名单内重复(&P)"), mark("名单内重复的行"), _repeated),
    FOREIGN: Listed(mark("别的镇街(&O)"), mark("别的镇街的单位，不写入"), _foreign),
}
