"""Store one answer with as little between it and the disk as possible; what is stored is what SQLAlchemy would."""

from datetime import datetime
from typing import NamedTuple

import msgspec
from sqlalchemy import bindparam, func, insert, literal_column, select, update

from ohdesk.db.models import Answer as Step
from ohdesk.db.models import Base, Visit
from ohdesk.db.models.base import Instant
from ohdesk.db.prepared import DIALECT, Cursor, Prepared
from ohdesk.domain.visit import Mode, VisitState
from ohdesk.forms.answers import Answer, AnswerValue

_ENTRY = ("value", "reason", "fact", "details", "disposal", "due_on")
_STEP = ("visit", "seq", "question", *_ENTRY, "saved_at", "bulk", "undone")
_write_instant = Instant().bind_processor(DIALECT)

_last = Step.__table__.alias("last")
_last_seq = (
    select(Step.seq)
    .where(Step.visit == bindparam("visit"), Step.question == bindparam("question"), Step.undone.is_(False))
    .order_by(Step.seq.desc())
    .limit(literal_column("1"))  # the first row found from the end is the one
    .offset(literal_column("0"))
    .scalar_subquery()
)
_newest_seq = select(func.max(Step.seq)).where(Step.visit == Visit.id).scalar_subquery()
_BEFORE = Prepared(
    select(
        Visit.state,
        Visit.form_sha256,
        # The one word that is wanted of it: decoding the whole start took a tenth of the time of a saved answer.
        func.json_extract(Visit.start, literal_column("'$.mode'")),
        Visit.ending,
        func.coalesce(_newest_seq, literal_column("0")),
        *(_last.c[name] for name in _ENTRY),
    )
    .select_from(Visit.__table__.outerjoin(_last, (_last.c.visit == Visit.id) & (_last.c.seq == _last_seq)))
    .where(Visit.id == bindparam("visit"))
)
_PLACE = Prepared(
    update(Base.metadata.tables["visit"]).where(Visit.id == bindparam("visit")).values(place=bindparam("question"))
)
_APPEND = Prepared(insert(Base.metadata.tables["answer"]).values({name: bindparam(name) for name in _STEP}))


class Entry(NamedTuple):
    """What a question has: its answer, and for a breach what is done about it and until when, "" while not settled.

    bulk: given together with others
    """

    answer: Answer
    disposal: str = ""
    due_on: str = ""
    bulk: bool = False


class Before(NamedTuple):
    """A visit and its answer to one question as they stand.

    ending: as stored, None while there is none · seq: number of the last step
    entry:  None while there is no answer
    """

    state: VisitState
    form_sha256: str
    is_patrol: bool
    ending: str | None
    seq: int
    entry: Entry | None


def answer_before(cursor: Cursor, visit: str, question: str) -> Before | None:
    """Return how visit and answer stand; None when there is no such visit."""
    row = _BEFORE(cursor, visit=visit, question=question).fetchone()
    if row is None:
        return None
    state, form, mode, ending, seq, value, reason, fact, details, disposal, due_on = row
    entry = None
    if value is not None:
        answer = Answer(AnswerValue(value), reason, fact, msgspec.json.decode(details, type=dict[str, str]))
        entry = Entry(answer, disposal, due_on)
    return Before(VisitState(state), form, mode == Mode.PATROL, ending, seq, entry)


def append_answer(cursor: Cursor, visit: str, question: str, seq: int, entry: Entry, at: datetime) -> None:
    """Append what an answer became as the step `seq` of its visit."""
    answer, disposal, due_on, bulk = entry
    _APPEND(
        cursor,
        visit=visit,
        seq=seq,
        question=question,
        value=answer.value.value,
        reason=answer.reason,
        fact=answer.fact,
        details=msgspec.json.encode(answer.details).decode(),
        disposal=disposal,
        due_on=due_on,
        saved_at=_write_instant(at) if _write_instant else at,
        bulk=int(bulk),
        undone=0,
    )


def set_place(cursor: Cursor, visit: str, question: str) -> None:
    """Set down the question where one stands."""
    _PLACE(cursor, visit=visit, question=question)
