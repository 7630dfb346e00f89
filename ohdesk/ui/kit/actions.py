"""Buttons, with an icon beside their word where they stand in a header."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QPushButton, QWidget

from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.lay import repaint_state
from ohdesk.ui.theme.icons import icon


def button(
    text: str,
    tip: str = "",
    *,
    act: Callable[[], object] | None = None,
    primary: bool = False,
    quiet: bool = False,
) -> QPushButton:
    """Return a button of a page; quiet: drawn as words alone."""
    made = QPushButton(text)
    made.setProperty("primary", primary)
    made.setProperty("quiet", quiet)
    if act is not None:
        made.clicked.connect(lambda: act())  # without what Qt says of its being checked
    if tip:
        made.setToolTip(plain_tip(tip))
    return made


def action(role: str, text: str, act: Callable[[], object], tip: str = "") -> QPushButton:
    """Return a button with the icon of a role."""
    return _with_icon(role, text, act, tip, "text_2")


def primary_action(role: str, text: str, act: Callable[[], object], tip: str = "") -> QPushButton:
    """Return the one button of a screen that stands out."""
    made = _with_icon(role, text, act, tip, "on_accent")
    made.setProperty("primary", True)
    return made


def stand_out(button: QPushButton, *, out: bool) -> None:
    """Let a button be the one that stands out, or one of the others."""
    repaint_state(button, "primary", out)
    if role := button.property("role"):
        button.setIcon(icon(role, "on_accent" if out else "text_2"))


def relabel(button: QPushButton, text: str) -> None:
    """Give a button with an icon another word."""
    button.setText(f" {text}")  # the style leaves no room between the two


def focus_offered(*widgets: QWidget) -> None:
    """Put the focus on the first of these that is offered: what an account may not do is grey and takes none."""
    for each in widgets:
        if each.isEnabled():
            each.setFocus()
            return


def equally_wide(buttons: Sequence[QPushButton]) -> None:
    """Make buttons that stand below each other as wide as the widest of them."""
    for each in buttons:
        each.ensurePolished()  # before, none knows the size of its words
    widest = max((each.sizeHint().width() for each in buttons), default=0)
    for each in buttons:
        each.setMinimumWidth(widest)


def _with_icon(role: str, text: str, act: Callable[[], object], tip: str, tint: str) -> QPushButton:
    made = button("", tip, act=act)
    made.setProperty("role", role)
    made.setIcon(icon(role, tint))
    relabel(made, text)
    return made
