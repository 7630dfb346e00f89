"""A choice among a few words."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyledItemDelegate, QStyleOptionComboBox, QStylePainter


class Choice(QComboBox):
    """A drop-down list that the wheel does not change: scrolling a form past it must not alter an answer.

    Words that have no room end in "…".
    """

    def __init__(self) -> None:
        super().__init__()
        self.setItemDelegate(QStyledItemDelegate(self))  # the usual one knows nothing of the theme's row height

    def paintEvent(self, event: QPaintEvent) -> None:
        words = self.fontMetrics().horizontalAdvance(self.currentText())
        if words <= self.width() - 2 * self.height():  # room to spare: nothing is asked of the style before the prompt
            super().paintEvent(event)
            return
        option: Any = QStyleOptionComboBox()  # the type stubs know none of its fields
        self.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self).width()
        option.currentText = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, room)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
