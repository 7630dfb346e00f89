"""A form of a few fields below a list: hidden until it is wanted, each problem in its field."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout

from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.long_choice import LongChoice
from ohdesk.ui.kit.password_edit import PasswordEdit
from ohdesk.ui.screens.settings.section import muted

_COLUMNS = 2


class FormCard(QFrame):
    """Emits `submitted` when the fields are to be saved; Esc and the safe button close it."""

    submitted = Signal()
    closed = Signal()

    def __init__(self, fields: Mapping[str, Field]) -> None:
        super().__init__()
        self.setObjectName("card")
        self.fields = dict(fields)
        self._title = QLabel()
        self._title.setObjectName("question")
        self._title.setWordWrap(True)
        self._about = muted("")
        self.submit = QPushButton()
        self.submit.setProperty("primary", True)
        self.submit.clicked.connect(self._submit)
        self._cancel = QPushButton(tr("不保存(&Q)"))
        self._cancel.setToolTip("Esc")
        self._cancel.clicked.connect(self.close_form)
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.size("gap"))
        grid.setVerticalSpacing(theme.size("gap_small"))
        for place, field in enumerate(self.fields.values()):
            grid.addWidget(field, place // _COLUMNS, place % _COLUMNS, Qt.AlignmentFlag.AlignTop)
            if isinstance(field.editor, QLineEdit):
                field.editor.returnPressed.connect(self._submit)
        for column in range(_COLUMNS):
            grid.setColumnStretch(column, 1)
        self.extra = QHBoxLayout()
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.size("gap_small"))
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self.submit)
        whole = QVBoxLayout(self)
        gap = theme.size("gap")
        whole.setContentsMargins(gap, gap, gap, gap)
        whole.setSpacing(theme.size("gap_small"))
        whole.addWidget(self._title)
        whole.addWidget(self._about)
        whole.addLayout(grid)
        whole.addLayout(self.extra)
        whole.addLayout(buttons)
        self.hide()

    def ask(self, title: str, action: str, values: Mapping[str, str], about: str = "") -> None:
        """Show the form with these values and the cursor in its first field that can be filled."""
        self._title.setText(title)
        self._about.setText(about)
        self._about.setVisible(bool(about))
        self.submit.setText(action)
        for key, field in self.fields.items():
            field.clear_error()
            self.set(key, values.get(key, ""))
        self.show()
        first = next(field for field in self.fields.values() if not field.isHidden() and field.editor.isEnabled())
        first.editor.setFocus()

    def text(self, key: str) -> str:
        """Return what stands in a field: its text, or the key of the choice."""
        editor = self.fields[key].editor
        if isinstance(editor, QComboBox):
            return str(editor.currentData() or "")
        return editor.text() if isinstance(editor, QLineEdit) else ""

    def set(self, key: str, value: str) -> None:
        """Put a value into a field."""
        editor = self.fields[key].editor
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(0, editor.findData(value)))
        elif isinstance(editor, QLineEdit):
            editor.setText(value)

    def texts(self) -> dict[str, str]:
        """Return what stands in all fields but passwords."""
        return {key: self.text(key) for key, field in self.fields.items() if not isinstance(field.editor, PasswordEdit)}

    def close_form(self) -> None:
        """Close without saving; no password stays."""
        for key, field in self.fields.items():
            if isinstance(field.editor, PasswordEdit):
                self.set(key, "")
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def show_error(self, error: UserError, otherwise: str) -> None:
        """Say in the fields what is wrong; what belongs to none of them stands in the field `otherwise`."""
        problems: Sequence[Problem] = error.problems if isinstance(error, ProblemsError) else ()
        by_name = {field.editor.accessibleName(): field for field in self.fields.values()}
        wrong: list[Field] = []
        for problem in problems:
            field = by_name.get(problem.place, self.fields[otherwise])
            field.set_error(tr("应为{expected}。{remedy}", expected=problem.expected, remedy=problem.remedy))
            wrong.append(field)
        if not problems:
            self.fields[otherwise].set_error(error.whole)
            wrong.append(self.fields[otherwise])
        wrong[0].editor.setFocus()

    def passwords_agree(self, new: str, again: str) -> bool:
        """Say in its field when a new password is empty, or typed differently the second time."""
        if not self.text(new):
            self._refuse(new, tr("请输入密码。"))
        elif self.text(new) != self.text(again):
            self._refuse(again, tr("两次输入的密码不一样，请重新输入。"))
        else:
            return True
        return False

    def _refuse(self, key: str, text: str) -> None:
        self.fields[key].set_error(text)
        self.fields[key].editor.setFocus()

    def _submit(self) -> None:
        for field in self.fields.values():
            field.clear_error()
        self.submitted.emit()


def choice(options: Sequence[tuple[str, str]]) -> LongChoice:
    """Return a choice of (key, word)."""
    editor = LongChoice()
    for key, word in options:
        editor.addItem(word, key)
    return editor
