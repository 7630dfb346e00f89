"""Numbers of an answer that do not fit each other: more worn correctly than worn, more counted than at work."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from ohdesk.domain.problems import blank
from ohdesk.errors import Problem
from ohdesk.forms.computed import with_computed
from ohdesk.forms.definition import DetailField
from ohdesk.forms.detail_values import Values, cell_key, number_in, row_place
from ohdesk.i18n import tr


def relation_problems(place: str, fields: Sequence[DetailField], values: Values) -> Iterator[Problem]:
    """Yield what does not fit among well formed values; what is computed from them is held to its limits as well."""
    found, rows = with_computed(fields, values)
    yield from _unfit(place, fields, found, lambda key: key)
    for field in fields:
        for number, row in enumerate(rows.get(field.key, ())):
            where = row_place(f"{place} {field.label}", number)
            yield from _unfit(where, field.columns, row, partial(cell_key, field.key, number))


def _unfit(place: str, fields: Sequence[DetailField], values: Values, named: Callable[[str], str]) -> Iterator[Problem]:
    """Tell of numbers that do not fit each other, as far as both are there."""
    labels = {field.key: field.label for field in fields}
    numbers = {
        field.key: number
        for field in fields
        if field.kind.is_number and (number := number_in(values.get(field.key, ""))) is not None
    }
    for field in fields:
        given = numbers.get(field.key)
        if given is None:
            continue
        where = f"{place} {field.label}"
        limit = numbers.get(field.at_most)
        if limit is not None and given > limit:
            expected = tr("不大于{label} {number}", label=labels[field.at_most], number=limit)
            yield Problem(where, expected, str(given), field=named(field.key))
        parts = [numbers[key] for key in field.sum_of if key in numbers]
        if field.sum_of and len(parts) == len(field.sum_of) and sum(parts) != given:
            words = tr("、").join(labels[key] for key in field.sum_of)
            expected = tr("等于{labels}之和 {number}", labels=words, number=sum(parts))
            yield Problem(where, expected, str(given), field=named(field.key))
        if field.unit_in and not values.get(field.unit_in):
            yield blank(where, named(field.key), tr("请先写明单位。"))
