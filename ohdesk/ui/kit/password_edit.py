"""A field for a password."""

from PySide6.QtWidgets import QLineEdit


class PasswordEdit(QLineEdit):
    """What is typed is not shown, not learnt by an input method, and not offered for copying."""

    def __init__(self) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        # By name: for the enumerations themselves the first page would have to wait.
        self.setProperty("inputMethodHints", "ImhHiddenText|ImhSensitiveData|ImhNoPredictiveText")
        self.setProperty("contextMenuPolicy", "NoContextMenu")
