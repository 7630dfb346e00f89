"""A list of things to do: each a line with two rows of words and one button; arrows move, Enter presses."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ohdesk.ui import theme
from ohdesk.ui.kit.status_chip import StatusChip
from ohdesk.ui.theme.icons import icon

_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_ENDS = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}


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
        self.buttons: list[_LineButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show other lines; who stood on one stays on the line in its place."""
        focus = self.window().focusWidget()
        stood = next((place for place, each in enumerate(self.buttons) if each is focus), -1)
        while self._column.count():
            item = self._column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.buttons = []
        for line in lines:
            row = self._row(line, first=self._column.count() == 0)
            self._column.addWidget(row)
            row.show()
        align(self)
        if stood >= 0 and self.buttons:
            self.buttons[min(stood, len(self.buttons) - 1)].setFocus()

    def _row(self, line: Line, *, first: bool) -> QWidget:
        row = QFrame()
        row.setObjectName("line")
        row.setProperty("first", first)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(_label(line.title))
        if line.detail:
            words.addWidget(_label(line.detail, "muted"))
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, theme.size("gap_small"), 0, theme.size("gap_small"))
        layout.setSpacing(theme.size("gap_small"))
        if line.role:
            layout.addWidget(_picture(line), 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        chip = StatusChip()
        layout.addWidget(chip, 0, Qt.AlignmentFlag.AlignVCenter)
        chip.show_state(line.chip, line.kind)  # once it is in its row: alone it would be a window of its own
        if line.action:
            layout.addWidget(self._button(line), 0, Qt.AlignmentFlag.AlignVCenter)
        return row

    def _button(self, line: Line) -> QPushButton:
        button = _LineButton(line)
        button.moved.connect(self._move)
        button.wanted.connect(self.wanted)
        self.buttons.append(button)
        return button

    def _move(self, key: int) -> None:
        place = next(place for place, each in enumerate(self.buttons) if each is self.sender())
        if Qt.Key(key) in _ENDS:
            place = _ENDS[Qt.Key(key)]
        else:
            place = min(max(place + _STEPS[Qt.Key(key)], 0), len(self.buttons) - 1)
        self.buttons[place].setFocus(Qt.FocusReason.TabFocusReason)
        _reveal(self.buttons[place])


def align(*lists: Lines) -> None:
    """Make the buttons of lists that stand one above the other equally wide."""
    buttons = [each for listed in lists for each in listed.buttons]
    widest = max((_wanted_width(each) for each in buttons), default=0)
    for each in buttons:
        each.setMinimumWidth(widest)


class _LineButton(QPushButton):
    """The button of a line."""

    moved = Signal(int)
    wanted = Signal(str, str)

    def __init__(self, line: Line) -> None:
        super().__init__(line.action)
        self._line = line
        self.setToolTip("Enter")
        self.setAccessibleName(f"{line.title}，{line.action}")
        self.clicked.connect(self._tell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.click()
        elif Qt.Key(event.key()) in {**_STEPS, **_ENDS}:
            self.moved.emit(event.key())
        else:
            super().keyPressEvent(event)

    def _tell(self) -> None:
        self.wanted.emit(self._line.screen, self._line.thing)


def _reveal(button: QWidget) -> None:
    """Scroll until the button is in sight: the area does so by itself for Tab only."""
    area = button.parentWidget()
    while area is not None and not isinstance(area, QScrollArea):
        area = area.parentWidget()
    if area is not None:
        area.ensureWidgetVisible(button)


def _wanted_width(button: QPushButton) -> int:
    button.ensurePolished()
    return button.sizeHint().width()


def _label(text: str, look: str = "") -> QLabel:
    label = QLabel(text)
    label.setObjectName(look)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    return label


def _picture(line: Line) -> QLabel:
    picture = QLabel()
    side = theme.size("icon")
    picture.setPixmap(icon(line.role, line.tint).pixmap(side, side))
    picture.setFixedWidth(theme.size("mark"))
    return picture
