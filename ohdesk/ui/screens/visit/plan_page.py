"""安排: whom to visit, who goes, why and when; also to be changed until the visit starts."""

from PySide6.QtWidgets import QLineEdit

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.problems import blank, in_list
from ohdesk.domain.visit import Task
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.visit import conduct, views
from ohdesk.services.visit.planning import NewVisit, task_problems
from ohdesk.services.visit.views import VisitView
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.day_edit import DayEdit
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import grid, grow, muted, row
from ohdesk.ui.kit.long_choice import LongChoice
from ohdesk.ui.kit.options import Options
from ohdesk.ui.screens.visit.establishment_finder import EstablishmentFinder
from ohdesk.ui.screens.visit.people_list import PeopleList
from ohdesk.ui.screens.visit.visit_page import Typed, VisitPage

_NEW = "new"  # whose draft it is while no establishment is chosen
_TEAM = 2  # who inspects: two at least by law


class PlanPage(VisitPage):
    """Emits `advanced` with `visit` set once it is planned."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs, "plan")
        self._fixed = False  # the inspectors were drawn
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
        self.fields = {
            "establishment": self.finder.field,
            "form": Field(tr("检查表"), self.form),
            "kind": Field(tr("检查类别"), self.kinds),
            "source": Field(tr("任务来源"), self.source),
            "day": Field(tr("计划日期"), self.day),
            "reason": Field(tr("缘由"), self.reason, tr("写明线索；只留内部，不印在笔录上。")),
            "inspectors": Field(tr("执法人员（至少两名）"), self.inspectors),
            "assistants": Field(tr("协管员"), self.assistants),
        }
        self._nobody = muted(tr("还没有登记执法人员，请先在“设置”的“人员”中登记。"))
        self._to_people = button(tr("去登记人员(&P)"), act=lambda: self.wanted.emit("settings", "people"))
        self._submit = button(tr("安排检查(&B)"), "Ctrl+Enter", act=self.submit, primary=True)
        self._lay_out()

    def start_new(self, establishment: str = "") -> None:
        """Ask for a new visit, of an establishment if one is given; what was typed for it before is there again."""
        self.visit = ""
        self._submit.setText(tr("安排检查(&B)"))
        self.finder.clear()
        self._fill(Task("daily", "plan", legal_day(self.ctx.now()).isoformat()), (), ())
        if establishment:
            self.finder.show_establishment(establishment)
        draft = self.begin(establishment or _NEW)
        if draft:
            self._restore(draft)
        (self.kinds.buttons[self.kinds.value] if self.finder.establishment else self.finder.search).setFocus()

    def show_visit(self, view: VisitView) -> None:
        """Show a visit that is planned already, to be changed before it starts."""
        self.visit = view.id
        self._submit.setText(tr("保存安排(&B)"))
        self.finder.show_establishment(view.establishment, fixed=True)
        self._fill(view.task, view.inspectors, view.assistants, fixed=bool(view.draw))
        self.form.setCurrentIndex(self.form.findData(view.form))
        draft = self.begin(view.id)
        if draft:
            self._restore(draft)
        self.day.setFocus()

    def typed(self) -> Typed:
        """Return what is typed, as a draft keeps it."""
        return {
            **super().typed(),
            "establishment": self.finder.establishment,
            "search": "" if self.finder.establishment else self.finder.search.text(),
            "inspectors": ",".join(self.inspectors.ticked),
            "assistants": ",".join(self.assistants.ticked),
        }

    def reload(self) -> None:
        """Read the people again: somebody may have been entered meanwhile."""
        self._offer_people()

    def submit(self) -> None:
        """Plan the visit, or change its plan; every fault stands beside its field."""
        self.clear_faults()
        new = self._new()
        problems = task_problems(new.task)
        if not new.establishment:
            problems.insert(0, blank(tr("被检查单位"), "establishment", tr("请选择被检查单位。")))
        gaps = views.team_gaps(self.ctx, new.inspectors, new.task.planned_on)
        if gaps:  # one field has those of all who go, so each is named
            problems.append(Problem("", "", "", "".join(map(in_list, gaps)), "inspectors"))
        if problems:
            self.show_problems(ProblemsError("", tuple(problems)))
            return
        try:
            self._save(new)
        except UserError as error:
            self.show_problems(error)

    def _save(self, new: NewVisit) -> None:
        if self.visit:
            change = conduct.replan(self.ctx, self.visit, new)
            self.done.emit(tr("安排已改动，需要重新批准。") if change else tr("安排没有改动。"))
        else:
            self.visit = conduct.plan(self.ctx, new)
            self.done.emit(tr("已安排检查。"))
        self.finish()
        self.changed.emit(Change.VISITS)
        self.advanced.emit()

    def _new(self) -> NewVisit:
        typed = self.typed()
        return NewVisit(
            establishment=typed["establishment"],
            inspectors=self.inspectors.ticked,
            assistants=self.assistants.ticked,
            task=Task(typed["kind"], typed["source"], typed["day"], typed["reason"]),
            form=typed["form"],
        )

    def _fill(
        self, task: Task, inspectors: tuple[str, ...], assistants: tuple[str, ...], *, fixed: bool = False
    ) -> None:
        self._fixed = fixed
        self.kinds.choose(task.kind)
        self._offer_sources(task.kind)
        self.source.setCurrentIndex(max(0, self.source.findData(task.source)))
        self.reason.setText(task.reason)
        self.day.blockSignals(True)  # the people are offered below, with those who are ticked
        self.day.set_day(task.planned_on)
        self.day.blockSignals(False)
        self._offer_people(inspectors, assistants)

    def _restore(self, draft: Typed) -> None:
        task = Task(draft["kind"], draft["source"], draft["day"], draft["reason"])
        inspectors, assistants = (tuple(draft[key].split(",")) for key in ("inspectors", "assistants"))
        if draft["establishment"]:
            self.finder.show_establishment(draft["establishment"], fixed=bool(self.visit))
        else:
            self.finder.seek(draft["search"])
        self._fill(task, inspectors, assistants, fixed=self._fixed)
        self.form.setCurrentIndex(max(0, self.form.findData(draft["form"])))

    def _offer_sources(self, kind: str) -> None:
        held = self.source.currentData()
        self.source.clear()
        for source in visit_rules().sources:
            # Nobody may say of a visit planned by hand that it was drawn.
            if kind in source.kinds and (source.id != "draw" or self._fixed):
                self.source.addItem(source.name, source.id)
        self.source.setCurrentIndex(max(0, self.source.findData(held)))
        case = any(each.id == kind and not each.capped for each in visit_rules().kinds)
        self.fields["reason"].setVisible(case)

    def _offer_people(self, inspectors: tuple[str, ...] = (), assistants: tuple[str, ...] = ()) -> None:
        people = views.staff(self.ctx, self.day.day())
        ticked = inspectors or self.inspectors.ticked
        able = [person.id for person in people.inspectors if not person.why_not]
        if not ticked and len(able) == _TEAM:  # where only two may go, both have to
            ticked = tuple(able)
        self.inspectors.show_people(people.inspectors, ticked, fixed=self._fixed)
        self.assistants.show_people(people.assistants, assistants or self.assistants.ticked)
        self.fields["inspectors"].setVisible(bool(people.inspectors))
        self.fields["assistants"].setVisible(bool(people.assistants))
        self._nobody.setVisible(not people.inspectors)
        self._to_people.setVisible(len(able) < _TEAM)

    def _offer_forms(self, establishment: str) -> None:
        self.form.clear()
        for form in views.forms_of(self.ctx, establishment):
            title = tr("{title}（{count} 项）", title=form.title, count=len(form.questions))
            self.form.addItem(title, form.id)
        self.fields["form"].setVisible(bool(establishment))

    def _lay_out(self) -> None:
        at = self.fields
        pair = grid((at["source"], at["day"]), (1, 1))
        whom = Card(tr("检查谁"), "", self.finder, at["form"])
        why = Card(tr("为什么、什么时候"), "", at["kind"], pair, at["reason"])
        to_people = row(self._to_people, grow())
        who = Card(tr("谁去"), "", at["inspectors"], self._nobody, to_people, at["assistants"])
        self.put_cards((whom, why), (who,))
        self.add_actions(button(tr("返回(&Q)"), "Esc", act=self.back_wanted.emit), self._submit)
