"""A question before something that cannot be taken back, asked in place; the safe answer is the default."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout

from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.password_edit import PasswordEdit


class Confirm(QFrame):
    """Hidden until something is asked; hides again with either answer."""

    confirmed = Signal(str)
    declined = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("confirm")
        self._question = QLabel()
        self._question.setWordWrap(True)
        self._reason = Field("", QLineEdit())
        self._password = Field(tr("密码"), PasswordEdit())
        self._act = QPushButton()
        self._act.setProperty("danger", True)
        self._act.clicked.connect(self._confirm)
        self._back = QPushButton(tr("先不做(&Q)"))
        self._back.setToolTip("Esc")
        self._back.clicked.connect(self.decline)
        for field in (self._reason, self._password):
            editor = field.editor
            if isinstance(editor, QLineEdit):
                editor.returnPressed.connect(self._confirm)
        gap = theme.size("gap")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(gap, gap, gap, gap)
        whole.setSpacing(theme.size("gap_small"))
        for widget in (self._question, self._reason, self._password):
            whole.addWidget(widget)
        answers = QHBoxLayout()
        answers.setSpacing(theme.size("gap_small"))
        answers.addStretch(1)
        answers.addWidget(self._back)
        answers.addWidget(self._act)
        whole.addLayout(answers)
        self.hide()

    def ask(
        self, question: str, action: str, *, reason_label: str = "", password: bool = False, calm: bool = False
    ) -> None:
        """Ask; `action` is the verb of the answer that acts. A reason or a password is asked for if wanted.

        calm: nothing is lost by the answer, so nothing is red.
        """
        self._question.setText(question)
        self._act.setText(action)
        self.setProperty("calm", calm)
        self._act.setProperty("danger", not calm)
        self._act.setProperty("primary", calm)
        for widget in (self, self._act):
            widget.style().unpolish(widget)
            widget.style().polish(widget)
        self._reason.rename(reason_label)
        self._reason.setVisible(bool(reason_label))
        self._password.setVisible(password)
        for field in (self._reason, self._password):
            _line(field).clear()
            field.clear_error()
        self.show()
        wanted = self._wanted()
        (_line(wanted) if wanted else self._back).setFocus()

    def decline(self) -> None:
        """Answer with the safe one."""
        self._close()
        self.declined.emit()

    def event(self, event: QEvent) -> bool:
        # Esc belongs to the question while it has the focus, whatever shortcut the screen gave it.
        if isinstance(event, QKeyEvent) and _overrides_escape(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.decline()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            focused = self.focusWidget()
            if isinstance(focused, QPushButton):  # Enter means the button one is on, never the one that acts
                focused.click()
        else:
            super().keyPressEvent(event)

    def _confirm(self) -> None:
        wanted = self._wanted()
        if wanted is None:
            self._close()
            self.confirmed.emit("")
            return
        given = _line(wanted).text()
        if not given.strip():
            wanted.set_error(tr("请填写后再确认。"))
            _line(wanted).setFocus()
            return
        self._close()
        self.confirmed.emit(given)

    def _wanted(self) -> Field | None:
        return next((field for field in (self._reason, self._password) if not field.isHidden()), None)

    def _close(self) -> None:
        _line(self._password).clear()  # a hidden field would hold it all day
        self.hide()


def _overrides_escape(event: QKeyEvent) -> bool:
    return event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape


def _line(field: Field) -> QLineEdit:
    editor = field.editor
    assert isinstance(editor, QLineEdit)  # noqa: S101 - both fields are made with one
    return editor
