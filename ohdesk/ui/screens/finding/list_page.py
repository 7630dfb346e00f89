"""The findings as a list with filters and search, and beside it the one selected or the form of its re-check."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ohdesk.i18n import tr
from ohdesk.services.finding.follow_up import FILTERS, chosen, counted
from ohdesk.services.finding.rows import RectificationDetail, RectificationRow
from ohdesk.ui import theme
from ohdesk.ui.kit.chips import FilterChips
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.table_view import PagedTable, TableView
from ohdesk.ui.screens.finding.detail import DetailPane
from ohdesk.ui.screens.finding.recheck_form import RecheckForm
from ohdesk.ui.screens.finding.table import FILTER_WORDS, columns


class ListPage(QWidget):
    """Below 1280 pixels what stands beside the list is a drawer that Enter opens and Esc closes."""

    selected = Signal(object)  # RectificationRow | None
    inspect_wanted = Signal()

    def __init__(self, *, towns: bool) -> None:
        super().__init__()
        self.rows: Sequence[RectificationRow] = ()
        self.shown: Sequence[RectificationRow] = ()
        self._narrow = self._drawer_open = self._asking = False
        cells = columns(towns=towns)
        self._table: PagedTable[RectificationRow] = PagedTable(cells)
        self.view = TableView("county_findings" if towns else "findings", tr("问题清单"))
        self.view.show_table(self._table, cells)
        self.view.selected.connect(self.selected)
        self.view.opened.connect(lambda _row: self.open_detail())
        self.detail, self.form = DetailPane(), RecheckForm()
        self.detail.close_wanted.connect(self.back)
        self.form.cancelled.connect(self.back)
        self.chips = FilterChips(tr("筛选问题"))
        self.chips.chosen.connect(lambda _key: self.show_list())
        self._lay_out(towns=towns)

    @property
    def current(self) -> RectificationRow | None:
        """The finding selected."""
        row = self.view.current() if self.shown else None
        return row if isinstance(row, RectificationRow) else None

    @property
    def is_asking(self) -> bool:
        """True while the form of a re-check is open."""
        return self._asking

    def show_rows(self, rows: Sequence[RectificationRow]) -> None:
        """Show all findings anew, keeping filter, search and selection."""
        self.rows = rows
        counts = counted(rows)
        self.chips.show_chips([(key, tr(FILTER_WORDS[key]), counts[key]) for key in FILTERS])
        self.show_list()

    def show_list(self) -> None:
        """Apply filter and search."""
        held = self.current
        self.shown = chosen(self.rows, self.chips.current or "all", self.search.text())
        self._table.show_rows(len(self.shown), lambda offset, limit: self.shown[offset : offset + limit])
        self._nothing.setVisible(not self.rows)
        self._none_found.setVisible(bool(self.rows) and not self.shown)
        self.view.setVisible(bool(self.shown))
        if self.shown:
            places = {row.id: place for place, row in enumerate(self.shown)}
            self._select(places.get(held.id, 0) if held else 0)
        else:
            self.selected.emit(None)
        self._place()

    def select_visit(self, visit: str) -> None:
        """Select the first finding of a visit, or what that visit checks again."""
        fitting = [row for row in self.rows if visit in {row.visit, row.recheck}]
        if not fitting:
            return
        if not any(row in self.shown for row in fitting):
            self.clear_filters()
        self._select(next(place for place, row in enumerate(self.shown) if row in fitting))

    def select(self, finding: str) -> bool:
        """Select a finding among those shown; False when it is not there."""
        place = next((place for place, row in enumerate(self.shown) if row.id == finding), None)
        if place is not None:
            self._select(place)
        return place is not None

    def choose_filter(self, key: str) -> None:
        """Put a filter in force, without a search."""
        self.search.clear()
        self.chips.choose(key)

    def clear_filters(self) -> None:
        """Show everything."""
        self.choose_filter("all")

    def show_detail(self, detail: RectificationDetail | None) -> None:
        """Show the finding selected."""
        if detail is not None:
            self.detail.show_detail(detail)
        self._place()

    def open_form(self) -> None:
        """Put the form of the re-check beside the list."""
        self._asking = True
        self._place()

    def open_detail(self) -> None:
        """Go to what stands beside the list."""
        self._drawer_open = self._narrow
        self._place()
        self.detail.focus_text()

    def back(self) -> None:
        """Back to the list."""
        self._asking = self._drawer_open = False
        self._place()
        self.focus_list()

    def focus_list(self) -> None:
        """Put the focus into the list, or on the one thing to do where there is none."""
        if self.shown:
            self.view.setFocus()
        elif self.rows:
            self._none_found.button.setFocus()
        else:
            self._nothing.button.setFocus()

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

    def _select(self, place: int) -> None:
        while place >= self._table.rowCount() and self._table.canFetchMore(self.view.rootIndex()):
            self._table.fetchMore(self.view.rootIndex())
        self.view.selectRow(place)

    def _lay_out(self, *, towns: bool) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText(
            tr("单位、镇街、拼音首字母、笔录号  Ctrl+F") if towns else tr("单位、拼音首字母、笔录号  Ctrl+F")
        )
        self.search.setAccessibleName(tr("查找问题"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(theme.layout("drawer"))
        self.search.textChanged.connect(self.show_list)
        self.search.returnPressed.connect(self.view.setFocus)
        filters = QHBoxLayout()
        filters.setSpacing(theme.size("gap_small"))
        filters.addWidget(self.search, 1)
        filters.addWidget(self.chips)
        filters.addStretch(1)
        column = QVBoxLayout(self)
        side, top = theme.size("page_side"), theme.size("page_top")
        column.setContentsMargins(side, top, side, top)
        column.setSpacing(theme.size("gap"))
        column.addLayout(filters)
        column.addLayout(self._body(towns=towns), 1)

    def _body(self, *, towns: bool) -> QHBoxLayout:
        about = (
            tr("镇街上报的笔录里有不合格项的，会列在这里，并随整改情况更新。")
            if towns
            else tr("检查中答为不合格的项目会列在这里，到期、逾期和复查的结果也在这里跟踪。")
        )
        self._nothing = EmptyState(tr("还没有发现问题"), about, "" if towns else tr("去检查(&V)"))
        self._nothing.wanted.connect(self.inspect_wanted)
        self._none_found = EmptyState(
            tr("没有符合条件的问题"), tr("可以换一个筛选，或清除查找的文字。"), tr("看全部(&A)")
        )
        self._none_found.wanted.connect(self._show_all)
        self._none_found.button.setProperty("primary", False)
        self._beside = QVBoxLayout()
        body = QHBoxLayout()
        body.setSpacing(theme.size("gap"))
        for widget in (self.view, self._nothing, self._none_found):
            widget.hide()  # only one of them is ever shown, and none asks for room before
            body.addWidget(widget, 1)
        body.addLayout(self._beside)
        return body

    def _place(self) -> None:
        """Stand beside the list where there is room; else lie over its right edge, when asked for."""
        panes: tuple[QWidget, ...] = (self.detail, self.form)
        front = self.form if self._asking else self.detail
        wanted = self._asking or (bool(self.shown) and (not self._narrow or self._drawer_open))
        for pane in panes:
            if self._narrow:
                self._beside.removeWidget(pane)
                pane.setParent(self)
                width = theme.layout("drawer")
                pane.setFixedWidth(width)
                pane.setGeometry(self.width() - width, 0, width, self.height())
                pane.raise_()
            else:
                pane.setFixedWidth(theme.size("detail_width"))
                self._beside.addWidget(pane)
            pane.setVisible(wanted and pane is front)
        self.detail.close_button.setVisible(self._narrow)

    def _show_all(self) -> None:
        self.clear_filters()
        self.show_list()
        self.focus_list()
