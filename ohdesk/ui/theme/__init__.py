"""Colours, sizes and icons by name; one palette and one style sheet for the whole application."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from string import Template

from PySide6.QtCore import QDir
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from ohdesk.paths import resources

SCREEN_FAMILIES = ("Microsoft YaHei UI", "Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Micro Hei", "sans-serif")
THEMES = ("light", "dark")

_HERE = Path(__file__).resolve().parent

_PALETTE = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "window",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "bad",
    QPalette.ColorRole.PlaceholderText: "text_3",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.ToolTipBase: "surface",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Light: "line",  # Fusion bevels and separators
    QPalette.ColorRole.Midlight: "line",
    QPalette.ColorRole.Mid: "outline",
    QPalette.ColorRole.Dark: "outline",
    QPalette.ColorRole.Shadow: "sunken",
}
_DISABLED = (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText)
# How much of the user's own scale a table of lengths takes: type in full, panels by half so that all stays on screen.
_GROWTH = {"size": 1.0, "panel": 0.5, "space": 0.0, "time": 0.0}


class _Current:
    theme = "light"
    scale = 100
    styled = False


@cache
def _tokens() -> dict[str, dict[str, str | int]]:
    return tomllib.loads((_HERE / "tokens.toml").read_text(encoding="utf-8"))


@cache
def _lengths(scale: int) -> dict[str, int]:
    """Return every length and time by token, at a scale in per cent."""
    return {
        name: round(int(value) * (1 + (scale - 100) / 100 * growth))
        for table, growth in _GROWTH.items()
        for name, value in _tokens()[table].items()
    }


def colours(theme: str) -> dict[str, str]:
    """Return the colours of a theme ("light" or "dark") by token, "#RRGGBB"."""
    return {name: str(value) for name, value in _tokens()[theme].items()}


def colour(token: str) -> QColor:
    """Return a colour of the theme in force."""
    return QColor(str(_tokens()[_Current.theme][token]))


def size(token: str) -> int:
    """Return a length in pixels at the user's own scale."""
    return _lengths(_Current.scale)[token]


def layout(token: str) -> int:
    """Return a break point in pixels at the user's own scale, or a time in milliseconds."""
    return _lengths(_Current.scale)[token]


def scaled(pixels: int) -> int:
    """Return a length meant for 100 % at the user's own scale."""
    return round(pixels * _Current.scale / 100)


def styled_application(arguments: Sequence[str]) -> QApplication:
    """Return the application, in the style it is to have from the start: changing it later costs as much again."""
    _Current.styled = True
    return QApplication([*arguments, "-style", "Fusion"])


def apply_theme(app: QApplication, theme: str = "light", scale: int = 100) -> None:
    """Give the application its style, palette, style sheet and font.

    theme: "light" or "dark" · scale: 90, 100, 115 or 130 per cent.  Widgets made before keep the sizes that
    were set in code: the window makes them again.
    """
    _Current.theme = theme
    _Current.scale = scale
    if not _Current.styled:  # asking the application would make PySide set up every class of styles and widgets
        app.setStyle("Fusion")
        _Current.styled = True
    app.setPalette(_palette())
    app.setFont(_font())
    sheet = Template((_HERE / "base.qss").read_text(encoding="utf-8"))
    QDir.setSearchPaths("theme", [str(_HERE)])  # the marks of check boxes and the like
    app.setStyleSheet(sheet.substitute({**colours(_Current.theme), **_lengths(scale), "theme": _Current.theme}))


def _palette() -> QPalette:
    palette = QPalette()
    for role, token in _PALETTE.items():
        palette.setColor(role, colour(token))
    for role in _DISABLED:
        palette.setColor(QPalette.ColorGroup.Disabled, role, colour("text_3"))
    palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Highlight, colour("line"))
    palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.HighlightedText, colour("text_2"))
    return palette


@cache
def _load_faces() -> None:
    for name in ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf"):
        QFontDatabase.addApplicationFont(str(resources() / "fonts" / name))


def _font() -> QFont:
    _load_faces()
    font = QFont()
    font.setFamilies(list(SCREEN_FAMILIES))
    font.setPixelSize(size("font_body"))
    return font
