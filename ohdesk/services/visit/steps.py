"""The steps of filling a checklist: rows that stay; the last one of a question that is not undone is its answer."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Answer as AnswerRow
from ohdesk.forms.definition import Form
from ohdesk.i18n import tr


def steps_of(session: Session, visit_id: str) -> list[AnswerRow]:
    """Return the steps of a visit that are not undone, the oldest first."""
    wanted = select(AnswerRow).where(AnswerRow.visit == visit_id, AnswerRow.undone.is_(False)).order_by(AnswerRow.seq)
    return list(session.scalars(wanted))


def latest(steps: Sequence[AnswerRow]) -> dict[str, AnswerRow]:
    """Return the answer to each question: its last step."""
    return {step.question: step for step in steps}


def last_run(form: Form, steps: Sequence[AnswerRow]) -> tuple[list[AnswerRow], str]:
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
