"""Ready sentences for the text beside an answer (F2): the checklist's own, the usual ones, and those used before."""

from sqlalchemy import select

from ohdesk.db.models import Answer, Visit
from ohdesk.forms.answers import AnswerValue
from ohdesk.forms.definition import Question
from ohdesk.forms.visiting import visit_rules
from ohdesk.services.context import Context

_VISITS, _USED = 40, 5  # how many visits are looked through, and how many sentences of theirs are offered


def phrases_for(ctx: Context, question: Question, value: AnswerValue) -> tuple[str, ...]:
    """Return what may stand beside this answer to this question, each sentence once."""
    ready = visit_rules().phrases.get(value.value, ())
    own = {AnswerValue.NOT_MET: question.phrase, AnswerValue.NOT_APPLICABLE: question.na_when}.get(value, "")
    return tuple(dict.fromkeys(filter(None, (own, *_used_before(ctx, question.id, value), *ready))))


def gap_phrases() -> tuple[str, ...]:
    """Return the usual reasons for starting a visit although something is missing."""
    return visit_rules().phrases.get("gap", ())


def _used_before(ctx: Context, question_id: str, value: AnswerValue) -> tuple[str, ...]:
    """Return the texts that stand beside this answer in the newest visits, not what was typed on the way to them."""
    newest = select(Visit.id).order_by(Visit.id.desc()).limit(_VISITS)
    wanted = (
        select(Answer.visit, Answer.value, Answer.fact, Answer.reason)
        .where(Answer.visit.in_(newest), Answer.question == question_id, Answer.undone.is_(False))
        .order_by(Answer.visit, Answer.seq)
    )
    with ctx.reading() as session:
        last = {visit: (held, fact or reason) for visit, held, fact, reason in session.execute(wanted)}
    texts = (last[visit][1] for visit in sorted(last, reverse=True) if last[visit][0] == value)
    return tuple(dict.fromkeys(filter(None, texts)))[:_USED]
