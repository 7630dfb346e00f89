"""Write many rows of a table at once."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Dialect, insert
from sqlalchemy.orm import Session

from ohdesk.db.models import Base

_Row = dict[str, Any]


def write_rows(session: Session, model: type[Base], rows: Sequence[_Row]) -> None:
    """Insert rows, each by the same columns: all but those that may be left empty.

    By the driver itself and not as objects of the session, nor as parameters that SQLAlchemy reads one by one: either
    takes as long as SQLite's own work.
    """
    if not rows:
        return
    session.flush()  # the rows may refer to what still waits there
    connection = session.connection()
    text, values_of = _prepared(model, tuple(rows[0]), connection.dialect)
    connection.exec_driver_sql(text, [values_of(row) for row in rows])


def write_raw(
    session: Session,
    model: type[Base],
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    same: Mapping[str, str | bool] | None = None,
) -> None:
    """Insert rows as the database takes them, by the columns named: a day as text, an object as JSON.

    same: what further columns hold in each row
    For many thousand rows: to name and convert each of their values takes as long again as SQLite's own work.
    """
    said = {**dict.fromkeys(columns, "?"), **{name: _literal(value) for name, value in (same or {}).items()}}
    values = ", ".join(said.values())
    statement = f"INSERT INTO {model.__tablename__} ({', '.join(said)}) VALUES ({values})"  # noqa: S608 - names of ours
    session.connection().exec_driver_sql(statement, rows)


def _literal(value: str | bool) -> str:
    """Return a value as it stands in a statement."""
    return f"{value:d}" if isinstance(value, bool) else f"""'{value.replace("'", "''")}'"""


@lru_cache(maxsize=100)
def _prepared(
    model: type[Base], names: tuple[str, ...], dialect: Dialect
) -> tuple[str, Callable[[_Row], tuple[Any, ...]]]:
    """Return the statement that inserts these columns, and what gives a row's values as the driver takes them."""
    table = Base.metadata.tables[model.__tablename__]
    compiled = insert(table).compile(dialect=dialect, column_keys=list(names))
    in_order = list(compiled.positiontup or ())
    # A default would be filled in by SQLAlchemy, and a database that names its parameters is not one of ours.
    if sorted(in_order) != sorted(names):
        raise ValueError(f"{table.name}: {sorted({*in_order} ^ {*names})}")
    found = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in in_order]
    converted = [(place, convert) for place, convert in enumerate(found) if convert is not None]
    pick = itemgetter(*in_order) if len(in_order) > 1 else lambda row: (row[in_order[0]],)
    if not converted:
        return str(compiled), pick

    def values_of(row: _Row) -> tuple[Any, ...]:
        values = list(pick(row))
        for place, convert in converted:
            values[place] = convert(values[place])
        return tuple(values)

    return str(compiled), values_of
