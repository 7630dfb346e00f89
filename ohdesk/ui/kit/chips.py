"""Filters of a list as words with counts; one of them is in force."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QWidget

from ohdesk.ui.kit.lay import clear, grow, row


def chip(words: str = "") -> QPushButton:
    """Return one of several answers: a button that is pressed down while it holds."""
    made = QPushButton(words)
    made.setCheckable(True)
    made.setProperty("chip", True)
    return made


class FilterChips(QWidget):
    """A row of words of which exactly one is chosen; arrows move, a click or Space chooses."""

    chosen = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setAccessibleName(name)
        self._buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._group.buttonToggled.connect(self._toggled)
        self._row = row()
        row(self._row, grow(), of=self)

    @property
    def current(self) -> str:
        """The key of the filter in force; "" while there is none."""
        return next((key for key, button in self._buttons.items() if button.isChecked()), "")

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
        clear(self._row)
        self._buttons = {key: chip() for key in keys}
        for button in self._buttons.values():
            self._group.addButton(button)
            self._row.addWidget(button)

    def _check(self, key: str) -> None:
        self._group.blockSignals(True)  # shown anew, not chosen: whoever lists must not list again
        self._buttons[key].setChecked(True)
        self._group.blockSignals(False)
        self._buttons[key].updateGeometry()

    def _toggled(self, button: QPushButton, checked: bool) -> None:
        button.updateGeometry()  # the frame of the one in force is thicker
        if checked:
            self.chosen.emit(next(key for key, each in self._buttons.items() if each is button))
