"""Letters typed into a list lead to the next row of such a name, by pinyin too."""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QObject, QThreadPool, Signal
from PySide6.QtWidgets import QApplication

from ohdesk.search import folded, spellings
from ohdesk.ui.kit.jobs import Job


class TypeAhead(QObject):
    """Remembers what was typed in one go, and says which row is meant by `found(row)`, or by `missed(typed)` none.

    The same letter again goes on to the next such row.  The table of pinyin is loaded with the first letter, on a
    thread of its own; what is typed meanwhile is looked for when it is there.
    """

    found = Signal(int)
    missed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._typed = ""
        self._count = self._start = 0
        self._name: Callable[[int], str] = str
        self._since = QElapsedTimer()
        self._loading: Job | None = None
        self._loaded = False

    def take(self, letters: str, count: int, name: Callable[[int], str], current: int) -> None:
        """Take letters typed over `count` rows, each with its name; `current` is the row selected, -1 for none."""
        going_on = self._since.isValid() and self._since.elapsed() < QApplication.keyboardInputInterval()
        self._since.restart()
        repeated = going_on and set(self._typed) == {folded(letters)}
        if not going_on or repeated:
            self._typed = ""
            self._start = current + 1
        self._typed += folded(letters)
        self._count, self._name = count, name
        if not self._typed:
            return
        if self._loaded:
            self._look()
        elif self._loading is None:
            self._loading = Job(lambda: list(spellings("拼")))
            self._loading.succeeded.connect(self._look_at_last)
            QThreadPool.globalInstance().start(self._loading.run)

    def _look_at_last(self) -> None:
        self._loaded = True
        self._look()

    def _look(self) -> None:
        for step in range(self._count):
            row = (self._start + step) % self._count
            name = folded(self._name(row))
            if any(each.startswith(self._typed) for each in (name, *spellings(name))):
                self.found.emit(row)
                return
        self.missed.emit(self._typed)
