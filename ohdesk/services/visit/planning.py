"""Visits planned: the establishment, the people, the reason for it and the checklist must fit together."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Answer, Establishment, Person, Visit, VisitMember
from ohdesk.db.queries.forms import form_of, keep_edition
from ohdesk.domain.calendar import day_in, instant_text
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.people import PersonRole, Right, one_spelling
from ohdesk.domain.problems import blank
from ohdesk.domain.record import Technician
from ohdesk.domain.visit import OFF_SITE, Act, Cancellation, PartnerOfficer, Task, VisitState
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.forms.answers import AnswerValue
from ohdesk.forms.definition import Form
from ohdesk.forms.going import partner_problems, technician_problems
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.draw.views import draw_detail
from ohdesk.services.register import entries
from ohdesk.services.visit import caps
from ohdesk.services.visit.form_choice import form_for
from ohdesk.services.visit.lookup import begun, find_visit
from ohdesk.services.visit.taken import arrange, taken_problems, unasked_problems


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVisit:
    """What is needed to plan a visit.

    establishment: roll entry · inspectors, assistants: person ids, the leading inspector first
    form: checklist by id, empty for the usual one of the establishment's kind; form_reason: why one of another kind
    draw: id of the draw, or empty · technicians: who goes along beside them, the role by its key or its word
    partners: officers of other departments, who make records of their own
    """

    establishment: str
    inspectors: tuple[str, ...]
    task: Task
    assistants: tuple[str, ...] = ()
    form: str = ""
    form_reason: str = ""
    draw: str = ""
    technicians: tuple[Technician, ...] = ()
    partners: tuple[PartnerOfficer, ...] = ()


def plan(ctx: Context, new: NewVisit) -> str:
    """Plan a visit and return its id. Raises UserError or ProblemsError for what does not fit."""
    ctx.require(Right.VISIT)
    new = _linked(ctx, new)
    with ctx.transaction() as session:
        return plan_in(ctx, session, new)


def plan_in(ctx: Context, session: Session, new: NewVisit, form: Form | None = None) -> str:
    """Plan a visit within an open session and return its id.

    form: a checklist made for this visit alone, as a re-inspection has it
    Raises UserError for an establishment that is not in the roll, ProblemsError for a task or people that do not fit.
    """
    establishment = session.get(Establishment, new.establishment)
    # One that was merged since it was drawn is visited as it was drawn: the public was shown that name.
    if establishment is None or (establishment.withdrawn and not new.draw):
        raise UserError(tr("名录库中没有这家单位。"), tr("请先在名录库中登记。"))
    _check_fits(ctx, session, new, tr("检查没有安排。"))
    form = form or form_for(ctx, session, establishment, new.form, new.form_reason)
    _check_asked(session, new.task, form, tr("检查没有安排。"))
    visit = Visit(
        id=ctx.new_id(),
        establishment=establishment.id,
        draw=new.draw or None,
        state=VisitState.PLANNED,
        form=form.id,
        form_sha256=keep_edition(session, form),
        members=_members(new),
        task=_by_id(new.task),
        technicians=new.technicians,
        partners=new.partners,
        form_reason=clean_text(new.form_reason).strip(),
    )
    session.add(visit)
    session.flush()
    arrange(session, visit)
    return visit.id


def replan(ctx: Context, visit_id: str, new: NewVisit) -> Change:
    """Change people, day or reason of a visit before its start; an approval given before is void then.

    Raises UserError after the start, for another establishment, and for other inspectors than those drawn.
    """
    ctx.require(Right.VISIT)
    new = _linked(ctx, new)
    with ctx.transaction() as session:
        visit = find_visit(session, visit_id, Act.PLAN)
        if new.establishment != visit.establishment:
            raise UserError(tr("已安排的检查不能换成另一家单位。"), tr("请为那一家另行安排。"))
        # The draw decided who goes; changing the team by hand would undo what the public was shown.
        if visit.draw and visit.inspectors != new.inspectors:
            raise UserError(
                tr("这次检查的执法人员由抽取确定，不能在这里更换。"),
                tr("有人回避或不能到场的，请作废抽取后重抽，或另行安排。"),
            )
        _check_fits(ctx, session, new, tr("检查没有改动。"), visit_id)
        kept = new.form in {"", visit.form}  # in its edition: another one comes by an act of its own
        establishment = session.get_one(Establishment, visit.establishment)
        task = _by_id(new.task)
        form = form_of(session, visit)
        if not kept and form.from_findings:
            raise UserError(tr("复查只看上次不合格的项目，不能换成别的检查表。"), tr("要检查其他内容的，请另行安排。"))
        if not kept:
            form = form_for(ctx, session, establishment, new.form, new.form_reason)
        _check_asked(session, task, form, tr("检查没有改动。"))
        before = (visit.inspectors, visit.assistants, visit.technicians, visit.partners, visit.task, visit.form_sha256)
        if before == (new.inspectors, new.assistants, new.technicians, new.partners, task, form.sha256):
            return Change.NOTHING
        taken_before = visit.task.taken
        visit.members, visit.task, visit.form = _members(new), task, form.id
        arrange(session, visit, taken_before)
        visit.technicians, visit.partners = new.technicians, new.partners
        visit.form_sha256 = keep_edition(session, form)
        if not kept:
            visit.form_reason = clean_text(new.form_reason).strip()
        # What was approved was this team on this day; another one needs another approval.
        visit.approval, visit.state = None, VisitState.PLANNED
    return Change.VISITS


def cancel(ctx: Context, visit_id: str, reason: str) -> Change:
    """Cancel a visit before its start; it stays in the list, with the reason.

    Raises UserError after the start, ProblemsError without a reason.
    """
    ctx.require(Right.VISIT)
    reason = clean_text(reason).strip()
    if not reason:
        missing = blank(tr("取消的理由"), "cancel_reason", tr("请写明为什么不去检查；只留内部。"))
        raise ProblemsError(tr("检查没有取消。"), (missing,))
    with ctx.transaction() as session:
        visit = find_visit(session, visit_id, Act.PLAN)
        visit.cancelled = Cancellation(reason, ctx.actor.name, instant_text(ctx.now()))
        visit.state = VisitState.CANCELLED
    return Change.VISITS


def plan_after(ctx: Context, visit_id: str, planned_on: str = "") -> str:
    """Plan to go where an inspection from the office found something not met, with its people; return the new visit.

    Raises UserError unless that was one from the office that found something.
    """
    ctx.require(Right.VISIT)
    with ctx.transaction() as session:
        visit = find_visit(session, visit_id)
        _, start = begun(visit)
        breaches = select(Answer.question).where(Answer.visit == visit_id, Answer.undone.is_(False))
        found = session.scalars(breaches.where(Answer.value == AnswerValue.NOT_MET).distinct()).all()
        if visit_rules().mode(start.mode).on_site or not found:
            raise UserError(tr("这次检查没有要到现场核实的问题。"), tr("非现场检查发现不合格的，才由此安排现场检查。"))
        source = visit_rules().source(OFF_SITE)
        reason = tr("非现场检查发现 {count} 项不合格", count=len(found))
        new = NewVisit(
            establishment=visit.establishment,
            inspectors=visit.inspectors,
            assistants=visit.assistants,
            task=Task(source.kinds[0], source.id, planned_on, reason, entry=visit_id),
        )
        return plan_in(ctx, session, new)


def plan_drawn(ctx: Context, draw_id: str, planned_on: str = "", kind: str = "daily") -> tuple[str, ...]:
    """Plan a visit for every drawn establishment with its drawn inspectors; return their ids in the order of the draw.

    Those that already have a visit from this draw, not counting cancelled ones, are left alone.  Raises UserError
    before the draw has a result, and when an establishment or a seat is not known here.
    """
    ctx.require(Right.VISIT)
    detail = draw_detail(ctx, draw_id)
    if not detail.firms:
        raise UserError(tr("这次抽取还没有结果，不能安排检查。"), tr("请先完成抽取。"))
    problems = [
        Problem(firm.id, tr("名录库中的单位和两名执法人员"), tr("有空缺"), tr("请先登记单位，或由县级调派人员。"))
        for firm in detail.firms
        if not firm.establishment or not all(seat.person for seat in firm.seats)
    ]
    if problems:
        raise ProblemsError(tr("有 {count} 家不能安排检查。", count=len(problems)), tuple(problems))
    task = Task(kind, "draw", planned_on)
    with ctx.transaction() as session:
        # Asked again inside the transaction, so that pressing the button twice plans nothing twice.
        held = Visit.state != VisitState.CANCELLED
        planned = set(session.scalars(select(Visit.establishment).where(Visit.draw == draw_id, held)))
        ids, refused = [], []
        for firm in detail.firms:
            if firm.establishment in planned:
                continue
            seats = tuple(seat.person for seat in firm.seats)
            new = NewVisit(establishment=firm.establishment, inspectors=seats, task=task, draw=draw_id)
            try:
                ids.append(plan_in(ctx, session, new))
            except ProblemsError as error:
                refused += [replace(each, place=f"{firm.id} {each.place}") for each in error.problems]
            except UserError as error:
                refused.append(Problem(firm.id, "", "", error.whole))
        if refused:
            raise ProblemsError(tr("有 {count} 家不能安排检查。", count=len(refused)), tuple(refused))
        return tuple(ids)


def _check_fits(ctx: Context, session: Session, new: NewVisit, refusal: str, visit: str = "") -> None:
    check = caps.check_in(ctx, session, new.establishment, new.task, visit)
    problems = task_problems(new.task, caps.scheme_of(ctx, session)) + _people_problems(session, new)
    problems += caps.cap_problems(check, new.task)
    problems += partner_problems(new.partners, ctx.office.name, _certificates(session))
    problems += taken_problems(session, new.establishment, new.task, visit)
    if problems:
        raise ProblemsError(refusal, tuple(problems))


def _check_asked(session: Session, task: Task, form: Form, refusal: str) -> None:
    if problems := tuple(unasked_problems(session, task, form)):
        raise ProblemsError(refusal, problems)


def _linked(ctx: Context, new: NewVisit) -> NewVisit:
    """Return a plan whose case names by its id the entry that was typed by its number."""
    source = next((each for each in visit_rules().sources if new.task.source in {each.id, each.name}), None)
    if source is None or not source.book or not new.task.entry:
        return new
    try:
        entry = entries.find(ctx, source.book, clean_text(new.task.entry).strip())
    except UserError as error:
        problem = Problem(tr("线索登记"), tr("登记编号"), new.task.entry, error.whole, "entry")
        raise ProblemsError(tr("检查没有安排。"), (problem,)) from error
    return replace(new, task=replace(new.task, entry=entry))


def _members(new: NewVisit) -> list[VisitMember]:
    return [
        VisitMember(assists=assists, seat=seat, person=person)
        for assists, people in ((False, new.inspectors), (True, new.assistants))
        for seat, person in enumerate(people)
    ]


def _by_id(task: Task) -> Task:
    rules = visit_rules()
    kind = rules.kind(task.kind).id if task.kind else ""
    source = rules.source(task.source).id if task.source else ""
    texts = {key: clean_text(getattr(task, key)).strip() for key in ("reason", "entry", "number")}
    taken = tuple({each.id: each for each in task.taken}.values())
    return Task(kind, source, task.planned_on, **texts, platform=task.platform, taken=taken)


def task_problems(task: Task, scheme: str) -> list[Problem]:
    """Return what does not fit in why and when a visit is made, as a scheme tells kinds apart."""
    rules = visit_rules()
    problems = []
    if task.kind and task.source and rules.kind(task.kind).id not in rules.source(task.source).kinds_in(scheme):
        fitting = "、".join(rules.kind(kind).name for kind in rules.source(task.source).kinds_in(scheme))
        problems.append(Problem(tr("检查类别"), fitting, rules.kind(task.kind).name, field="kind"))
    # Cases are not counted towards the yearly number of visits; without a reason they would be a way around it.
    if task.kind and not rules.kind(task.kind).capped and not task.reason.strip():
        remedy = tr("个案检查请写明线索，例如投诉、交办的编号和内容；只留内部，不印在笔录上。")
        problems.append(blank(tr("缘由"), "reason", remedy))
    if task.planned_on and day_in(task.planned_on) is None:
        problems.append(Problem(tr("计划日期"), tr("日期"), task.planned_on, field="day", example="2026-03-02"))
    return problems


def _certificates(session: Session) -> dict[str, str]:
    """Return the names of all people known here by their certificate numbers."""
    rows = session.execute(select(Person.certificate_no, Person.name).where(Person.certificate_no != ""))
    return {one_spelling(number): name for number, name in rows}


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
    names = [person.name for each in (*new.inspectors, *new.assistants) if (person := session.get(Person, each))]
    problems += technician_problems(new.technicians, names)
    if len(set(new.inspectors)) != len(new.inspectors):
        problems.append(Problem(tr("检查人员"), tr("每人一次"), tr("有重复"), field="inspectors"))
    return problems
