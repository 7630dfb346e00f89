"""A whole number that holds still when the wheel goes past."""

from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QSpinBox


class Count(QSpinBox):
    """A whole number that the wheel does not change."""

    def __init__(self, least: int, most: int, value: int) -> None:
        super().__init__()
        self.setRange(least, most)
        self.setValue(value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
