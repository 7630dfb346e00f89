"""The rows of a list as they stand in its sheets, by the columns that were told; what was said of columns before."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from ohdesk.db.models import Setting
from ohdesk.domain.book_list.mapping import Column, Layout
from ohdesk.domain.roll.table import Refusal, Table
from ohdesk.domain.roll.values import heading_of
from ohdesk.errors import Problem
from ohdesk.i18n import tr
from ohdesk.services.workbook.reading import SheetOfRows
from ohdesk.services.workbook.wire import Row

KEEP_ALL = "all"
_SHAPES = 30  # shapes of file remembered of a book
_HEAD = 340  # rows from which the columns are told
_SHOWN = 12  # rows named in one warning
_TOTAL = re.compile(r"(?:合|总|小|共|累)\s*计\s*(?:[:：(（\d].*)?|(?:sub)?total", re.IGNORECASE | re.DOTALL)
_REMARK = re.compile(r"(?:注|备注|说明|填表|制表|审核|填报|单位负责人|联系人|note)[^:：]{0,6}[:：]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person said of the columns of a list.

    columns: heading or letters → key, "" for a column that is to go into no field
    keep: headings or letters of the columns to be kept as they are, or `KEEP_ALL`
    """

    columns: Mapping[str, str]
    keep: tuple[str, ...] = ()


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


def rows_of_list(
    sheet: SheetOfRows, head: Table, layout: Layout, keep: Collection[str], warnings: list[str]
) -> Iterator[Draft]:
    """Yield the rows of a list, without its heading, totals and remarks; those are told in `warnings` behind them."""
    heading = [heading_of(str(cell)) for cell in head.rows[layout.bottom]] if layout.bottom >= 0 else []
    titles = {column.key: column.title for column in layout.taken}
    called = Counter(column.title for column in layout.columns)
    kept = {
        # Two columns of one heading are two.
        column.title if called[column.title] == 1 else f"{column.title} {column.letters}": column.at
        for column in layout.left
        if is_kept(keep, column)
    }
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


def is_kept(keep: Collection[str], column: Column) -> bool:
    """True for a column that is to be kept as it is, of those that go into no field."""
    heading = heading_of(column.heading)
    return any(each == KEEP_ALL or each == column.letters or (heading and heading_of(each) == heading) for each in keep)


Shape = dict[str, Any]  # heading: its texts, folded · columns, keep: as of `Choices`


def remembered(session: Session, register: str) -> list[Shape]:
    """Return what was said of the columns of lists of a book, by the shape of each, the last one last."""
    held = session.get(Setting, _setting(register))
    return [] if held is None else list(held.value)


def _setting(register: str) -> str:
    return f"columns/{register}"


def _headings_of(row: Sequence[object]) -> list[str]:
    return [text for cell in row if (text := heading_of(str(cell)))]


def with_remembered(choices: Choices, head: Table, shapes: Sequence[Shape]) -> Choices:
    """Return the choices with those that were made when a sheet with this heading was imported last."""
    rows = [_headings_of(row) for row in head.rows[:_HEAD]] if shapes else []
    for shape in shapes:
        if shape["heading"] in rows:
            return Choices({**choices.columns, **shape["columns"]}, (*choices.keep, *shape["keep"]))
    return choices


def remember(
    session: Session,
    register: str,
    sheets: Sequence[SheetOfRows],
    layouts: Sequence[Layout | None],
    choices: Choices,
) -> None:
    """Keep what a person said of the columns, for the next list of this shape; nothing where they said nothing."""
    before = remembered(session, register)
    shapes = list(before)
    for sheet, layout in zip(sheets, layouts, strict=True):
        if layout is None or layout.bottom < 0:
            continue
        heading = _headings_of(first_rows(sheet).rows[layout.bottom])
        shapes = [each for each in shapes if each["heading"] != heading]
        said = {heading_of(name): key for name, key in choices.columns.items()}
        columns = {
            each.heading: said[name]
            for each in layout.columns
            for name in (heading_of(each.letters), heading_of(each.heading))
            if each.heading and name in said
        }
        keep = [each.heading for each in layout.left if each.heading and is_kept(choices.keep, each)]
        if columns or keep:
            shapes.append({"heading": heading, "columns": columns, "keep": keep})
    if shapes != before:
        session.merge(Setting(key=_setting(register), value=shapes[-_SHAPES:]))
