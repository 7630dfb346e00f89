"""No key does anything where nobody sees it."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QWindow
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit

_HELD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_REDO = QKeySequence("Ctrl+Y")
_FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit)


class KeyGuard(QObject):
    """Listens where keys enter a window, after shortcuts and letters of buttons had their turn.

    Swallows keys for what is hidden or disabled, and Alt with a letter that no button took: Qt would type the letter
    into the field with the focus. In a field Ctrl+Y redoes, on every system.
    """

    def watch(self, window: QWindow) -> None:
        """Guard this window."""
        window.removeEventFilter(self)
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() == QEvent.Type.KeyRelease:
            return False
        focus = QApplication.focusWidget()
        redo = isinstance(focus, _FIELDS) and QKeySequence(event.keyCombination()) == _REDO
        if event.type() == QEvent.Type.ShortcutOverride:
            if redo:
                event.accept()  # the field's, before any shortcut of the page
            return redo
        if focus is not None and not (focus.isVisible() and focus.isEnabled()):
            return True
        if redo and isinstance(focus, _FIELDS):
            focus.redo()
            return True
        held = event.modifiers() & _HELD
        return held == Qt.KeyboardModifier.AltModifier and bool(event.text()) and event.text().isprintable()
