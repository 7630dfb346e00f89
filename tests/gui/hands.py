"""Two hands: keys and pointer, nothing else. What a test does with them, a person could do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QPoint, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLineEdit, QPushButton, QTableView, QWidget
from pytestqt.exceptions import TimeoutError as QtTimeoutError
from pytestqt.qtbot import QtBot

from ohdesk.ui import theme
from ohdesk.ui.kit.reading import Reading
from ohdesk.ui.window import Window

LONG = 15_000  # milliseconds
MOST_TABS = 60
EARLY = 20  # milliseconds
NONE = Qt.KeyboardModifier.NoModifier
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


class Hands:
    """Works on one window."""

    def __init__(self, qtbot: QtBot, window: Window) -> None:
        self.qtbot = qtbot
        self.window = window
        self._struck: set[Qt.Key] = set()  # since the last wait

    @property
    def focus(self) -> QWidget:
        """What keys go to now."""
        return self.window.focusWidget() or self.window

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE, times: int = 1) -> None:
        """Press a key."""
        self.be_in_front()
        for _ in range(times):
            self.qtbot.keyClick(self.focus, key, modifier)
            QApplication.processEvents()

    def strike(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        """Press a key as the window system reports it: shortcuts come first, then whatever really has the focus."""
        self.be_in_front()
        if key in self._struck:
            # As long as a finger needs, or it counts as held down; a little more, since a timer may come early.
            self.qtbot.wait(theme.layout("same_key_after_ms") + EARLY)
            self._struck.clear()
        self._struck.add(key)
        QTest.keyClick(self.window.windowHandle(), key, modifier)
        QApplication.processEvents()

    def be_in_front(self) -> None:
        """Have the window in front again: every desktop sees to that when a dialog is gone, the offscreen one not."""
        if QApplication.activeWindow() is not self.window:
            self.window.activateWindow()
            self.qtbot.waitUntil(lambda: QApplication.activeWindow() is self.window)

    def alt(self, letter: str) -> None:
        """Press Alt and the letter underlined on a button."""
        self.press(Qt.Key(ord(letter.upper())), ALT)
        self.wait(lambda: not any(each.isDown() for each in self.window.findChildren(QPushButton)))

    def enter(self, text: str) -> None:
        """Type into whatever has the focus; what is not ASCII comes as from an input method."""
        type_into(self.qtbot, self.focus, text)

    def replace(self, text: str) -> None:
        """Type over what stands in the field."""
        self.press(Qt.Key.Key_A, CTRL)
        self.enter(text)

    def field(self, name: str) -> None:
        """Put the focus into the field of this name with the pointer."""
        editor = self.find(QWidget, lambda each: each.accessibleName() == name and takes_focus(each))
        self.show(editor)
        self.qtbot.mouseClick(editor, Qt.MouseButton.LeftButton)
        QApplication.processEvents()

    def fill(self, name: str, text: str) -> None:
        """Fill the field of this name."""
        self.field(name)
        self.replace(text)

    def choose(self, name: str, word: str) -> None:
        """Go to the drop-down list of this name by Tab, and to the word by the arrow keys."""
        combo = self.find(QComboBox, lambda each: each.accessibleName() == name and each.isEnabled())
        # What is offered may still be read on the worker: whoever sits there waits until it can be seen.
        self.wait(lambda: any(word in combo.itemText(row) for row in range(combo.count())))
        self.tab_to(combo)
        self.press(Qt.Key.Key_Home)
        while word not in combo.currentText():
            assert combo.currentIndex() + 1 < combo.count(), f"{word} is not reached under {name}"
            self.press(Qt.Key.Key_Down)

    def tab_to(self, widget: QWidget) -> None:
        """Press Tab until the focus is there."""
        for _ in range(MOST_TABS):
            if self.focus is widget:
                return
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab does not lead to {widget.accessibleName()}")

    def click(self, text: str) -> None:
        """Click on the button whose text holds `text`."""
        button = self.find(QPushButton, lambda each: text in plain(each.text()) and each.isEnabled())
        self.show(button)
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        QApplication.processEvents()

    def find(self, kind: type[QWidget], fits: Callable[[QWidget], bool]) -> QWidget:
        """Wait until a widget that fits is visible, and return it."""
        found: list[QWidget] = []

        def is_there() -> bool:
            found[:] = [each for each in self.window.findChildren(kind) if each.isVisible() and fits(each)]
            return bool(found)

        try:
            self.qtbot.waitUntil(is_there, timeout=LONG)
        except QtTimeoutError as error:
            raise AssertionError(f"not on the screen; there are {self.seen()}") from error
        return found[0]

    def can_see(self, text: str) -> bool:
        """True when a button or label on the screen says `text`."""
        return any(text in said for said in self.seen())

    def column(self, name: str, place: int) -> list[str]:
        """Return what a column of the visible list of this name says."""
        view = self.find(QTableView, lambda each: name in each.accessibleName())
        model = view.model()
        return [str(model.index(row, place).data()) for row in range(model.rowCount())]

    @property
    def notice(self) -> str:
        """What the notice bar says."""
        return str(self.window.desk.notice.text)

    def seen(self) -> list[str]:
        """What can be seen now: names of fields, words of buttons and labels."""
        widgets = [each for each in self.window.findChildren(QWidget) if each.isVisible()]
        return [said for each in widgets if (said := _said(each))]

    def show(self, widget: QWidget) -> None:
        """Scroll until the widget can be seen, as the wheel would."""
        area = widget.parentWidget()
        while area is not None:
            if hasattr(area, "ensureWidgetVisible"):
                area.ensureWidgetVisible(widget)
            area = area.parentWidget()
        QApplication.processEvents()

    def wait(self, happened: Callable[[], object]) -> None:
        """Wait for something to have happened."""
        try:
            self.qtbot.waitUntil(lambda: bool(happened()), timeout=LONG)
        except QtTimeoutError as error:
            raise AssertionError(f"did not happen; there are {self.seen()}") from error

    def leaf_through(self) -> None:
        """Turn the pages that have the focus, each on screen until it counts as read, until all papers are read."""
        reading = self.find(Reading, lambda _each: True)
        reading.clock = hurried()
        for _ in range(200):
            if reading.is_read:
                return
            before = reading.said
            with suppress(QtTimeoutError):  # of a page that was read before, nothing new is said
                self.qtbot.waitUntil(lambda said=before: reading.said != said, timeout=3 * theme.layout("page_look_ms"))
            bar = reading.view.pdf.pages.verticalScrollBar()
            if reading.view.pdf.count and bar.value() == bar.maximum() and not reading.next.isHidden():
                self.alt("N")
            else:
                self.press(Qt.Key.Key_PageDown)

    def draw(self, pad: QWidget, strokes: list[list[tuple[float, float]]]) -> None:
        """Draw strokes with the pointer; points as parts of the pad's width and height."""
        for stroke in strokes:
            points = [QPoint(int(x * pad.width()), int(y * pad.height())) for x, y in stroke]
            self.qtbot.mousePress(pad, Qt.MouseButton.LeftButton, pos=points[0])
            for point in points[1:]:
                self.qtbot.mouseMove(pad, point)
            self.qtbot.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=points[-1])

    @contextmanager
    def answering(self, *paths: Path) -> Iterator[None]:
        """Type a path into each file dialog that opens in the block, in turn, and press Enter."""
        left = list(paths)
        typed: list[QFileDialog] = []
        path: list[str] = []
        timer = QTimer()
        timer.setInterval(100)

        def answer() -> None:
            dialog = QApplication.activeModalWidget()
            if not isinstance(dialog, QFileDialog):
                return
            timer.stop()  # typing lets events through
            edit = dialog.findChild(QLineEdit, "fileNameEdit")
            edit.setCompleter(None)  # its list of suggestions would take the keys
            if dialog not in typed:
                typed.append(dialog)
                path[:] = [str(left.pop(0))]
            edit.selectAll()
            type_into(self.qtbot, edit, path[0])  # again, should the dialog not have read the folder the first time
            timer.start()
            if edit.text() == path[0]:  # a dialog still reading its folder may have put something of its own there
                self.qtbot.keyClick(edit, Qt.Key.Key_Return)

        timer.timeout.connect(answer)
        timer.start()
        try:
            yield
            self.wait(lambda: not left)
        finally:
            timer.stop()


def hurried() -> Callable[[], float]:
    """Return a clock that is two seconds on whenever it is asked."""
    seconds = count(10**9, 2)  # after whatever the clock before has said
    return lambda: float(next(seconds))


def type_into(qtbot: QtBot, widget: QWidget, text: str) -> None:
    """Type text into a widget."""
    if text.isascii():
        qtbot.keyClicks(widget, text)
    else:
        event = QInputMethodEvent()
        event.setCommitString(text)
        QCoreApplication.sendEvent(widget, event)
    QApplication.processEvents()


def _said(widget: QWidget) -> str:
    text = getattr(widget, "text", None)
    return widget.accessibleName() or (plain(str(text())) if callable(text) else "")


def plain(text: str) -> str:
    """A button's text without its mnemonic."""
    return text.replace("&", "")


def takes_focus(widget: QWidget) -> bool:
    """True when keys can go to the widget."""
    return widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isEnabled()
