"""Store one answer with as little between it and the disk as possible.

Written through a session, an answer costs several times its flush to the disk; here the statements are compiled
once and run on the driver's own cursor.  What is stored is what SQLAlchemy would store.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from threading import Lock
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import (
    ClauseElement,
    Engine,
    PoolProxiedConnection,
    bindparam,
    event,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from ohdesk.db.engine import machine_error
from ohdesk.db.models import Answer, Base, Visit
from ohdesk.db.models.base import Instant
from ohdesk.errors import MachineError

Cursor = sqlcipher.Cursor
ENTRY = ("value", "reason", "fact", "details", "disposal", "due_on")

_DIALECT = sqlite.dialect(paramstyle="named")
_STEP = ("visit", "seq", "question", *ENTRY, "saved_at", "undone")
_write_instant = Instant().bind_processor(_DIALECT)


def _sql(statement: ClauseElement) -> str:
    return str(statement.compile(dialect=_DIALECT))


_last = Answer.__table__.alias("last")
_last_seq = (
    select(Answer.seq)
    .where(Answer.visit == bindparam("visit"), Answer.question == bindparam("question"), Answer.undone.is_(False))
    .order_by(Answer.seq.desc())
    .limit(literal_column("1"))  # the first row found from the end is the one
    .offset(literal_column("0"))
    .scalar_subquery()
)
_newest_seq = select(func.max(Answer.seq)).where(Answer.visit == Visit.id).scalar_subquery()
_BEFORE = _sql(
    select(
        Visit.state,
        Visit.form,
        Visit.form_version,
        Visit.arrival,
        Visit.outcome,
        _newest_seq,
        *(_last.c[name] for name in ENTRY),
    )
    .select_from(Visit.__table__.outerjoin(_last, (_last.c.visit == Visit.id) & (_last.c.seq == _last_seq)))
    .where(Visit.id == bindparam("visit"))
)
_PLACE = _sql(
    update(Base.metadata.tables["visit"]).where(Visit.id == bindparam("visit")).values(place=bindparam("question"))
)
_APPEND = _sql(insert(Base.metadata.tables["answer"]).values({name: bindparam(name) for name in _STEP}))


class Before(NamedTuple):
    """A visit and its answer to one question as they stand.

    seq: number of the next step · entry: None while there is no answer
    """

    state: str
    form: str
    form_version: str
    arrival: dict[str, Any]
    outcome: dict[str, Any]
    seq: int
    entry: dict[str, Any] | None


class _Kept(NamedTuple):
    """A connection kept open for quick writes, its cursor, and the lock of whoever writes."""

    connection: PoolProxiedConnection
    cursor: sqlcipher.Cursor
    lock: Lock


_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()


@contextmanager
def quick_write(engine: Engine) -> Iterator[sqlcipher.Cursor]:
    """Give a cursor inside BEGIN IMMEDIATE; commit durably at the end of the block, roll back on any exception.

    The connection is kept until the engine is disposed of: fetching one from the pool costs as much as the writing.
    """
    kept = _kept.get(engine) or _keep(engine)
    with kept.lock:
        cursor = kept.cursor
        try:
            cursor.execute("BEGIN IMMEDIATE")
            yield cursor
            cursor.execute("COMMIT")
        except BaseException as error:
            kept.connection.rollback()
            failure = _failure(error)
            if failure is not None:
                raise failure from error
            raise


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


def _failure(error: BaseException) -> MachineError | None:
    if not isinstance(error, sqlcipher.Error):
        return None
    code = getattr(error, "sqlite_errorcode", None)
    return machine_error(None if code is None else code & 0xFF, str(error))


def cursor_of(session: Session) -> sqlcipher.Cursor:
    """Return a cursor inside the transaction of an open session."""
    return session.connection().connection.cursor()


def answer_before(cursor: sqlcipher.Cursor, visit: str, question: str) -> Before | None:
    """Return how visit and answer stand; None when there is no such visit."""
    row = cursor.execute(_BEFORE, {"visit": visit, "question": question}).fetchone()
    if row is None:
        return None
    state, form, version, arrival, outcome, newest, *last = row
    entry: dict[str, Any] | None = None if last[0] is None else dict(zip(ENTRY, last, strict=True))
    if entry is not None:
        entry["details"] = _loaded(entry["details"])
    return Before(state, form, version, _loaded(arrival), _loaded(outcome), (newest or 0) + 1, entry)


def _loaded(text: str) -> dict[str, Any]:
    value: dict[str, Any] = {} if text == "{}" else json.loads(text)
    return value


def append_answer(
    cursor: sqlcipher.Cursor, visit: str, step: tuple[int, str], entry: Mapping[str, Any], at: datetime
) -> None:
    """Append what an answer became; `step` is its number (`Before.seq`) and the question."""
    seq, question = step
    values = {
        **entry,
        "visit": visit,
        "seq": seq,
        "question": question,
        "details": json.dumps(entry["details"], ensure_ascii=False, separators=(",", ":")),
        "saved_at": _write_instant(at) if _write_instant else at,
        "undone": 0,
    }
    cursor.execute(_APPEND, values)


def set_place(cursor: sqlcipher.Cursor, visit: str, question: str) -> None:
    """Set down the question where one stands."""
    cursor.execute(_PLACE, {"visit": visit, "question": question})
