"""疑似重复: pairs of employers that may be one, side by side; a person merges them or says that they are two."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Field
from ohdesk.domain.roll.duplicates import Listed
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.roll import duplicates, merging, proposals
from ohdesk.services.roll.duplicates import Compared, Found, LikelyPair
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.latest import Latest
from ohdesk.ui.kit.lay import box, column, grid, grow, muted, text
from ohdesk.ui.kit.list_with_pane import ListWithPane, by_words
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.pane import Pane
from ohdesk.ui.kit.table_view import Column

_REASON = (Field("reason", mark("理由，例如：同一张执照，已到现场核实"), required=True, most=200),)
_SHARES = (56, 90)  # two employers beside each other want room


class PairDraft(NamedTuple):
    """A reason that was being typed: for which pair, which of the two goes on, and what was typed."""

    pair: str
    keeps_first: bool
    typed: dict[str, str]


class PairsPage(Page):
    """The pairs, what tells most first; beside the list the fields in which the two differ."""

    closed = Signal()
    found = Signal()

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._pairs: Sequence[LikelyPair] = ()
        self._keeps_first = True
        self._before_lock: PairDraft | None = None
        self._reading = Latest(self, aside=True)
        self.first = primary_action("ok", tr("合并，保留左边这家…(&E)"), partial(self._ask, keeps_first=True))
        self.second = action("ok", tr("合并，保留右边这家…(&M)"), partial(self._ask, keeps_first=False))
        self.apart = action("close", tr("不是同一家，不再提示(&J)"), self._tell_apart)
        self.pane = Pane(tr("两家的内容"))
        self.pane.add_actions(self.first, self.second, self.apart)
        nothing = EmptyState(
            tr("没有疑似重复的单位"),
            tr("信用代码、名称、地址和电话相同的会成对列在这里，由人核对。程序不自动合并。"),
            tr("返回名录(&R)"),
            primary=False,
        )
        nothing.wanted.connect(self.closed)
        columns = _columns()
        hint = tr("单位名称  Ctrl+F")
        self.list = ListWithPane(
            "pairs", tr("疑似重复"), columns, nothing, hint, self.pane, by_words(columns), shares=_SHARES
        )
        self.list.selected.connect(self._show_one)
        self.on_key("Ctrl+F", self.list.focus_search)
        self.form = Form(_REASON)
        self.form.submitted.connect(self._merge)
        self.form.closed.connect(self.list.back)
        column(grow(self.list), of=self)

    def look(self, draft: PairDraft | None = None) -> Job:
        """Look for pairs on the worker; draft: what was typed before a lock, put back once they are found."""
        self._before_lock = draft
        find = partial(duplicates.likely_pairs, self.ctx)
        return self.work_reporting(lambda report: find(report), self._found, tr("查找疑似重复"))

    def show_found(self, found: Found) -> None:
        """Show the pairs that were found."""
        self._pairs = found.pairs
        self.list.show_all(self._pairs)
        more = tr("共 {count} 对，另有 {more} 对随后列出", count=len(found.pairs), more=found.more)
        self.list.count.setText(more if found.more else tr("共 {count} 对", count=len(found.pairs)))

    def focus_first(self) -> None:
        """The focus is in the list, or in the form that is open."""
        if self.list.is_asking:
            self.form.focus_first()
        else:
            self.list.focus_list()

    def draft(self) -> PairDraft | None:
        """Return the reason that was being typed."""
        typed, one = self.form.draft(), self.list.current
        return None if typed is None or one is None else PairDraft(one.id, self._keeps_first, typed)

    def take_draft(self, draft: object) -> None:
        """Put back what was typed, where the pair is listed still."""
        if isinstance(draft, PairDraft) and self.list.reveal(draft.pair):
            self._ask(draft.typed, keeps_first=draft.keeps_first)

    def _found(self, found: Found) -> None:
        self.show_found(found)
        self.found.emit()
        self.take_draft(self._before_lock)

    def _show_one(self, one: LikelyPair | None) -> None:
        self.allow(Right.ROLL, self.first, self.second, self.apart)
        if one is not None:
            self._reading.ask(partial(duplicates.side_by_side, self.ctx, one), partial(self._show_both, one))

    def _show_both(self, one: LikelyPair, compared: Sequence[Compared]) -> None:
        self.pane.show_head("、".join(each.word for each in one.why))
        differing = [each for each in compared if each.differs]
        same = [
            tr("{heading}：{value}", heading=each.heading, value=each.first) for each in compared if not each.differs
        ]
        self.pane.show_parts([_beside(differing), muted("\n".join([tr("两家相同的："), *same] if same else []))])

    def _ask(self, typed: dict[str, str] | None = None, *, keeps_first: bool) -> None:
        if (one := self.list.current) is not None:
            self._keeps_first = keeps_first
            kept, other = self._in_order(one)
            self.list.ask(self.form)
            title = tr("把“{other}”并入“{kept}”", other=other.name, kept=kept.name)
            about = tr("两家的检查、文书和问题都列在保留的一家名下，已签的文书不改；随时可以拆开。")
            self.form.ask(title, tr("合并(&W)"), typed or {}, about, held={})

    def _merge(self) -> None:
        if (one := self.list.current) is not None:
            kept, other = self._in_order(one)
            act = partial(merging.merge, self.ctx, kept.id, other.id, self.form.value("reason"))
            self.form.save(self, act, partial(self._merged, one, other.id))

    def _merged(self, one: LikelyPair, other: str, change: Change) -> None:
        proposed = Change.PROPOSALS in change
        gone = {one.id} if proposed else {each.id for each in self._pairs if other in {each.first.id, each.second.id}}
        self._leave_out(gone)
        self.changed.emit(change)
        self.done.emit(proposals.proposed_text() if proposed else tr("已合并。检查、文书和问题列在保留的一家名下。"))

    def _tell_apart(self) -> None:
        if (one := self.list.current) is not None:
            with self.telling():
                duplicates.tell_apart(self.ctx, one.first.id, one.second.id)
                self._leave_out({one.id})
                self.done.emit(tr("已记下：不是同一家，不再提示。"))

    def _leave_out(self, gone: set[str]) -> None:
        self.show_found(Found(tuple(each for each in self._pairs if each.id not in gone)))
        self.list.focus_list()

    def _in_order(self, one: LikelyPair) -> tuple[Listed, Listed]:
        return (one.first, one.second) if self._keeps_first else (one.second, one.first)


def _beside(compared: Sequence[Compared]) -> QWidget:
    """Return one line for each field in which the two differ: its name, what the left says, what the right says."""
    cells: list[QWidget] = []
    for each in compared:
        heading = muted(each.heading)
        heading.setFixedWidth(theme.layout("fact_name"))
        sides = [text(side or tr("（空）"), selectable=True) for side in (each.first, each.second)]
        for side, where in zip(sides, (tr("左边"), tr("右边")), strict=True):
            side.setAccessibleName(tr("{heading}，{side}", heading=each.heading, side=where))
        cells += heading, *sides
    return box(grid(cells, (0, 1, 1), ("gap", "gap_small")))


def _columns() -> tuple[Column[LikelyPair], ...]:
    return (
        Column(tr("单位"), lambda pair: pair.first.name, 170, sought=True),
        Column(tr("另一家"), lambda pair: pair.second.name, 170, sought=True),
        Column(tr("相同的"), lambda pair: "、".join(each.word for each in pair.why), 120),
    )
