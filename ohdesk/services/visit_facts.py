"""Everything a record says about a visit, read in one view: who, whom, when, what was answered, found and shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, Person, Visit
from ohdesk.domain.calendar import instant_text
from ohdesk.domain.findings import Disposal
from ohdesk.domain.record import AnswerLine, Arrival, FindingLine, InspectedBody, PhotoLine, Signatory
from ohdesk.domain.visit import Approval, Ending, Task
from ohdesk.errors import Problem, UserError
from ohdesk.forms.answers import AnswerValue, Counts, counts, detail_lines
from ohdesk.forms.definition import Form
from ohdesk.forms.visiting import ModeRule, OutcomeRule, visit_rules
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.filling_views import AnswerView, PhotoView
from ohdesk.services.findings import FindingDraft, findings_in
from ohdesk.services.inspections import answers_of, form_of, photos_of
from ohdesk.services.visits import find_visit, started_at


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFacts:
    """A started visit as its record tells it; instants are UTC texts.

    authority, mode, mode_name: the issuing body and in which way · task_kind, task_source: words
    outcome:      number of the result, outcome_name its words, outcome_proof what proves an ending without checklist
    answers:      empty for a visit that ended without a checklist
    photos:       as printed; photo_views the same with what is needed to fetch their bytes
    problems:     what keeps the record from being final
    gaps, gap_reason: internal, never printed
    """

    visit: str
    state: str
    authority: str
    mode: str
    mode_name: str
    body: InspectedBody
    task_kind: str
    task_source: str
    approval: str
    started_at: str
    ended_at: str
    place: str
    inspectors: tuple[Signatory, ...]
    assistants: tuple[Signatory, ...]
    accompanied_by: str
    arrival: Arrival
    outcome: str
    outcome_name: str
    outcome_proof: str
    form: str
    form_version: str
    form_title: str
    counts: Counts
    answers: tuple[AnswerLine, ...]
    findings: tuple[FindingLine, ...]
    photos: tuple[PhotoLine, ...]
    photo_views: tuple[PhotoView, ...]
    problems: tuple[Problem, ...]
    gaps: tuple[str, ...]
    gap_reason: str


def visit_facts(ctx: Context, visit_id: str) -> VisitFacts:
    """Return the facts of a started visit. Raises UserError before the start and under 协管巡查."""
    with ctx.reading() as session:
        return facts_in(session, visit_id)


def photos(ctx: Context, visit_id: str) -> tuple[PhotoView, ...]:
    """Return the photos of a visit by number."""
    with ctx.reading() as session:
        return photos_of(session, visit_id)


def facts_in(session: Session, visit_id: str) -> VisitFacts:
    """Return the facts of a started visit within an open session."""
    visit = find_visit(session, visit_id)
    began = started_at(visit)
    rules = visit_rules()
    started = visit.arrival
    mode = rules.mode(started["mode"])
    _check_produces_a_record(mode)
    form = form_of(visit.form, visit.form_version)
    with_checklist = not visit.outcome
    answers = answers_of(session, form, visit_id) if with_checklist else {}
    findings = findings_in(session, visit) if with_checklist else ()
    photos = photos_of(session, visit_id)
    outcome, proof = _outcome(visit, findings)
    task = Task(**visit.task)
    return VisitFacts(
        visit=visit.id,
        state=visit.state,
        authority=started["authority"],
        mode=mode.id,
        mode_name=mode.name,
        body=_body(session.get_one(Establishment, visit.establishment)),
        task_kind=rules.kind(task.kind).name if task.kind else "",
        task_source=rules.source(task.source).name if task.source else "",
        approval=Approval(**visit.approval).sentence if visit.approval else "",
        started_at=instant_text(began),
        ended_at=_ended_at(visit, answers),
        place=started["place"],
        inspectors=tuple(_signatory(session, person) for person in visit.inspectors),
        assistants=tuple(_signatory(session, person) for person in visit.assistants),
        accompanied_by=started["accompanied_by"],
        arrival=Arrival(**started["arrival"]),
        outcome=outcome.code,
        outcome_name=outcome.name,
        outcome_proof=proof,
        form=form.id if with_checklist else "",
        form_version=form.version if with_checklist else "",
        form_title=form.title if with_checklist else "",
        counts=counts(form, {question: view.answer for question, view in answers.items()}),
        answers=_answer_lines(form, answers, photos),
        findings=tuple(_finding_line(finding) for finding in findings),
        photos=tuple(_photo_line(photo) for photo in photos),
        photo_views=photos,
        problems=_problems(form, answers, findings) if with_checklist else (),
        gaps=tuple(gap["sentence"] for gap in visit.gaps["gaps"]),
        gap_reason=visit.gaps["reason"],
    )


def _check_produces_a_record(mode: ModeRule) -> None:
    if "record" not in mode.may_produce:
        raise UserError(
            tr("{mode}不制作笔录，不作判定，也不责令改正。").format(mode=mode.name),
            tr("发现的情况请报告有权的机关处理。"),
        )


def _outcome(visit: Visit, findings: tuple[FindingDraft, ...]) -> tuple[OutcomeRule, str]:
    rules = visit_rules()
    if visit.outcome:
        ending = Ending(**visit.outcome)
        return rules.outcome(ending.outcome), f"{ending.proof}：{ending.account}"
    if not findings:
        return rules.outcome("no_problem"), ""
    wanted: list[Disposal] = [rules.disposal(finding.disposal) for finding in findings]
    pending = [disposal.outcome for disposal in wanted if disposal.outcome == "pending"]
    return rules.outcome(pending[0] if pending else wanted[0].outcome), ""


def _ended_at(visit: Visit, answers: Mapping[str, AnswerView]) -> str:
    """Return when the visit ended: as set, or when the last answer was given, so that a preview stays the same."""
    if visit.ended_at is not None:
        return instant_text(visit.ended_at)
    last = max((view.saved_at for view in answers.values()), default=started_at(visit))
    return instant_text(last)


def _body(establishment: Establishment) -> InspectedBody:
    names = ("name", "uscc", "address", "legal_representative", "person_in_charge", "phone")
    return InspectedBody(id=establishment.id, **{name: str(getattr(establishment, name)) for name in names})


def _signatory(session: Session, person_id: str) -> Signatory:
    person = session.get_one(Person, person_id)
    return Signatory(
        person=person.id, name=person.name, certificate_no=person.certificate_no, unit=person.unit, field=""
    )


def _answer_lines(
    form: Form, answers: Mapping[str, AnswerView], photos: tuple[PhotoView, ...]
) -> tuple[AnswerLine, ...]:
    lines = []
    for question in form.questions:
        view = answers.get(question.id)
        if view is None:
            continue
        answer = view.answer
        breach = answer.value is AnswerValue.NOT_MET
        lines.append(
            AnswerLine(
                number=question.number,
                question=question.id,
                section=form.section_title(question.section),
                text=question.text,
                answer=answer.value.value,
                word=answer.value.word,
                remark=answer.reason if breach or answer.reason else answer.fact,
                fact=answer.fact if breach else "",
                details=detail_lines(answer, question),
                duty=question.printed_duty,
                photos=tuple(photo.number for photo in photos if photo.question == question.id),
            )
        )
    return tuple(lines)


def _finding_line(finding: FindingDraft) -> FindingLine:
    return FindingLine(
        number=finding.number,
        question=finding.question,
        fact=finding.fact,
        duty=finding.duty,
        evidence=finding.evidence,
        disposal=finding.disposal_name,
        due_on=finding.due_on,
    )


def _photo_line(photo: PhotoView) -> PhotoLine:
    return PhotoLine(
        number=photo.number,
        sha256=photo.sha256,
        caption=photo.caption,
        place=photo.place,
        taken_at=instant_text(photo.taken_at) if photo.taken_at else "",
        taken_by=photo.taken_by,
        question=photo.question,
    )


def _problems(form: Form, answers: Mapping[str, AnswerView], findings: tuple[FindingDraft, ...]) -> tuple[Problem, ...]:
    unanswered = [question for question in form.questions if question.id not in answers]
    problems = []
    if unanswered:
        found = tr("还有 {count} 项没有作答").format(count=len(unanswered))
        remedy = tr("没有检查的，请标为“未检查”并写明原因，可以一次标完。")
        problems.append(Problem(tr("检查表"), tr("每一项都有回答"), found, remedy))
    for view in answers.values():
        if view.answer.value is not AnswerValue.NOT_MET:
            problems += view.missing
    for view in answers.values():
        if view.answer.value is AnswerValue.NOT_MET and view.answer.fact:
            problems += view.missing
    return tuple(problems + [problem for finding in findings for problem in finding.problems])
