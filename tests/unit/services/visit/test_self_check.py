"""The employer's self-check: filled in by any spreadsheet program, read back, and everything that was bent is told."""

from datetime import date

import openpyxl
import pytest

from ohdesk.db.models import SelfCheck
from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.forms.loader import load_form
from ohdesk.forms.self_check import self_check_form
from ohdesk.services.roll import entries
from ohdesk.services.visit import filling, planning, self_check, views
from ohdesk.services.visit.self_check_views import self_check_of
from tests.other_programs import PROGRAMS, a_lean_writer, saved_by
from tests.visiting import planned_visit, started_round, started_visit

GUIDE, SHEET = "填写说明", "自查表"
LAST = 1 + len(load_form("employer-self-check").questions)  # row of the last question, below the headings


@pytest.fixture
def sent(ctx, tmp_path):
    """A visit that has begun, and its workbook."""
    visit = started_visit(ctx)
    file = tmp_path / "自查.xlsx"
    self_check.write_self_check(ctx, visit, file)
    return visit, file


def filled(file, answer="是", day="2026-03-01", **cells):
    """Answer every question, and put other values into some cells of the second sheet."""
    book = openpyxl.load_workbook(file)
    page = book[SHEET]
    for row in range(2, LAST + 1):
        page[f"E{row}"] = answer
    for cell, value in cells.items():
        page[cell] = value
    book[GUIDE]["B14"], book[GUIDE]["B15"] = "何苒", day
    book.save(file)
    return file


def refused(ctx, visit, file):
    with pytest.raises(ProblemsError) as error:
        self_check.take_self_check(ctx, visit, file)
    with ctx.reading() as session:
        assert session.get(SelfCheck, visit) is None
    return {problem.place: problem for problem in error.value.problems}


def test_what_goes_out_is_locked_but_for_the_cells_to_fill_in_and_offers_the_answers(ctx, sent):
    visit, file = sent
    book = openpyxl.load_workbook(file)
    guide, page = book[GUIDE], book[SHEET]
    assert (guide.protection.sheet, page.protection.sheet) == (True, True)
    unlocked = {
        cell.coordinate for sheet in book for row in sheet.iter_rows() for cell in row if not cell.protection.locked
    }
    answers = {f"{column}{row}" for row in range(2, LAST + 1) for column in "EF"}
    assert unlocked == answers | {"B14", "B15"}
    offered = next(each for each in page.data_validations.dataValidation if each.type == "list")
    assert (offered.formula1, str(offered.sqref)) == ('"是,否,不涉及"', f"E2:E{LAST}")
    form = load_form("employer-self-check")
    asked = [(row[1], row[2]) for row in page.iter_rows(min_row=2, values_only=True)]
    assert asked == [(question.id, question.text) for question in form.questions]
    labels = {row[0]: row[1] for row in guide.iter_rows(values_only=True)}
    assert (labels["检查编号"], labels["检查表"], len(labels["校验码"])) == (visit, "employer-self-check", 16)


def test_it_comes_back_graded_and_beside_what_the_inspectors_found(ctx, sent, tmp_path):
    visit, file = sent
    # A01 … A08: 否; A09: 不涉及.
    no = {f"E{row}": "否" for row in range(2, 10)}
    self_check.take_self_check(ctx, visit, filled(file, **no, E10="不涉及", F2="正在任命", F36="有风机"))
    filling.save_answer(ctx, visit, "F03", Answer(AnswerValue.NOT_MET, fact="除尘罩停用"))
    filling.save_answer(ctx, visit, "A01", Answer(AnswerValue.NOT_MET, fact="没有任命"))
    filling.save_answer(ctx, visit, "G01", Answer(AnswerValue.NOT_INSPECTED, "停产"))
    view = self_check_of(ctx, visit)
    assert (view.points, view.full, view.grade, view.unconfirmed) == (LAST - 10, LAST - 2, "B", True)
    assert (view.filled_by, view.filled_on) == ("何苒", "2026-03-01")
    assert [line.question for line in view.differences] == ["F03"]
    by_id = {line.question: line for line in view.lines}
    assert (by_id["A01"].note, by_id["A01"].differs, by_id["G01"].differs) == ("正在任命", False, None)
    assert self_check.write_comparison(ctx, visit, tmp_path / "compared.xlsx") == 1
    rows = list(openpyxl.load_workbook(tmp_path / "compared.xlsx").active.iter_rows(values_only=True))
    assert ("是", "不合格", "除尘罩停用", "不一致") in [(row[4], row[6], row[7], row[8]) for row in rows]


@pytest.mark.parametrize("kind", ["放射诊疗单位", "职业卫生技术服务机构", "职业健康检查机构"])
def test_every_kind_that_has_a_checklist_checks_itself(ctx, tmp_path, kind):
    form = self_check_form(kind)
    visit = planned_visit(ctx)
    entries.correct(ctx, views.visit_view(ctx, visit).establishment, {"kind": kind}, "核对")
    file = tmp_path / "自查.xlsx"
    self_check.write_self_check(ctx, visit, file)
    book = openpyxl.load_workbook(file)
    assert book[GUIDE]["A1"].value == form.title
    for row in range(2, 2 + len(form.questions)):
        book[SHEET][f"E{row}"] = "否" if row == 2 else "是"
    book.save(file)
    self_check.take_self_check(ctx, visit, file)
    view = self_check_of(ctx, visit)
    assert [line.question for line in view.lines] == [each.id for each in form.questions]
    assert (view.points, view.full, view.grade) == (len(form.questions) - 1, len(form.questions), "A")
    book[SHEET]["E2"] = "基本做到"
    book.save(file)
    with pytest.raises(ProblemsError):
        self_check.take_self_check(ctx, visit, file)
    assert self_check_of(ctx, visit) == view


def test_a_later_one_takes_the_place_of_the_one_before_though_the_employer_has_another_name(ctx, sent):
    visit, file = sent
    self_check.take_self_check(ctx, visit, filled(file, "否"))
    entries.correct(ctx, views.visit_view(ctx, visit).establishment, {"name": "青溪竹木厂"}, "更名")
    self_check.take_self_check(ctx, visit, filled(file, "是"))
    assert self_check_of(ctx, visit).grade == "A"


def test_moved_merged_computed_open_and_odd_cells_are_told_one_by_one_and_nothing_is_stored(ctx, sent):
    visit, file = sent
    filled(file, E2=None, E3="基本做到", E4='=IF(1=1,"是","否")', C5="另一项内容", H6="多写的", A80="下面多写的")
    book = openpyxl.load_workbook(file)
    book[SHEET].merge_cells("E10:E12")
    book[SHEET]["B20"], book[SHEET]["B21"] = book[SHEET]["B21"].value, book[SHEET]["B20"].value
    book.save(file)
    found = refused(ctx, visit, file)
    told = {place.split(" ")[0] for place in found}
    cells = {"E2", "E3", "E4", "C5", "H6", "A80", "E10:E12", "E11", "E12", "B20", "B21"}
    assert told == {f"{SHEET}!{cell}" for cell in cells}
    assert found[f"{SHEET}!E4"].found == "公式"
    assert found[f"{SHEET}!C5"].found == "另一项内容"
    assert next(each for place, each in found.items() if "!E3" in place).found == "基本做到"


def test_that_of_another_visit_or_edition_is_refused_as_that(ctx, sent, tmp_path):
    visit, file = sent
    filled(file)
    view = views.visit_view(ctx, visit)
    again = planning.plan(
        ctx, planning.NewVisit(establishment=view.establishment, inspectors=view.team, task=view.task)
    )
    with pytest.raises(UserError, match="另一次检查"):
        self_check.take_self_check(ctx, again, file)
    book = openpyxl.load_workbook(file)
    book[GUIDE]["B11"] = "0" * 16
    book.save(file)
    with pytest.raises(UserError, match="另一版检查表"):
        self_check.take_self_check(ctx, visit, file)
    with pytest.raises(UserError, match="xlsx"):
        self_check.take_self_check(ctx, visit, tmp_path / "自查.doc")


def test_any_other_workbook_is_refused_as_that(ctx, sent, tmp_path):
    visit, _ = sent
    other = openpyxl.Workbook()
    other.save(tmp_path / "花名册.xlsx")
    assert set(refused(ctx, visit, tmp_path / "花名册.xlsx")) == {GUIDE, SHEET}


@pytest.mark.parametrize("program", PROGRAMS)
def test_it_may_have_been_saved_by_any_program(ctx, sent, program):
    visit, file = sent
    # A day that is typed into a spreadsheet is a number with a format; a lean writer leaves the format out.
    day = "2026-03-01" if program is a_lean_writer else date(2026, 3, 1)
    saved_by(program, filled(file, F3="  见任命书 ", day=day))
    self_check.take_self_check(ctx, visit, file)
    view = self_check_of(ctx, visit)
    assert (view.grade, view.lines[1].note, view.filled_on) == ("A", "见任命书", "2026-03-01")


def test_it_is_not_for_helpers_nor_for_who_handles_secrets_or_has_no_form_for_it(ctx, tmp_path):
    visit = planned_visit(ctx)
    entries.correct(ctx, views.visit_view(ctx, visit).establishment, {"state_secrets": "是"}, "定密")
    with pytest.raises(UserError, match="涉密"):
        self_check.write_self_check(ctx, visit, tmp_path / "sent.xlsx")
    entries.correct(
        ctx, views.visit_view(ctx, visit).establishment, {"kind": "放射卫生技术服务机构", "state_secrets": "否"}, "核对"
    )
    with pytest.raises(UserError, match="放射卫生技术服务机构没有自查表"):
        self_check.write_self_check(ctx, visit, tmp_path / "sent.xlsx")
    with pytest.raises(UserError, match="协管巡查"):
        self_check.write_self_check(ctx, started_round(ctx), tmp_path / "sent.xlsx")
    assert not (tmp_path / "sent.xlsx").exists()
