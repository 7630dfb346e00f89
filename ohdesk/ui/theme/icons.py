"""Icons by role, drawn from SVG in a colour of the theme."""

from functools import cache

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ohdesk.paths import resources
from ohdesk.ui import theme

_WINDOW_ICON = "ohdesk.svg"
_WINDOW_ICON_SIDES = (16, 32, 48, 128)  # pixels


def icon(role: str, tint: str = "text_2") -> QIcon:
    """Return the icon of a role ("employer", "search", …) in the colour of a token."""
    off = "text_2" if tint == "on_accent" else "outline"  # of a disabled button: filled, or with an icon alone
    sharpness = max(screen.devicePixelRatio() for screen in QGuiApplication.screens())
    return _icon(role, theme.colour(tint).name(), theme.colour(off).name(), theme.size("icon"), sharpness)


def roles() -> list[str]:
    """Return the roles that have an icon."""
    return sorted(path.stem for path in (resources() / "icons").glob("*.svg") if path.name != _WINDOW_ICON)


def window_icon() -> QIcon:
    """Return what the bar of the system shows for the program, in the sizes it asks for."""
    svg = (resources() / "icons" / _WINDOW_ICON).read_text(encoding="utf-8")
    made = QIcon()
    for side in _WINDOW_ICON_SIDES:
        made.addPixmap(_drawn(svg, side, 1))
    return made


@cache
def _icon(role: str, colour: str, off: str, side: int, sharpness: float) -> QIcon:
    svg = (resources() / "icons" / f"{role}.svg").read_text(encoding="utf-8")
    picture, disabled = (_drawn(svg.replace("currentColor", tint), side, sharpness) for tint in (colour, off))
    made = QIcon()
    for mode, drawn in ((QIcon.Mode.Normal, picture), (QIcon.Mode.Disabled, disabled), (QIcon.Mode.Selected, picture)):
        made.addPixmap(drawn, mode)
    return made


def _drawn(svg: str, side: int, sharpness: float) -> QPixmap:
    picture = QPixmap(round(side * sharpness), round(side * sharpness))
    picture.fill(QColor(0, 0, 0, 0))  # by its parts: for its name PySide would set up all names there are
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(svg.encode("utf-8"))).render(painter)
    painter.end()
    picture.setDevicePixelRatio(sharpness)
    return picture
