"""What a further entry of a question may hold: texts by key, a repeat as the canonical text of its rows."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial

from ohdesk.domain.calendar import day_in
from ohdesk.domain.canonical import NotCanonicalError, canonical, clean_text, parse
from ohdesk.domain.problems import blank
from ohdesk.errors import Problem
from ohdesk.forms.definition import DetailField, FieldKind
from ohdesk.i18n import tr

LONGEST_TEXT = 4000
# More people than any employer has: anything longer is a slip of the keyboard.
LARGEST_COUNT = 9_999_999
MOST_ROWS = 200
LONGEST_ROWS = 20_000  # characters of a repeat as it is stored
_SHOWN = 40
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?", re.ASCII)

Row = Mapping[str, str]  # key of a column → text
Values = Mapping[str, str]  # key of a field → text
_Named = Callable[[str], str]  # how a problem names the field of a key


def number_in(text: str) -> Decimal | None:
    """Return the number a text is, None for any other text: "1e3", "１２", "+1", "1." are none."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def rows_in(text: str) -> tuple[Row, ...]:
    """Return the rows of a repeat. Raises ValueError for a text that is none; "" has no rows."""
    rows = parse(text.encode()) if text else []
    if not isinstance(rows, list) or not all(_is_row(row) for row in rows):
        raise ValueError(text)
    return tuple(rows)


def rows_text(rows: Sequence[Row]) -> str:
    """Return rows as they are stored: cells trimmed, empty cells and empty rows left out; "" where none is left."""
    cleaned = [{key: clean_text(cell).strip() for key, cell in row.items()} for row in rows]
    kept = [filled for row in cleaned if (filled := {key: cell for key, cell in row.items() if cell})]
    return canonical(kept).decode() if kept else ""


def cell_key(field: str, row: int, column: str) -> str:
    """Return how a problem names a cell of a repeat: row from 0."""
    return f"{field}.{row}.{column}"


def detail_of(field: str) -> str:
    """Return the key of the detail that a problem's field names: itself, or the repeat of a cell."""
    return field.partition(".")[0]


def value_problems(place: str, fields: Sequence[DetailField], values: Values) -> list[Problem]:
    """Return what keeps values from being stored: unknown keys, no number, no day, out of bounds."""
    return list(_problems(place, fields, values, lambda key: key))


def lacking(place: str, fields: Sequence[DetailField], values: Values, *, whole_too: bool) -> list[Problem]:
    """Return what has to be filled in and is not; whole_too: every whole number as well."""
    problems = []
    for field in fields:
        if field.computed is not None:
            continue
        given = values.get(field.key, "")
        where = f"{place} {field.label}"
        if not given:
            if field.required or (whole_too and field.kind.is_whole):
                problems.append(blank(where, field.key, _to_fill(field)))
        elif field.kind is FieldKind.REPEAT:
            problems += _lacking_in_rows(where, field, rows_in(given))
    return problems


def _lacking_in_rows(place: str, field: DetailField, rows: Sequence[Row]) -> Iterator[Problem]:
    if len(rows) < int(field.least or 0):
        yield Problem(place, tr("至少 {count} 行", count=field.least), str(len(rows)), field=field.key)
    for number, row in enumerate(rows):
        for column in field.columns:
            if column.required and column.computed is None and not row.get(column.key):
                where = f"{row_place(place, number)} {column.label}"
                yield blank(where, cell_key(field.key, number, column.key), _to_fill(column))


def _to_fill(field: DetailField) -> str:
    return tr("请填写{label}。", label=field.label)


def _problems(place: str, fields: Sequence[DetailField], values: Values, named: _Named) -> Iterator[Problem]:
    known = {field.key: field for field in fields}
    for key, text in values.items():
        field = known.get(key)
        if field is None:
            yield Problem(f"{place} {short(key)}", " / ".join(known), tr("没有这一填写项"), field=named(key))
        elif text:
            yield from _value_problems(f"{place} {field.label}", field, text, named(key))


def _value_problems(place: str, field: DetailField, text: str, key: str) -> Iterator[Problem]:
    if field.computed is not None:
        yield Problem(place, tr("空白，由程序算出"), short(text), field=key)
    elif field.kind is FieldKind.REPEAT:
        yield from _row_problems(place, field, text)
    elif field.kind is FieldKind.DATE:
        if day_in(text) is None:
            yield Problem(place, tr("日期"), short(text), field=key, example="2026-03-02")
    elif field.kind is FieldKind.CHOICE:
        if text not in {each.key for each in field.choices}:
            words = " / ".join(f"{each.key}（{each.zh}）" for each in field.choices)
            yield Problem(place, words, short(text), field=key)
    elif field.kind.is_number:
        yield from _number_problems(place, field, text, key)
    elif len(text) > LONGEST_TEXT:
        yield too_long(place, text, key)


def _number_problems(place: str, field: DetailField, text: str, key: str) -> Iterator[Problem]:
    number = number_in(text)
    if field.kind.is_whole and not (text.isascii() and text.isdigit() and number is not None):
        yield Problem(place, tr("0 或正整数"), short(text), field=key)
    elif number is None:
        yield Problem(place, tr("数字"), short(text), field=key, example="86.5")
    elif field.kind.is_whole and number > LARGEST_COUNT:
        yield Problem(place, tr("0 或正整数"), short(text), field=key)
    elif field.least and number < Decimal(field.least):
        yield Problem(place, tr("不小于 {bound}", bound=field.least), text, field=key)
    elif field.most and number > Decimal(field.most):
        yield Problem(place, tr("不大于 {bound}", bound=field.most), text, field=key)


def _row_problems(place: str, field: DetailField, text: str) -> Iterator[Problem]:
    try:
        rows = rows_in(text)
    except (ValueError, NotCanonicalError):
        yield Problem(place, tr("一行一条的表格"), short(text), field=field.key)
        return
    most = int(field.most or MOST_ROWS)
    if len(rows) > most:
        yield Problem(place, tr("不超过 {count} 行", count=most), str(len(rows)), field=field.key)
    elif len(text) > LONGEST_ROWS:
        yield Problem(place, tr("不超过 {limit} 字", limit=LONGEST_ROWS), str(len(text)), field=field.key)
    for number, row in enumerate(rows):
        where = row_place(place, number)
        yield from _problems(where, field.columns, row, partial(cell_key, field.key, number))


def too_long(place: str, text: str, key: str) -> Problem:
    """Return the problem of a text that is longer than any can be."""
    found = tr("{count} 字", count=len(text))
    return Problem(place, tr("不超过 {limit} 字", limit=LONGEST_TEXT), found, field=key)


def short(text: str) -> str:
    """Return what was found, short enough for a line."""
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def row_place(place: str, row: int) -> str:
    """Return the place of a row, from 0, within that of its repeat."""
    return tr("{place} 第 {row} 行", place=place, row=row + 1)


def _is_row(row: object) -> bool:
    return isinstance(row, dict) and all(isinstance(cell, str) for cell in row.values())
