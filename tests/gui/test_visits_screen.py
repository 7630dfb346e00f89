"""Filling a checklist, driven as an inspector drives it: one hand on the numeric pad."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton

from ohdesk.domain.people import Role
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.services.visit import filling
from ohdesk.ui.screens.visit.screen import VisitsScreen
from tests.gui.showing import as_only, in_front, refused
from tests.visiting import picture, started_visit

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def visit(ctx):
    return started_visit(ctx)


@pytest.fixture
def screen(ctx, jobs, qtbot, visit):
    return shown(ctx, jobs, qtbot)


def shown(ctx, jobs, qtbot):
    return in_front(VisitsScreen(ctx, jobs), qtbot)


def press(qtbot, screen, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(screen.focusWidget(), key, modifier)


def stored(ctx, visit):
    view = filling.open_form(ctx, visit)
    return {view.form.by_id[question].number: each.answer for question, each in view.answers.items()}


def at(ctx, visit):
    view = filling.open_form(ctx, visit)
    return view.form.by_id[view.current].number


def chosen(screen):
    return [value for value, button in screen.card.answers.by_value.items() if button.isChecked()]


def test_the_visit_under_way_opens_at_its_first_question_with_no_answer_chosen(screen, ctx, visit):
    assert at(ctx, visit) == 1
    assert chosen(screen) == []
    assert screen.focusWidget() in screen.card.answers.by_value.values()


def test_one_means_met_and_goes_on(screen, ctx, visit, qtbot):
    press(qtbot, screen, Qt.Key.Key_1, Qt.KeyboardModifier.KeypadModifier)
    assert stored(ctx, visit) == {1: Answer(AnswerValue.MET)}
    assert at(ctx, visit) == 2
    assert chosen(screen) == []


def test_two_asks_for_the_fact_and_digits_there_are_text(screen, ctx, visit, qtbot, commit_text):
    press(qtbot, screen, Qt.Key.Key_2)
    assert screen.focusWidget() is screen.card.text
    commit_text(screen.card.text, "未见任命文件，")
    press(qtbot, screen, Qt.Key.Key_3)
    press(qtbot, screen, Qt.Key.Key_Escape)
    assert screen.focusWidget() is screen.card.answers.by_value[AnswerValue.NOT_MET]
    answer = stored(ctx, visit)[1]
    assert (answer.value, answer.fact.endswith("未见任命文件，3")) == (AnswerValue.NOT_MET, True)


@pytest.mark.parametrize(
    ("key", "value"), [(Qt.Key.Key_3, AnswerValue.NOT_APPLICABLE), (Qt.Key.Key_4, AnswerValue.NOT_INSPECTED)]
)
def test_three_and_four_ask_for_their_reason(screen, ctx, visit, qtbot, commit_text, key, value):
    press(qtbot, screen, key)
    assert "写明" in screen.card.text_field.error
    commit_text(screen.focusWidget(), "当日停产")
    press(qtbot, screen, Qt.Key.Key_Escape)
    assert stored(ctx, visit) == {1: Answer(value, reason="当日停产")}
    assert screen.card.text_field.error == ""


def test_typed_text_is_saved_by_itself_and_the_corner_says_when(screen, ctx, visit, qtbot, commit_text):
    press(qtbot, screen, Qt.Key.Key_4)
    commit_text(screen.focusWidget(), "资料柜上锁")
    assert stored(ctx, visit)[1].reason == ""
    qtbot.waitUntil(lambda: stored(ctx, visit)[1].reason == "资料柜上锁", timeout=30_000)
    assert "已保存 12:00:00" in screen.card.stamp.text()


def test_leaving_the_screen_saves_what_was_just_typed(screen, ctx, visit, qtbot, commit_text):
    press(qtbot, screen, Qt.Key.Key_4)
    commit_text(screen.focusWidget(), "负责人不在")
    screen.leave()
    assert stored(ctx, visit)[1].reason == "负责人不在"


def test_leaving_the_screen_keeps_the_question_where_one_stands(screen, ctx, visit, qtbot):
    press(qtbot, screen, Qt.Key.Key_PageDown)
    press(qtbot, screen, Qt.Key.Key_PageDown)
    screen.leave()
    assert at(ctx, visit) == 3


def test_opened_again_it_stands_at_the_same_question_with_every_answer(screen, ctx, jobs, visit, qtbot):
    for _ in range(3):
        press(qtbot, screen, Qt.Key.Key_1)
    again = shown(ctx, jobs, qtbot)
    assert "第 4 项" in again.card.head.place.text()
    press(qtbot, again, Qt.Key.Key_Minus)
    assert chosen(again) == [AnswerValue.MET]


def test_a_key_held_down_answers_once(screen, ctx, visit, qtbot):
    press(qtbot, screen, Qt.Key.Key_1)
    for _ in range(5):
        held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_1, Qt.KeyboardModifier.NoModifier, "1", autorep=True)
        QApplication.sendEvent(screen.focusWidget(), held)
    assert list(stored(ctx, visit)) == [1]


def test_digits_outside_the_answers_answer_nothing(screen, ctx, visit, qtbot):
    press(qtbot, screen, Qt.Key.Key_F, CTRL)
    qtbot.keyClicks(screen.focusWidget(), "1")
    assert screen.focusWidget() is screen.filling.outline.search
    assert stored(ctx, visit) == {}


def test_searching_the_outline_and_enter_goes_to_the_question(screen, ctx, visit, qtbot, commit_text):
    press(qtbot, screen, Qt.Key.Key_F, CTRL)
    commit_text(screen.filling.outline.search, "防护设施正常运行")
    press(qtbot, screen, Qt.Key.Key_Return)
    assert "防护设施正常运行" in screen.card.head.wording.text()
    assert screen.focusWidget() in screen.card.answers.by_value.values()


def test_undo_takes_back_the_last_step_by_name(screen, ctx, visit, qtbot):
    press(qtbot, screen, Qt.Key.Key_1)
    press(qtbot, screen, Qt.Key.Key_3)
    press(qtbot, screen, Qt.Key.Key_Escape)
    with qtbot.waitSignal(screen.done) as done:
        press(qtbot, screen, Qt.Key.Key_Z, CTRL)
    assert done.args == ["已撤销：将第 2 项改为合理缺项"]
    assert list(stored(ctx, visit)) == [1]
    assert chosen(screen) == []


def counted(screen):
    """Turn to the first question that asks for numbers."""
    form = screen.filling.view.form
    question = next(each for each in form.questions if each.answer_type.value == "count")
    screen.show_question(question.id)
    return question


def test_a_question_that_counts_asks_for_its_numbers_before_it_goes_on(screen, ctx, visit, qtbot):
    question = counted(screen)
    press(qtbot, screen, Qt.Key.Key_1)
    assert screen.focusWidget() is next(iter(screen.card.details.editors.values()))
    qtbot.waitUntil(lambda: at(ctx, visit) == question.number)  # the place is set down when one rests there


def test_a_number_that_is_none_is_refused_beside_its_field(screen, ctx, visit, qtbot):
    question = counted(screen)
    press(qtbot, screen, Qt.Key.Key_1)
    qtbot.keyClicks(screen.focusWidget(), "abc")
    press(qtbot, screen, Qt.Key.Key_Escape)
    assert "没有保存" in screen.card.stamp.text()
    assert "正整数" in next(iter(screen.card.details.fields.values())).error
    assert stored(ctx, visit)[question.number].details == {}


def test_a_photo_is_attached_and_one_announced(screen, ctx, visit, qtbot, tmp_path, monkeypatch):
    (tmp_path / "photo.jpg").write_bytes(picture())
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_arguments: ([str(tmp_path / "photo.jpg")], ""))
    with qtbot.waitSignal(screen.done, timeout=10_000):
        press(qtbot, screen, Qt.Key.Key_F6)
    screen.card.announce.click()
    photos = filling.open_form(ctx, visit).photos
    assert [photo.announced for photo in photos] == [False, True]


def test_a_picture_that_is_none_is_named(screen, qtbot, tmp_path):
    (tmp_path / "no.jpg").write_bytes(b"no picture")
    with qtbot.waitSignal(screen.failed, timeout=10_000) as failed:
        screen.filling.photos.attach([tmp_path / "no.jpg"])
    assert failed.args[0].problems[0].remedy


def test_without_a_visit_the_screen_says_what_would_be_here(ctx, jobs, qtbot):
    screen = shown(ctx, jobs, qtbot)
    jobs.wait()
    assert screen.list.is_empty


def test_whoever_may_not_plan_visits_is_told_so_at_the_button(ctx, jobs, qtbot):
    screen = shown(as_only(Role.ADMINISTRATOR, ctx), jobs, qtbot)
    assert refused(*screen.findChildren(QPushButton)) == ["安排检查(&N)", "安排检查(&N)"]
    press(qtbot, screen, Qt.Key.Key_N, CTRL)
    assert screen.list.isVisible()
