"""风险评估登记簿: a book like the others, from which a class is written to the roll, for a reason."""

from functools import partial

from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Definition, Field
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.roll.risk import Assessed, assessed, take_over
from ohdesk.ui.kit.actions import action
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.latest import Latest
from ohdesk.ui.screens.registers.book_page import BookPage
from ohdesk.ui.screens.registers.entry_pane import Known

_REASON = Field("reason", mark("理由"), required=True, help=mark("例如：评估报告核实、现场核实。"), most=200)


class AssessmentsPage(BookPage):
    """Offers what the latest assessment of an employer came to where the roll says otherwise."""

    def __init__(self, ctx: Context, jobs: Jobs, definition: Definition) -> None:
        super().__init__(ctx, jobs, definition)
        self._comparing = Latest(self, aside=True)
        self._found: Assessed | None = None
        self.take = action("employer", tr("写入名录(&W)"), self.ask_reason)
        self.take.hide()
        self.pane.add_actions(self.take)
        self.reason = Form((_REASON,))
        self.reason.setParent(self)  # never asked, it would stand in no layout and outlive the lock
        self.reason.submitted.connect(self._take_over)
        self.reason.closed.connect(self.list.back)

    def ask_reason(self) -> None:
        """Ask why the class is written to the roll."""
        found = self._found
        if found is None:
            return
        now = found.on_roll["risk_class"] or tr("没有类别")
        about = tr(
            "名录现在：{now}　写入：{risk_class}类（{basis}）", now=now, risk_class=found.risk_class, basis=found.basis
        )
        self.list.ask(self.reason)
        self.reason.ask(tr("写入名录：{name}", name=found.name), tr("写入(&S)"), {}, about)

    def _show_entry(self, known: Known) -> None:
        super()._show_entry(known)
        self.take.hide()
        compared = partial(assessed, self.ctx, [str(known.detail.values.get("establishment") or "")])
        self._comparing.ask(compared, partial(self._compare, known.detail.id))

    def _compare(self, entry: str, found: list[Assessed]) -> None:
        self._found = next((each for each in found if each.assessment == entry and each.differs), None)
        self.take.setVisible(self._found is not None)
        self.allow(Right.ROLL, self.take)

    def _take_over(self) -> None:
        if self._found is not None:
            written = partial(take_over, self.ctx, self._found, self.reason.value(_REASON.key))
            self.reason.save(self, written, self._taken_over)

    def _taken_over(self, change: Change) -> None:
        self.changed.emit(change)
        self.done.emit(tr("已写入名录。"))
