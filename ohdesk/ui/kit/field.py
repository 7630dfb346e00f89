"""A field of a form: its label, its editor, and what is wrong with it, in its own place."""

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from ohdesk.ui import theme


class Field(QWidget):
    """Label above, editor below, message under it; the editor is named for those who cannot see it."""

    def __init__(self, label: str, editor: QWidget, hint: str = "") -> None:
        super().__init__()
        self.editor = editor
        editor.setAccessibleName(label)
        self._caption = QLabel(label)
        self._caption.setObjectName("muted")
        self._caption.setBuddy(editor)  # a letter in the label leads into the editor
        self._message = QLabel(hint)
        self._message.setObjectName("muted")
        self._message.setWordWrap(True)
        self._hint = hint
        self._polished = "muted"
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap_tiny"))
        column.addWidget(self._caption)
        column.addWidget(editor)
        column.addWidget(self._message)
        self._message.setVisible(bool(hint))

    def wrap_label(self) -> None:
        """Let the label take a second line where the field is narrower than it."""
        self._caption.setWordWrap(True)

    def rename(self, label: str, hint: str = "") -> None:
        """Ask for something else in the same place."""
        self._caption.setText(label)
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

    def clear_error(self) -> None:
        """Show the hint again, if there is one."""
        self._show(self._hint, "muted", invalid=False)

    def _show(self, text: str, name: str, *, invalid: bool) -> None:
        self._message.setText(text)
        self._message.setObjectName(name)
        self._message.setVisible(bool(text))
        if (name, bool(self.editor.property("invalid"))) == (self._polished, invalid):
            return  # polishing is slow, and nothing would look different
        self._polished = name
        self.editor.setProperty("invalid", invalid)
        for widget in (self._message, self.editor):
            widget.style().unpolish(widget)
            widget.style().polish(widget)
