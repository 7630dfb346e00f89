"""Towns and counties offered by name or pinyin initials while somebody types where a code is wanted."""

from collections.abc import Iterable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCompleter, QLineEdit, QStyledItemDelegate

from ohdesk.search import folded, spellings
from ohdesk.services.office.divisions import Division, divisions

_SearchedRole, _CodeRole = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
_OFFERED = 8


class PlaceNames(QCompleter):
    """Fits a line: whoever chooses a place gets its code into it."""

    chosen = Signal()

    def __init__(self, line: QLineEdit) -> None:
        super().__init__(line)
        self._line, self._places = line, QStandardItemModel(self)
        self.setModel(self._places)
        self.setCompletionRole(_SearchedRole)
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setMaxVisibleItems(_OFFERED)
        self.popup().setItemDelegate(QStyledItemDelegate(self))  # the usual one knows nothing of the theme's row height
        line.setCompleter(self)
        self.activated.connect(self._take)

    def offer(self, places: Iterable[tuple[Division, str]]) -> None:
        """Offer these places, each with the text it is found by."""
        self._places.clear()
        for place, searched in places:
            item = QStandardItem(f"{place.place}　{place.code}")
            item.setData(searched, _SearchedRole)
            item.setData(place.code, _CodeRole)
            self._places.appendRow(item)

    def splitPath(self, path: str) -> list[str]:
        return [folded(path)]

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        return str(index.data(_CodeRole))

    def _take(self, code: str) -> None:
        self._line.setText(code)
        self.chosen.emit()


def places(digits: int) -> list[tuple[Division, str]]:
    """Return the divisions with codes of so many digits, each with what it is found by; the first call loads pinyin."""
    found = [(each, folded(each.place)) for each in divisions(digits)]
    return [(each, " ".join((plain, *spellings(plain)))) for each, plain in found]
