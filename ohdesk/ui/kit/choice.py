"""A choice among a few words that holds still when the wheel goes past."""

from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyledItemDelegate


class Choice(QComboBox):
    """A drop-down list that the wheel does not change: scrolling a form past it must not alter an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.setItemDelegate(QStyledItemDelegate(self))  # the usual one knows nothing of the theme's row height

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
