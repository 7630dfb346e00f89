"""A password with a button that shows it and a warning while the caps lock is on; a new one is typed twice."""

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6 import QtCore
from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from ohdesk.i18n import tr
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.field import Field, PasswordEdit
from ohdesk.ui.kit.lay import column, grow, row
from ohdesk.ui.screens.unlock.cards import LineRow

if TYPE_CHECKING:
    from ohdesk.ui.kit.chips import StatusChip


class _Line(PasswordEdit):
    """Tells of each key before it is typed."""

    pressed = Signal(QKeyEvent)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.pressed.emit(event)
        super().keyPressEvent(event)


class PasswordRow(LineRow):
    """The editor, its reveal button beside it, the warning under it."""

    def __init__(self) -> None:
        line = _Line()
        super().__init__(line)
        line.pressed.connect(self._look_at)
        self._lines: tuple[QLineEdit, ...] = (self.line,)
        self.reveal = button(tr("显示(&V)"), quiet=True)
        self.reveal.setCheckable(True)
        self.reveal.toggled.connect(self._reveal)
        self._column = column(row(grow(self.line), self.reveal), of=self, gap="gap_tiny")

    @cached_property
    def caps(self) -> "StatusChip":
        """The warning."""
        from ohdesk.ui.kit.chips import StatusChip  # late: seldom needed, never at once

        chip = StatusChip()
        self._column.addWidget(chip)
        return chip

    def _look_at(self, event: QKeyEvent) -> None:
        """Qt does not tell the caps lock; a letter tells it, when Shift does not agree with its case."""
        text = event.text()
        if event.key() == QtCore.Qt.Key.Key_CapsLock:
            self._warn(on=False)
        elif len(text) == 1 and text.isascii() and text.isalpha():
            self._warn(on=text.isupper() != bool(event.modifiers() & QtCore.Qt.KeyboardModifier.ShiftModifier))

    def _warn(self, *, on: bool) -> None:
        if on or "caps" in vars(self):  # asking for the chip would make it
            self.caps.show_state(tr("大写锁定（Caps Lock）已打开") if on else "", "warn")

    def reveals(self, again: QLineEdit) -> None:
        """Show the repetition together with the password."""
        self._lines += (again,)

    def _reveal(self, shown: bool) -> None:
        for line in self._lines:
            line.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self.line.setFocus()


class NewPassword:
    """The fields of a password that is being set: nobody sees what is typed, so it is typed twice."""

    def __init__(self, label: str, again: str) -> None:
        secret = PasswordRow()
        self.line, self.again = secret.line, PasswordEdit()
        secret.reveals(self.again)
        self.fields = {"password": Field(label, secret), "again": Field(again, self.again)}

    def problems(self) -> dict[str, str]:
        """Return what is wrong, by the key of its field."""
        if not self.line.text():
            return {"password": tr("请填写。")}
        return {} if self.line.text() == self.again.text() else {"again": tr("两次输入的密码不同。")}
