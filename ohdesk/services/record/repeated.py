"""What stands word for word in two records of one day: facts, and paragraphs of 现场检查情况 that were typed."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Draft, DraftKind, Establishment, Record, Visit
from ohdesk.db.queries.forms import form_of
from ohdesk.db.queries.operations import content_of
from ohdesk.domain.calendar import BEIJING, legal_day
from ohdesk.domain.people import one_spelling
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import tr
from ohdesk.services.visit.filling import AnswerView
from ohdesk.services.visit.lookup import begun, find_visit
from ohdesk.services.visit.steps import latest, steps_of

# Of fewer characters are words that anybody writes, "未佩戴", "现场整洁", and nothing that was copied.
_SHORTEST_FACT, _SHORTEST_PARAGRAPH = 10, 20


def repeated_facts(session: Session, visit: Visit, answers: Mapping[str, AnswerView]) -> dict[str, str]:
    """Return, by question, in which other record of the same day its fact stands word for word."""
    own = {spelt: each for each, view in answers.items() if (spelt := _spelt(view.answer.fact, _SHORTEST_FACT))}
    found: dict[str, str] = {}
    if not own:
        return found
    for other in _others_of_the_day(session, visit):
        # By their texts alone: of the other visit's form another edition may be in force by now.
        for row in latest(steps_of(session, other.id)).values():
            if (question := own.get(_spelt(row.fact, _SHORTEST_FACT))) and question not in found:
                found[question] = tr("事实与当天“{name}”的记录一字不差", name=_name(session, other))
    return found


def repeated_paragraphs(
    session: Session, visit_id: str, situation: Sequence[str], usual: Sequence[str]
) -> tuple[str, ...]:
    """Return in which other records of the same day paragraphs of 现场检查情况 stand word for word, one sentence each.

    usual: paragraphs that follow from the answers; neither these nor ready sentences were typed by anybody
    """
    visit = find_visit(session, visit_id)
    phrases = (question.phrase for question in form_of(session, visit).questions)
    reasons = (each for listed in visit_rules().phrases.values() for each in listed)
    offered = {one_spelling(each) for each in (*usual, *phrases, *reasons)}
    own = {
        spelt: number
        for number, text in enumerate(situation, 1)
        if (spelt := _spelt(text, _SHORTEST_PARAGRAPH)) and spelt not in offered
    }
    found: dict[int, str] = {}
    for other in _others_of_the_day(session, visit) if own else ():
        for text in _situation_of(session, other):
            if number := own.get(_spelt(text, _SHORTEST_PARAGRAPH)):
                name = _name(session, other)
                said = tr("现场检查情况第 {number} 段与当天“{name}”的记录一字不差。", number=number, name=name)
                found.setdefault(number, said)
    return tuple(found[number] for number in sorted(found))


def _situation_of(session: Session, visit: Visit) -> Sequence[str]:
    """Return what was typed as the situation of a visit: in its record, or kept until that is final."""
    record = session.get(Record, visit.id)
    if record is not None:
        return tuple(content_of(session, record)["record"]["situation"])
    kept = session.get(Draft, (DraftKind.PARTY, visit.id, ""))
    return () if kept is None else tuple(kept.content[1])


def _name(session: Session, visit: Visit) -> str:
    return session.get_one(Establishment, visit.establishment).name


def _others_of_the_day(session: Session, visit: Visit) -> Sequence[Visit]:
    began, _ = begun(visit)
    day = legal_day(began)
    morning = datetime(day.year, day.month, day.day, tzinfo=BEIJING)
    same_day = select(Visit).where(Visit.started_at >= morning, Visit.started_at < morning + timedelta(days=1))
    return session.scalars(same_day.where(Visit.id != visit.id).order_by(Visit.id)).all()


def _spelt(text: str, shortest: int) -> str:
    """Return a text as it is compared, by its letters and digits; "" for one too short to have been copied."""
    spelt = one_spelling(text)
    return spelt if len(spelt) >= shortest else ""
