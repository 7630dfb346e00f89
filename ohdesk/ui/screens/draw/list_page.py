"""The draws held here, newest first."""

from functools import partial

from PySide6.QtCore import Signal

from ohdesk.domain.calendar import parse_instant
from ohdesk.domain.draw.state import WAITING
from ohdesk.domain.people import Right
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.draw import views
from ohdesk.services.draw.views import DrawRow
from ohdesk.ui.kit.actions import primary_action
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import column, grow
from ohdesk.ui.kit.list_with_pane import ListWithPane, by_words
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.kit.wording import minute_text
from ohdesk.ui.screens.draw.steps import state_kind, state_text


class ListPage(Page):
    """Enter opens a draw at the step where it stopped."""

    new_wanted = Signal()
    opened = Signal(str)

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.header = Header(tr("双随机抽取"))
        self.new = primary_action("add", tr("新的抽取(&N)"), self.new_wanted.emit, "Ctrl+N")
        # Only who may freeze begins: a plan that ends before a closed door is work for nothing.
        self.allow(Right.DRAW, self.new, binding=True)
        self.header.add(self.new)
        self.on_key("Ctrl+N", self.new.click)
        empty = EmptyState(
            tr("还没有抽取"),
            tr("这里列出每次双随机抽取：名单冻结、种子、结果和作废，一次都不会少。按 Ctrl+N 开始第一次抽取。"),
        )
        columns, hint = _columns(), tr("计划编号、状态、作废原因  Ctrl+F")
        self.list = ListWithPane("draws", tr("抽取"), columns, empty, hint, chosen=by_words(columns))
        self.list.view.opened.connect(lambda row: self.opened.emit(row.id))
        self.on_key("Ctrl+F", self.list.focus_search)
        column(self.header, grow(self.list), of=self, gap="")

    def reload(self) -> None:
        """Read the draws again."""
        self.latest.ask(partial(views.list_draws, self.ctx), self._show)

    def focus_first(self) -> None:
        """Put the focus into the list, or on the one thing to do."""
        if self.list.table.total:
            self.list.focus_list()
        else:
            self.new.setFocus()

    def _show(self, rows: list[DrawRow]) -> None:
        waits_for_list = self.window().focusWidget() is self.new and not self.list.table.total
        self.list.show_all(rows)
        waiting = sum(row.state in WAITING for row in rows)
        overdue = sum(row.overdue for row in rows)
        about = tr("共 {count} 次，未完成 {waiting} 次，超期 {overdue} 次") if waiting else tr("共 {count} 次")
        self.header.say(about.format(count=len(rows), waiting=waiting, overdue=overdue) if rows else "")
        if waits_for_list:
            self.focus_first()


def _columns() -> tuple[Column[DrawRow], ...]:
    return (
        Column(tr("计划编号"), lambda row: row.plan, 150),
        Column(tr("第几次"), lambda row: str(row.number), 70, numeric=True),
        Column(tr("冻结时间"), lambda row: minute_text(parse_instant(row.committed_at)), 150),
        Column(tr("状态"), state_text, 150, kind=state_kind),
        Column(tr("候选"), lambda row: str(row.candidates or "—"), 80, numeric=True),
        Column(tr("抽中"), lambda row: str(row.drawn or "—"), 80, numeric=True),
        Column(tr("公示"), lambda row: tr("已生成公示包") if row.published else "—", 130),
        Column(tr("作废原因"), lambda row: row.void_reason, 160),
    )
