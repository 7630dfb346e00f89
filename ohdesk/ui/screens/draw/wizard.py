"""The five steps of one draw. Where it stands is read from the journal, so it goes on where it stopped."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from ohdesk.domain.facts import Fact
from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Field
from ohdesk.errors import UserError
from ohdesk.i18n import mark, tr
from ohdesk.services.context import Context
from ohdesk.services.draw import holding, views
from ohdesk.services.draw.plan import DrawPlan
from ohdesk.services.draw.views import DrawDetail, FrozenView
from ohdesk.ui.kit.actions import action, button
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import column, grow
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.step_page import StepBar
from ohdesk.ui.screens.draw.check_page import CheckPage
from ohdesk.ui.screens.draw.publish_page import PublishPage
from ohdesk.ui.screens.draw.result_page import ResultPage
from ohdesk.ui.screens.draw.scope_page import ScopePage
from ohdesk.ui.screens.draw.seed_page import SeedPage
from ohdesk.ui.screens.draw.steps import DrawStep, Step, reached, state_text, step_of, steps

_Read = tuple[FrozenView, DrawDetail | None, tuple[Fact, ...]]  # neither detail nor proof before there is a result
_ASKED = (Field("reason", mark("作废原因"), required=True),)


class Wizard(Page):
    """Emits `closed` to go back to the list, `projected` when the room is shown the step or no longer."""

    closed = Signal()
    projected = Signal(bool)

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.draw_id = ""
        self.step: int = Step.SCOPE
        self._step_wanted: int | None = None
        self._view: FrozenView | None = None
        self.header = Header(tr("新的抽取"))
        self.bar = StepBar(steps())
        self.bar.chosen.connect(self.show_step)
        self.scope, self.check = ScopePage(ctx, jobs), CheckPage(ctx, jobs)
        self.seed, self.result, self.publish = SeedPage(ctx, jobs), ResultPage(ctx, jobs), PublishPage(ctx, jobs)
        self.pages: tuple[DrawStep, ...] = (self.scope, self.check, self.seed, self.result, self.publish)
        self._stack = QStackedWidget()
        for page in self.pages:
            self._stack.addWidget(page)
            # Before it is handed on: while the room is shown a step, no other screen is reached.
            page.wanted.connect(lambda: self.project.setChecked(False))
        self.hand_on(*self.pages)
        self.question = Form(_ASKED)
        self.question.submit.setProperty("primary", False)
        self.question.submit.setProperty("danger", True)
        self.question.submitted.connect(self._void)
        self.question.closed.connect(self.focus_first)
        self._connect_steps()
        self._lay_out()

    @property
    def is_projecting(self) -> bool:
        """True while the room is shown the step."""
        return self.project.isChecked()

    def start(self) -> None:
        """Begin a draw, or go on with the plan that was being made."""
        self._reset("", tr("新的抽取"))
        self.scope.start()
        self._show_pages(Step.SCOPE, Step.SCOPE)

    def show_draw(self, draw_id: str, step: int | None = None) -> None:
        """Show a draw at the step where it stopped, or at another that it has reached."""
        if draw_id != self.draw_id:
            self._reset(draw_id, "")
        self._step_wanted = step
        self.latest.ask(partial(_read, self.ctx, draw_id), self._show_read, "", self._not_read)

    def reload(self) -> None:
        """Read again what is shown."""
        if self.draw_id:
            self.show_draw(self.draw_id, self.step)
        elif self.step == Step.CHECK:
            self.check.reload()

    def leave(self) -> None:
        """Keep the plan that is being made."""
        if not self.draw_id:
            self.scope.keep()

    def focus_first(self) -> None:
        """Put the focus where this step begins."""
        if self.isVisible():
            self.pages[self.step].focus_first()

    def show_step(self, step: int) -> None:
        """Bring a step to the front that was reached already."""
        if not self.draw_id and step == Step.CHECK:
            self.scope.submit()  # the list follows from what is filled in, which may be another plan by now
            return
        self._show_pages(step, reached(self._view.row) if self._view else self.step)

    def back(self) -> None:
        """Esc: out of the form, the question, the projection, or the draw."""
        page = self.pages[self.step]
        form = next((each for each in (self.question, self.check.form) if each.isVisible()), None)
        if self.is_projecting:
            self.project.setChecked(False)
        elif form is not None:
            form.give_up()
        elif not page.confirm.isHidden():
            page.confirm.give_up()
        else:
            self.leave()
            self.closed.emit()

    def ask_void(self) -> None:
        """Ask for the reason for which the draw is to be void."""
        if self._view is not None and self.void.isEnabled():
            row = self._view.row
            title = tr("作废 {plan} 第 {number} 次抽取", plan=row.plan, number=row.number)
            about = tr("编号不再使用，原因随记录公开，不能恢复。")
            self.question.ask(title, tr("作废这次抽取(&D)"), {}, about)

    def _connect_steps(self) -> None:
        self.scope.settled.connect(self._show_list)
        self.check.planned.connect(self.scope.take)
        self.check.back_wanted.connect(lambda: self._show_pages(Step.SCOPE, Step.CHECK))
        self.check.frozen.connect(self.show_draw)
        self.seed.seeded.connect(lambda: self.show_draw(self.draw_id))
        self.seed.void_wanted.connect(self.ask_void)
        self.result.computed.connect(lambda: self.show_draw(self.draw_id, Step.DRAW))
        self.result.onward.connect(lambda: self.show_step(Step.PUBLISH))
        self.publish.published.connect(self.reload)

    def _show_list(self, plan: DrawPlan) -> None:
        self.check.show_plan(plan)
        self._show_pages(Step.CHECK, Step.CHECK)

    def _show_read(self, read: _Read) -> None:
        view, detail, proof = read
        row = view.row
        if row.id != self.draw_id:  # another one was opened while this was read
            return
        self._view = view
        self.header.entitle(tr("{plan} 第 {number} 次抽取", plan=row.plan, number=row.number))
        self.header.say(state_text(row))
        self.seed.show_view(view)
        self.result.show_view(view, detail, proof)
        self.publish.show_view(view)
        self.void.setVisible(row.state != "void" and not self.is_projecting)
        self.allow(Right.VOID, self.void, binding=True)
        step = step_of(row) if self._step_wanted is None else self._step_wanted
        self._show_pages(max(Step.SEED, min(step, reached(row))), reached(row))

    def _not_read(self, error: Exception) -> None:
        self.failed.emit(error)
        self.closed.emit()

    def _show_pages(self, step: int, furthest: int) -> None:
        focused = self.window().focusWidget()
        stays = step == self.step and focused is not None and self._stack.isAncestorOf(focused)
        self.step = step
        self._stack.setCurrentIndex(step)
        self.bar.show_step(step, furthest, Step.SEED if self.draw_id else Step.SCOPE)
        self.project.setVisible(step >= Step.CHECK)
        if not stays:  # reading again must not take the cursor out of a field
            self.focus_first()

    def _reset(self, draw_id: str, title: str) -> None:
        self.draw_id, self._view = draw_id, None
        self.header.entitle(title)
        self.header.say("")
        self.question.close_form()
        self.void.hide()
        self.project.setChecked(False)

    def _void(self) -> None:
        try:
            change = holding.void(self.ctx, self.draw_id, self.question.value("reason"))
        except UserError as error:
            self.question.show_problems(error)
            return
        self.question.close_form()
        self.done.emit(tr("这次抽取已作废，原因随记录公开。"))
        self.changed.emit(change)
        self.show_draw(self.draw_id)

    def _project(self, on: bool) -> None:
        for page in self.pages:
            page.project(on=on)
        for each in (self.back_button, self.void):
            each.setVisible(not on)
        if not on and self._view is None:
            self.void.hide()
        # The style sheet draws what stands inside a body of this name larger, but looks only when a widget is polished.
        self.body.setObjectName("projector" if on else "")
        for widget in (self.body, *self.body.findChildren(QWidget)):
            widget.style().unpolish(widget)
            widget.style().polish(widget)
        self.projected.emit(on)
        if self._view is not None and not on:
            self.reload()

    def _lay_out(self) -> None:
        tip = tr("放大给在场人员看，只显示可公开的内容；Esc 结束")
        self.project = action("display", tr("投影显示(&J)"), lambda: None, tip)
        self.project.setCheckable(True)
        self.project.toggled.connect(self._project)
        self.void = button(tr("作废(&V)"), act=self.ask_void)
        self.void.setProperty("danger", True)
        self.back_button = action("back", tr("返回列表(&O)"), self.back, "Esc")
        self.header.add(self.project, self.void, self.back_button)
        self.on_key("Esc", self.back)
        self.body = QWidget()
        bar = column(self.bar, self.question, edges=("page_side", ""))
        column(bar, grow(self._stack), of=self.body, gap="", edges=("", "gap_small", "", ""))
        column(self.header, grow(self.body), of=self, gap="")


def _read(ctx: Context, draw_id: str) -> _Read:
    view = views.frozen_view(ctx, draw_id)
    if not view.row.computed_at:
        return view, None, ()
    return view, views.draw_detail(ctx, draw_id), views.proof_of(ctx, draw_id)
