"""A visit as it is set down: the steps that are behind, and where it goes on."""

from ohdesk.domain.visit import VisitState
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.visit import conduct, planning
from ohdesk.services.visit.views import VisitView
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.screens.visit.facts import Facts, arrival_lines, ending_lines, plan_lines
from ohdesk.ui.screens.visit.steps import Page
from ohdesk.ui.screens.visit.visit_page import VisitPage


class SummaryPage(VisitPage):
    """Shows what was planned, approved, set down on arrival and at the end; nothing of it can be changed here."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._to_record = False
        self._plan, self._arrival, self._ending = Facts(), Facts(), Facts()
        self._ending_card = Card(tr("结束"), "", self._ending)
        self._take_back = button(tr("改为填写检查表(&K)"), act=self._resume)
        self._visit_there = button(tr("安排现场核实(&X)"), act=self._plan_after)
        self._go = button("", act=self.submit, primary=True)
        before = Card(tr("安排和审批"), "", self._plan)
        self.put_cards((before,), (Card(tr("到场登记"), "", self._arrival), self._ending_card))
        self._correct = button(tr("更正到场登记(&E)"), act=lambda: self.page_wanted.emit(Page.ARRIVAL))
        self._evidence = button(tr("证据清单(&D)"), act=lambda: self.page_wanted.emit(Page.EVIDENCE))
        self.add_actions(self._evidence, self._visit_there, self._correct, self._take_back, self._go)

    def show_visit(self, view: VisitView) -> None:
        closed = view.is_over
        lines = ending_lines(view)
        self.visit = view.id
        self._to_record = closed or view.ending is not None
        self.say_fault("")
        self._plan.show_lines(
            (*plan_lines(view), (tr("审批"), view.approval or view.approval_problem or tr("没有批准")))
        )
        self._arrival.show_lines(arrival_lines(view))
        self._ending.show_lines(lines)
        self._ending_card.setVisible(any(words for _, words in lines))
        self._take_back.setVisible(view.state == VisitState.OPEN and view.ending is not None)
        self._go.setText(_next_words(view))
        self._go.setVisible(not (view.is_patrol and closed) and view.cancelled is None)
        self._correct.setVisible(not closed)
        self._evidence.setVisible(view.started_at is not None)
        self._visit_there.setVisible(view.state == VisitState.CLOSED and bool(view.start.means))
        self._go.setFocus()

    def submit(self) -> None:
        """Go on with the visit: fill, sign, or look at its record; a round of helpers that has ended leads nowhere."""
        if self._go.isHidden():
            return
        if self._to_record:
            self.wanted.emit("record", self.visit)
        else:
            self.advanced.emit()

    def _plan_after(self) -> None:
        with self.refusing():
            self.visit = planning.plan_after(self.ctx, self.visit)
            self.finish(tr("已安排检查。"))
            self.wanted.emit("visit", self.visit)

    def _resume(self) -> None:
        with self.refusing():
            conduct.take_back_ending(self.ctx, self.visit)
            self.finish(tr("可以继续填写检查表了。"))
            self.advanced.emit()


def _next_words(view: VisitView) -> str:
    if view.state == VisitState.CLOSED:
        return tr("看笔录(&B)")
    if view.ending:
        return tr("去签名(&B)")
    return tr("写巡查情况(&B)") if view.is_patrol else tr("继续填写(&B)")
