"""A low list under a field: what is found, or offered."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from ohdesk.ui import theme
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
