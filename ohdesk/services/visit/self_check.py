"""The self-check (自查) of an establishment: sent out for a visit, read back, and written out beside the answers."""

from hashlib import sha256
from pathlib import Path

from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, SelfCheck, Visit
from ohdesk.db.queries.forms import keep_edition
from ohdesk.domain.people import Right
from ohdesk.errors import UserError
from ohdesk.files import hand_out, handed_in_whole
from ohdesk.forms.definition import Form
from ohdesk.forms.self_check import MARK_DIGITS, self_check_form, self_check_rules
from ohdesk.i18n import in_chinese, tr
from ohdesk.reports.self_check import SelfCheckSheet, self_check_workbook
from ohdesk.reports.tables import Sheet, workbook
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.guarded import refuse_file
from ohdesk.services.visit.form_choice import planned_kind
from ohdesk.services.visit.lookup import find_visit
from ohdesk.services.visit.self_check_file import read_self_answers
from ohdesk.services.visit.self_check_views import self_check_of

_LARGEST = 20_000_000  # bytes of a workbook that comes back


@in_chinese()
def self_check_file(ctx: Context, visit_id: str) -> bytes:
    """Return the workbook that an establishment fills in for a visit.

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


def _asked(session: Session, visit_id: str) -> Visit:
    visit = find_visit(session, visit_id)
    if visit.is_patrol:
        raise UserError(tr("协管巡查不用检查表，也不向单位发自查表。"), tr("请在正式检查里发给单位。"))
    return visit


def _sheet(ctx: Context, session: Session, visit: Visit) -> SelfCheckSheet:
    establishment = session.get_one(Establishment, visit.establishment)
    form = _form(establishment)
    return SelfCheckSheet(
        title=form.title,
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
