"""The numbers of the day; behind each is its list, one press away."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from ohdesk.ui import theme


class Figures(QWidget):
    """A row of numbers; arrows move, Enter or a click emits `wanted(screen, thing)`."""

    wanted = Signal(str, str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.tiles: dict[str, Tile] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.size("gap_small"))

    def add(self, key: str, label: str, screen: str, thing: str = "") -> None:
        """Add a number and what its list is."""
        tile = Tile(label, screen, thing)
        tile.wanted.connect(self.wanted)
        tile.moved.connect(self._move)
        self.tiles[key] = tile
        self._row.addWidget(tile, 1)

    def show_figure(self, key: str, number: int | None, kind: str = "") -> None:
        """Show a number; None while it is being counted. kind: "bad" for what should not be."""
        self.tiles[key].show_figure(number, kind)

    def _move(self, step: int) -> None:
        tiles = list(self.tiles.values())
        place = next(place for place, each in enumerate(tiles) if each is self.sender())
        tiles[min(max(place + step, 0), len(tiles) - 1)].setFocus(Qt.FocusReason.TabFocusReason)


class Tile(QPushButton):
    """One number with its word."""

    wanted = Signal(str, str)
    moved = Signal(int)

    def __init__(self, label: str, screen: str, thing: str) -> None:
        super().__init__()
        self._label, self._screen, self._thing = label, screen, thing
        self.setProperty("tile", True)
        self._number = QLabel()
        self._number.setObjectName("figure")
        word = QLabel(label)
        word.setObjectName("muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.size("gap"), theme.size("gap_small"), theme.size("gap"), theme.size("gap_small"))
        row.setSpacing(theme.size("gap_small"))
        for each in (self._number, word):
            each.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            row.addWidget(each, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        self.clicked.connect(self._tell)
        self.show_figure(None, "")

    @property
    def figure(self) -> str:
        """The number as it stands."""
        return self._number.text()

    def show_figure(self, number: int | None, kind: str) -> None:
        """Show the number."""
        self._number.setText("…" if number is None else str(number))
        self._number.setProperty("kind", kind if number else "nothing")
        self._number.style().unpolish(self._number)
        self._number.style().polish(self._number)
        self.setAccessibleName(f"{self._label} {self._number.text()}")
        self.setToolTip(f"{self._label}  Enter")

    def sizeHint(self) -> QSize:
        return self._inner_hint()

    def minimumSizeHint(self) -> QSize:
        return self._inner_hint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.click()
        elif Qt.Key(event.key()) in steps:
            self.moved.emit(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _inner_hint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def _tell(self) -> None:
        self.wanted.emit(self._screen, self._thing)
