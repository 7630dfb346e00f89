"""How a field is compared with what a condition says, in SQL."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Boolean, ColumnElement, and_, false, func, or_

from ohdesk.domain.register.conditions import Condition

_SMALL = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")  # as SQLite's lower() has it


def compared(
    asked: Condition,
    column: ColumnElement[Any],
    read: Callable[[str, bool], Any],
    equal: Callable[[Any], ColumnElement[bool]],
    written: ColumnElement[Any] | None = None,
) -> ColumnElement[bool]:
    """Return what a condition asks of a row. Raises ValueError for a value that means nothing.

    column: as it is compared, "" or none while nothing is known · written: as it is typed, where that differs
    read: returns what a text is compared as; with True as the last that it may mean, as of a day its last minute
    equal: returns what asks for a value that was read
    """
    is_empty = func.coalesce(column, "") == ""
    match asked.how:
        case "empty":
            return is_empty
        case "filled":
            return ~is_empty
        case "contains":
            text = column if written is None else written
            # Not LIKE, in which "%" and "_" typed by a person would mean something.
            return func.instr(func.lower(func.coalesce(text, "")), asked.value.translate(_SMALL)) > 0
        case "is":
            return equal(read(asked.value, False))
        case "is_not":
            return ~func.coalesce(equal(read(asked.value, False)), false(), type_=Boolean)
        case "one_of":
            if not asked.values:
                raise ValueError(asked.value)
            return or_(*(equal(read(each, False)) for each in asked.values))
        case "after":
            return and_(column >= read(asked.value, False))
        case "before":
            return and_(column <= read(asked.value, True), ~is_empty)
        case "not_since":
            return or_(column <= read(asked.value, True), is_empty)
        case "between":
            return and_(column >= read(asked.value, False), column <= read(asked.until, True))
    raise ValueError(asked.how)
