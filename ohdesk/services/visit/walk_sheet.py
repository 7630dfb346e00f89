"""The sheet that is carried through the workshop: the visit's checklist on paper, with what is known already."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, Person, Visit
from ohdesk.db.queries.forms import form_of
from ohdesk.db.queries.standings import waiting
from ohdesk.domain.calendar import instant_text
from ohdesk.domain.establishment import FIELD_BY_KEY
from ohdesk.errors import UserError
from ohdesk.files import hand_out
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.forms.definition import DetailField, FieldKind, Form, Question
from ohdesk.forms.detail_values import rows_in
from ohdesk.i18n import in_chinese, tr
from ohdesk.reports.walk_sheet import Blank, Item, Part, RowsTable, WalkSheet, render_walk_sheet, walk_words
from ohdesk.services.context import Context
from ohdesk.services.guarded import refuse_file
from ohdesk.services.visit.filling import answers_of
from ohdesk.services.visit.known import Known, known_of
from ohdesk.services.visit.lookup import find_visit
from ohdesk.services.visit.traits import falling_away

_WHO = ("person_in_charge", "contact", "phone")
_HOW_MANY = ("workers", "exposed_workers", "dispatched_workers")


@in_chinese()
def walk_sheet_pdf(ctx: Context, visit_id: str) -> bytes:
    """Return the sheet of a visit to be printed, with the answers given so far.

    Raises UserError for a round of helpers, which has no checklist, ProblemsError for a character without a glyph.
    """
    with ctx.reading() as session:
        return render_walk_sheet(_sheet(ctx, session, find_visit(session, visit_id)))


def write_walk_sheet(ctx: Context, visit_id: str, target: Path) -> None:
    """Write the sheet of a visit into a file. Raises also UserError for an employer of whom no file is made."""
    with ctx.reading() as session:
        refuse_file(session, find_visit(session, visit_id).establishment)
    hand_out(target, walk_sheet_pdf(ctx, visit_id))


def _sheet(ctx: Context, session: Session, visit: Visit) -> WalkSheet:
    if visit.is_patrol:
        raise UserError(tr("协管巡查不填检查表，没有核查用表。"), tr("请把巡查看到的情况直接写进程序。"))
    form = form_of(session, visit)
    answers = {question: view.answer for question, view in answers_of(session, form, visit.id).items()}
    known = known_of(session, form, visit.establishment)
    fallen = falling_away(session, form, visit.establishment, answers)
    before = _last_time(ctx, session, visit)
    items = {
        id_: _item(question, answers.get(id_), known.get(id_, {}), fallen.get(id_, ""), before.get(id_, ""))
        for id_, question in form.by_id.items()
    }
    establishment = session.get_one(Establishment, visit.establishment)
    return WalkSheet(
        office=ctx.office.name,
        name=establishment.name,
        form=form.title,
        version=form.version,
        facts=_facts(session, visit, establishment),
        keys=tuple((value.digit, value.word) for value in AnswerValue),
        parts=tuple(
            Part(section.title, tuple(items[each.id] for each in form.questions if each.section == section.id))
            for section in form.sections
        ),
        tables=tuple(_tables(form, answers)),
        visit=visit.id,
    )


def _facts(session: Session, visit: Visit, establishment: Establishment) -> tuple[tuple[tuple[str, str], ...], ...]:
    labels = walk_words()["labels"]

    def field(key: str) -> tuple[str, str]:
        value = getattr(establishment, key)
        return tr(FIELD_BY_KEY[key].heading), "" if value is None else str(value)

    inspectors = "、".join(session.get_one(Person, person).name for person in visit.inspectors)
    whom = visit.start.accompanied_by if visit.start else ""
    return (
        ((labels["name"], " ".join(filter(None, (establishment.name, establishment.uscc)))),),
        (field("address"),),
        tuple(map(field, _WHO)),
        tuple(map(field, _HOW_MANY)),
        (field("hazards"),),
        (
            (labels["inspectors"], inspectors),
            (labels["planned_on"], visit.task.planned_on),
            (labels["times"], ""),
            (labels["accompanied_by"], whom),
        ),
    )


def _last_time(ctx: Context, session: Session, visit: Visit) -> dict[str, str]:
    """Return, by question, what was found last time and is not put right, in a sentence."""
    word, began = walk_words()["last_time"], instant_text(visit.started_at or ctx.now())
    found = session.execute(waiting(visit.establishment, began))
    return {question: word.format(day=day.isoformat(), fact=fact) for question, fact, day in found}


def _item(question: Question, answer: Answer | None, known: Mapping[str, Known], fallen: str, before: str) -> Item:
    """Return a question as it is printed; of one that does not apply nothing is asked but what one sees.

    before: what was found last time, until there is an answer
    """
    to_check = walk_words()["known"]
    details = answer.details if answer else {key: to_check.format(text=each.text) for key, each in known.items()}
    asked = () if fallen else question.fields
    return Item(
        number=question.number,
        text=question.text,
        given=answer.value.digit if answer else "",
        blanks=tuple(
            _blank(each, details.get(each.key, ""))
            for each in asked
            if each.computed is None and each.kind is not FieldKind.REPEAT
        ),
        note=(answer.fact or answer.reason) if answer else before or fallen,
    )


def _blank(field: DetailField, text: str) -> Blank:
    words = "/".join(choice.zh for choice in field.choices)
    label = walk_words()["choice"].format(label=field.label, words=words) if words else field.named
    return Blank(label, field.word(text), field.kind.is_number)


def _tables(form: Form, answers: Mapping[str, Answer]) -> Iterator[RowsTable]:
    """Yield what is asked row by row, with the rows that are there; what is computed is left to the program."""
    for question in form.questions:
        details = answers[question.id].details if question.id in answers else {}
        for field in question.fields:
            if field.kind is FieldKind.REPEAT:
                columns = [each for each in field.columns if each.computed is None]
                rows = rows_in(details.get(field.key, ""))
                yield RowsTable(
                    number=question.number,
                    title=field.label,
                    columns=tuple(each.named for each in columns),
                    rows=tuple(tuple(each.word(row.get(each.key, "")) for each in columns) for row in rows),
                )
