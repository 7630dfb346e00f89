"""What an answer may be, what it still lacks, and how answers are counted."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohdesk.forms.answers import (
    Answer,
    AnswerValue,
    answer_value,
    counts,
    malformed,
    missing,
    photo_wanted,
)
from ohdesk.forms.detail_values import LONGEST_TEXT
from ohdesk.forms.loader import load_form
from ohdesk.forms.shown_details import shown_details

FORM = load_form("employer-general")
PLAIN, YES_NO, COUNT, WITH_FIELDS = (FORM.by_id[name] for name in ("A01", "A08", "G03", "A02"))


@pytest.mark.parametrize("value", list(AnswerValue))
def test_word_and_key_both_name_an_answer(value):
    assert answer_value(value.word, PLAIN) is answer_value(value.value, PLAIN) is value


def test_yes_and_no_belong_to_yes_no_questions_only():
    assert answer_value("是", YES_NO) is AnswerValue.MET
    assert answer_value("否", YES_NO) is AnswerValue.NOT_MET
    assert answer_value("不涉及", YES_NO) is AnswerValue.NOT_APPLICABLE
    with pytest.raises(ValueError, match="是"):
        answer_value("是", PLAIN)


@pytest.mark.parametrize(
    ("answer", "lacks"),
    [
        (Answer(AnswerValue.MET), 0),
        (Answer(AnswerValue.NOT_MET), 1),
        (Answer(AnswerValue.NOT_MET, fact="现场没有任命文件"), 0),
        (Answer(AnswerValue.NOT_APPLICABLE), 1),
        (Answer(AnswerValue.NOT_APPLICABLE, reason="劳动者 12 人"), 0),
        (Answer(AnswerValue.NOT_INSPECTED), 1),
        (Answer(AnswerValue.NOT_INSPECTED, reason="负责人不在"), 0),
    ],
)
def test_each_answer_needs_its_own_explanation(answer, lacks):
    assert len(missing(answer, PLAIN)) == lacks


def test_a_count_needs_all_its_numbers_unless_it_was_not_counted():
    assert len(missing(Answer(AnswerValue.MET), COUNT)) == 3
    assert missing(Answer(AnswerValue.NOT_INSPECTED, reason="停产"), COUNT) == []


def test_more_cannot_wear_correctly_than_wear_at_all():
    answer = Answer(AnswerValue.MET, details={"should": "10", "worn": "8", "correct": "9"})
    assert [problem.found for problem in malformed(answer, COUNT)] == ["9"]


@pytest.mark.parametrize("text", ["两", "-1", "1.5", "１２", "99999999999", "1e3"])
def test_a_number_is_whole_and_ascii(text):
    assert malformed(Answer(AnswerValue.MET, details={"full_time": text}), WITH_FIELDS)


def test_unknown_details_and_endless_texts_are_refused_together():
    answer = Answer(AnswerValue.NOT_MET, fact="长" * (LONGEST_TEXT + 1), details={"nothing": "1"})
    assert len(malformed(answer, PLAIN)) == 2


@pytest.mark.parametrize("text", ["2026-3-2", "20260302", "2026-02-30", "昨天"])
def test_a_day_is_written_in_full(text):
    assert malformed(Answer(AnswerValue.MET, details={"date": text}), FORM.by_id["B01"])


@given(st.text(), st.text(), st.dictionaries(st.text(), st.text(), max_size=4))
def test_whatever_is_typed_is_either_stored_clean_or_refused(reason, fact, details):
    answer = Answer(AnswerValue.NOT_MET, reason, fact, details).cleaned
    assert answer.cleaned == answer
    assert isinstance(malformed(answer, WITH_FIELDS), list)
    if not malformed(answer, WITH_FIELDS):
        assert isinstance(missing(answer, WITH_FIELDS), list)


@given(st.lists(st.sampled_from(list(AnswerValue)), max_size=len(FORM.questions)))
def test_counts_add_up_and_what_was_not_inspected_is_never_a_pass(values):
    answers = {question.id: Answer(value) for question, value in zip(FORM.questions, values, strict=False)}
    found = counts(FORM, answers)
    assert found.met == values.count(AnswerValue.MET)
    assert found.answered + found.unanswered == found.total == len(FORM.questions)


def test_a_breach_that_should_be_shown_asks_for_a_photo():
    assert photo_wanted(AnswerValue.NOT_MET, FORM.by_id["F03"], 0)
    assert not photo_wanted(AnswerValue.NOT_MET, FORM.by_id["F03"], 1)
    assert not photo_wanted(AnswerValue.NOT_MET, PLAIN, 0)


def test_details_are_printed_with_their_labels():
    answer = Answer(AnswerValue.MET, details={"part_time": "1", "full_time": "2"})
    assert shown_details(answer, WITH_FIELDS, date(2026, 3, 2)).lines == ("专职人数：2", "兼职人数：1")
