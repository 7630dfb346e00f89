"""Screens and windows in front and at rest, as somebody finds them."""

from dataclasses import replace

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel

from ohdesk.ui.screens.unlock.cards import Credentials
from ohdesk.ui.window import Window
from tests.conftest import PASSWORD, noon

WIDE, NARROW = QSize(1198, 705), QSize(1037, 564)  # what the desk leaves to a screen at 1366 and at 1205 points


def in_front(screen, qtbot, size=WIDE):
    """Show a screen that reads again whatever it changed, as the desk has it do; return it."""
    screen.changed.connect(lambda change: screen.reload() if screen.reloads_on & change else None)
    qtbot.addWidget(screen)
    screen.resize(size)
    bring_forward(screen, qtbot)
    screen.arrive()
    return screen


def bring_forward(window, qtbot):
    """Show a window and wait until it hears keys."""
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


def new_window(folder, qtbot, make_practice=None):
    """The program as it comes up for the workspace in `folder`, or with None where there is none yet."""
    window = Window(folder, noon, make_practice)
    # The first closing says what would be lost, the second loses it.
    qtbot.addWidget(window, before_close_func=lambda closed: (closed.close(), closed.close()))
    bring_forward(window, qtbot)
    return window


def at_the_desk(folder, qtbot, account="李旸", first_screen=""):
    """The program with its workspace open."""
    window = new_window(folder, qtbot)
    window.first_screen = first_screen
    window.open_workspace(Credentials(folder, account, PASSWORD))
    qtbot.waitUntil(lambda: window.desk is not None, timeout=15_000)
    return window


def said(widget):
    """What the labels of a widget say, seen or not, a line each."""
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


def as_only(role, ctx):
    """The workspace as an account with this role alone has it."""
    return replace(ctx, actor=replace(ctx.actor, roles=frozenset({role})))


def refused(*buttons):
    """What is written on those of these buttons that are grey and say that the account has not the right."""
    return [each.text().strip() for each in buttons if not each.isEnabled() and "没有做这一步的权限" in each.toolTip()]
