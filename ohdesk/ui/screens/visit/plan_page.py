"""安排: whom to visit, who goes, why and when; also to be changed until the visit starts."""

from PySide6.QtWidgets import QLineEdit

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.people import TEAM
from ohdesk.domain.problems import blank, in_list
from ohdesk.domain.visit import TakenTask, Task
from ohdesk.errors import Problem, ProblemsError
from ohdesk.forms.detail_values import rows_in
from ohdesk.forms.going import going, partners_in, partners_text, technicians_in, technicians_text
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.finding import open_tasks
from ohdesk.services.visit import caps, planning, views
from ohdesk.services.visit.views import VisitView
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.chips import Options
from ohdesk.ui.kit.day_edit import DayEdit
from ohdesk.ui.kit.editors import LongChoice
from ohdesk.ui.kit.establishment_finder import EstablishmentFinder
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import grid, grow, muted, row
from ohdesk.ui.kit.low_list import TickLine, TickList
from ohdesk.ui.kit.repeat_table import RepeatTable, table_field, table_hint
from ohdesk.ui.screens.visit.offered import PeopleList
from ohdesk.ui.screens.visit.visit_page import Typed, VisitPage

_MOST_DIGITS, _MOST_TASKS = 3, 5
_NEW = "new"  # whose draft it is while no establishment is chosen


class PlanPage(VisitPage):
    """Emits `advanced` with `visit` set once it is planned."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs, "plan")
        self._drawn = False  # the inspectors, whom nobody may change then
        self.finder = EstablishmentFinder(ctx, jobs, tr("被检查单位"), self._visited)
        self.hand_on(self.finder)
        self.finder.chosen.connect(self._offer_forms)
        self.finder.chosen.connect(self._offer_tasks)
        self.kinds = Options()
        self.kinds.show_options([(each.id, each.said) for each in visit_rules().kinds], "ASD")
        self.kinds.chosen.connect(self._offer_sources)
        self.source, self.form = LongChoice(), LongChoice()
        self.day = DayEdit(legal_day(ctx.now()).isoformat())
        self.day.day_changed.connect(self._offer_people)
        self.reason, self.entry, self.number, self.platform = QLineEdit(), QLineEdit(), QLineEdit(), QLineEdit()
        self.form_reason = QLineEdit()
        self._along: tuple[TakenTask, ...] = ()  # what the visit shown took along
        self._fitting: set[str] = set()  # the forms of the establishment's kind
        self._held = ("", "")  # id and title of the form that a planned visit has already
        self.form.currentIndexChanged.connect(self._ask_why)
        self.inspectors, self.assistants = PeopleList(TEAM), PeopleList()
        self.taken = TickList(_MOST_TASKS)
        self._tasks: dict[str, TakenTask] = {}  # that may be taken along, by id
        technicians, self.technicians = going().technicians, RepeatTable()
        self.technicians.ask(technicians, "")
        partners, self.partners = going().partners, RepeatTable()
        self.partners.ask(partners, "")
        self.editors = {"establishment": self.finder}
        self.fields = {
            "establishment": self.finder.field,
            "taken": Field(tr("这次一并办理"), self.taken, tr("↑ ↓ 移动，空格带上；带上的写进审批，离场前逐件核对。")),
            "form": Field(tr("检查表"), self.form),
            "form_reason": Field(tr("选用检查表的理由"), self.form_reason, tr("不是这类单位的检查表；只留内部。")),
            "kind": Field(tr("检查类别"), self.kinds),
            "source": Field(tr("任务来源"), self.source),
            "day": Field(tr("计划日期"), self.day),
            "reason": Field(tr("缘由"), self.reason, tr("写明线索；只留内部，不印在笔录上。")),
            "entry": Field(tr("线索的登记编号"), self.entry, tr("投诉、来文等登记簿中的编号；到了上限时要写。")),
            "number": Field(tr("上级任务编号"), self.number),
            "platform": Field(tr("平台显示的本年次数"), self.platform),
            "inspectors": Field(tr("执法人员（至少两名）"), self.inspectors),
            "assistants": Field(tr("协管员"), self.assistants),
            "technicians": table_field(technicians.said, self.technicians, table_hint(technicians)),
            "partners": table_field(
                partners.said, self.partners, tr("每个部门至少两名，另作自己的笔录；部门空着的同上一行。")
            ),
        }
        self.cancel_reason = QLineEdit()
        self.fields["cancel_reason"] = Field(tr("取消的理由"), self.cancel_reason, tr("只留内部；取消后仍留在列表中。"))
        self._nobody = muted(tr("还没有登记执法人员，请先在“设置”的“人员”中登记。"))
        self._to_people = button(tr("去登记人员(&P)"), act=lambda: self.wanted.emit("settings", "people"))
        self._submit = button(tr("安排检查(&B)"), act=self.submit, primary=True)
        self.technicians.left.connect(self.partners.setFocus)
        self.partners.left.connect(self._submit.setFocus)
        self._lay_out()

    def start_new(self, establishment: str = "") -> None:
        """Ask for a new visit, of an establishment if one is given; what was typed for it before is there again."""
        self._submit.setText(tr("安排检查(&B)"))
        today = legal_day(self.ctx.now()).isoformat()
        known = {"establishment": establishment, "kind": "daily", "source": "plan", "day": today}
        self.visit, self._drawn, self.finder.fixed, self._along = "", False, False, ()
        self._held = ("", "")
        self._cancelling.hide()
        self.begin(establishment or _NEW, known)
        (self.kinds.buttons[self.kinds.value] if self.finder.value else self.finder.search).setFocus()

    def show_visit(self, view: VisitView) -> None:
        """Show a visit that is planned already, to be changed before it starts."""
        self._submit.setText(tr("保存安排(&B)"))
        known = {"establishment": view.establishment, "form": view.form, "reason": view.task.reason}
        known |= {"form_reason": view.form_reason}
        known |= {"entry": view.task.entry, "number": view.task.number, "platform": str(view.task.platform or "")}
        known |= {"kind": view.task.kind, "source": view.task.source, "day": view.task.planned_on}
        known |= {"inspectors": " ".join(view.team), "assistants": " ".join(view.assistants)}
        known |= {"technicians": technicians_text(view.technicians), "partners": partners_text(view.partners)}
        known |= {"taken": " ".join(each.id for each in view.task.taken)}
        self.visit, self._drawn, self.finder.fixed = view.id, bool(view.draw), True
        self._along = view.task.taken
        self._held = (view.form, view.form_title)
        self._cancelling.show()
        self.begin(view.id, known)
        self.day.setFocus()

    def typed(self) -> Typed:
        """Return what is typed, as a draft keeps it."""
        return {**super().typed(), "search": "" if self.finder.value else self.finder.search.text()}

    def put(self, typed: Typed) -> None:
        self._offer_sources(typed.get("kind", ""))  # only what is offered can be chosen
        self._offer_people(typed.get("day", ""))
        super().put(typed)
        if not self.finder.value:
            self.finder.search.setText(typed.get("search", ""))

    def reload(self) -> None:
        """Read the people again: somebody may have been entered meanwhile."""
        self._offer_people(self.day.day())

    def submit(self) -> None:
        """Plan the visit, or change its plan; every fault stands beside its field."""
        self._submit.setFocus()  # what is being typed in a cell is part of its table once the focus has left it
        new = self._new()
        problems = planning.task_problems(new.task, caps.scheme(self.ctx))
        if not _is_count(self.platform.text()):
            expected = tr("平台上显示的次数，没有查过的留空")
            problems.append(Problem(tr("平台显示的本年次数"), expected, self.platform.text(), field="platform"))
        if not new.establishment:
            problems.insert(0, blank(tr("被检查单位"), "establishment", tr("请选择被检查单位。")))
        # Assistants alone go on a round; whether they may is asked when it starts.
        alone = new.assistants and not new.inspectors
        gaps = () if alone else views.team_gaps(self.ctx, new.inspectors, new.task.planned_on)
        if gaps:  # one field has those of all who go, so each is named
            problems.append(Problem("", "", "", "".join(map(in_list, gaps)), "inspectors"))
        with self.refusing():
            if problems:
                raise ProblemsError("", tuple(problems))
            self._save(new)

    def cancel(self) -> None:
        """Cancel the visit, which stays in the list with the reason."""
        with self.refusing():
            planning.cancel(self.ctx, self.visit, self.cancel_reason.text())
            self.finish(tr("检查已取消。"))
            self.back_wanted.emit()

    def _save(self, new: planning.NewVisit) -> None:
        if self.visit:
            change = planning.replan(self.ctx, self.visit, new)
            self.finish(tr("安排已改动，需要重新批准。") if change else tr("安排没有改动。"))
        else:
            self.visit = planning.plan(self.ctx, new)
            self.finish(tr("已安排检查。"))
        self.advanced.emit()

    def _visited(self, establishment: str) -> str:
        return caps.cap_check(self.ctx, establishment, Task("", "", self.day.day()), self.visit).sentence

    def _new(self) -> planning.NewVisit:
        typed = self.typed()
        return planning.NewVisit(
            establishment=typed["establishment"],
            inspectors=tuple(typed["inspectors"].split()),
            assistants=tuple(typed["assistants"].split()),
            task=Task(
                typed["kind"],
                typed["source"],
                typed["day"],
                typed["reason"],
                entry=typed["entry"],
                number=typed["number"],
                platform=int(typed["platform"]) if typed["platform"] and _is_count(typed["platform"]) else 0,
                taken=tuple(self._tasks[each] for each in typed["taken"].split()),
            ),
            form=typed["form"],
            form_reason=typed["form_reason"],
            technicians=technicians_in(typed["technicians"]),
            partners=partners_in(rows_in(typed["partners"])),
        )

    def _offer_sources(self, kind: str) -> None:
        scheme = caps.scheme(self.ctx)
        sources = [each for each in visit_rules().sources if kind in each.kinds_in(scheme)]
        # Nobody may say of a visit planned by hand that it was drawn.
        self.source.offer((each.id, each.said) for each in sources if each.id != "draw" or self._drawn)
        case = any(each.id == kind and not each.capped for each in visit_rules().kinds)
        self.fields["reason"].setVisible(case)
        self.fields["entry"].setVisible(case)

    def _offer_people(self, day: str) -> None:
        people = views.staff(self.ctx, day)
        self.inspectors.show_people(people.inspectors, fixed=self._drawn)
        self.assistants.show_people(people.assistants)
        self.fields["inspectors"].setVisible(bool(people.inspectors))
        self.fields["assistants"].setVisible(bool(people.assistants))
        self._nobody.setVisible(not people.inspectors)
        self._to_people.setVisible(sum(not person.why_not for person in people.inspectors) < TEAM)

    def _offer_forms(self, establishment: str) -> None:
        fitting, others = views.forms_of(self.ctx, establishment)
        self._fitting = {form.id for form in fitting}
        self.form.clear()
        held, title = self._held
        if held and held not in {form.id for form in (*fitting, *others)}:  # made for it alone, as of a re-inspection
            self._fitting.add(held)
            self.form.addItem(title, held)
        for form in fitting:
            title = tr("{title}（{count} 项）", title=form.said, count=len(form.questions))
            self.form.addItem(title, form.id)
        for form in others:
            self.form.addItem(tr("其他类单位：{title}", title=form.said), form.id)
        self.fields["form"].setVisible(bool(establishment))
        self._ask_why()

    def _offer_tasks(self, establishment: str) -> None:
        """Offer what else is open there; what this visit took along stays offered, even once it is done."""
        found = open_tasks.open_tasks(self.ctx, establishment, self.visit) if establishment else ()
        lines = [TickLine(each.id, each.sentence, each.may_be_taken) for each in found]
        done = [each for each in self._along if each.id not in {task.id for task in found}]
        lines += [TickLine(each.id, each.said) for each in done]
        self._tasks = {each.id: each.taken for each in found if each.may_be_taken} | {each.id: each for each in done}
        self.taken.show_lines(lines)
        self._open.entitle(tr("此单位还有 {count} 件未办", count=len(found)))
        self._open.setVisible(bool(lines))

    def _ask_why(self) -> None:
        chosen = self.form.currentData()
        self.fields["form_reason"].setVisible(bool(chosen) and chosen not in self._fitting)

    def _lay_out(self) -> None:
        at = self.fields
        pair = grid((at["source"], at["day"]), (1, 1))
        whom = Card(tr("检查谁"), "", self.finder, at["form"], at["form_reason"])
        self._open = Card("", "", at["taken"])
        self._open.hide()
        numbers = grid((at["number"], at["platform"]), (1, 1))
        why = Card(tr("为什么、什么时候"), "", at["kind"], pair, at["reason"])
        counted = Card(tr("检查次数"), "", numbers, at["entry"])
        to_people = row(self._to_people, grow())
        who = Card(tr("谁去"), "", at["inspectors"], self._nobody, to_people, at["assistants"])
        beside = Card(tr("一同去的"), "", at["technicians"], at["partners"])
        cancel = button(tr("取消这次检查(&T)"), act=self.cancel)
        self._cancelling = Card(tr("不去了"), "", at["cancel_reason"], row(cancel, grow()))
        self.put_cards((whom, self._open, why), (who, counted, beside, self._cancelling))
        self.add_actions(button(tr("返回(&Q)"), "Esc", act=self.back_wanted.emit), self._submit)


def _is_count(typed: str) -> bool:
    return not typed or (typed.isdecimal() and typed.isascii() and len(typed) <= _MOST_DIGITS)
