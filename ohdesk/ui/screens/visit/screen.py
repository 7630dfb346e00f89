"""Visits (检查): the list, and one visit step by step from its plan to the way to its signatures."""

from pathlib import Path
from typing import TypeVar, cast

from PySide6.QtWidgets import QStackedWidget

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.people import Right
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.record.leave_gaps import PeriodGaps, write_gaps
from ohdesk.services.visit import drafts, views
from ohdesk.services.visit import filling as visit_filling
from ohdesk.services.visit.drafts import VisitStop
from ohdesk.services.visit.views import VisitView
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.files import choose_target
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.later import later
from ohdesk.ui.kit.lay import box, column, grow
from ohdesk.ui.kit.screen import Screen
from ohdesk.ui.kit.step_page import StepBar
from ohdesk.ui.screens.visit import steps
from ohdesk.ui.screens.visit.answer_card import AnswerCard
from ohdesk.ui.screens.visit.approval_page import ApprovalPage
from ohdesk.ui.screens.visit.arrival_page import ArrivalPage
from ohdesk.ui.screens.visit.ending_page import EndingPage, PatrolPage
from ohdesk.ui.screens.visit.evidence_page import EvidencePage
from ohdesk.ui.screens.visit.filling_page import FillingPage, Unsaved
from ohdesk.ui.screens.visit.leaving_page import LeavingPage
from ohdesk.ui.screens.visit.list_page import ListPage
from ohdesk.ui.screens.visit.papers_page import PapersPage
from ohdesk.ui.screens.visit.photos_page import PhotosPage
from ohdesk.ui.screens.visit.plan_page import PlanPage
from ohdesk.ui.screens.visit.steps import Page
from ohdesk.ui.screens.visit.summary_page import SummaryPage
from ohdesk.ui.screens.visit.visit_page import VisitPage

NEW = "new:"
NO_BREAK = "\N{NO-BREAK SPACE}"
Step = TypeVar("Step", bound=VisitPage | FillingPage)
_PAGES: dict[Page, type[VisitPage | FillingPage]] = {
    Page.PLAN: PlanPage,
    Page.APPROVAL: ApprovalPage,
    Page.ARRIVAL: ArrivalPage,
    Page.FILLING: FillingPage,
    Page.PATROL: PatrolPage,
    Page.ENDING: EndingPage,
    Page.LEAVING: LeavingPage,
    Page.PAPERS: PapersPage,
    Page.PHOTOS: PhotosPage,
    Page.EVIDENCE: EvidencePage,
    Page.SUMMARY: SummaryPage,
}


class VisitsScreen(Screen):
    """The visits of this office; a visit opens at its next step, or where one stopped.

    front: which page is in front · visit: the one that is open, empty in the list and while one is planned
    """

    reloads_on = (
        Change.VISITS | Change.PEOPLE | Change.SETTINGS | Change.REGISTERS
    )  # caps and the county's words are entries

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.visit, self.front = "", Page.LIST
        # Pages are made when they are first shown: together they would hold up the screen.
        self._list: ListPage | None = None
        self._made: dict[Page, VisitPage | FillingPage] = {}
        self._stop = VisitStop("", "")
        # Not before the page is painted: a write to the disk is waited for as long as all that stands on the page.
        self._keeps_stop = later(self, self._keep_stop, "after_first_paint_ms")
        self._stack = QStackedWidget()
        self._header = Header(tr("检查"))
        self._steps = StepBar(steps.words())
        self._steps.chosen.connect(self._choose_step)
        self._lay_out()
        self.on_key("Ctrl+F", self._find)
        self.on_key("Ctrl+N", self._new.click)
        self.on_key("Shift+F6", self._to_photos)

    @property
    def list(self) -> ListPage:
        """The visits, read when they are first shown: mostly a visit is under way, and that comes first."""
        if self._list is None:
            self._list = made = ListPage(self)
            made.listed.connect(self._show_header)
            made.opened.connect(self.open_visit)
            made.plan_wanted.connect(self.plan_new)
            self.allow(Right.VISIT, made.nothing.button)
            self._stack.addWidget(made)
            made.reload()
        return self._list

    @property
    def filling(self) -> FillingPage:
        """The page of the checklist."""
        return self.page_of(FillingPage)

    @property
    def card(self) -> AnswerCard:
        """The question that is shown."""
        return self.filling.card

    def page(self, page: Page) -> VisitPage | FillingPage:
        """Return the page of a step, made when it is first asked for."""
        if page not in self._made:
            self._made[page] = self._joined(_PAGES[page](self.ctx, self.jobs))
        return self._made[page]

    def page_of(self, kind: type[Step]) -> Step:
        return cast("Step", self.page(next(page for page, each in _PAGES.items() if each is kind)))

    def arrive(self) -> None:
        """The screen comes to the front: what is open goes on where one stopped; what was signed meanwhile is over."""
        if self._is_over() and self.front is not Page.SUMMARY:
            self.show_visits()
        if self.front is Page.LIST:
            self._go_where_one_stopped()
        elif self.front is Page.FILLING:
            self.card.focus_answers()
        if self.front is Page.LIST:
            self._stack.setCurrentWidget(self.list)
            self._show_header()
            self.list.focus_list()

    def leave(self) -> None:
        """Another screen comes to the front, or the program closes: save what was just typed, and where one stands."""
        self._keep_page()
        if self._keeps_stop.isActive():
            self._keep_stop()

    def reload(self) -> None:
        """Read the visits again where they were shown, and what is open of them."""
        if self._list is not None:
            self._list.reload()
        if self.front is not Page.LIST and not self._is_over():
            self.page(self.front).reload()
        self._show_header()

    def open(self, thing: str) -> None:
        """Open a visit by its id, or plan one: "new:", with the id of an establishment behind it if it is known."""
        if thing.startswith(NEW):
            self.open_for(thing.removeprefix(NEW))
        else:
            self.open_visit(thing)

    def open_for(self, establishment: str) -> None:
        """Plan a visit to an establishment."""
        if self._turn_to(Page.PLAN, None, establishment):
            self._steps.show_step(0, 0)
            self.page_of(PlanPage).start_new(establishment)

    def plan_new(self) -> None:
        self.open_for("")

    def open_visit(self, visit: str) -> None:
        """Open a visit at its next step."""
        with self.telling():
            view = views.visit_view(self.ctx, visit)
            self._show(view, self._next_page(view))

    @property
    def unsaved(self) -> bool:
        """True while an answer could not be stored."""
        return self.front is Page.FILLING and self.card.unsaved

    def draft(self) -> Unsaved | None:
        """Return what was answered and could not be stored."""
        return self.filling.draft() if self.front is Page.FILLING else None

    def take_draft(self, draft: object) -> None:
        """Show again what could not be stored."""
        if isinstance(draft, Unsaved):
            with self.telling():
                self._show(views.visit_view(self.ctx, draft.visit), Page.FILLING)
                self.filling.take_draft(draft)

    def show_visits(self) -> None:
        """Go back to the list of visits."""
        if self._turn_to(Page.LIST, None):
            self.list.reload()
            self.list.focus_list()

    def show_question(self, question: str) -> None:
        """Show a question of the visit that is open."""
        if self.front is not Page.FILLING:
            self.show_page(Page.FILLING)
        self.filling.show_question(question)

    def show_page(self, page: Page) -> None:
        """Show a page of the visit that is open."""
        with self.telling():
            self._show(self._view(), page)

    def _to_leaving(self) -> None:
        """Go on from the checklist; the visit is not read again, as a key waits for it."""
        with self.telling():
            self._show(self.filling.visit or self._view(), Page.LEAVING)

    def _is_over(self) -> bool:
        return bool(self.visit) and self._view().is_over

    def _view(self) -> VisitView:
        return views.visit_view(self.ctx, self.visit)

    def _go_where_one_stopped(self) -> None:
        stop = drafts.last_stop(self.ctx)
        if stop is None:
            under_way = views.under_way(self.ctx)
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
        if page is Page.FILLING and view.answered == view.questions:
            # There is nothing to fill: one goes on where it is signed.
            filling = visit_filling.open_form(self.ctx, view.id)
            if not filling.counts.unanswered and not any(row.incomplete for row in filling.outline):
                return Page.LEAVING
        return page

    def _show(self, view: VisitView, page: Page, step: int | None = None) -> None:
        """Bring a page of a visit to the front. Raises UserError where the visit has no such page."""
        if self._turn_to(page, view):
            self.page(page).show_visit(view)
            current, reached = steps.place(view, page)
            self._steps.show_step(current if step is None else step, reached)
            self._show_header(view)

    def _turn_to(self, page: Page, view: VisitView | None, establishment: str = "") -> bool:
        """Bring a page to the front; False while the one in front holds what could not be stored."""
        visit = view.id if view else ""
        self._keep_page()  # first: only then is it known whether all could be stored
        if self.unsaved and (page, visit) != (self.front, self.visit):
            return False
        self.front, self.visit = page, visit
        self._stack.setCurrentWidget(self.list if page is Page.LIST else self.page(page))
        self._stop = VisitStop(visit, page, establishment)
        self._keeps_stop.start()
        self._show_header(view)
        return True

    def _keep_page(self) -> None:
        if self.front is not Page.LIST:
            with self.telling():
                self.page(self.front).keep()

    def _keep_stop(self) -> None:
        self._keeps_stop.stop()
        with self.telling():  # the place is a convenience: without it the page is shown all the same
            drafts.keep_stop(self.ctx, self._stop)

    def _advance(self) -> None:
        """A step is done: show the next one of the visit."""
        self.open_visit(self.visit or self.page_of(PlanPage).visit)

    def _choose_step(self, step: int) -> None:
        if not self.visit:
            return
        view = self._view()
        page = steps.page_at(view, step)
        with self.telling():
            if page is not None:
                self._show(view, page, step)
            elif steps.fitting(view, Page.LEAVING):
                self._show(view, Page.LEAVING)  # whoever signs has looked at what is missing
                self.page_of(LeavingPage).submit()
            else:
                self.leave()  # what was typed here is kept before the other screen reads the visit
                self.wanted.emit("record", view.id)

    def _back(self) -> None:
        if self.front in {Page.ENDING, Page.PAPERS, Page.PHOTOS, Page.EVIDENCE}:
            # One came here by a button of another step, to which Esc goes back.
            self.show_page(steps.next_page(self._view()))
        else:
            self.show_visits()

    def _joined(self, made: VisitPage | FillingPage) -> VisitPage | FillingPage:
        self._stack.addWidget(made)
        self.hand_on(made)
        if isinstance(made, FillingPage):
            # While the first question is read: to make it takes 20 ms, and Enter at the last question waits for it.
            later(self, lambda: self.page(Page.LEAVING), "after_first_paint_ms").start()
            made.shown.connect(self._show_header)
            made.leaving_wanted.connect(self._to_leaving)
            made.card.photos_wanted.connect(self._to_photos)
        else:
            made.page_wanted.connect(self.show_page)
            made.advanced.connect(self._advance)
            made.back_wanted.connect(self._back)
            made.question_wanted.connect(self.show_question)
        return made

    def _lay_out(self) -> None:
        self._undo = action("undo", tr("撤销(&U)"), lambda: self.filling.undo())
        why = tr("大门关闭、已搬迁、无法联系、没有该项活动、拒绝检查")
        self._blocked = action("warning", tr("不能检查…(&G)"), lambda: self.show_page(Page.ENDING), why)
        self._leave = action("next", tr("离场(&V)"), self._to_leaving, "Ctrl+Enter")
        what = tr("现场核查用表：带着纸走一圈，回来按项号录入")
        self._papers = action("print", tr("纸面(&M)"), lambda: self.show_page(Page.PAPERS), what)
        self._to_list = action("back", tr("返回列表(&L)"), self.show_visits)
        self._new = primary_action("add", tr("安排检查(&N)"), self.plan_new, "Ctrl+N")
        self.allow(Right.VISIT, self._new)
        why = tr("今年各次检查离场前缺什么，按种类和逐条写成表")
        self._gaps = action("export", tr("核对缺口…(&K)"), self._choose_gaps, why)
        self._header.add(self._undo, self._blocked, self._leave, self._papers, self._to_list, self._gaps, self._new)
        strip = column(self._steps, edges=("page_side", "gap_small", "page_side", ""))
        self._strip = box(strip)
        column(self._header, self._strip, grow(self._stack), of=self, gap="")

    def _to_photos(self) -> None:
        """Show all photos of the visit that is filled or left."""
        if self.front in {Page.FILLING, Page.LEAVING}:
            self.show_page(Page.PHOTOS)

    def export_gaps(self, path: Path) -> None:
        """Write what this year's visits lack into a workbook, on the worker."""
        ctx, today = self.ctx, legal_day(self.ctx.now())

        def tell(found: PeriodGaps) -> None:
            said = tr(
                "检查 {visits} 次，缺口 {count} 处：{path}", visits=found.visits, count=len(found.lines), path=path
            )
            left_out = tr("另有涉密单位的 {count} 处不导出。", count=found.guarded) if found.guarded else ""
            self.saved.emit("\n".join(filter(None, (said, left_out))), path)

        begin = today.replace(month=1, day=1).isoformat()
        self.work(lambda: write_gaps(ctx, begin, today.isoformat(), path), tell, tr("核对缺口"))

    def _choose_gaps(self) -> None:
        suggested = tr("{office}核对缺口.xlsx", office=self.ctx.office.name)
        path = choose_target(self, tr("核对缺口"), suggested, "Excel (*.xlsx)")
        if path is not None:
            self.export_gaps(path)

    def _find(self) -> None:
        if self.front is Page.FILLING:
            self.filling.focus_search()
            return
        if self.front is not Page.LIST:
            self.show_visits()
        self.list.focus_search()

    def _show_header(self, view: VisitView | None = None) -> None:
        """Say what is in front; view: of the visit that is open, where it was just read."""
        listed, filling = self.front is Page.LIST, self.front is Page.FILLING
        self._strip.setVisible(not listed)
        for button in (self._gaps, self._new):
            button.setVisible(listed and not self.list.is_empty)
        self._to_list.setVisible(not listed)
        self._papers.setVisible(bool(self.visit) and self.front is not Page.PAPERS)
        for button in (self._blocked, self._leave):
            button.setVisible(filling)
        label = self.filling.undo_label if filling else ""
        self._undo.setVisible(bool(label))
        self._undo.setToolTip(plain_tip(tr("撤销：{label}  Ctrl+Z", label=label)))
        if not self.visit:
            self._header.entitle(tr("检查") if listed else tr("安排检查"))
            self._header.say("")
            return
        # Not read again in the checklist: this runs after every answer.
        view = view or (self.filling.visit if filling else None) or self._view()
        self._strip.setVisible(not view.is_patrol)  # nobody approves or signs a round
        people = "、".join(view.inspectors or view.assistant_names)
        since = tr("已 {count} 分钟", count=self.filling.minutes) if filling else ""
        about = (
            (view.form_title, people, view.started, since.replace(" ", NO_BREAK))
            if filling
            else (view.state.word, people)
        )
        self._header.entitle(view.name)
        self._header.say(" · ".join(filter(None, about)))
