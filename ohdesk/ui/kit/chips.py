"""Words on a soft ground: filters of a list with their counts, and states; never colour alone."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QLabel, QPushButton, QSizePolicy, QWidget

from ohdesk.i18n import mark, tr
from ohdesk.ui.kit.lay import clear, grow, repaint_state, row, say

# Which letter is the highest risk depends on the scheme: 甲 is lowest under the 2022 pilot, highest in the older guide.
_RISK = {
    "pilot2022": {"甲": "ok", "乙": "warn", "丙": "bad"},
    "guide2019": {"甲": "bad", "乙": "warn", "丙": "ok"},
}
_SCHEMES = {"pilot2022": mark("2022 试点"), "guide2019": mark("2019 指南")}


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


class StatusChip(QLabel):
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


def risk_kind(risk_class: str, scheme: str) -> str:
    """Return the kind of a risk class under its scheme; "plain" where the scheme is not stated."""
    return _RISK.get(scheme, {}).get(risk_class[:1], "plain")


def risk_text(risk_class: str, scheme: str) -> str:
    """Return the class with its scheme, as in "丙类（2022 试点）"; empty without a class."""
    if not risk_class:
        return ""
    letter = risk_class[:1]
    name = tr(_SCHEMES[scheme]) if scheme in _SCHEMES else (scheme or tr("分类依据未注明"))
    return tr("{letter}类（{scheme}）", letter=letter, scheme=name)
