"""What stands in an editor, whatever kind it is, as the text by which it is kept and saved."""

from typing import Protocol, runtime_checkable

from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from ohdesk.ui import theme
from ohdesk.ui.kit.day_edit import DayEdit


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
    """Put a value into an editor; where it is none of a list's choices, the first is chosen."""
    if isinstance(editor, QComboBox):
        editor.setCurrentIndex(max(0, editor.findData(value)))
    elif isinstance(editor, DayEdit):
        editor.set_day(value)
    elif isinstance(editor, QPlainTextEdit):
        editor.setPlainText(value)
    elif isinstance(editor, Chooser):
        editor.choose(value)
    elif isinstance(editor, QLineEdit):
        editor.setText(value)


def note_edit(lines: int = 0) -> QPlainTextEdit:
    """Return a text of several lines that Tab leaves; lines: how high it is, 0 for as high as there is room."""
    made = QPlainTextEdit()
    made.setTabChangesFocus(True)
    if lines:
        made.setFixedHeight(theme.size("row") * lines)
    return made
