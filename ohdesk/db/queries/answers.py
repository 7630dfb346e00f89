"""Store one answer with as little between it and the disk as possible; what is stored is what SQLAlchemy would."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import bindparam, func, insert, literal_column, select, update

from ohdesk.db.models import Answer, Base, Visit
from ohdesk.db.models.base import Instant
from ohdesk.db.prepared import DIALECT, Cursor, Prepared
from ohdesk.domain.visit import Mode, Start

ENTRY = ("value", "reason", "fact", "details", "disposal", "due_on")

_STEP = ("visit", "seq", "question", *ENTRY, "saved_at", "undone")
_write_instant = Instant().bind_processor(DIALECT)


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
_BEFORE = Prepared(
    select(
        Visit.state,
        Visit.form,
        Visit.form_version,
        Visit.start,
        Visit.ending.is_not(None),
        _newest_seq,
        *(_last.c[name] for name in ENTRY),
    )
    .select_from(Visit.__table__.outerjoin(_last, (_last.c.visit == Visit.id) & (_last.c.seq == _last_seq)))
    .where(Visit.id == bindparam("visit"))
)
_PLACE = Prepared(
    update(Base.metadata.tables["visit"]).where(Visit.id == bindparam("visit")).values(place=bindparam("question"))
)
_APPEND = Prepared(insert(Base.metadata.tables["answer"]).values({name: bindparam(name) for name in _STEP}))


class Before(NamedTuple):
    """A visit and its answer to one question as they stand.

    seq: number of the next step · entry: None while there is no answer
    """

    state: str
    form: str
    form_version: str
    is_patrol: bool
    has_ending: bool
    seq: int
    entry: dict[str, Any] | None


def answer_before(cursor: Cursor, visit: str, question: str) -> Before | None:
    """Return how visit and answer stand; None when there is no such visit."""
    row = _BEFORE(cursor, visit=visit, question=question).fetchone()
    if row is None:
        return None
    state, form, version, start, has_ended, newest, *last = row
    entry: dict[str, Any] | None = None if last[0] is None else dict(zip(ENTRY, last, strict=True))
    if entry is not None:
        entry["details"] = _loaded(entry["details"])
    return Before(state, form, version, _is_patrol(start), bool(has_ended), (newest or 0) + 1, entry)


def _is_patrol(start: str | None) -> bool:
    return start is not None and msgspec.json.decode(start, type=Start).mode == Mode.PATROL


def _loaded(text: str) -> dict[str, Any]:
    value: dict[str, Any] = {} if text == "{}" else json.loads(text)
    return value


def append_answer(cursor: Cursor, visit: str, step: tuple[int, str], entry: Mapping[str, Any], at: datetime) -> None:
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
    _APPEND(cursor, **values)


def set_place(cursor: Cursor, visit: str, question: str) -> None:
    """Set down the question where one stands."""
    _PLACE(cursor, visit=visit, question=question)
