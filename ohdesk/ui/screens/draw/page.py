"""What the five steps have in common: cards that scroll, what stands in the way, and the buttons at the foot."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from ohdesk.services.context import Context
from ohdesk.ui import theme
from ohdesk.ui.exchange.parts import Page, say, words
from ohdesk.ui.kit.confirm import Confirm
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.scroll import FollowingScroll


class DrawPage(Page):
    """One step: `cards` scroll; the foot holds a fault, a question, and the buttons."""

    wanted = Signal(str, str)

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.cards = QVBoxLayout()
        self.cards.setSpacing(theme.size("gap"))
        self._inside = QWidget()
        side, top = theme.size("page_side"), theme.size("gap_small")
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(side, top, side, top)
        column.addLayout(self.cards, 1)
        self.fault = words("", "fieldError")
        self.fault.hide()
        self.confirm = Confirm()
        self.foot = QHBoxLayout()
        self.foot.setSpacing(theme.size("gap_small"))
        foot = QWidget()
        foot.setLayout(self.foot)
        self.foot.setContentsMargins(0, 0, 0, 0)
        self.foot.addStretch(1)
        self.below = QVBoxLayout()
        self.below.setContentsMargins(side, top, side, theme.size("page_top"))
        self.below.setSpacing(theme.size("gap_small"))
        for widget in (self.fault, self.confirm, foot):
            self.below.addWidget(widget)
        self._scrolled = FollowingScroll(self._inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._scrolled, 1)
        whole.addLayout(self.below)

    def say_fault(self, text: str) -> None:
        """Say beside the buttons what keeps one from going on; empty takes it away."""
        say(self.fault, text)

    def add_actions(self, *buttons: QPushButton) -> None:
        """Put buttons at the right end of the foot, in reading order."""
        for button in buttons:
            self.foot.addWidget(button)

    def show_widget(self, widget: QWidget) -> None:
        """Scroll to a widget and put the focus there."""
        self._scrolled.ensureWidgetVisible(widget)
        widget.setFocus()

    def project(self, *, on: bool) -> None:
        """Show only what the public may see, in large type, or everything again."""


class Count(QSpinBox):
    """A whole number that the wheel does not change."""

    def __init__(self, least: int, most: int, value: int) -> None:
        super().__init__()
        self.setRange(least, most)
        self.setValue(value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
