"""The numbers of the day; behind each is its list, one press away."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from ohdesk.ui.kit.lay import grow, repaint_state, row
from ohdesk.ui.screens.today.leading_button import LeadingButton


class Figures(QWidget):
    """A row of numbers; arrows move, Enter or a click emits `wanted(screen, thing)`."""

    wanted = Signal(str, str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.tiles: dict[str, Tile] = {}
        self._among: list[LeadingButton] = []
        self._row = row(of=self)

    def add(self, key: str, label: str, screen: str, thing: str = "") -> None:
        """Add a number and what its list is."""
        tile = self.tiles[key] = Tile(label, screen, thing, self._among)
        tile.wanted.connect(self.wanted)
        self._row.addWidget(tile, 1)

    def show_figure(self, key: str, number: int | None, kind: str = "") -> None:
        """Show a number; None while it is being counted. kind: "bad" for what should not be."""
        self.tiles[key].show_figure(number, kind)


class Tile(LeadingButton):
    """One number with its word."""

    def __init__(self, label: str, screen: str, thing: str, among: list[LeadingButton]) -> None:
        super().__init__("", screen, thing, among)
        self._label = label
        self.setProperty("tile", True)
        self.setToolTip(f"{label}  Enter")
        self._number, word = QLabel(), QLabel(label)
        self._number.setObjectName("figure")
        word.setObjectName("muted")
        for each in (self._number, word):
            each.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)  # a press is one on the button
        self._inside = row(self._number, word, grow(), of=self, edges=("gap", "gap_small"))
        self.show_figure(None, "")

    @property
    def figure(self) -> str:
        """The number as it stands."""
        return self._number.text()

    def show_figure(self, number: int | None, kind: str) -> None:
        """Show the number."""
        self._number.setText("…" if number is None else str(number))
        repaint_state(self._number, "kind", kind if number else "nothing")
        self.setAccessibleName(f"{self._label} {self._number.text()}")

    def sizeHint(self) -> QSize:
        # A button asks for the room of its own text, and the tile has none.
        return self._inside.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._inside.sizeHint()
