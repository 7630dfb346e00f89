"""A low list under a field: what is found, or offered."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from ohdesk.ui import theme
from ohdesk.ui.kit.keys import ENTERS
from ohdesk.ui.kit.label import plain_tip

_KeyRole = Qt.ItemDataRole.UserRole


class LowList(QListWidget):
    """As high as its lines, up to `most` of them; then it scrolls."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def offer_line(self, words: str, key: str = "") -> QListWidgetItem:
        """Put a line below the others; the tip says what has no room in it."""
        item = QListWidgetItem(words)
        item.setToolTip(plain_tip(words))
        item.setData(_KeyRole, key)
        item.setSizeHint(QSize(0, theme.size("row")))  # as wide as the list: a longer line is cut, not scrolled to
        self.addItem(item)
        return item

    def key_of(self, item: QListWidgetItem) -> str:
        return str(item.data(_KeyRole))

    def fit(self) -> None:
        """Be as high as the lines offered, and select the first."""
        lines = min(self._most, max(1, self.count()))
        self.setFixedHeight(lines * theme.size("row") + theme.size("gap_small"))
        self.setCurrentRow(0)


class TickLine(NamedTuple):
    """A line that can be ticked; may: by hand · held: it is ticked, and nobody can change that."""

    key: str
    words: str
    may: bool = True
    held: bool = False


class TickList(LowList):
    """Lines to tick: arrows move, Space ticks."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self._may: set[str] = set()
        self._ticked: set[str] = set()  # for good

    @property
    def value(self) -> str:
        """The keys of the lines ticked, in the order of the list, with spaces between."""
        lines = (self.item(row) for row in range(self.count()))
        return " ".join(self.key_of(line) for line in lines if line.checkState() == Qt.CheckState.Checked)

    def choose(self, value: str) -> None:
        """Tick lines by their keys, of those that can be."""
        chosen = (self._may & set(value.split())) | self._ticked
        for row in range(self.count()):
            line = self.item(row)
            line.setCheckState(Qt.CheckState.Checked if self.key_of(line) in chosen else Qt.CheckState.Unchecked)

    def show_lines(self, lines: Sequence[TickLine], *, fixed: bool = False) -> None:
        """Show lines, ticked as they were. fixed: any of them may be ticked, and none by hand."""
        held = self.value
        self.clear()
        self._may = {line.key for line in lines if line.may or fixed}
        self._ticked = {line.key for line in lines if line.held}
        with QSignalBlocker(self):
            for line in lines:
                flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable
                enabled = flags | Qt.ItemFlag.ItemIsEnabled
                self.offer_line(line.words, line.key).setFlags(
                    enabled if line.may and not (line.held or fixed) else flags
                )
            self.choose(held)
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {*ENTERS, Qt.Key.Key_Escape}:
            event.ignore()  # the page's
        else:
            super().keyPressEvent(event)
