"""综合查一次: what else a visit sees to: kept on its plan, marked as done, and who else has it already."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ohdesk.db.models import Finding, ReInspection, Visit
from ohdesk.db.queries.among import among
from ohdesk.db.queries.forms import form_of
from ohdesk.db.queries.roll import together
from ohdesk.domain.leaving import Omission
from ohdesk.domain.people import Right
from ohdesk.domain.visit import UNFINISHED, Act, OpenKind, TakenLine, TakenTask, Task
from ohdesk.errors import Problem, UserError
from ohdesk.forms.answers import AnswerValue
from ohdesk.forms.definition import Form
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.visit.filling import answers_of
from ohdesk.services.visit.lookup import find_visit


class OtherVisit(NamedTuple):
    """An unfinished visit that sees to something already; day: "" when open."""

    visit: str
    day: str


_JUDGED = (AnswerValue.MET, AnswerValue.NOT_MET)


def set_done(ctx: Context, visit_id: str, task: str, *, done: bool = True) -> Change:
    """Say that a task taken along has been seen to, or has not. Raises UserError for one that was not taken along."""
    ctx.require(Right.VISIT)
    with ctx.transaction() as session:
        visit = find_visit(session, visit_id, Act.FILL)
        line = next((each for each in taken_lines(session, visit) if each.task.id == task), None)
        if line is None:
            raise UserError(tr("这次检查没有带上这件事项。"), tr("带上的事项见离场前核对（visit leave-check）。"))
        if line.answered:
            raise UserError(tr("检查表已经答了这个问题，不用另记。"), tr("结果要改的，请改检查表的回答。"))
        others = tuple(each for each in visit.tasks_done if each != task)
        visit.tasks_done = (*others, task) if done else others
    return Change.VISITS


def taken_lines(session: Session, visit: Visit) -> tuple[TakenLine, ...]:
    """Return what a visit took along and what became of it, within an open session."""
    answered = _answered(session, visit)
    kept = visit.leaving.gaps if visit.leaving else ()
    reasons = {gap.about: gap.reason for gap in kept if gap.kind is Omission.TASK_LEFT}
    return tuple(
        TakenLine(
            each,
            done=each.id in answered or each.id in visit.tasks_done,
            answered=each.id in answered,
            reason=reasons.get(each.id, ""),
        )
        for each in visit.task.taken
    )


def taken_problems(session: Session, establishment: str, task: Task, besides: str) -> Iterator[Problem]:
    """Yield which tasks of a plan another unfinished visit to the establishment has; besides: the visit of the plan."""
    elsewhere = taken_elsewhere(session, establishment, besides)
    for each in task.taken:
        if other := elsewhere.get(each.id):
            found = tr("已列入 {day} 的检查", day=other.day or tr("未定日期"))
            yield Problem(each.said, tr("还没有列入别的检查"), found, field=_line(each))


def taken_elsewhere(session: Session, establishment: str, besides: str) -> dict[str, OtherVisit]:
    """Return the unfinished visits to an establishment by what they see to, findings and entries by id."""
    theirs = select(Visit).where(together(Visit.establishment, establishment), Visit.state.in_(UNFINISHED))
    visits = session.scalars(theirs.where(Visit.id != besides)).all()
    others = {visit.id: OtherVisit(visit.id, visit.task.planned_on) for visit in visits}
    found = {each.id: others[visit.id] for visit in visits for each in visit.task.taken}
    found |= {visit.task.entry: others[visit.id] for visit in visits if visit.task.entry}
    arranged = select(ReInspection.finding, ReInspection.visit).where(among(ReInspection.visit, set(others)))
    return found | {finding: others[visit] for finding, visit in session.execute(arranged)}


def unasked_problems(session: Session, task: Task, form: Form) -> Iterator[Problem]:
    """Yield which findings of a plan its checklist does not ask: only an answer settles a finding."""
    asked = _questions(session, task.taken)
    for each in task.taken:
        if each.id in asked and asked[each.id] not in form.by_id:
            remedy = tr("请另行安排复查，或者换一份检查表。")
            yield Problem(
                each.said, tr("检查表里有的项目"), tr("《{form}》不问这一项", form=form.title), remedy, _line(each)
            )


def _line(task: TakenTask) -> str:
    """Return how a problem names a line of the list of what is taken along."""
    return f"taken.{task.id}"


def _questions(session: Session, taken: tuple[TakenTask, ...]) -> dict[str, str]:
    """Return the questions of findings by their ids: a question has one id in all checklists."""
    rows = select(Finding.id, Finding.question).where(among(Finding.id, _findings(taken)))
    return dict(session.execute(rows).all())


def arrange(session: Session, visit: Visit, before: tuple[TakenTask, ...] = ()) -> None:
    """Let the findings that a visit takes along wait for it, and those it took before no longer."""
    now = _findings(visit.task.taken)
    gone = _findings(before) - now
    session.execute(delete(ReInspection).where(ReInspection.visit == visit.id, among(ReInspection.finding, gone)))
    held = set(session.scalars(select(ReInspection.finding).where(ReInspection.visit == visit.id)))
    session.add_all(ReInspection(visit=visit.id, finding=each) for each in sorted(now - held))


def _findings(taken: tuple[TakenTask, ...]) -> set[str]:
    return {each.id for each in taken if each.kind is OpenKind.FINDING}


def _answered(session: Session, visit: Visit) -> set[str]:
    """Return the findings taken along whose question this visit's checklist asks again and has judged."""
    if not _findings(visit.task.taken) or visit.start is None or visit.ending or visit.is_patrol:
        return set()
    asked = _questions(session, visit.task.taken)
    answers = answers_of(session, form_of(session, visit), visit.id)
    return {
        finding
        for finding, question in asked.items()
        if question in answers and answers[question].answer.value in _JUDGED
    }
