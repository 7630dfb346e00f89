"""A choice among words that may be longer than there is room."""

from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QStyle, QStyleOptionComboBox, QStylePainter

from ohdesk.ui.kit.choice import Choice

_FEWEST_LETTERS = 6  # with the arrow


class LongChoice(Choice):
    """Words that have no room end in "…".

    Not for the prompt: whoever paints in Python makes PySide set up its names, which the prompt would wait for.
    """

    def minimumSizeHint(self) -> QSize:
        whole = super().minimumSizeHint()
        # As Qt has it, the longest word would say how narrow the form around may be.
        return QSize(min(whole.width(), self.fontMetrics().height() * _FEWEST_LETTERS), whole.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        option: Any = QStyleOptionComboBox()  # the type stubs know none of its fields
        self.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self).width()
        option.currentText = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, room)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
