"""A visit as it is set down: the steps that are behind, and where it goes on."""

from ohdesk.domain.visit import VisitState
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.visit import conduct
from ohdesk.services.visit.views import VisitView
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.screens.visit.facts import Facts, approval_lines, arrival_lines, ending_lines, plan_lines
from ohdesk.ui.screens.visit.visit_page import VisitPage


class SummaryPage(VisitPage):
    """Shows what was planned, approved, set down on arrival and at the end; nothing of it can be changed here."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._view: VisitView | None = None
        self.plan, self.arrival, self.ending = Facts(), Facts(), Facts()
        self._ending_card = Card(tr("结束"), "", self.ending)
        self._take_back = button(tr("改为填写检查表(&K)"), act=self._resume)
        self._go = button("", act=self.submit, primary=True)
        before = Card(tr("安排和审批"), "", self.plan)
        self.put_cards((before,), (Card(tr("到场登记"), "", self.arrival), self._ending_card))
        self.add_actions(self._take_back, self._go)

    def show_visit(self, view: VisitView) -> None:
        """Show a visit that has started."""
        self._view = view
        self.say_fault("")
        self.plan.show_lines((*plan_lines(view), *approval_lines(view)))
        self.arrival.show_lines(arrival_lines(view))
        lines = ending_lines(view)
        self.ending.show_lines(lines)
        self._ending_card.setVisible(any(words for _, words in lines))
        self._take_back.setVisible(view.state == VisitState.OPEN and bool(view.ending))
        self._go.setText(self._next_words(view))
        self._go.setVisible(not (view.is_patrol and view.state == VisitState.CLOSED))
        self._go.setFocus()

    def submit(self) -> None:
        """Go on with the visit: fill, sign, or look at its record."""
        view = self._view
        if view is None or (view.is_patrol and view.state == VisitState.CLOSED):
            return
        if view.state == VisitState.CLOSED or view.ending:
            self.wanted.emit("record", view.id)
        else:
            self.advanced.emit()

    def _next_words(self, view: VisitView) -> str:
        if view.state == VisitState.CLOSED:
            return tr("看笔录(&B)")
        if view.ending:
            return tr("去签名(&B)")
        return tr("写巡查情况(&B)") if view.is_patrol else tr("继续填写(&B)")

    def _resume(self) -> None:
        if self._view is None:
            return
        with self.refusing():
            conduct.take_back_ending(self.ctx, self._view.id)
            self.finish(tr("可以继续填写检查表了。"))
            self.advanced.emit()
