"""Lists beside the usual one: several in one place, and one of rows that nothing finds again."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from PySide6.QtWidgets import QStackedLayout, QWidget

from ohdesk.ui import theme
from ohdesk.ui.kit.chips import FilterChips
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.lay import column, grow, muted, say
from ohdesk.ui.kit.list_with_pane import ListWithPane, Row
from ohdesk.ui.kit.table_view import Column, TableView

_ROWS_SHOWN = 4  # with the heading


class _Held(NamedTuple):
    label: str
    list: ListWithPane[Any]
    particulars: Callable[[Any], str]


class Lists(QWidget):
    """Chips with counts turn from one list to the other; below stands what is to be said of the row selected."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._held: dict[str, _Held] = {}
        self.chips = FilterChips(name)
        self.chips.chosen.connect(self._turn)
        self.particulars = muted()
        self.particulars.hide()
        self._stack = QStackedLayout()  # each keeps its selection and its place while another is in front
        column(self.chips, grow(self._stack), self.particulars, of=self)

    def add(
        self,
        key: str,
        label: str,
        name: str,
        columns: Sequence[Column[Row]],
        nothing: EmptyState,
        particulars: Callable[[Row], str] = lambda _row: "",
    ) -> ListWithPane[Row]:
        """Make a list.

        key, name, columns, nothing: as in `ListWithPane` · label: of the chip that turns to it
        particulars: returns of a row what no column has room for, "" for nothing
        """
        listed = ListWithPane(key, name, columns, nothing, edges=None)
        self._held[key] = _Held(label, listed, particulars)
        self._stack.addWidget(listed)
        listed.selected.connect(self._say)
        self._count()
        return listed

    def show_rows(self, key: str, rows: Sequence[Any]) -> None:
        self._held[key].list.show_all(rows)
        self._count()

    def turn_to(self, key: str) -> None:
        """Bring a list to the front."""
        self.chips.choose(key)

    def _turn(self, key: str) -> None:
        self._stack.setCurrentWidget(self._held[key].list)
        self._say()

    def _count(self) -> None:
        self.chips.show_chips([(key, each.label, each.list.table.total) for key, each in self._held.items()])

    def _say(self) -> None:
        held = self._held[self.chips.current]
        row = held.list.current
        say(self.particulars, "" if row is None else held.particulars(row))


class ListOrWhy(QWidget):
    """A table, or in its place why there is nothing in it."""

    def __init__(self, name: str, label: str, columns: Sequence[Column[Any]], empty: EmptyState) -> None:
        super().__init__()
        self.view = TableView(name, label, columns)
        self.table = self.view.table
        self.empty = empty
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.view)
        self._pages.addWidget(empty)
        self.setMinimumHeight(theme.size("row") * _ROWS_SHOWN)
        self.setMinimumWidth(theme.layout("drawer"))  # what is beside it may need the rest
        self.setFocusProxy(self.view)
        self._pages.setCurrentWidget(empty)

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show rows; the one selected stays selected if it is still in its place."""
        held = self.view.currentIndex().row()
        self.table.show_rows(len(rows), lambda offset, limit: rows[offset : offset + limit])
        self._pages.setCurrentWidget(self.view if rows else self.empty)
        if 0 <= held < len(rows):
            self.view.selectRow(held)
