"""By what a list names its rows: by SQLite's own number of each, 4 bytes, elsewhere by the id, a text of 36 characters.

The numbers of a roll of a million take 4 MB, its ids 165, and a row is found by its number in one step instead of two.
A number is good for as long as the list is shown: it is that of the row in this file, and travels nowhere.
"""

from array import array
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Engine, Integer, literal_column
from sqlalchemy.orm import InstrumentedAttribute

from ohdesk.db.models import Base
from ohdesk.domain.ids import Ids

_AT_ONCE = 4096
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


def kept(names: Iterable[Any], *, numbered: bool) -> Names:
    """Return many names in little room."""
    if not numbered:
        return Ids(names)
    rest, numbers = iter(names), array("I")
    # In pieces: a million at once let no other thread run for 30 ms, and the window stood still.
    while piece := tuple(islice(rest, _AT_ONCE)):
        try:
            numbers.extend(array(numbers.typecode, piece))
        except OverflowError:  # a file has to take four thousand million rows before one of them needs more
            numbers = array("q", [*numbers, *piece])
    return numbers


def place(names: Names, wanted: Any) -> int:
    """Return where a name stands in a list, -1 where it does not, or where it is None."""
    if wanted is None:
        return -1
    try:
        return names.index(wanted)
    except ValueError:
        return -1
