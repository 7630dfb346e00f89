"""A step of something done in order, and the bar of all its steps."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from PySide6.QtCore import QMetaMethod, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QLayout, QPushButton, QWidget

from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action, button
from ohdesk.ui.kit.confirm import Confirm
from ohdesk.ui.kit.field import Field, say_beside, show_problems
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.keys import ENTERS
from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.lay import box, column, grow, repaint_state, row, say, text
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.scroll import FollowingScroll
from ohdesk.ui.theme.icons import icon

Result = TypeVar("Result")


class StepBar(QWidget):
    """Numbered steps, counted from 0 in code; those already reached can be pressed (Ctrl+1, Ctrl+2, …)."""

    chosen = Signal(int)

    def __init__(self, steps: Sequence[str]) -> None:
        super().__init__()
        self._buttons = [self._button(place, step) for place, step in enumerate(steps)]
        linked = [item for each in self._buttons for item in (grow(_line()), each)]
        row(*linked[1:], of=self, gap="gap_tiny")
        self.show_step(0, 0)

    def show_step(self, current: int, reached: int, first: int = 0) -> None:
        """Show which step is in front, and the last and the first one that can be gone to."""
        for place, each in enumerate(self._buttons):
            done = place < reached and place != current
            state = "current" if place == current else "done" if done else "todo"
            each.setIcon(icon("ok", "ok") if done else icon("blank", "accent" if place == current else "outline"))
            each.setEnabled(first <= place <= reached)
            each.setAccessibleDescription(_said(state))
            repaint_state(each, "step", state)

    def _button(self, place: int, step: str) -> QPushButton:
        key = f"Ctrl+{place + 1}"
        made = button(f" {place + 1} {step}", f"{step}  {key}", act=lambda: self.chosen.emit(place))
        made.setShortcut(key)
        return made


class StepPage(Page):
    """`cards` scroll; below stand a fault, a question, and the buttons; Enter and Ctrl+Enter go on, Esc goes back.

    While something is being done (`do`) neither does anything, so that nothing is asked for twice; no button is
    disabled for that time, since the focus would go from it to who knows where.
    """

    advanced = Signal()  # the next step is reached
    back_wanted = Signal()

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.cards = column(gap="gap")
        self.fields: dict[str, Field] = {}  # by the keys that problems name
        self.is_busy = False
        self._fault_line, self._status_line = text("", "fieldError"), text()
        self._fault_line.hide()
        self._status_line.hide()
        self.confirm = Confirm()
        self.foot = row(grow(box(column(self._fault_line, self._status_line, gap="gap_tiny"))))
        self.below = column(self.confirm, self.foot, edges=("page_side", "gap_small", "page_side", "page_top"))
        inside = QWidget()
        self._inside = column(self.cards, grow(), of=inside, edges=("page_side", "page_top", "page_side", "gap_small"))
        self._scrolled = FollowingScroll(inside)
        self._middle = row(grow(self._scrolled), gap="gap")
        self._whole = column(grow(self._middle), self.below, of=self, gap="")
        self.on_key("Ctrl+Return", self.submit)  # from a text, too, in which Enter makes a line

    def put_header(self, title: str, back: str = "") -> Header:
        """Put a header of its own over the step; back: words of the button that does what Esc does."""
        header = Header(title)
        if back:
            header.add(action("back", back, self.go_back, "Esc"))
        self._whole.insertWidget(0, header)
        return header

    def put_beside(self, thing: QWidget, share: int, *, left: bool = False) -> None:
        """Let something stand beside the cards that is not scrolled with them, as the pages of a document.

        share: of the width that it takes, in per cent · left: of the cards, else right of them
        """
        side, top, gap = theme.size("page_side"), theme.size("page_top"), theme.size("gap_small")
        self._inside.setContentsMargins(0, 0, gap, 0)
        self._middle.setContentsMargins(side, top, side, 0)
        self._middle.insertWidget(0 if left else 1, thing, share)
        self._middle.setStretchFactor(self._scrolled, 100 - share)

    def fill(self, thing: QWidget | QLayout) -> None:
        """Let one of the cards, or a row of them, take the height that the others leave."""
        self._inside.setStretch(0, 1)
        self._inside.setStretch(1, 0)  # the empty room below the cards
        self.cards.setStretchFactor(thing, 1)

    def add_actions(self, *buttons: QPushButton) -> None:
        """Put buttons at the right end of the foot, in reading order; the one that stands out is what Enter does."""
        for each in buttons:
            self.foot.addWidget(each)
            if each.property("primary") and not each.toolTip():
                each.setToolTip(plain_tip("Ctrl+Enter"))

    @property
    def fault(self) -> str:
        """What keeps one from going on; empty when nothing does."""
        return self._fault_line.text()

    def say_fault(self, words: str) -> None:
        """Say beside the buttons what keeps one from going on; empty takes it away."""
        say(self._fault_line, words)

    def show_problems(self, error: UserError) -> None:
        """Say each problem beside its field, and beside the buttons what belongs to none."""
        self.say_fault(show_problems(self.fields, error))

    def clear_faults(self) -> None:
        """Nothing is wrong."""
        self.say_fault("")
        say_beside(self.fields, {})

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Say at its field what is refused inside, and nothing any more of what was refused before."""
        self.clear_faults()
        try:
            yield
        except UserError as error:
            self.show_problems(error)

    @property
    def status(self) -> str:
        """What is said to be missing, or to come next."""
        return self._status_line.text()

    def show_missing(self, things: Sequence[str], ready: str) -> None:
        """Name what is missing; with nothing missing say what comes next."""
        say(self._status_line, tr("还差：{things}", things="、".join(things)) if things else ready)

    def do(self, function: Callable[[], Result], then: Callable[[Result], object], title: str = "") -> None:
        """Do what the step is for, once at a time; what is refused is said at the foot (`refuse`)."""
        if self.is_busy:
            return
        self.say_fault("")
        self._set_busy(busy=True)

        def done(result: Result) -> None:
            self._set_busy(busy=False)
            then(result)

        def refused(error: Exception) -> None:
            self._set_busy(busy=False)
            self.refuse(error)

        self.work(function, done, title, refused)

    def refuse(self, error: Exception) -> None:
        """Say that something was refused, and why."""
        if isinstance(error, UserError):
            self.show_problems(error)
        else:
            self.failed.emit(error)

    def show_state(self) -> None:
        """Say what is missing, and offer what can be done; called when work begins and ends."""

    def submit(self) -> None:
        """Go on to the next step, if nothing stands against it."""

    def go_back(self) -> None:
        """Go back to the step before, unless something is being done."""
        if not self.is_busy:
            self.back_wanted.emit()

    def show_field(self, widget: QWidget) -> None:
        """Scroll to a field and put the focus there."""
        self._scrolled.ensureWidgetVisible(widget)
        widget.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focused = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape and self.isSignalConnected(QMetaMethod.fromSignal(self.back_wanted)):
            self.go_back()
        elif event.key() not in ENTERS:
            super().keyPressEvent(event)
        # A checkable button is an answer, which Space gives; from it Enter goes on as from a line.
        elif isinstance(focused, QPushButton) and not focused.isCheckable():
            focused.click()
        elif not isinstance(focused, QAbstractItemView):
            self.submit()

    def _set_busy(self, *, busy: bool) -> None:
        self.is_busy = busy
        self.show_state()


def _said(state: str) -> str:
    return {"current": tr("当前步骤"), "done": tr("已完成")}.get(state, tr("尚未开始"))


def _line() -> QFrame:
    line = QFrame()
    line.setObjectName("stepLine")
    line.setFixedHeight(1)
    return line
