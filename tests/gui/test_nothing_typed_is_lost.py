"""Filling by real keys: they go where the window system sends them, and what is typed is kept or said not to be."""

import pytest
from PySide6.QtCore import QEvent, QMimeData, QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QPushButton
from sqlalchemy import text

from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.visit import filling
from ohdesk.ui import theme
from ohdesk.ui.screens.unlock.cards import Credentials
from ohdesk.ui.screens.visit.steps import Page
from tests.conftest import PASSWORD, noon, town_workspace
from tests.gui.hands import CTRL, Hands
from tests.gui.showing import at_the_desk
from tests.visiting import started_visit

SHIFT = Qt.KeyboardModifier.ShiftModifier
LONG = "查" * 5_250


@pytest.fixture
def folder(tmp_path):
    return town_workspace(tmp_path / "town")


@pytest.fixture
def visit(folder):
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        return started_visit(ctx)


@pytest.fixture
def hands(qtbot, folder, visit):
    return at_the_checklist(qtbot, folder)


def at_the_checklist(qtbot, folder):
    window = at_the_desk(folder, qtbot, first_screen="visit")
    window.resize(QSize(1366, 705))
    return Hands(qtbot, window)


def screen(hands):
    return hands.window.desk.screen_of("visit")


def card(hands):
    return screen(hands).card


def view(hands, visit):
    return filling.open_form(screen(hands).ctx, visit)


def stored(hands, visit):
    opened = view(hands, visit)
    return {opened.form.by_id[question].number: each.answer for question, each in opened.answers.items()}


def counted(hands):
    """Turn to the question that asks for two numbers."""
    question = screen(hands).filling.view.form.by_id["H05"]
    screen(hands).show_question(question.id)
    return question


@pytest.fixture
def full_disk(hands):
    """Have no answer stored until called, as on a disk that is full."""
    ctx = screen(hands).ctx

    def run(statement):
        with ctx.transaction() as session:
            session.execute(text(statement))

    run("CREATE TRIGGER no_room BEFORE INSERT ON answer BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END")
    return lambda: run("DROP TRIGGER no_room")


def test_after_a_failed_save_the_next_digit_is_an_answer(hands, visit, full_disk):
    hands.strike(Qt.Key.Key_1)
    assert "没有保存" in card(hands).stamp.text()
    assert "磁盘已满" in hands.notice
    full_disk()
    hands.strike(Qt.Key.Key_2)
    assert stored(hands, visit)[1].value is AnswerValue.NOT_MET
    assert "磁盘" not in hands.notice


def test_the_same_digit_again_saves_what_failed(hands, visit, full_disk):
    hands.strike(Qt.Key.Key_1)
    full_disk()
    hands.strike(Qt.Key.Key_1)
    assert stored(hands, visit) == {1: Answer(AnswerValue.MET)}
    assert "第 2 项" in card(hands).head.place.text()


def test_nobody_goes_on_from_what_is_not_saved_and_going_on_tries_again(hands, visit, full_disk):
    hands.strike(Qt.Key.Key_4)
    hands.strike(Qt.Key.Key_PageDown)
    assert "第 1 项" in card(hands).head.place.text()
    screen(hands).show_page(Page.LEAVING)
    assert screen(hands).front is Page.FILLING
    full_disk()
    hands.strike(Qt.Key.Key_PageDown)
    assert "第 2 项" in card(hands).head.place.text()
    assert stored(hands, visit) == {1: Answer(AnswerValue.NOT_INSPECTED)}


def test_text_that_could_not_be_saved_outlives_locking(hands, visit, full_disk, folder):
    hands.strike(Qt.Key.Key_4)
    hands.strike(Qt.Key.Key_Slash)
    hands.enter("资料柜上锁")
    hands.window.lock()
    hands.window.open_workspace(Credentials(folder, "李旸", PASSWORD))
    hands.wait(lambda: hands.window.desk is not None)
    assert card(hands).text.toPlainText() == "资料柜上锁"


def test_closing_with_something_unsaved_says_so_and_only_the_second_time_closes(hands, visit, full_disk):
    hands.strike(Qt.Key.Key_4)
    hands.window.close()
    assert hands.window.isVisible()
    assert "再关一次" in hands.window.desk.notice.remedy
    full_disk()
    hands.strike(Qt.Key.Key_4)
    hands.window.close()
    assert not hands.window.isVisible()


def test_on_a_small_screen_the_text_one_types_into_is_seen_whole(hands, visit):
    hands.window.resize(QSize(910, 480))
    counted(hands)
    hands.strike(Qt.Key.Key_2)
    text = hands.focus
    hands.wait(lambda: text.visibleRegion().boundingRect().height() == text.height())


def test_a_text_too_long_is_there_again_and_its_item_stays_incomplete(hands, visit, qtbot, folder):
    hands.strike(Qt.Key.Key_2)
    hands.replace(LONG)
    hands.strike(Qt.Key.Key_Escape)
    assert "没有保存" in card(hands).stamp.text()
    hands.strike(Qt.Key.Key_PageDown)
    hands.strike(Qt.Key.Key_PageUp)
    assert card(hands).text.toPlainText() == LONG
    assert "4000" in card(hands).text_field.error
    assert next(row for row in view(hands, visit).outline if row.question.number == 1).incomplete
    hands.window.close()
    again = at_the_checklist(qtbot, folder)
    assert card(again).text.toPlainText() == LONG


def test_beside_a_number_refused_the_other_is_saved_and_both_are_there_again(hands, visit):
    question = counted(hands)
    hands.strike(Qt.Key.Key_1)
    asked, aware = card(hands).details.editors.values()
    hands.enter("12x")
    hands.strike(Qt.Key.Key_Tab)
    assert hands.focus is aware
    hands.enter("2")
    hands.strike(Qt.Key.Key_PageUp)
    assert stored(hands, visit)[question.number].details == {"aware": "2"}
    hands.strike(Qt.Key.Key_PageDown)
    assert (asked.text(), aware.text()) == ("12x", "2")
    assert "没有保存" in card(hands).stamp.text()


def test_what_was_refused_is_listed_before_signing(hands, visit):
    question = counted(hands)
    hands.strike(Qt.Key.Key_1)
    hands.enter("12x")
    screen(hands).show_page(Page.LEAVING)
    assert any(f"第 {question.number} 项" in said for said in hands.column("审阅时会缺什么", 1))
    screen(hands).page(Page.LEAVING).submit()
    assert "不能签名" in screen(hands).page(Page.LEAVING).fault


def test_numbers_typed_before_the_answer_are_there_when_one_comes_back(hands, visit):
    counted(hands)
    hands.strike(Qt.Key.Key_Tab)
    hands.enter("3")
    hands.strike(Qt.Key.Key_PageUp)
    hands.strike(Qt.Key.Key_PageDown)
    assert next(iter(card(hands).details.editors.values())).text() == "3"
    assert "未答" in card(hands).stamp.text()


def test_a_remark_typed_before_the_answer_stays_with_it(hands, visit):
    hands.strike(Qt.Key.Key_Slash)
    hands.enter("文件在二楼")
    hands.strike(Qt.Key.Key_Escape)
    hands.strike(Qt.Key.Key_1)
    assert stored(hands, visit) == {1: Answer(AnswerValue.MET, fact="文件在二楼")}


def test_the_stamp_says_when_newer_text_is_not_saved_yet(hands, visit):
    hands.strike(Qt.Key.Key_4)
    assert "已保存" in card(hands).stamp.text()
    hands.enter("上锁")
    assert "未保存" in card(hands).stamp.text()
    hands.wait(lambda: "已保存" in card(hands).stamp.text())
    assert stored(hands, visit)[1].reason == "上锁"


def test_pasted_text_is_saved_at_once(hands, visit):
    hands.strike(Qt.Key.Key_4)
    pasted = QMimeData()
    pasted.setText("当日该岗位停产，负责人不在现场，未能查看。")
    QGuiApplication.clipboard().setMimeData(pasted)
    hands.strike(Qt.Key.Key_V, CTRL)
    QApplication.processEvents()
    assert stored(hands, visit)[1].reason == "当日该岗位停产，负责人不在现场，未能查看。"


def test_text_is_saved_before_a_third_of_a_second_has_gone():
    assert theme.layout("text_saved_after_ms") <= 300


def test_enter_in_a_number_saves_and_goes_on(hands, visit):
    question = counted(hands)
    hands.strike(Qt.Key.Key_1)
    hands.enter("2")
    hands.strike(Qt.Key.Key_Return)
    assert hands.focus is list(card(hands).details.editors.values())[1]
    hands.enter("1")
    hands.strike(Qt.Key.Key_Return)
    assert stored(hands, visit)[question.number].details == {"asked": "2", "aware": "1"}
    assert f"第 {question.number + 1} 项" in card(hands).head.place.text()


def test_tab_goes_from_the_answers_to_the_numbers_the_note_the_photo_and_on(hands, visit):
    counted(hands)
    hands.strike(Qt.Key.Key_2)
    hands.replace("没有记录")  # in a sentence with open places Tab goes to the next of them
    hands.strike(Qt.Key.Key_Escape)
    way = [hands.focus]
    for _ in range(8):  # the three other answers are reached by arrows
        hands.strike(Qt.Key.Key_Tab)
        way.append(hands.focus)
    shown = card(hands)
    assert way[0] is shown.answers.by_value[AnswerValue.NOT_MET]
    assert way[1:4] == [*shown.details.editors.values(), shown.text]
    words = ("附照片", "待补", "全部照片", "上一项", "下一项")
    assert all(word in each.text() for word, each in zip(words, way[4:], strict=True))


def test_within_the_text_undo_and_redo_are_the_texts_own(hands, visit):
    hands.strike(Qt.Key.Key_4)
    hands.enter("资料柜上锁")
    hands.wait(lambda: stored(hands, visit)[1].reason == "资料柜上锁")
    hands.enter("，负责人不在")
    hands.strike(Qt.Key.Key_Z, CTRL)
    assert card(hands).text.toPlainText() == "资料柜上锁"
    hands.strike(Qt.Key.Key_Y, CTRL)
    assert card(hands).text.toPlainText() == "资料柜上锁，负责人不在"
    assert stored(hands, visit)[1].value is AnswerValue.NOT_INSPECTED


def test_within_a_number_undo_and_redo_are_the_fields_own(hands, visit):
    question = counted(hands)
    hands.strike(Qt.Key.Key_1)
    editor = hands.focus
    hands.enter("12")
    hands.strike(Qt.Key.Key_Z, CTRL)
    assert editor.text() == ""
    hands.strike(Qt.Key.Key_Y, CTRL)
    assert editor.text() == "12"
    assert question.number in stored(hands, visit)


def test_at_the_answers_undo_takes_back_the_last_answer(hands, visit):
    hands.strike(Qt.Key.Key_1)
    hands.strike(Qt.Key.Key_Z, CTRL)
    assert stored(hands, visit) == {}


def held(hands, key, times, *, released):
    """Hold a digit down as X and remote desktops send it: never marked as repeated, with or without releases."""
    at = 1_000
    for count in range(times):
        sent(hands, QEvent.Type.KeyPress, key, at)
        if released:
            at += 500 if count == 0 else 40
            sent(hands, QEvent.Type.KeyRelease, key, at)
        else:
            at += 500 if count == 0 else 40


def sent(hands, kind, key, at):
    event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, chr(key) if key < Qt.Key.Key_Escape else "")
    event.setTimestamp(at)
    QApplication.sendEvent(hands.focus, event)


@pytest.mark.parametrize("released", [True, False])
def test_a_key_held_down_answers_once_however_it_is_sent(hands, visit, released):
    held(hands, Qt.Key.Key_1, 40, released=released)
    assert list(stored(hands, visit)) == [1]


def test_the_same_key_pressed_again_after_letting_go_answers_again(hands, visit):
    for count in range(5):
        sent(hands, QEvent.Type.KeyPress, Qt.Key.Key_1, 1_000 + 180 * count)
        sent(hands, QEvent.Type.KeyRelease, Qt.Key.Key_1, 1_080 + 180 * count)
    assert list(stored(hands, visit)) == [1, 2, 3, 4, 5]


def test_different_keys_however_fast_are_none_of_them_lost(hands, visit):
    keys = (Qt.Key.Key_1, Qt.Key.Key_Minus, Qt.Key.Key_3, Qt.Key.Key_Escape, Qt.Key.Key_PageDown, Qt.Key.Key_1)
    for count, key in enumerate(keys):
        sent(hands, QEvent.Type.KeyPress, key, 1_000 + count)
        sent(hands, QEvent.Type.KeyRelease, key, 1_001 + count)
    assert {number: answer.value for number, answer in stored(hands, visit).items()} == {
        1: AnswerValue.NOT_APPLICABLE,
        2: AnswerValue.MET,
    }


def test_an_answer_that_has_the_focus_does_not_look_chosen(hands, visit):
    button = hands.focus
    assert isinstance(button, QPushButton)
    waiting = button.grab().toImage()
    button.setChecked(True)
    chosen = button.grab().toImage()
    screen(hands).filling.outline.search.setFocus()
    chosen_elsewhere = button.grab().toImage()
    inside = (button.width() // 6, button.height() // 5)
    assert waiting.pixelColor(*inside) == theme.colour("surface")
    assert chosen.pixelColor(*inside) == chosen_elsewhere.pixelColor(*inside) != theme.colour("surface")


def test_when_everything_is_answered_it_says_what_comes_next_and_next_goes_there(hands, visit):
    ctx = screen(hands).ctx
    filling.save_rest_as_not_inspected(ctx, visit, "停产")
    screen(hands).open_visit(visit)
    screen(hands).show_page(Page.FILLING)
    assert any("离场" in said and "75" in said for said in hands.seen())
    last = screen(hands).filling.view.form.questions[-1]
    screen(hands).show_question(last.id)
    hands.strike(Qt.Key.Key_Return)
    assert screen(hands).front is Page.LEAVING


def test_a_digit_at_the_last_question_stays_there_and_enter_goes_to_the_leaving(hands, visit):
    last = screen(hands).filling.view.form.questions[-1]
    screen(hands).show_question(last.id)
    hands.strike(Qt.Key.Key_1)
    assert screen(hands).front is Page.FILLING
    assert hands.can_see("离场  Enter")
    hands.strike(Qt.Key.Key_Return)
    assert screen(hands).front is Page.LEAVING


def test_alt_and_a_letter_never_type_into_a_field(hands, visit):
    hands.strike(Qt.Key.Key_4)
    hands.strike(Qt.Key.Key_T, Qt.KeyboardModifier.AltModifier)
    assert isinstance(hands.focus, QPlainTextEdit)
    assert hands.focus.toPlainText() == ""
    hands.strike(Qt.Key.Key_F, CTRL)
    hands.strike(Qt.Key.Key_T, Qt.KeyboardModifier.AltModifier | SHIFT)
    assert isinstance(hands.focus, QLineEdit)
    assert hands.focus.text() == ""


def test_a_key_for_something_hidden_goes_nowhere(hands, visit):
    note = card(hands).text
    assert not note.isVisible()
    note.setFocus()
    hands.strike(Qt.Key.Key_2)
    assert note.toPlainText() == ""
