"""A field for a password."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit


class PasswordEdit(QLineEdit):
    """What is typed is not shown, not learnt by an input method, and not offered for copying."""

    def __init__(self) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        hints = Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhSensitiveData
        self.setInputMethodHints(hints | Qt.InputMethodHint.ImhNoPredictiveText)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
