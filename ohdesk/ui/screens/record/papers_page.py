"""The papers of a visit or an establishment, and beside them what can be made of it."""

from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Signal

from ohdesk.domain.people import Right
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.paper import life, views
from ohdesk.services.paper.listing import PaperRow, list_papers
from ohdesk.services.paper.offering import Offered, authorities, offered
from ohdesk.services.paper.subject import Subject
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.editors import LongChoice
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import box, column, grow, muted, row, text
from ohdesk.ui.kit.list_with_pane import ListWithPane, by_words
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.screens.record.paper_steps import state_kind

_SHARES = (58, 42)  # of the width


class _Known(NamedTuple):
    subject: Subject
    name: str
    rows: tuple[PaperRow, ...]
    authorities: tuple[str, ...]
    offered: tuple[Offered, ...]


class PapersPage(Page):
    """Enter opens a paper, or makes one in the list beside."""

    opened = Signal(object)  # PaperRow
    made = Signal(str)  # the id of a paper
    back_wanted = Signal()

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.subject = Subject()
        self.header = Header(tr("文书"))
        self.make = primary_action("add", tr("制作(&N)"), self.make_chosen, tr("制作右边选中的文书"))
        self.header.add(action("back", tr("返回(&L)"), self.back_wanted.emit, "Esc"), self.make)
        self.list = ListWithPane(
            "papers",
            tr("已有的文书"),
            _columns(),
            EmptyState(tr("还没有文书"), tr("右边列出现在可以制作的文书，选中一种按 Enter。")),
            edges=None,
        )
        self.list.view.opened.connect(self.opened.emit)
        columns = _offered_columns()
        self.offered = ListWithPane(
            "papers_offered",
            tr("可以制作的文书"),
            columns,
            EmptyState(tr("没有可以制作的文书"), tr("文书按“设置”中选定的格式提供。")),
            chosen=by_words(columns),
            edges=None,
        )
        self.offered.selected.connect(self._show_offered)
        self.offered.view.opened.connect(lambda _row: self.make_chosen())
        self.why = muted()
        self._authority = ""  # chosen of several; the worker reads no widget
        self.authority = LongChoice()
        self.authority.activated.connect(self._choose_authority)
        self._of_whom = Field(tr("以哪个机关的名义"), self.authority)
        self._of_whom.hide()
        left = box(column(text(tr("已有的文书"), "heading"), grow(self.list)))
        right = box(column(text(tr("可以制作的文书"), "heading"), self._of_whom, grow(self.offered)))
        lists = row(grow(left, _SHARES[0]), grow(right, _SHARES[1]), gap="gap")
        column(self.header, grow(column(grow(lists), self.why, edges=("page_side", "page_top"))), of=self, gap="")
        self.on_key("Esc", self.back_wanted.emit)

    def show_of(self, subject: Subject) -> None:
        """Show the papers of a visit or an establishment."""
        self.subject, self._authority = subject, ""
        self.reload()

    def reload(self) -> None:
        self.latest.ask(partial(_read, self.ctx, self.subject, self._authority), self._show)

    def focus_first(self) -> None:
        """The focus is in the papers there are, else in those that can be made."""
        (self.list if self.list.current else self.offered).focus_list()

    def make_chosen(self) -> None:
        """Make a draft of the paper chosen; what stands against it is said."""
        chosen = self.offered.current
        if chosen is not None:
            make = partial(life.new_paper, self.ctx, chosen.paper, self.subject, {}, self._authority)
            self.work(make, self._made, tr("制作：{title}", title=chosen.title))

    def _choose_authority(self, _place: int) -> None:
        self._authority = self.authority.currentData() or ""
        self.reload()

    def _made(self, paper: str) -> None:
        self.made.emit(paper)
        self.changed.emit(Change.REGISTERS)

    def _show(self, known: _Known) -> None:
        self.subject = known.subject
        self.header.say(known.name)
        had_focus = self.isAncestorOf(self.window().focusWidget() or self.window())
        # Of several none is chosen for anybody: it is in this one's name that a paper is made.
        self.authority.offer([("", tr("请选择")), *((name, name) for name in known.authorities)])
        self.authority.setCurrentIndex(max(0, self.authority.findData(self._authority)))
        self._of_whom.setVisible(len(known.authorities) > 1)
        self.list.show_all(known.rows)
        self.offered.show_all(sorted(known.offered, key=lambda each: bool(each.hindrance)))
        self._show_offered(self.offered.current)
        if had_focus or self.window().focusWidget() is None:
            self.focus_first()

    def _show_offered(self, chosen: Offered | None) -> None:
        """Say of the paper chosen what no column has room for."""
        hindrance = "" if chosen is None else chosen.hindrance
        self.why.setText(hindrance)
        self.allow(Right.VISIT, self.make, when=chosen is not None and not hindrance)


def _read(ctx: Context, subject: Subject, authority: str) -> _Known:
    whole, name = views.about(ctx, subject)
    rows = list_papers(ctx, whole.visit, "" if whole.visit else whole.establishment)
    return _Known(whole, name, rows, authorities(ctx, whole), offered(ctx, whole, authority))


def _columns() -> tuple[Column[PaperRow], ...]:
    return (
        Column(tr("文书"), _title, 158, sought=True),
        Column(tr("编号"), lambda each: each.number or "—", 236),
        Column(tr("状态"), lambda each: each.state.word, 122, kind=lambda each: state_kind(each.state)),
        Column(tr("日期"), lambda each: each.day, 92),
    )


def _offered_columns() -> tuple[Column[Offered], ...]:
    return (
        Column(tr("文书"), _title, 200, sought=True),
        Column(tr("说明"), _said, 240, kind=lambda each: "plain" if each.hindrance else ""),
    )


def _title(each: PaperRow | Offered) -> str:
    return "".join(each.title.split())  # on paper a short title is spaced out


def _said(each: Offered) -> str:
    if each.hindrance:
        return tr("不能制作：{why}", why=each.hindrance)
    return tr("样式待县级确认") if each.unconfirmed else ""
