"""Icons by role, drawn from SVG in a colour of the theme."""

from functools import cache

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ohdesk.paths import resources
from ohdesk.ui import theme

_SCALE = 2  # drawn twice as large, for screens at 150 and 200 %


def icon(role: str, tint: str = "text_2") -> QIcon:
    """Return the icon of a role ("employer", "search", …) in the colour of a token."""
    return _icon(role, theme.colour(tint).name(), theme.size("icon"))


@cache
def _icon(role: str, colour: str, side: int) -> QIcon:
    svg = (resources() / "icons" / f"{role}.svg").read_text(encoding="utf-8").replace("currentColor", colour)
    picture = QPixmap(side * _SCALE, side * _SCALE)
    picture.fill(QColor(0, 0, 0, 0))
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(svg.encode("utf-8"))).render(painter)
    painter.end()
    picture.setDevicePixelRatio(_SCALE)
    return QIcon(picture)
