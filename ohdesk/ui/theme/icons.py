"""Icons by role, drawn from SVG in a colour of the theme."""

from functools import cache

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ohdesk.paths import resources
from ohdesk.ui import theme


def icon(role: str, tint: str = "text_2") -> QIcon:
    """Return the icon of a role ("employer", "search", …) in the colour of a token."""
    off = "text_2" if tint == "on_accent" else "outline"  # of a disabled button: filled, or with an icon alone
    sharpness = max(screen.devicePixelRatio() for screen in QGuiApplication.screens())
    return _icon(role, theme.colour(tint).name(), theme.colour(off).name(), theme.size("icon"), sharpness)


@cache
def _icon(role: str, colour: str, off: str, side: int, sharpness: float) -> QIcon:
    svg = (resources() / "icons" / f"{role}.svg").read_text(encoding="utf-8").replace("currentColor", colour)
    picture = QPixmap(round(side * sharpness), round(side * sharpness))
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        QSvgRenderer(QByteArray(svg.encode("utf-8"))).render(painter)
    disabled = QPixmap(picture)
    with QPainter(disabled) as painter:  # the style would only grey it: a dark icon then vanishes in the dark theme
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(disabled.rect(), QColor(off))
    made = QIcon()
    for mode, drawn in ((QIcon.Mode.Normal, picture), (QIcon.Mode.Disabled, disabled), (QIcon.Mode.Selected, picture)):
        drawn.setDevicePixelRatio(sharpness)
        made.addPixmap(drawn, mode)
    return made
