"""A statement added to a final record (更正): what is right, and why it was wrong; the record stays as signed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.scroll import Scrolled

_LINES = 4


class AmendForm(QWidget):
    """Emits `submitted(statement, reason)` when both are there."""

    submitted = Signal(str, str)
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        note = QLabel(tr("已定稿的笔录不能改动；更正作为补充说明记在后面，随上报包送县级。"))
        note.setWordWrap(True)
        self.statement = QPlainTextEdit()
        self.statement.setTabChangesFocus(True)
        self.statement.setFixedHeight(theme.size("row") * _LINES)
        self.reason = QLineEdit()
        self.reason.returnPressed.connect(self._submit)
        self._statement_field = Field(tr("更正内容"), self.statement)
        self._reason_field = Field(tr("更正理由"), self.reason)
        self.submit = QPushButton(tr("记入更正(&R)"))
        self.submit.setProperty("primary", True)
        self.submit.clicked.connect(self._submit)
        self.back = QPushButton(tr("不更正(&Q)"))
        self.back.setToolTip("Esc")
        self.back.clicked.connect(self.cancelled)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap_small"))
        for widget in (note, self._statement_field, self._reason_field):
            column.addWidget(widget)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.size("gap_small"))
        buttons.addStretch(1)
        buttons.addWidget(self.back)
        buttons.addWidget(self.submit)
        column.addLayout(buttons)
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(Scrolled(inside))

    @property
    def errors(self) -> tuple[str, str]:
        """What is said beside the statement and beside the reason."""
        return self._statement_field.error, self._reason_field.error

    def start(self) -> None:
        """Put the cursor where one begins."""
        self.statement.setFocus()

    def clear(self) -> None:
        """Forget what was typed for another record."""
        self.statement.clear()
        self.reason.clear()
        for field in (self._statement_field, self._reason_field):
            field.clear_error()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def _submit(self) -> None:
        statement, reason = self.statement.toPlainText().strip(), self.reason.text().strip()
        self._statement_field.set_error("" if statement else tr("请写明正确的内容。"))
        self._reason_field.set_error("" if reason else tr("请写明为什么更正。"))
        if statement and reason:
            self._statement_field.clear_error()
            self._reason_field.clear_error()
            self.submitted.emit(statement, reason)
        else:
            (self.reason if statement else self.statement).setFocus()
