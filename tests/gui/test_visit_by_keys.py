"""A whole checklist by keyboard alone: counters, two tables and the leaving check; and from paper by the keypad."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from ohdesk.domain.visit import StartData, Task
from ohdesk.forms.answers import AnswerValue
from ohdesk.forms.detail_values import rows_in
from ohdesk.services.office import powers
from ohdesk.services.record import composing, leave_check
from ohdesk.services.roll import entries
from ohdesk.services.visit import conduct, filling, planning
from ohdesk.ui.screens.visit.screen import VisitsScreen
from tests.gui.hands import ALT, CTRL, type_into
from tests.gui.showing import in_front
from tests.visiting import ARRIVAL, POWER, add_inspectors

ENTER, PAD, NONE = Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier, Qt.KeyboardModifier.NoModifier
PRESSED = 120  # ms; a button pressed by its letter is seen to go down before it acts


@pytest.fixture
def visit(ctx):
    """A survey of posts with noise."""
    fields = {"name": "青溪竹器厂", "address": "工业路 1 号", "kind": "用人单位", "hazards": "噪声"}
    new = planning.NewVisit(
        establishment=entries.add(ctx, fields),
        inspectors=add_inspectors(ctx),
        task=Task("daily", "plan", "2026-03-02"),
        form="hearing-survey",
    )
    visit = planning.plan(ctx, new)
    powers.add_power(ctx, POWER)
    conduct.approve_on_paper(ctx, visit, "苏映", "2026-03-01", "2026-0001")
    conduct.start(ctx, visit, StartData(mode="own", place="一号厂房", accompanied_by="陈砚（厂长）", arrival=ARRIVAL))
    return visit


@pytest.fixture
def screen(ctx, jobs, qtbot, visit):
    return in_front(VisitsScreen(ctx, jobs), qtbot)


@pytest.fixture
def keys(qtbot, screen):
    def press(*pressed, modifier=NONE):
        for each in pressed:
            if isinstance(each, str):
                for letter in each:
                    type_into(qtbot, screen.focusWidget(), letter)
            else:
                qtbot.keyClick(screen.focusWidget(), each, modifier)
            QApplication.processEvents()
        if modifier is ALT:
            qtbot.wait(PRESSED)

    return press


def answers(ctx, visit):
    return {question: view.answer for question, view in filling.open_form(ctx, visit).answers.items()}


def test_a_survey_is_filled_checked_and_left_by_keys_alone(ctx, visit, screen, keys, qtbot):
    keys("1", "一车间", ENTER, "打磨", ENTER, "12", ENTER, "8", ENTER, Qt.Key.Key_F9)
    keys("7879787", ENTER, ENTER)  # the same key twice in a row would count as held
    keys(Qt.Key.Key_Escape, Qt.Key.Key_PageDown)
    keys("2", "R1", Qt.Key.Key_Tab, "打磨", Qt.Key.Key_Tab, "91.2", Qt.Key.Key_Escape, Qt.Key.Key_Tab)
    keys("打磨", ENTER, "91.2", ENTER, "1", ENTER, "R1", ENTER, "2026-02-03", ENTER, ENTER)
    assert screen.card.head.place.text().split()[3] == "3"
    keys(Qt.Key.Key_Return, modifier=CTRL)
    keys(Qt.Key.Key_Tab, "当日未带声级计")
    keys(Qt.Key.Key_K, modifier=ALT)
    keys(Qt.Key.Key_P, modifier=ALT)
    with qtbot.waitSignal(screen.wanted) as wanted:
        keys(Qt.Key.Key_Return)
    assert wanted.args == ["record", visit]
    given = answers(ctx, visit)
    assert rows_in(given["HP01"].details["posts"]) == (
        {
            "workshop": "一车间",
            "post": "打磨",
            "exposed": "12",
            "present": "8",
            "correct": "4",
            "wrong": "2",
            "none": "1",
        },
    )
    assert given["HP02"].fact.startswith("检测报告（编号R1）显示，打磨岗位LEX,8h为91.2dB(A)")
    assert rows_in(given["HP02"].details["posts"])[0]["source"] == "report"
    assert leave_check.leave_check(ctx, visit).gaps == ()
    assert composing.visit_facts(ctx, visit).problems == ()


def test_what_stands_on_paper_is_typed_in_by_the_keypad_alone(ctx, visit, screen, keys):
    """Digits, Enter and the asterisk: three posts counted, then two questions with a ready sentence each."""
    keys("1", modifier=PAD)
    for post, exposed, present, worn in (("1", "12", "8", "5"), ("2", "6", "6", "6"), ("3", "4", "3", "0")):
        keys("1", ENTER, post, ENTER, exposed, ENTER, present, ENTER, worn, ENTER, "0", ENTER, modifier=PAD)
        keys(str(int(present) - int(worn)), *[ENTER] * 4, modifier=PAD)
    keys(ENTER, modifier=PAD)
    for _ in range(2):
        keys("4", Qt.Key.Key_Asterisk, "2", ENTER, modifier=PAD)
    given = answers(ctx, visit)
    assert [row["correct"] for row in rows_in(given["HP01"].details["posts"])] == ["5", "6", "0"]
    assert [given[each].value for each in ("HP02", "HP03")] == [AnswerValue.NOT_INSPECTED] * 2
    assert given["HP02"].reason == "资料管理人员不在，资料未能提供"
    assert screen.card.head.place.text().split()[3] == "4"
