"""A whole section as a list: digits answer from it, the arrows choose, and what is seen is answered together."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from ohdesk.forms.answers import Answer, AnswerValue, may_be_in_bulk
from ohdesk.services.visit import filling
from ohdesk.ui import preferences
from ohdesk.ui.kit.table_view import RowRole
from ohdesk.ui.screens.visit.screen import VisitsScreen
from tests.gui.hands import ALT
from tests.gui.showing import in_front
from tests.rectifying import BREACH, found, visit_of
from tests.visiting import add_firm, started_visit

PRESSED = 120  # ms; a button pressed by its letter is seen to go down before it acts


@pytest.fixture
def visit(ctx):
    return started_visit(ctx)


@pytest.fixture
def listed(ctx, jobs, qtbot, visit):
    screen = in_front(VisitsScreen(ctx, jobs), qtbot)
    qtbot.keyClick(screen.focusWidget(), Qt.Key.Key_F7)
    yield screen
    preferences.FILLING.choose("single")


def shown(screen):
    return screen.filling.outline.list.currentItem().text().split()[0]


def test_a_section_is_answered_from_its_list_by_keys_alone(listed, ctx, visit, qtbot):
    questions = filling.open_form(ctx, visit).form.questions
    outline = listed.filling.outline
    assert listed.focusWidget() is outline.list
    for _ in range(2):
        qtbot.keyClick(listed.focusWidget(), Qt.Key.Key_Down)
    assert shown(listed) == "3"
    qtbot.keyClick(listed.focusWidget(), Qt.Key.Key_2)
    assert listed.focusWidget() is listed.card.text
    qtbot.keyClicks(listed.focusWidget(), "2026")
    qtbot.keyClick(listed.focusWidget(), Qt.Key.Key_Escape)
    assert listed.focusWidget() is outline.list
    stored = filling.open_form(ctx, visit).answers
    assert stored[questions[2].id].answer.fact.endswith("2026")
    qtbot.keyClick(listed.focusWidget(), Qt.Key.Key_Return)
    qtbot.keyClick(listed.focusWidget(), Qt.Key.Key_1)
    assert shown(listed) == "5"
    assert listed.focusWidget() is outline.list


def test_what_is_seen_of_a_section_is_answered_together_and_nothing_else(listed, ctx, visit, qtbot):
    questions = filling.open_form(ctx, visit).form.questions
    fitting = {each.id for each in questions if each.section == questions[0].section and may_be_in_bulk(each)}
    seen = set(listed.filling.outline.in_bulk)
    assert seen
    assert seen <= fitting
    qtbot.keyClick(listed.focusWidget(), Qt.Key.Key_J, ALT)
    qtbot.wait(PRESSED)
    view = filling.open_form(ctx, visit)
    assert set(view.answers) == seen
    assert all(row.bulk for row in view.outline if row.value)
    assert listed.filling.outline.bulk.isEnabled() is False


def test_f8_goes_to_what_has_no_answer_then_to_what_lacks_something(listed, ctx, visit, qtbot):
    questions = filling.open_form(ctx, visit).form.questions
    for question in questions[:4]:
        filling.save_answer(ctx, visit, question.id, Answer(AnswerValue.NOT_APPLICABLE, reason="没有"))
    listed.reload()
    qtbot.keyClick(listed.focusWidget(), Qt.Key.Key_F8)
    assert shown(listed) == "5"
    filling.save_rest_as_not_inspected(ctx, visit, "停产")
    filling.save_answer(ctx, visit, questions[1].id, Answer(AnswerValue.NOT_MET))
    listed.reload()
    qtbot.keyClick(listed.focusWidget(), Qt.Key.Key_F8)
    assert shown(listed) == "2"


def test_the_way_of_filling_is_remembered(listed, ctx, jobs, qtbot):
    again = in_front(VisitsScreen(ctx, jobs), qtbot)
    assert again.focusWidget() is again.filling.outline.list


def test_what_was_found_last_time_comes_first_and_papers_before_the_walk_at_a_key(ctx, jobs, qtbot):
    firm = add_firm(ctx)
    found(ctx, firm=firm, day="2026-03-01")
    visit_of(ctx, firm, "2026-03-02")
    screen = in_front(VisitsScreen(ctx, jobs), qtbot)
    screen.show_question(BREACH)
    rows = [item.data(RowRole) for item in screen.filling.outline._items.values()]
    assert (rows[0].question.id, rows[0].section_title) == (BREACH, "上次的问题")
    assert any("2026-03-01" in label.text() for label in screen.card.findChildren(QLabel))
    qtbot.keyClick(screen.focusWidget(), Qt.Key.Key_F4)
    preferences.ORDER.choose("form")
    titles = dict.fromkeys(item.data(RowRole).section_title for item in screen.filling.outline._items.values())
    assert list(titles) == ["上次的问题", "看资料", "看现场", "问人"]
