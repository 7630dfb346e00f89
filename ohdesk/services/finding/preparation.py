"""What one should know before one goes (检查准备单): whom one meets, what is due and open there, and who came last."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ohdesk.db.models import Establishment, Visit
from ohdesk.db.queries.forms import form_of
from ohdesk.db.queries.roll import together
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.establishment import FIELD_BY_KEY
from ohdesk.domain.record import PhotoLine
from ohdesk.domain.rectification import UNSETTLED
from ohdesk.domain.visit import OpenKind, VisitState
from ohdesk.files import hand_out
from ohdesk.forms.going import partner_lines, technician_said
from ohdesk.i18n import in_chinese, tr
from ohdesk.reports.preparation import (
    MOST,
    DueLine,
    EarlierVisit,
    OpenFinding,
    Preparation,
    preparation_words,
    render_preparation,
)
from ohdesk.services.context import Context
from ohdesk.services.finding import follow_up
from ohdesk.services.finding.open_tasks import OpenTask, open_tasks
from ohdesk.services.finding.rows import RectificationRow
from ohdesk.services.guarded import refuse_file
from ohdesk.services.register.books import books
from ohdesk.services.register.due import count_due
from ohdesk.services.visit import views
from ohdesk.services.visit.lookup import find_visit
from ohdesk.services.visit.photos import LostPhotoError, photo_bytes, photos_of
from ohdesk.services.visit.views import VisitLine, VisitRow, VisitView

_FIELDS = (
    ("name",),
    ("uscc", "kind"),
    ("address",),
    ("person_in_charge", "legal_representative"),
    ("contact", "phone"),
    ("workers", "exposed_workers"),
    ("hazards",),
    ("hazard_grade", "risk_class"),
    ("tested_on", "exam_on"),
    ("declared_on", "inspected_on"),
)


@in_chinese()
def preparation_pdf(ctx: Context, visit_id: str) -> bytes:
    """Return the page to be printed. Raises ProblemsError for a character without a glyph."""
    count_due(ctx, books(ctx).by_id.values())
    view = views.visit_view(ctx, visit_id)
    with ctx.reading() as session:
        form = form_of(session, find_visit(session, visit_id))
        fields = tuple(_fields(view, session.get_one(Establishment, view.establishment)))
        rows = {row.id: row for row in views.visit_rows(session, together(Visit.establishment, view.establishment))}
    words, day = preparation_words(), legal_day(ctx.now()).isoformat()
    tasks = open_tasks(ctx, view.establishment, visit_id)
    open_ones = follow_up.waiting_at(ctx, view.establishment, UNSETTLED)
    photos = {row.id: _photo(ctx, row) for row in open_ones[:MOST]}
    earlier = [each for each in views.visits_of(ctx, view.establishment) if each.visit != visit_id and _has_begun(each)]
    return render_preparation(
        Preparation(
            office=ctx.office.name,
            name=view.name,
            about=words["about"].format(office=ctx.office.name, day=day, form=form.title, version=form.version),
            fields=fields,
            dues=tuple(_due(each, day) for each in tasks if each.kind is not OpenKind.FINDING),
            findings=tuple(
                OpenFinding(number, row.fact, _standing(row), photos[row.id][0] if row.id in photos else "")
                for number, row in enumerate(open_ones, 1)
            ),
            visits=tuple(_earlier(line, rows.get(line.visit)) for line in earlier),
            papers=(
                words["taken"].format(list="、".join(words["taken_list"])),
                words["shown"].format(list="；".join(form.papers)),
            ),
            photos={digest: photo for digest, photo in photos.values() if digest},
        )
    )


def write_preparation(ctx: Context, visit_id: str, target: Path) -> None:
    """Write the page into a file. Raises also UserError for an employer of whom no file is made."""
    with ctx.reading() as session:
        refuse_file(session, find_visit(session, visit_id).establishment)
    hand_out(target, preparation_pdf(ctx, visit_id))


def _fields(view: VisitView, establishment: Establishment) -> Iterator[tuple[tuple[str, str], ...]]:
    words = preparation_words()
    labels = words["labels"]
    why = " · ".join(filter(None, (view.planned_on, view.kind, view.source, view.task.reason)))
    yield ((labels["visit"], why),)
    yield ((labels["inspectors"], "、".join(view.inspectors)),)
    if view.technicians:
        yield ((labels["technicians"], "、".join(map(technician_said, view.technicians))),)
    if view.partners:
        yield ((labels["partners"], "；".join(partner_lines(view.partners))),)
    if view.tasks:
        yield ((labels["taken"], "；".join(each.task.said for each in view.tasks)),)
    yield ((labels["count"], view.counted.sentence),)
    for line in _FIELDS:
        values = [(tr(FIELD_BY_KEY[key].heading), getattr(establishment, key)) for key in line]
        if any(value not in {None, ""} for _, value in values):
            yield tuple((heading, "" if value is None else str(value)) for heading, value in values)


def _due(task: OpenTask, today: str) -> DueLine:
    is_over = "" < task.due_on < today
    day = preparation_words()["overdue"].format(day=task.due_on) if is_over else task.due_on
    return DueLine(task.said, task.state, day)


def _standing(row: RectificationRow) -> str:
    said: str = preparation_words()["standing"]
    return said.format(state=row.word, due=row.due, record=row.record)


def _photo(ctx: Context, row: RectificationRow) -> tuple[str, bytes]:
    """Return hash and bytes of a photo of a finding; nothing where there is none here, or its file is gone."""
    with ctx.reading() as session:
        photos: Sequence[PhotoLine] = photos_of(session, row.visit)
    for photo in photos:
        if photo.question == row.question and photo.sha256:
            try:
                return photo.sha256, photo_bytes(ctx, photo)
            except LostPhotoError:
                continue  # said where it matters: when the record is looked at
    return "", b""


def _has_begun(line: VisitLine) -> bool:
    return line.state in {VisitState.OPEN, VisitState.CLOSED}


def _earlier(line: VisitLine, row: VisitRow | None) -> EarlierVisit:
    words = preparation_words()
    result = words["unfinished"] if line.state is VisitState.OPEN else ""
    if line.number:
        result = words["record"].format(number=line.number, count=line.findings)
    if row is None:
        return EarlierVisit(line.on, "", "", result)
    why = " · ".join(filter(None, (row.kind, row.source, row.task.reason)))
    return EarlierVisit(line.on, "、".join(row.inspectors), why, " ".join(filter(None, (row.outcome, result))))
