"""A choice among words that may be longer than there is room."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QStyle, QStyleOptionComboBox, QStylePainter

from ohdesk.ui.kit.choice import Choice


class LongChoice(Choice):
    """Words that have no room end in "…".

    Not for the prompt: whoever paints in Python makes PySide set up its names, which the prompt would wait for.
    """

    def paintEvent(self, _event: QPaintEvent) -> None:
        option: Any = QStyleOptionComboBox()  # the type stubs know none of its fields
        self.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self).width()
        option.currentText = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, room)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
