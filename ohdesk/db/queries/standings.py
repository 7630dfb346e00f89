"""How findings of final records stand, as their list and its counts ask the database for it."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from ohdesk.db.models import Finding, PdfVerdict, Record, RecordAnswer, ReInspection, Visit
from ohdesk.db.queries import verified
from ohdesk.domain.calendar import week_end
from ohdesk.domain.record import Verification
from ohdesk.domain.rectification import OF_DISPOSAL, Standing
from ohdesk.domain.visit import UNFINISHED
from ohdesk.forms.answers import AnswerValue

again = aliased(Record)  # that answered the question of a finding once more


def standing(today: date, disposals: Mapping[str, str]) -> ColumnElement[str]:
    """Return how a finding stands on a day, of rows that join it, its record and by `verified.of` the verdict on that.

    disposals: ids by the word that records carry for them
    """
    without_deadline = {word: OF_DISPOSAL[each].value for word, each in disposals.items() if each in OF_DISPOSAL}
    by_deadline = case(
        (Finding.due_on < today, Standing.OVERDUE.value),
        (Finding.due_on <= week_end(today), Standing.DUE.value),
        (Finding.due_on.is_not(None), Standing.IN_TIME.value),
        *((Finding.disposal == word, state) for word, state in without_deadline.items()),
        else_=Standing.NOTED.value,
    )
    # What was found again goes before every deadline: a finding put right early is done, one found again is not.
    by_record = case(
        {AnswerValue.MET.value: Standing.MET.value, AnswerValue.NOT_MET.value: Standing.AGAIN.value},
        value=first_again(RecordAnswer.answer),  # once, as the value of the CASE: it is what takes the time
        else_=case((_is_planned(), Standing.PLANNED.value), else_=by_deadline),
    )
    return case((verified.verification() == Verification.BAD, Standing.BAD.value), else_=by_record)


def first_again(wanted: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """Return what is wanted of the first record, or its answer, that answered the question of a finding again.

    At the same establishment, 合格 or 不合格, with whatever checklist: a question has one id in all of them.
    A record known not to be good answers nothing.
    """
    bad = select(PdfVerdict.visit).where(verified.of(again), PdfVerdict.together == Verification.BAD)
    answers = (
        select(wanted)
        .select_from(again)
        .join(RecordAnswer, and_(RecordAnswer.visit == again.visit, RecordAnswer.question == Finding.question))
        .where(again.listed_under == Record.listed_under)
        .where(again.started_at > Record.started_at, ~bad.exists())
        .where(RecordAnswer.answer.in_((AnswerValue.MET, AnswerValue.NOT_MET)))
        .order_by(again.started_at, again.visit)
        .limit(1)
    )
    return answers.correlate(Finding, Record).scalar_subquery()


def waiting(establishment: str, before: str) -> Select[str, str, date]:
    """Ask which findings of an establishment, with a deadline, waited to be looked at again at an instant.

    Rows of question, fact and the day it was found, the latest last.
    """
    looked_at = func.coalesce(first_again(again.started_at), before)
    return (
        select(Finding.question, Finding.fact, Record.inspected_on)
        .join(Record, Record.visit == Finding.visit)
        .outerjoin(PdfVerdict, verified.of(Record))
        .where(Record.listed_under == establishment, Record.started_at < before, looked_at >= before)
        .where(Finding.due_on.is_not(None), verified.verification() != Verification.BAD)
        .order_by(Record.started_at)
    )


def _is_planned() -> ColumnElement[bool]:
    arranged = select(ReInspection.visit).join(Visit, Visit.id == ReInspection.visit)
    return arranged.where(ReInspection.finding == Finding.id, Visit.state.in_(UNFINISHED)).correlate(Finding).exists()
