"""What all sections of the settings share: their signals, and the rows they are made of."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from ohdesk.errors import UserError
from ohdesk.services.context import Context
from ohdesk.ui import theme
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import column, facts, grow, muted, row, text
from ohdesk.ui.kit.page import Page


class Section(Page):
    """One section: a heading, what it is about, and its items; items can be found by the search."""

    display_changed = Signal()
    left = Signal()

    def __init__(self, ctx: Context, jobs: Jobs, title: str, about: str = "") -> None:
        super().__init__(ctx, jobs)
        self.items: dict[str, QWidget] = {}
        side, top = theme.size("page_side"), theme.size("page_top")
        self.column = column(text(title, "question"), of=self, gap="gap")
        self.column.setContentsMargins(0, top, side, top)
        if about:
            self.column.addWidget(muted(about))

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

    def show_in(self, form: Form, error: Exception) -> None:
        """Show in a form what a job came back with; what the user can do nothing about is said above the page."""
        form.set_busy(busy=False)
        if isinstance(error, UserError):
            form.show_problems(error)
        else:
            self.failed.emit(error)

    def add_row(self, key: str, title: str, about: str, control: QWidget) -> QLabel:
        """Add an item: its title and what it means at the left, its control at the right; return what it means."""
        control.setAccessibleName(control.accessibleName() or title)
        self.items[key] = control
        meaning = muted(about)
        self.column.addWidget(_row(title, meaning, control))
        return meaning


def _row(title: str, meaning: QLabel, control: QWidget) -> QFrame:
    card = _card()
    row(grow(column(text(title), meaning, gap="gap_tiny")), control, of=card, gap="gap", edges=("gap", "gap_small"))
    return card


def text_card(title: str, about: str) -> QFrame:
    """Return a card with something to know and nothing to do."""
    card = _card()
    column(text(title), muted(about), of=card, gap="gap_tiny", edges=("gap", "gap_small"))
    return card


def facts_card(lines: Sequence[tuple[str, str]]) -> QFrame:
    """Return a card with one line for each fact, its name at the left."""
    card = _card()
    column(facts(lines, "setting_name"), of=card, edges=("gap", "gap_small"))
    return card


def _card() -> QFrame:
    card = QFrame()
    card.setObjectName("card")
    return card
