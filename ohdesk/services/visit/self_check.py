"""The self-check of an employer (自查): sent out for a visit, read back, graded, and beside the inspectors' answers."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, SelfCheck, Visit
from ohdesk.db.prepared import cursor_of
from ohdesk.db.queries.forms import edition, form_of, keep_edition
from ohdesk.domain.people import Right
from ohdesk.errors import UserError
from ohdesk.files import hand_out, handed_in_whole
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.forms.definition import Form, Question
from ohdesk.forms.score import Scored, scored
from ohdesk.forms.self_check import MARK_DIGITS, self_check_form, self_check_rules
from ohdesk.i18n import in_chinese, tr
from ohdesk.reports.self_check import SelfCheckSheet, self_check_workbook
from ohdesk.reports.tables import Sheet, workbook
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.guarded import refuse_file
from ohdesk.services.visit.filling import answers_of
from ohdesk.services.visit.form_choice import planned_kind
from ohdesk.services.visit.lookup import find_visit
from ohdesk.services.visit.self_check_file import read_self_answers

_LARGEST = 20_000_000  # bytes of a workbook that comes back
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
        return None if self.found not in _SETTLED else self.found is not self.value


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
    def differences(self) -> tuple[SelfCheckLine, ...]:
        """The questions on which employer and inspectors do not agree, those that were found 不合格 first."""
        differing = (line for line in self.lines if line.differs)
        return tuple(sorted(differing, key=lambda line: line.found is not AnswerValue.NOT_MET))


@in_chinese()
def self_check_file(ctx: Context, visit_id: str) -> bytes:
    """Return the workbook that an employer fills in for a visit.

    Raises UserError for a round of helpers, and for an employer of whom no file is made.
    """
    with ctx.reading() as session:
        visit = _asked(session, visit_id)
        refuse_file(session, visit.establishment)
        return self_check_workbook(_sheet(ctx, session, visit))


def write_self_check(ctx: Context, visit_id: str, target: Path) -> None:
    """Write the workbook into a file. Raises as `self_check_file` does."""
    hand_out(target, self_check_file(ctx, visit_id))


def take_self_check(ctx: Context, visit_id: str, path: Path) -> Change:
    """Read a self-check that came back, in the child process, and keep it beside the visit, over an earlier one.

    Raises UserError for another file, visit or edition, ProblemsError naming every cell that is not as it should be;
    nothing is stored then.
    """
    ctx.require(Right.VISIT)
    with ctx.reading() as session:
        sent = _sheet(ctx, session, _asked(session, visit_id))
    too_large = UserError(tr("自查表太大：{file}", file=path.name), tr("请选择单位交回的自查表。"))
    read = read_self_answers(path, sent)
    digest = sha256(handed_in_whole(path, _LARGEST, too_large)).hexdigest()
    with ctx.transaction() as session:
        visit = _asked(session, visit_id)
        session.merge(
            SelfCheck(
                visit=visit.id,
                form_sha256=keep_edition(session, _form(session.get_one(Establishment, visit.establishment))),
                taken_at=ctx.now(),
                taken_by=ctx.actor.name,
                filled_by=read.filled_by,
                filled_on=read.filled_on,
                sha256=digest,
                answers={question: (value.value, note) for question, (value, note) in read.answers.items()},
            )
        )
    return Change.VISITS


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


def write_comparison(ctx: Context, visit_id: str, target: Path) -> int:
    """Write what employer and inspectors said, question by question, into a workbook; return how many differ.

    Raises UserError while nothing came back, and for an employer of whom no file is made.
    """
    with ctx.reading() as session:
        refuse_file(session, find_visit(session, visit_id).establishment)
    view = self_check_of(ctx, visit_id)
    if view is None:
        raise UserError(tr("这次检查还没有读入单位的自查表。"), tr("请先读入单位交回的自查表。"))
    words = self_check_rules().comparison
    agrees = {None: words["open"], True: words["no"], False: words["yes"]}
    headings = [
        words[key] for key in ("number", "question", "section", "text", "said", "note", "found", "fact", "differs")
    ]
    rows = [
        (
            *(line.number, line.question, line.section, line.text, line.said, line.note),
            *(line.found.word if line.found else "", line.fact, agrees[line.differs]),
        )
        for line in view.lines
    ]
    hand_out(target, workbook([Sheet(words["sheet"], headings, rows)]))
    return len(view.differences)


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


def _asked(session: Session, visit_id: str) -> Visit:
    visit = find_visit(session, visit_id)
    if visit.is_patrol:
        raise UserError(tr("协管巡查不用检查表，也不向单位发自查表。"), tr("请在正式检查里发给单位。"))
    return visit


def _sheet(ctx: Context, session: Session, visit: Visit) -> SelfCheckSheet:
    establishment = session.get_one(Establishment, visit.establishment)
    form = _form(establishment)
    return SelfCheckSheet(
        office=ctx.office.name,
        visit=visit.id,
        form=form.id,
        version=form.version,
        mark=form.sha256[:MARK_DIGITS],
        name=establishment.name,
        uscc=establishment.uscc,
        questions=form.questions,
    )


def _form(establishment: Establishment) -> Form:
    form = self_check_form(planned_kind(establishment.kind))
    if form is None:
        raise UserError(tr("{kind}没有自查表。", kind=establishment.kind), tr("请按检查表检查。"))
    return form


def _line(asked: Form, question: Question, row: SelfCheck, form: Form, answer: Answer | None) -> SelfCheckLine:
    value, note = row.answers[question.id]
    return SelfCheckLine(
        number=question.number,
        item=form.by_id[question.id].number if question.id in form.by_id else None,
        question=question.id,
        section=asked.section_title(question.section),
        text=question.text,
        value=AnswerValue(value),
        said=self_check_rules().said(AnswerValue(value)),
        note=note,
        found=answer.value if answer else None,
        fact=(answer.fact or answer.reason) if answer else "",
    )
