"""By what a list names its rows: by SQLite's own number of each, 4 bytes, elsewhere by the id, a text of 36 characters.

The numbers of a roll of a million take 4 MB, its ids 165, and a row is found by its number in one step instead of two.
A number is good for as long as the list is shown: it is that of the row in this file, and travels nowhere.
"""

import sys
from array import array
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Engine, Integer, Select, func, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ohdesk.db.models import Base
from ohdesk.domain.ids import Ids

_DIGITS = 8  # hexadecimal, of a number of 4 bytes
_AT_ONCE = 65_536  # numbers
_FETCHED = 1000  # ids
Names: TypeAlias = Sequence[Any]  # of rows, in the order of a list: numbers, or ids


def is_numbered(engine: Engine | Connection) -> bool:
    """True where the database numbers its rows."""
    return engine.dialect.name == "sqlite"


def number(model: type[Base]) -> ColumnElement[int]:
    """Return SQLite's number of a row."""
    return literal_column(f"{model.__tablename__}.rowid", Integer)


def name(model: type[Base], own_id: InstrumentedAttribute[str], *, numbered: bool) -> ColumnElement[Any]:
    """Return by what a list names the rows of a table."""
    return number(model) if numbered else own_id.expression


def names_of(
    session: Session, wanted: Select[Any], values: Mapping[str, Any] | None = None, *, numbered: bool
) -> Names:
    """Return all names that a statement selects, in its order, in little room.

    wanted: selects one column, `name`, in an order of its own · values: of its named parameters
    """
    if not numbered:
        return Ids(session.scalars(wanted.execution_options(yield_per=_FETCHED), values))
    # As one text, which SQLite puts together by itself: a million rows given one by one would take the interpreter from
    # the window a million times.
    of = wanted.with_only_columns(wanted.selected_columns[0].label("named")).subquery().c.named
    joined = select(func.group_concat(func.printf(f"%0{_DIGITS}x", of), ""), func.max(of))
    text, largest = session.execute(joined, values).one()
    if largest is None:
        return array("I")
    if largest >> 4 * _DIGITS:  # a file has to take four thousand million rows before one of them needs more
        return array("q", session.scalars(wanted, values))
    return _read(text)


def _read(text: str) -> "array[int]":
    """Return the numbers of a text in which each has its digits."""
    numbers, piece = array("I"), _AT_ONCE * _DIGITS
    for start in range(0, len(text), piece):  # in pieces, between which other threads run
        numbers.frombytes(bytes.fromhex(text[start : start + piece]))
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers


def place(names: Names, wanted: Any) -> int:
    """Return where a name stands in a list, -1 where it does not, or where it is None."""
    if wanted is None:
        return -1
    try:
        return names.index(wanted)
    except ValueError:
        return -1
