"""The roll as an xlsx file."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ohdesk.db.models import Establishment
from ohdesk.domain import establishment
from ohdesk.domain.establishment import FIELDS, value_text
from ohdesk.domain.roll.reading import ListSheet
from ohdesk.domain.roll.table import Refusal, column_letters
from ohdesk.files import hand_out
from ohdesk.i18n import tr
from ohdesk.reports.tables import Sheet, Value, workbook
from ohdesk.search import folded
from ohdesk.services.context import Context

if TYPE_CHECKING:
    from ohdesk.services.roll.importing import RollReading


def export_roll(ctx: Context, target: Path, search: str = "") -> int:
    """Write the entries that match `search` (all when empty), by name, with every field; return how many."""
    statement = (
        select(*(getattr(Establishment, field.key) for field in FIELDS))
        .where(Establishment.withdrawn.is_(False))
        .order_by(Establishment.name, Establishment.id)
    )
    if search.strip():
        statement = statement.where(func.instr(Establishment.search, folded(search)) > 0)
    with ctx.reading() as session:
        rows = [list(map(_cell, row)) for row in session.execute(statement)]
    hand_out(target, workbook([Sheet(tr("单位名录"), [tr(field.heading) for field in FIELDS], rows)]))
    return len(rows)


def _cell(value: establishment.Value | date) -> Value:
    """Return a value as a cell shows it: counts as numbers, so that a spreadsheet adds them up."""
    return value if isinstance(value, int) and not isinstance(value, bool) else value_text(value)


def write_refusals(shown: "RollReading", target: Path) -> int:
    """Write an xlsx with the refused rows as they stand in the list, the reason beside each; return how many.

    Each sheet keeps the headings of the list, so that it can be imported again once put right; a second sheet
    lists every refusal and every value left out.
    """
    sheets = [_refused_rows(sheet, shown.refusals) for sheet in shown.sheets]
    written = [sheet for sheet in sheets if sheet.rows]
    hand_out(target, workbook([*written, _problem_list(shown)]))
    return len(shown.refusals)


def _refused_rows(sheet: ListSheet, refusals: Iterable[Refusal]) -> Sheet:
    own = [refusal for refusal in refusals if refusal.sheet == sheet.name]
    width = max([len(sheet.headings), *(len(refusal.cells) for refusal in own)], default=0)
    headings = [*sheet.headings, *(column_letters(column) for column in range(len(sheet.headings), width))]
    rows = [
        [*refusal.cells, *[""] * (width - len(refusal.cells)), str(refusal.row), refusal.column, refusal.reason]
        for refusal in own
    ]
    return Sheet(sheet.name, (*headings, tr("原行号"), tr("问题所在列"), tr("未导入原因")), rows)


def _problem_list(shown: "RollReading") -> Sheet:
    headings = (tr("工作表"), tr("行"), tr("列"), tr("应为"), tr("现为"), tr("说明"), tr("处理"))
    refused: list[list[Value]] = [
        [item.sheet, item.row, item.column, item.expected, item.found, item.reason, tr("整行未导入")]
        for item in shown.refusals
    ]
    doubtful: list[list[Value]] = [
        [entry.sheet, entry.row, doubt.column, doubt.expected, doubt.found, doubt.reason, tr("已导入，请核对此处")]
        for entry in shown.entries
        for doubt in entry.doubts
    ]
    return Sheet(tr("问题清单"), headings, [*refused, *doubtful])
