"""Room in the log: the file has its length before filling starts, the database stays as it was."""

import shutil
from pathlib import Path

from sqlalchemy import inspect

from ohdesk.db.engine import integrity_problems
from ohdesk.db.log_room import FULL_LOG, make_room


def log(ctx):
    return Path(f"{ctx.engine.url.database}-wal")


def test_the_log_gets_its_length_and_the_database_no_table(ctx):
    make_room(ctx.engine)
    assert log(ctx).stat().st_size >= FULL_LOG
    assert not inspect(ctx.engine).has_table("log_room")
    assert integrity_problems(ctx.engine) == []


def test_a_second_time_changes_nothing(ctx):
    make_room(ctx.engine)
    before = log(ctx).stat().st_mtime_ns
    make_room(ctx.engine)
    assert log(ctx).stat().st_mtime_ns == before


def test_while_another_writes_there_is_simply_no_room_made(ctx):
    with ctx.transaction() as session:
        session.connection().exec_driver_sql("UPDATE visit SET place = ''")
        connection = ctx.engine.raw_connection()
        connection.cursor().execute("PRAGMA busy_timeout=0")
        connection.close()
        make_room(ctx.engine)
    assert log(ctx).stat().st_size < FULL_LOG


def test_a_nearly_full_disk_keeps_its_room_for_photos(ctx, monkeypatch):
    nearly_full = shutil.disk_usage(ctx.folder)._replace(free=2 * FULL_LOG)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: nearly_full)
    make_room(ctx.engine)
    assert log(ctx).stat().st_size < FULL_LOG
