"""A few answers side by side, each given by one key."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from ohdesk.ui.kit.chips import chip
from ohdesk.ui.kit.lay import clear, column, grow, row

_MOVES = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


class Options(QWidget):
    """At most one is chosen: Alt and its letter, a click or Space; arrows move, Delete takes the choice back."""

    chosen = Signal(str)

    def __init__(self, *, upright: bool = False, lasting: bool = False) -> None:
        """lasting: one always is chosen, and can only be changed for another"""
        super().__init__()
        self._upright, self._lasting = upright, lasting
        self.buttons: dict[str, QPushButton] = {}
        lay = column if upright else row
        self._answers = lay()
        lay(self._answers, grow(), of=self)

    @property
    def value(self) -> str:
        """The key that is chosen, empty when none is."""
        return next((key for key, each in self.buttons.items() if each.isChecked()), "")

    def show_options(self, options: Sequence[tuple[str, str]], letters: str = "") -> None:
        """Offer other answers as (key, word), the first by the first letter; the one chosen stays if still there."""
        held = self.value
        clear(self._answers)
        self.buttons = {
            key: self._button(key, word, letters[place : place + 1]) for place, (key, word) in enumerate(options)
        }
        for each in self.buttons.values():
            self._answers.addWidget(each)
            each.show()  # at once, so that its letter counts at once
        if self.buttons:
            self.setFocusProxy(next(iter(self.buttons.values())))
        self.choose(held)

    def choose(self, key: str) -> None:
        """Show a choice; an unknown key shows none."""
        for each, shown in self.buttons.items():
            shown.setChecked(each == key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and not event.modifiers():
            if event.key() in _MOVES and isinstance(watched, QPushButton):
                buttons = list(self.buttons.values())
                place = buttons.index(watched) + _MOVES[Qt.Key(event.key())]
                buttons[max(0, min(place, len(buttons) - 1))].setFocus(Qt.FocusReason.TabFocusReason)
                return True
            if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace} and not self._lasting:
                self._pick("")
                return True
        return False

    def _pick(self, key: str) -> None:
        self.choose(key)
        self.chosen.emit(key)

    def _button(self, key: str, word: str, letter: str) -> QPushButton:
        made = chip(f"{word}(&{letter})" if letter else word)
        made.setProperty("upright", self._upright)
        made.setAccessibleName(word)
        made.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)  # it would take the letters for itself
        made.installEventFilter(self)
        made.clicked.connect(lambda _checked: self._pick(key))
        return made
