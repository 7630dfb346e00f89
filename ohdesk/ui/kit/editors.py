"""What one types and chooses in, and what stands there as the text by which it is kept and saved."""

from typing import Any, Protocol, runtime_checkable

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.day_edit import DayEdit
from ohdesk.ui.kit.field import Choice

_UnknownRole = Qt.ItemDataRole.UserRole + 1
_FEWEST_LETTERS = 6  # with the arrow
_TURNING = frozenset(
    {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End}
)


class LongChoice(Choice):
    """Words that have no room end in "…".

    Not for the prompt: whoever paints in Python makes PySide set up its names, which the prompt would wait for.
    """

    def minimumSizeHint(self) -> QSize:
        whole = super().minimumSizeHint()
        # As Qt has it, the longest word would say how narrow the form around may be.
        return QSize(min(whole.width(), self.fontMetrics().height() * _FEWEST_LETTERS), whole.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        option: Any = QStyleOptionComboBox()  # the type stubs know none of its fields
        self.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self).width()
        option.currentText = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, room)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


class ActingChoice(LongChoice):
    """A choice that is acted on at once: keys open the words, so that none is chosen on the way to another."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _TURNING or event.text().strip():
            self.showPopup()
            QApplication.sendEvent(self.view(), event)  # letters go to the word that begins so
        else:
            super().keyPressEvent(event)


class Count(QSpinBox):
    """A whole number that the wheel does not change."""

    def __init__(self, least: int, most: int, value: int) -> None:
        super().__init__()
        self.setRange(least, most)
        self.setValue(value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


@runtime_checkable
class Chooser(Protocol):
    """An editor of several parts, as a row of answers or a list to tick."""

    @property
    def value(self) -> str:
        """What is chosen, by key."""

    def choose(self, value: str, /) -> None:
        """Show a choice."""


def value_of(editor: QWidget) -> str:
    """Return the text of an editor, its ISO day, or the key of its choice."""
    if isinstance(editor, QComboBox):
        return str(editor.currentData() or "")
    if isinstance(editor, DayEdit):  # before lines of text, of which it is one
        return editor.day()
    if isinstance(editor, QPlainTextEdit):
        return editor.toPlainText()
    if isinstance(editor, Chooser):
        return editor.value
    return editor.text() if isinstance(editor, QLineEdit) else ""


def put_value(editor: QWidget, value: str) -> None:
    """Put a value into an editor; what is none of a list's choices is shown as such, and kept."""
    if isinstance(editor, QComboBox):
        _offer_unknown(editor, value)
        editor.setCurrentIndex(max(0, editor.findData(value)))
    elif isinstance(editor, DayEdit):
        editor.set_day(value)
    elif isinstance(editor, QPlainTextEdit):
        editor.setPlainText(value)
    elif isinstance(editor, Chooser):
        editor.choose(value)
    elif isinstance(editor, QLineEdit):
        editor.setText(value)


def _offer_unknown(box: QComboBox, value: str) -> None:
    with QSignalBlocker(box):  # nobody chose anything
        if (held := box.findData(True, _UnknownRole)) >= 0:  # of what was shown before
            box.removeItem(held)
        if value and box.findData(value) < 0:
            box.addItem(tr("{word}（不在列表中）", word=value), value)
            box.setItemData(box.count() - 1, True, _UnknownRole)


def note_edit(lines: int = 0) -> QPlainTextEdit:
    """Return a text of several lines that Tab leaves; lines: how high it is, 0 for as high as there is room."""
    made = QPlainTextEdit()
    made.setTabChangesFocus(True)
    if lines:
        made.setFixedHeight(theme.size("row") * lines)
    return made
