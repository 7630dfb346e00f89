"""The roll as a list with search, and the employer selected beside it."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services import establishments
from ohdesk.services.context import Context
from ohdesk.services.establishments import EstablishmentRow, RollQuery
from ohdesk.ui import theme
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.table_view import PagedTable, TableView
from ohdesk.ui.screens.establishments.detail import DetailPane
from ohdesk.ui.screens.establishments.table import roll_columns


class RollPage(QWidget):
    """Search, list and detail; below 1280 pixels the detail is a drawer that Enter opens and Esc closes."""

    failed = Signal(Exception)
    correct_wanted = Signal(str)  # id of the employer
    import_wanted = Signal()

    def __init__(self, ctx: Context) -> None:
        super().__init__()
        self._ctx = ctx
        self._narrow = self._drawer_open = False
        self._everything = 0
        self._table: PagedTable[EstablishmentRow] = PagedTable(roll_columns())
        self.view = TableView("roll", tr("单位名录"))
        self.view.show_table(self._table, roll_columns())
        self.view.selected.connect(self._show_detail)
        self.view.opened.connect(lambda _row: self._open_detail())
        self.detail = DetailPane()
        self.detail.correct_wanted.connect(self._correct)
        self.detail.close_wanted.connect(self.close_detail)
        self._lay_out()

    @property
    def found(self) -> int:
        """How many entries are listed."""
        return self._table.total

    @property
    def is_empty(self) -> bool:
        """True when there is no entry at all, searched for or not."""
        return self._everything == 0

    @property
    def query(self) -> RollQuery:
        """What is looked for."""
        return RollQuery(search=self.search.text(), contested_only=self._contested.isChecked())

    def reload(self) -> None:
        """Read the roll again, keeping the search."""
        query = self.query
        total = establishments.count_rows(self._ctx, query)
        self._table.show_rows(total, lambda offset, limit: establishments.list_rows(self._ctx, query, offset, limit))
        everything = self._everything = total if query == RollQuery() else establishments.count_rows(self._ctx)
        count = tr("共 {all} 家") if query == RollQuery() else tr("共 {all} 家，筛出 {found} 家")
        self._count.setText(count.format(all=everything, found=total))
        self._nothing.setVisible(everything == 0)
        self._none_found.setVisible(everything > 0 and total == 0)
        self.view.setVisible(total > 0)
        if total:
            self.view.selectRow(0)
        else:
            self.detail.show_nothing()
        self._place_detail()

    def focus_search(self) -> None:
        """Put the cursor into the search."""
        self.search.setFocus()
        self.search.selectAll()

    def close_detail(self) -> None:
        """Back to the list."""
        self._drawer_open = False
        self._place_detail()
        self.focus_list()

    def focus_list(self) -> None:
        """Put the focus into the list, or on the one thing to do where there is none."""
        (self._nothing.button if self.is_empty else self.view).setFocus()

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
        column.addLayout(self._body(), 1)

    def _body(self) -> QHBoxLayout:
        self._nothing = EmptyState(
            tr("名录还是空的"),
            tr("导入县级或市场监管部门下发的 Excel 名单；哪些行要新增、变更、退回，会先列出来核对，再写入。"),
            tr("导入名单…"),
        )
        self._nothing.wanted.connect(self.import_wanted)
        self._none_found = EmptyState(
            tr("没有符合条件的单位"),
            tr("可以只输入名称中的几个字、信用代码的一段，或拼音首字母。"),
            tr("清除查找条件"),
        )
        self._none_found.wanted.connect(self._clear_search)
        self.clear_search_button = self._none_found.button
        self.clear_search_button.setProperty("primary", False)  # the one that stands out is in the header
        self._beside = QVBoxLayout()
        body = QHBoxLayout()
        body.setSpacing(theme.size("gap"))
        for widget in (self.view, self._nothing, self._none_found):
            widget.hide()  # only one of them is ever shown, and none asks for room before
            body.addWidget(widget, 1)
        body.addLayout(self._beside)
        return body

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
        self.detail.close_button.setVisible(self._narrow)
        self.detail.setVisible(self._table.total > 0 and (not self._narrow or self._drawer_open))

    def _clear_search(self) -> None:
        self._contested.setChecked(False)
        self.search.clear()
        self.search.setFocus()

    def _show_detail(self, row: EstablishmentRow | None) -> None:
        if row is None:
            self.detail.show_nothing()
            return
        try:
            self.detail.show_detail(establishments.detail(self._ctx, row.id))
        except UserError as error:
            self.failed.emit(error)

    def _open_detail(self) -> None:
        self._drawer_open = self._narrow
        self._place_detail()
        self.detail.correct.setFocus()

    def _correct(self) -> None:
        row = self.view.current()
        if row is not None:
            self.correct_wanted.emit(row.id)
