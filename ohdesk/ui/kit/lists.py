"""Lists beside the usual one: several in one place, and one of rows that nothing finds again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QStackedLayout, QWidget

from ohdesk.ui import theme
from ohdesk.ui.kit.chips import FilterChips
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.lay import column, grow, muted, say
from ohdesk.ui.kit.list_with_pane import ListWithPane, Paged, Row
from ohdesk.ui.kit.table_view import Column, TableView

_ROWS_SHOWN = 4  # with the heading


@dataclass
class _Held:
    label: str
    make: Callable[[], ListWithPane[Any]]
    particulars: Callable[[Any], str]
    rows: Sequence[Any] = ()
    list: ListWithPane[Any] | None = None


class Lists(QWidget):
    """Chips with counts turn from one list to the other; below stands what is to be said of the row selected.

    A list is made when it is first turned to: four at once hold up the screen longer than all that is read for them.
    """

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
        make: Callable[[], ListWithPane[Row]],
        particulars: Callable[[Row], str] = lambda _row: "",
    ) -> None:
        """Add a list.

        label: of the chip that turns to it · make: returns it, without edges
        particulars: returns of a row what no column has room for, "" for nothing
        """
        self._held[key] = _Held(label, make, particulars)
        self._count()

    def list_of(self, key: str) -> ListWithPane[Any]:
        """Return a list, made when it is first asked for."""
        held = self._held[key]
        if held.list is None:
            held.list = held.make()
            self._stack.addWidget(held.list)
            held.list.selected.connect(self._say)
            _show(held.list, held.rows)
        return held.list

    def show_rows(self, key: str, rows: Sequence[Any]) -> None:
        """Show rows of which all are given, or that come in pages."""
        held = self._held[key]
        held.rows = rows
        if held.list is not None:
            _show(held.list, rows)
        elif key == self.chips.current:
            self._turn(key)
        self._count()

    def turn_to(self, key: str) -> None:
        """Bring a list to the front."""
        self.chips.choose(key)

    def _turn(self, key: str) -> None:
        self._stack.setCurrentWidget(self.list_of(key))
        self._say()

    def _count(self) -> None:
        self.chips.show_chips([(key, held.label, len(held.rows)) for key, held in self._held.items()])

    def _say(self) -> None:
        held = self._held[self.chips.current]
        row = None if held.list is None else held.list.current
        say(self.particulars, "" if row is None else held.particulars(row))


def _show(listed: ListWithPane[Any], rows: Sequence[Any]) -> None:
    if isinstance(rows, Paged):
        listed.show_paged(rows, is_empty=not rows)
    else:
        listed.show_all(rows)


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
