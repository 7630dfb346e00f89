"""The notice bar by keyboard: what it offers, and how it is closed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from ohdesk.errors import UserError
from ohdesk.ui.kit.notice import NoticeBar


@pytest.fixture
def window(qtbot):
    made = QWidget()
    made.bar, made.field = NoticeBar(), QLineEdit()
    column = QVBoxLayout(made)
    column.addWidget(made.field)
    column.addWidget(made.bar)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
    made.field.setFocus()
    made.pressed = []
    made.escape = QShortcut(QKeySequence("Esc"), made)
    made.escape.activated.connect(lambda: made.pressed.append("back"))
    return made


def offered(bar):
    return [each.text() for each in bar.findChildren(QPushButton) if not each.isHidden()]


def test_what_is_done_can_offer_the_next_thing(qtbot, window):
    opened = []
    window.bar.done("已导出 3 家。", "打开文件夹(&O)", lambda: opened.append(1))
    button = next(each for each in window.bar.findChildren(QPushButton) if "&O" in each.text())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert (opened, window.bar.text) == ([1], "")
    window.bar.done("已保存。")
    assert offered(window.bar) == ["知道了(&X)"]


def test_esc_closes_what_stays_before_it_leaves_the_screen(qtbot, window):
    window.bar.error(UserError("名单不能导入。"))
    qtbot.keyClick(window.field, Qt.Key.Key_Escape)
    assert (window.bar.text, window.pressed) == ("", [])
    qtbot.keyClick(window.field, Qt.Key.Key_Escape)
    assert window.pressed == ["back"]


def test_esc_does_what_it_does_on_the_screen_while_something_done_is_said(qtbot, window):
    window.bar.done("已保存。")
    qtbot.keyClick(window.field, Qt.Key.Key_Escape)
    assert window.pressed == ["back"]


def test_esc_closes_what_is_done_where_the_screen_has_no_use_for_it(qtbot, window):
    window.escape.setEnabled(False)
    window.bar.done("已保存。")
    qtbot.keyClick(window.field, Qt.Key.Key_Escape)
    assert window.bar.text == ""


def test_an_unexpected_error_offers_the_diagnostic_file_where_it_can_be_written(qtbot, window):
    window.bar.error(ValueError("x"))
    assert offered(window.bar) == ["知道了(&X)"]
    wanted = []
    window.bar.diagnostics_wanted.connect(lambda: wanted.append(1))
    window.bar.error(ValueError("x"))
    assert "已填写的内容都已保存" in window.bar.text
    button = next(each for each in window.bar.findChildren(QPushButton) if "&G" in each.text())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert wanted == [1]
    window.bar.error(UserError("名单不能导入。"))
    assert offered(window.bar) == ["知道了(&X)"]
