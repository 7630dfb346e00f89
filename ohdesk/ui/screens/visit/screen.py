"""Visits (检查): the list, and one visit step by step from its plan to the way to its signatures."""

from functools import cached_property
from typing import TypeVar

from PySide6.QtWidgets import QStackedWidget

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.people import Right
from ohdesk.domain.visit import VisitState
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.visit import drafts, views
from ohdesk.services.visit import filling as visit_filling
from ohdesk.services.visit.drafts import VisitStop
from ohdesk.services.visit.views import VisitView
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import box, column, grow
from ohdesk.ui.kit.screen import Screen
from ohdesk.ui.kit.step_bar import StepBar
from ohdesk.ui.screens.visit import steps
from ohdesk.ui.screens.visit.answer_card import AnswerCard
from ohdesk.ui.screens.visit.approval_page import ApprovalPage
from ohdesk.ui.screens.visit.arrival_page import ArrivalPage
from ohdesk.ui.screens.visit.ending_page import EndingPage, PatrolPage
from ohdesk.ui.screens.visit.filling_page import FillingPage, Unsaved
from ohdesk.ui.screens.visit.leaving_page import LeavingPage
from ohdesk.ui.screens.visit.list_page import ListPage
from ohdesk.ui.screens.visit.plan_page import PlanPage
from ohdesk.ui.screens.visit.steps import Page
from ohdesk.ui.screens.visit.summary_page import SummaryPage
from ohdesk.ui.screens.visit.visit_page import VisitPage

NEW = "new:"
Step = TypeVar("Step", bound=VisitPage)
_STEPS: dict[Page, type[VisitPage]] = {
    Page.APPROVAL: ApprovalPage,
    Page.ARRIVAL: ArrivalPage,
    Page.PATROL: PatrolPage,
    Page.ENDING: EndingPage,
    Page.LEAVING: LeavingPage,
    Page.SUMMARY: SummaryPage,
}


class VisitsScreen(Screen):
    """The visits of this office; a visit opens at its next step, or where one stopped."""

    reloads_on = Change.VISITS | Change.PEOPLE | Change.SETTINGS

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._visit = ""
        self._page = Page.LIST
        # The other pages are made when they are first shown: together they would hold up the screen.
        self.list = ListPage(ctx)
        self.list.opened.connect(self.open_visit)
        self.list.plan_wanted.connect(self.plan_new)
        self._made: dict[Page, VisitPage] = {}
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._header = Header(tr("检查"))
        self._steps = StepBar(steps.words())
        self._steps.chosen.connect(self._choose_step)
        self._build()
        self.on_key("Ctrl+F", self._find)
        self.on_key("Ctrl+N", self._new.click)
        self.reload()

    @cached_property
    def filling(self) -> FillingPage:
        """The page of the checklist, made when it is first asked for."""
        made = FillingPage(self.ctx, self.jobs)
        self._stack.addWidget(made)
        self.hand_on(made)
        made.shown.connect(self._show_header)
        made.leaving_wanted.connect(self._show_leaving)
        return made

    @cached_property
    def plan(self) -> PlanPage:
        """The page on which a visit is planned, made when it is first asked for."""
        return self._joined(PlanPage(self.ctx, self.jobs))

    @property
    def card(self) -> AnswerCard:
        """The question that is shown."""
        return self.filling.card

    @property
    def front(self) -> Page:
        """Which page is in front."""
        return self._page

    @property
    def visit(self) -> str:
        """The visit that is open; empty in the list."""
        return self._visit

    @property
    def is_empty(self) -> bool:
        """True while no visit is planned at all."""
        return self.list.is_empty

    def page(self, page: Page) -> VisitPage:
        """Return the page of a step, made when it is first asked for."""
        if page is Page.PLAN:
            return self.plan
        if page not in self._made:
            self._made[page] = self._joined(_STEPS[page](self.ctx, self.jobs))
        return self._made[page]

    def page_of(self, kind: type[Step]) -> Step:
        """Return the page of a class; raises LookupError where that is no step."""
        page = next((page for page, each in _STEPS.items() if each is kind), None)
        made = self.page(page) if page is not None else None
        if isinstance(made, kind):
            return made
        raise LookupError(kind.__name__)

    def arrive(self) -> None:
        """The screen comes to the front: what is open goes on where one stopped; what was signed meanwhile is over."""
        if self._is_over() and self._page is not Page.SUMMARY:
            self.show_visits()
        if self._page is Page.LIST:
            self._go_where_one_stopped()
        elif self._page is Page.FILLING:
            self.filling.card.focus_answers()
        if self._page is Page.LIST:
            self.list.focus_list()

    def leave(self) -> None:
        """Another screen comes to the front, or the program closes: save what was just typed."""
        with self.telling():
            if self._page is Page.FILLING:
                self.filling.leave()
            elif self._page is not Page.LIST:
                self.page(self._page).leave()

    def reload(self) -> None:
        """Read the visits again, and what is open of them."""
        self.list.reload()
        if self._page is not Page.LIST and not self._is_over():
            (self.filling if self._page is Page.FILLING else self.page(self._page)).reload()
        self._show_header()

    def open(self, thing: str) -> None:
        """Open a visit by its id, or plan one: "new:", with the id of an establishment behind it if it is known."""
        if thing.startswith(NEW):
            self.open_for(thing.removeprefix(NEW))
        else:
            self.open_visit(thing)

    def open_for(self, establishment: str) -> None:
        """Plan a visit to an establishment."""
        if self._turn_to(Page.PLAN, "", establishment):
            self.plan.start_new(establishment)

    def plan_new(self) -> None:
        """Plan a visit."""
        self.open_for("")

    def open_visit(self, visit: str) -> None:
        """Open a visit at its next step."""
        with self.telling():
            view = views.visit_view(self.ctx, visit)
            self._show(view, self._next_page(view))

    @property
    def unsaved(self) -> bool:
        """True while an answer could not be stored."""
        return self._page is Page.FILLING and self.filling.unsaved

    def draft(self) -> Unsaved | None:
        """Return what was answered and could not be stored."""
        return self.filling.draft() if self._page is Page.FILLING else None

    def take_draft(self, draft: object) -> None:
        """Show again what could not be stored."""
        if isinstance(draft, Unsaved):
            self._turn_to(Page.FILLING, draft.visit)
            self.filling.take_draft(draft)
            self._show_header()

    def show_visits(self) -> None:
        """Go back to the list of visits."""
        if self._turn_to(Page.LIST, ""):
            self.list.reload()
            self.list.focus_list()

    def show_question(self, question: str) -> None:
        """Show a question of the visit that is open."""
        if self._page is not Page.FILLING and self._visit:
            self._show(self._view(), Page.FILLING)
        self.filling.show_question(question)

    def show_page(self, page: Page) -> None:
        """Show a page of the visit that is open."""
        with self.telling():
            self._show(self._view(), page)

    def _is_over(self) -> bool:
        return bool(self._visit) and self._view().state == VisitState.CLOSED

    def _view(self) -> VisitView:
        return views.visit_view(self.ctx, self._visit)

    def _go_where_one_stopped(self) -> None:
        stop = drafts.last_stop(self.ctx)
        if stop is None:
            under_way = self.list.under_way
            if under_way:
                self.open_visit(under_way[0])
        elif stop.page == Page.PLAN and not stop.visit:
            self.open_for(stop.establishment)
        elif stop.visit:
            with self.telling():
                view = views.visit_view(self.ctx, stop.visit)
                # Meanwhile it may have gone on elsewhere, as by a signature or another laptop's bundle.
                self._show(view, steps.fitting(view, Page(stop.page)) or self._next_page(view))

    def _next_page(self, view: VisitView) -> Page:
        page = steps.next_page(view)
        if page is Page.FILLING:
            # With every question answered there is nothing to fill: one goes on where it is signed.
            filling = visit_filling.open_form(self.ctx, view.id)
            if not filling.counts.unanswered and not any(row.incomplete for row in filling.outline):
                return Page.LEAVING
        return page

    def _show(self, view: VisitView, page: Page, step: int | None = None) -> None:
        """Bring a page of a visit to the front. Raises UserError where the visit has no such page."""
        if not self._turn_to(page, view.id):
            return
        if page is Page.FILLING:
            self.filling.open_visit(view.id)
            self.card.focus_answers()
        else:
            self.page(page).show_visit(view)
        current, reached = steps.place(view, page)
        self._steps.show_step(current if step is None else step, reached)
        self._show_header()

    def _turn_to(self, page: Page, visit: str, establishment: str = "") -> bool:
        """Bring a page to the front; False while the one in front holds what could not be stored."""
        self.leave()  # first: only then is it known whether all could be stored
        if self.unsaved and (page, visit) != (self._page, self._visit):
            return False
        self._page, self._visit = page, visit
        if page is Page.PLAN and not visit:
            self._steps.show_step(0, 0)  # without a visit there is no view of it to take the steps from
        if page is Page.LIST:
            self._stack.setCurrentWidget(self.list)
        else:
            self._stack.setCurrentWidget(self.filling if page is Page.FILLING else self.page(page))
        with self.telling():
            drafts.keep_stop(self.ctx, VisitStop(visit, page, establishment))
        self._show_header()
        return True

    def _advance(self) -> None:
        """A step is done: show the next one of the visit."""
        visit = self._visit or self.plan.visit
        self.open_visit(visit)

    def _choose_step(self, step: int) -> None:
        if not self._visit:
            return
        view = self._view()
        page = steps.page_at(view, step)
        if page is None:
            self.leave()  # what was typed here is kept before the other screen reads the visit
            self.wanted.emit("record", view.id)
            return
        with self.telling():
            self._show(view, page, step)

    def _back(self) -> None:
        if self._page is Page.ENDING:
            # One came here by a button of another step, to which Esc goes back.
            self.show_page(steps.next_page(self._view()))
        else:
            self.show_visits()

    def _jump(self, question: str) -> None:
        self.show_page(Page.FILLING)
        self.filling.show_question(question)

    def _joined(self, made: Step) -> Step:
        self._stack.addWidget(made)
        self.hand_on(made)
        made.advanced.connect(self._advance)
        made.back_wanted.connect(self._back)
        made.page_wanted.connect(self.show_page)
        made.question_wanted.connect(self._jump)
        return made

    def _show_ending(self) -> None:
        self.show_page(Page.ENDING)

    def _build(self) -> None:
        self._undo = action("undo", tr("撤销(&U)"), lambda: self.filling.undo())
        self._blocked = action("warning", tr("不能检查…(&G)"), self._show_ending)
        self._blocked.setToolTip(tr("大门关闭、已搬迁、无法联系、没有该项活动、拒绝检查"))
        self._leave = action("next", tr("离场(&V)"), self._show_leaving)
        self._leave.setToolTip("Ctrl+Enter")
        self._to_list = action("back", tr("返回列表(&L)"), self.show_visits)
        self._new = primary_action("add", tr("安排检查(&N)"), self.plan_new)
        self._new.setToolTip("Ctrl+N")
        self.allow(Right.VISIT, self._new, self.list.nothing.button)
        self._header.add(self._undo, self._blocked, self._leave, self._to_list, self._new)
        strip = column(self._steps)
        strip.setContentsMargins(theme.size("page_side"), theme.size("gap_small"), theme.size("page_side"), 0)
        self._strip = box(strip)
        column(self._header, self._strip, grow(self._stack), of=self, gap="")

    def _find(self) -> None:
        if self._page is Page.FILLING:
            self.filling.focus_search()
        else:
            if self._page is not Page.LIST:
                self.show_visits()
            self.list.focus_search()

    def _show_leaving(self) -> None:
        self.show_page(Page.LEAVING)

    def _show_header(self) -> None:
        listed, filling = self._page is Page.LIST, self._page is Page.FILLING
        self._strip.setVisible(not listed)
        self._new.setVisible(listed and not self.is_empty)
        self._to_list.setVisible(not listed)
        for button in (self._blocked, self._leave):
            button.setVisible(filling)
        label = self.filling.undo_label if filling else ""
        self._undo.setVisible(bool(label))
        self._undo.setToolTip(tr("撤销：{label}  Ctrl+Z", label=label))
        self._header.entitle(self._title())
        self._header.say(self._about())

    def _title(self) -> str:
        if self._page is Page.FILLING and self.filling.view is not None:
            return self.filling.view.name
        if self._visit:
            return self._view().name
        return tr("检查") if self._page is Page.LIST else tr("安排检查")

    def _about(self) -> str:
        if self._page is Page.FILLING and self.filling.view is not None:
            view = self.filling.view
            started = legal_day(view.started_at).isoformat() if view.started_at else ""
            return " · ".join(filter(None, (view.form.title, "、".join(view.inspectors), started)))
        if not self._visit:
            return ""
        visit = self._view()
        return " · ".join((visit.state.word, "、".join(visit.inspector_names)))
