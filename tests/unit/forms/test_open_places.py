"""What a ready sentence leaves open is seen, and is open again in what is learnt from it."""

import pytest

from ohdesk.forms.answers import Answer, AnswerValue, missing
from ohdesk.forms.loader import load_form
from ohdesk.forms.open_places import next_place, open_places, opened_again

FORM = load_form("employer-general")
TEMPLATES = [question for question in FORM.questions if open_places(question.phrase, question.phrase)]


@pytest.mark.parametrize("question", TEMPLATES, ids=lambda question: question.id)
def test_a_template_left_as_it_is_is_never_complete(question):
    for text in (question.phrase, f"打磨岗位：{question.phrase}"):
        assert missing(Answer(AnswerValue.NOT_MET, fact=text), question)


@pytest.mark.parametrize(
    ("question", "fact", "is_open"),
    [
        ("N03", "上次检查所列的__问题，至本次检查时未整改", True),
        ("N03", "上次检查所列的台账问题，至本次检查时未整改", False),
        ("A03", "该单位未能提供 2026 年度职业病防治计划和实施方案（或者落实记录）", True),
        ("A03", "该单位未能提供 2026 年度职业病防治计划和实施方案", False),
        ("A04", "该单位职业卫生管理制度不齐全，缺少：", True),
        ("A04", "该单位职业卫生管理制度不齐全，缺少：防护设施检修制度", False),
    ],
)
def test_blanks_alternatives_and_an_open_end_have_to_be_written(question, fact, is_open):
    assert bool(missing(Answer(AnswerValue.NOT_MET, fact=fact), FORM.by_id[question])) is is_open


def test_a_blank_in_a_reason_or_a_remark_counts_as_well():
    question = FORM.questions[0]
    for answer in (Answer(AnswerValue.NOT_INSPECTED, reason="__停产"), Answer(AnswerValue.MET, fact="抽查＿＿份")):
        assert [each.field for each in missing(answer, question)] == [next(iter(answer.texts))]


@pytest.mark.parametrize(
    ("text", "phrase", "learnt"),
    [
        (
            "抽查劳动合同12份，其中3份未写明危害",
            "抽查劳动合同__份，其中__份未写明危害",
            "抽查劳动合同__份，其中__份未写明危害",
        ),
        (
            "现场看到打磨岗位的风机停用，皮带断了2根",
            "现场看到__岗位的风机停用",
            "现场看到__岗位的风机停用，皮带断了__根",
        ),
        ("2026年3月发生的急性事件未报告", "__年__月发生的急性事件", "__年__月发生的急性事件未报告"),
        ("台账停在2025-11-30", "该单位未能提供台账", "台账停在__"),
        ("资料柜上锁", "", "资料柜上锁"),
    ],
)
def test_what_was_true_of_one_employer_is_open_again_in_what_is_learnt(text, phrase, learnt):
    assert opened_again(text, phrase) == learnt


def test_places_are_gone_through_one_after_the_other():
    text = "应佩戴__人，已佩戴__人"
    assert next_place(text) == (3, 5)
    assert next_place(text, 5) == (10, 12)
    assert next_place(text, 12) is None
