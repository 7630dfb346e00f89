"""转出与接收: the employers that go from one town's roll to another's, and what is to be done with each."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Signal

from ohdesk.domain.establishment import FIELD_BY_KEY
from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Field
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.office.towns import towns_of_county
from ohdesk.services.roll import entries, transfer
from ohdesk.services.roll.entries import EstablishmentDetail
from ohdesk.services.roll.transfer import Stage, Step, Transfer
from ohdesk.ui.kit.actions import action
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.latest import Latest
from ohdesk.ui.kit.lay import column, facts, grow
from ohdesk.ui.kit.list_with_pane import ListWithPane, by_words
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.pane import Pane
from ohdesk.ui.kit.table_view import Column

_REASON = Field("reason", mark("理由"), help=mark("例如：已搬到对方辖区，已现场核实。"), most=200)
_KINDS = {Stage.OFFERED: "warn", Stage.PASSED: "active", Stage.ACCEPTED: "ok", Stage.RETURNED: "plain"}
_LINES = (  # by which a town knows whether it is there
    "address",
    "legal_representative",
    "contact",
    "phone",
    "industry",
    "workers",
    "exposed_workers",
    "hazards",
    "status",
    "tested_on",
    "exam_on",
    "inspected_on",
    "note",
)


class _Asked(NamedTuple):
    """A step: its icon and button, what is asked before it, what follows from it, and what is said once it is taken."""

    icon: str
    action: str
    title: str
    about: str
    submit: str
    said: str


_STEPS = {
    Step.PASS_ON: _Asked(
        "sync",
        mark("转下去…(&E)"),
        mark("把“{name}”转给{to}"),
        mark("随下一个下发包带上它的全部资料；对方同意以前，它仍在{town}的名录。理由可不填。"),
        mark("转下去(&W)"),
        mark("已转下去，随下一个下发包交给接收的镇街。"),
    ),
    Step.ACCEPT: _Asked(
        "ok",
        mark("同意接收…(&E)"),
        mark("接收“{name}”"),
        mark("县级收到后，它移入本镇街名录，由本镇街安排检查。理由可不填。"),
        mark("同意接收(&W)"),
        mark("已同意接收；县级收到后移入本镇街名录。"),
    ),
    Step.RETURN: _Asked(
        "undo",
        mark("退回…(&M)"),
        mark("退回“{name}”"),
        mark("它留在{town}的名录，理由随包告诉县级和{town}。"),
        mark("退回(&W)"),
        mark("已退回；县级收到后结束转出。"),
    ),
    Step.TAKE_BACK: _Asked(
        "undo",
        mark("收回转出…(&J)"),
        mark("收回“{name}”的转出"),
        mark("它留在{town}的名录。对方已经同意的，由县级核对后决定。"),
        mark("收回(&W)"),
        mark("已收回转出，仍在原名录。"),
    ),
}


class TransferDraft(NamedTuple):
    """A reason that was being typed: for which employer, before which step, and what was typed."""

    establishment: str
    step: Step
    typed: dict[str, str]


class _Looked(NamedTuple):
    """The transfers, and what the towns of the county are called, by code."""

    transfers: Sequence[Transfer]
    towns: Mapping[str, str]


class TransfersPage(Page):
    """Each step asks first, with room for the reason; what the office cannot do with a transfer is not offered."""

    closed = Signal()

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._towns: Mapping[str, str] = {}
        self._step, self._to_show = Step.ACCEPT, ""
        self._before_lock: TransferDraft | None = None
        self._reading = Latest(self, aside=True)
        self.acts = {
            step: action(asked.icon, tr(asked.action), partial(self._ask, step)) for step, asked in _STEPS.items()
        }
        self.pane = Pane(tr("转出的单位"))
        self.pane.add_actions(*self.acts.values())
        nothing = EmptyState(
            tr("没有转出中的单位"),
            tr("在单位详情里选“转出…”，把搬到本县其他镇街的单位经县级转过去；转给本镇街的也列在这里。"),
            tr("返回名录(&R)"),
            primary=False,
        )
        nothing.wanted.connect(self.closed)
        columns = self._columns()
        hint = tr("单位、镇街  Ctrl+F")
        self.list: ListWithPane[Transfer] = ListWithPane(
            "transfers", tr("转出与接收"), columns, nothing, hint, self.pane, by_words(columns)
        )
        self.list.selected.connect(self._show_one)
        self.on_key("Ctrl+F", self.list.focus_search)
        self.form = Form((_REASON,))
        self.form.submitted.connect(self._take_step)
        self.form.closed.connect(self.list.back)
        column(grow(self.list), of=self)

    def reload(self) -> None:
        """Read the transfers again."""
        self.latest.ask(partial(_look, self.ctx), self._show)

    def focus_first(self) -> None:
        """The focus is in the list, or in the form that is open."""
        if self.list.is_asking:
            self.form.focus_first()
        else:
            self.list.focus_list()

    def show_one(self, establishment: str) -> None:
        """Select an employer once the transfers are read."""
        self._to_show = establishment
        self.reload()

    def draft(self) -> TransferDraft | None:
        """Return the reason that was being typed."""
        typed, one = self.form.draft(), self.list.current
        return None if typed is None or one is None else TransferDraft(one.id, self._step, typed)

    def take_draft(self, draft: object) -> None:
        """Put back what was typed, once the transfers are read and where the step can be taken still."""
        if isinstance(draft, TransferDraft):
            self._before_lock = draft
            self.show_one(draft.establishment)

    def _show(self, looked: _Looked) -> None:
        self._towns = looked.towns
        self.list.show_all(looked.transfers)
        self.list.count.setText(tr("共 {count} 家", count=len(looked.transfers)))
        wanted, self._to_show = self._to_show, ""
        draft, self._before_lock = self._before_lock, None
        is_there = bool(wanted) and self.list.reveal(wanted)
        one = self.list.current
        if draft is not None and is_there and one is not None and draft.step in transfer.steps(self.ctx, one):
            self._ask(draft.step, draft.typed)

    def _show_one(self, one: Transfer | None) -> None:
        offered = () if one is None else transfer.steps(self.ctx, one)
        for step, button in self.acts.items():
            button.setVisible(step in offered)
        self.allow(Right.ROLL, *self.acts.values())
        if one is not None:
            self._reading.ask(partial(entries.detail, self.ctx, one.id), partial(self._show_both, one))

    def _show_both(self, one: Transfer, detail: EstablishmentDetail) -> None:
        self.pane.show_head(one.name, one.code, ((one.stage.word, _KINDS[one.stage]),))
        way = [(tr("从"), self._called(one.town)), (tr("转到"), self._called(one.to)), (tr("转出理由"), one.reason)]
        known = [(tr(FIELD_BY_KEY[key].heading), detail.fields[key]) for key in _LINES]
        self.pane.show_parts([facts([each for each in (*way, *known) if each[1]])])

    def _ask(self, step: Step, typed: Mapping[str, str] | None = None) -> None:
        if (one := self.list.current) is not None:
            self._step, asked = step, _STEPS[step]
            words = {"name": one.name, "town": self._called(one.town), "to": self._called(one.to)}
            self.list.ask(self.form)
            self.form.ask(tr(asked.title, **words), tr(asked.submit), typed or {}, tr(asked.about, **words), held={})

    def _take_step(self) -> None:
        if (one := self.list.current) is not None:
            act = {
                Step.PASS_ON: transfer.pass_on,
                Step.ACCEPT: transfer.accept,
                Step.RETURN: transfer.give_back,
                Step.TAKE_BACK: transfer.give_back,
            }[self._step]
            said = tr(_STEPS[self._step].said)
            taken = partial(act, self.ctx, one.id, self.form.value(_REASON.key))
            self.form.save(self, taken, partial(self._taken, said))

    def _taken(self, said: str, change: Change) -> None:
        self.changed.emit(change)
        self.done.emit(said)

    def _columns(self) -> tuple[Column[Transfer], ...]:
        return (
            Column(tr("单位"), lambda one: one.name, 240, sought=True),
            Column(tr("从"), lambda one: self._called(one.town), 120),
            Column(tr("转到"), lambda one: self._called(one.to), 120),
            Column(tr("进度"), lambda one: one.stage.word, 170, kind=lambda one: _KINDS[one.stage]),
        )

    def _called(self, town: str) -> str:
        return self._towns.get(town, town)


def _look(ctx: Context) -> _Looked:
    return _Looked(transfer.transfers(ctx), towns_of_county(ctx))
