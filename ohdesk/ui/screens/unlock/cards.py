"""What the cards of the unlock screen share: their frame, and what they hand over.

`QtCore.Qt` is named here and in the password's card only inside functions that run later: PySide takes as long to set
up its enumerations as to paint the card.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from PySide6 import QtCore
from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action
from ohdesk.ui.kit.field import Field
from ohdesk.ui.theme.icons import icon


class Credentials(NamedTuple):
    """What is typed to open a workspace."""

    folder: Path
    account: str
    password: str


class NewOffice(NamedTuple):
    """What is typed to create a workspace. role: "town" or "county".

    card: the county's card by which a town joins · compared: its fingerprint, as read out · request: where to write it
    """

    folder: Path
    role: str
    division: str
    name: str
    account: str
    password: str
    card: Path | None = None
    compared: str = ""
    request: Path | None = None


class Recovery(NamedTuple):
    """What is typed to get back in with the recovery code."""

    folder: Path
    code: str
    account: str
    password: str


class Card(QFrame):
    """A card with a title, a sentence under it, and a row of buttons at its foot; Esc goes back."""

    back_chosen = Signal()

    def __init__(self, role: str, title: str, sentence: str, width: str = "dialog_width") -> None:
        super().__init__()
        self.setObjectName("card")
        self.setFixedWidth(theme.layout(width))
        self.fields: dict[str, Field] = {}
        self._mark = QLabel()
        self._heading = QLabel(title)
        self._heading.setObjectName("title")
        self.heading_row = QHBoxLayout()
        self.heading_row.setSpacing(theme.size("gap_small"))
        self._mark.setPixmap(icon(role, "accent").pixmap(theme.size("icon"), theme.size("icon")))
        self.heading_row.addWidget(self._mark)
        self.heading_row.addWidget(self._heading, 1)
        self.sentence = muted(sentence)
        self.column = QVBoxLayout(self)
        side = theme.size("page_side") + theme.size("gap_small")
        self.column.setContentsMargins(side, theme.size("page_side"), side, theme.size("page_side"))
        self.column.setSpacing(theme.size("gap"))
        self.column.addLayout(self.heading_row)
        self.column.addWidget(self.sentence)
        self._busy = muted("")

    @property
    def title(self) -> str:
        """What stands at the head of the card."""
        return self._heading.text()

    def start(self) -> None:
        """Put the cursor where typing starts."""

    def show_error(self, error: Exception) -> None:
        """Say what went wrong, in its place."""

    def set_busy(self, text: str) -> None:
        """Say that work is going on; an empty text ends it."""
        self._busy.setText(text)

    def say_problems(self, problems: Mapping[str, str]) -> bool:
        """Say beside each field, by its key, what is wrong with it and go to the first; True when something is."""
        for key, field in self.fields.items():
            if key in problems:
                field.set_error(problems[key])
            elif field.error:
                field.clear_error()
        if problems:
            self.fields[next(iter(problems))].editor.setFocus()
        return bool(problems)

    def foot(self, left: tuple[QPushButton, ...], right: tuple[QPushButton, ...]) -> QHBoxLayout:
        """Return the row of buttons: ways out on the left, the next step on the right."""
        row = QHBoxLayout()
        row.setSpacing(theme.size("gap_small"))
        for button in left:
            row.addWidget(button)
        self._busy.setProperty("alignment", "AlignRight|AlignVCenter")
        row.addWidget(self._busy, 1)
        for button in right:
            row.addWidget(button)
        return row

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == QtCore.Qt.Key.Key_Escape:
            self.back_chosen.emit()
        else:
            super().keyPressEvent(event)


class LineRow(QWidget):
    """A line to type in with something beside it; name, focus and marks of the whole are the line's."""

    def __init__(self, line: QLineEdit) -> None:
        super().__init__()
        self.line = line
        self.setFocusProxy(line)

    def setAccessibleName(self, name: str) -> None:  # noqa: N802 - Qt's
        super().setAccessibleName(name)
        self.line.setAccessibleName(name)

    def setProperty(self, name: str, value: object) -> bool:  # noqa: N802 - Qt's
        """Mark the line, which is what the style sheet knows."""
        if (self.line.property(name) or False) == value:
            return True  # polishing is slow, and nothing would look different
        self.line.setProperty(name, value)
        self.line.style().unpolish(self.line)
        self.line.style().polish(self.line)
        return super().setProperty(name, value)


class PathRow(LineRow):
    """A folder or file, typed or chosen by `browse`; emits `chosen` when it may have changed."""

    chosen = Signal()

    def __init__(self, line: QLineEdit, button: str, browse: Callable[[], Path | None], role: str = "folder") -> None:
        super().__init__(line)
        self._browse = browse
        self.line.editingFinished.connect(self.chosen)
        self.button = action(role, button, self._choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.size("gap_small"))
        row.addWidget(self.line, 1)
        row.addWidget(self.button)

    @property
    def path(self) -> Path | None:
        """What stands there."""
        text = self.line.text().strip()
        return Path(text) if text else None

    def _choose(self) -> None:
        chosen = self._browse()
        if chosen is not None:
            self.line.setText(str(chosen))
            self.chosen.emit()
            self.button.setFocus()
            self.button.focusNextChild()  # what was chosen needs no more typing


def muted(text: str) -> QLabel:
    """Return a line in the quieter colour that wraps."""
    label = QLabel(text)
    label.setObjectName("muted")
    label.setWordWrap(True)
    return label


def link(text: str, act: Callable[[], object]) -> QPushButton:
    """Return a button that does not stand out."""
    button = QPushButton(text)
    button.setProperty("quiet", True)
    button.clicked.connect(lambda: act())
    return button


def primary(text: str, act: Callable[[], object]) -> QPushButton:
    """Return the one button of a card that stands out."""
    button = QPushButton(text)
    button.setProperty("primary", True)
    button.clicked.connect(lambda: act())
    return button
