"""The findings of a visit while it is a draft: made from its 不合格 answers, with disposal and deadline."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Answer as AnswerRow
from ohdesk.db.models import Photo, Visit
from ohdesk.db.queries.forms import form_of
from ohdesk.db.queries.lists import lists
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.findings import disposal_problems, proposed
from ohdesk.domain.people import Right
from ohdesk.domain.problems import blank
from ohdesk.domain.visit import Act
from ohdesk.errors import Problem, ProblemsError
from ohdesk.forms.answers import AnswerValue, no_fact, question_place
from ohdesk.forms.definition import Question
from ohdesk.forms.visiting import visit_rules
from ohdesk.forms.work_calendar import work_calendar
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.visit.filling import settle
from ohdesk.services.visit.lookup import begun, find_question, find_visit
from ohdesk.services.visit.steps import latest, steps_of


@dataclass(frozen=True, slots=True)
class FindingDraft:
    """A breach with what is done about it.

    number:       among the findings of the visit, from 1 · question, question_number: the checklist line
    duty:         citations as printed · penalty, path: internal, never on the record
    disposal:     id, and due_on its day ("" without a deadline): as set, or as proposed while not `settled`
    problems:     what is missing before the record can be final
    """

    number: int
    question: str
    question_number: int
    text: str
    fact: str
    duty: tuple[str, ...]
    penalty: tuple[str, ...]
    path: str
    evidence: str
    photos: tuple[int, ...]
    disposal: str
    disposal_name: str
    due_on: str
    settled: bool
    problems: tuple[Problem, ...]


def draft_findings(ctx: Context, visit_id: str) -> tuple[FindingDraft, ...]:
    """Return the findings of a visit in the order of its checklist."""
    with ctx.reading() as session:
        return findings_in(session, find_visit(session, visit_id))


def set_disposal(ctx: Context, visit_id: str, question_id: str, disposal: str, due_on: str = "") -> Change:
    """Settle what is done about a finding; `disposal` by id or name, `due_on` a day where it needs one.

    Raises ProblemsError for a deadline that is missing or not after the day of the visit, and for what can only be done
    on the spot where nobody was there.
    """
    ctx.require(Right.VISIT)
    with ctx.transaction() as session:
        visit = find_visit(session, visit_id, Act.FILL)
        question = find_question(form_of(session, visit), question_id)
        rule = visit_rules().disposal(disposal)
        offered = visit_rules().disposals_in(_mode(visit))
        problems = disposal_problems(question_place(question), rule, due_on, _day(visit))
        if rule not in offered:
            names = "、".join(each.name for each in offered)
            remedy = tr("非现场检查没有人在现场看到改正，请另选。")
            problems = [Problem(question_place(question), names, rule.name, remedy, "disposal")]
        if problems:
            raise ProblemsError(tr("处置没有保存。"), tuple(problems))
        settle(session, visit, question, rule.id, due_on, ctx.now())
    return Change.FINDINGS


def accept_proposals(ctx: Context, visit_id: str) -> int:
    """Settle every finding that is not settled yet as proposed; return how many there were."""
    ctx.require(Right.VISIT)
    with ctx.transaction() as session:
        visit = find_visit(session, visit_id, Act.FILL)
        questions = form_of(session, visit).by_id
        rest = [finding for finding in findings_in(session, visit) if not finding.settled]
        for finding in rest:
            settle(session, visit, questions[finding.question], finding.disposal, finding.due_on, ctx.now())
    return len(rest)


def findings_in(session: Session, visit: Visit) -> tuple[FindingDraft, ...]:
    """Return the findings of a visit within an open session."""
    form = form_of(session, visit)
    rows = latest(steps_of(session, visit.id))
    photos = lists(
        session,
        select(Photo.question, Photo.number).where(Photo.visit == visit.id, Photo.number > 0).order_by(Photo.number),
    )
    # In the order of the checklist, not of the answers: the numbers are printed, and must stay while one goes back and
    # forth.
    breaches = [each for each in form.questions if each.id in rows and rows[each.id].value is AnswerValue.NOT_MET]
    return tuple(
        _draft(number, question, rows[question.id], tuple(photos[question.id]), visit)
        for number, question in enumerate(breaches, 1)
    )


def _draft(number: int, question: Question, row: AnswerRow, photos: tuple[int, ...], visit: Visit) -> FindingDraft:
    rules = visit_rules()
    place = question_place(question)
    disposal, due = row.disposal, row.due_on
    problems = []
    if not row.fact:
        problems.append(no_fact(place))
    if row.disposal:
        problems += disposal_problems(place, rules.disposal(row.disposal), row.due_on, _day(visit))
    else:
        problems.append(blank(place, "disposal", tr("请在问题清单中确定处置方式和期限。")))
        # Proposed, and named as a problem until somebody confirms it: an order to a company is never made by a default.
        disposal, due = proposed(
            question.severity,
            question.disposal,
            rules.proposals,
            rules.disposals_in(_mode(visit)),
            _day(visit),
            work_calendar(),
        )
    return FindingDraft(
        number=number,
        question=question.id,
        question_number=question.number,
        text=question.text,
        fact=row.fact,
        duty=question.printed_duty,
        penalty=tuple(basis.citation for basis in question.penalty),
        path=rules.path(question),
        evidence=_evidence(photos),
        photos=photos,
        disposal=disposal,
        disposal_name=rules.disposal(disposal).name,
        due_on=due,
        settled=bool(row.disposal),
        problems=tuple(problems),
    )


def _evidence(photos: tuple[int, ...]) -> str:
    """Return what proves a breach: what is there, and never how one should have looked."""
    return tr("照片 {numbers}", numbers="、".join(map(str, photos))) if photos else ""


def _mode(visit: Visit) -> str:
    return begun(visit)[1].mode


def _day(visit: Visit) -> date:
    return legal_day(begun(visit)[0])
