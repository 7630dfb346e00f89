"""Statements compiled once and run on the driver's own cursor, for the two paths where a person waits each time.

What SQLAlchemy does around a statement (a session, the statement's key, its rows) costs more than SQLite's own work:
an answer takes 2.3 times as long as one durable write of a page instead of 4.9 times (`python -m benchmarks autosave`),
and a page of a roll of 20,000 takes 0.45 ms instead of 1.9.  It pays nowhere else.  It may go when SQLAlchemy is as
quick.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any, NamedTuple, TypeAlias
from weakref import WeakKeyDictionary

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine, PoolProxiedConnection, Select, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from ohdesk.db.engine import CACHE_KIB, damaged, is_whole, machine_error, mark_opened, reading

Cursor: TypeAlias = sqlcipher.Cursor
_AT_ONCE = 1000  # rows
DIALECT = sqlite.dialect(paramstyle="named")


class Prepared:
    """A statement as text, with its own constants; values and rows are the driver's, not converted."""

    def __init__(self, statement: Any) -> None:
        self.statement = statement
        compiled = statement.compile(dialect=DIALECT)
        self._sql = str(compiled)
        self._constants = {name: value for name, value in compiled.params.items() if value is not None}

    def __call__(self, cursor: Cursor, **values: Any) -> Cursor:
        """Run the statement with these values of its named parameters."""
        return cursor.execute(self._sql, {**self._constants, **values})


class _Kept(NamedTuple):
    """A connection kept open for prepared statements, its cursor, and the lock of whoever uses it."""

    connection: PoolProxiedConnection
    cursor: Cursor
    lock: Lock


_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()
_keeping = Lock()  # two threads that come first at once would each open a connection, and one of them stay open


@contextmanager
def quick_write(engine: Engine) -> Iterator[Cursor]:
    """Give a cursor inside BEGIN IMMEDIATE; commit durably at the end of the block, roll back on any exception."""
    mark_opened(engine)
    with _used(engine) as kept:
        try:
            kept.cursor.execute("BEGIN IMMEDIATE")
            yield kept.cursor
            _check(kept)  # before the commit: what was decided from a damaged page is not written
            kept.cursor.execute("COMMIT")
        except BaseException:
            # Also for KeyboardInterrupt: the connection is kept, and an open transaction would lock out every other
            # writer.
            kept.connection.rollback()
            raise


@contextmanager
def quick_read(engine: Engine) -> Iterator[Cursor]:
    """Give a cursor for one statement, whose rows are all to be fetched inside the block."""
    with _used(engine) as kept:
        yield kept.cursor
        _check(kept)


def fetched(engine: Engine, prepared: Prepared, mib: int = 0, **values: Any) -> list[tuple[Any, ...]]:
    """Return all rows of a statement: by the driver's own cursor on SQLite, elsewhere as SQLAlchemy asks.

    Both give the same where the statement asks for texts and numbers alone.
    mib: of pages that are kept from now on, by what asks for rows here and there of a large table; 0 for the usual 1
    """
    if engine.dialect.name != "sqlite":
        return fetched_plainly(engine, prepared.statement, **values)
    with quick_read(engine) as cursor:
        if mib:
            cursor.execute(f"PRAGMA cache_size=-{1024 * mib}")
        rows: list[tuple[Any, ...]] = prepared(cursor, **values).fetchall()
    return rows


def let_pages_go(engine: Engine) -> None:
    """Let the kept connection hold no pages until it is asked again; nothing while somebody uses it."""
    kept = _kept.get(engine)
    if kept is not None and kept.lock.acquire(blocking=False):
        try:
            kept.cursor.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
            kept.cursor.execute("PRAGMA shrink_memory")
        finally:
            kept.lock.release()


def fetched_plainly(engine: Engine, statement: Select[Any], **values: Any) -> list[tuple[Any, ...]]:
    """Return all rows of a statement as SQLAlchemy asks."""
    with reading(engine) as session:
        return [tuple(row) for row in session.execute(statement, values)]


def cursor_of(session: Session) -> Cursor:
    """Return a cursor inside the transaction of an open session."""
    return session.connection().connection.cursor()


def rows_of(session: Session, statement: Select[Any]) -> Iterator[Sequence[Any]]:
    """Yield the rows of a statement, as they are kept, inside the transaction of an open session."""
    connection = session.connection()
    if connection.dialect.name != DIALECT.name:
        return iter(connection.execute(statement, execution_options={"yield_per": _AT_ONCE}))
    return iter(Prepared(statement)(cursor_of(session)))


@contextmanager
def _used(engine: Engine) -> Iterator[_Kept]:
    """Give the kept connection to one user at a time.

    It is kept until the engine is disposed of: fetching one from the pool costs as much as the writing.
    """
    try:
        with _keeping:
            kept = _kept.get(engine) or _keep(engine)
        with kept.lock:
            try:
                yield kept
            except Exception as error:
                _check(kept, error)
                raise
    except sqlcipher.Error as error:
        failure = machine_error(error, engine)
        if failure is not None:
            raise failure from error
        raise


def _check(kept: _Kept, because: Exception | None = None) -> None:
    """Raise MachineError when a page that was read is damaged, whatever else was said of what came of it."""
    if not is_whole(kept.cursor.connection):
        raise damaged() from because


def _keep(engine: Engine) -> _Kept:
    connection = engine.raw_connection()
    connection.detach()  # so that letting go closes the file instead of filling a pool that is gone
    kept = _kept[engine] = _Kept(connection, connection.cursor(), Lock())
    event.listen(engine, "engine_disposed", _let_go, once=True)
    return kept


def _let_go(engine: Engine) -> None:
    kept = _kept.pop(engine, None)
    if kept is not None:
        kept.connection.close()
