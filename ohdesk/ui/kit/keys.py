"""Keys: none does anything where nobody sees it, and one that is held down is told from one pressed again."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QWindow
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit

from ohdesk.ui import theme

ENTERS = {Qt.Key.Key_Return, Qt.Key.Key_Enter}
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


class HeldKey:
    """Remembers when the last key went down and up, by the times the window system gives.

    Qt marks repeats only where the system says so. X through a remote desktop sends a release and a press for each,
    some viewers presses alone; then only the times tell: nobody lets go of a key and presses it within `held_gap_ms`,
    nor twice within `same_key_after_ms`.  Another key in between ends the holding, as it does at the keyboard.
    """

    def __init__(self) -> None:
        self._key = 0
        self._down = 0
        self._up: int | None = None

    def is_held(self, press: QKeyEvent) -> bool:
        """Take note of a press; True when it only continues the one before."""
        at, same = press.timestamp(), press.key() == self._key
        before, let_go = self._down, self._up
        self._key, self._down, self._up = press.key(), at, None
        if press.isAutoRepeat():
            return True
        if not same or not at:  # without a time nothing can be told
            return False
        if let_go is None:  # a release that went to another window is missing too, so this ends after a while
            return at - before < theme.layout("held_again_ms")
        return at - let_go < theme.layout("held_gap_ms") or at - before < theme.layout("same_key_after_ms")

    def let_go(self, release: QKeyEvent) -> None:
        """Take note of a release."""
        if release.key() == self._key:
            self._up = release.timestamp()
