"""批量合格: together, marked, never for what has to be looked at by itself."""

import pytest

from ohdesk.errors import ProblemsError
from ohdesk.forms.answers import Answer, AnswerValue, may_be_in_bulk
from ohdesk.services.record.composing import visit_facts
from ohdesk.services.visit import filling, together
from tests.visiting import started_visit


@pytest.fixture
def visit(ctx):
    return started_visit(ctx)


def test_what_is_answered_together_is_marked_and_taken_back_together_and_makes_no_sentence(ctx, visit):
    form = filling.open_form(ctx, visit).form
    fitting = [question.id for question in form.questions if may_be_in_bulk(question)]
    filling.save_answer(ctx, visit, fitting[0], Answer(AnswerValue.NOT_INSPECTED, reason="停产"))
    assert together.save_bulk(ctx, visit, fitting[:4]) == 3
    view = filling.open_form(ctx, visit)
    assert [row.bulk for row in view.outline if row.question.id in fitting[:4]] == [False, True, True, True]
    facts = visit_facts(ctx, visit)
    assert facts.bulk == tuple(fitting[1:4])
    assert len(facts.record.situation) == 1
    filling.save_answer(ctx, visit, fitting[1], Answer(AnswerValue.MET, fact="看了原件"))
    assert not filling.open_form(ctx, visit).answers[fitting[1]].bulk
    filling.undo(ctx, visit)
    filling.undo(ctx, visit)
    assert set(filling.open_form(ctx, visit).answers) == {fitting[0]}


def test_what_needs_a_photo_or_figures_or_is_severe_is_never_answered_with_others(ctx, visit):
    form = filling.open_form(ctx, visit).form
    unfit = [
        question for question in form.questions if question.photo or question.fields or question.severity == "严重"
    ]
    plain = next(question for question in form.questions if may_be_in_bulk(question))
    with pytest.raises(ProblemsError) as refused:
        together.save_bulk(ctx, visit, [plain.id, *(question.id for question in unfit)])
    assert len(refused.value.problems) == len(unfit)
    assert filling.open_form(ctx, visit).answers == {}
