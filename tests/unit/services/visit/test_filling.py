"""Filling a checklist: every acknowledged answer is stored, every step can be undone by name."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as replace_form
from sqlalchemy import func, select

from ohdesk.db.models import Answer as AnswerRow
from ohdesk.db.queries import forms
from ohdesk.domain.people import Role
from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.services.record import composing
from ohdesk.services.visit import conduct, lookup, views
from ohdesk.services.visit.filling import (
    keep_typed,
    open_form,
    save_answer,
    save_place,
    save_rest_as_not_inspected,
    save_typed,
    undo,
)
from tests.visiting import CHECKLIST_LENGTH, planned_visit, started_visit

MET = Answer(AnswerValue.MET)


def breach(fact=""):
    return Answer(AnswerValue.NOT_MET, fact=fact)


def answers(ctx, visit):
    return {question: view.answer for question, view in open_form(ctx, visit).answers.items()}


@pytest.fixture
def visit(ctx):
    return started_visit(ctx)


def test_an_answer_given_is_an_answer_stored(ctx, visit):
    answer = Answer(AnswerValue.MET, reason="抽查", fact="现场有文件", details={"full_time": "2"})
    saved = save_answer(ctx, visit, "A02", answer)
    assert saved.at == ctx.now()
    assert answers(ctx, visit) == {"A02": answer}


def test_an_incomplete_breach_is_stored_and_says_what_it_lacks(ctx, visit):
    saved = save_answer(ctx, visit, "A01", breach())
    assert len(saved.missing) == 1
    row = next(row for row in open_form(ctx, visit).outline if row.question.id == "A01")
    assert row.incomplete
    assert row.value is AnswerValue.NOT_MET


def test_a_later_answer_stands_in_place_of_the_first(ctx, visit):
    for answer in (MET, breach("没有文件"), Answer(AnswerValue.NOT_APPLICABLE, reason="12 人")):
        save_answer(ctx, visit, "A01", answer)
    assert answers(ctx, visit)["A01"].value is AnswerValue.NOT_APPLICABLE
    assert open_form(ctx, visit).counts.answered == 1


def test_the_same_answer_again_leaves_no_second_step(ctx, visit):
    save_answer(ctx, visit, "A01", MET)
    save_answer(ctx, visit, "A01", MET)
    with ctx.reading() as session:
        assert session.scalar(select(func.count()).select_from(AnswerRow)) == 1


def test_what_cannot_be_stored_is_refused_and_changes_nothing(ctx, visit):
    save_answer(ctx, visit, "A02", MET)
    with pytest.raises(ProblemsError):
        save_answer(ctx, visit, "A02", Answer(AnswerValue.MET, details={"full_time": "两"}))
    with pytest.raises(UserError):
        save_answer(ctx, visit, "Z99", MET)
    with pytest.raises(UserError):
        save_answer(ctx, "nobody", "A02", MET)
    assert answers(ctx, visit) == {"A02": MET}


def test_a_visit_that_has_not_started_takes_no_answers(ctx):
    with pytest.raises(UserError):
        save_answer(ctx, planned_visit(ctx), "A01", MET)


def test_control_characters_never_reach_the_record(ctx, visit):
    save_answer(ctx, visit, "A01", breach("一\x00二\u0007三\ud800四"))
    assert answers(ctx, visit)["A01"].fact == "一二三四"


def test_it_opens_at_the_question_where_one_stopped(ctx, visit):
    assert open_form(ctx, visit).current == "A01"
    save_answer(ctx, visit, "A01", MET)
    assert open_form(ctx, visit).current == "A02"
    save_place(ctx, visit, "F03")
    assert open_form(ctx, visit).current == "F03"


def test_undo_names_the_step_and_brings_the_former_answer_back(ctx, visit):
    save_answer(ctx, visit, "A05", MET)
    save_answer(ctx, visit, "A05", breach("没有操作规程"))
    assert open_form(ctx, visit).undo_label == "将第 5 项改为不合格"
    undone = undo(ctx, visit)
    assert (undone.label, undone.question) == ("将第 5 项改为不合格", "A05")
    assert answers(ctx, visit) == {"A05": MET}
    undo(ctx, visit)
    assert answers(ctx, visit) == {}
    with pytest.raises(UserError):
        undo(ctx, visit)


def test_typed_text_is_undone_in_one_step(ctx, visit):
    for fact in ("", "没", "没有", "没有文件"):
        save_answer(ctx, visit, "A01", breach(fact))
    assert undo(ctx, visit).label == "修改第 1 项的文字"
    assert answers(ctx, visit) == {"A01": breach()}


def test_after_an_undo_filling_goes_on(ctx, visit):
    save_answer(ctx, visit, "A01", MET)
    undo(ctx, visit)
    save_answer(ctx, visit, "A01", breach("没有文件"))
    assert answers(ctx, visit)["A01"].fact == "没有文件"
    assert undo(ctx, visit).label == "将第 1 项改为不合格"
    assert answers(ctx, visit) == {}


def test_a_closed_visit_cannot_be_undone(ctx, visit):
    save_answer(ctx, visit, "A01", MET)
    with ctx.transaction() as session:
        conduct.close(session, visit, ctx.now())
    with pytest.raises(UserError) as refused:
        undo(ctx, visit)
    assert "补充说明" in refused.value.remedy


def test_what_is_left_open_is_marked_not_inspected_in_one_go(ctx, visit):
    save_answer(ctx, visit, "A01", MET)
    with pytest.raises(UserError):
        save_rest_as_not_inspected(ctx, visit, " ")
    assert save_rest_as_not_inspected(ctx, visit, "当日停产") == CHECKLIST_LENGTH - 1
    counts = open_form(ctx, visit).counts
    assert (counts.met, counts.not_inspected, counts.unanswered) == (1, CHECKLIST_LENGTH - 1, 0)


def test_a_visit_goes_on_in_the_edition_it_was_planned_with(ctx, visit):
    shipped = open_form(ctx, visit).form
    first = replace_form(shipped, version="2025.1", questions=shipped.questions[:2])
    with ctx.transaction() as session:
        lookup.find_visit(session, visit).form_sha256 = forms.keep_edition(session, first)
    save_answer(ctx, visit, "A01", MET)
    save_answer(ctx, visit, "A02", MET)
    with pytest.raises(UserError):
        save_answer(ctx, visit, "A03", MET)
    assert (open_form(ctx, visit).form, views.list_visits(ctx)[0].awaits_signature) == (first, True)
    record = composing.visit_facts(ctx, visit).record
    assert (record.form_version, record.form_sha256) == ("2025.1", first.sha256)
    assert first.sha256 != shipped.sha256


QUESTIONS = ("A01", "A03", "B01")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(QUESTIONS), st.sampled_from(list(AnswerValue)), st.sampled_from(["", "甲", "乙"])),
        st.just("undo"),
    ),
    max_size=12,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_undo_walks_back_through_every_state_that_was_shown(ctx, steps):
    visit = lookup.find(ctx, "青溪竹器厂") if views.list_visits(ctx) else started_visit(ctx)
    while open_form(ctx, visit).undo_label:
        undo(ctx, visit)
    states = [{}]
    for step in steps:
        if step == "undo":
            if open_form(ctx, visit).undo_label:
                undo(ctx, visit)
                assert answers(ctx, visit) in states
        else:
            question, value, text = step
            save_answer(ctx, visit, question, Answer(value, text, text))
        states.append(answers(ctx, visit))
    while open_form(ctx, visit).undo_label:
        undo(ctx, visit)
        assert answers(ctx, visit) in states
    assert answers(ctx, visit) == {}


LONG = "查" * 5_250


def reopened(ctx, visit, question):
    """An item as it is found again: its answer, what was typed beside it, whether it counts as incomplete."""
    view = open_form(ctx, visit)
    row = next(each for each in view.outline if each.question.id == question)
    held = view.answers.get(question)
    return held and held.answer, view.typed.get(question), row.incomplete


def test_a_text_that_is_too_long_is_kept_beside_the_answer_which_stays_incomplete(ctx, visit):
    save_answer(ctx, visit, "A01", breach("没有文件"))
    saved = save_typed(ctx, visit, "A01", breach(LONG))
    assert [(each.field, each.expected) for each in saved.missing] == [("fact", "不超过 4000 字")]
    assert reopened(ctx, visit, "A01") == (breach("没有文件"), {"fact": LONG}, True)


def test_beside_a_number_that_is_none_the_other_number_is_stored(ctx, visit):
    saved = save_typed(ctx, visit, "A02", Answer(AnswerValue.MET, details={"full_time": "12x", "part_time": "2"}))
    stored = Answer(AnswerValue.MET, details={"part_time": "2"})
    assert (saved.answer, [each.field for each in saved.missing]) == (stored, ["full_time"])
    assert reopened(ctx, visit, "A02") == (stored, {"full_time": "12x"}, True)


def test_numbers_that_do_not_fit_each_other_are_stopped_and_kept_until_they_do(ctx, visit):
    counted = {"should": "10", "worn": "9", "correct": "8"}
    save_typed(ctx, visit, "G03", Answer(AnswerValue.MET, details=counted))
    fewer = counted | {"worn": "7"}
    saved = save_typed(ctx, visit, "G03", Answer(AnswerValue.MET, details=fewer))
    assert saved.answer.details == {"should": "10", "worn": "7"}
    assert [(each.field, each.expected) for each in saved.missing] == [("correct", "不大于已佩戴人数 7")]
    assert save_typed(ctx, visit, "G03", Answer(AnswerValue.MET, details=fewer | {"correct": "6"})).missing == ()


def test_once_put_right_nothing_is_kept_beside_the_answer(ctx, visit):
    save_typed(ctx, visit, "A02", Answer(AnswerValue.MET, details={"full_time": "12x", "part_time": "2"}))
    right = Answer(AnswerValue.MET, details={"full_time": "12", "part_time": "2"})
    assert save_typed(ctx, visit, "A02", right).missing == ()
    assert reopened(ctx, visit, "A02") == (right, None, False)


def test_what_was_refused_keeps_the_record_from_being_signed(ctx, visit):
    save_rest_as_not_inspected(ctx, visit, "停产")
    assert composing.visit_facts(ctx, visit).problems == ()
    assert views.list_visits(ctx)[0].awaits_signature
    save_typed(ctx, visit, "A01", Answer(AnswerValue.NOT_INSPECTED, reason=LONG))
    assert [each.field for each in composing.visit_facts(ctx, visit).problems] == ["reason"]
    assert not views.list_visits(ctx)[0].awaits_signature


def test_what_is_typed_before_an_answer_is_given_is_there_again(ctx, visit):
    keep_typed(ctx, visit, "A02", {"full_time": "2"})
    assert reopened(ctx, visit, "A02") == (None, {"full_time": "2"}, False)
    save_typed(ctx, visit, "A02", Answer(AnswerValue.MET, details={"full_time": "2"}))
    assert reopened(ctx, visit, "A02")[1] is None


def test_whoever_only_reads_turns_the_questions_without_being_refused(ctx, visit):
    reader = replace(ctx, actor=replace(ctx.actor, roles=frozenset({Role.ADMINISTRATOR})))
    with pytest.raises(UserError):
        save_answer(reader, visit, "A01", MET)
    save_place(reader, visit, "A02")
    assert open_form(reader, visit).current == "A02"
