"""A password with a button that shows it and a warning while the caps lock is on."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout

from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.password_edit import PasswordEdit
from ohdesk.ui.kit.status_chip import StatusChip
from ohdesk.ui.screens.unlock.cards import LineRow


class PasswordRow(LineRow):
    """The editor, its reveal button beside it, the warning under it."""

    def __init__(self, reveal: str) -> None:
        super().__init__(PasswordEdit())
        self.line.installEventFilter(self)
        self._lines: tuple[QLineEdit, ...] = (self.line,)
        self.reveal = QPushButton(reveal)
        self.reveal.setProperty("quiet", True)
        self.reveal.setCheckable(True)
        self.reveal.toggled.connect(self._reveal)
        self.caps = StatusChip()
        row = QHBoxLayout()
        row.setSpacing(theme.size("gap_small"))
        row.addWidget(self.line, 1)
        row.addWidget(self.reveal)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap_tiny"))
        column.addLayout(row)
        column.addWidget(self.caps)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            self._look_at(event)
        return super().eventFilter(watched, event)

    def _look_at(self, event: QKeyEvent) -> None:
        """Qt does not tell the caps lock; a letter tells it, when Shift does not agree with its case."""
        text = event.text()
        if event.key() == Qt.Key.Key_CapsLock:
            self._warn(on=False)
        elif len(text) == 1 and text.isascii() and text.isalpha():
            self._warn(on=text.isupper() != bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def _warn(self, *, on: bool) -> None:
        self.caps.show_state(tr("大写锁定（Caps Lock）已打开") if on else "", "warn")

    def reveals(self, again: QLineEdit) -> None:
        """Show the repetition together with the password."""
        self._lines += (again,)

    def _reveal(self, shown: bool) -> None:
        for line in self._lines:
            line.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self.line.setFocus()
