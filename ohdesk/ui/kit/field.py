"""A field of a form: its label, its editor, and what is wrong with it in its place; the editors of the prompt."""

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QStyledItemDelegate, QWidget

from ohdesk.domain.problems import at_field, in_list
from ohdesk.errors import UserError
from ohdesk.services.printable import unprintable
from ohdesk.ui.kit.label import Label
from ohdesk.ui.kit.lay import column, muted, repaint_state, say


class Choice(QComboBox):
    """A drop-down list that the wheel does not change: scrolling a form past it must not alter an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.setItemDelegate(QStyledItemDelegate(self))  # the usual one knows nothing of the theme's row height

    def offer(self, choices: Iterable[tuple[object, str]]) -> None:
        """Offer other words, each with what it stands for; the one chosen stays if it is still there."""
        held = self.currentData()
        with QSignalBlocker(self):  # nobody chose anything
            self.clear()
            for choice, word in choices:
                self.addItem(word, choice)
            self.setCurrentIndex(max(0, self.findData(held)))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class PasswordEdit(QLineEdit):
    """What is typed is not shown, not learnt by an input method, and not offered for copying."""

    def __init__(self) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        # By name: for the enumerations themselves the first page would have to wait.
        self.setProperty("inputMethodHints", "ImhHiddenText|ImhSensitiveData|ImhNoPredictiveText")
        self.setProperty("contextMenuPolicy", "NoContextMenu")


class Field(QWidget):
    """Label above, editor below, message under it; the editor is named for those who cannot see it.

    A text that no paper could print is warned of as it is typed.
    """

    def __init__(self, label: str, editor: QWidget, hint: str = "", written: Callable[[], str] | None = None) -> None:
        """Put an editor under its label.

        label: "" where the name stands elsewhere, as beside it · written: what is written in an editor that is no text
        """
        super().__init__()
        self.editor = editor
        editor.setAccessibleName(label)
        self._caption = Label(label, "muted")
        self._caption.setBuddy(editor)  # a letter in the label leads into the editor
        self._message = muted(hint)
        self._hint = hint
        self._warning = self._signs = ""
        column(self._caption, editor, self._message, of=self, gap="gap_tiny")
        self._message.setVisible(bool(hint))
        self._written = written or _no_text
        if isinstance(editor, QLineEdit) and not isinstance(editor, PasswordEdit):
            self._written = editor.text
            editor.textChanged.connect(self.warn_of_signs)
        elif isinstance(editor, QPlainTextEdit):
            self._written = editor.toPlainText
            editor.textChanged.connect(self.warn_of_signs)
        if not label:  # to show it would have it drawn by the style of nowhere: it is not yet where it belongs
            self._caption.hide()

    def wrap_label(self) -> None:
        """Let the label take a second line where the field is narrower than it."""
        self._caption.setWordWrap(True)

    def rename(self, label: str, hint: str = "") -> None:
        """Ask for something else in the same place."""
        say(self._caption, label)
        self.editor.setAccessibleName(label)
        self._hint = hint
        self.clear_error()

    @property
    def error(self) -> str:
        """What is said to be wrong; empty when nothing is."""
        return self._message.text() if self._message.objectName() == "fieldError" else ""

    def set_error(self, text: str) -> None:
        """Say what is wrong and what would be right."""
        self._show(text, "fieldError", invalid=True)

    @property
    def warning(self) -> str:
        """What is said to be looked at; empty when nothing is."""
        return self._message.text() if self._message.objectName() == "fieldWarning" else ""

    def set_warning(self, text: str) -> None:
        """Say what should be looked at, though it may be saved."""
        self._warning = text
        self._rest()

    def clear_error(self) -> None:
        """Show the hint again, if there is one."""
        self._warning, self._signs = "", unprintable(self._written())
        self._rest()

    def warn_of_signs(self) -> None:
        """Look whether what is written here now can be printed."""
        if (signs := unprintable(self._written())) != self._signs:
            self._signs = signs
            if not self.error:
                self._rest()

    def _rest(self) -> None:
        warnings = "\n".join(filter(None, (self._warning, self._signs)))
        self._show(warnings or self._hint, "fieldWarning" if warnings else "muted", invalid=False)

    def _show(self, text: str, name: str, *, invalid: bool) -> None:
        say(self._message, text)
        repaint_state(self._message, "objectName", name)
        repaint_state(self.editor, "invalid", invalid)


def _no_text() -> str:
    return ""


def say_beside(fields: Mapping[str, Field], said: Mapping[str, str]) -> bool:
    """Say what is wrong beside the fields, by their keys, and go to the first; True when something is."""
    for key, field in fields.items():
        if key in said:
            field.set_error(said[key])
        else:
            field.clear_error()
    wrong = next((field for key, field in fields.items() if key in said), None)
    if wrong is not None:
        wrong.editor.setFocus()
    return wrong is not None


def show_problems(fields: Mapping[str, Field], error: UserError) -> str:
    """Say each problem beside its field and go to the first; return in lines what belongs to no field."""
    beside: dict[str, str] = {}
    elsewhere: list[str] = []
    for problem in error.problems:
        table = problem.field.partition(".")[0]  # of a cell, which is named with its place beside the table
        if problem.field in fields:
            beside[problem.field] = "\n".join(filter(None, (beside.get(problem.field), at_field(problem))))
        elif table in fields:
            beside[table] = "\n".join(filter(None, (beside.get(table), in_list(problem))))
        else:
            elsewhere.append(in_list(problem))
    whole = "" if say_beside(fields, beside) and not elsewhere else error.whole
    return "\n".join(filter(None, (whole, *elsewhere)))
