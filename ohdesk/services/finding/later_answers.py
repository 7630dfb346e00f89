"""Which findings were answered again by a later final record of the same establishment, and how."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from ohdesk.db.models import Finding, Record, RecordAnswer
from ohdesk.domain.rectification import Later
from ohdesk.forms.answers import AnswerValue


def later_answers(session: Session) -> dict[str, Later]:
    """Return, by finding, the first later answer 合格 or 不合格 to the same question of the same checklist."""
    found_by, again = aliased(Record), aliased(Record)
    order = func.row_number().over(partition_by=Finding.id, order_by=(again.started_at, again.visit))
    answers = (
        select(Finding.id, again.visit, again.number, again.started_at, RecordAnswer.answer, order.label("place"))
        .join(found_by, found_by.visit == Finding.visit)
        .join(
            again,
            (again.establishment == found_by.establishment)
            & (again.form == found_by.form)
            & (again.started_at > found_by.started_at),
        )
        .join(RecordAnswer, (RecordAnswer.visit == again.visit) & (RecordAnswer.question == Finding.question))
        .where(RecordAnswer.answer.in_((AnswerValue.MET, AnswerValue.NOT_MET)))
        .subquery()
    )
    wanted = select(answers.c.id, answers.c.visit, answers.c.number, answers.c.started_at, answers.c.answer)
    return {
        finding: Later(visit, number, started_at, met=answer == AnswerValue.MET)
        for finding, visit, number, started_at, answer in session.execute(wanted.where(answers.c.place == 1))
    }
