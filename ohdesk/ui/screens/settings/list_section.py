"""A section that is a list with forms: people, accounts, powers."""

from collections.abc import Mapping, Sequence
from typing import Generic

from PySide6.QtWidgets import QPushButton

from ohdesk.domain.people import Right
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.ui.kit.confirm import Confirm
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import box, grow, row
from ohdesk.ui.kit.list_with_pane import ListWithPane, Row, by_words
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.screens.settings.section import Section


class ListSection(Section, Generic[Row]):
    """The list with its actions; while a form or a question is open the actions are put away."""

    def __init__(
        self,
        ctx: Context,
        jobs: Jobs,
        name: str,
        title: str,
        about: str,
        columns: Sequence[Column[Row]],
        nothing: EmptyState,
    ) -> None:
        super().__init__(ctx, jobs, title, about)
        self._nothing = nothing
        self.list: ListWithPane[Row] = ListWithPane(
            name, title, columns, nothing, tr("查找"), chosen=by_words(columns), edges=None
        )
        self.list.selected.connect(self.offer)
        self._row = row(grow())
        self._actions = box(self._row)
        self._asking: Form | None = None
        self.confirm = Confirm()
        self.confirm.confirmed.connect(self._back)
        self.confirm.declined.connect(self._back)
        self.column.addWidget(self.list, 1)
        self.column.addWidget(self._actions)
        self.column.addWidget(self.confirm)
        self.items["list"] = self.list.view

    def add_actions(self, actions: Mapping[str, QPushButton], right: Right) -> None:
        """Put the actions below the list, the primary one last; all need the same right."""
        self.allow(right, *actions.values(), self._nothing.button)
        for key, button in actions.items():
            self.items[key] = button
            self._row.addWidget(button)

    def add_form(self, form: Form) -> Form:
        """Take a form that stands in the place of the list while it asks: beside it, both would be cut off."""
        form.closed.connect(self._back)
        self.column.addWidget(form)
        return form

    def show_rows(self, rows: Sequence[Row], chosen: str = "") -> None:
        """Show the list; chosen: id of the row to select, the one selected before without it."""
        self.list.show_all(rows)
        if chosen:
            self.list.reveal(chosen)
        self._actions.setVisible(bool(rows) and self._asking is None)
        self.offer(self.list.current)

    def offer(self, row: Row | None) -> None:
        """Offer what can be done with the row selected, None for no row."""

    def ask_in(self, form: Form | Confirm) -> None:
        """Put the actions away while a form or a question is open."""
        self.confirm.hide()
        self._actions.hide()
        if self._asking is not None:
            self._asking.hide()
        if isinstance(form, Form):
            self._asking = form
            self.list.hide()

    def show_item(self, key: str) -> None:
        if key in {"", "list"}:
            self.list.focus_list()
        else:
            super().show_item(key)

    def _back(self) -> None:
        self._asking = None
        self._actions.setVisible(not self.list.is_empty)
        self.list.show()
        self.list.focus_list()
