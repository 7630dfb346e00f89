"""What the checklist screen and the commands show of a visit being filled: plain frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from ohdesk.domain.record import PhotoLine
from ohdesk.errors import Problem
from ohdesk.forms.answers import Answer, AnswerValue, Counts, counts, photo_wanted
from ohdesk.forms.definition import Form
from ohdesk.i18n import tr


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """One line of the outline. `value` is None while unanswered; `incomplete` when something is still missing."""

    question: str
    number: int
    section: str
    section_title: str
    text: str
    core: bool
    value: AnswerValue | None
    incomplete: bool
    photo_wanted: bool
    photos: int


@dataclass(frozen=True, slots=True)
class AnswerView:
    """A stored answer, when it was saved, and what it still lacks before the record can be final."""

    answer: Answer
    saved_at: datetime
    missing: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class FillingView:
    """Everything the checklist screen needs; `current` is the question where one stopped.

    name, inspectors: whose visit it is, and the names of who makes it
    typed:      by question and field, what was typed there and could not become part of its answer
    undo_label: what Ctrl+Z would take back, "将第 5 项改为不合格"; empty when there is nothing
    """

    name: str
    inspectors: tuple[str, ...]
    started_at: datetime | None
    form: Form
    outline: tuple[OutlineRow, ...]
    answers: Mapping[str, AnswerView]
    typed: Mapping[str, Mapping[str, str]]
    photos: tuple[PhotoLine, ...]
    current: str
    counts: Counts
    undo_label: str


@dataclass(frozen=True, slots=True)
class SavedAt:
    """An answer is on the disk since `at`; `missing` is what it still lacks.

    typed: by field, the texts that could not become part of the answer and are kept beside it
    """

    at: datetime
    answer: Answer
    missing: tuple[Problem, ...]
    typed: Mapping[str, str] = field(default_factory=dict)


def with_answer(view: FillingView, question_id: str, saved: SavedAt) -> FillingView:
    """Return the view as `open_form` would give it after this answer, without reading everything again."""
    question, answer = view.form.by_id[question_id], saved.answer
    before = view.answers.get(question_id)
    # Worked out here instead of read again: this runs after every answer, while the next key is waited for.
    label = view.undo_label
    if before is None or before.answer.value is not answer.value:
        label = tr("将第 {number} 项改为{word}", number=question.number, word=answer.value.word)
    elif before.answer != answer:
        label = tr("修改第 {number} 项的文字", number=question.number)
    answers = {**view.answers, question_id: AnswerView(answer, saved.at, saved.missing)}
    outline = tuple(
        replace(
            row,
            value=answer.value,
            incomplete=bool(saved.missing),
            photo_wanted=photo_wanted(answer, question, row.photos),
        )
        if row.question == question_id
        else row
        for row in view.outline
    )
    plain = {key: each.answer for key, each in answers.items()}
    return replace(
        with_typed(view, question_id, saved.typed),
        answers=answers,
        outline=outline,
        counts=counts(view.form, plain),
        current=question_id,
        undo_label=label,
    )


def with_typed(view: FillingView, question_id: str, texts: Mapping[str, str]) -> FillingView:
    """Return the view with other texts kept beside the answer to a question."""
    typed = {question: each for question, each in view.typed.items() if question != question_id}
    return replace(view, typed={**typed, question_id: texts} if texts else typed)


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back, and the question to show."""

    label: str
    question: str
