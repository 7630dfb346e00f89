"""A plain list, for rows that nothing finds again after they were read anew; all others are a `ListWithPane`."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QStackedLayout, QWidget

from ohdesk.ui import theme
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.table_view import Column, PagedTable, TableView

_ROWS_SHOWN = 4  # with the heading


class ListOrWhy(QWidget):
    """A table, or in its place why there is nothing in it."""

    def __init__(self, name: str, label: str, columns: Sequence[Column[Any]], empty: EmptyState) -> None:
        super().__init__()
        self.view = TableView(name, label)
        self.table: PagedTable[Any] = PagedTable(columns)
        self.view.show_table(self.table, columns)
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
