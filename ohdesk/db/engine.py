"""Open the workspace's encrypted SQLite database, and say in plain words what is wrong when it cannot be opened."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import URL, Connection, Engine, ExceptionContext, QueuePool, create_engine, event
from sqlalchemy.orm import Session
from sqlalchemy.util import LRUCache

from ohdesk.db import local_rows
from ohdesk.errors import MachineError
from ohdesk.files import way_back
from ohdesk.i18n import tr

BUSY_MILLISECONDS = 5000
CACHE_KIB = (
    1000  # of each connection; SQLCipher's build would take 8000, and no faster. With 500 a merge reads 40 % more
)
# After so many pages the write-ahead log is begun anew. SQLite would let it grow ten times as long, and a file that
# grows costs each commit a second write to the disk: an answer takes 0.36 ms then, 0.26 as it is, where one durable
# write takes 0.12; on a disk that takes 3.9 for that, 4.6 and 4.0 (`python -m benchmarks autosave`).
LOG_PAGES = 100
ROOM_MIB = 64  # what a job over whole tables keeps: the indexes of a roll of a million are read again at each row
LEAST_ROOM = 256 * 1024  # bytes: with less, a disk counts as full whatever SQLite calls what went wrong
WRITES = {"ohdesk_writes": True}
_unmarked: WeakKeyDictionary[Engine, datetime] = WeakKeyDictionary()  # open since, and not yet written to
_STATEMENTS_KEPT = 500  # as many as SQLAlchemy keeps for an engine

# SQLITE_* primary result codes (sqlite.org/rescode.html)
_FULL, _READ_ONLY, _IO_ERROR, _CORRUPT, _NOT_A_DATABASE, _BUSY, _CANNOT_OPEN = 13, 8, 10, 11, 26, 5, 14


def open_engine(path: Path, key: bytes) -> Engine:
    """Return the engine over the SQLCipher database at `path`; `key` is 32 bytes.

    WAL with `synchronous=FULL`: an acknowledged commit survives power loss.  Raises MachineError
    when the file is damaged or the key does not fit.
    """
    common = memory_engine()
    # Never a URL as text: in one, "%79" is a "y" and "?" ends the name, which led to another workspace's file.
    # Absolute, so that SQLite sees no name that begins with "file:" and takes it for an address.
    url = URL.create("sqlite+pysqlite", database=str(path.absolute()))
    arguments, options = common.dialect.create_connect_args(url)
    # One stays open. A second one at the same time is opened and closed again, which takes 6 ms; kept, it holds 1.2 MB.
    pool = QueuePool(lambda: common.dialect.connect(*arguments, **options), dialect=common.dialect, pool_size=1)
    engine = Engine(pool, common.dialect, url, execution_options=common.get_execution_options())

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        # The driver would begin transactions by itself, and only before what it takes for a write; `_begin` does it.
        connection.isolation_level = None
        cursor = connection.cursor()
        # A raw key, as the very first statement: a passphrase would be stretched anew at each connection (0.16 s).
        cursor.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
        # A key that does not fit is said in words; SQLCipher would also write lines to stderr.
        cursor.execute("PRAGMA cipher_log_level=NONE")
        for pragma in (
            "journal_mode=WAL",
            # NORMAL is the usual pair of WAL, but loses the last commits when power fails: those were called saved.
            "synchronous=FULL",
            "foreign_keys=ON",
            # Temporary files would lie on the disk unencrypted.
            "temp_store=MEMORY",
            f"wal_autocheckpoint={LOG_PAGES}",
            f"cache_size=-{CACHE_KIB}",
            f"busy_timeout={BUSY_MILLISECONDS}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        local_rows.teach(connection, key)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("ohdesk_writes")
        # A transaction that reads first and writes later can meet a lock that waiting does not end
        # (SQLITE_BUSY_SNAPSHOT).
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@cache
def memory_engine() -> Engine:
    """Return an engine over an empty database in memory, one for the process.

    The engines of all workspaces share its dialect and what it has compiled: a statement asked of it while the
    password is typed costs half as much when the workspace is asked.
    """
    statements: LRUCache[Any, Any] = LRUCache(_STATEMENTS_KEPT)
    engine = create_engine(
        "sqlite+pysqlite://",
        module=sqlcipher,
        execution_options={"compiled_cache": statements},
        json_serializer=_as_json,
    )
    event.listen(engine, "handle_error", _in_plain_words)  # heard by the dialect, and so for every workspace
    event.listen(engine, "connect", _give_a_key)
    engine.connect().close()  # the dialect learns what this SQLite can do
    engine.dispose()  # this thread's connection: another thread, which empties the pool later, must not close it
    return engine


def _as_json(value: Any) -> str:
    # Chinese as it is: escaped it would take twice the room.
    return msgspec.json.encode(value).decode()


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """Open a session that may write; commit durably at the end of the block, roll back on any exception."""
    mark_opened(engine)
    with Session(engine.execution_options(**WRITES)) as session, session.begin(), _whole(session):
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Open a session over one consistent view of the database."""
    with Session(engine) as session, session.begin(), _whole(session):
        yield session


@contextmanager
def roomy(session: Session, mib: int = ROOM_MIB) -> Iterator[None]:
    """Let an open session keep `mib` MiB of pages until the block ends, then give them back.

    With the usual 1 MB a job over many rows takes the same pages from the disk again and again, and each is decrypted
    and its HMAC made anew: the ids of a roll of 20,000 were listed 4.5 times as fast, an import takes 0.3 s less.
    """
    cursor = session.connection().connection.cursor()
    cursor.execute(f"PRAGMA cache_size=-{1024 * mib}")
    try:
        yield
    finally:
        cursor.execute(f"PRAGMA cache_size=-{CACHE_KIB}")


def is_whole(driver: sqlcipher.Connection) -> bool:
    """False once any page read over this connection was damaged: nothing it gave since may be believed.

    For a page whose HMAC does not fit SQLCipher gives zeros, and says so only with the next page it takes from the
    disk: where the damaged one is the last that a statement needs (the tail of a long value), nobody is told. Asking
    takes 2.4 µs; a statement that only finds pages in the cache would not notice.
    """
    return bool(driver.execute("PRAGMA cipher_status").fetchone() == ("1",))


def damaged() -> MachineError:
    """Return what is said of a database that is damaged."""
    return MachineError(
        tr("工作区的数据库文件已损坏，或密钥不符。"),
        tr("请不要删除任何文件。{way_back}没有备份的，用 ohdesk salvage 抢救。", way_back=way_back()),
    )


@contextmanager
def _whole(session: Session) -> Iterator[None]:
    """Raise MachineError at the end of the block when a page that was read in it is damaged."""
    connection = session.connection()
    driver = connection.connection.dbapi_connection
    try:
        yield
    # Whatever followed from zeros instead of the truth (a name that is not found, JSON that is none) is not the fault.
    except Exception as error:
        if is_whole(driver):
            raise
        connection.invalidate()  # it stays in error for ever; another one still reads what is whole
        raise damaged() from error
    if not is_whole(driver):
        connection.invalidate()
        raise damaged()


@contextmanager
def _past_sqlalchemy(engine: Engine) -> Iterator[None]:
    """Tell in a sentence what the driver raises where SQLAlchemy, which does so elsewhere, is not asked."""
    try:
        yield
    except sqlcipher.Error as error:
        told = machine_error(error, engine)
        if told is None:
            raise
        raise told from error


def copy_database(engine: Engine, target: Path, key: bytes) -> None:
    """Write a copy of the database, encrypted with the same `key`, to `target`, which must not exist yet."""
    with (
        _past_sqlalchemy(engine),
        closing(engine.raw_connection()) as connection,
        closing(connection.cursor()) as cursor,
    ):
        # Values, not text: a quotation mark in a folder's name is no SQL.  Past SQLAlchemy, whose errors would
        # show the key.
        cursor.execute("ATTACH DATABASE ? AS copy KEY ?", (str(target.absolute()), f"x'{key.hex()}'"))
        try:
            # One transaction: what is written meanwhile is wholly in the copy or not at all.
            cursor.execute("BEGIN")
            # Not a copy of the file: beside it lies a log whose pages belong to it.
            cursor.execute("SELECT sqlcipher_export('copy')")
            if not is_whole(connection.dbapi_connection):
                raise damaged()
            cursor.execute("COMMIT")
        finally:
            connection.rollback()
            cursor.execute("DETACH DATABASE copy")


def opened_at(engine: Engine) -> datetime | None:
    """Return since when the database is open, or was when it was left without being closed; None after a proper end."""
    with reading(engine) as session:
        minutes = session.connection().exec_driver_sql("PRAGMA user_version").scalar_one()
    return datetime.fromtimestamp(60 * minutes, UTC) if minutes else None


@contextmanager
def said_open(engine: Engine, at: datetime) -> Iterator[None]:
    """Let the file itself, not only its log, say from the first write on that it is open, until the block ends.

    A file that says so and has no log beside it was copied without it: what was saved since is missing.
    """
    # Where it was left so, at once: that this was told is over when the block ends. Else whoever only reads, a damaged
    # file too, leaves it as it is, and an opening costs no write.
    left_open = opened_at(engine) is not None
    _unmarked[engine] = at
    if left_open:
        mark_opened(engine)
    try:
        yield
    finally:
        if _unmarked.pop(engine, None) is None:
            with suppress(MachineError):  # then the next opening says that it was not closed, which is true
                _set_opened(engine, None)


def mark_opened(engine: Engine) -> None:
    """Mark a database as open before the first write to it; does nothing from then on."""
    at = _unmarked.pop(engine, None)
    if at is None:
        return
    try:
        _set_opened(engine, at)
    except BaseException:
        _unmarked[engine] = at
        raise


def _set_opened(engine: Engine, at: datetime | None) -> None:
    # The user's version in SQLite's header: it takes a number of 32 bits, and a copy made by export does not have it.
    minutes = 0 if at is None else int(at.timestamp()) // 60
    with writing(engine) as session:
        session.connection().exec_driver_sql(f"PRAGMA user_version={minutes}")
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")  # of the transaction that a connection of ours begins by itself
        connection.exec_driver_sql("PRAGMA wal_checkpoint")


def integrity_problems(engine: Engine) -> list[str]:
    """Return what SQLite's and SQLCipher's own checks complain about; empty when the file is whole."""
    with engine.connect() as connection:
        found = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"]
        # The HMAC of every page: finds flipped bits that leave a well-formed page.
        found += [str(row[0]) for row in connection.exec_driver_sql("PRAGMA cipher_integrity_check")]
        found += [f"foreign key: {tuple(row)}" for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
    return found


def _give_a_key(connection: sqlcipher.Connection, _record: object) -> None:
    """Let a database in memory say that it is whole: without a key SQLCipher says of none that it is."""
    connection.execute(f"PRAGMA key=\"x'{bytes(32).hex()}'\"")


def _in_plain_words(context: ExceptionContext) -> None:
    error = machine_error(context.original_exception, context.engine)
    if error is not None:
        raise error from context.original_exception


def machine_error(error: BaseException, engine: Engine | None) -> MachineError | None:
    """Return the sentence for what the driver of an engine raised, or None where the fault is ours."""
    extended, text = getattr(error, "sqlite_errorcode", None), str(error)
    code = None if extended is None else extended & 0xFF
    database = None if engine is None else engine.url.database
    if code in {_IO_ERROR, _CANNOT_OPEN} and database and _is_full(Path(database).parent):
        code = _FULL  # no room for the index of the log, which SQLite reports as an I/O error
    if code == _FULL or "is full" in text:
        return MachineError(tr("磁盘已满，这一步没有保存。"), tr("请清理磁盘空间后重试；之前保存的内容都还在。"))
    if code == _READ_ONLY or "readonly" in text:
        return MachineError(tr("工作区所在的磁盘不能写入。"), tr("请检查文件夹权限或更换位置后重试。"))
    if code in {_CORRUPT, _NOT_A_DATABASE} or "not a database" in text or "malformed" in text:
        return damaged()
    if code == _BUSY or "locked" in text:
        return MachineError(tr("工作区正被另一个程序使用。"), tr("请关闭另一个程序后重试。"))
    if code in {_IO_ERROR, _CANNOT_OPEN} or "disk I/O" in text or "unable to open" in text:
        return MachineError(tr("读写工作区时磁盘出错。"), tr("请检查磁盘后重新打开程序；已确认保存的内容不会丢失。"))
    return None


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < LEAST_ROOM
    except OSError:  # the disk itself is gone, which is what the driver stumbled over
        return False
