"""Which findings were answered again by a later final record of the same establishment, and how."""

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

import msgspec
from sqlalchemy import Text, select, type_coerce
from sqlalchemy.orm import Session

from ohdesk.db.models import Finding, Record
from ohdesk.domain.rectification import Later
from ohdesk.forms.answers import AnswerValue

_CHUNK = 500
_JUDGED = {AnswerValue.MET.value: True, AnswerValue.NOT_MET.value: False}


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


class _Finding(NamedTuple):
    id: str
    question: str
    visit: str
    establishment: str
    started_at: str


class _Head(NamedTuple):
    visit: str
    establishment: str
    number: str
    started_at: str
    sha256: str


_judged: dict[str, Judged] = {}  # by the fingerprint of the record, which never changes


def later_answers(session: Session) -> dict[str, Later]:
    """Return, by finding, the first later answer to the same question of the same checklist; slow the first time."""
    findings = [
        _Finding(*row)
        for row in session.execute(
            select(Finding.id, Finding.question, Finding.visit, Record.establishment, Record.started_at).join(
                Record, Record.visit == Finding.visit
            )
        )
    ]
    heads = _heads(session, {finding.establishment for finding in findings})
    again = [finding for finding in findings if finding.started_at < heads[finding.establishment][-1].started_at]
    _read(session, {head for finding in again for head in heads[finding.establishment]})
    found = ((finding.id, _first_after(finding, heads[finding.establishment])) for finding in again)
    return {finding: later for finding, later in found if later is not None}


def _first_after(finding: _Finding, heads: Collection[_Head]) -> Later | None:
    form = next(_judged[head.sha256].form for head in heads if head.visit == finding.visit)
    for head in heads:
        judged = _judged[head.sha256]
        if head.started_at > finding.started_at and judged.form == form and finding.question in judged.met:
            return Later(head.visit, head.number, head.started_at, judged.met[finding.question])
    return None


def _heads(session: Session, establishments: Collection[str]) -> dict[str, list[_Head]]:
    """Return the records of establishments, each in the order they were made."""
    heads = defaultdict(list)
    columns = (Record.visit, Record.establishment, Record.number, Record.started_at, Record.record_sha256)
    for row in session.execute(select(*columns).order_by(Record.started_at, Record.visit)):
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
            met = {line.question: _JUDGED[line.answer] for line in record.answers if line.answer in _JUDGED}
            _judged[sha256] = Judged(record.form, met)
