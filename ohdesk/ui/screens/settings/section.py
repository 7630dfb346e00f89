"""What the sections of the settings share: items with a control, choices that apply at once, lists with their forms."""

from collections.abc import Callable, Mapping, Sequence
from typing import Generic

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Definition, Field, word
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import primary_action
from ohdesk.ui.kit.card import framed
from ohdesk.ui.kit.confirm import Asking, Confirm
from ohdesk.ui.kit.editors import LongChoice
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.label import Label
from ohdesk.ui.kit.lay import box, column, facts, grow, muted, row, say, text
from ohdesk.ui.kit.list_with_pane import ListWithPane, Row, by_words
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.preferences import Preference, Value

_EDGES = ("gap", "gap_small")


class Section(Page):
    """One section: a heading, what it is about, and its items; items can be found by the search."""

    display_changed = Signal()
    left = Signal()
    left_for = Signal(object)  # Parting

    def __init__(self, ctx: Context, jobs: Jobs, title: str, about: str = "") -> None:
        super().__init__(ctx, jobs)
        self.items: dict[str, QWidget] = {}
        what = muted()
        edges = ("", "page_top", "page_side", "page_top")
        self.column = column(text(title, "question"), what, of=self, gap="gap", edges=edges)
        say(what, about)

    def show_item(self, key: str) -> None:
        """Put the focus on an item, or on the first thing of the section."""
        item = self.items.get(key) or next(iter(self.items.values()), None)
        if item is not None:
            item.setFocus(Qt.FocusReason.TabFocusReason)

    def typed(self) -> dict[str, str]:
        """Return what was typed and is not saved; passwords never."""
        return {}

    def type_again(self, typed: dict[str, str]) -> None:
        """Put back what was typed before the program was locked."""

    def add_row(self, key: str, title: str, about: str, control: QWidget) -> Label:
        """Add an item: its title and what it means at the left, its control at the right; return what it means."""
        control.setAccessibleName(control.accessibleName() or title)
        self.items[key] = control
        meaning = muted(about)
        said = column(text(title), meaning, gap="gap_tiny")
        self.column.addWidget(framed(row(grow(said), control, gap="gap", edges=_EDGES)))
        return meaning

    def add_choice(
        self,
        key: str,
        title: str,
        about: str,
        preference: Preference[Value],
        words: Mapping[Value, str],
        then: Callable[[], object],
    ) -> None:
        """Add an item that is one of a few words; what is chosen is kept, and applied by `then`."""

        def choose(place: int) -> None:
            preference.choose(list(words)[place])
            then()

        editor = LongChoice()
        editor.addItems(list(words.values()))
        editor.setMinimumWidth(theme.layout("setting_control"))
        editor.setCurrentIndex(list(words).index(preference.chosen))
        editor.activated.connect(choose)
        self.add_row(key, title, about, editor)


class ListSection(Section, Generic[Row]):
    """A list with its actions, and the form for a new row; while one is asked something the actions are put away."""

    def __init__(
        self,
        ctx: Context,
        jobs: Jobs,
        definition: Definition,
        about: str,
        cells: Mapping[str, Column[Row]],
        nothing: EmptyState,
    ) -> None:
        """cells: how each of the columns that the definition names is shown"""
        title, columns = word(definition.title), [cells[key] for key in definition.listing.columns]
        super().__init__(ctx, jobs, title, about)
        nothing.wanted.connect(self.ask_new)
        self.list: ListWithPane[Row] = ListWithPane(
            definition.id, title, columns, nothing, tr("查找"), chosen=by_words(columns), edges=None
        )
        self.list.selected.connect(self.offer)
        self.items["list"] = self.list.view
        self._row = row(grow())
        self._actions = box(self._row)
        self._asking: Form | None = None
        self.confirm = Confirm()
        self.confirm.confirmed.connect(self._back)
        self.confirm.declined.connect(self._back)
        self.column.addWidget(self.list, 1)
        self.column.addWidget(self._actions)
        self.column.addWidget(self.confirm)
        self.form = self.add_form(definition.fields)

    def add_actions(self, right: Right, add: str, **actions: QPushButton) -> None:
        """Put actions below the list, at the end the one for a new row; all need the same right."""
        actions["add"] = primary_action("add", add, self.ask_new)
        self.allow(right, *actions.values(), self.list.nothing.button)
        for key, button in actions.items():
            self.items[key] = button
            self._row.addWidget(button)

    def add_form(self, fields: Sequence[Field]) -> Form:
        """Make a form that stands in the place of the list while it asks: beside it, both would be cut off."""
        form = Form(fields, legal_day(self.ctx.now()).isoformat(), columns=2)
        form.closed.connect(self._back)
        self.column.addWidget(form)
        return form

    def rows(self) -> Sequence[Row]:
        return ()

    def ask_new(self) -> None:
        self.type_again({})

    def offer(self, row: Row | None) -> None:
        """Offer what can be done with the row selected, None for no row."""

    def typed(self) -> dict[str, str]:
        return self.form.draft() or {}

    def reload(self) -> None:
        self.list.show_all(self.rows())
        self._actions.setVisible(not self.list.is_empty and self._asking is None)
        self.offer(self.list.current)

    def show_written(self, change: Change, said: str, chosen: str = "") -> None:
        """Show what was written; chosen: id of the row to select, the one selected before without it."""
        self.reload()
        if chosen and self.list.reveal(chosen):
            self.offer(self.list.current)  # at once: a key may follow before the list tells of the new selection
        self.changed.emit(change)
        self.done.emit(said)

    def ask_in(self, asking: Asking) -> None:
        """Put the actions away while a form or a question is open."""
        self.confirm.hide()
        self._actions.hide()
        if self._asking is not None:
            self._asking.hide()
        if isinstance(asking, Form):
            self._asking = asking
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


def text_card(title: str, about: str) -> QFrame:
    """Return a card with something to know and nothing to do."""
    return framed(column(text(title), muted(about), gap="gap_tiny", edges=_EDGES))


def facts_card(lines: Sequence[tuple[str, str]]) -> QFrame:
    """Return a card with one line for each fact, its name at the left."""
    return framed(column(facts(lines, "setting_name"), edges=_EDGES))
