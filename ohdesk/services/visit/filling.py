"""Filling a checklist: every answer is on the disk before the program says so, and every step can be taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

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
from ohdesk.forms.answers import Answer, AnswerValue, Counts, counts, malformed, missing, question_place
from ohdesk.forms.applicability import Traits, not_applying
from ohdesk.forms.definition import Form, Question
from ohdesk.forms.detail_values import detail_of
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.visit import drafts
from ohdesk.services.visit.instruments import Instrument, instruments_in
from ohdesk.services.visit.known import Prefilled, known_of
from ohdesk.services.visit.lookup import find_question, find_visit
from ohdesk.services.visit.outline import OutlineRow
from ohdesk.services.visit.photos import photos_of
from ohdesk.services.visit.steps import last_run, latest, steps_of
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
    instruments: of the office, for readings that name one
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
    instruments: tuple[Instrument, ...]

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
            title, bulk = self.form.section(question.section).said, view is not None and view.bulk
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
        _, undo_label = last_run(form, steps)
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
            instruments=instruments_in(session),
        )


def save_answer(ctx: Context, visit_id: str, question_id: str, answer: Answer) -> SavedAt:
    """Store an answer durably and return since when; an incomplete 不合格 may be stored, its gaps are returned.

    Raises ProblemsError for an answer that cannot be stored at all, UserError for a visit that cannot be filled.
    """
    ctx.require(Right.VISIT)
    at = ctx.now()
    with quick_write(ctx.engine) as cursor:
        question, answer = write(cursor, visit_id, question_id, answer, at)
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
        question, stored = write(cursor, visit_id, question_id, stored, at)
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
        return rest_in(session, visit_id, reason, ctx.now())


def rest_in(session: Session, visit_id: str, reason: str, at: datetime) -> int:
    """Answer the rest with 未检查 within an open transaction; return how many there were."""
    visit = find_visit(session, visit_id)
    form = form_of(session, visit)
    held = {question: view.answer for question, view in answers_of(session, form, visit_id).items()}
    done = {*held, *falling_away(session, form, visit.establishment, held)}
    rest = [question.id for question in form.questions if question.id not in done]
    for question_id in rest:
        write(cursor_of(session), visit_id, question_id, Answer(AnswerValue.NOT_INSPECTED, reason), at)
    return len(rest)


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
        run, label = last_run(form_of(session, visit), steps_of(session, visit_id))
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


def write(
    cursor: Cursor, visit_id: str, question_id: str, answer: Answer, at: datetime, *, bulk: bool = False
) -> tuple[Question, Answer]:
    """Store an answer within an open transaction; return its question and what is stored. Raises as `save_answer`."""
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
