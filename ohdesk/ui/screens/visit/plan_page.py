"""安排: whom to visit, who goes, why and when; also to be changed until the visit starts."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.visit import Task
from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.visit import conduct, drafts, views
from ohdesk.services.visit.planning import NewVisit
from ohdesk.services.visit.views import VisitView
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.day_edit import DayEdit
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import muted
from ohdesk.ui.kit.long_choice import LongChoice
from ohdesk.ui.kit.options import Options
from ohdesk.ui.kit.step_page import StepPage
from ohdesk.ui.screens.visit.establishment_finder import EstablishmentFinder
from ohdesk.ui.screens.visit.people_list import PeopleList

_NEW, _PAGE = "new", "plan"
_TEAM = 2


class PlanPage(StepPage):
    """Emits `advanced` with `visit` set once it is planned."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.visit = ""
        self._fixed = False  # the inspectors were drawn
        self._fresh: dict[str, str] = {}
        self.finder = EstablishmentFinder(ctx)
        self.finder.chosen.connect(self._offer_forms)
        self.kinds = Options()
        self.kinds.show_options([(each.id, each.name) for each in visit_rules().kinds], "ASD")
        self.kinds.chosen.connect(self._offer_sources)
        self.source, self.form = LongChoice(), LongChoice()
        self.day = DayEdit(legal_day(ctx.now()).isoformat())
        self.day.day_changed.connect(lambda _day: self._offer_people())
        self.reason = QLineEdit()
        self.inspectors, self.assistants = PeopleList(), PeopleList()
        self._fields = {
            tr("检查类别"): Field(tr("检查类别"), self.kinds),
            tr("计划日期"): Field(tr("计划日期"), self.day),
            tr("缘由"): Field(tr("缘由"), self.reason, tr("写明线索；只留内部，不印在笔录上。")),
            tr("检查人员"): Field(tr("执法人员（至少两名）"), self.inspectors),
        }
        self._form_field = Field(tr("检查表"), self.form)
        self._assistants_field = Field(tr("协管员"), self.assistants)
        self._nobody = muted(tr("还没有登记执法人员，请先在“设置”的“人员”中登记。"))
        self._to_people = button(tr("去登记人员(&P)"))
        self._to_people.clicked.connect(lambda: self.wanted.emit("settings", "people"))
        self._submit = button(tr("安排检查(&B)"), "Ctrl+Enter", primary=True)
        self._submit.clicked.connect(self.submit)
        self._lay_out()

    def start_new(self, establishment: str = "") -> None:
        """Ask for a new visit; what was typed for one before is there again unless an establishment is given."""
        self.visit = ""
        self._submit.setText(tr("安排检查(&B)"))
        self.finder.clear()
        self._fill(Task("daily", "plan", legal_day(self.ctx.now()).isoformat()), (), ())
        self._fresh = self.values()
        if establishment:
            self.finder.show_establishment(establishment)
            self.kinds.buttons[self.kinds.value].setFocus()
            return
        draft = drafts.kept(self.ctx, _NEW, _PAGE)
        if draft:
            self._restore(draft)
        (self.kinds if self.finder.establishment else self.finder.search).setFocus()

    def show_visit(self, view: VisitView) -> None:
        """Show a visit that is planned already, to be changed before it starts."""
        self.visit = view.id
        self._submit.setText(tr("保存安排(&B)"))
        self.finder.show_establishment(view.establishment, fixed=True)
        self._fill(view.task, view.inspectors, view.assistants, fixed=bool(view.draw))
        self.form.setCurrentIndex(self.form.findData(view.form))
        self._fresh = self.values()
        self.day.setFocus()

    def values(self) -> dict[str, str]:
        """Return what is typed, as a draft keeps it."""
        return {
            "establishment": self.finder.establishment,
            "kind": self.kinds.value,
            "source": str(self.source.currentData() or ""),
            "day": self.day.day(),
            "reason": self.reason.text(),
            "form": str(self.form.currentData() or ""),
            "inspectors": ",".join(self.inspectors.ticked),
            "assistants": ",".join(self.assistants.ticked),
        }

    def leave(self) -> None:
        """Keep what was typed for a new visit."""
        if not self.visit:
            values = self.values()
            drafts.keep(self.ctx, _NEW, _PAGE, {} if values == self._fresh else values)

    def reload(self) -> None:
        """Read the people again: somebody may have been entered meanwhile."""
        self._offer_people()

    def submit(self) -> None:
        """Plan the visit, or change its plan; every fault stands beside its field."""
        for field in self._fields.values():
            field.clear_error()
        self.say_fault("")
        if not self.finder.establishment:
            self.finder.field.set_error(tr("请选择被检查单位。"))
            self.finder.search.setFocus()
            return
        new = self._new()
        gaps = views.team_gaps(self.ctx, new.inspectors, new.task.planned_on)
        if gaps:
            line = tr("{place}：应为{expected}，现为{found}。")
            texts = [line.format(place=each.place, expected=each.expected, found=each.found) for each in gaps]
            self._fields[tr("检查人员")].set_error("".join(texts))
            self.show_field(self.inspectors)
            return
        try:
            self._save(new)
        except ProblemsError as error:
            self._show_problems(error)
        except UserError as error:
            self.show_fault(error)

    def _save(self, new: NewVisit) -> None:
        if self.visit:
            change = conduct.replan(self.ctx, self.visit, new)
            self.done.emit(tr("安排已改动，需要重新批准。") if change else tr("安排没有改动。"))
        else:
            self.visit = conduct.plan(self.ctx, new)
            drafts.forget(self.ctx, _NEW, _PAGE)
            self.done.emit(tr("已安排检查。"))
        self.changed.emit(Change.VISITS)
        self.advanced.emit()

    def _new(self) -> NewVisit:
        values = self.values()
        return NewVisit(
            establishment=values["establishment"],
            inspectors=self.inspectors.ticked,
            assistants=self.assistants.ticked,
            task=Task(values["kind"], values["source"], values["day"], values["reason"]),
            form=values["form"],
        )

    def _show_problems(self, error: ProblemsError) -> None:
        first = None
        for problem in error.problems:
            field = self._fields.get(problem.place)
            if field is None:
                self.show_fault(error)
                continue
            field.set_error(tr("应为{expected}。{remedy}", expected=problem.expected, remedy=problem.remedy))
            first = first or field
        if first is not None:
            self.show_field(first.editor)

    def _fill(
        self, task: Task, inspectors: tuple[str, ...], assistants: tuple[str, ...], *, fixed: bool = False
    ) -> None:
        self.say_fault("")
        for field in (*self._fields.values(), self.finder.field):
            field.clear_error()
        self._fixed = fixed
        self.kinds.choose(task.kind)
        self._offer_sources(task.kind)
        self.source.setCurrentIndex(max(0, self.source.findData(task.source)))
        self.reason.setText(task.reason)
        self.day.blockSignals(True)
        self.day.set_day(task.planned_on)
        self.day.blockSignals(False)
        self._offer_people(inspectors, assistants)

    def _restore(self, draft: Mapping[str, str]) -> None:
        task = Task(draft["kind"], draft["source"], draft["day"], draft["reason"])
        self._fill(task, tuple(draft["inspectors"].split(",")), tuple(draft["assistants"].split(",")))
        if draft["establishment"]:
            self.finder.show_establishment(draft["establishment"])
            self.form.setCurrentIndex(max(0, self.form.findData(draft["form"])))

    def _offer_sources(self, kind: str) -> None:
        held = self.source.currentData()
        self.source.clear()
        for source in visit_rules().sources:
            if kind in source.kinds and (source.id != "draw" or self._fixed):
                self.source.addItem(source.name, source.id)
        self.source.setCurrentIndex(max(0, self.source.findData(held)))
        case = any(each.id == kind and not each.capped for each in visit_rules().kinds)
        self._fields[tr("缘由")].setVisible(case)

    def _offer_people(self, inspectors: tuple[str, ...] = (), assistants: tuple[str, ...] = ()) -> None:
        people = views.staff(self.ctx, self.day.day())
        ticked = inspectors or self.inspectors.ticked
        able = [person.id for person in people.inspectors if not person.why_not]
        if not ticked and len(able) == _TEAM:
            ticked = tuple(able)
        self.inspectors.show_people(people.inspectors, ticked, fixed=self._fixed)
        self.assistants.show_people(people.assistants, assistants or self.assistants.ticked)
        self._fields[tr("检查人员")].setVisible(bool(people.inspectors))
        self._assistants_field.setVisible(bool(people.assistants))
        self._nobody.setVisible(not people.inspectors)
        self._to_people.setVisible(len(able) < _TEAM)

    def _offer_forms(self, establishment: str) -> None:
        self.form.clear()
        for form in views.forms_of(self.ctx, establishment):
            title = tr("{title}（{count} 项）", title=form.title, count=len(form.questions))
            self.form.addItem(title, form.id)
        self._form_field.setVisible(bool(establishment))

    def _lay_out(self) -> None:
        whom = Card(tr("检查谁"))
        whom.column.addWidget(self.finder)
        whom.column.addWidget(self._form_field)
        why = Card(tr("为什么、什么时候"))
        why.column.addWidget(self._fields[tr("检查类别")])
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.size("gap"))
        grid.addWidget(Field(tr("任务来源"), self.source), 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._fields[tr("计划日期")], 0, 1, Qt.AlignmentFlag.AlignTop)
        for place in range(2):
            grid.setColumnStretch(place, 1)
        why.column.addLayout(grid)
        why.column.addWidget(self._fields[tr("缘由")])
        who = Card(tr("谁去"))
        who.column.addWidget(self._fields[tr("检查人员")])
        who.column.addWidget(self._nobody)
        who.column.addWidget(self._to_people, 0, Qt.AlignmentFlag.AlignLeft)
        who.column.addWidget(self._assistants_field)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column, cards in ((left, (whom, why)), (right, (who,))):
            column.setSpacing(theme.size("gap"))
            for card in cards:
                column.addWidget(card)
            column.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(theme.size("gap"))
        row.addLayout(left, 1)
        row.addLayout(right, 1)
        self.cards.addLayout(row)
        cancel = button(tr("返回(&Q)"), "Esc")
        cancel.clicked.connect(self.back_wanted)
        self.add_actions(cancel, self._submit)
