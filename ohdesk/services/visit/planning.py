"""Planning one visit: the establishment, the people, the reason for it and the checklist must fit together."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, Person, Visit, VisitMember
from ohdesk.domain.calendar import day_in
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.ids import uuid7
from ohdesk.domain.people import PersonRole
from ohdesk.domain.problems import blank
from ohdesk.domain.visit import Task, VisitState
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.forms.definition import Form
from ohdesk.forms.loader import forms_for, load_form
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context

USUAL_KIND = "用人单位"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVisit:
    """What is needed to plan a visit.

    establishment: roll entry · inspectors, assistants: person ids, the leading inspector first
    form: checklist by id, empty for the fullest one of the establishment's kind · draw: id of the draw, or empty
    """

    establishment: str
    inspectors: tuple[str, ...]
    task: Task
    assistants: tuple[str, ...] = ()
    form: str = ""
    draw: str = ""


def plan_in(ctx: Context, session: Session, new: NewVisit) -> str:
    """Plan a visit within an open session and return its id.

    Raises UserError for an establishment that is not in the roll, ProblemsError for a task or people that do not fit.
    """
    establishment = session.get(Establishment, new.establishment)
    if establishment is None or establishment.withdrawn:
        raise UserError(tr("名录库中没有这家单位。"), tr("请先在名录库中登记。"))
    problems = task_problems(new.task) + _people_problems(session, new)
    if problems:
        raise ProblemsError(tr("检查没有安排。"), tuple(problems))
    form = load_form(new.form) if new.form else _usual_form(establishment)
    visit = Visit(
        id=uuid7(ctx.now()),
        establishment=establishment.id,
        draw=new.draw or None,
        state=VisitState.PLANNED,
        form=form.id,
        form_version=form.version,
        members=_members(new),
        task=_by_id(new.task),
    )
    session.add(visit)
    session.flush()
    return visit.id


def replan_in(session: Session, visit: Visit, new: NewVisit) -> Change:
    """Change a visit that has not started, within an open session; raises as `plan_in` does."""
    if new.establishment != visit.establishment:
        raise UserError(tr("已安排的检查不能换成另一家单位。"), tr("请为那一家另行安排。"))
    # The draw decided who goes; changing the team by hand would undo what the public was shown.
    if visit.draw and visit.inspectors != new.inspectors:
        raise UserError(
            tr("这次检查的执法人员由抽取确定，不能在这里更换。"),
            tr("有人回避或不能到场的，请作废抽取后重抽，或另行安排。"),
        )
    problems = task_problems(new.task) + _people_problems(session, new)
    if problems:
        raise ProblemsError(tr("检查没有改动。"), tuple(problems))
    form = load_form(new.form or visit.form)
    task = _by_id(new.task)
    after = (new.inspectors, new.assistants, task, form.id)
    if after == (visit.inspectors, visit.assistants, visit.task, visit.form):
        return Change.NOTHING
    visit.members, visit.task, visit.form, visit.form_version = _members(new), task, form.id, form.version
    # What was approved was this team on this day; another one needs another approval.
    visit.approval, visit.state = None, VisitState.PLANNED
    return Change.VISITS


def _members(new: NewVisit) -> list[VisitMember]:
    return [
        VisitMember(assists=assists, seat=seat, person=person)
        for assists, people in ((False, new.inspectors), (True, new.assistants))
        for seat, person in enumerate(people)
    ]


def _usual_form(establishment: Establishment) -> Form:
    return (forms_for(establishment.kind) or forms_for(USUAL_KIND))[0]


def _by_id(task: Task) -> Task:
    rules = visit_rules()
    kind = rules.kind(task.kind).id if task.kind else ""
    source = rules.source(task.source).id if task.source else ""
    return Task(kind, source, task.planned_on, clean_text(task.reason).strip())


def task_problems(task: Task) -> list[Problem]:
    """Return what does not fit in why and when a visit is made."""
    rules = visit_rules()
    problems = []
    if task.kind and task.source and rules.kind(task.kind).id not in rules.source(task.source).kinds:
        fitting = "、".join(rules.kind(kind).name for kind in rules.source(task.source).kinds)
        problems.append(Problem(tr("检查类别"), fitting, rules.kind(task.kind).name, field="kind"))
    # Cases are not counted towards the yearly number of visits; without a reason they would be a way around it.
    if task.kind and not rules.kind(task.kind).capped and not task.reason.strip():
        remedy = tr("个案检查请写明线索，例如投诉、交办的编号和内容；只留内部，不印在笔录上。")
        problems.append(blank(tr("缘由"), "reason", remedy))
    if task.planned_on and day_in(task.planned_on) is None:
        problems.append(Problem(tr("计划日期"), tr("日期"), task.planned_on, field="day", example="2026-03-02"))
    return problems


def _people_problems(session: Session, new: NewVisit) -> list[Problem]:
    problems = []
    for ids, role, expected, field in (
        (new.inspectors, PersonRole.INSPECTOR, tr("执法人员"), "inspectors"),
        (new.assistants, PersonRole.ASSISTANT, tr("协管员"), "assistants"),
    ):
        for person_id in ids:
            person = session.get(Person, person_id)
            if person is None or person.role != role:
                found = person.name if person else person_id
                problems.append(Problem(tr("检查人员"), expected, found, field=field))
    if len(set(new.inspectors)) != len(new.inspectors):
        problems.append(Problem(tr("检查人员"), tr("每人一次"), tr("有重复"), field="inspectors"))
    return problems
