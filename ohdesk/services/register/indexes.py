"""Indexes of the fields that a large list is filtered and sorted by, made when it is large; each of one book alone."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import text

from ohdesk.db.row_numbers import is_numbered
from ohdesk.domain.register.definition import Definition
from ohdesk.services.context import Context
from ohdesk.services.register.conditions import expression
from ohdesk.services.register.tables import model_of

LEAST = 5_000  # entries; fewer are looked through in the time that nobody notices, and each index costs every writer


def index_large(ctx: Context, indexes: Iterable[tuple[str, str]], entries: int) -> None:
    """Make indexes, each given by name and SQL, of a list that has grown large, if they are not there."""
    if entries < LEAST or not is_numbered(ctx.engine):
        return
    with ctx.reading() as session:
        there = set(session.scalars(text("SELECT name FROM sqlite_schema WHERE type = 'index'")))
    for name, sql in indexes:
        if name not in there:
            with ctx.transaction() as session:  # of its own: nobody who saves waits for all of them
                session.execute(text(sql))


def indexes_of(definition: Definition) -> Iterator[tuple[str, str]]:
    """Yield name and SQL of each index."""
    model: Any = model_of(definition)
    table = model.__tablename__
    for field in definition.fields:
        if field.indexed:
            name = f"ix_{table}_{definition.id}_{field.key}"
            # Names of tables stand before columns in queries; an index of the table itself does without.
            held = expression(model, definition, field.key).replace(f"{table}.", "")
            # The book in front of what is sorted by: else a walk in that order is never thought of.
            where = f"register = '{definition.id}'"
            yield name, f"CREATE INDEX IF NOT EXISTS {name} ON {table} (register, {held}, id, withdrawn) WHERE {where}"
