"""What may be higher than the screen: scrolled, on the ground of whatever it lies on."""

from PySide6 import QtCore
from PySide6.QtCore import QEvent, QObject, QPoint, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

from ohdesk.ui import theme


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
    """Keeps in sight what has the focus: when it comes there, when there is less room or more stands above it."""

    def __init__(self, inside: QWidget) -> None:
        self._growing = _Growing()
        super().__init__(inside)
        once_all_has_its_place = QtCore.Qt.ConnectionType.QueuedConnection
        self._growing.grown.connect(self._follow_again, once_all_has_its_place)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)

    def show_inside(self, inside: QWidget) -> None:
        """Show another widget; the one before is gone."""
        super().show_inside(inside)
        inside.installEventFilter(self._growing)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._follow_again()

    def _follow_again(self) -> None:
        self._follow(None, QApplication.focusWidget())

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is None or not self.isVisible() or not self.isAncestorOf(new):
            return
        if QApplication.mouseButtons() != QtCore.Qt.MouseButton.NoButton:
            return  # what is being clicked on must not move away from under the pointer
        self.ensureWidgetVisible(new)  # of a text only the line of the cursor
        if new.height() < self.viewport().height():
            top = new.mapTo(self.widget(), QPoint(0, 0))
            for place in (top + QPoint(0, new.height()), top):
                self.ensureVisible(place.x(), place.y(), 0, theme.size("gap"))


class _Growing(QObject):
    """Tells when a widget gets another size; the scroll itself cannot listen, it does already for its own bars."""

    grown = Signal()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.grown.emit()
        return False
