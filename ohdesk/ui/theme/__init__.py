"""Colours, sizes and icons by name; one palette and one style sheet for the whole application."""

import tomllib
from functools import cache
from importlib.resources import files
from string import Template

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from ohdesk.paths import resources

SCREEN_FAMILIES = ("Microsoft YaHei UI", "Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Micro Hei", "sans-serif")
THEMES = ("light", "dark")

_PALETTE = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "window",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.PlaceholderText: "text_3",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.ToolTipBase: "surface",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Link: "accent",
}


class _Current:
    theme = "light"


@cache
def _tokens() -> dict[str, dict[str, str | int]]:
    return tomllib.loads((files("ohdesk.ui.theme") / "tokens.toml").read_text(encoding="utf-8"))


def colours(theme: str) -> dict[str, str]:
    """Return the colours of a theme ("light" or "dark") by token, "#RRGGBB"."""
    return {name: str(value) for name, value in _tokens()[theme].items()}


def colour(token: str) -> QColor:
    """Return a colour of the theme in force."""
    return QColor(colours(_Current.theme)[token])


def size(token: str) -> int:
    """Return a length in pixels at 100 %."""
    return int(_tokens()["size"][token])


def layout(token: str) -> int:
    """Return a break point in pixels, or a time in milliseconds."""
    return int(_tokens()["layout"][token])


def apply_theme(app: QApplication, theme: str = "light") -> None:
    """Give the application its style, palette, style sheet and font; once, before anything is shown."""
    _Current.theme = theme
    app.setStyle("Fusion")
    palette = QPalette()
    for role, token in _PALETTE.items():
        palette.setColor(role, colour(token))
    palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text, colour("text_3"))
    palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText, colour("text_3"))
    app.setPalette(palette)
    app.setFont(_font())
    sheet = Template((files("ohdesk.ui.theme") / "base.qss").read_text(encoding="utf-8"))
    app.setStyleSheet(sheet.substitute({**colours(theme), **_tokens()["size"]}))


def _font() -> QFont:
    for name in ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf"):
        QFontDatabase.addApplicationFont(str(resources() / "fonts" / name))
    font = QFont()
    font.setFamilies(list(SCREEN_FAMILIES))
    font.setPixelSize(size("font_body"))
    return font
