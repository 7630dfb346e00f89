"""Write many rows of a table at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ohdesk.db.models import Base


def write_rows(session: Session, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, each by its columns.

    Into the table and not as objects of the session: what it does about each row takes as long as SQLite's own work.
    """
    session.flush()  # the rows may refer to what still waits there
    session.connection().execute(insert(Base.metadata.tables[model.__tablename__]), rows)


def write_raw(
    session: Session,
    model: type[Base],
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    same: Mapping[str, Any] | None = None,
) -> None:
    """Insert rows as the database takes them, by the columns named: a day as text, an object as JSON.

    same: what further columns hold in each row
    For many thousand rows: to name and convert each of their values takes as long again as SQLite's own work.
    """
    names = (*columns, *(same or ()))
    behind = tuple((same or {}).values())
    marks = ", ".join("?" * len(names))
    statement = f"INSERT INTO {model.__tablename__} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - names of ours
    session.connection().exec_driver_sql(statement, [(*row, *behind) for row in rows])
