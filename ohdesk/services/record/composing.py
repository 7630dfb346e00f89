"""The record as it would be signed: the facts of the visit, the party's statement, the number, the wording."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, Person, Record, Visit
from ohdesk.db.queries.forms import form_of
from ohdesk.domain.bounds import problems
from ohdesk.domain.calendar import instant_text, legal_day
from ohdesk.domain.canonical import clean_text, fingerprint
from ohdesk.domain.findings import Disposal
from ohdesk.domain.problems import blank
from ohdesk.domain.record import (
    FORMAT,
    RECORD,
    AnswerLine,
    FindingLine,
    InspectedBody,
    InspectionRecord,
    Office,
    PartyStatement,
    PhotoLine,
    Signatory,
)
from ohdesk.domain.register.number_blocks import Series
from ohdesk.domain.visit import Act, Start, VisitState, check_allowed
from ohdesk.errors import Problem, UserError
from ohdesk.forms.answers import Answer, AnswerValue, Counts, counts
from ohdesk.forms.definition import Form
from ohdesk.forms.going import with_words
from ohdesk.forms.open_places import open_places
from ohdesk.forms.papers import PaperForm, edition
from ohdesk.forms.shown_details import shown_details
from ohdesk.forms.visiting import ModeRule, OutcomeRule, visit_rules
from ohdesk.i18n import in_chinese, tr
from ohdesk.reports.edition import RENDERER
from ohdesk.services.context import Context
from ohdesk.services.finding.drafts import FindingDraft, findings_in
from ohdesk.services.numbers import numbers
from ohdesk.services.office import paper_forms
from ohdesk.services.record.party_statement import NOT_YET, party_problems, tidied
from ohdesk.services.record.repeated import repeated_paragraphs
from ohdesk.services.record.signing import is_confirmed
from ohdesk.services.visit.filling import AnswerView, answers_of
from ohdesk.services.visit.lookup import begun, find_visit
from ohdesk.services.visit.photos import photos_of
from ohdesk.services.visit.traits import falling_away

_GRAVEST = ("pending", "ordered", "educated")  # outcomes of findings, the one that decides first


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """A started visit as its record tells it.

    record:       all but its number and the party's statement, which come with the signatures
    answers of the record are empty for a visit that ended without a checklist
    bulk:         questions answered together with others, by one key
    problems:     what keeps the record from being final
    gaps, gap_reason: internal, never printed
    """

    record: InspectionRecord
    state: VisitState
    counts: Counts
    bulk: tuple[str, ...]
    problems: tuple[Problem, ...]
    gaps: tuple[str, ...]
    gap_reason: str


def visit_facts(ctx: Context, visit_id: str) -> VisitFacts:
    """Return the facts of a started visit. Raises UserError before the start and under 协管巡查."""
    with ctx.reading() as session:
        return facts_in(ctx, session, visit_id)


def facts_in(ctx: Context, session: Session, visit_id: str) -> VisitFacts:
    """Return the facts of a started visit within an open session."""
    visit = find_visit(session, visit_id)
    _, start = begun(visit)  # first: everything below is known only from the start on
    form = form_of(session, visit)
    answers: Mapping[str, AnswerView] = {}
    fallen: Mapping[str, str] = {}
    findings: tuple[FindingDraft, ...] = ()
    problems: tuple[Problem, ...] = ()
    if not visit.ending:  # what was answered before one found the gate closed stays on the laptop, off the record
        answers = answers_of(session, form, visit_id)
        findings = findings_in(session, visit)
        fallen = falling_away(session, form, visit.establishment, _given(answers))
        problems = _problems(form, {*answers, *fallen}, answers, findings)
    problems = (*_arrival_problems(visit), *problems)
    return VisitFacts(
        record=_record(ctx, session, visit, form, answers, fallen, findings),
        state=visit.state,
        counts=counts(form, _given(answers), fallen),
        bulk=tuple(question for question, view in answers.items() if view.bulk),
        problems=problems,
        gaps=tuple(gap.sentence for gap in start.gaps),
        gap_reason=start.gap_reason,
    )


def _given(answers: Mapping[str, AnswerView]) -> dict[str, Answer]:
    return {question: view.answer for question, view in answers.items()}


def _record(
    ctx: Context,
    session: Session,
    visit: Visit,
    form: Form,
    answers: Mapping[str, AnswerView],
    fallen: Mapping[str, str],
    findings: tuple[FindingDraft, ...],
) -> InspectionRecord:
    """Return the record of a started visit before it has its number and before the party has said anything."""
    (began, started), rules, task = begun(visit), visit_rules(), visit.task
    mode = rules.mode(started.mode)
    # Helpers on a round (协管巡查) have no power to judge, so there is no way to a record, not even a draft.
    _check_produces_a_record(mode)
    wording = paper_forms.usual_set(session, legal_day(ctx.now()))
    forms = paper_forms.forms_of_record(session, wording, mode.id)
    inspectors = tuple(
        _signatory(session, person, f"inspector{seat}") for seat, person in enumerate(visit.inspectors, 1)
    )
    photos = photos_of(session, visit.id)
    outcome, proof = _outcome(visit, findings)
    filled = not visit.ending
    record = InspectionRecord(
        fmt=FORMAT,
        wording=wording,
        forms_sha256=edition(forms),
        renderer=RENDERER,
        number="",
        title=forms[RECORD].title,
        office=_office(ctx, started, mode, by_county=is_confirmed(session, inspectors)),
        body=_body(session.get_one(Establishment, visit.establishment)),
        visit=visit.id,
        draw=visit.draw or "",
        kind=task.kind,
        kind_name=rules.kind(task.kind).name if task.kind else "",
        started_at=instant_text(began),
        ended_at=_ended_at(visit, began, answers),
        means=started.means,
        place=started.place,
        inspectors=inspectors,
        assistants=tuple(_signatory(session, person) for person in visit.assistants),
        technicians=with_words(visit.technicians),
        accompanied_by=started.accompanied_by,
        # At a closed gate there is nobody to show anything to: the record says so, and asks nothing.
        arrival=rules.all_said(started.arrival) if _met_nobody(visit) else started.arrival,
        outcome=outcome.code,
        outcome_name=outcome.name,
        outcome_proof=proof,
        form=form.id if filled else "",
        form_version=form.version if filled else "",
        form_sha256=form.sha256 if filled else "",
        form_title=form.title if filled else "",
        situation=(),
        answers=_answer_lines(form, answers, fallen, photos, legal_day(began)),
        findings=tuple(_finding_line(finding) for finding in findings),
        photos=photos,
        party=NOT_YET,
    )
    return replace(record, situation=_usual_situation(forms[RECORD].words, record))


def _office(ctx: Context, started: Start, mode: ModeRule, *, by_county: bool) -> Office:
    return Office(
        authority=started.authority,
        division=ctx.office.division,
        mode=mode.id,
        mode_name=mode.name,
        confirmed_by_county=by_county,
    )


def _check_produces_a_record(mode: ModeRule) -> None:
    if "record" not in mode.may_produce:
        raise UserError(
            tr("{mode}不制作笔录，不作判定，也不责令改正。", mode=mode.name),
            tr("发现的情况请报告有权的机关处理。"),
        )


def _outcome(visit: Visit, findings: tuple[FindingDraft, ...]) -> tuple[OutcomeRule, str]:
    rules = visit_rules()
    if visit.ending:
        return rules.outcome(visit.ending.outcome), f"{visit.ending.proof}：{visit.ending.account}"
    if not findings:
        return rules.outcome("no_problem"), ""
    wanted: list[Disposal] = [rules.disposal(finding.disposal) for finding in findings]
    found = {disposal.outcome for disposal in wanted}
    # One finding that waits for somebody else keeps the whole visit pending, and one that was ordered goes before talk.
    return rules.outcome(next(each for each in _GRAVEST if each in found)), ""


def _ended_at(visit: Visit, began: datetime, answers: Mapping[str, AnswerView]) -> str:
    """Return when the visit ended: as set, or when the last answer was given, so that a preview stays the same."""
    if visit.ended_at is not None:
        return instant_text(visit.ended_at)
    # A preview must not change while nothing does: the clock would give another fingerprint at every look.
    last = max((view.saved_at for view in answers.values()), default=began)
    return instant_text(last)


def _body(establishment: Establishment) -> InspectedBody:
    names = ("name", "uscc", "address", "legal_representative", "person_in_charge", "phone")
    return InspectedBody(id=establishment.id, **{name: getattr(establishment, name) for name in names})


def _signatory(session: Session, person_id: str, field: str = "") -> Signatory:
    person = session.get_one(Person, person_id)
    return Signatory(
        person=person.id, name=person.name, certificate_no=person.certificate_no, unit=person.unit, field=field
    )


def _answer_lines(
    form: Form,
    answers: Mapping[str, AnswerView],
    fallen: Mapping[str, str],
    photos: tuple[PhotoLine, ...],
    day: date,
) -> tuple[AnswerLine, ...]:
    lines = []
    # What was not put stands on the record with the reason: whoever reads it sees that nothing was passed over.
    given = _given(answers) | {id_: Answer(AnswerValue.NOT_APPLICABLE, why) for id_, why in fallen.items()}
    for question in form.questions:
        answer = given.get(question.id)
        if answer is None:
            continue
        details = shown_details(answer, question, day)
        breach = answer.value is AnswerValue.NOT_MET
        lines.append(
            AnswerLine(
                number=question.number,
                question=question.id,
                section=form.section(question.section).title,
                text=question.text,
                answer=answer.value.value,
                word=answer.value.word,
                # Beside 不合格 the fact has a column of its own; beside the other answers the same text is the remark.
                remark=answer.reason if breach or answer.reason else answer.fact,
                fact=answer.fact if breach else "",
                details=details.lines,
                tables=details.tables,
                duty=question.printed_duty,
                photos=tuple(photo.number for photo in photos if photo.question == question.id),
            )
        )
    return tuple(lines)


def _met_nobody(visit: Visit) -> bool:
    return visit.ending is not None and visit_rules().outcome(visit.ending.outcome).nobody_met


def _arrival_problems(visit: Visit) -> tuple[Problem, ...]:
    """Return what was left open on arrival: a record leaves nothing empty that somebody could write in later."""
    if _met_nobody(visit):
        return ()
    _, start = begun(visit)
    remedy = tr("请在“到场登记”中补登；确实没有做的，照实选择。")
    lacking = [(item.name, item.id) for item in visit_rules().unsaid(start.mode, start.arrival)]
    if visit_rules().mode(start.mode).on_site and not start.place:
        lacking.append((tr("检查地点"), "place"))
    return tuple(blank(place, key, remedy) for place, key in lacking)


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


def _problems(
    form: Form, done: Collection[str], answers: Mapping[str, AnswerView], findings: tuple[FindingDraft, ...]
) -> tuple[Problem, ...]:
    unanswered = [question for question in form.questions if question.id not in done]
    problems = []
    if unanswered:
        found = tr("还有 {count} 项没有作答", count=len(unanswered))
        remedy = tr("没有检查的，请标为“未检查”并写明原因，可以一次标完。")
        problems.append(Problem(tr("检查表"), tr("每一项都有回答"), found, remedy))
    # Breaches come last, beside their findings; one without a fact is named with its finding, and not twice.
    for view in sorted(answers.values(), key=lambda view: view.answer.value is AnswerValue.NOT_MET):
        if view.answer.fact or view.answer.value is not AnswerValue.NOT_MET:
            problems += view.missing
    return tuple(problems + [problem for finding in findings for problem in finding.problems])


@dataclass(frozen=True, slots=True)
class Composed:
    """A record before it is signed.

    forms:         of the papers that it comes as, by their keys
    record_sha256: the fingerprint (文档指纹) that is shown before signing
    problems:      what keeps it from being signed
    repeated:      sentences on paragraphs that stand in another record of the day; they keep it from nothing
    """

    record: InspectionRecord
    forms: Mapping[str, PaperForm]
    record_sha256: str
    problems: tuple[Problem, ...]
    repeated: tuple[str, ...]


@in_chinese()
def compose(ctx: Context, visit_id: str, party: PartyStatement = NOT_YET, situation: Sequence[str] = ()) -> Composed:
    """Return the record as it would be signed now; nothing is written.

    situation: paragraphs on what was seen; none takes what follows from the answers
    Raises UserError when the visit has not started, is closed, or makes no record.
    """
    with ctx.reading() as session:
        return compose_in(ctx, session, visit_id, party, situation)


@in_chinese()
def compose_in(
    ctx: Context, session: Session, visit_id: str, party: PartyStatement, situation: Sequence[str]
) -> Composed:
    """Return the record within an open session."""
    facts = facts_in(ctx, session, visit_id)
    check_allowed(facts.state, Act.FINALIZE)
    tidy = tidied(party)
    record = replace(
        facts.record,
        number=_next_number(ctx, session, visit_id, facts.record),
        situation=_tidy(situation) or facts.record.situation,
        party=tidy,
    )
    # Said before anybody signs: what no reader would take must not be found only when the passwords are typed.
    unbounded = (replace(each, place=tr("笔录的内容（{place}）", place=each.place)) for each in problems(record))
    stands = (*facts.problems, *_open_paragraphs(_tidy(situation)), *party_problems(tidy), *unbounded)
    repeated = repeated_paragraphs(session, visit_id, _tidy(situation), facts.record.situation)
    forms = paper_forms.forms_of_record(session, record.wording, record.office.mode)
    return Composed(record, forms, fingerprint(record), stands, repeated)


def _open_paragraphs(situation: Sequence[str]) -> Iterator[Problem]:
    for number, paragraph in enumerate(situation, 1):
        if pieces := open_places(paragraph):
            place = tr("现场检查情况第 {number} 段", number=number)
            yield blank(place, remedy=tr("还有“{piece}”没有写：请写全，不需要的删去。", piece=pieces[0]))


def _tidy(paragraphs: Sequence[str]) -> tuple[str, ...]:
    return tuple(text for text in (clean_text(paragraph).strip() for paragraph in paragraphs) if text)


def _usual_situation(words: Mapping[str, str], record: InspectionRecord) -> tuple[str, ...]:
    if not record.answers:
        return ()
    opening = words["accompanied" if record.accompanied_by else "alone"]
    seen = [
        words["fact"].format(number=line.number, fact="；".join((line.fact, *line.details)))
        for line in record.answers
        if line.fact
    ]
    said = {"accompanied_by": record.accompanied_by, "place": record.place, "means": record.means}
    said["form"] = record.form_title
    return (opening.format(**said), *seen)


def _next_number(ctx: Context, session: Session, visit_id: str, record: InspectionRecord) -> str:
    """Return the number that stands on fair copies already printed, else the next one of the year.

    Records are never deleted, so none is used twice; neither is one that stands on paper in somebody's bag.
    """
    printed = {
        visit.id: visit.fair_copy for visit in session.scalars(select(Visit).where(Visit.fair_copy.is_not(None)))
    }
    if kept := printed.get(visit_id):
        return kept.number
    taken = {copy.number for copy in printed.values() if copy}
    pattern = paper_forms.forms_of_record(session, record.wording, record.office.mode)[RECORD].series
    own, day = Record.division == ctx.office.division, legal_day(ctx.now())
    following = numbers(ctx, session, pattern, day, Record.number, own, series=Series(RECORD, ""))
    return next(number for number in following if number not in taken)
