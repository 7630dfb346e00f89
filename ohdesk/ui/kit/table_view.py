"""Tables: columns as data, rows fetched page by page, widths and orders remembered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QSettings,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QTableView, QToolTip

from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.copied import cells_text
from ohdesk.ui.kit.keys import ENTERS
from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.row_delegate import Index, KindRole, RowDelegate
from ohdesk.ui.kit.type_ahead import TypeAhead

Row = TypeVar("Row")
NO_PARENT = QModelIndex()
PAGE = 20  # rows kept or let go together
# Rows fetched at once: a screen full, wherever in a page it begins. Of a list that asks SQLAlchemy 200 take 60 ms of
# the window's thread.
AT_ONCE = 2 * PAGE
_PAGES_KEPT = 40  # a roll of 20,000 scrolled through would hold 6 MB; a page that has gone is fetched again
MOST_COPIED = 1000  # rows: of more a file is made
RowRole = Qt.ItemDataRole.UserRole
_ANSWERED = frozenset(
    {
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.TextAlignmentRole,
        KindRole,
        RowRole,
    }
)


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column: its heading, how to take its text from a row, its width, and whether it holds numbers.

    kind: for states shown as a chip, how to take "ok", "warn", "bad", "active" or "plain" from a row; "" for none
    sought: letters typed into the list are looked for here; without such a column in the first one
    by: what the list is sorted by under this heading; without it the text as it is shown, or the number
    """

    heading: str
    text: Callable[[Row], str]
    width: int
    numeric: bool = False
    kind: Callable[[Row], str] | None = None
    sought: bool = False
    by: Callable[[Row], str | int] | None = None

    def key(self, row: Row) -> tuple[int, str]:
        """Return what a row is sorted by under this heading."""
        held = self.text(row) if self.by is None else self.by(row)
        if isinstance(held, int):
            return held, ""
        return (len(held) if self.numeric else 0), held  # of two whole numbers the longer one is the larger


class PagedTable(QAbstractTableModel, Generic[Row]):
    """Shows rows that `fetch(offset, limit)` gives, a page when something of it is to be seen.

    As many rows as there are from the beginning, so that the scroll bar says how long the list is and End leads to its
    last row.
    """

    def __init__(self, columns: Sequence[Column[Row]]) -> None:
        super().__init__()
        self._columns = tuple(columns)
        self._pages: dict[int, Sequence[Row]] = {}
        self._total = 0
        self._fetch: Callable[[int, int], Sequence[Row]] = lambda _offset, _limit: ()

    def show_rows(self, total: int, fetch: Callable[[int, int], Sequence[Row]]) -> None:
        """Start again with `total` rows."""
        self.beginResetModel()
        self._fetch, self._total, self._pages = fetch, total, {}
        self.endResetModel()

    def expect(self, total: int, fetch: Callable[[int, int], Sequence[Row]]) -> None:
        """Learn how many rows there are after the first ones were shown, and where the others come from."""
        first = self._total
        self._fetch = fetch
        if total > first:
            self.beginInsertRows(QModelIndex(), first, total - 1)
            self._pages = {page: rows for page, rows in self._pages.items() if len(rows) == PAGE}
            self._total = total
            self.endInsertRows()

    def place_of(self, is_wanted: Callable[[Row], bool]) -> int:
        """Return the place of the first such row among those fetched; -1 without one."""
        self.row(0)
        for page, rows in sorted(self._pages.items()):
            for place, row in enumerate(rows):
                if is_wanted(row):
                    return page * PAGE + place
        return -1

    @property
    def total(self) -> int:
        """How many rows there are, fetched or not."""
        return self._total

    def row(self, place: int) -> Row | None:
        """Return a row, fetched with its neighbours; None where it has gone since the rows were counted."""
        page = place // PAGE
        if page not in self._pages:
            if not 0 <= place < self._total:
                return None
            self._fetch_with_neighbour(page)
        rows = self._pages[page]
        return rows[place % PAGE] if place % PAGE < len(rows) else None

    def _fetch_with_neighbour(self, page: int) -> None:
        """Fetch a page, and with it the one below or above: a screen of rows seldom begins where a page does."""
        last = (self._total - 1) // PAGE
        below = page < last and page + 1 not in self._pages
        above = not below and page > 0 and page - 1 not in self._pages
        first = page - above
        rows = self._fetch(first * PAGE, AT_ONCE if below or above else PAGE)
        self._pages[first] = rows[:PAGE]
        if below or above:
            self._pages[first + 1] = rows[PAGE:]
        while len(self._pages) > _PAGES_KEPT:
            del self._pages[next(iter(self._pages))]  # the one fetched first

    @property
    def is_whole(self) -> bool:
        """True when every row was fetched."""
        return sum(map(len, self._pages.values())) >= self._total

    def fetched_text(self, place: int, column: int) -> str:
        """Return a cell of a row that was fetched, "" of another: letters typed do not make a whole list be read."""
        row = self.row(place) if place // PAGE in self._pages else None
        return "" if row is None else self._columns[column].text(row)

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else self._total

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
        row, column = self.row(index.row()), self._columns[index.column()]
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(column.text(row))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(numeric=column.numeric)
        if role == KindRole:
            return column.kind(row) if column.kind else None
        return row if role == RowRole else None


class TableView(QTableView):
    """A table driven by keyboard: arrows move, Enter opens, letters go to the next such name, Ctrl+C copies cells.

    It remembers widths and order of columns under its name.
    """

    opened = Signal(object)
    selected = Signal(object)
    sought_in_vain = Signal(str)  # letters typed, while there is more than was fetched
    sorting = Signal()  # `order` is another one

    def __init__(self, name: str, label: str, columns: Sequence[Column[Any]]) -> None:
        super().__init__()
        self.table: PagedTable[Any] = PagedTable(columns)
        self.setModel(self.table)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setItemDelegate(RowDelegate(self))
        self.setTabKeyNavigation(False)  # Tab leaves the table; it has one place to be in for each row, not each cell
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.size("row"))
        self.activated.connect(self._open)
        self.selectionModel().currentRowChanged.connect(self._select)
        self._sought = next((place for place, column in enumerate(columns) if column.sought), 0)
        self.order = (-1, False)  # column, falling; column -1 for the order in which the rows come
        self._ahead = TypeAhead(self)
        self._ahead.found.connect(self.selectRow)
        self._ahead.missed.connect(self._miss)
        self._head(columns)

    def sort_by_heading(self) -> None:
        """Let a click on a heading sort by it, a second one the other way round, a third one as before."""
        self.horizontalHeader().setSectionsClickable(True)
        self.horizontalHeader().sectionClicked.connect(self._sort)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        # Home and End go to the first and last row, not to the first and last cell of a row
        last = self.model().rowCount() - 1
        if action == QAbstractItemView.CursorAction.MoveHome:
            return self.model().index(0, 0)
        if action == QAbstractItemView.CursorAction.MoveEnd:
            return self.model().index(last, 0)
        return super().moveCursor(action, modifiers)

    def selectRow(self, row: int) -> None:
        # As Qt has it, what keys are held down meanwhile decides whether others stay selected.
        alone = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(self.table.index(row, 0), alone)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
            return
        super().keyPressEvent(event)
        if event.key() in ENTERS and self.currentIndex().isValid():
            event.accept()  # what was opened may have the focus on a button by now, which the key is not meant for

    def keyboardSearch(self, search: str) -> None:
        self._ahead.take(search, self.model().rowCount(), self._name_of, self.currentIndex().row())

    def current(self) -> Any:
        """Return the row that is selected, or None."""
        index = self.currentIndex()
        return index.data(RowRole) if index.isValid() else None

    def _head(self, columns: Sequence[Column[Any]]) -> None:
        """Make each column as wide as remembered, else as it says."""
        header, plain = self.horizontalHeader(), QStyledItemDelegate(self)
        header.setMinimumHeight(theme.size("row"))
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setFirstSectionMovable(False)  # the bar of the selected row is painted in it
        with QSignalBlocker(header):  # a table that hears of new widths is painted twice
            for place, column in enumerate(columns):
                if place and column.kind is None:  # neither bar nor chip: nothing of such a cell is painted in Python
                    self.setItemDelegateForColumn(place, plain)
                remembered = QSettings().value(self._key(place))
                self.setColumnWidth(place, int(str(remembered)) if remembered else theme.scaled(column.width))
            self._put_in_order(len(columns))
        header.sectionResized.connect(self._remember)
        header.sectionMoved.connect(self._remember_order)

    def _copy(self) -> None:
        """Put the rows selected on the clipboard, their cells in the order in which they stand."""
        header = self.horizontalHeader()
        columns = [header.logicalIndex(place) for place in range(header.count())]
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        if len(places) > MOST_COPIED:
            said = tr("选了 {count} 行，一次最多复制 {most} 行；更多的请用导出。", count=len(places), most=MOST_COPIED)
            QToolTip.showText(self.mapToGlobal(self.viewport().rect().center()), plain_tip(said), self)
            return
        rows = [[self.table.index(place, column).data() or "" for column in columns] for place in places]
        QGuiApplication.clipboard().setText(cells_text(rows))

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(index.data(RowRole))

    def _select(self, current: QModelIndex) -> None:
        self.selected.emit(current.data(RowRole) if current.isValid() else None)

    def show_order(self, column: int, *, falling: bool) -> None:
        """Show by which heading the rows are ordered, -1 for none; `sorting` says nothing."""
        self.order = (column, falling)
        header = self.horizontalHeader()
        header.setSortIndicatorShown(self.order[0] >= 0)
        header.setSortIndicator(column, Qt.SortOrder.DescendingOrder if falling else Qt.SortOrder.AscendingOrder)

    def _sort(self, column: int) -> None:
        before, falling = self.order
        if column == before and falling:
            self.show_order(-1, falling=False)
        else:
            self.show_order(column, falling=column == before)
        self.sorting.emit()

    def _name_of(self, place: int) -> str:
        return self.table.fetched_text(place, self._sought)

    def _miss(self, typed: str) -> None:
        if not self.table.is_whole:
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
