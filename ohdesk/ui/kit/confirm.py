"""A question before something that cannot be taken back, asked in place; the safe answer is the default."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QPushButton, QWidget

from ohdesk.i18n import tr
from ohdesk.ui.kit.actions import button, stand_out
from ohdesk.ui.kit.field import Field, PasswordEdit
from ohdesk.ui.kit.keys import ENTERS
from ohdesk.ui.kit.lay import column, grow, repaint_state, row, text

_YIELDS = "yields"  # property of a button that stands out again once nothing is asked


class Asking(QFrame):
    """Asks in place of something else: Enter presses the button it is on, or goes on; Esc gives up.

    While it asks, no button around it stands out: what is to be done now is to answer.
    """

    def go_on(self, focused: object) -> None:
        """Do what Enter does in a field."""

    def give_up(self) -> None:
        """Do what Esc does."""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        for each in self.window().findChildren(QPushButton):
            if each.property("primary") and each.isVisible() and not self.isAncestorOf(each):
                each.setProperty(_YIELDS, True)
                stand_out(each, out=False)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if any(each.isVisible() for each in self.window().findChildren(Asking)):
            return  # as when a form is asked whether it may throw away what was typed: the last one gives them back
        for each in self.window().findChildren(QPushButton):
            if each.property(_YIELDS):
                each.setProperty(_YIELDS, False)
                stand_out(each, out=True)

    def event(self, event: QEvent) -> bool:
        # Esc belongs to what asks while the focus is in it, whatever shortcut the screen around it gave the key.
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focused = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self.give_up()
        elif event.key() not in ENTERS:
            super().keyPressEvent(event)
        elif isinstance(focused, QPushButton):
            focused.click()
        else:
            self.go_on(focused)


class AskingLine(Asking):
    """A line that asks, hidden until it does; Enter gives, Esc closes."""

    closed = Signal()

    def __init__(self, *asked: QWidget, words: str, give: Callable[[], None]) -> None:
        """words: of the button that gives"""
        super().__init__()
        self.setObjectName("card")
        self._give = give
        buttons = (button(words, "Enter", act=give), button(tr("取消"), "Esc", act=self.give_up))
        line = row(*asked, *buttons, grow(), of=self, edges=("gap", "gap_small"))
        for each in buttons:  # beside what is typed, not beside its label
            line.setAlignment(each, Qt.AlignmentFlag.AlignBottom)
        self.hide()

    def go_on(self, _focused: object) -> None:
        self._give()

    def give_up(self) -> None:
        self.hide()
        self.closed.emit()


class Confirm(Asking):
    """Hidden until something is asked; hides again with either answer."""

    confirmed = Signal(str)
    declined = Signal()

    def __init__(self, *, password: bool = False) -> None:
        """password: the answer that acts needs one"""
        super().__init__()
        self.setObjectName("confirm")
        self._question = text()
        # Before the buttons, and not only when it is asked for: it would come last with Tab.
        self._line = PasswordEdit() if password else None
        self._field = Field(tr("密码"), self._line) if self._line else None
        self._act = button("", act=self._confirm)
        self._back = button(tr("先不做(&Q)"), "Esc", act=self.give_up)
        asked = (self._question, self._field) if self._field else (self._question,)
        self._asked = column(*asked, row(grow(), self._back, self._act), of=self, edges=("gap", "gap"))
        self.hide()

    def add(self, field: Field) -> None:
        """Ask for something besides, which the answer that acts is given with."""
        self._asked.insertWidget(1, field)
        for before, after in ((field.editor, self._back), (self._back, self._act)):
            self.setTabOrder(before, after)

    def ask(self, question: str, action: str, *, calm: bool = False) -> None:
        """Ask; `action` is the verb of the answer that acts.

        calm: nothing is lost by the answer, so nothing is red.
        """
        self._question.setText(question)
        self._act.setText(action)
        repaint_state(self, "calm", calm)
        repaint_state(self._act, "danger", not calm)
        repaint_state(self._act, "primary", calm)
        self.show()
        (self._line or self._back).setFocus()

    def give_up(self) -> None:
        """Answer with the safe one."""
        self._close()
        self.declined.emit()

    def go_on(self, focused: object) -> None:
        if isinstance(focused, QLineEdit):  # with the focus elsewhere Enter never acts
            self._confirm()

    def _confirm(self) -> None:
        given = "" if self._line is None else self._line.text()
        if self._line is not None and self._field is not None and not given.strip():
            self._field.set_error(tr("请填写后再确认。"))
            self._line.setFocus()
            return
        self._close()
        self.confirmed.emit(given)

    def _close(self) -> None:
        self.hide()
        if self._line is not None and self._field is not None:
            self._line.clear()  # a hidden field would hold a password all day
            self._field.clear_error()
