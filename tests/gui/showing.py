"""A screen without the desk around it, in front and at rest, as somebody finds it."""

from dataclasses import replace

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel

WIDE, NARROW = QSize(1198, 705), QSize(1037, 564)  # what the desk leaves to a screen at 1366 and at 1205 points


def in_front(screen, qtbot, size=WIDE):
    """Show a screen that reads again whatever it changed, as the desk has it do; return it."""
    screen.changed.connect(lambda _change: screen.reload())
    qtbot.addWidget(screen)
    screen.resize(size)
    screen.show()
    screen.activateWindow()
    qtbot.waitUntil(screen.isActiveWindow)
    screen.arrive()
    return screen


def said(widget):
    """What the labels of a widget say, seen or not, a line each."""
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


def as_only(role, ctx):
    """The workspace as an account with this role alone has it."""
    return replace(ctx, actor=replace(ctx.actor, roles=frozenset({role})))


def refused(*buttons):
    """What is written on those of these buttons that are grey and say that the account has not the right."""
    return [each.text().strip() for each in buttons if not each.isEnabled() and "没有做这一步的权限" in each.toolTip()]
