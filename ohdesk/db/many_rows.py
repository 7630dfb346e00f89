"""Write many rows of a table at once."""

from collections.abc import Sequence
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
