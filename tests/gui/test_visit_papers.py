"""Paper beside the screen: given out by keys, and typed back by the numbers that stand on it."""

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel

from ohdesk.domain.visit import PartnerOfficer, StartData
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.forms.definition import AnswerType
from ohdesk.services.office import powers
from ohdesk.services.register import entries
from ohdesk.services.visit import conduct, filling, planning, self_check, views
from ohdesk.ui.screens.visit.screen import VisitsScreen
from ohdesk.ui.screens.visit.steps import Page
from tests.gui.looking import letters_twice
from tests.gui.showing import in_front, said
from tests.printed import pages_of
from tests.visiting import ARRIVAL, POWER, planned_visit, started_visit

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def press(qtbot):
    def press_key(screen, key, modifier=Qt.KeyboardModifier.NoModifier):
        qtbot.keyClick(screen.focusWidget() or screen, key, modifier)
        if modifier is ALT:
            qtbot.wait(120)  # a button pressed by its letter is seen to go down before it acts

    return press_key


def test_the_sheet_is_saved_by_keys_from_a_visit_that_has_not_begun(ctx, jobs, qtbot, press, tmp_path, monkeypatch):
    visit = planned_visit(ctx)
    screen = in_front(VisitsScreen(ctx, jobs), qtbot)
    screen.open_visit(visit)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "sheet.pdf"), ""))
    press(screen, Qt.Key.Key_M, ALT)
    assert screen.front is Page.PAPERS
    with qtbot.waitSignal(screen.saved):
        press(screen, Qt.Key.Key_S, ALT)
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF")
    press(screen, Qt.Key.Key_Escape)
    assert screen.front is Page.APPROVAL


def test_the_notice_is_offered_once_the_countys_words_are_entered(ctx, jobs, qtbot, press, tmp_path, monkeypatch):
    screen = in_front(VisitsScreen(ctx, jobs), qtbot)
    screen.open_visit(started_visit(ctx))
    press(screen, Qt.Key.Key_M, ALT)
    page = screen.page(Page.PAPERS)
    assert "县级印发的权利告知" in said(screen)
    assert not page.notice.isEnabled()
    assert letters_twice(screen) == []
    with qtbot.waitSignal(screen.wanted) as led:
        press(screen, Qt.Key.Key_G, ALT)
    assert led.args == ["registers", "county_papers"]
    words = {"rights": "您有权申请回避。", "prohibitions": "严禁吃拿卡要。"}
    entries.add(ctx, "county_papers", {"kind": "notice", "title": "告知文字", "valid_from": "2026-01-01", **words})
    screen.reload()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "notice.pdf"), ""))
    with qtbot.waitSignal(screen.saved):
        press(screen, Qt.Key.Key_N, ALT)
    assert "申请回避" in "".join(pages_of((tmp_path / "notice.pdf").read_bytes()))


def test_the_sheet_is_typed_in_by_the_numbers_that_stand_on_it(ctx, jobs, qtbot, press):
    visit = started_visit(ctx)
    screen = in_front(VisitsScreen(ctx, jobs), qtbot)
    # Item 10 is not the first one in which "10" occurs.
    for number, key, value in (("10", Qt.Key.Key_1, AnswerValue.MET), ("3", Qt.Key.Key_4, AnswerValue.NOT_INSPECTED)):
        press(screen, Qt.Key.Key_F, CTRL)
        qtbot.keyClicks(screen.focusWidget(), number)
        press(screen, Qt.Key.Key_Return)
        press(screen, key)
        answered = {row.question.number: row.value for row in filling.open_form(ctx, visit).outline}
        assert answered[int(number)] is value


def test_the_whole_sheet_is_typed_in_on_the_number_block_alone(ctx, jobs, qtbot):
    visit = started_visit(ctx)
    screen = in_front(VisitsScreen(ctx, jobs), qtbot)

    def press_pad(*keys):
        for key in keys:
            qtbot.keyClick(screen.focusWidget(), key, Qt.KeyboardModifier.KeypadModifier)

    questions = filling.open_form(ctx, visit).form.questions
    for question in questions:
        if question.section == "C":
            press_pad(Qt.Key.Key_3, Qt.Key.Key_PageDown)  # the reason is written later
            continue
        press_pad(Qt.Key.Key_1)
        if question.answer_type is AnswerType.COUNT:
            press_pad(*[Qt.Key.Key_8, Qt.Key.Key_Enter] * len(question.fields))
    counts = filling.open_form(ctx, visit).counts
    projects = sum(question.section == "C" for question in questions)
    assert (counts.met, counts.not_applicable, counts.unanswered) == (len(questions) - projects, projects, 0)


def test_a_self_check_that_came_back_is_told_cell_by_cell_and_then_stands_beside_the_answers(
    ctx, jobs, qtbot, press, tmp_path, monkeypatch
):
    visit, file = started_visit(ctx), tmp_path / "self.xlsx"
    filling.save_answer(ctx, visit, "F03", Answer(AnswerValue.NOT_MET, fact="除尘罩停用"))
    self_check.write_self_check(ctx, visit, file)
    screen = in_front(VisitsScreen(ctx, jobs), qtbot)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    press(screen, Qt.Key.Key_M, ALT)
    press(screen, Qt.Key.Key_I, ALT)
    qtbot.waitUntil(lambda: "自查表!E2" in said(screen) and "另有 61 处" in said(screen))
    book = openpyxl.load_workbook(file)
    for row in range(2, 75):
        book["自查表"][f"E{row}"] = "是"
    book.save(file)
    press(screen, Qt.Key.Key_I, ALT)
    qtbot.waitUntil(lambda: "A 级" in said(screen))
    assert "单位“是”，检查“不合格”" in said(screen)
    assert "自查表!E2" not in said(screen)
    press(screen, Qt.Key.Key_Escape)
    screen.filling.show_question("F03")
    head = screen.card.head
    assert {"单位自查（A 级）：是", "≠ 与本次不同"} <= set(seen(head))
    press(screen, Qt.Key.Key_1)
    press(screen, Qt.Key.Key_Minus)
    assert "＝ 与本次一致" in seen(head)
    screen.filling.show_question("N02")  # which no establishment is asked
    assert not any("本次" in each or "自查" in each for each in seen(head))


def seen(widget):
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def test_what_other_departments_found_is_typed_beside_the_sheet_they_sign(
    ctx, jobs, qtbot, press, tmp_path, monkeypatch
):
    visit = planned_visit(ctx)
    view = views.visit_view(ctx, visit)
    union = [PartnerOfficer("县总工会", name, number) for name, number in (("何苒", "G1"), ("郑沂", "G2"))]
    new = planning.NewVisit(
        establishment=view.establishment, inspectors=view.team, task=view.task, partners=tuple(union)
    )
    planning.replan(ctx, visit, new)
    powers.add_power(ctx, POWER)
    conduct.approve_on_paper(ctx, visit, "苏映", "2026-03-01", "2026-0001")
    conduct.start(ctx, visit, StartData(mode="own", accompanied_by="陈砚", arrival=ARRIVAL))
    screen = in_front(VisitsScreen(ctx, jobs), qtbot)
    screen.open_visit(visit)
    screen.show_page(Page.PAPERS)
    joint = screen.page(Page.PAPERS).joint
    line = joint.fields["县总工会"].editor
    line.setFocus()
    line.setText("未发现问题")
    with qtbot.waitSignal(screen.done):
        press(screen, Qt.Key.Key_Return)
    assert views.visit_view(ctx, visit).partner_results == {"县总工会": "未发现问题"}
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "joint.pdf"), ""))
    with qtbot.waitSignal(screen.saved):
        press(screen, Qt.Key.Key_O, ALT)
    assert (tmp_path / "joint.pdf").read_bytes().startswith(b"%PDF")
