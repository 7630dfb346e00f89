"""A step of something done in order: cards that scroll, at the foot what stands in the way and the buttons."""

from PySide6.QtCore import QMetaMethod, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QPushButton, QVBoxLayout, QWidget

from ohdesk.errors import ProblemsError, UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.ui import theme
from ohdesk.ui.kit.confirm import Confirm
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import column, grow, row, say, text
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.scroll import FollowingScroll


class StepPage(Page):
    """`cards` scroll; below stand a fault, a question, and the buttons; Enter and Ctrl+Enter go on, Esc goes back."""

    advanced = Signal()  # the next step is reached
    back_wanted = Signal()

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.cards = QVBoxLayout()
        self.cards.setSpacing(theme.size("gap"))
        self._fault_line = text("", "fieldError")
        self._fault_line.hide()
        self.confirm = Confirm()
        self.foot = row(grow(self._fault_line), grow())
        self.below = column(self.confirm, self.foot)
        side, top, gap = theme.size("page_side"), theme.size("page_top"), theme.size("gap_small")
        self.below.setContentsMargins(side, gap, side, top)
        inside = QWidget()
        column(self.cards, grow(), of=inside).setContentsMargins(side, top, side, gap)
        self._scrolled = FollowingScroll(inside)
        column(grow(self._scrolled), self.below, of=self, gap="")
        shortcut = QShortcut(QKeySequence("Ctrl+Return"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.submit)

    def add_actions(self, *buttons: QPushButton) -> None:
        """Put buttons at the right end of the foot, in reading order; the one that stands out is what Enter does."""
        for button in buttons:
            self.foot.addWidget(button)
            if button.property("primary") and not button.toolTip():
                button.setToolTip("Ctrl+Enter")

    @property
    def fault(self) -> str:
        """What keeps one from going on; empty when nothing does."""
        return self._fault_line.text()

    def say_fault(self, words: str) -> None:
        """Say beside the buttons what keeps one from going on; empty takes it away."""
        say(self._fault_line, words)

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

    def show_field(self, widget: QWidget) -> None:
        """Scroll to a field and put the focus there."""
        self._scrolled.ensureWidgetVisible(widget)
        widget.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focused = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape and self.isSignalConnected(QMetaMethod.fromSignal(self.back_wanted)):
            self.back_wanted.emit()
        elif event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            super().keyPressEvent(event)
        elif isinstance(focused, QPushButton) and not focused.isCheckable():
            focused.click()
        elif not isinstance(focused, QAbstractItemView):
            self.submit()
