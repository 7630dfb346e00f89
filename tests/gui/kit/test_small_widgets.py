"""Header, day, password, chips, question and steps, driven by keyboard."""

import pytest
from PySide6 import QtGui
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ohdesk.ui.kit.chips import FilterChips
from ohdesk.ui.kit.confirm import Confirm
from ohdesk.ui.kit.day_edit import DayEdit
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.field import PasswordEdit
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.lay import box, column, text
from ohdesk.ui.kit.line_row import PathRow
from ohdesk.ui.kit.scroll import FollowingScroll
from ohdesk.ui.kit.step_page import StepBar


@pytest.fixture
def shown(qtbot):
    """Put a widget into a window that has the keyboard."""
    windows = []

    def show(widget):
        window = QWidget()
        windows.append(window)
        QVBoxLayout(window).addWidget(widget)
        qtbot.addWidget(window)
        with qtbot.waitActive(window):
            window.show()
        return window

    return show


def test_running_text_shows_markup_as_it_was_typed(shown):
    label, plain = text("<h1>石桥</h1>"), QLabel("<h1>石桥</h1>")
    plain.setTextFormat(Qt.TextFormat.PlainText)
    shown(label)
    assert (label.textFormat(), label.sizeHint()) == (Qt.TextFormat.PlainText, plain.sizeHint())


@pytest.mark.parametrize(
    "words", ["石桥镇", "甲 & 乙", "a &lt; b", "<h1>石桥</h1>", "<img src='//far/away.png'>\n第二行"]
)
def test_a_tool_tip_shows_markup_as_it_was_typed(words):
    shown = plain_tip(words)
    if QtGui.Qt.mightBeRichText(shown):
        document = QTextDocument()
        document.setHtml(shown)
        shown = document.toPlainText()
    assert shown == words


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-03-31", "2026-03-31"),
        ("20260331", "2026-03-31"),
        ("3.31", "2026-03-31"),
        ("0331", "2026-03-31"),
        ("2024/2/29", "2024-02-29"),
        ("2026.3.1", "2026-03-01"),
        ("", ""),
    ],
)
def test_a_day_is_read_as_people_type_it_and_written_out_in_full(qtbot, shown, typed, day):
    edit = DayEdit("2026-01-05")
    shown(edit)
    edit.setFocus()
    qtbot.keyClicks(edit, typed)
    assert edit.day() == day
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert edit.text() == day


@pytest.mark.parametrize("typed", ["2026-02-30", "13.1", "7", "2026"])
def test_what_is_no_day_stays_as_typed_so_that_it_can_be_named(qtbot, typed):
    edit = DayEdit("2026-01-05")
    qtbot.addWidget(edit)
    qtbot.keyClicks(edit, typed)
    assert not edit.is_day
    assert edit.day() == typed


@pytest.mark.parametrize("typed", ["13月9", "查", "30.2"])
def test_a_day_can_be_typed_over_what_was_put_back_and_is_no_day(qtbot, typed):
    edit = DayEdit("2026-01-05")
    qtbot.addWidget(edit)
    edit.set_day(typed)
    assert edit.day() == typed
    edit.selectAll()
    qtbot.keyClicks(edit, "3.31")
    assert edit.day() == "2026-03-31"


def test_without_today_a_day_without_a_year_is_not_guessed(qtbot):
    edit = DayEdit()
    qtbot.addWidget(edit)
    qtbot.keyClicks(edit, "3.31")
    assert not edit.is_day


def test_chinese_and_full_width_days_are_read(qtbot, commit_text):
    edit = DayEdit()
    qtbot.addWidget(edit)
    commit_text(edit, "２０２６年3月9日")
    assert edit.day() == "2026-03-09"


def test_arrows_move_the_day_and_page_keys_the_month(qtbot):
    edit = DayEdit()
    qtbot.addWidget(edit)
    edit.set_day("2026-01-31")
    seen = []
    edit.day_changed.connect(seen.append)
    for key in (Qt.Key.Key_PageUp, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageDown):
        qtbot.keyClick(edit, key)
    assert seen == ["2026-02-28", "2026-03-01", "2026-02-28", "2026-01-28"]


def test_an_arrow_in_an_empty_day_starts_today(qtbot):
    edit = DayEdit("2026-03-02")
    qtbot.addWidget(edit)
    qtbot.keyClick(edit, Qt.Key.Key_Up)
    assert edit.day() == "2026-03-02"


def test_a_password_is_not_shown(qtbot):
    edit = PasswordEdit()
    qtbot.addWidget(edit)
    qtbot.keyClicks(edit, "secret")
    assert (edit.text(), edit.displayText()) != ("secret", "secret")
    assert edit.text() == "secret"


def test_a_header_keeps_its_height_with_much_to_say(qtbot):
    header = Header("问题整改")
    qtbot.addWidget(header)
    height = header.height()
    header.say("古井镇，共 312 家，" * 12)
    header.add(QPushButton("导出(&O)"))
    header.resize(700, height)
    header.show()
    assert header.height() == height
    assert header.minimumSizeHint().width() <= 700


def chips(qtbot):
    row = FilterChips("筛选")
    qtbot.addWidget(row)
    row.show_chips([("all", "全部", None), ("late", "逾期", 1), ("due", "本周到期", 3)])
    return row


def test_the_first_filter_is_in_force_until_another_is_chosen(qtbot):
    row = chips(qtbot)
    assert row.current == "all"
    with qtbot.waitSignal(row.chosen) as told:
        row.choose("due")
    assert told.args == ["due"]
    row.show_chips([("all", "全部", None), ("late", "逾期", 2), ("due", "本周到期", 4)])
    assert row.current == "due"


def test_counts_change_without_choosing_again(qtbot):
    row = chips(qtbot)
    seen = []
    row.chosen.connect(seen.append)
    row.show_chips([("all", "全部", None), ("late", "逾期", 9)])
    assert seen == []
    assert "逾期 9" in [each.text() for each in row.findChildren(QPushButton)]


def test_arrows_move_among_the_filters(qtbot, shown):
    row = chips(qtbot)
    shown(row)
    first = next(each for each in row.findChildren(QPushButton) if each.isChecked())
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Right)
    assert row.current == "late"


def test_a_question_is_answered_by_its_safe_button_on_enter(qtbot, shown):
    question = Confirm()
    shown(question)
    assert question.isHidden()
    question.ask("作废 3 份文书。作废后不能恢复。", "作废(&V)")
    safe = question.focusWidget()
    with qtbot.waitSignal(question.declined):
        qtbot.keyClick(safe, Qt.Key.Key_Return)
    assert question.isHidden()


def test_esc_declines_a_question_even_where_the_screen_uses_esc(qtbot, shown):
    question = Confirm(password=True)
    window = shown(question)
    pressed = []
    QShortcut(QKeySequence("Esc"), window).activated.connect(lambda: pressed.append("screen"))
    question.ask("作废？", "作废(&V)")
    with qtbot.waitSignal(question.declined):
        qtbot.keyClick(question.focusWidget(), Qt.Key.Key_Escape)
    assert pressed == []


def test_a_password_is_wanted_before_anything_happens(qtbot, shown):
    question = Confirm(password=True)
    shown(question)
    question.ask("抹去？", "抹去(&V)")
    field = question.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.accessibleName() == "密码"
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert not question.isHidden()
    qtbot.keyClicks(field, "secret")
    with qtbot.waitSignal(question.confirmed) as told:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert told.args == ["secret"]


def test_tab_goes_from_the_password_to_the_answers(qtbot, shown):
    question, before, after = Confirm(password=True), QLineEdit(), QLineEdit()
    shown(box(column(before, question, after)))
    question.ask("抹去？", "抹去(&V)")
    focused = [question.focusWidget()]
    for _ in range(3):
        qtbot.keyClick(focused[-1], Qt.Key.Key_Tab)
        focused.append(question.window().focusWidget())
    assert [each.text() for each in focused[1:3]] == ["先不做(&Q)", "抹去(&V)"]
    assert focused[3] is after
    focused[0].setFocus()
    qtbot.keyClick(focused[0], Qt.Key.Key_Backtab)
    assert question.window().focusWidget() is before


def test_a_password_given_to_a_question_does_not_stay_in_it(qtbot, shown):
    question = Confirm(password=True)
    shown(question)
    question.ask("抹去？", "抹去(&V)")
    field = question.focusWidget()
    qtbot.keyClicks(field, "secret")
    with qtbot.waitSignal(question.confirmed) as told:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert told.args == ["secret"]
    assert [each.text() for each in question.findChildren(QLineEdit)] == [""]


def test_only_steps_already_reached_can_be_gone_to(qtbot, shown):
    bar = StepBar(["范围", "名单核对", "公布种子"])
    shown(bar)
    bar.show_step(1, 1)
    first, _second, third = bar.findChildren(QPushButton)
    assert not third.isEnabled()
    with qtbot.waitSignal(bar.chosen) as told:
        qtbot.keyClick(bar, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert told.args == [0]
    assert first.accessibleDescription() == "已完成"


def test_after_a_folder_was_chosen_the_focus_goes_on_to_the_next_field(qtbot, tmp_path):
    page = QWidget()
    folder, password = PathRow("选择…(&B)", lambda: tmp_path), QLineEdit()
    column(folder, password, of=page)
    qtbot.addWidget(page)
    with qtbot.waitActive(page):
        page.show()
    folder.line.setFocus()
    qtbot.mouseClick(folder.button, Qt.MouseButton.LeftButton)
    assert folder.path == tmp_path
    assert page.focusWidget() is password


def test_a_click_on_what_is_half_in_sight_counts_and_the_page_stays_where_it_is(qtbot):
    """What has the focus is brought into sight, but not from under the pointer."""
    inside = QWidget()
    lower = QPushButton("下面的按钮")
    line = QLineEdit()
    column(line, *(QLabel(f"{number}") for number in range(40)), lower, of=inside)
    area = FollowingScroll(inside)
    qtbot.addWidget(area)
    area.resize(300, 200)
    area.show()
    area.activateWindow()
    qtbot.waitUntil(area.isActiveWindow)
    line.setFocus()
    top = lower.mapTo(inside, QPoint(0, 0)).y()
    area.verticalScrollBar().setValue(top - area.viewport().height() + lower.height() // 2)
    before = area.verticalScrollBar().value()
    pressed = []
    lower.clicked.connect(lambda: pressed.append(True))
    QTest.mouseClick(
        area.windowHandle(), Qt.MouseButton.LeftButton, pos=lower.mapTo(area, QPoint(lower.width() // 2, 3))
    )
    assert pressed
    assert area.verticalScrollBar().value() == before
    line.setFocus()
    area.verticalScrollBar().setValue(before)
    lower.setFocus()
    assert area.verticalScrollBar().value() > before


def test_one_line_about_an_empty_list_takes_no_more_room_than_it_needs(shown):
    sentence = "镇街登记以后，这里列出每个镇街的回执码和下发到哪里。"
    empty = EmptyState("还没有镇街", sentence)
    shown(empty)
    about = next(each for each in empty.findChildren(QLabel) if each.text() == sentence)
    assert about.width() < about.fontMetrics().horizontalAdvance(sentence) + 40
    assert about.height() < 2 * about.fontMetrics().lineSpacing()


def test_a_list_that_is_never_shown_empty_needs_no_words_for_it(shown):
    empty = EmptyState("", "")
    shown(empty)
    assert [each.text() for each in empty.findChildren(QLabel)] == ["", ""]
