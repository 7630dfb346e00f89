"""Evidence looked at inside the program: the first sheet of a workbook as it stands; nothing is computed or kept."""

from dataclasses import dataclass
from itertools import islice

from ohdesk.domain.evidence import Evidence
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.visit import evidence
from ohdesk.services.workbook.reading import read_held_rows

MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 200, 26, 200
_LARGEST = 8 << 20  # bytes: what is longer takes longer than a look


@dataclass(frozen=True, slots=True)
class SheetPreview:
    """The beginning of a sheet: rows of `width` cells as text, and what is to be said of the rest."""

    rows: tuple[tuple[str, ...], ...]
    width: int
    notes: tuple[str, ...]


def sheet(ctx: Context, held: Evidence) -> SheetPreview:
    """Return the beginning of the first visible sheet. Raises UserError for what cannot be shown, and why."""
    content = evidence.content(ctx, held)
    if len(content) > _LARGEST:
        remedy = tr("可以另存后用表格程序打开。")
        raise UserError(tr("表格超过 {most} MB，不在这里显示。", most=_LARGEST >> 20), remedy)
    read = read_held_rows(held.name, content)
    first = read.sheets[0]
    shown = tuple(tuple(cell[:LONGEST_CELL] for cell in each.cells) for each in islice(first.rows, MOST_ROWS))
    width = max(map(len, shown), default=0)
    rows = tuple(row[:MOST_COLUMNS] + ("",) * (min(width, MOST_COLUMNS) - len(row)) for row in shown)
    notes = [tr("工作表“{name}”，只读。", name=first.name), *read.warnings]
    if len(first.rows) > MOST_ROWS:
        notes.append(tr("只显示前 {most} 行，共 {count} 行。", most=MOST_ROWS, count=len(first.rows)))
    if width > MOST_COLUMNS:
        notes.append(tr("只显示前 {most} 列。", most=MOST_COLUMNS))
    if len(read.sheets) > 1:
        notes.append(tr("另有 {count} 张工作表。", count=len(read.sheets) - 1))
    if first.formulas:
        notes.append(tr("有公式的格显示保存时的结果，没有计算。"))
    return SheetPreview(rows, min(width, MOST_COLUMNS), tuple(notes))
