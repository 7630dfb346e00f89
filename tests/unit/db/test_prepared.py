"""A quick write is whole or absent, and leaves nothing open behind."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import event, text

from ohdesk.db import engine
from ohdesk.db.engine import LOG_PAGES
from ohdesk.db.prepared import let_pages_go, quick_read, quick_write
from ohdesk.db.queries import roll
from ohdesk.errors import MachineError

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


def test_two_who_come_first_at_once_share_one_connection(ctx):
    ctx.engine.dispose()  # so that both have to open the file
    opened, meeting = [], Barrier(2)

    @event.listens_for(ctx.engine, "connect")
    def wait_for_the_other(connection, _record):
        opened.append(connection)
        with suppress(BrokenBarrierError):
            meeting.wait(timeout=1)

    def read(_number):
        with quick_read(ctx.engine) as cursor:
            return cursor.execute("SELECT 1").fetchone()

    with ThreadPoolExecutor(2) as both:
        assert list(both.map(read, range(2))) == [(1,), (1,)]
    assert len(opened) == 1


def test_an_error_of_the_disk_is_a_full_disk_where_there_is_no_room(ctx, monkeypatch):
    error = sqlcipher.OperationalError("disk I/O error")
    error.sqlite_errorcode = 10  # SQLITE_IOERR: what is said of the log's index when there is no room for it
    usage = engine.shutil.disk_usage(ctx.folder)
    monkeypatch.setattr(engine.shutil, "disk_usage", lambda _folder: usage._replace(free=1000))
    with pytest.raises(MachineError, match="磁盘已满"), quick_write(ctx.engine):
        raise error
    monkeypatch.undo()
    with pytest.raises(MachineError, match="磁盘出错"), quick_write(ctx.engine):
        raise error


def test_a_disk_that_is_gone_is_told_in_words_on_either_way(ctx):
    ctx.engine.dispose()  # so that the file has to be opened
    ctx.folder.rename(ctx.folder.with_name("gone"))
    with pytest.raises(MachineError, match="磁盘出错"), quick_read(ctx.engine):
        pass
    with pytest.raises(MachineError, match="磁盘出错"), ctx.reading() as session:
        session.execute(text("SELECT 1"))


def test_a_large_job_keeps_many_pages_and_gives_them_back(ctx):
    def room(session):
        return session.scalar(text("PRAGMA cache_size"))

    with ctx.transaction() as session:
        usual = room(session)
        with engine.roomy(session, mib=16):
            assert room(session) == -16 * 1024
        assert room(session) == usual


def test_what_scrolling_kept_is_let_go(ctx):
    def room():
        with quick_read(ctx.engine) as cursor:
            return cursor.execute("PRAGMA cache_size").fetchone()[0]

    usual = room()
    roll.lines_of(ctx.engine, [])
    assert room() < usual  # KiB, as a negative number
    let_pages_go(ctx.engine)
    assert room() == usual


def test_pages_are_not_let_go_under_who_reads_them(ctx):
    with quick_read(ctx.engine) as cursor:
        cursor.execute("PRAGMA cache_size=-4096")
        let_pages_go(ctx.engine)
        assert cursor.execute("PRAGMA cache_size").fetchone()[0] == -4096
