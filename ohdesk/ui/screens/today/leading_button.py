"""A button of 今日 that leads to a thing on another screen."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton

_ENTERS = {Qt.Key.Key_Return, Qt.Key.Key_Enter}
_BEFORE, _AFTER = {Qt.Key.Key_Up, Qt.Key.Key_Left}, {Qt.Key.Key_Down, Qt.Key.Key_Right}


class LeadingButton(QPushButton):
    """Enter presses it; arrows, Home and End go to those among which it stands."""

    wanted = Signal(str, str)

    def __init__(self, words: str, screen: str, thing: str, among: list["LeadingButton"]) -> None:
        super().__init__(words)
        self._among = among
        self.setToolTip("Enter")
        self.clicked.connect(lambda: self.wanted.emit(screen, thing))
        among.append(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, here, last = event.key(), self._among.index(self), len(self._among) - 1
        if key in _ENTERS:
            self.click()
        elif key in _BEFORE:
            self._go_to(max(here - 1, 0))
        elif key in _AFTER:
            self._go_to(min(here + 1, last))
        elif key in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            self._go_to(0 if key == Qt.Key.Key_Home else last)
        else:
            super().keyPressEvent(event)

    def _go_to(self, place: int) -> None:
        self._among[place].setFocus(Qt.FocusReason.TabFocusReason)
