"""A choice among a few words, with an arrow that says so in every theme."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox

from ohdesk.ui import theme
from ohdesk.ui.theme.icons import icon


class Choice(QComboBox):
    """A drop-down list; the arrow is an icon, because a styled combo box has none of its own."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        side = theme.size("icon")
        left = self.width() - side - theme.size("gap_small")
        painter = QPainter(self)
        icon("expand").paint(painter, left, (self.height() - side) // 2, side, side)
        painter.end()
