"""The sheet carried through the workshop: what stands on it, that it fits, and of whom it is not made."""

import re

import pytest

from ohdesk.domain.visit import StartData, Task
from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.forms.detail_values import rows_text
from ohdesk.forms.loader import load_form
from ohdesk.services.roll import entries
from ohdesk.services.visit import conduct, filling, planning, views
from ohdesk.services.visit.walk_sheet import walk_sheet_pdf, write_walk_sheet
from tests import rectifying
from tests.visiting import add_firm, planned_visit, started_round, started_visit


def sides(pdf):
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        return [document[number].get_textpage().get_text_bounded() for number in range(len(document))]


def test_every_item_stands_on_two_sides_under_its_number_with_the_keys_of_the_screen(ctx):
    visit = planned_visit(ctx)
    text = sides(walk_sheet_pdf(ctx, visit))
    assert len(text) == 2
    whole = re.sub(r"\s", "", "".join(text))
    for question in load_form("employer-general").questions:
        assert f"{question.number}{re.sub(' ', '', question.text)}1234" in whole
    for value in AnswerValue:
        assert f"{value.digit} {value.word}" in text[0]
        assert f"{value.digit} {value.word}" in text[1]
    assert "应佩戴人数" in whole
    assert f"检查 {visit}" in text[0]
    assert f"检查 {visit}" in text[1]


def test_what_is_known_and_answered_is_printed_already(ctx):
    visit = started_visit(ctx)
    known = {"contact": "何苒", "hazards": "竹粉尘、噪声", "exposed_workers": "31"}
    entries.correct(ctx, views.visit_view(ctx, visit).establishment, known, "现场核对")
    fact = "锯竹岗位的除尘罩停用"
    filling.save_answer(ctx, visit, "F03", Answer(AnswerValue.NOT_MET, fact=fact))
    filling.save_answer(ctx, visit, "G03", Answer(AnswerValue.MET, details={"should": "12"}))
    text = "".join(sides(walk_sheet_pdf(ctx, visit)))
    for word in ("何苒", "竹粉尘、噪声", "31", "周沄、吴翙", "陈砚（厂长）", fact, "12"):
        assert word in text


def test_figures_of_the_roll_are_printed_to_be_checked_and_what_does_not_apply_says_so(ctx):
    visit = planned_visit(ctx)
    known = {"hazards": "木粉尘", "declared": "是", "declared_on": "2025-04-01"}
    entries.correct(ctx, views.visit_view(ctx, visit).establishment, known, "现场核对")
    text = sides(walk_sheet_pdf(ctx, visit))
    assert "2025-04-01（核）" in text[0]
    assert "本项适用于职业病危害因素为噪声" in text[1]
    assert "放射工作人员数" not in text[1]  # nothing is counted where nothing applies


def test_what_is_asked_row_by_row_has_a_table_with_the_rows_that_are_there(ctx):
    view = views.visit_view(ctx, started_visit(ctx))
    new = planning.NewVisit(
        establishment=view.establishment, inspectors=view.team, task=view.task, form="hearing-survey"
    )
    visit = planning.plan(ctx, new)
    conduct.start(ctx, visit, StartData(mode="own", gap_reason="随同"))
    posts = rows_text([{"workshop": "一车间", "post": "锯竹", "exposed": "12"}])
    filling.save_answer(ctx, visit, "HP01", Answer(AnswerValue.NOT_INSPECTED, "未到", details={"posts": posts}))
    text = "".join(sides(walk_sheet_pdf(ctx, visit)))
    for word in ("第 1 项　岗位", "一车间", "锯竹", "正确佩戴", "第 2 项　岗位噪声"):
        assert word in text


def test_a_character_that_no_face_has_is_named_and_no_sheet_is_made(ctx):
    visit = started_visit(ctx)
    filling.save_answer(ctx, visit, "A01", Answer(AnswerValue.NOT_MET, fact="厂长\U0002b820未到"))
    with pytest.raises(ProblemsError, match="U\\+2B820"):
        walk_sheet_pdf(ctx, visit)


def test_of_an_employer_that_handles_secrets_it_is_printed_and_not_written(ctx, tmp_path):
    visit = started_visit(ctx)
    entries.correct(ctx, views.visit_view(ctx, visit).establishment, {"state_secrets": "是"}, "定密")
    assert walk_sheet_pdf(ctx, visit)
    with pytest.raises(UserError, match="涉密"):
        write_walk_sheet(ctx, visit, tmp_path / "sheet.pdf")
    assert not (tmp_path / "sheet.pdf").exists()


def test_a_round_of_helpers_has_no_sheet(ctx):
    with pytest.raises(UserError, match="没有核查用表"):
        walk_sheet_pdf(ctx, started_round(ctx))


def test_what_waits_since_last_time_stands_at_its_item(ctx):
    firm = add_firm(ctx)
    rectifying.found(ctx, firm=firm)
    later = rectifying.on(ctx, "2026-04-14")
    new = planning.NewVisit(establishment=firm, inspectors=rectifying.team(ctx), task=Task("daily", "plan"))
    text = sides(walk_sheet_pdf(later, planning.plan(later, new)))[0]
    assert f"上次（2026-03-02）：{rectifying.BREACH} 处未见应有的措施。" in re.sub(r"[\r\n]", "", text)
