"""Ready sentences: the checklist's own, the usual ones, and those used before in this workspace."""

from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.forms.loader import load_form
from ohdesk.services.visit import filling, phrases
from tests.visiting import started_visit


def question():
    return load_form("employer-general").questions[0]


def test_a_breach_is_offered_the_sentence_of_its_question_first(ctx):
    assert phrases.phrases_for(ctx, question(), AnswerValue.NOT_MET) == (question().phrase,)


def test_what_stands_at_this_question_is_offered_and_not_what_was_typed_on_the_way(ctx):
    visit = started_visit(ctx)
    for reason in ("资料", "资料柜上锁"):
        filling.save_answer(ctx, visit, question().id, Answer(AnswerValue.NOT_INSPECTED, reason=reason))
    offered = phrases.phrases_for(ctx, question(), AnswerValue.NOT_INSPECTED)
    assert offered[0] == "资料柜上锁"
    assert "资料" not in offered
    filling.undo(ctx, visit)
    assert "资料柜上锁" not in phrases.phrases_for(ctx, question(), AnswerValue.NOT_INSPECTED)


def test_what_was_written_at_another_question_is_not_offered(ctx):
    visit = started_visit(ctx)
    other = load_form("employer-general").questions[1]
    filling.save_answer(ctx, visit, other.id, Answer(AnswerValue.NOT_APPLICABLE, reason="没有外包"))
    assert "没有外包" not in phrases.phrases_for(ctx, question(), AnswerValue.NOT_APPLICABLE)
    assert "没有外包" in phrases.phrases_for(ctx, other, AnswerValue.NOT_APPLICABLE)
