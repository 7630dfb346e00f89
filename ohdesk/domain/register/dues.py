"""By when something of an entry is to be done: worked out from its values, its state and the calendar."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from ohdesk.domain.calendar import Period, Unit, day_in
from ohdesk.domain.register.definition import Definition, Due, Length
from ohdesk.domain.register.values import Value

LastDay = Callable[[date, Period], date]


def due_on(definition: Definition, state: str, values: Mapping[str, Value], last_day: LastDay) -> date | None:
    """Return the earliest day by which something is to be done that is still open; None where nothing is.

    last_day: of a period that begins with what happened on a day (`WorkCalendar.last_day`)
    """
    return min((day for _, day in open_dues(definition, state, values, last_day)), default=None)


def open_dues(
    definition: Definition, state: str, values: Mapping[str, Value], last_day: LastDay
) -> Iterator[tuple[Due, date]]:
    """Yield each term that is open, with its last day."""
    for due in definition.dues:
        is_done = state in due.until or any(values.get(key) not in {None, ""} for key in due.done)
        if not is_done and (day := _day(due, values, last_day)) is not None:
            yield due, day


def _day(due: Due, values: Mapping[str, Value], last_day: LastDay) -> date | None:
    if due.field and (typed := _as_day(values.get(due.field))):
        return typed  # what the paper says goes before what is counted
    start, period = _as_day(values.get(due.from_)), _period(due, values)
    return None if start is None or period is None else last_day(start, period)


def _period(due: Due, values: Mapping[str, Value]) -> Period | None:
    length: Due | Length | None = due.lengths.get(str(values.get(due.by) or "")) if due.by else due
    if length is None:
        return None
    return next((Period(number, unit) for unit in Unit if (number := int(getattr(length, unit.value)))), None)


def _as_day(value: Value) -> date | None:
    return day_in(value[:10]) if isinstance(value, str) else None
