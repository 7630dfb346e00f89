"""What 今日 leads to: numbers with their lists behind them, and lines with two rows of words and one button."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from ohdesk.ui import theme
from ohdesk.ui.kit.actions import equally_wide
from ohdesk.ui.kit.chips import StatusChip
from ohdesk.ui.kit.keys import ENTERS
from ohdesk.ui.kit.label import Label, plain_tip
from ohdesk.ui.kit.lay import clear, column, grow, muted, picture, repaint_state, row, text

_BEFORE, _AFTER = {Qt.Key.Key_Up, Qt.Key.Key_Left}, {Qt.Key.Key_Down, Qt.Key.Key_Right}


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says, and where its button leads.

    role, tint: icon and its colour · chip, kind: a state as a word, empty for none · screen, thing: as `wanted` says
    """

    title: str
    detail: str
    action: str
    screen: str
    thing: str = ""
    role: str = ""
    tint: str = "text_2"
    chip: str = ""
    kind: str = "plain"


class LeadingButton(QPushButton):
    """Leads to a thing on another screen: Enter presses it; arrows, Home and End go to those among which it stands."""

    wanted = Signal(str, str)

    def __init__(self, words: str, screen: str, thing: str, among: list["LeadingButton"]) -> None:
        super().__init__(words)
        self._among = among
        self.setToolTip(plain_tip("Enter"))
        self.clicked.connect(lambda: self.wanted.emit(screen, thing))
        among.append(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, here, last = event.key(), self._among.index(self), len(self._among) - 1
        if key in ENTERS:
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


class Tile(LeadingButton):
    """One number with its word; behind it is its list."""

    def __init__(self, label: str, screen: str, thing: str, among: list[LeadingButton]) -> None:
        super().__init__("", screen, thing, among)
        self._label = label
        self.setProperty("tile", True)
        self.setToolTip(plain_tip(f"{label}  Enter"))
        self.number, word = Label("", "figure"), Label(label, "muted")
        for each in (self.number, word):
            each.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)  # a press is one on the button
        self._inside = row(self.number, word, grow(), of=self, edges=("gap", "gap_small"))
        self.show_figure(None)

    def show_figure(self, number: int | None, kind: str = "") -> None:
        """Show a number; None while it is being counted. kind: "bad" for what should not be."""
        self.number.setText("…" if number is None else str(number))
        repaint_state(self.number, "kind", kind if number else "nothing")
        self.setAccessibleName(f"{self._label} {self.number.text()}")

    def sizeHint(self) -> QSize:
        # A button asks for the room of its own text, and the tile has none.
        return self._inside.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._inside.sizeHint()


class Lines(QWidget):
    """A list of things to do; emits `wanted(screen, thing)`."""

    wanted = Signal(str, str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.buttons: list[LeadingButton] = []
        self._column = column(of=self, gap="")

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show other lines; who stood on one stays on the line in its place."""
        focus = self.window().focusWidget()
        stood = next((place for place, each in enumerate(self.buttons) if each is focus), -1)
        clear(self._column)
        self.buttons = []
        for line in lines:
            made = self._line(line)
            made.setProperty("first", line is lines[0])
            self._column.addWidget(made)
            made.show()
        equally_wide(self.buttons)
        if stood >= 0 and self.buttons:
            self.buttons[min(stood, len(self.buttons) - 1)].setFocus()

    def _line(self, line: Line) -> QWidget:
        mark = picture(line.role, line.tint) if line.role else None
        buttons = []
        if line.action:
            buttons.append(LeadingButton(line.action, line.screen, line.thing, self.buttons))
            buttons[0].setAccessibleName(f"{line.title}，{line.action}")
            buttons[0].wanted.connect(self.wanted)
        return framed_line(mark, line.title, line.detail, (line.chip, line.kind), buttons)


def framed_line(
    mark: Label | None, title: str, detail: str, state: tuple[str, str], buttons: Sequence[QPushButton]
) -> QFrame:
    """Return a line: a mark, its words one below the other, a state as word and kind of chip, and its buttons."""
    made, chip = QFrame(), StatusChip()
    made.setObjectName("line")
    words = column(text(title), *((muted(detail),) if detail else ()), gap="")
    inside = row(grow(words), chip, *buttons, of=made, edges=("", "gap_small"))
    if mark is not None:
        mark.setFixedWidth(theme.size("mark"))
        inside.insertWidget(0, mark, 0, Qt.AlignmentFlag.AlignTop)
    chip.show_state(*state)  # once it is in its row: alone it would be a window of its own
    return made
