"""Reading a damaged database row by row: what can still be read, from both ends and around the damage."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from ohdesk.db.engine import is_whole

Row = dict[str, Any]
_MOST_PROBES = 20_000  # rows of a gap that are asked for one by one; each that fails costs a connection


@dataclass(slots=True)
class Salvaged:
    """What could be read of a table. is_damaged: there were more rows, or may have been"""

    rows: list[Row] = field(default_factory=list)
    is_damaged: bool = False


def read_table(path: Path, key: bytes, table: str) -> Salvaged:
    """Return the rows of a table that has a rowid, in its order, as SQLite holds them."""
    found: dict[int, Row] = {}
    # A connection that met damage is in error for ever: each way in has its own.
    whole = _read_into(found, path, key, f'SELECT rowid AS "rowid", * FROM "{table}" ORDER BY rowid')  # noqa: S608 - our own names
    if whole:
        return Salvaged(list(found.values()))
    first = max(found, default=0)
    _read_into(found, path, key, f'SELECT rowid AS "rowid", * FROM "{table}" ORDER BY rowid DESC', first)  # noqa: S608
    last = min((number for number in found if number > first), default=first + 1)
    for number in range(first + 1, min(last, first + _MOST_PROBES)):
        _read_into(found, path, key, f'SELECT rowid AS "rowid", * FROM "{table}" WHERE rowid = {number:d}')  # noqa: S608
    return Salvaged([found[number] for number in sorted(found)], is_damaged=True)


def read_where(path: Path, key: bytes, table: str, column: str, value: str) -> Salvaged:
    """Return the rows of a table in which a column holds a value."""
    rows: list[Row] = []

    def take(row: Row) -> bool:
        rows.append(row)
        return True

    statement = f'SELECT * FROM "{table}" WHERE "{column}" = ?'  # noqa: S608 - our own names
    whole = _each(path, key, statement, (value,), take)
    return Salvaged(rows, is_damaged=not whole)


def _read_into(found: dict[int, Row], path: Path, key: bytes, statement: str, until: int = 0) -> bool:
    """Add the rows of a statement, down to the rowid `until`; False when it ended in damage."""

    def take(row: Row) -> bool:
        number = row.pop("rowid")
        if number > until:
            found[number] = row
        return bool(number > until)

    return _each(path, key, statement, (), take)


def _each(path: Path, key: bytes, statement: str, values: tuple[str, ...], take: Callable[[Row], bool]) -> bool:
    """Hand over the rows one by one until one is not taken; False when it ended in damage."""
    try:
        with closing(sqlcipher.connect(str(path))) as connection:
            for row in _rows(connection, key, statement, values):
                # Of a damaged page SQLCipher gives zeros, and only says so when asked.
                if not is_whole(connection):
                    return False
                if not take(row):
                    return True
            return is_whole(connection)
    except sqlcipher.Error:
        return False


def _rows(connection: Any, key: bytes, statement: str, values: tuple[str, ...]) -> Iterator[Row]:
    connection.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
    connection.execute("PRAGMA cipher_log_level=NONE")
    cursor = connection.execute(statement, values)
    names = [column[0] for column in cursor.description]
    for row in cursor:
        yield dict(zip(names, row, strict=True))
