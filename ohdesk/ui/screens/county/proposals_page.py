"""建议: what towns propose for employers that are not theirs; a person takes it up or says why not."""

from functools import partial
from typing import NamedTuple

from ohdesk.domain.calendar import parse_instant
from ohdesk.domain.people import Right
from ohdesk.domain.proposal import ProposalState
from ohdesk.domain.register.definition import Field
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.roll import proposals
from ohdesk.services.roll.proposals import Proposed, ProposedValue
from ohdesk.services.trust import joining
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import column, facts, grow, muted
from ohdesk.ui.kit.list_with_pane import ListWithPane, by_words
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.pane import Pane
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.kit.wording import minute_text

_REASON = (Field("reason", mark("不采纳的理由，例如：已电话核实，原值正确"), required=True),)
_KINDS = {ProposalState.OPEN: "warn", ProposalState.ACCEPTED: "ok", ProposalState.DECLINED: "plain"}


class Draft(NamedTuple):
    """A reason that was being typed, and of which proposal."""

    proposal: str
    typed: dict[str, str]


class _View(NamedTuple):
    towns: dict[str, str]
    proposals: list[Proposed]


class ProposalsPage(Page):
    """Every proposal, those that wait first; beside it what shows now and what is proposed."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._draft: Draft | None = None
        self._towns: dict[str, str] = {}
        self.accept = primary_action("ok", tr("采纳，写入名录(&W)"), self._accept)
        self.decline = action("close", tr("不采纳…(&N)"), self._ask)
        self.pane = Pane(tr("建议的内容"))
        self.pane.add_actions(self.accept, self.decline)
        nothing = EmptyState(
            tr("没有建议"),
            tr("镇街只能直接改自己的单位；对别处单位写的内容、把单位移到别的镇街，作为建议列在这里，由县级决定。"),
        )
        hint = tr("单位、镇街  Ctrl+F")
        columns = _columns()
        self.list = ListWithPane(
            "proposals", tr("建议"), columns, nothing, hint, self.pane, by_words(columns), edges=None
        )
        self.list.selected.connect(self._show_one)
        self.on_key("Ctrl+F", self.list.focus_search)
        self.form = Form(_REASON)
        self.form.submitted.connect(self._decline)
        self.form.closed.connect(self.list.back)
        column(grow(self.list), of=self)

    def reload(self) -> None:
        """Read the proposals again."""
        self.latest.ask(partial(_read, self.ctx), self._show)

    def focus_first(self) -> None:
        """The focus is in the list, or in the form that is open."""
        if self.list.is_asking:
            self.form.focus_first()
        else:
            self.list.focus_list()

    def draft(self) -> Draft | None:
        """Return the reason that was being typed."""
        typed, one = self.form.draft(), self.list.current
        return None if typed is None or one is None else Draft(one.id, typed)

    def take_draft(self, draft: object) -> None:
        """Put back what was typed, once the proposals are read."""
        if isinstance(draft, Draft):
            self._draft = draft

    def _show(self, view: _View) -> None:
        self._towns = view.towns
        self.list.show_all(view.proposals)
        draft, self._draft = self._draft, None
        if draft is not None and self.list.reveal(draft.proposal):
            self._ask(draft.typed)

    def _show_one(self, one: Proposed | None) -> None:
        waits = one is not None and one.state is ProposalState.OPEN
        for button in (self.accept, self.decline):
            self.allow(Right.ROLL, button)
            button.setVisible(waits)
        if one is None:
            return
        at = minute_text(parse_instant(one.at))
        about = tr("{office} {person}　{at}", office=one.office, person=one.person, at=at)
        chips = [(one.state.word, _KINDS[one.state]), (tr("名录中没有") if one.is_new else "", "plain")]
        self.pane.show_head(one.name, about, chips)
        said = [tr("理由：{reason}", reason=one.reason or tr("没有写"))]
        if one.answer:
            said.append(tr("县级答复：{answer}", answer=one.answer))
        values = [(each.heading, self._change(each, is_new=one.is_new)) for each in one.values]
        self.pane.show_parts([facts(values), *map(muted, said)])

    def _accept(self) -> None:
        if (one := self.list.current) is not None:
            with self.telling():
                change = proposals.accept(self.ctx, one.id)
                self._say(tr("已采纳：{name}已按建议写入名录。", name=one.name), change)

    def _ask(self, typed: dict[str, str] | None = None) -> None:
        if (one := self.list.current) is not None:
            self.list.ask(self.form)
            self.form.ask(tr("不采纳对{name}的建议", name=one.name), tr("记为不采纳(&W)"), typed or {}, held={})

    def _decline(self) -> None:
        if (one := self.list.current) is not None:
            self.form.save(
                self,
                partial(proposals.decline, self.ctx, one.id, self.form.value("reason")),
                partial(self._say, tr("已记为不采纳：{name}，理由随下一个包告诉镇街。", name=one.name)),
            )

    def _change(self, value: ProposedValue, *, is_new: bool) -> str:
        names = self._towns if value.field in {"town", "transfer_to"} else {}
        shown, after = (f"{names.get(each, '')} {each}".strip() for each in (value.shown, value.proposed))
        after = after or tr("（清空）")
        return after if is_new else tr("{shown} → {proposed}", shown=shown or tr("（空）"), proposed=after)

    def _say(self, said: str, change: Change) -> None:
        self.done.emit(said)
        self.changed.emit(change)


def _read(ctx: Context) -> _View:
    return _View({town.division: town.name for town in joining.towns(ctx)}, proposals.proposals(ctx))


def _columns() -> tuple[Column[Proposed], ...]:
    return (
        Column(tr("单位"), lambda one: one.name, 210, sought=True),
        Column(tr("建议的镇街"), lambda one: one.office, 140, sought=True),
        Column(tr("要改的"), lambda one: "、".join(each.heading for each in one.values), 180),
        Column(tr("时间"), lambda one: minute_text(parse_instant(one.at)), 130),
        Column(tr("状态"), lambda one: one.state.word, 110, kind=lambda one: _KINDS[one.state]),
    )
