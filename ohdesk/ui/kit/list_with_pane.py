"""A list of the program: search, filters, a table that sorts by its headings, and one of its things beside it."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Generic, Protocol, TypeVar, overload

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShortcut
from PySide6.QtWidgets import QLineEdit, QWidget

from ohdesk.i18n import tr
from ohdesk.search import folded
from ohdesk.services.list_query import ListQuery
from ohdesk.ui import theme
from ohdesk.ui.kit.chips import FilterChips
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.later import later
from ohdesk.ui.kit.lay import box, column, grow, muted, row
from ohdesk.ui.kit.pane import Pane
from ohdesk.ui.kit.table_view import AT_ONCE, PAGE, Column, PagedTable, TableView

_FEWEST_ROWS = 4  # with the heading: in less nobody finds anything


class Listed(Protocol):
    """Whatever a list shows has an id."""

    @property
    def id(self) -> str:
        """By which it is found again after the list was read anew."""


Row = TypeVar("Row", bound=Listed)
Chosen = Callable[[Sequence[Row], str, str], Sequence[Row]]


class Paged(Sequence[Row]):
    """Rows of which the ids are known, in order, and that are fetched where they are looked at."""

    def __init__(self, ids: Sequence[str], rows_of: Callable[[Sequence[str]], Sequence[Row]]) -> None:
        self.ids, self._rows_of = ids, rows_of
        self._ahead: dict[int, Row] = {}  # by their places

    def read_ahead(self, selected: str = "") -> "Paged[Row]":
        """Fetch what is looked at first, so that the window need not: for the worker that found the ids.

        selected: the id of the row that stays selected; what stands round it is looked at, too
        """
        page = self.place(selected) // PAGE if selected else -1
        spans = [range(AT_ONCE), *([range(max(page - 2, 0) * PAGE, (page + 2) * PAGE)] if page > 0 else [])]
        for span in spans:
            ids = self.ids[span.start : span.stop]
            rows = self._rows_of(ids)
            if len(rows) == len(ids):  # else one has gone meanwhile, and nobody knows which place is whose
                self._ahead |= dict(enumerate(rows, span.start))
        return self

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        if isinstance(place, slice):
            places = range(len(self))[place]
            if self._ahead and all(each in self._ahead for each in places):
                return [self._ahead.pop(each) for each in places]  # once: fetched again it may have changed
            return self._rows_of(self.ids[place])
        return self._rows_of([self.ids[place]])[0]

    def place(self, identity: str) -> int:
        """Return where a row stands, by its id; -1 when it is not there."""
        try:
            return self.ids.index(identity)
        except ValueError:
            return -1


class ListWithPane(QWidget, Generic[Row]):
    """Below 1280 pixels what stands beside the list is a drawer that Enter opens and Esc closes.

    Rows are either all given (`show_all`) and chosen here, or come in pages (`show_pages`): then `asked` says that
    other rows are wanted.
    """

    selected = Signal(object)  # Row | None; not for each row while a key is held down
    asked = Signal()
    chosen_changed = Signal()  # other rows are selected together
    everything_wanted = Signal()  # without what else narrows the list, too

    def __init__(
        self,
        name: str,
        label: str,
        columns: Sequence[Column[Row]],
        nothing: EmptyState,
        hint: str = "",
        pane: Pane | None = None,
        chosen: Chosen[Row] | None = None,
        edges: tuple[str, str] | None = ("page_side", "page_top"),
        nothing_in: Mapping[str, EmptyState] | None = None,
        shares: tuple[int, int] | None = None,
    ) -> None:
        """Make an empty list.

        name: under which widths and order of columns are remembered · label: what is listed
        nothing: stands in place of a list without anything
        hint: what can be searched for; without it the list has neither search nor filters
        chosen: returns of all rows those of a filter (by its key) that fit a search; without it all are shown
        edges: left and right, above and below, as in `lay.column`
        nothing_in: by the key of a filter, what stands in place of it while nothing is searched for
        shares: of the width, in per cent, that a pane with pages to read takes beside the list, and over it
        """
        super().__init__()
        self._nothing_in, self._shares = dict(nothing_in or {}), shares
        self._columns, self.nothing, self._pane, self._chosen = tuple(columns), nothing, pane, chosen
        self._all: Sequence[Row] | None = None  # None while they come in pages
        self._in_place: Pane | Form | None = pane
        self._narrow = self._drawer_open = False
        self.shown: Sequence[Row] = ()
        self.is_empty = False
        self.view = self._make_view(name, label)
        self.table: PagedTable[Row] = self.view.table
        self._rest, self._is_told = later(self, self._tell_at_rest), False
        self.chips = FilterChips(tr("筛选{what}", what=label))
        self.chips.chosen.connect(self._ask)
        self.search = self._make_search(label, hint)
        self.count = muted()
        self.count.setWordWrap(False)
        self._lay_out(edges)
        # Also from the search and the chips: Esc always leads back into the list.
        QShortcut("Esc", self, self._escape, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    @cached_property
    def none_found(self) -> EmptyState:
        """Stands in place of a list in which nothing fits, made when that happens first."""
        none_found = EmptyState(
            tr("没有符合条件的内容"), tr("可以换一个筛选，或清除查找的文字。"), tr("看全部(&A)"), primary=False
        )  # the one that stands out is in the header
        none_found.wanted.connect(self._show_everything)
        none_found.hide()
        self._body.insertWidget(1, none_found, 1)
        return none_found

    @property
    def current(self) -> Row | None:
        """The row that is selected."""
        row_: Row | None = self.view.current() if self.table.total else None
        return row_

    @property
    def current_id(self) -> str:
        """The id of the row that is selected; "" for none."""
        current = self.current
        return "" if current is None else current.id

    @property
    def chosen_ids(self) -> tuple[str, ...]:
        """The ids of all rows that are selected together, in their order."""
        places = sorted(index.row() for index in self.view.selectionModel().selectedRows())
        if isinstance(self.shown, Paged):
            return tuple(self.shown.ids[place] for place in places)
        return tuple(row_.id for place in places if (row_ := self.table.row(place)) is not None)

    def query(self, orders: Sequence[str], part: str = "") -> ListQuery:
        """Return what is asked of rows that come in pages.

        orders: what each column is called where the rows come from · part: where no filter is chosen yet
        """
        place, falling = self.view.order
        order = orders[place] if place >= 0 else ""
        return ListQuery(self.chips.current or part, self.search.text(), order, falling)

    def show_query(self, asked: ListQuery, orders: Sequence[str]) -> None:
        """Show what is asked, as `query` has it, and tell nobody; an order without a heading of its own is none."""
        with QSignalBlocker(self):
            self.search.setText(asked.sought)
            self.chips.choose(asked.part)
            self.view.show_order(orders.index(asked.order) if asked.order in orders else -1, falling=asked.falling)

    def show_all(self, rows: Sequence[Row]) -> None:
        """Show rows of which all are given; filter, search, order and, where it is still there, selection stay."""
        self._all = rows
        self.is_empty = not rows
        self._show_chosen(rows)

    def show_paged(self, rows: "Paged[Row]", *, is_empty: bool) -> None:
        """Show rows that are known by their ids and come in pages; selection stays where they still hold it.

        `is_empty`: there are none whatever is looked for.
        """
        self._all, self.shown = None, rows
        self.show_pages(len(rows), lambda offset, limit: rows[offset : offset + limit], is_empty=is_empty)

    def show_pages(self, total: int, fetch: Callable[[int, int], Sequence[Row]], *, is_empty: bool) -> None:
        """Show rows that come in pages; `is_empty`: there are none whatever is looked for."""
        before = self.current_id
        self.is_empty = is_empty
        self.table.show_rows(total, fetch)
        self._show_instead()
        if not self.select(before) and total:
            self.view.selectRow(0)  # so that arrows and actions have a row to start from
        if not total:
            self._tell()
        self._place()

    def select(self, identity: str) -> bool:
        """Select a row by its id among those listed, or fetched so far; False when it is not there."""
        if isinstance(self.shown, Paged):
            place = self.shown.place(identity)
        elif self._all is None:
            place = self.table.place_of(lambda each: each.id == identity)
        else:
            place = next((place for place, each in enumerate(self.shown) if each.id == identity), -1)
        if place >= 0:
            self.view.selectRow(place)
        return place >= 0

    def choose(self, key: str) -> None:
        """Put a filter in force, without a search."""
        self.search.clear()
        self.chips.choose(key)

    def reveal(self, identity: str) -> bool:
        """Select a row by its id, without filter and search where they hide it; False when it is not there."""
        if self.select(identity):
            return True
        self.choose(self.chips.first)
        return self.select(identity)

    def ask(self, form: Form) -> None:
        """Put a form in the place of the pane until `back`."""
        if self._in_place is not None and self._in_place is not form:
            self._in_place.hide()
        self._in_place = form
        self._place()

    @property
    def is_asking(self) -> bool:
        """True while a form stands in the place of the pane."""
        return isinstance(self._in_place, Form)

    def open_pane(self) -> None:
        """Go to what stands beside the list."""
        if self._pane is not None:
            self._drawer_open = self._narrow
            self._place()
            self._tell()
            self._pane.focus_first()

    def back(self) -> None:
        if isinstance(self._in_place, Form):
            self._in_place.hide()
        self._in_place = self._pane
        self._drawer_open = False
        self._place()
        self.focus_list()

    def focus_list(self) -> None:
        """Put the focus into the list, or on the one thing to do where there is none."""
        wanted = self.view if self.table.total else self._instead().button
        (wanted if wanted.isVisibleTo(self) else self).setFocus()  # the focus waits here for the rows to come

    def focus_search(self) -> None:
        """Put the cursor into the search."""
        self.search.setFocus()
        self.search.selectAll()

    def resizeEvent(self, event: QResizeEvent) -> None:
        narrow = event.size().width() + theme.size("sidebar") < theme.layout("narrow_below")
        if narrow != self._narrow:
            self._narrow, self._drawer_open = narrow, False
        super().resizeEvent(event)
        self._place()

    def _make_view(self, name: str, label: str) -> TableView:
        view = TableView(name, label, self._columns)
        view.setMinimumHeight(theme.size("row") * _FEWEST_ROWS)
        view.sort_by_heading()
        view.sorting.connect(self._ask)
        view.selected.connect(self._select_later)
        view.opened.connect(lambda _row: self.open_pane())
        view.sought_in_vain.connect(self._search_for)
        view.selectionModel().selectionChanged.connect(lambda *_: self.chosen_changed.emit())
        return view

    def _make_search(self, label: str, hint: str) -> QLineEdit:
        search = QLineEdit()
        search.setPlaceholderText(hint)
        search.setAccessibleName(tr("查找{what}", what=label))
        search.setClearButtonEnabled(bool(hint))  # its picture takes a millisecond, and this field may never be seen
        search.setMaximumWidth(theme.layout("drawer"))
        search.textChanged.connect(self._ask)
        search.returnPressed.connect(self.view.setFocus)
        return search

    def _lay_out(self, edges: tuple[str, str] | None) -> None:
        self._beside = column()
        places = (self.view, *self._empty_states())
        for widget in places:
            widget.hide()  # only one of them is ever shown, and none asks for room before
        filters = box(row(grow(self.search), self.chips, grow(), self.count))
        if not self.search.placeholderText():
            filters.hide()
        self._body = row(*map(grow, places), self._beside, gap="gap")
        column(filters, grow(self._body), of=self, gap="gap", edges=edges)
        if self._pane is not None:
            self._pane.close_wanted.connect(self.back)

    def _escape(self) -> None:
        if isinstance(self._in_place, Form):
            self._in_place.give_up()
        else:
            self.back()

    def _ask(self) -> None:
        if self._all is None:
            self.asked.emit()
        else:
            self._show_chosen(self._all)

    def _show_chosen(self, rows: Sequence[Row]) -> None:
        if self._chosen is not None:
            rows = self._chosen(rows, self.chips.current, self.search.text())
        place, falling = self.view.order
        if place >= 0:
            rows = sorted(rows, key=self._columns[place].key, reverse=falling)
        self.shown = rows
        self.show_pages(len(rows), lambda offset, limit: rows[offset : offset + limit], is_empty=self.is_empty)

    def _show_instead(self) -> None:
        instead = None if self.table.total else self._instead()
        states = self._empty_states()
        # Of its window, not of the program: another one may be in front while the rows are read.
        had_focus = self.window().focusWidget() in (self, self.view, *(state.button for state in states))
        self.view.setVisible(self.table.total > 0)
        for each in states:
            each.setVisible(each is instead)
        if had_focus:
            self.focus_list()

    def _empty_states(self) -> tuple[EmptyState, ...]:
        """Return those made so far."""
        made = (self.none_found,) if "none_found" in vars(self) else ()
        return tuple(dict.fromkeys((self.nothing, *made, *self._nothing_in.values())))

    def _instead(self) -> EmptyState:
        """Return what stands in place of a list in which nothing is left."""
        searched = bool(self.search.text().strip())
        usual = self.nothing if self.is_empty else self.none_found
        return usual if searched else self._nothing_in.get(self.chips.current, usual)

    def _search_for(self, typed: str) -> None:
        """Go on in the search with letters typed into the list for what is not among the rows fetched."""
        self.search.setFocus()
        self.search.setText(typed)

    def _show_everything(self) -> None:
        self.search.clear()
        if not self.table.total or not self._nothing_in:  # where each filter is a list of its own, stay in it
            self.chips.choose(self.chips.first)
        self.everything_wanted.emit()
        self.focus_list()

    def _select_later(self) -> None:
        """Tell at once of a single step; of a row that a held key passes, or that is not painted yet, when it rests."""
        if self.isVisible() and not self._rest.isActive():
            self._tell()
        else:
            self._is_told = False
        self._rest.start(theme.layout("selection_rests_ms" if self.isVisible() else "after_first_paint_ms"))

    def _tell_at_rest(self) -> None:
        if not self._is_told:
            self._tell()

    def _tell(self) -> None:
        self._rest.stop()
        self._is_told = True
        self.selected.emit(self.current)

    def _place(self) -> None:
        """Put what is in place beside the list where there is room; else over its right edge, when asked for."""
        pane = self._in_place
        if pane is None:
            return
        if self._narrow:
            self._beside.removeWidget(pane)
            pane.setParent(self)
            width = self.width() * self._shares[1] // 100 if self._shares else theme.layout("drawer")
            pane.setFixedWidth(width)
            pane.setGeometry(self.width() - width, 0, width, self.height())
            pane.raise_()
        else:
            pane.setFixedWidth(self.width() * self._shares[0] // 100 if self._shares else theme.size("detail_width"))
            self._beside.addWidget(pane)
        pane.setVisible(self.is_asking or (self.table.total > 0 and (not self._narrow or self._drawer_open)))
        if self._pane is not None:
            self._pane.close_button.setVisible(self._narrow)


def by_words(columns: Sequence[Column[Row]]) -> Chosen[Row]:
    """Return what chooses the rows in which a search is found as it stands in one of the columns."""

    def chosen(rows: Sequence[Row], _filter: str, sought: str) -> Sequence[Row]:
        wanted = folded(sought)
        return [each for each in rows if any(wanted in folded(cell.text(each)) for cell in columns)]

    return chosen
