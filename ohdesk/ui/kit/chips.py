"""Words on a soft ground: filters of a list with their counts, a few answers, and states; never colour alone."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QPushButton, QSizePolicy, QWidget

from ohdesk.ui.kit.flow import Flow
from ohdesk.ui.kit.label import Label
from ohdesk.ui.kit.lay import clear, column, grow, repaint_state, row, say

_MOVES = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


def chip(words: str = "") -> QPushButton:
    """Return one of several answers: a button that is pressed down while it holds."""
    made = QPushButton(words)
    made.setCheckable(True)
    made.setProperty("chip", True)
    return made


class FilterChips(QWidget):
    """A row of words of which exactly one is chosen; arrows move, a click or Space chooses."""

    chosen = Signal(str)
    gap = "gap_small"

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setAccessibleName(name)
        self._buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._group.buttonToggled.connect(self._toggled)
        self._line = Flow(gap=self.gap)
        self.setLayout(self._line)

    @property
    def current(self) -> str:
        """The key of the filter in force; "" while there is none."""
        return next((key for key, button in self._buttons.items() if button.isChecked()), "")

    @property
    def keys(self) -> list[str]:
        """The keys of the filters there are."""
        return list(self._buttons)

    @property
    def first(self) -> str:
        """The key of the first filter, "" while there is none."""
        return next(iter(self._buttons), "")

    def show_chips(self, chips: Sequence[tuple[str, str, int | None]]) -> None:
        """Show filters as (key, label, count); the one in force stays if it is still there, else the first is."""
        held = self.current
        if tuple(key for key, _, _ in chips) != tuple(self._buttons):
            self._build([key for key, _, _ in chips])
        for key, label, count in chips:
            button = self._buttons[key]
            button.setText(label if count is None else f"{label} {count}")
            button.setAccessibleName(f"{self._name} {button.text()}")
        if chips:
            self._check(held if held in self._buttons else chips[0][0])

    def choose(self, key: str) -> None:
        """Put a filter in force and say so, as a click does."""
        if key in self._buttons and not self._buttons[key].isChecked():
            self._buttons[key].setChecked(True)

    def _build(self, keys: Sequence[str]) -> None:
        for button in self._buttons.values():
            self._group.removeButton(button)
        clear(self._line)
        self._buttons = {key: self.button() for key in keys}
        for button in self._buttons.values():
            self._group.addButton(button)
            self._line.addWidget(button)

    def button(self) -> QPushButton:
        """Return one of the words."""
        return chip()

    def _check(self, key: str) -> None:
        self._group.blockSignals(True)  # shown anew, not chosen: whoever lists must not list again
        self._buttons[key].setChecked(True)
        self._group.blockSignals(False)
        self._buttons[key].updateGeometry()

    def _toggled(self, button: QPushButton, checked: bool) -> None:
        button.updateGeometry()  # the frame of the one in force is thicker
        if checked:
            self.chosen.emit(next(key for key, each in self._buttons.items() if each is button))


class Tabs(FilterChips):
    """Names of what stands in one place, of which one is in front."""

    gap = ""

    def button(self) -> QPushButton:
        made = QPushButton()
        made.setCheckable(True)
        made.setProperty("tab", True)
        return made

    def turn(self, steps: int) -> None:
        """Go to the one so many steps on, or before where they are negative; it stays at the last and the first."""
        if self.keys:
            self.choose(self.keys[max(0, min(self.keys.index(self.current) + steps, len(self.keys) - 1))])


class StatusChip(Label):
    """A short word, or a sentence that wraps; kind "ok", "warn", "bad" or "plain"."""

    def __init__(self, *, wraps: bool = False) -> None:
        super().__init__()
        self.setWordWrap(wraps)
        width = QSizePolicy.Policy.Preferred if wraps else QSizePolicy.Policy.Maximum
        self.setSizePolicy(width, QSizePolicy.Policy.Maximum)
        self.setProperty("chip", "plain")
        self.hide()

    def show_state(self, text: str, kind: str) -> None:
        """Show a word of this kind; an empty word shows nothing."""
        say(self, text)
        repaint_state(self, "chip", kind)


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
        gap = " " if word[-1:].isascii() else ""  # Chinese needs none
        made = chip(f"{word}{gap}(&{letter})" if letter else word)
        made.setProperty("upright", self._upright)
        made.setAccessibleName(word)
        made.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)  # it would take the letters for itself
        made.installEventFilter(self)
        made.clicked.connect(lambda _checked: self._pick(key))
        return made
