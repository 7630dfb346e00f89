"""Conditions and numbers that the database finds, instead of columns read into Python."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute

_LONGEST_SERIAL = 9  # digits


def among(
    column: ColumnElement[Any] | InstrumentedAttribute[Any], values: Iterable[str] | Iterable[int]
) -> ColumnElement[bool]:
    """True where a column holds one of the values, of which there may be any number."""
    # One parameter, however many values: SQLite takes a limited number of those.
    listed = func.json_each(json.dumps(sorted(values))).table_valued("value")
    return column.in_(select(listed.c.value))


def given(name: str) -> Select[Any]:
    """Select the values that are handed in under a name as `handed` puts them, in a statement made once for ever."""
    return select(func.json_each(bindparam(name)).table_valued("value").c.value)


def handed(values: Iterable[str]) -> str:
    """Return values as `given` takes them."""
    return json.dumps(list(values))


def last_serial(column: InstrumentedAttribute[str], prefix: str, suffix: str = "") -> Select[int]:
    """Select the largest whole number between a prefix and a suffix, "2026-" in "2026-0041"; NULL where none is.

    One of more than nine digits is none: it was written to leave no number after it.
    """
    return select(func.max(serial_in(column, prefix, suffix))).where(has_serial(column, prefix, suffix))


def serial_in(column: InstrumentedAttribute[str], prefix: str, suffix: str) -> ColumnElement[int]:
    """Return what stands between a prefix and a suffix, as a number: as texts "9999" would be larger than "10000"."""
    return cast(_between(column, prefix, suffix), Integer)


def has_serial(column: InstrumentedAttribute[str], prefix: str, suffix: str) -> ColumnElement[bool]:
    """Return whether a whole number stands between a prefix and a suffix."""
    serial = _between(column, prefix, suffix)
    # As a range and not as a beginning, so that an index finds them, also one of those that have any at all.
    within = (column >= prefix, column < prefix[:-1] + chr(ord(prefix[-1]) + 1)) if prefix else ()
    return and_(
        column != "",
        *within,
        serial.op("NOT GLOB")("*[^0-9]*"),
        func.length(serial).between(1, _LONGEST_SERIAL),
        func.substr(column, func.length(column) - len(suffix) + 1) == suffix,
    )


def _between(column: InstrumentedAttribute[str], prefix: str, suffix: str) -> ColumnElement[str]:
    return func.substr(column, len(prefix) + 1, func.length(column) - len(prefix) - len(suffix))
