"""The rows of a list as they stand in its sheets, by the columns that were told."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ohdesk.domain.book_list.mapping import Layout
from ohdesk.domain.list_columns import Choices, shape_of
from ohdesk.domain.roll.table import Refusal, Table
from ohdesk.domain.roll.values import heading_of
from ohdesk.errors import Problem
from ohdesk.i18n import tr
from ohdesk.services.workbook.reading import SheetOfRows
from ohdesk.services.workbook.wire import Row

_HEAD = 340  # rows from which the columns are told
_SHOWN = 12  # rows named in one warning
_TOTAL = re.compile(r"(?:合|总|小|共|累)\s*计\s*(?:[:：(（\d].*)?|(?:sub)?total", re.IGNORECASE | re.DOTALL)
_REMARK = re.compile(r"(?:注|备注|说明|填表|制表|审核|填报|单位负责人|联系人|note)[^:：]{0,6}[:：]", re.IGNORECASE)


class Draft(NamedTuple):
    """A row as it stands: its cells by key, and what is kept of it under its own headings."""

    sheet: str
    row: int
    cells: dict[str, str]
    kept: dict[str, str]
    titles: Mapping[str, str]
    texts: tuple[str, ...]

    def refused(self, problem: Problem) -> Refusal:
        """Return what is to be said of it."""
        column = self.titles.get(problem.field, problem.place) or problem.place
        return Refusal(
            self.sheet, self.row, column, problem.expected, problem.found or tr("空白"), problem.remedy, self.texts
        )


def first_rows(sheet: SheetOfRows) -> Table:
    """Return the first rows of a sheet, as they are laid out."""
    rows: list[Sequence[str]] = []
    for row in sheet.rows:
        if row.number > _HEAD:
            break
        rows += [()] * (row.number - len(rows))
        rows[row.number - 1] = row.cells
    return Table(sheet.name, rows, sheet.merges)


def shape_of_list(sheet: SheetOfRows, layout: Layout | None) -> str:
    """Return the shape of a sheet, "" for one without a heading."""
    return shape_of(first_rows(sheet).rows[layout.bottom]) if layout is not None and layout.bottom >= 0 else ""


def rows_of_list(
    sheet: SheetOfRows, head: Table, layout: Layout, choices: Choices, warnings: list[str]
) -> Iterator[Draft]:
    """Yield the rows of a list, without its heading, totals and remarks; those are told in `warnings` behind them."""
    heading = [heading_of(str(cell)) for cell in head.rows[layout.bottom]] if layout.bottom >= 0 else []
    titles = {column.key: column.title for column in layout.taken}
    kept = choices.kept(layout.columns)
    skipped: list[int] = []
    hidden = 0
    for row in _filled_down(sheet):
        if row.number - 1 <= layout.bottom:
            continue
        if [heading_of(cell) for cell in row.cells] == heading:  # once more at the top of each printed page
            continue
        cells = {each.key: row.cells[each.at] for each in layout.taken if each.at < len(row.cells)}
        filled = [cell for cell in row.cells if cell]
        is_total = any(_TOTAL.fullmatch(cell) for cell in filled[:2])
        if is_total or all(map(_REMARK.match, filled)) or not any(cells.values()):
            skipped.append(row.number)
            continue
        hidden += row.number in sheet.hidden
        beside = {title: row.cells[at] for title, at in kept.items() if at < len(row.cells) and row.cells[at]}
        yield Draft(sheet.name, row.number, cells, beside, titles, row.cells)
    if skipped:
        rows = "、".join(map(str, skipped[:_SHOWN])) + ("……" if len(skipped) > _SHOWN else "")
        warnings.append(
            tr(
                "“{sheet}”有 {count} 行是合计、说明或没有可导入的内容，没有读取：第 {rows} 行。",
                sheet=sheet.name,
                count=len(skipped),
                rows=rows,
            )
        )
    if hidden:
        warnings.append(tr("“{sheet}”有 {count} 行是隐藏的，也一并读取。", sheet=sheet.name, count=hidden))


def _filled_down(sheet: SheetOfRows) -> Iterator[Row]:
    """Yield the rows of a sheet, the value of cells merged over several rows in each of them."""
    begins: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for merge in sheet.merges:
        if merge.bottom > merge.top:
            begins[merge.top + 1].append((merge.left, merge.bottom + 1))
    open_: dict[int, tuple[int, str]] = {}
    for row in sheet.rows:
        for left, bottom in begins.get(row.number, ()):
            if left < len(row.cells):
                open_[left] = (bottom, row.cells[left])
        open_ = {left: each for left, each in open_.items() if each[0] >= row.number} if open_ else open_
        if not open_:
            yield row
            continue
        cells = [*row.cells, *[""] * (max(open_) + 1 - len(row.cells))]
        for left, (_, text) in open_.items():
            cells[left] = cells[left] or text
        yield Row(row.number, tuple(cells))
