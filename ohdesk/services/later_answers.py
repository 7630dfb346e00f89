"""Which findings were answered again by a later final record of the same establishment, and how."""

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

import msgspec
from sqlalchemy import Text, select, type_coerce
from sqlalchemy.orm import Session

from ohdesk.db.models import Finding, Record
from ohdesk.domain.calendar import legal_day, parse_instant
from ohdesk.domain.rectification import Later, first_answer
from ohdesk.forms.answers import AnswerValue

_CHUNK = 500
_JUDGED = {AnswerValue.MET: True, AnswerValue.NOT_MET: False}


class _Line(msgspec.Struct):
    question: str
    answer: str


class _Record(msgspec.Struct):
    form: str
    answers: tuple[_Line, ...]


class _Content(msgspec.Struct):
    record: _Record


class Judged(NamedTuple):
    """What a final record judged: its checklist, and question → 合格 or not."""

    form: str
    met: dict[str, bool]


class _Head(NamedTuple):
    visit: str
    establishment: str
    number: str
    started_at: str
    sha256: str


_judged: dict[str, Judged] = {}  # by the fingerprint of the record, which never changes


def later_answers(session: Session) -> dict[str, Later]:
    """Return, by finding, the first later answer to the same question of the same checklist; slow the first time."""
    findings = list(
        session.execute(
            select(Finding.id, Finding.question, Finding.visit, Record.establishment, Record.started_at).join(
                Record, Record.visit == Finding.visit
            )
        )
    )
    heads = _heads(session, {row.establishment for row in findings})
    wanted = {
        head
        for row in findings
        for head in heads[row.establishment]
        if len(heads[row.establishment]) > 1 and head.started_at >= row.started_at
    }
    _read(session, wanted)
    found = {}
    for row in findings:
        rest = heads[row.establishment]
        own = next((head for head in rest if head.visit == row.visit), None)
        if own is None or own.sha256 not in _judged:
            continue
        form = _judged[own.sha256].form
        again = first_answer(row.started_at, _answers(rest, form, row.question))
        if again is not None:
            found[row.id] = again
    return found


def _answers(heads: Collection[_Head], form: str, question: str) -> list[tuple[str, Later]]:
    found = []
    for head in heads:
        judged = _judged.get(head.sha256)
        if judged is not None and judged.form == form and question in judged.met:
            day = legal_day(parse_instant(head.started_at)).isoformat()
            found.append((head.started_at, Later(head.visit, head.number, day, judged.met[question])))
    return found


def _heads(session: Session, establishments: Collection[str]) -> dict[str, list[_Head]]:
    heads = defaultdict(list)
    columns = (Record.visit, Record.establishment, Record.number, Record.started_at, Record.record_sha256)
    for row in session.execute(select(*columns)):
        if row.establishment in establishments:
            heads[row.establishment].append(_Head(*row))
    return heads


def _read(session: Session, heads: Collection[_Head]) -> None:
    """Read what records judged, once: only these few fields of them, past SQLAlchemy's reading of the whole."""
    missing = sorted({head.visit for head in heads if head.sha256 not in _judged})
    for start in range(0, len(missing), _CHUNK):
        wanted = select(Record.record_sha256, type_coerce(Record.content, Text)).where(
            Record.visit.in_(missing[start : start + _CHUNK])
        )
        for sha256, text in session.execute(wanted):
            record = msgspec.json.decode(text, type=_Content).record
            met = {line.question: _JUDGED[value] for line in record.answers if (value := _value(line)) in _JUDGED}
            _judged[sha256] = Judged(record.form, met)


def _value(line: _Line) -> AnswerValue:
    return AnswerValue(line.answer)
