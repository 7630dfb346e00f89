"""Notice when nobody has touched the program for a while."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

if TYPE_CHECKING:
    from PySide6.QtGui import QWindow

_TOUCHES = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TabletPress,
    QEvent.Type.TabletMove,
    QEvent.Type.TouchBegin,
    QEvent.Type.TouchUpdate,
}
_MINUTE = 60_000


class IdleWatch(QObject):
    """Emits `idle` once no key, pointer or pen has moved in the window for so many minutes.

    It listens where input enters the window, not to every event of every widget: that would slow all of them.
    """

    idle = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.idle)

    def watch(self, window: "QWindow") -> None:
        """Listen to what enters this window."""
        window.removeEventFilter(self)
        window.installEventFilter(self)

    def start(self, minutes: int) -> None:
        """Count from now."""
        self._timer.start(minutes * _MINUTE)

    def stop(self) -> None:
        """Count no more."""
        self._timer.stop()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in _TOUCHES and self._timer.isActive():
            self._timer.start()
        return False
