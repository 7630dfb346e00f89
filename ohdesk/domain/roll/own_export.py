"""The roll as this program exported it, read back: every cell is the value of its field, as it stands there.

What has to be understood of somebody else's list (a remark 已搬迁, commas between hazards, a number before a name)
was understood when it came to the roll, or typed on purpose.  So an export that nobody touched changes nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from ohdesk.domain.establishment import FIELDS, Field, is_uscc, read_value, uscc_is_right, value_text
from ohdesk.domain.kept_columns import MARK
from ohdesk.domain.list_columns import Choices
from ohdesk.domain.personal import is_personal_number, without_personal_numbers
from ohdesk.domain.roll.columns import Layout
from ohdesk.domain.roll.fields import Value, as_it_stands, personal_number_text
from ohdesk.domain.roll.sheet import WATCHED_EVERY, Taker
from ohdesk.domain.roll.sheet_columns import SheetColumns
from ohdesk.domain.roll.table import Cell, Doubt, Entry, Refusal, Table, column_letters
from ohdesk.domain.roll.values import count_of, day_of, shown_text, text_of
from ohdesk.i18n import tr


def is_own_export(table: Table, layout: Layout) -> bool:
    """True for a sheet with the headings of our own export, in its order; only what was kept of lists stands behind."""
    headings = list(map(text_of, table.rows[layout.bottom])) if layout.bottom >= 0 else []
    own = [field.heading for field in FIELDS]
    return headings[: len(own)] == own and all(heading.endswith(MARK) for heading in headings[len(own) :])


class OwnReader:
    """Reads the rows below the headings of an export for `taker`; `rows` and `warnings` say what was found."""

    def __init__(self, table: Table, layout: Layout, choices: Choices, taker: Taker) -> None:
        self.rows = 0
        self.columns = SheetColumns(table, choices)
        self.columns.use(layout)
        self._table, self._layout, self._taker = table, layout, taker
        self._doubts: Counter[tuple[str, str]] = Counter()

    def read(self, watch: Callable[[int], object]) -> None:
        """Read all rows; `watch(row)` is called now and then, and what it raises ends the reading."""
        for row in range(self._layout.bottom + 1, len(self._table.rows)):
            if row % WATCHED_EVERY == 0:
                watch(row)
            if any(cells := self._table.rows[row]):
                self.rows += 1
                self._read_row(row, cells)

    def warnings(self) -> Iterator[str]:
        """Yield what the user should know about this sheet, in whole sentences."""
        for (column, reason), count in self._doubts.items():
            yield tr(
                "工作表“{sheet}”的{column}有 {count} 处需核对（{reason}）。",
                sheet=self._table.name,
                column=column,
                count=count,
                reason=reason,
            )
        yield from self.columns.warnings()

    def _read_row(self, row: int, cells: Sequence[Cell]) -> None:
        fields: dict[str, str] = {}
        doubts: list[Doubt] = []
        for at, (field, cell) in enumerate(zip(FIELDS, cells, strict=False)):
            if cell is None or cell == "":
                continue
            text, problem = _value(field, cell)
            if problem:
                column = f"{tr(field.heading)}（{column_letters(at)}列）"
                doubts.append(Doubt(column, tr(field.heading), shown_text(cell), problem))
                self._doubts[column, problem] += 1
            if text:
                fields[field.key] = text
        kept = {
            heading: text
            for heading, at in self.columns.kept.items()
            if at < len(cells) and (text := as_it_stands(cells[at]).text)
        }
        if "name" not in fields:
            place = self._layout.place(self._layout.name)
            shown = tuple(map(shown_text, cells))
            said = (tr("被检查单位的名称"), shown[0] if shown else "", tr("没有单位名称"))
            self._taker.refusal(Refusal(self._table.name, row + 1, place, *said, shown))
            return
        flags = () if "uscc" in fields else ("uscc_missing",)
        entry = (fields["name"], fields.get("uscc", ""), fields, flags, tuple(doubts), tuple(kept.items()))
        self._taker.entry(Entry(row + 1, self._table.name, *entry))


def _value(field: Field, cell: Cell) -> Value:
    """Return what a cell says, and what is wrong with it."""
    if field.kind == "text":
        return _text(field, cell)
    try:
        return Value(value_text(read_value(field, text_of(cell))))
    except ValueError:
        pass  # typed by hand since, in whatever spelling
    if field.kind == "day":
        day = day_of(cell)
        return Value(day.isoformat()) if day else Value("", tr("不是能认出的日期"))
    if field.kind == "count":
        count = count_of(cell)
        return Value("", tr("不是人数")) if count is None else Value(str(count))
    return Value("", tr("看不出是“是”还是“否”"))


def _text(field: Field, cell: Cell) -> Value:
    text = cell.strip() if isinstance(cell, str) else cell.isoformat() if isinstance(cell, date) else text_of(cell)
    if field.key in {"uscc", "registration"}:
        if is_personal_number(text.upper()):
            return Value("", tr("是公民身份号码（身份证号），不作信用代码，名录不收"))
        is_wrong = is_uscc(text) and not uscc_is_right(text)
        return Value(text[: field.most], tr("校验位不符") if is_wrong else "")
    text, personal = without_personal_numbers(text)
    return Value(text[: field.most], personal_number_text() if personal else "")
