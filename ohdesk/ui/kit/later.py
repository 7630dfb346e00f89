"""What is done a little later, and only once however often it is asked for meanwhile."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from ohdesk.ui import theme


def later(owner: QObject, act: Callable[[], object], after: str = "") -> QTimer:
    """Return a timer that acts once after each `start`; after: name of the time it waits, "" for not at all."""
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(theme.layout(after) if after else 0)
    timer.timeout.connect(act)
    return timer
