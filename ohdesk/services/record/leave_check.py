"""离场前核对: what a reviewer would miss in a visit, looked for before one leaves; what stays open keeps its reason."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from ohdesk.db.models import Photo, Visit
from ohdesk.db.queries.forms import form_of
from ohdesk.domain.calendar import instant_text, legal_day
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.leaving import Leaving, LeavingGap, Omission
from ohdesk.domain.people import Right
from ohdesk.domain.problems import at_field, blank
from ohdesk.domain.record import PhotoLine
from ohdesk.domain.visit import Act, TakenLine, start_gaps
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.forms.answers import Answer, AnswerValue, Counts, counts, left_open, photo_wanted
from ohdesk.forms.definition import Question
from ohdesk.forms.score import Scored, scored
from ohdesk.forms.shown_details import over_limits
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.finding.drafts import FindingDraft, findings_in
from ohdesk.services.finding.earlier import waiting_before
from ohdesk.services.guarded import is_guarded
from ohdesk.services.record.repeated import repeated_facts
from ohdesk.services.visit.filling import AnswerView, answers_of
from ohdesk.services.visit.instruments import expired, instruments_in
from ohdesk.services.visit.lookup import begun, find_visit
from ohdesk.services.visit.photo_order import is_settled
from ohdesk.services.visit.photos import line_of, photos_of, rows_of
from ohdesk.services.visit.taken import taken_lines
from ohdesk.services.visit.traits import falling_away


@dataclass(frozen=True, slots=True)
class LeaveCheck:
    """What a visit still lacks, in the order of its pages, and how it stands: its counts, findings and photos.

    score: what the answers come to, None where the form is not scored · tasks: those it took along, done or not
    """

    gaps: tuple[LeavingGap, ...]
    counts: Counts
    score: Scored | None
    findings: tuple[FindingDraft, ...]
    photos: tuple[PhotoLine, ...]
    tasks: tuple[TakenLine, ...]

    @property
    def blocking(self) -> tuple[LeavingGap, ...]:
        """What has to be put right before anything is signed."""
        return tuple(gap for gap in self.gaps if gap.kind.blocks)

    @property
    def unexplained(self) -> tuple[LeavingGap, ...]:
        """What may stay open, and of which nobody has said why."""
        return tuple(gap for gap in self.gaps if gap.needs_reason)


def leave_check(ctx: Context, visit_id: str) -> LeaveCheck:
    """Return what a reviewer would miss in a visit. Raises UserError before its start and under 协管巡查."""
    with ctx.reading() as session:
        return check_in(session, find_visit(session, visit_id))


def leave(ctx: Context, visit_id: str, reason: str = "") -> Change:
    """Leave: keep what stays open, each with its reason; nothing may stay open without one.

    reason: for whatever has none yet; internal, never printed
    Raises ProblemsError with everything that blocks, or that nobody has given a reason for; then nothing is kept.
    """
    ctx.require(Right.VISIT)
    reason = clean_text(reason).strip()
    with ctx.transaction() as session:
        visit = find_visit(session, visit_id, Act.FILL)
        found = check_in(session, visit)
        if found.blocking:
            problems = tuple(Problem(gap.kind.word, "", gap.sentence, gap.sentence) for gap in found.blocking)
            raise ProblemsError(tr("还有 {count} 项没有完成，不能离场签名。", count=len(problems)), problems)
        if found.unexplained and not reason:
            remedy = tr("请写明 {count} 项没有补齐的理由（只留内部，不印在笔录上）。", count=len(found.unexplained))
            raise ProblemsError(
                tr("还有 {count} 项没有补齐，也没有理由。", count=len(found.unexplained)),
                (blank(tr("没有补齐的理由"), "leaving_reason", remedy),),
            )
        kept = tuple(replace(gap, reason=reason) if gap.needs_reason else gap for gap in found.gaps)
        visit.leaving = Leaving(kept, instant_text(ctx.now()))
    return Change.VISITS


def check_in(session: Session, visit: Visit) -> LeaveCheck:
    """Return what a started visit lacks, within an open session."""
    begun(visit)
    if visit.is_patrol:
        raise UserError(tr("协管巡查没有检查表和笔录，不作离场前核对。"), tr("请写明巡查看到的情况，结束巡查。"))
    form, photos = form_of(session, visit), photos_of(session, visit.id)
    answers: Mapping[str, AnswerView] = {}
    fallen: Mapping[str, str] = {}
    findings: tuple[FindingDraft, ...] = ()
    gaps = [*_arrival_gaps(visit)]
    if not visit.ending:
        answers, findings = answers_of(session, form, visit.id), findings_in(session, visit)
        fallen = falling_away(session, form, visit.establishment, _given(answers))
        put = [question for question in form.questions if question.id not in fallen]
        gaps += _answer_gaps(session, visit, put, answers, findings)
    gaps += _photo_gaps(visit, rows_of(session, visit.id))
    tasks = taken_lines(session, visit)
    gaps += [LeavingGap(Omission.TASK_LEFT, each.task.said, each.task.id) for each in tasks if not each.done]
    kept = visit.leaving or Leaving((), "")
    given = _given(answers)
    return LeaveCheck(
        gaps=tuple(map(kept.explained, gaps)),
        counts=counts(form, given, fallen),
        score=scored(form, given, fallen),
        findings=findings,
        photos=photos,
        tasks=tasks,
    )


def _given(answers: Mapping[str, AnswerView]) -> Mapping[str, Answer]:
    return {question: view.answer for question, view in answers.items()}


def _arrival_gaps(visit: Visit) -> Iterator[LeavingGap]:
    _, start = begun(visit)
    rules = visit_rules()
    told = [("place", tr("没有写检查地点"), start.place)] * rules.mode(start.mode).on_site
    for key, said, text in (*told, ("companion", tr("没有写陪同人"), start.accompanied_by)):
        if not text:
            yield LeavingGap(Omission.ARRIVAL, said, key)
    known = {gap.key for gap in start.gaps}
    shown = {each.id for each in rules.arrival}
    for gap in start_gaps(visit.task, visit.approval, rules.done(start.arrival), rules.arrival_gaps(start.mode)):
        if gap.key in shown:
            # Whoever began without it has said why.
            reason = start.gap_reason if gap.key in known else ""
            yield LeavingGap(Omission.ARRIVAL, gap.sentence, gap.key, reason=reason)


def _answer_gaps(
    session: Session,
    visit: Visit,
    questions: Sequence[Question],
    answers: Mapping[str, AnswerView],
    findings: Sequence[FindingDraft],
) -> Iterator[LeavingGap]:
    shown = {each.question for each in findings if each.photos}
    takes_photos = not is_guarded(session, visit.establishment)
    unsettled = {each.question for each in findings if not each.settled}
    waiting, instruments = waiting_before(session, visit), instruments_in(session)
    day = legal_day(begun(visit)[0])
    repeated = repeated_facts(session, visit, answers)
    for question in questions:
        view = answers.get(question.id)
        if view is None:
            yield _gap(Omission.UNANSWERED, question, question.said)
            continue
        yield from _lacking(question, view)
        if view.answer.value is AnswerValue.NOT_INSPECTED and question.id in waiting:
            on = waiting[question.id].isoformat()
            yield _gap(Omission.LEFT_AGAIN, question, tr("{day} 发现的问题，这次没有检查", day=on))
        for said in expired(instruments, question.fields, view.answer.details, day):
            yield _gap(Omission.CALIBRATION, question, said)
        if view.answer.value is AnswerValue.MET:
            for said in over_limits(view.answer, question, day):
                yield _gap(Omission.OVER, question, tr("答为合格，{why}", why=said))
        if question.id in unsettled:
            yield _gap(Omission.UNSETTLED, question, tr("处置方式和期限没有确定"))
        if takes_photos and photo_wanted(view.answer.value, question, question.id in shown):
            yield _gap(Omission.NO_PHOTO, question, tr("不合格的事实没有照片"))
        if question.id in repeated:
            yield _gap(Omission.REPEATED, question, repeated[question.id])


def _lacking(question: Question, view: AnswerView) -> Iterator[LeavingGap]:
    opened = left_open(view.answer, question)
    for problem in view.missing:
        kind = Omission.OPEN_PLACE if problem in opened else Omission.INCOMPLETE
        yield _gap(kind, question, at_field(problem))


def _photo_gaps(visit: Visit, photos: Sequence[Photo]) -> Iterator[LeavingGap]:
    _, start = begun(visit)
    has_place = visit_rules().mode(start.mode).on_site
    for photo in photos:
        about = str(photo.number)
        if not photo.sha256:
            said = tr("{number} 号照片还没有补入", number=about)
            yield LeavingGap(Omission.PHOTO_TO_COME, said, about, photo.question)
            continue
        # A visit that ended at the gate has no questions.
        if not is_settled(photo) and not visit.ending:
            yield LeavingGap(Omission.NO_ITEM, tr("{number} 号照片没有归入检查项或整次检查", number=about), about)
        if not photo.caption:
            said = tr("{number} 号照片没有写明拍的是什么", number=about)
            yield LeavingGap(Omission.NO_CAPTION, said, about, photo.question)
        elif not photo.place and has_place:
            said = tr("{number} 号照片没有写明在哪里拍的", number=about)
            yield LeavingGap(Omission.NO_CAPTION, said, about, photo.question)
    yield from _faces(photos)


def _faces(photos: Sequence[Photo]) -> Iterator[LeavingGap]:
    """Yield one gap for all photos that papers show and on which nobody has looked for faces and names."""
    open_ones = [photo.number for photo in photos if line_of(photo).printed and not photo.cleared]
    if open_ones:
        numbers = "、".join(map(str, open_ones))
        said = tr("{numbers} 号照片没有确认无人脸、姓名，或已遮盖", numbers=numbers)
        yield LeavingGap(Omission.FACES, said, "faces")


def _gap(kind: Omission, question: Question, said: str) -> LeavingGap:
    return LeavingGap(kind, tr("第 {number} 项：{said}", number=question.number, said=said), question.id, question.id)
