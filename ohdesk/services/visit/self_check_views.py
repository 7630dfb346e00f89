"""What an establishment said of itself (自查) beside what the inspectors answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from ohdesk.db.models import SelfCheck
from ohdesk.db.prepared import cursor_of
from ohdesk.db.queries.forms import edition, form_of
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.forms.definition import Form, Question
from ohdesk.forms.score import Scored, scored
from ohdesk.forms.self_check import self_check_rules
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.visit.filling import answers_of
from ohdesk.services.visit.lookup import find_visit

_SHOWN = 80  # characters of a note beside a question
_SETTLED = frozenset({AnswerValue.MET, AnswerValue.NOT_MET, AnswerValue.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class SelfCheckLine:
    """A question with what both said.

    number: in the workbook · item: in the checklist of the visit, None where that does not ask it
    said: in the employer's words
    found: the inspectors' answer, None while there is none · fact: what they wrote beside it
    """

    number: int
    item: int | None
    question: str
    section: str
    text: str
    value: AnswerValue
    said: str
    note: str
    found: AnswerValue | None
    fact: str

    @property
    def differs(self) -> bool | None:
        """True where both have answered and do not say the same; None while it cannot be said."""
        return self.differs_from(self.found)

    def differs_from(self, found: AnswerValue | None) -> bool | None:
        """Return the same for another answer of the inspectors: the one being given."""
        return None if found not in _SETTLED else found is not self.value


class OfItself(NamedTuple):
    """What an establishment answered to a question, and the grade of its whole self-check, "" where it has none."""

    line: SelfCheckLine
    grade: str

    @property
    def sentence(self) -> str:
        """What stands beside the question; a long note is whole where the answers are compared."""
        line = self.line
        note = line.note if len(line.note) <= _SHOWN else line.note[:_SHOWN] + "…"
        said = tr("{said}（{note}）", said=line.said, note=note) if note else line.said
        if not self.grade:
            return tr("单位自查：{said}", said=said)
        return tr("单位自查（{grade} 级）：{said}", grade=self.grade, said=said)


@dataclass(frozen=True, slots=True)
class SelfCheckView:
    """A self-check that came back.

    points, full: had of those that could be had · grade: A, B or C, "" where no item applies
    unconfirmed: nobody has compared points and bands with the original
    """

    visit: str
    taken_at: datetime
    taken_by: str
    filled_by: str
    filled_on: str
    sha256: str
    points: int
    full: int
    grade: str
    unconfirmed: bool
    lines: tuple[SelfCheckLine, ...]

    @property
    def by_question(self) -> dict[str, OfItself]:
        """What was said, by the id of the question."""
        return {line.question: OfItself(line, self.grade) for line in self.lines}

    @property
    def differences(self) -> tuple[SelfCheckLine, ...]:
        """The questions on which employer and inspectors do not agree, those that were found 不合格 first."""
        differing = (line for line in self.lines if line.differs)
        return tuple(sorted(differing, key=lambda line: line.found is not AnswerValue.NOT_MET))


def self_check_of(ctx: Context, visit_id: str) -> SelfCheckView | None:
    """Return the self-check that came back for a visit, beside the inspectors' answers; None while there is none."""
    with ctx.reading() as session:
        visit = find_visit(session, visit_id)
        row = session.get(SelfCheck, visit_id)
        if row is None:
            return None
        form, asked = form_of(session, visit), edition(cursor_of(session), row.form_sha256)
        found = {question: view.answer for question, view in answers_of(session, form, visit_id).items()}
        said = {question: Answer(AnswerValue(value)) for question, (value, _) in row.answers.items()}
        lines = tuple(_line(asked, question, row, form, found.get(question.id)) for question in asked.questions)
        score = scored(asked, said) or Scored(0, 0, "")
        return SelfCheckView(
            visit=visit_id,
            taken_at=row.taken_at,
            taken_by=row.taken_by,
            filled_by=row.filled_by,
            filled_on=row.filled_on,
            sha256=row.sha256,
            points=score.points,
            full=score.full,
            grade=score.band,
            unconfirmed=asked.score is not None and asked.score.unconfirmed,
            lines=lines,
        )


def grade_sentence(view: SelfCheckView) -> str:
    """Say points and grade, and that nobody has confirmed the points."""
    if not view.grade:
        return tr("自查各项都选了不涉及，没有可评的分数。")
    sentence = tr(
        "自查得 {points} 分，满分 {full} 分，{grade} 级；与检查结果不一致 {count} 项。",
        points=view.points,
        full=view.full,
        grade=view.grade,
        count=len(view.differences),
    )
    return sentence + tr("（分值待核）") if view.unconfirmed else sentence


def difference_sentence(line: SelfCheckLine) -> str:
    """Say what employer and inspectors answered to a question."""
    return tr(
        "单位“{said}”，检查“{found}”：{text}",
        said=line.said,
        found=line.found.word if line.found else "",
        text=line.text,
    )


def _line(asked: Form, question: Question, row: SelfCheck, form: Form, answer: Answer | None) -> SelfCheckLine:
    value, note = row.answers[question.id]
    return SelfCheckLine(
        number=question.number,
        item=form.by_id[question.id].number if question.id in form.by_id else None,
        question=question.id,
        section=asked.section(question.section).title,
        text=question.text,
        value=AnswerValue(value),
        said=self_check_rules().said(AnswerValue(value)),
        note=note,
        found=answer.value if answer else None,
        fact=(answer.fact or answer.reason) if answer else "",
    )
