"""The roll as a list with search, and the employer selected beside it."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.roll import entries
from ohdesk.services.roll.entries import EstablishmentRow, RollQuery
from ohdesk.services.visit import views
from ohdesk.ui import theme
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.table_view import PagedTable, TableView
from ohdesk.ui.screens.roll.detail import DetailPane
from ohdesk.ui.screens.roll.table import roll_columns

_EVERYTHING = RollQuery()


class RollPage(QWidget):
    """Search, list and detail; below 1280 pixels the detail is a drawer that Enter opens and Esc closes.

    The first page of the list is read at once; how many there are in all, which takes a look at every entry, is
    counted on the worker, and the detail is read once the selection has come to rest.
    """

    failed = Signal(Exception)
    correct_wanted = Signal(str)  # id of the employer
    visit_wanted = Signal(str)  # id of the employer
    line_wanted = Signal(object)  # VisitLine
    import_wanted = Signal()
    listed = Signal()

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__()
        self._ctx = ctx
        self._jobs = jobs
        self._narrow = self._drawer_open = self.is_empty = False
        self._asked = 0  # how often the roll was read: an answer to an earlier question is thrown away
        self._table: PagedTable[EstablishmentRow] = PagedTable(roll_columns())
        self.view = TableView("roll", tr("单位名录"))
        self.view.show_table(self._table, roll_columns())
        self.view.selected.connect(self._selected)
        self.view.opened.connect(self._opened)
        self.view.sought_in_vain.connect(self._search_for)
        self.detail = DetailPane(plans_visits=ctx.office.role == "town")
        self.detail.correct_wanted.connect(self._correct)
        self.detail.visit_wanted.connect(self._visit)
        self.detail.line_wanted.connect(self.line_wanted)
        self.detail.close_wanted.connect(self.close_detail)
        self._rest = self._timer(self._show_detail)
        self._later = self._timer(self._count_all)
        self._lay_out()

    @property
    def found(self) -> int:
        """How many entries are listed, as far as counted."""
        return self._table.total

    @property
    def query(self) -> RollQuery:
        """What is looked for."""
        return RollQuery(search=self.search.text(), contested_only=self._contested.isChecked())

    def reload(self) -> None:
        """Read the roll again, keeping the search and, where it is still listed, the selection."""
        query, held = self.query, self.view.current()
        first = entries.list_rows(self._ctx, query)
        self._asked += 1
        self._table.show_rows(len(first), lambda offset, limit: first[offset : offset + limit])
        self.is_empty = not first and (query == _EVERYTHING or not entries.list_rows(self._ctx, limit=1))
        self._show_only(self.view if first else self._nothing if self.is_empty else self._none_found)
        if query == _EVERYTHING and len(first) < entries.PAGE:
            self._later.stop()
            self._say_count(len(first), len(first))
        else:
            self._count.clear()
            self._later.start(2 * theme.layout("after_first_paint_ms"))  # after the detail, which it would slow down
        if not self._select("" if held is None else held.id) and first:
            self.view.selectRow(0)
        self._place_detail()
        self._rest.start(theme.layout("after_first_paint_ms"))  # the list is painted first
        self.listed.emit()

    def open(self, establishment: str) -> None:
        """Show one employer; where it is far down the list, look for it."""
        if not self._select(establishment):
            fields = entries.detail(self._ctx, establishment).fields
            self._contested.setChecked(False)
            self.search.setText(fields["uscc"] or fields["local_id"] or fields["name"])
            self._select(establishment)
        self._open_detail()

    def focus_search(self) -> None:
        """Put the cursor into the search."""
        self.search.setFocus()
        self.search.selectAll()

    def _search_for(self, typed: str) -> None:
        """Go on in the search with what was typed into the list and is not among the rows fetched."""
        self.search.setFocus()
        self.search.setText(typed)

    def close_detail(self) -> None:
        """Back to the list."""
        self._drawer_open = False
        self._place_detail()
        self.focus_list()

    def focus_list(self) -> None:
        """Put the focus into the list, or on the one thing to do where there is none."""
        if self.is_empty:
            self._nothing.button.setFocus()
        else:
            (self.view if self.view.isVisibleTo(self) else self.search).setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        narrow = event.size().width() + theme.size("sidebar") < theme.layout("narrow_below")
        if narrow != self._narrow:
            self._narrow, self._drawer_open = narrow, False
        super().resizeEvent(event)
        self._place_detail()

    def _lay_out(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("名称、信用代码、拼音首字母  Ctrl+F"))
        self.search.setAccessibleName(tr("查找单位"))
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(theme.layout("drawer"))
        self.search.textChanged.connect(self.reload)
        self.search.returnPressed.connect(self.view.setFocus)
        self._contested = QPushButton(tr("待核(&D)"))
        self._contested.setCheckable(True)
        self._contested.setProperty("chip", True)
        self._contested.toggled.connect(self.reload)
        self._count = QLabel()
        self._count.setObjectName("muted")
        filters = QHBoxLayout()
        filters.setSpacing(theme.size("gap_small"))
        filters.addWidget(self.search)
        filters.addWidget(self._contested)
        filters.addStretch(1)
        filters.addWidget(self._count)
        column = QVBoxLayout(self)
        side, top = theme.size("page_side"), theme.size("page_top")
        column.setContentsMargins(side, top, side, top)
        column.setSpacing(theme.size("gap"))
        column.addLayout(filters)
        column.addLayout(self._make_body(), 1)

    def _make_body(self) -> QHBoxLayout:
        self._beside = QVBoxLayout()
        self._body = QHBoxLayout()
        self._body.setSpacing(theme.size("gap"))
        self.view.hide()  # until it is known that there is something to list
        self._body.addWidget(self.view, 1)
        self._body.addLayout(self._beside)
        return self._body

    @cached_property
    def _nothing(self) -> EmptyState:
        nothing = EmptyState(
            tr("名录还是空的"),
            tr("导入县级或市场监管部门下发的 Excel 名单；哪些行要新增、变更、退回，会先列出来核对，再写入。"),
            tr("导入第一份名单…(&L)"),
        )
        nothing.wanted.connect(self.import_wanted)
        self._body.insertWidget(0, nothing, 1)
        return nothing

    @cached_property
    def _none_found(self) -> EmptyState:
        none_found = EmptyState(
            tr("没有符合条件的单位"),
            tr("可以只输入名称中的几个字、信用代码的一段，或拼音首字母。"),
            tr("清除查找条件(&C)"),
        )
        none_found.wanted.connect(self._clear_search)
        none_found.button.setProperty("primary", False)  # the one that stands out is in the header
        self._body.insertWidget(0, none_found, 1)
        return none_found

    def _show_only(self, shown: QWidget) -> None:
        """Show the list or what stands in its place; that is made when it is first wanted."""
        for place in range(self._body.count()):
            widget = self._body.itemAt(place).widget()
            if widget is not None:
                widget.setVisible(widget is shown)

    def _timer(self, act: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(act)
        return timer

    def _count_all(self) -> None:
        asked, ctx, query = self._asked, self._ctx, self.query
        job = Job(lambda: (asked, entries.listed(ctx, query)))
        job.succeeded.connect(self._counted)
        job.failed.connect(self.failed)
        self._jobs.start(job)

    def _counted(self, answer: tuple[int, entries.Listed]) -> None:
        asked, listed = answer
        if asked != self._asked:
            return
        ids = listed.ids
        self._table.expect(len(ids), lambda offset, limit: entries.rows_of(self._ctx, ids[offset : offset + limit]))
        self._say_count(len(ids), listed.everything)
        self.listed.emit()

    def _say_count(self, found: int, everything: int) -> None:
        count = tr("共 {all} 家") if self.query == _EVERYTHING else tr("共 {all} 家，筛出 {found} 家")
        self._count.setText(count.format(all=everything, found=found))

    def _place_detail(self) -> None:
        """Stand beside the list where there is room; else lie over its right edge, when asked for."""
        if self._narrow:
            self._beside.removeWidget(self.detail)
            self.detail.setParent(self)
            width = theme.layout("drawer")
            self.detail.setFixedWidth(width)
            self.detail.setGeometry(self.width() - width, 0, width, self.height())
            self.detail.raise_()
        else:
            self.detail.setFixedWidth(theme.size("detail_width"))
            self._beside.addWidget(self.detail)
        self.detail.be_drawer(is_drawer=self._narrow)
        self.detail.setVisible(self._table.total > 0 and (not self._narrow or self._drawer_open))

    def _clear_search(self) -> None:
        self._contested.setChecked(False)
        self.search.clear()
        self.search.setFocus()

    def _select(self, establishment: str) -> bool:
        """Select an entry among those fetched; False when it is not there."""
        place = self._table.place_of(lambda row: row.id == establishment)
        if place >= 0:
            self.view.selectRow(place)
        return place >= 0

    def _selected(self, _row: Any) -> None:
        self._rest.start(theme.layout("selection_rests_ms"))

    def _opened(self, _row: Any) -> None:
        self._open_detail()

    def _show_detail(self) -> None:
        self._rest.stop()
        row = self.view.current()
        if row is None:
            self.detail.show_nothing()
            return
        if not self.detail.isVisibleTo(self):
            return  # read when the drawer is opened
        if self.detail.make_ready():
            self._rest.start(theme.layout("selection_rests_ms"))  # the first time in two steps, for smoothness
            return
        try:
            held = entries.detail(self._ctx, row.id)
        except UserError as error:
            self.failed.emit(error)
            return
        self.detail.show_detail(held, views.visits_of(self._ctx, row.id))

    def _open_detail(self) -> None:
        self._drawer_open = self._narrow
        self._place_detail()
        self.detail.make_ready()
        self._show_detail()
        self.detail.correct.setFocus()

    def _correct(self) -> None:
        row = self.view.current()
        if row is not None:
            self.correct_wanted.emit(row.id)

    def _visit(self) -> None:
        row = self.view.current()
        if row is not None:
            self.visit_wanted.emit(row.id)
