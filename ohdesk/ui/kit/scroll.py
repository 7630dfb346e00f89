"""What may be higher than the screen: scrolled, on the ground of whatever it lies on."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class Scrolled(QScrollArea):
    """Shows one widget as wide as there is room, and scrolls it up and down."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setProperty("focusPolicy", "NoFocus")
        self.setProperty("horizontalScrollBarPolicy", "ScrollBarAlwaysOff")
        # Nothing here names an enumeration of Qt or asks for a widget Qt made: PySide would set up all there are, which
        # the first page would have to wait for.
        ground = QWidget()
        ground.setObjectName("scrolled")
        self.setViewport(ground)
        self.show_inside(inside)

    def show_inside(self, inside: QWidget) -> None:
        """Show another widget; the one before is gone."""
        inside.setObjectName("scrolled")
        self.setWidget(inside)


class FollowingScroll(Scrolled):
    """Keeps in sight what has the focus when there is less room, as when a notice appears."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        focused = self.focusWidget()
        if focused is not None and focused.hasFocus():
            self.ensureWidgetVisible(focused)
