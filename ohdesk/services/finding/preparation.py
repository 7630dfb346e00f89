"""What one should know before one goes (检查准备单): whom one meets, what is due and open there, and who came last."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, Visit
from ohdesk.db.queries.forms import form_of
from ohdesk.db.queries.roll import together
from ohdesk.domain.calendar import legal_day, printed_day
from ohdesk.domain.establishment import FIELD_BY_KEY
from ohdesk.domain.record import PhotoLine
from ohdesk.domain.rectification import UNSETTLED
from ohdesk.domain.visit import OpenKind, VisitState
from ohdesk.files import hand_out
from ohdesk.forms.going import partner_lines, technician_said
from ohdesk.forms.paper_places import LISTS, places_of
from ohdesk.i18n import in_chinese, tr
from ohdesk.reports.papers import Filling, Item, render_paper
from ohdesk.services.context import Context
from ohdesk.services.finding import follow_up
from ohdesk.services.finding.open_tasks import OpenTask, open_tasks
from ohdesk.services.finding.rows import RectificationRow
from ohdesk.services.guarded import refuse_file
from ohdesk.services.office import paper_forms
from ohdesk.services.register.books import books
from ohdesk.services.register.due import count_due
from ohdesk.services.visit import views
from ohdesk.services.visit.lookup import find_visit
from ohdesk.services.visit.photos import LostPhotoError, photo_bytes, photos_of
from ohdesk.services.visit.views import VisitLine, VisitRow, VisitView

_WIDE = ("name", "address", "hazards")
_PAIRS = (
    ("uscc", "kind"),
    ("person_in_charge", "legal_representative"),
    ("contact", "phone"),
    ("workers", "exposed_workers"),
    ("hazard_grade", "risk_class"),
    ("tested_on", "exam_on"),
    ("declared_on", "inspected_on"),
)
# Of each list: they give way, as nobody reads a second page at the door of the car; before each the photos do.
_MOST = (12, 9, 7, 5, 4, 3, 2, 1)

Words = Mapping[str, str]


class _Photo(NamedTuple):
    number: int
    sha256: str
    jpeg: bytes


@in_chinese()
def preparation_pdf(ctx: Context, visit_id: str) -> bytes:
    """Return the page to be printed. Raises ProblemsError for a character without a glyph."""
    count_due(ctx, books(ctx).by_id.values())
    view, today = views.visit_view(ctx, visit_id), legal_day(ctx.now())
    with ctx.reading() as session:
        form = paper_forms.page(session, "preparation", today).form
        values = _values(ctx, session, view, form.words)
        rows = {row.id: row for row in views.visit_rows(session, together(Visit.establishment, view.establishment))}
    values["today"] = printed_day(today)
    open_ones = follow_up.waiting_at(ctx, view.establishment, UNSETTLED)
    tasks = [each for each in open_tasks(ctx, view.establishment, visit_id) if each.kind is not OpenKind.FINDING]
    earlier = [each for each in views.visits_of(ctx, view.establishment) if each.visit != visit_id and _has_begun(each)]
    lists = {
        "open_findings": [_finding(form.words, number, row) for number, row in enumerate(open_ones, 1)],
        "dues": [_due(form.words, each, today.isoformat()) for each in tasks],
        "earlier": [_earlier(form.words, line, rows.get(line.visit)) for line in earlier],
    }
    photos = [photo for number, row in enumerate(open_ones[: _MOST[0]], 1) if (photo := _photo(ctx, number, row))]
    with_photos = (photos, ()) if photos else ((),)
    fillings = (_filling(form.words, values, lists, shown, most) for most in _MOST for shown in with_photos)
    for filling in fillings:
        drawn = render_paper(form, filling)
        if drawn.pages == 1:
            break
    return drawn.pdf


def write_preparation(ctx: Context, visit_id: str, target: Path) -> None:
    """Write the page into a file. Raises also UserError for an employer of whom no file is made."""
    with ctx.reading() as session:
        refuse_file(session, find_visit(session, visit_id).establishment)
    hand_out(target, preparation_pdf(ctx, visit_id))


def _values(ctx: Context, session: Session, view: VisitView, words: Words) -> dict[str, Any]:
    checklist = form_of(session, find_visit(session, view.id))
    establishment = session.get_one(Establishment, view.establishment)
    return {
        **dict.fromkeys(places_of("visit"), ""),
        **dict.fromkeys(LISTS, ()),
        "division_name": ctx.office.name,
        "form_title": checklist.title,
        "form_version": checklist.version,
        "needed_papers": "；".join(checklist.papers),
        "particulars": list(_particulars(words, view, establishment)),
        "pairs": list(_pairs(establishment)),
    }


def _filling(
    words: Words, values: Mapping[str, Any], lists: Mapping[str, Sequence[Item]], photos: Sequence[_Photo], most: int
) -> Filling:
    shown = [photo for photo in photos if photo.number <= most]
    cut = {key: _cut(words, key, items, most) for key, items in lists.items()}
    pictures = [_picture(words, photo) for photo in shown]
    jpegs = {photo.sha256: photo.jpeg for photo in shown}
    return Filling(values={**values, **cut, "photos": pictures}, photos=jpegs)


def _particulars(words: Words, view: VisitView, establishment: Establishment) -> Iterator[Item]:
    said = {
        "visit": " · ".join(filter(None, (view.planned_on, view.kind, view.source, view.task.reason))),
        "inspectors": "、".join(view.inspectors),
        "technicians": "、".join(map(technician_said, view.technicians)),
        "partners": "；".join(partner_lines(view.partners)),
        "taken": "；".join(each.task.said for each in view.tasks),
        "count": view.counted.sentence,
    }
    yield from ({"label": words[key], "text": text} for key, text in said.items() if text)
    yield from ({"label": _heading(key), "text": text} for key in _WIDE if (text := _held(establishment, key)))


def _pairs(establishment: Establishment) -> Iterator[Item]:
    for left, right in _PAIRS:
        text, beside = _held(establishment, left), _held(establishment, right)
        if text or beside:
            yield {"label": _heading(left), "text": text, "beside": _heading(right), "text_beside": beside}


def _heading(key: str) -> str:
    return tr(FIELD_BY_KEY[key].heading)


def _held(establishment: Establishment, key: str) -> str:
    value = getattr(establishment, key)
    return "" if value is None else str(value)


def _cut(words: Words, key: str, items: Sequence[Item], most: int) -> list[Item]:
    """Return as many items as are shown, and how many more there are in a line of its own."""
    left = len(items) - most
    first, *others = LISTS[key]
    where = "fact" if key == "open_findings" else first
    more = [{**dict.fromkeys((first, *others), ""), where: words["more"].format(count=left)}] if left > 0 else []
    return [*items[:most], *more]


def _finding(words: Words, number: int, row: RectificationRow) -> Item:
    standing = words["standing"].format(state=row.word, due=row.due, record=row.record)
    return {"number": str(number), "fact": row.fact, "standing": standing}


def _photo(ctx: Context, number: int, row: RectificationRow) -> _Photo | None:
    """Return a photo of a finding; None where there is none here, or its file is gone."""
    with ctx.reading() as session:
        photos: Sequence[PhotoLine] = photos_of(session, row.visit)
    for photo in photos:
        if photo.question == row.question and photo.sha256:
            try:
                return _Photo(number, photo.sha256, photo_bytes(ctx, photo))
            except LostPhotoError:
                continue  # said where it matters: when the record is looked at
    return None


def _picture(words: Words, photo: _Photo) -> Item:
    heading = words["photo"].format(number=photo.number)
    return {"number": str(photo.number), "sha256": photo.sha256, "heading": heading, "lines": ()}


def _due(words: Words, task: OpenTask, today: str) -> Item:
    is_over = "" < task.due_on < today
    day = words["overdue"].format(day=task.due_on) if is_over else task.due_on
    return {"what": task.said, "state": task.state, "due": day}


def _has_begun(line: VisitLine) -> bool:
    return line.state in {VisitState.OPEN, VisitState.CLOSED}


def _earlier(words: Words, line: VisitLine, row: VisitRow | None) -> Item:
    result = words["unfinished"] if line.state is VisitState.OPEN else ""
    if line.number:
        result = words["record"].format(number=line.number, count=line.findings)
    if row is None:
        return {"day": line.on, "who": "", "why": "", "result": result}
    why = " · ".join(filter(None, (row.kind, row.source, row.task.reason)))
    result = " ".join(filter(None, (row.outcome, result)))
    return {"day": line.on, "who": "、".join(row.inspectors), "why": why, "result": result}
