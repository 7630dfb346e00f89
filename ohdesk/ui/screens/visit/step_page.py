"""What the pages of a visit have in common: cards that scroll, buttons at the foot, Enter and Esc."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ohdesk.errors import ProblemsError, UserError
from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.scroll import FollowingScroll


class StepPage(QWidget):
    """Cards above, at the foot what keeps one from going on and the buttons; Enter and Ctrl+Enter go on."""

    failed = Signal(Exception)
    done = Signal(str)
    changed = Signal(object)
    advanced = Signal()  # the visit has reached its next step
    back_wanted = Signal()
    wanted = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.cards = QVBoxLayout()
        self.cards.setContentsMargins(0, 0, 0, 0)
        self.cards.setSpacing(theme.size("gap"))
        self._fault = QLabel()
        self._fault.setObjectName("fieldError")
        self._fault.setWordWrap(True)
        self._fault.hide()
        self._foot = QHBoxLayout()
        self._foot.setSpacing(theme.size("gap_small"))
        self._foot.addWidget(self._fault, 1)
        self._foot.addStretch(1)
        side, top = theme.size("page_side"), theme.size("page_top")
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(side, top, side, theme.size("gap_small"))
        column.addLayout(self.cards)
        column.addStretch(1)
        self._scrolled = FollowingScroll(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._scrolled, 1)
        self._foot.setContentsMargins(side, theme.size("gap_small"), side, top)
        whole.addLayout(self._foot)
        shortcut = QShortcut(QKeySequence("Ctrl+Return"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.submit)

    def add_actions(self, *buttons: QPushButton) -> None:
        """Put buttons at the right end of the foot, in reading order."""
        for button in buttons:
            self._foot.addWidget(button)

    @property
    def fault(self) -> str:
        """What keeps one from going on; empty when nothing does."""
        return "" if self._fault.isHidden() else self._fault.text()

    def say_fault(self, text: str) -> None:
        """Say beside the buttons what keeps one from going on; empty takes it away."""
        self._fault.setText(text)
        self._fault.setVisible(bool(text))

    def show_fault(self, error: UserError) -> None:
        """Say an error that belongs to no field."""
        lines = [error.whole]
        if isinstance(error, ProblemsError):
            line = tr("{place}：应为{expected}，现为{found}。{remedy}")
            lines += [
                line.format(place=each.place, expected=each.expected, found=each.found, remedy=each.remedy)
                for each in error.problems
            ]
        self.say_fault("\n".join(lines))

    def submit(self) -> None:
        """Go on to the next step, if nothing stands against it."""
        raise NotImplementedError

    def show_field(self, widget: QWidget) -> None:
        """Scroll to a field and put the focus there."""
        self._scrolled.ensureWidgetVisible(widget)
        widget.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focused = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self.back_wanted.emit()
        elif event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            super().keyPressEvent(event)
        elif isinstance(focused, QPushButton) and not focused.isCheckable():
            focused.click()
        elif not isinstance(focused, QAbstractItemView):
            self.submit()


class Card(QFrame):
    """A heading and what belongs under it, on a ground of its own."""

    def __init__(self, heading: str) -> None:
        super().__init__()
        self.setObjectName("card")
        self._heading = QLabel(heading)
        self._heading.setObjectName("question")
        self._heading.setWordWrap(True)
        self.column = QVBoxLayout(self)
        side, top = theme.size("gap"), theme.size("gap_small") + theme.size("gap_tiny")
        self.column.setContentsMargins(side, top, side, top)
        self.column.setSpacing(theme.size("gap_small"))
        self.column.addWidget(self._heading)

    def entitle(self, heading: str) -> None:
        """Show another heading."""
        self._heading.setText(heading)


def muted(text: str = "") -> QLabel:
    """Return a line of secondary text."""
    label = QLabel(text)
    label.setObjectName("muted")
    label.setWordWrap(True)
    return label


def button(text: str, tip: str = "", *, primary: bool = False) -> QPushButton:
    """Return a button of a page."""
    made = QPushButton(text)
    made.setProperty("primary", primary)
    if tip:
        made.setToolTip(tip)
    return made
