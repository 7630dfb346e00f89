"""Filling a checklist: every answer is on the disk before the program says so, and every step can be taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Answer as AnswerRow
from ohdesk.db.models import Visit
from ohdesk.db.prepared import Cursor, cursor_of, quick_write
from ohdesk.db.queries.answers import Before, Entry, answer_before, append_answer, set_place
from ohdesk.db.queries.forms import edition, form_of
from ohdesk.domain.people import Right
from ohdesk.domain.problems import blank
from ohdesk.domain.record import PhotoLine
from ohdesk.domain.visit import Act, check_allowed
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.forms.answers import Answer, AnswerValue, Counts, counts, malformed, may_be_in_bulk, missing, question_place
from ohdesk.forms.applicability import Traits, not_applying
from ohdesk.forms.definition import Form, Question
from ohdesk.forms.detail_values import detail_of
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.visit import drafts
from ohdesk.services.visit.known import Prefilled, known_of
from ohdesk.services.visit.lookup import find_question, find_visit
from ohdesk.services.visit.outline import OutlineRow
from ohdesk.services.visit.photos import photos_of
from ohdesk.services.visit.traits import falling_away, traits_of


@dataclass(frozen=True, slots=True)
class AnswerView:
    """A stored answer, when it was saved, and what it still lacks before the record can be final.

    bulk: given together with others, by one key
    """

    answer: Answer
    saved_at: datetime
    missing: tuple[Problem, ...]
    bulk: bool = False


@dataclass(frozen=True, slots=True)
class SavedAt:
    """An answer is on the disk since `at`; `missing` is what it still lacks.

    typed: by field, the texts that could not become part of the answer and are kept beside it
    """

    at: datetime
    answer: Answer
    missing: tuple[Problem, ...]
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FillingView:
    """Everything the checklist screen needs; `current` is the question where one stopped.

    typed:      by question and field, what was typed there and could not become part of its answer
    traits:     what is known of the establishment, by which questions fall away
    known:      by question and field, what roll and books say; shown until there is an answer
    undo_label: what Ctrl+Z would take back, "将第 5 项改为不合格"; empty when there is nothing
    """

    form: Form
    answers: Mapping[str, AnswerView]
    typed: Mapping[str, Mapping[str, str]]
    photos: tuple[PhotoLine, ...]
    current: str
    undo_label: str
    traits: Traits
    known: Prefilled

    @cached_property
    def given(self) -> Mapping[str, Answer]:
        """The answers by question."""
        return {question: view.answer for question, view in self.answers.items()}

    @cached_property
    def fallen(self) -> Mapping[str, str]:
        """Why questions are not put to this establishment, by their ids; they may be answered all the same."""
        return not_applying(self.form, self.traits, self.given)

    @cached_property
    def counts(self) -> Counts:
        """How many questions have which answer."""
        return counts(self.form, self.given, self.fallen)

    @cached_property
    def outline(self) -> tuple[OutlineRow, ...]:
        """A line for each question, in the order of the form."""
        rows = []
        for question in self.form.questions:
            view = self.answers.get(question.id)
            value, incomplete = (view.answer.value, bool(view.missing)) if view else (None, False)
            title, bulk = self.form.section_title(question.section), view is not None and view.bulk
            rows.append(OutlineRow(question, title, value, incomplete, bulk))
        return tuple(rows)

    def with_answer(self, question_id: str, saved: SavedAt) -> "FillingView":
        """Return the view as `open_form` would give it after this answer, without reading everything again."""
        question, answer = self.form.by_id[question_id], saved.answer
        before = self.answers.get(question_id)
        # Worked out here instead of read again: this runs after every answer, while the next key is waited for.
        label = self.undo_label
        if before is None or before.answer.value is not answer.value:
            label = tr("将第 {number} 项改为{word}", number=question.number, word=answer.value.word)
        elif before.answer != answer:
            label = tr("修改第 {number} 项的文字", number=question.number)
        answers = {**self.answers, question_id: AnswerView(answer, saved.at, saved.missing)}
        view = replace(self, answers=answers, current=question_id, undo_label=label)
        return view.with_typed(question_id, saved.typed)

    def with_typed(self, question_id: str, texts: Mapping[str, str]) -> "FillingView":
        """Return the view with other texts kept beside the answer to a question."""
        typed = {question: each for question, each in self.typed.items() if question != question_id}
        return replace(self, typed={**typed, question_id: texts} if texts else typed)


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back, and the question to show."""

    label: str
    question: str


def open_form(ctx: Context, visit_id: str) -> FillingView:
    """Return everything the checklist screen shows; opens at the question where one stopped.

    Raises UserError for a visit that has not been started, and for 协管巡查, which judges nothing.
    """
    with ctx.reading() as session:
        visit = find_visit(session, visit_id)
        _check_fillable(visit)
        form = form_of(session, visit)
        steps, typed = steps_of(session, visit_id), drafts.typed_in(session, visit_id)
        answers = _answers(form, steps, typed)
        _, undo_label = _last_run(form, steps)
        traits = traits_of(session, visit.establishment) if form.conditional else {}
        return FillingView(
            form=form,
            answers=answers,
            typed=typed,
            photos=photos_of(session, visit_id),
            current=visit.place if visit.place in form.by_id else _first_open(form, answers),
            undo_label=undo_label,
            traits=traits,
            known=known_of(session, form, visit.establishment),
        )


def save_answer(ctx: Context, visit_id: str, question_id: str, answer: Answer) -> SavedAt:
    """Store an answer durably and return since when; an incomplete 不合格 may be stored, its gaps are returned.

    Raises ProblemsError for an answer that cannot be stored at all, UserError for a visit that cannot be filled.
    """
    ctx.require(Right.VISIT)
    at = ctx.now()
    with quick_write(ctx.engine) as cursor:
        question, answer = _write(cursor, visit_id, question_id, answer, at)
    return SavedAt(at, answer, tuple(missing(answer, question)))


def save_typed(ctx: Context, visit_id: str, question_id: str, answer: Answer) -> SavedAt:
    """Store an answer as it stands in its fields: what cannot be part of it is kept beside it, and named as missing.

    A field that is refused keeps in the answer what it held before.  Raises UserError where nothing can be filled.
    """
    ctx.require(Right.VISIT)
    if not drafts.has_typed(ctx, visit_id, question_id):
        try:
            return save_answer(ctx, visit_id, question_id, answer)
        except ProblemsError:
            pass  # some of it cannot be stored as it is
    at = ctx.now()
    with ctx.transaction() as session:
        cursor = cursor_of(session)
        before = _before(cursor, visit_id, question_id)
        question = edition(cursor, before.form_sha256).by_id[question_id]
        # What stands beside another answer does not count.
        entry = before.entry
        held = entry.answer.texts if entry is not None and entry.answer.value is answer.value else {}
        stored, refused = _storable(answer.cleaned, question, held)
        question, stored = _write(cursor, visit_id, question_id, stored, at)
        drafts.keep_typed(session, visit_id, question_id, refused)
    return SavedAt(at, stored, _lacking(stored, question, refused), refused)


def _storable(answer: Answer, question: Question, held: Mapping[str, str]) -> tuple[Answer, dict[str, str]]:
    """Return an answer without the texts that cannot be part of it, and these by field.

    A field that is refused keeps what it held; where that does not fit what was typed beside it, nothing.
    """
    texts, refused = answer.texts, dict[str, str]()
    for fallback in (held, {}):
        wrong = {detail_of(each.field) for each in malformed(answer, question)}
        refused |= {key: texts.get(key, "") for key in wrong}
        answer = answer.with_texts({key: fallback.get(key, "") for key in wrong})
    return answer, {key: text for key, text in refused.items() if text}


def keep_typed(ctx: Context, visit_id: str, question_id: str, texts: Mapping[str, str]) -> None:
    """Keep what was typed at a question that has no answer yet, by field; it is there again when the form is opened."""
    ctx.require(Right.VISIT)
    with ctx.transaction() as session:
        visit = find_visit(session, visit_id)
        _check_fillable(visit)
        drafts.keep_typed(session, visit_id, question_id, texts)


def save_rest_as_not_inspected(ctx: Context, visit_id: str, reason: str) -> int:
    """Answer every question that is put and has no answer with 未检查 and this reason; return how many there were."""
    ctx.require(Right.VISIT)
    if not reason.strip():
        problem = blank(tr("其余各项未检查的原因"), "reason", tr("请写明未检查的原因。"))
        raise ProblemsError(tr("其余各项没有保存。"), (problem,))
    with ctx.transaction() as session:
        visit = find_visit(session, visit_id)
        form = form_of(session, visit)
        held = {question: view.answer for question, view in answers_of(session, form, visit_id).items()}
        done = {*held, *falling_away(session, form, visit.establishment, held)}
        rest = [question.id for question in form.questions if question.id not in done]
        for question_id in rest:
            _write(cursor_of(session), visit_id, question_id, Answer(AnswerValue.NOT_INSPECTED, reason), ctx.now())
    return len(rest)


def save_bulk(ctx: Context, visit_id: str, questions: Sequence[str]) -> int:
    """Answer questions that have no answer with 合格, together and marked so; return how many there were.

    Raises ProblemsError for those that have to be answered one by one; then nothing is stored.
    """
    ctx.require(Right.VISIT)
    with ctx.transaction() as session:
        form = form_of(session, find_visit(session, visit_id))
        asked = [find_question(form, question) for question in questions]
        expected = tr("没有要填的内容，不要照片，也不是严重项")
        problems = [Problem(question_place(each), expected, each.text) for each in asked if not may_be_in_bulk(each)]
        if problems:
            raise ProblemsError(tr("有 {count} 项要逐项回答，都没有保存。", count=len(problems)), tuple(problems))
        held = answers_of(session, form, visit_id)
        left, at = [each.id for each in asked if each.id not in held], ctx.now()
        for question in left:
            _write(cursor_of(session), visit_id, question, Answer(AnswerValue.MET), at, bulk=True)
    return len(left)


def save_place(ctx: Context, visit_id: str, question_id: str) -> None:
    """Remember the question where one stands, so that the visit opens there again."""
    # Where one left off is everybody's: whoever only reads a visit turns its questions as well.
    ctx.require(Right.OWN)
    with quick_write(ctx.engine) as cursor:
        set_place(cursor, visit_id, question_id)


def undo(ctx: Context, visit_id: str) -> Undone:
    """Take back the last step: a change of an answer, or a run of changes to its texts.

    Raises UserError when nothing is left, or when the visit can no longer be changed.
    """
    ctx.require(Right.VISIT)
    with ctx.transaction() as session:
        visit = find_visit(session, visit_id, Act.FILL)
        run, label = _last_run(form_of(session, visit), steps_of(session, visit_id))
        if not run:
            raise UserError(tr("没有可以撤销的操作。"), tr("这次检查中填写的每一步都已撤销，或还没有填写。"))
        for step in run:
            step.undone = True
        return Undone(label, run[0].question)


def settle(session: Session, visit: Visit, question: Question, disposal: str, due_on: str, at: datetime) -> None:
    """Set down, within an open session, what is done about a breach and until when; leaves a trail.

    Raises UserError when the question has no answer 不合格.
    """
    cursor = cursor_of(session)
    before = _before(cursor, visit.id, question.id)
    if before.entry is None or before.entry.answer.value is not AnswerValue.NOT_MET:
        raise UserError(
            tr("{place}不是不合格，没有问题可以处置。", place=question_place(question)),
            tr("请先把这一项填为不合格，写明事实。"),
        )
    _store(cursor, visit.id, question.id, before, before.entry._replace(disposal=disposal, due_on=due_on), at)


def answers_of(session: Session, form: Form, visit_id: str) -> dict[str, AnswerView]:
    """Return the stored answers of a visit by question, in the order of the form."""
    return _answers(form, steps_of(session, visit_id), drafts.typed_in(session, visit_id))


def _answers(form: Form, steps: Sequence[AnswerRow], typed: Mapping[str, Mapping[str, str]]) -> dict[str, AnswerView]:
    rows = latest(steps)
    views = {}
    for question in form.questions:
        if question.id in rows:
            row = rows[question.id]
            answer = Answer(row.value, row.reason, row.fact, row.details)
            lacking = _lacking(answer, question, typed.get(question.id, {}))
            views[question.id] = AnswerView(answer, row.saved_at, lacking, row.bulk)
    return views


def steps_of(session: Session, visit_id: str) -> list[AnswerRow]:
    """Return the steps of a visit that are not undone, the oldest first."""
    wanted = select(AnswerRow).where(AnswerRow.visit == visit_id, AnswerRow.undone.is_(False)).order_by(AnswerRow.seq)
    return list(session.scalars(wanted))


def latest(steps: Sequence[AnswerRow]) -> dict[str, AnswerRow]:
    """Return the answer to each question: its last step."""
    return {step.question: step for step in steps}


def _write(
    cursor: Cursor, visit_id: str, question_id: str, answer: Answer, at: datetime, *, bulk: bool = False
) -> tuple[Question, Answer]:
    before = _before(cursor, visit_id, question_id)
    _check_fillable(before)
    question = find_question(edition(cursor, before.form_sha256), question_id)
    answer = answer.cleaned
    problems = malformed(answer, question)
    if problems:
        raise ProblemsError(tr("这一项没有保存。"), tuple(problems))
    held, after = before.entry, Entry(answer, bulk=bulk)
    # Disposal and deadline belong to the breach: an answer that is no breach any more takes them along.
    if held is not None and held.answer.value is answer.value is AnswerValue.NOT_MET:
        after = held._replace(answer=answer)
    _store(cursor, visit_id, question_id, before, after, at)
    return question, answer


def _lacking(answer: Answer, question: Question, typed: Mapping[str, str]) -> tuple[Problem, ...]:
    """Return what an answer lacks; of a field whose text was refused, why it was."""
    refused = malformed(answer.with_texts(typed), question) if typed else []
    named = {detail_of(each.field) for each in refused}
    return (*refused, *(each for each in missing(answer, question) if each.field not in named))


def _before(cursor: Cursor, visit_id: str, question_id: str) -> Before:
    before = answer_before(cursor, visit_id, question_id)
    if before is None:
        raise UserError(tr("找不到这次检查。"), tr("请从检查列表中选择（命令行为 visit list）。"))
    return before


def _store(cursor: Cursor, visit_id: str, question_id: str, before: Before, after: Entry, at: datetime) -> None:
    # Saving is frequent (every pause in typing); a step that changes nothing would only stretch the trail and the undo.
    if before.entry != after:
        append_answer(cursor, visit_id, question_id, before.seq + 1, after, at)


def _check_fillable(visit: Visit | Before) -> None:
    check_allowed(visit.state, Act.FILL)
    if visit.is_patrol:
        raise UserError(tr("协管巡查不填检查表，也不作合格、不合格的判定。"), tr("请写明巡查看到的情况，结束巡查。"))
    if visit.ending is not None:
        raise UserError(tr("这次检查已经以“没有填写检查表”结束。"), tr("请制作笔录。"))


def _first_open(form: Form, answers: Mapping[str, AnswerView]) -> str:
    return next((question.id for question in form.questions if question.id not in answers), form.questions[0].id)


def _last_run(form: Form, steps: Sequence[AnswerRow]) -> tuple[list[AnswerRow], str]:
    """Return the steps that one undo takes back, the newest first, and what it is called; empty where there is none.

    It is a change of an answer, or a run of typed texts.
    """
    # What stands under no question of this edition was left behind when the visit moved to it.
    steps = [step for step in steps if step.question in form.by_id]
    pairs = _with_previous(steps)
    if steps and steps[-1].bulk:
        # What one key answered one key takes back.
        together = [step for step in steps if step.bulk and step.saved_at == steps[-1].saved_at]
        return together[::-1], tr("批量答为合格的 {count} 项", count=len(together))
    run: list[AnswerRow] = []
    for step, previous in reversed(pairs):
        typed = _only_texts(step, previous)
        # One Ctrl+Z takes back a run of typing, as in every editor; a change of the answer itself is a step of its own.
        if run and (step.question != run[0].question or not typed):
            break
        run.append(step)
        if not typed:
            break
    return run, _label(form, *pairs[-1]) if pairs else ""


def _with_previous(steps: Sequence[AnswerRow]) -> list[tuple[AnswerRow, AnswerRow | None]]:
    """Return each step with the one before on the same question; None where it was the first."""
    held: dict[str, AnswerRow] = {}
    pairs = []
    for step in steps:
        pairs.append((step, held.get(step.question)))
        held[step.question] = step
    return pairs


def _only_texts(step: AnswerRow, previous: AnswerRow | None) -> bool:
    """True when reason, fact or details changed and nothing else: typed text, saved every so often."""
    return previous is not None and (previous.value, previous.disposal, previous.due_on) == (
        step.value,
        step.disposal,
        step.due_on,
    )


def _label(form: Form, step: AnswerRow, previous: AnswerRow | None) -> str:
    number = form.by_id[step.question].number
    if _only_texts(step, previous):
        return tr("修改第 {number} 项的文字", number=number)
    if previous is not None and previous.value == step.value:
        return tr("修改第 {number} 项的处置", number=number)
    return tr("将第 {number} 项改为{word}", number=number, word=step.value.word)
