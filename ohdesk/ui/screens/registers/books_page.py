"""The books of the office: how many entries each has, and what is due in them."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal

from ohdesk.i18n import mark, tr
from ohdesk.services.context import Context
from ohdesk.services.register import due
from ohdesk.services.register.due import BookLine
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import column, grow
from ohdesk.ui.kit.list_with_pane import Chosen, ListWithPane, by_words
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.table_view import Column

_GOES = {"yes": mark("随上报包"), "county": mark("报县级"), "no": mark("只留本机")}


class BooksPage(Page):
    """Emits the id of the book that is opened."""

    opened = Signal(str)

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        columns = _columns()
        nothing = EmptyState(tr("没有可用的登记簿"), tr("登记簿随程序提供。"))
        self.list: ListWithPane[BookLine] = ListWithPane(
            "registers", tr("登记簿"), columns, nothing, tr("登记簿名称  Ctrl+F"), chosen=_chosen(columns)
        )
        self.list.view.opened.connect(self._open)
        column(grow(self.list), of=self, gap="")

    def reload(self) -> None:
        """Count the entries again, on the worker."""
        self.latest.ask(partial(due.overview, self.ctx), self._show)

    def focus_first(self) -> None:
        """The focus is in the list."""
        self.list.focus_list()

    def open_current(self) -> None:
        """Open the book that is selected."""
        if self.list.current is not None:
            self.opened.emit(self.list.current.id)

    def _show(self, lines: list[BookLine]) -> None:
        pressing = sum(1 for each in lines if each.overdue or each.soon)
        kept = sum(1 for each in lines if each.entries)
        self.list.chips.show_chips(
            (("all", tr("全部"), len(lines)), ("kept", tr("有登记"), kept), ("due", tr("有到期"), pressing))
        )
        self.list.show_all(lines)

    def _open(self, line: BookLine) -> None:
        self.opened.emit(line.id)


def _chosen(columns: Sequence[Column[BookLine]]) -> Chosen[BookLine]:
    words = by_words(columns)

    def chosen(lines: Sequence[BookLine], part: str, sought: str) -> Sequence[BookLine]:
        if part == "kept":
            lines = [each for each in lines if each.entries]
        elif part == "due":
            lines = [each for each in lines if each.overdue or each.soon]
        return words(lines, part, sought)

    return chosen


def _columns() -> tuple[Column[BookLine], ...]:
    return (
        Column(tr("登记簿"), lambda line: line.title, 280, sought=True),
        Column(tr("登记"), lambda line: str(line.entries or ""), 80, numeric=True),
        Column(tr("逾期"), lambda line: str(line.overdue or ""), 80, numeric=True),
        Column(tr("7 日内到期"), lambda line: str(line.soon or ""), 110, numeric=True),
        Column(tr("去向"), lambda line: tr(_GOES[line.travels]), 110),
        Column(tr("依据"), _basis, 150, kind=lambda line: "warn" if line.unconfirmed else ""),
    )


def _basis(line: BookLine) -> str:
    return tr("待县级确认") if line.unconfirmed else ""
