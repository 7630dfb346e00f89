"""Tables: columns as data, rows fetched page by page, widths remembered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSettings,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QTableView

from ohdesk.ui import theme
from ohdesk.ui.kit.rows import KindRole, RowDelegate
from ohdesk.ui.kit.type_ahead import TypeAhead

Index = QModelIndex | QPersistentModelIndex
RowRole = Qt.ItemDataRole.UserRole
PAGE = 200

Row = TypeVar("Row")
NO_PARENT = QModelIndex()
_AS_TEXT = frozenset({Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole})
_ANSWERED = _AS_TEXT | {Qt.ItemDataRole.TextAlignmentRole, KindRole, RowRole}


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column: its heading, how to take its text from a row, its width, and whether it holds numbers.

    kind: for states shown as a chip, how to take "ok", "warn", "bad", "active" or "plain" from a row; "" for none
    sought: letters typed into the list are looked for here; without such a column in the first one
    """

    heading: str
    text: Callable[[Row], str]
    width: int
    numeric: bool = False
    kind: Callable[[Row], str] | None = None
    sought: bool = False


class PagedTable(QAbstractTableModel, Generic[Row]):
    """Shows rows that `fetch(offset, limit)` gives; knows nothing about where they come from."""

    def __init__(self, columns: Sequence[Column[Row]]) -> None:
        super().__init__()
        self._columns = tuple(columns)
        self._rows: list[Row] = []
        self._total = 0
        self._fetch: Callable[[int, int], Sequence[Row]] = lambda _offset, _limit: ()

    def show_rows(self, total: int, fetch: Callable[[int, int], Sequence[Row]]) -> None:
        """Start again: `total` rows, of which the first page is fetched now."""
        self.beginResetModel()
        self._fetch, self._total = fetch, total
        self._rows = list(fetch(0, PAGE))
        self.endResetModel()

    def expect(self, total: int, fetch: Callable[[int, int], Sequence[Row]]) -> None:
        """Learn how many rows there are after the first page was shown, and where the next ones come from."""
        self._fetch, self._total = fetch, total

    def place_of(self, is_wanted: Callable[[Row], bool]) -> int:
        """Return the place of the first such row among those fetched; -1 without one."""
        return next((place for place, row in enumerate(self._rows) if is_wanted(row)), -1)

    @property
    def total(self) -> int:
        """How many rows there are, fetched or not."""
        return self._total

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and len(self._rows) < self._total

    def fetchMore(self, parent: Index) -> None:
        more = list(self._fetch(len(self._rows), PAGE))
        if parent.isValid() or not more:
            self._total = len(self._rows)
            return
        self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(more) - 1)
        self._rows += more
        self.endInsertRows()

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].heading
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(numeric=self._columns[section].numeric)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in _ANSWERED:  # a cell is asked for a dozen roles each time it is painted
            return None
        row, column = self._rows[index.row()], self._columns[index.column()]
        if role in _AS_TEXT:
            return column.text(row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(numeric=column.numeric)
        if role == KindRole:
            return column.kind(row) if column.kind else None
        return row if role == RowRole else None


class TableView(QTableView):
    """A table driven by keyboard: arrows move, Enter opens, letters go to the next such name.

    It remembers widths and order of columns under its name.
    """

    opened = Signal(object)
    selected = Signal(object)
    sought_in_vain = Signal(str)  # letters typed, while there is more than was fetched

    def __init__(self, name: str, label: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setItemDelegate(RowDelegate(self))
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.size("row"))
        self.horizontalHeader().setMinimumHeight(theme.size("row"))
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsMovable(True)
        self.horizontalHeader().setFirstSectionMovable(False)
        self.activated.connect(self._open)
        self._sought = 0  # column
        self._ahead = TypeAhead(self)
        self._ahead.found.connect(self.selectRow)
        self._ahead.missed.connect(self._miss)

    def show_table(self, model: PagedTable[Any], columns: Sequence[Column[Any]]) -> None:
        """Show a model, each column as wide as remembered, else as its column says."""
        self.setModel(model)
        plain = QStyledItemDelegate(self)
        with QSignalBlocker(self.horizontalHeader()):  # a table that hears of new widths is painted twice
            for place, column in enumerate(columns):
                if place and column.kind is None:  # neither bar nor chip: nothing of such a cell is painted in Python
                    self.setItemDelegateForColumn(place, plain)
                remembered = QSettings().value(self._key(place))
                self.setColumnWidth(place, int(str(remembered)) if remembered else theme.scaled(column.width))
            self._put_in_order(len(columns))
        self._sought = next((place for place, column in enumerate(columns) if column.sought), 0)
        self.horizontalHeader().sectionResized.connect(self._remember)
        self.horizontalHeader().sectionMoved.connect(self._remember_order)
        self.selectionModel().currentRowChanged.connect(self._select)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        # Home and End go to the first and last row, not to the first and last cell of a row
        last = self.model().rowCount() - 1
        if action == QAbstractItemView.CursorAction.MoveHome:
            return self.model().index(0, 0)
        if action == QAbstractItemView.CursorAction.MoveEnd:
            return self.model().index(last, 0)
        return super().moveCursor(action, modifiers)

    def keyboardSearch(self, search: str) -> None:
        self._ahead.take(search, self.model().rowCount(), self._name_of, self.currentIndex().row())

    def current(self) -> Any:
        """Return the row that is selected, or None."""
        index = self.currentIndex()
        return index.data(RowRole) if index.isValid() else None

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(index.data(RowRole))

    def _select(self, current: QModelIndex) -> None:
        self.selected.emit(current.data(RowRole) if current.isValid() else None)

    def _name_of(self, row: int) -> str:
        return str(self.model().index(row, self._sought).data())

    def _miss(self, typed: str) -> None:
        if self.model().canFetchMore(NO_PARENT):
            self.sought_in_vain.emit(typed)

    def _remember(self, section: int, _old: int, new: int) -> None:
        if self.isVisible() and section < self.horizontalHeader().count() - 1:  # the last takes what room there is
            QSettings().setValue(self._key(section), new)

    def _put_in_order(self, count: int) -> None:
        """Put the columns where the user put them, unless there are others by now."""
        header, stored = self.horizontalHeader(), str(QSettings().value(self._key("order")) or "")
        order = [int(section) for section in stored.split() if section.isdecimal()]
        if sorted(order) == list(range(count)):
            for place, section in enumerate(order):
                header.moveSection(header.visualIndex(section), place)

    def _remember_order(self) -> None:
        header = self.horizontalHeader()
        order = " ".join(str(header.logicalIndex(place)) for place in range(header.count()))
        QSettings().setValue(self._key("order"), order)

    def _key(self, section: int | str) -> str:
        return f"columns/{self.objectName()}/{section}"


def _alignment(*, numeric: bool) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if numeric else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
