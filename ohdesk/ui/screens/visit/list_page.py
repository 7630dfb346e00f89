"""The visits of this office: filters by state, search, and the one thing to do where there is none."""

from collections.abc import Sequence

from PySide6.QtCore import Signal

from ohdesk.domain.visit import VisitState
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.visit import views
from ohdesk.services.visit.views import VisitRow
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.list_with_pane import ListWithPane
from ohdesk.ui.kit.table_view import Column

_ALL, _TO_SIGN = "all", "to_sign"


class ListPage(ListWithPane[VisitRow]):
    """Emits `opened(visit)` and `plan_wanted`."""

    opened = Signal(str)
    plan_wanted = Signal()

    def __init__(self, ctx: Context) -> None:
        nothing = EmptyState(
            tr("还没有检查"),
            tr("安排一次检查，或者在“抽取”中为抽中的单位安排；批准并登记到场后就可以填写检查表。"),
            tr("安排检查(&N)"),
        )
        hint = tr("单位名称、信用代码、拼音首字母  Ctrl+F")
        super().__init__("visits", tr("检查列表"), _columns(), nothing, hint, chosen=self._those)
        self._ctx = ctx
        self._rows: Sequence[VisitRow] = ()
        nothing.wanted.connect(self.plan_wanted)
        self.view.opened.connect(lambda row: self.opened.emit(row.id))

    @property
    def under_way(self) -> tuple[str, ...]:
        """The visits that are open, the newest first."""
        return tuple(row.id for row in self._rows if row.state == VisitState.OPEN)

    def reload(self) -> None:
        """Read the visits again; filter and search stay."""
        self._rows = views.list_visits(self._ctx)
        chips = ((key, word, sum(_is_in(row, key) for row in self._rows)) for key, word in _filters().items())
        self.chips.show_chips(list(chips))
        self.show_all(self._rows)

    def _those(self, rows: Sequence[VisitRow], key: str, sought: str) -> Sequence[VisitRow]:
        """Return the visits of a filter that fit a search, and say how many there are."""
        found = [row for row in rows if _is_in(row, key) and row.matches(sought)]
        self.count.setText(tr("共 {count} 次", count=len(found)))
        return found


def _filters() -> dict[str, str]:
    return {
        _ALL: tr("全部"),
        VisitState.PLANNED: tr("待批准"),
        VisitState.APPROVED: tr("已批准"),
        VisitState.OPEN: tr("检查中"),
        _TO_SIGN: tr("待签名"),
        VisitState.CLOSED: tr("已结束"),
    }


def _is_in(row: VisitRow, key: str) -> bool:
    if key == _TO_SIGN:
        return row.awaits_signature
    return key in {"", _ALL} or (row.state == key and not row.awaits_signature)


def _state_word(row: VisitRow) -> str:
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
        Column(tr("单位"), lambda row: row.name, 270, sought=True),
        Column(tr("状态"), _state_word, 86, kind=_state_kind),
        Column(tr("计划日期"), lambda row: row.planned_on, 100),
        Column(tr("检查人员"), lambda row: "、".join(row.inspectors), 140),
        Column(tr("类别"), lambda row: row.kind, 90),
        Column(tr("来源"), lambda row: row.source, 120),
        Column(tr("进度和结果"), _result, 160),
    )
