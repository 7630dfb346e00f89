"""A database whose own list of tables is damaged: its tables stand where this program puts them.

The list, `sqlite_master`, begins on page 1; without it SQLite opens nothing. Where a table begins follows from the
schema: its tables are made in one order on an empty file, and none is ever dropped or moved. So a page 1 that names a
single table is made by SQLCipher in another file, under the same key and salt, put in the place of the damaged one, and
the table is read.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import sqlcipher3.dbapi2 as sqlcipher

from ohdesk.db import migrations
from ohdesk.db.engine import copy_database, open_engine
from ohdesk.db.write_ahead import PAGE, fold_in

_SALT = 16  # bytes at the beginning of the file, in clear
_PADDING = 100_000_000  # bytes of a row that only makes a file long


class Listed(NamedTuple):
    """A table as `sqlite_master` lists it: its first page and the statement that made it."""

    root: int
    sql: str


Layout = dict[str, Listed]  # by table


def layouts(folder: Path) -> Iterator[Layout]:
    """Yield where the tables of a workspace begin: of one as it was made, then of one restored or under another key.

    folder: for what is temporary
    """
    made, copied, key = folder / "made.db", folder / "copied.db", secrets.token_bytes(32)
    engine = open_engine(made, key)
    try:
        migrations.upgrade(engine)
        copy_database(engine, copied, key)
    finally:
        engine.dispose()
    for place in (made, copied):
        with closing(_connect(place, key)) as connection:
            rows = connection.execute("SELECT name, rootpage, sql FROM sqlite_master WHERE type = 'table'")
            yield {name: Listed(root, sql) for name, root, sql in rows}


class FirstPage:
    """The first page of a damaged database, made anew for one table at a time; `copy` is changed, its log goes."""

    def __init__(self, copy: Path, key: bytes) -> None:
        fold_in(copy.with_name(copy.name + "-wal"), copy)
        self._copy, self._key, self._other = copy, key, copy.with_name("first-page.db")
        with copy.open("rb") as file:
            salt = file.read(_SALT)
        with closing(_connect(self._other, key)) as connection:
            connection.execute(f"PRAGMA cipher_salt=\"x'{salt.hex()}'\"")
            connection.execute("CREATE TABLE padding (bytes BLOB)")
            # Page 1 says how long the file is; what lies behind that would not be read.
            left = copy.stat().st_size
            while left > 0:
                connection.execute("INSERT INTO padding VALUES (zeroblob(?))", (min(left, _PADDING),))
                left -= _PADDING
            connection.commit()
        if self._other.stat().st_size > copy.stat().st_size:
            os.truncate(copy, self._other.stat().st_size)

    def name(self, layout: Layout, table: str) -> None:
        """Let the copy have one table, which begins where a layout says."""
        with closing(_connect(self._other, self._key)) as connection:
            connection.execute("PRAGMA writable_schema=ON")
            connection.execute("DELETE FROM sqlite_master")
            connection.execute("INSERT INTO sqlite_master VALUES ('table', ?, ?, ?, ?)", (table, table, *layout[table]))
            connection.commit()
        with self._other.open("rb") as other, self._copy.open("r+b") as file:
            file.write(other.read(PAGE))


def fits(rows: list[dict[str, Any]], listed: Listed) -> bool:
    """True when rows are of the table they were read as: no column that must be there is empty."""
    with closing(sqlcipher.connect(":memory:")) as connection:
        connection.execute(listed.sql)
        (table,) = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchone()
        columns = connection.execute('SELECT name, "notnull", type FROM pragma_table_info(?)', (table,)).fetchall()
    needed = {name: kind for name, needed, kind in columns if needed}
    return all(isinstance(row[name], _held_as(kind)) for row in rows for name, kind in needed.items())


def _held_as(kind: str) -> type:
    """Return as what SQLite gives the values of a column of a declared type: a number, bytes, or else a text."""
    if kind in {"INTEGER", "BIGINT", "BOOLEAN"}:
        return int
    return bytes if kind == "BLOB" else str


def _connect(path: Path, key: bytes) -> sqlcipher.Connection:
    connection = sqlcipher.connect(str(path))
    connection.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
    connection.execute("PRAGMA cipher_log_level=NONE")
    return connection
