"""The list of documents: what waits for signatures, what is final, where photos are still missing."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ohdesk.i18n import tr
from ohdesk.services.record.views import FINAL, PHOTOS, READY, DocumentRow
from ohdesk.ui import theme
from ohdesk.ui.kit.chips import FilterChips
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.table_view import PagedTable, TableView
from ohdesk.ui.screens.record.record_pane import RecordPane
from ohdesk.ui.screens.record.table import desk_columns

_PANE_SHARE = 0.42  # of the page, beside the list
_DRAWER_SHARE = 0.6  # of the page, over the list


class ListPage(QWidget):
    """Filters, search, list and the selected document; below 1280 pixels that is a drawer Enter opens, Esc closes."""

    selected = Signal(object)  # DocumentRow or None
    sign_wanted = Signal(str)
    inspection_wanted = Signal()

    def __init__(self, jobs: Jobs, *, may_sign: bool) -> None:
        super().__init__()
        self._may_sign = may_sign
        self._rows: tuple[DocumentRow, ...] = ()
        self._narrow = self._drawer_open = False
        self.parts = FilterChips(tr("文书"))
        self.parts.chosen.connect(lambda _part: self._show())
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("文号、单位、拼音首字母  Ctrl+F"))
        self.search.setAccessibleName(tr("查找文书"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._show)
        QShortcut(QKeySequence("Ctrl+F"), self).activated.connect(self.search.setFocus)
        self._table: PagedTable[DocumentRow] = PagedTable(desk_columns())
        self.view = TableView("records", tr("文书列表"))
        self.view.show_table(self._table, desk_columns())
        self.view.selected.connect(self._select)
        self.view.opened.connect(self._open)
        self.search.returnPressed.connect(self.view.setFocus)
        self.pane = RecordPane(jobs)
        self.pane.close_wanted.connect(self.close_pane)
        self.pane.sign_wanted.connect(lambda: self._open(self.view.current()))
        self._lay_out()

    @property
    def current(self) -> DocumentRow | None:
        """The line that is selected."""
        row: DocumentRow | None = self.view.current()
        return row

    @property
    def shown(self) -> int:
        """How many lines are listed."""
        return self._table.total

    def show_rows(self, rows: Sequence[DocumentRow]) -> None:
        """Show other rows; the line that was selected stays so."""
        first = not self._rows
        self._rows = tuple(rows)
        counts = {part: sum(row.belongs_to(part) for row in rows) for part in (READY, FINAL, PHOTOS)}
        words = ((READY, tr("待签名")), (FINAL, tr("已定稿")), (PHOTOS, tr("照片待补")))
        offered = words if self._may_sign or counts[READY] else words[1:2]
        self.parts.show_chips([(part, word, counts[part]) for part, word in offered])
        if first and not counts[READY] and counts[FINAL]:
            self.parts.blockSignals(True)
            self.parts.choose(FINAL)
            self.parts.blockSignals(False)
        self._show()

    def choose(self, visit: str) -> None:
        """Select the line of a visit, under whatever filter it stands."""
        row = next((row for row in self._rows if row.visit == visit), None)
        if row is None:
            return
        self.search.clear()
        if not row.belongs_to(self.parts.current):
            self.parts.choose(FINAL if row.is_final else READY)
        self._select_visit(visit)
        self._drawer_open = self._narrow
        self._place_pane()

    def focus_list(self) -> None:
        """Put the focus into the list, or on the one thing to do where it is empty."""
        (self.view if self._table.total else self.nothing[READY].button).setFocus()

    def close_pane(self) -> None:
        """Back to the list."""
        self._drawer_open = False
        self._place_pane()
        self.focus_list()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._drawer_open:
            self.close_pane()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        narrow = event.size().width() + theme.size("sidebar") < theme.layout("narrow_below")
        if narrow != self._narrow:
            self._narrow, self._drawer_open = narrow, False
        super().resizeEvent(event)
        self._place_pane()

    def _show(self) -> None:
        held = self.current
        part, wanted = self.parts.current, self.search.text().strip().lower()
        rows = [row for row in self._rows if row.belongs_to(part) and _matches(row, wanted)]
        self._table.show_rows(len(rows), lambda offset, limit: rows[offset : offset + limit])
        self.view.setVisible(bool(rows))
        for each, state in self.nothing.items():
            state.setVisible(not rows and not wanted and each == part)
        self.none_found.setVisible(not rows and bool(wanted))
        if rows:
            self._select_visit(held.visit if held else rows[0].visit)
        else:
            self._select(None)
        self._place_pane()

    def _select_visit(self, visit: str) -> None:
        for place in range(self._table.rowCount()):
            row: DocumentRow = self._table.index(place, 0).data(Qt.ItemDataRole.UserRole)
            if row.visit == visit:
                self.view.selectRow(place)
                return
        self.view.selectRow(0)

    def _select(self, row: DocumentRow | None) -> None:
        if row is None:
            self.pane.show_nothing()
        elif not row.is_final:
            self.pane.show_ready(row, may_sign=self._may_sign)
        self.selected.emit(row)

    def _open(self, row: DocumentRow | None) -> None:
        if row is not None and not row.is_final and self._may_sign:
            self.sign_wanted.emit(row.visit)
            return
        self._drawer_open = self._narrow
        self._place_pane()
        self.pane.focus_first()

    def _lay_out(self) -> None:
        self.nothing = _empty_states()
        self.nothing[READY].wanted.connect(self.inspection_wanted)
        self.none_found = EmptyState(
            tr("没有符合条件的文书"), tr("可以只输入文号的一段、名称中的几个字，或拼音首字母。"), tr("清除查找条件(&G)")
        )
        self.none_found.wanted.connect(self.search.clear)
        top_row = QHBoxLayout()
        top_row.setSpacing(theme.size("gap"))
        self.search.setMaximumWidth(theme.layout("drawer"))
        top_row.addWidget(self.search, 1)
        top_row.addWidget(self.parts)
        top_row.addStretch(1)
        self._beside = QHBoxLayout()
        self._beside.setSpacing(theme.size("gap"))
        for widget in (self.view, *self.nothing.values(), self.none_found):
            widget.hide()
            self._beside.addWidget(widget, 1)
        column = QVBoxLayout(self)
        side, top = theme.size("page_side"), theme.size("page_top")
        column.setContentsMargins(side, top, side, top)
        column.setSpacing(theme.size("gap"))
        column.addLayout(top_row)
        column.addLayout(self._beside, 1)

    def _place_pane(self) -> None:
        """Stand beside the list where there is room; else lie over its right edge, when asked for."""
        if self._narrow:
            self._beside.removeWidget(self.pane)
            self.pane.setParent(self)
            width = int(self.width() * _DRAWER_SHARE)
            self.pane.setFixedWidth(width)
            self.pane.setGeometry(self.width() - width, 0, width, self.height())
            self.pane.raise_()
        else:
            self.pane.setFixedWidth(int(self.width() * _PANE_SHARE))
            self._beside.addWidget(self.pane)
        self.pane.close_button.setVisible(self._narrow)
        self.pane.setVisible(self._table.total > 0 and (not self._narrow or self._drawer_open))


def _empty_states() -> dict[str, EmptyState]:
    return {
        READY: EmptyState(
            tr("没有等待签名的检查"),
            tr("检查表每一项都有回答，或者检查因单位关闭等结束后，就在这里核对、签名、定稿。"),
            tr("去检查(&G)"),
        ),
        FINAL: EmptyState(
            tr("还没有定稿的文书"), tr("当事人和两名检查人员签名之后，笔录就定稿，存在这里，可以打印和另存。")
        ),
        PHOTOS: EmptyState(tr("没有待补的照片"), tr("签名时只登记了编号的照片会列在这里，补入后另做照片说明页。")),
    }


def _matches(row: DocumentRow, wanted: str) -> bool:
    return wanted in row.number.lower() or wanted in row.name.lower() or wanted in row.search
