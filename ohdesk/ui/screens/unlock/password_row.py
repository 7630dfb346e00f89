"""A password with a button that shows it and a warning while the caps lock is on."""

from typing import TYPE_CHECKING

from PySide6 import QtCore
from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout

from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.password_edit import PasswordEdit
from ohdesk.ui.screens.unlock.cards import LineRow

if TYPE_CHECKING:
    from ohdesk.ui.kit.status_chip import StatusChip


class _Line(PasswordEdit):
    """Tells of each key before it is typed."""

    pressed = Signal(QKeyEvent)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.pressed.emit(event)
        super().keyPressEvent(event)


class PasswordRow(LineRow):
    """The editor, its reveal button beside it, the warning under it."""

    def __init__(self, reveal: str) -> None:
        line = _Line()
        super().__init__(line)
        line.pressed.connect(self._look_at)
        self._lines: tuple[QLineEdit, ...] = (self.line,)
        self.reveal = QPushButton(reveal)
        self.reveal.setProperty("quiet", True)
        self.reveal.setCheckable(True)
        self.reveal.toggled.connect(self._reveal)
        self._caps: StatusChip | None = None
        row = QHBoxLayout()
        row.setSpacing(theme.size("gap_small"))
        row.addWidget(self.line, 1)
        row.addWidget(self.reveal)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.size("gap_tiny"))
        self._column.addLayout(row)

    @property
    def caps(self) -> "StatusChip":
        """The warning."""
        if self._caps is None:
            from ohdesk.ui.kit.status_chip import StatusChip  # late: seldom needed, never at once

            self._caps = StatusChip()
            self._column.addWidget(self._caps)
        return self._caps

    def _look_at(self, event: QKeyEvent) -> None:
        """Qt does not tell the caps lock; a letter tells it, when Shift does not agree with its case."""
        text = event.text()
        if event.key() == QtCore.Qt.Key.Key_CapsLock:
            self._warn(on=False)
        elif len(text) == 1 and text.isascii() and text.isalpha():
            self._warn(on=text.isupper() != bool(event.modifiers() & QtCore.Qt.KeyboardModifier.ShiftModifier))

    def _warn(self, *, on: bool) -> None:
        if not on and self._caps is None:
            return
        self.caps.show_state(tr("大写锁定（Caps Lock）已打开") if on else "", "warn")

    def reveals(self, again: QLineEdit) -> None:
        """Show the repetition together with the password."""
        self._lines += (again,)

    def _reveal(self, shown: bool) -> None:
        for line in self._lines:
            line.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self.line.setFocus()
