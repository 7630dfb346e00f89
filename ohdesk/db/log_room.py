"""Room in the write-ahead log: a file that grows costs every commit a second write to the disk."""

import shutil
from contextlib import suppress
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine

FULL_LOG = 4_120_000  # bytes: SQLite starts the log anew after 1000 pages
_PLENTY = 16 * FULL_LOG  # bytes free on the disk: with less, photos need the room more
_SMALL_CACHE = 20  # pages; what does not fit spills into the log


def make_room(engine: Engine) -> None:
    """Let the log have its usual full length before many small commits come; does nothing where it has.

    A large insert is spilled into the log and rolled back, which leaves the file its length and the database as it
    was.  Where the disk has little room, commits are merely slower.
    """
    log = Path(f"{engine.url.database}-wal")
    has_it = log.is_file() and log.stat().st_size >= FULL_LOG
    if has_it or shutil.disk_usage(log.parent).free < _PLENTY:
        return
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        usual = cursor.execute("PRAGMA cache_size").fetchone()[0]
        cursor.execute(f"PRAGMA cache_size={_SMALL_CACHE}")
        try:
            with suppress(sqlcipher.OperationalError):  # disk full, or another writer
                cursor.execute("BEGIN IMMEDIATE")
                cursor.execute("CREATE TABLE log_room (filler BLOB)")
                cursor.execute("INSERT INTO log_room VALUES (zeroblob(?))", (FULL_LOG,))
        finally:
            connection.rollback()
            cursor.execute(f"PRAGMA cache_size={usual}")
    finally:
        connection.close()
