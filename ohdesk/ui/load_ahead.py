"""What Qt and its binding do once per process, done while the password is typed, so that the first page need not."""

from functools import cache, partial

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QScrollArea

from ohdesk.ui.theme.icons import icon, roles

_EVERY_MS = 15


@cache
def set_up_types() -> None:
    """Let PySide set up all its types now, on this thread, before a worker imports what names them.

    It does so at the first widget that Qt made itself, and takes 20 ms.
    """
    QScrollArea().viewport()


def draw_icons(window: QObject) -> None:
    """Draw all icons one by one, those of the sidebar first, with room in between for what is typed."""
    from ohdesk.domain.people import OfficeRole  # late: the prompt is painted without it
    from ohdesk.ui.routes import routes

    first = sorted({route.icon for office in OfficeRole for route in routes(office)})
    for place, role in enumerate(dict.fromkeys((*first, *roles()))):
        QTimer.singleShot(place * _EVERY_MS, window, partial(icon, role))
