"""Values that follow from what was filled in: the named functions that a form may compute by."""

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import zip_longest

from ohdesk.forms.definition import Computation, DetailField, FieldKind
from ohdesk.forms.detail_values import Row, Values, number_in, rows_in

_SHIFT = Decimal(8)  # hours
_TENTH = Decimal("0.1")

# Each key gives the numbers that stand under it: one, or one for each row; None where nothing stands.
_Numbers = Sequence[Decimal | None]
_Function = Callable[[Sequence[_Numbers], Sequence[Decimal]], Decimal | None]


def _total(given: Sequence[_Numbers], _with: Sequence[Decimal]) -> Decimal | None:
    found = [number for numbers in given for number in numbers if number is not None]
    return sum(found, Decimal(0)) if found else None


def _rate(given: Sequence[_Numbers], _with: Sequence[Decimal]) -> Decimal | None:
    """Return the sum of the first in per cent of the sum of the second; nothing where that is nought.

    Persons are summed before they are divided: a mean of rates would count a post of two like one of a hundred.
    """
    part, whole = (_total([numbers], ()) for numbers in given)
    if part is None or not whole:
        return None
    return _rounded(part * 100 / whole)


def _lex_8h(given: Sequence[_Numbers], _with: Sequence[Decimal]) -> Decimal | None:
    """Return the level of a day of 8 hours from levels, dB(A), and how long each lasted, h (GBZ/T 189.8)."""
    levels, hours = given
    energy = Decimal(0)
    for level, lasted in zip_longest(levels, hours):
        if level is None and lasted is None:
            continue
        if level is None or lasted is None:
            return None  # of a part of the day nothing is known: no level of the whole follows
        energy += lasted * Decimal(10) ** (level / 10)
    return _rounded((energy / _SHIFT).log10() * 10) if energy else None


def _sample(given: Sequence[_Numbers], numbers: Sequence[Decimal]) -> Decimal | None:
    """Return how many of so many are looked at: all up to the first number, then as many as it says."""
    there = _total(given, ())
    return None if there is None else min(there, numbers[0])


def _share_passed(given: Sequence[_Numbers], numbers: Sequence[Decimal]) -> Decimal | None:
    """Return how many of the results reach the first number."""
    found = [number for number in given[0] if number is not None]
    return Decimal(sum(number >= numbers[0] for number in found)) if found else None


def _rows(given: Sequence[_Numbers], _with: Sequence[Decimal]) -> Decimal | None:
    found = [number for number in given[0] if number is not None]
    return Decimal(len(found)) if found else None


# name → (function, how many keys it takes or None for any, how many numbers)
FUNCTIONS: Mapping[str, tuple[_Function, int | None, int]] = {
    "sum": (_total, None, 0),
    "rate": (_rate, 2, 0),
    "lex_8h": (_lex_8h, 2, 0),
    "sample_size": (_sample, 1, 1),
    "reaching": (_share_passed, 1, 1),
    "filled": (_rows, 1, 0),
}


def with_computed(fields: Sequence[DetailField], values: Values) -> tuple[Values, Mapping[str, tuple[Row, ...]]]:
    """Return values with those that are computed, and by key of each repeat its rows with theirs.

    What cannot be computed yet is not there.
    """
    rows = {
        field.key: tuple(_row_with_computed(field, row, values) for row in rows_in(values.get(field.key, "")))
        for field in fields
        if field.kind is FieldKind.REPEAT
    }
    found = dict(values)
    # In their order: a rate may stand on a sum above it.
    for field in fields:
        if field.computed is not None:
            found |= _computed(field, field.computed, [_under(key, found, rows) for key in field.computed.of])
    return found, rows


def _row_with_computed(repeat: DetailField, row: Row, values: Values) -> Row:
    found = dict(row)
    for column in repeat.columns:
        if column.computed is not None:
            given = [[number_in(found.get(key, values.get(key, "")))] for key in column.computed.of]
            found |= _computed(column, column.computed, given)
    return found


def _computed(field: DetailField, by: Computation, given: Sequence[_Numbers]) -> dict[str, str]:
    function, _keys, _numbers = FUNCTIONS[by.by]
    number = function(given, [Decimal(each) for each in by.numbers])
    return {} if number is None else {field.key: f"{number:f}"}


def _under(key: str, values: Values, rows: Mapping[str, Sequence[Row]]) -> _Numbers:
    repeat, _, column = key.partition(".")
    if not column:
        return [number_in(values.get(key, ""))]
    return [number_in(row.get(column, "")) for row in rows.get(repeat, ())]


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(_TENTH, ROUND_HALF_UP)
