"""A quick write is whole or absent, and leaves nothing open behind."""

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import text

from ohdesk.db.engine import LOG_PAGES
from ohdesk.db.prepared import quick_write

PAGE = 4120  # bytes of a page and its head in the log
INSERT = "INSERT INTO setting VALUES (:key, '1')"


def keys(ctx):
    with ctx.reading() as session:
        return set(session.scalars(text("SELECT key FROM setting WHERE key LIKE 'probe%'")))


def test_what_was_written_is_seen_by_others_at_once(ctx):
    with quick_write(ctx.engine) as cursor:
        cursor.execute(INSERT, {"key": "probe1"})
    assert keys(ctx) == {"probe1"}


def test_an_exception_leaves_nothing_and_the_next_write_works(ctx):
    with pytest.raises(sqlcipher.IntegrityError), quick_write(ctx.engine) as cursor:
        cursor.executemany(INSERT, [{"key": "probe1"}, {"key": "probe1"}])
    with quick_write(ctx.engine) as cursor:
        cursor.execute(INSERT, {"key": "probe2"})
    assert keys(ctx) == {"probe2"}


def test_closing_the_workspace_closes_the_connection(ctx):
    with quick_write(ctx.engine):
        pass
    ctx.engine.dispose()
    assert not (ctx.folder / "workspace.db-wal").exists()


def test_many_small_writes_do_not_let_the_log_grow(ctx):
    log = ctx.folder / "workspace.db-wal"
    with quick_write(ctx.engine) as cursor:
        cursor.execute(INSERT, {"key": "probe"})
    for number in range(3 * LOG_PAGES):
        with quick_write(ctx.engine) as cursor:
            cursor.execute("UPDATE setting SET value = :number WHERE key = 'probe'", {"number": number})
    assert log.stat().st_size < 2 * LOG_PAGES * PAGE
