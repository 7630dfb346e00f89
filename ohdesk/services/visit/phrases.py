"""常用语: ready sentences of a question, and those learnt from one's own texts. They are offered, never put in."""

from sqlalchemy import select

from ohdesk.db.models import Answer as AnswerRow
from ohdesk.db.models import Visit, VisitMember
from ohdesk.forms.answers import AnswerValue
from ohdesk.forms.definition import Question
from ohdesk.forms.open_places import opened_again
from ohdesk.forms.visiting import visit_rules
from ohdesk.services.context import Context

_VISITS, _USED = 40, 5  # how many visits are looked through, and how many sentences of theirs are offered


def phrases_for(ctx: Context, question: Question, value: AnswerValue) -> tuple[str, ...]:
    """Return what may stand beside this answer to this question, each sentence once."""
    ready = visit_rules().phrases.get(value.value, ())
    own = {AnswerValue.NOT_MET: question.phrase, AnswerValue.NOT_APPLICABLE: question.na_when}.get(value, "")
    learnt = (opened_again(text, own) for text in _used_before(ctx, question.id, value))
    return tuple(dict.fromkeys(filter(None, (own, *learnt, *ready))))


def gap_phrases() -> tuple[str, ...]:
    """Return the usual reasons for going on although something is missing."""
    return visit_rules().phrases.get("gap", ())


def leaving_phrases() -> tuple[str, ...]:
    """Return the usual reasons for leaving although something stays open."""
    return visit_rules().phrases.get("leaving", ())


def _used_before(ctx: Context, question_id: str, value: AnswerValue) -> tuple[str, ...]:
    """Return the texts that stand beside this answer in one's newest visits, not what was typed on the way to them."""
    # Ids begin with the time they were made, so the newest visits are the largest ids.
    newest = select(Visit.id).order_by(Visit.id.desc()).limit(_VISITS)
    if ctx.actor.person:
        of_own = select(VisitMember.visit).where(VisitMember.person == ctx.actor.person)
        newest = newest.where(Visit.id.in_(of_own))
    wanted = (
        select(AnswerRow.visit, AnswerRow.value, AnswerRow.fact, AnswerRow.reason)
        .where(AnswerRow.visit.in_(newest), AnswerRow.question == question_id, AnswerRow.undone.is_(False))
        .order_by(AnswerRow.visit, AnswerRow.seq)
    )
    with ctx.reading() as session:
        last = {visit: (held, fact or reason) for visit, held, fact, reason in session.execute(wanted)}
    texts = (last[visit][1] for visit in sorted(last, reverse=True) if last[visit][0] == value)
    return tuple(dict.fromkeys(filter(None, texts)))[:_USED]
