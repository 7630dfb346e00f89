"""A record signed on screen by hand movements, for the tests of signing and for the benchmark of its stalls."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from ohdesk.services.context import Context
from ohdesk.ui.desk import Desk
from ohdesk.ui.kit.jobs import Jobs
from tests.gui.hands import hurried
from tests.unit.services.record.record_world import OWN, SECOND

Key, Left = Qt.Key, Qt.MouseButton.LeftButton


class Seat:
    """Whoever sits before the screen: presses, writes, and looks.

    hands:  what moves mouse and keys: pytest-qt's qtbot, or Qt's own QTest
    """

    def __init__(self, ctx: Context, jobs: Jobs, hands: Any) -> None:
        self.ctx, self.hands = ctx, hands
        self.desk = Desk(ctx, jobs)
        self.desk.resize(QSize(1366, 705))
        self.desk.show()
        self.jobs = jobs

    @property
    def flow(self):
        return self.desk.screen_of("record").flow

    def settle(self) -> None:
        for _ in range(3):
            self.jobs.wait()
            QApplication.processEvents()

    def prepare(self, visit: str) -> None:
        """Go to a visit, to have it signed on the screen."""
        self.desk.show_screen("record", visit)
        self.settle()
        self.flow.prepare.sign_in.choose("electronic")

    def press(self, button: QWidget) -> None:
        assert button.isVisible()
        assert button.isEnabled(), button.text()
        self.hands.mouseClick(button, Left)
        self.settle()

    def key(self, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
        """Press a key where the focus is."""
        self.hands.keyClick(QApplication.focusWidget(), key, *modifiers)
        self.settle()

    def look_through(self, page: Any = None) -> None:
        """Turn to the end by the keyboard, looking at each page for as long as it has to be on screen."""
        reading = (page or self.flow.signing).reading
        reading.clock = hurried()
        pages = reading.view.pdf.pages
        for place in reading.view.tabs.keys:
            reading.view.tabs.choose(place)
            self._wait(lambda: bool(reading.view.pdf.count) and (reading.is_read or bool(reading.unread)))
            self.hands.keyClick(pages, Key.Key_Home)
            for _ in range(4 * reading.view.pdf.count):
                self._wait(lambda: pages.missing() is None)
                reading.look()
                reading.look()
                if pages.verticalScrollBar().value() == pages.verticalScrollBar().maximum():
                    break
                self.hands.keyClick(pages, Key.Key_PageDown)
        assert reading.is_read, reading.said

    def _wait(self, until: Callable[[], bool]) -> None:
        for _ in range(200):
            self.settle()
            if until():
                return
            QTest.qWait(20)

    def write(self, pad: QWidget | None = None) -> None:
        pad = pad or self.flow.signing.pad
        assert pad.isVisible()
        for left in (40, 120):
            self.hands.mousePress(pad, Left, pos=QPoint(left, 40))
            for step in range(1, 8):
                self.hands.mouseMove(pad, QPoint(left + 8 * step, 40 + 9 * step))
            self.hands.mouseRelease(pad, Left, pos=QPoint(left + 60, 110))

    def give_own_password(self, password: str) -> None:
        gate = self.flow.signing.gate
        assert gate.isVisible()
        self.hands.keyClicks(gate.focusWidget(), password)
        self.hands.keyClick(gate.focusWidget(), Key.Key_Return)
        self.settle()

    def second_password(self, password: str = OWN[SECOND]) -> None:
        edit = card_of(self.flow.conclude, SECOND).password
        edit.clear()
        self.hands.keyClicks(edit, password)

    def sign(self) -> None:
        """From the first page of the document to the inspectors' page."""
        self.press(self.flow.prepare.go)
        self.look_through()
        self.write()
        self.press(self.flow.signing.finish)
        self.give_own_password(OWN[self.ctx.actor.account])
        assert self.flow.page is self.flow.conclude

    def conclude(self) -> None:
        self.second_password()
        self.press(self.flow.conclude.finalize)


def card_of(page: Any, name: str) -> Any:
    """Return the card of one of the inspectors who have to sign on a page."""
    return next(card for card in page.seats.cards if card.seat.name == name)
