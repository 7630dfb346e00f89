"""What the tests of both screens that exchange bundles share: a world with a stick plugged in, and hands."""

from contextlib import contextmanager

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractButton

from ohdesk.services.office import drives
from ohdesk.services.office.drives import Stick
from tests.gui.showing import in_front
from tests.unit.services.exchange.bundle_world import TOWNS, copied_world

WIDE, NARROW = QSize(1198, 665), QSize(1037, 524)
ALT = Qt.KeyboardModifier.AltModifier
ROOM = 14_200_000_000


@contextmanager
def plugged_in(folder, monkeypatch, offices=TOWNS[:1]):
    """Open a world whose stick is the one that is plugged in."""
    monkeypatch.setattr(drives, "sticks", lambda: (Stick(folder / "stick", "OHDESK", ROOM, ROOM),))
    with copied_world(folder, offices) as opened:
        yield opened


def brought_to_front(screen, jobs, qtbot):
    in_front(screen, qtbot)
    settle(jobs, qtbot)
    return screen


def settle(jobs, qtbot):
    for _ in range(3):
        jobs.wait()
        qtbot.wait(0)


def alt(qtbot, screen, letter):
    qtbot.keyClick(screen.focusWidget() or screen, Qt.Key(ord(letter)), ALT)
    qtbot.waitUntil(lambda: not any(button.isDown() for button in screen.findChildren(QAbstractButton)))


def cells(table, column):
    model = table.view.model()
    return [model.index(row, column).data() for row in range(model.rowCount())]
