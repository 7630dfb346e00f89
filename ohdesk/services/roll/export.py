"""The roll as an xlsx file: every field, and behind them the columns that were kept of lists."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, cast

from ohdesk.collector import uncollected
from ohdesk.db.models import Establishment
from ohdesk.db.queries import roll
from ohdesk.db.row_numbers import is_numbered
from ohdesk.domain import establishment
from ohdesk.domain.establishment import FIELDS, KEPT, value_text
from ohdesk.domain.kept_columns import MARK, headings_of
from ohdesk.domain.roll.reading import ListSheet
from ohdesk.domain.roll.table import Refusal, column_letters
from ohdesk.files import hand_out
from ohdesk.i18n import tr
from ohdesk.reports.tables import Sheet, Value, workbook
from ohdesk.services.context import Context
from ohdesk.services.guarded import guarded
from ohdesk.services.register.conditions import EVERYTHING, EntryQuery
from ohdesk.services.roll import entries
from ohdesk.services.written_out import Counted, WrittenOut

if TYPE_CHECKING:
    from ohdesk.services.roll.importing import RollReading


def export_roll(ctx: Context, target: Path, query: EntryQuery = EVERYTHING) -> WrittenOut:
    """Write the entries of this office's roll that are asked for, as they are listed, with every field.

    Left out are employers that handle state secrets. Raises as `entries.listed` does.
    """
    asked, left_out = entries.asked(ctx, query), Establishment.id.in_(guarded())
    of_fields = [each.told for each in asked.pop("clauses")]
    # The same in every language, as the values are: it comes back as a list.
    headings, keys = [field.heading for field in FIELDS], [KEPT.key, *(field.key for field in FIELDS)]
    with ctx.reading() as session, uncollected():
        which = (*of_fields, ~left_out)
        has_kept = cast(Establishment.kept, Text) != "[]"
        several = roll.values(session, keys=[KEPT.key], conditions=(*which, has_kept), **asked)
        kept = headings_of(pairs for (pairs,) in several)
        headings += [f"{heading}{MARK}" for heading in kept]
        rows = Counted(roll.values(session, keys=keys, conditions=which, **asked))
        written = workbook([Sheet(tr("单位名录"), headings, (_cells(row, kept) for row in rows))])
        hidden_too = (*of_fields, left_out)
        hidden = roll.names(session, conditions=hidden_too, walks=False, numbered=is_numbered(ctx.engine), **asked)
    hand_out(target, written)
    return WrittenOut(rows.count, len(hidden))


def _cells(row: Sequence[Any], headings: Sequence[str]) -> list[Value]:
    """Return the cells of an entry, of which what is kept stands before its fields in `row`."""
    kept, *values = row
    beside: dict[str, str] = dict(kept) if headings else {}
    return [*map(_cell, values), *(beside.get(heading, "") for heading in headings)]


def _cell(value: establishment.Value | date) -> Value:
    """Return a value as a cell shows it: counts as numbers, so that a spreadsheet adds them up."""
    return value if isinstance(value, int) and not isinstance(value, bool) else value_text(value)


def write_refusals(shown: "RollReading", target: Path) -> WrittenOut:
    """Write an xlsx with the refused rows as they stand in the list, the reason beside each.

    Each sheet keeps the headings of the list, so that it can be imported again once put right; a second sheet
    lists every refusal and every value left out.
    """
    sheets = [each for sheet in shown.sheets if (each := _refused_rows(sheet, shown.refusals)) is not None]
    hand_out(target, workbook([*sheets, _problem_list(shown)]))
    return WrittenOut(len(shown.refusals))


def _refused_rows(sheet: ListSheet, refusals: Iterable[Refusal]) -> Sheet | None:
    """Return the refused rows of a sheet, None when it has none; they are gone through once for their width."""
    widths = [len(refusal.cells) for refusal in refusals if refusal.sheet == sheet.name]
    if not widths:
        return None
    width = max(len(sheet.headings), *widths)
    headings = [*sheet.headings, *(column_letters(column) for column in range(len(sheet.headings), width))]
    rows = (
        [*refusal.cells, *[""] * (width - len(refusal.cells)), str(refusal.row), refusal.column, refusal.reason]
        for refusal in refusals
        if refusal.sheet == sheet.name
    )
    return Sheet(sheet.name, (*headings, tr("原行号"), tr("问题所在列"), tr("未导入原因")), rows)


def _problem_list(shown: "RollReading") -> Sheet:
    headings = (tr("工作表"), tr("行"), tr("列"), tr("应为"), tr("现为"), tr("说明"), tr("处理"))
    refused: Iterable[list[Value]] = (
        [item.sheet, item.row, item.column, item.expected, item.found, item.reason, tr("整行未导入")]
        for item in shown.refusals
    )
    doubtful: Iterable[list[Value]] = (
        [entry.sheet, entry.row, doubt.column, doubt.expected, doubt.found, doubt.reason, tr("已导入，请核对此处")]
        for entry in shown.entries
        for doubt in entry.doubts
    )
    return Sheet(tr("问题清单"), headings, chain(refused, doubtful))
