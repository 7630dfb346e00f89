"""The visits of this office: filters by state, search, and the one thing to do where there is none."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from ohdesk.domain.visit import STATE_WORDS, VisitState
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.visit import views
from ohdesk.services.visit.views import VisitRow
from ohdesk.ui import theme
from ohdesk.ui.kit.chips import FilterChips
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.table_view import Column, PagedTable, TableView

_ALL, _TO_SIGN = "all", "to_sign"


class ListPage(QWidget):
    """Emits `opened(visit)` and `plan_wanted`."""

    opened = Signal(str)
    plan_wanted = Signal()

    def __init__(self, ctx: Context) -> None:
        super().__init__()
        self._ctx = ctx
        self._rows: list[VisitRow] = []
        columns = _columns()
        self._table: PagedTable[VisitRow] = PagedTable(columns)
        self.view = TableView("visits", tr("检查列表"))
        self.view.show_table(self._table, columns)
        self.view.opened.connect(lambda row: self.opened.emit(row.id))
        self.chips = FilterChips(tr("按状态筛选"))
        self.chips.chosen.connect(lambda _key: self._show())
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("单位名称、信用代码、拼音首字母  Ctrl+F"))
        self.search.setAccessibleName(tr("查找检查"))
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(theme.layout("drawer"))
        self.search.textChanged.connect(self._show)
        self.search.returnPressed.connect(self.view.setFocus)
        self._count = QLabel()
        self._count.setObjectName("muted")
        self._none = EmptyState(
            tr("还没有检查"),
            tr("安排一次检查，或者在“抽取”中为抽中的单位安排；批准并登记到场后就可以填写检查表。"),
            tr("安排检查(&N)"),
        )
        self._none.wanted.connect(self.plan_wanted)
        self._none_found = EmptyState(
            tr("没有符合条件的检查"), tr("换一个状态，或者清除查找的文字。"), tr("显示全部检查(&R)")
        )
        self._none_found.button.setProperty("primary", False)  # the one that stands out is in the header
        self._none_found.wanted.connect(self.show_all)
        self._lay_out()

    @property
    def is_empty(self) -> bool:
        """True while no visit is planned at all."""
        return not self._rows

    @property
    def under_way(self) -> tuple[str, ...]:
        """The visits that are open, the newest first."""
        return tuple(row.id for row in self._rows if row.state == VisitState.OPEN)

    def reload(self) -> None:
        """Read the visits again; filter and search stay."""
        self._rows = views.list_visits(self._ctx)
        counts = {key: sum(_is_in(row, key) for row in self._rows) for key in _filters()}
        first = not self.chips.current
        self.chips.show_chips([(key, word, counts[key]) for key, word in _filters().items()])
        if first:
            self.chips.choose(_ALL)
        self._show()

    def show_all(self) -> None:
        """Take filter and search away."""
        self.search.clear()
        self.chips.choose(_ALL)
        self.focus_list()

    def focus_list(self) -> None:
        """Put the focus into the list, or on the one thing to do where there is none."""
        if self.is_empty:
            self._none.button.setFocus()
        elif self._table.total == 0:
            self._none_found.button.setFocus()
        else:
            self.view.setFocus()
            if self.view.current() is None:
                self.view.selectRow(0)

    def focus_search(self) -> None:
        """Put the cursor into the search."""
        self.search.setFocus()
        self.search.selectAll()

    def _show(self) -> None:
        held = self.view.current()
        text = self.search.text()
        rows = [row for row in self._rows if _is_in(row, self.chips.current) and row.matches(text)]
        self._table.show_rows(len(rows), lambda offset, limit: rows[offset : offset + limit])
        self._count.setText(tr("共 {count} 次", count=len(rows)))
        self._none.setVisible(not self._rows)
        self._none_found.setVisible(bool(self._rows) and not rows)
        self.view.setVisible(bool(rows))
        for widget in (self.chips, self.search, self._count):
            widget.setVisible(bool(self._rows))
        if held is not None:
            place = next((place for place, row in enumerate(rows) if row.id == held.id), 0)
            self.view.selectRow(place)

    def _lay_out(self) -> None:
        filters = QHBoxLayout()
        filters.setSpacing(theme.size("gap_small"))
        filters.addWidget(self.search)
        filters.addStretch(1)
        filters.addWidget(self._count)
        column = QVBoxLayout(self)
        side, top = theme.size("page_side"), theme.size("page_top")
        column.setContentsMargins(side, top, side, top)
        column.setSpacing(theme.size("gap_small"))
        column.addLayout(filters)
        column.addWidget(self.chips)
        for widget in (self.view, self._none, self._none_found):
            widget.hide()
            column.addWidget(widget, 1)


def _filters() -> dict[str, str]:
    return {
        VisitState.PLANNED: tr("待批准"),
        VisitState.APPROVED: tr("已批准"),
        VisitState.OPEN: tr("检查中"),
        _TO_SIGN: tr("待签名"),
        VisitState.CLOSED: tr("已结束"),
        _ALL: tr("全部"),
    }


def _is_in(row: VisitRow, key: str) -> bool:
    if key == _TO_SIGN:
        return row.awaits_signature
    return key in {"", _ALL} or (row.state == key and not row.awaits_signature)


def _state_word(row: VisitRow) -> str:
    return tr("待签名") if row.awaits_signature else tr(STATE_WORDS[VisitState(row.state)])


def _state_kind(row: VisitRow) -> str:
    if row.awaits_signature:
        return "warn"
    return {"open": "active", "approved": "ok"}.get(row.state, "plain")


def _result(row: VisitRow) -> str:
    if row.state == VisitState.OPEN and row.questions and not row.outcome:
        return tr("已答 {answered} / {total}", answered=row.answered, total=row.questions)
    return row.outcome


def _columns() -> tuple[Column[VisitRow], ...]:
    return (
        Column(tr("单位"), lambda row: row.name, 270, sought=True),
        Column(tr("状态"), _state_word, 86, kind=_state_kind),
        Column(tr("计划日期"), lambda row: row.planned_on, 100),
        Column(tr("检查人员"), lambda row: "、".join(row.inspectors), 140),
        Column(tr("类别"), lambda row: row.kind, 90),
        Column(tr("来源"), lambda row: row.source, 120),
        Column(tr("进度和结果"), _result, 160),
    )
