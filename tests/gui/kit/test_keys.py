"""Keys as the window system sends them: into a field, past a field, or nowhere."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from ohdesk.ui.kit.keys import KeyGuard
from ohdesk.ui.kit.lay import column

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def at(qtbot):
    """A field, a button with the letter T, and a shortcut that redoes something of the page's."""
    window = QWidget()
    window.field, window.button, window.redone = QLineEdit(), QPushButton("转交(&T)"), []
    QShortcut(QKeySequence("Ctrl+Y"), window).activated.connect(lambda: window.redone.append(True))
    column(window.field, window.button, of=window)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    KeyGuard(window).watch(window.windowHandle())
    window.field.setFocus()
    return window


def strike(at, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(at.windowHandle(), key, modifier)


def test_the_letter_of_a_button_that_cannot_be_pressed_now_is_not_typed(at):
    at.button.setEnabled(False)
    strike(at, Qt.Key.Key_T, ALT)
    assert at.field.text() == ""


def test_the_letter_of_a_button_presses_it(at, qtbot):
    with qtbot.waitSignal(at.button.clicked):
        strike(at, Qt.Key.Key_T, ALT)


def test_in_a_field_redo_is_the_fields_and_elsewhere_the_pages(at):
    strike(at, Qt.Key.Key_A)
    strike(at, Qt.Key.Key_Z, CTRL)
    strike(at, Qt.Key.Key_Y, CTRL)
    assert (at.field.text(), at.redone) == ("a", [])
    at.button.setFocus()
    strike(at, Qt.Key.Key_Y, CTRL)
    assert at.redone == [True]


def test_a_key_for_a_field_that_is_hidden_goes_nowhere(at):
    at.field.hide()
    at.field.setFocus()
    strike(at, Qt.Key.Key_A)
    assert at.field.text() == ""
