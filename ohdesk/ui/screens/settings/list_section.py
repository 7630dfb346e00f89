"""A section that is a list with a form: people, accounts, powers."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from ohdesk.services.context import Context
from ohdesk.ui import theme
from ohdesk.ui.kit.confirm import Confirm
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.table_view import Column, PagedTable, TableView
from ohdesk.ui.screens.settings.form_card import FormCard
from ohdesk.ui.screens.settings.section import Section

_ROWS_SEEN = 4
_ALL = 1000  # of the room there is; what is left below counts only where no list is shown


class ListSection(Section):
    """The list with its actions; while a form or a question is open the actions are put away."""

    def __init__(self, ctx: Context, jobs: Jobs, title: str, about: str, empty: EmptyState) -> None:
        super().__init__(ctx, jobs, title, about)
        self.empty = empty
        self.buttons = QWidget()
        self._row = QHBoxLayout(self.buttons)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.size("gap_small"))
        self._row.addStretch(1)
        self.confirm = Confirm()
        self.confirm.confirmed.connect(self._answered)
        self.confirm.declined.connect(self._answered)
        self._forms: list[FormCard] = []
        shortcut = QShortcut(QKeySequence("Esc"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.close_forms)

    def add_list(self, name: str, label: str, columns: Sequence[Column[Any]]) -> TableView:
        """Put the list in its place."""
        self._table: PagedTable[Any] = PagedTable(columns)
        self.view = TableView(name, label)
        self.view.setMinimumHeight(theme.size("row") * (_ROWS_SEEN + 1))
        self.view.show_table(self._table, columns)
        self.view.selected.connect(self.offer)
        self.column.addWidget(self.view, _ALL)
        self.column.addWidget(self.empty, _ALL)
        self.column.addWidget(self.buttons)
        self.column.addWidget(self.confirm)
        self.column.addStretch(1)
        self.items["list"] = self.view
        return self.view

    def add_actions(self, actions: Mapping[str, QPushButton]) -> None:
        """Put the actions below the list, the primary one last."""
        for key, button in actions.items():
            self.items[key] = button
            self._row.addWidget(button)

    def add_form(self, form: FormCard) -> FormCard:
        """Put a form below the list; it is hidden until it asks."""
        form.closed.connect(self._answered)
        self._forms.append(form)
        self.column.insertWidget(self.column.count() - 1, form)
        return form

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show the list, keeping the place of the selection."""
        place = max(self.view.currentIndex().row(), 0)
        self._table.show_rows(len(rows), lambda offset, limit: rows[offset : offset + limit])
        self._place()
        if rows:
            self.view.selectRow(min(place, len(rows) - 1))
        self.offer(self.view.current())

    def offer(self, row: Any) -> None:
        """Offer what can be done with the row selected, None for no row."""

    def ask_in(self, form: QWidget) -> None:
        """Put the actions away while a form or a question is open, and the list away for a form: it needs the room."""
        for other in (*self._forms, self.confirm):
            if other is not form:
                other.hide()
        self.buttons.hide()
        if form is not self.confirm:
            self.view.hide()
            self.empty.hide()

    def close_forms(self) -> None:
        """Close what is open and come back to the list."""
        for form in self._forms:
            form.close_form()
        self._answered()

    def show_item(self, key: str) -> None:
        self.close_forms()
        if not self.items["list"].isVisibleTo(self) and key in {"", "list"}:
            self.empty.button.setFocus()
            return
        super().show_item(key)

    def _place(self) -> None:
        """Show the list with its actions, or why there is none; nothing of it while a form is open."""
        if any(not form.isHidden() for form in self._forms):
            return
        self.view.setVisible(self._table.total > 0)
        self.empty.setVisible(self._table.total == 0)
        self.buttons.setVisible(self._table.total > 0)

    def _answered(self) -> None:
        self._place()
        (self.view if self.view.isVisibleTo(self) else self.empty.button).setFocus()
