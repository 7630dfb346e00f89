"""Buttons that carry an icon beside their word."""

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton

from ohdesk.ui.theme.icons import icon


def action(role: str, text: str, act: Callable[[], object]) -> QPushButton:
    """Return a button with the icon of a role."""
    return _button(role, text, act, "text_2")


def primary_action(role: str, text: str, act: Callable[[], object]) -> QPushButton:
    """Return the one button of a screen that stands out."""
    button = _button(role, text, act, "on_accent")
    button.setProperty("primary", True)
    return button


def relabel(button: QPushButton, text: str) -> None:
    """Give a button with an icon another word."""
    button.setText(f" {text}")  # the style leaves no room between the two


def _button(role: str, text: str, act: Callable[[], object], tint: str) -> QPushButton:
    button = QPushButton(icon(role, tint), "")
    relabel(button, text)
    button.clicked.connect(lambda: act())
    return button
