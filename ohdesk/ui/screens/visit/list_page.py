"""The visits of this office: filters by state, search, and the one thing to do where there is none."""

from functools import partial

from PySide6.QtCore import Signal

from ohdesk.domain.visit import VisitState
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.list_query import ListQuery
from ohdesk.services.visit import views
from ohdesk.services.visit.views import NextStep, VisitRow, Visits
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.latest import Latest
from ohdesk.ui.kit.list_with_pane import ListWithPane, Paged
from ohdesk.ui.kit.screen import Screen
from ohdesk.ui.kit.table_view import Column


class ListPage(ListWithPane[VisitRow]):
    """Emits `opened(visit)` and `plan_wanted`; the visits are read on the worker."""

    opened = Signal(str)
    plan_wanted = Signal()
    listed = Signal()  # the visits were read

    def __init__(self, screen: Screen) -> None:
        nothing = EmptyState(
            tr("还没有检查"),
            tr("安排一次检查，或者在“抽取”中为抽中的单位安排；批准并登记到场后就可以填写检查表。"),
            tr("安排检查(&N)"),
        )
        hint = tr("单位名称、信用代码、拼音首字母  Ctrl+F")
        super().__init__("visits", tr("检查列表"), _columns(), nothing, hint)
        self._ctx, self._latest = screen.ctx, Latest(screen)
        nothing.wanted.connect(self.plan_wanted)
        self.asked.connect(self.reload)
        self.view.opened.connect(lambda row: self.opened.emit(row.id))

    def reload(self) -> None:
        """Read the visits again, on the worker; filter and search stay."""
        query = self.query(views.ORDERS, views.ALL)
        self._latest.ask(partial(_read, self._ctx, query, self.current_id), self._show)

    def _show(self, read: tuple[Visits, Paged[VisitRow]]) -> None:
        found, rows = read
        self.chips.show_chips([(key, word, found.counts.get(key, 0)) for key, word in _filters().items()])
        self.count.setText(tr("共 {count} 次", count=len(found.ids)))
        self.show_paged(rows, is_empty=not found.counts[views.ALL])
        self.listed.emit()


def _read(ctx: Context, query: ListQuery, selected: str) -> tuple[Visits, Paged[VisitRow]]:
    found = views.visits(ctx, query)
    return found, Paged(found.ids, partial(views.rows_of, ctx)).read_ahead(selected)


def _filters() -> dict[str, str]:
    return {
        views.ALL: tr("全部"),
        VisitState.PLANNED: tr("待批准"),
        VisitState.APPROVED: tr("已批准"),
        VisitState.OPEN: tr("检查中"),
        views.TO_SIGN: tr("待签名"),
        VisitState.CLOSED: tr("已结束"),
        VisitState.CANCELLED: tr("已取消"),
    }


def _state_word(row: VisitRow) -> str:
    if row.step is NextStep.SCAN_IN:
        return tr("待归入扫描件")
    return tr("待签名") if row.awaits_signature else row.state.word


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
        Column(tr("单位"), lambda row: row.name, 248, sought=True),
        Column(tr("状态"), _state_word, 104, kind=_state_kind),
        Column(tr("计划日期"), lambda row: row.planned_on, 104),
        Column(tr("检查人员"), lambda row: "、".join(row.inspectors), 140),
        Column(tr("类别"), lambda row: row.kind, 90),
        Column(tr("来源"), lambda row: row.source, 120),
        Column(tr("进度和结果"), _result, 160),
    )
