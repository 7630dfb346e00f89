"""A list of things to do: each a line with two rows of words and one button; arrows move, Enter presses."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from ohdesk.ui import theme
from ohdesk.ui.kit.actions import equally_wide
from ohdesk.ui.kit.lay import clear, column, grow, picture, row, text
from ohdesk.ui.kit.status_chip import StatusChip
from ohdesk.ui.screens.today.leading_button import LeadingButton


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


class Lines(QWidget):
    """The lines; emits `wanted(screen, thing)`."""

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
            made = self._line(line, first=self._column.count() == 0)
            self._column.addWidget(made)
            made.show()
        equally_wide(self.buttons)
        if stood >= 0 and self.buttons:
            self.buttons[min(stood, len(self.buttons) - 1)].setFocus()

    def _line(self, line: Line, *, first: bool) -> QWidget:
        made = QFrame()
        made.setObjectName("line")
        made.setProperty("first", first)
        words = column(text(line.title), *((text(line.detail, "muted"),) if line.detail else ()), gap="")
        chip = StatusChip()
        inside = row(grow(words), chip, of=made, edges=("", "gap_small"))
        if line.role:
            mark = picture(line.role, line.tint)
            mark.setFixedWidth(theme.size("mark"))
            inside.insertWidget(0, mark, 0, Qt.AlignmentFlag.AlignTop)
        chip.show_state(line.chip, line.kind)  # once it is in its row: alone it would be a window of its own
        if line.action:
            button = LeadingButton(line.action, line.screen, line.thing, self.buttons)
            button.setAccessibleName(f"{line.title}，{line.action}")
            button.wanted.connect(self.wanted)
            inside.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        return made
