"""What may be higher than the screen: scrolled, on the ground of whatever it lies on."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class Scrolled(QScrollArea):
    """Shows one widget as wide as there is room, and scrolls it up and down."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setObjectName("scrolled")
        self.show_inside(inside)

    def show_inside(self, inside: QWidget) -> None:
        """Show another widget; the one before is gone."""
        inside.setObjectName("scrolled")
        self.setWidget(inside)
