"""综合查一次: all that is open at an establishment, gathered in one list before anybody goes there."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from ohdesk.db.models import Visit
from ohdesk.db.queries.roll import together
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.rectification import UNSETTLED
from ohdesk.domain.visit import UNFINISHED, OpenKind, TakenTask
from ohdesk.errors import UserError
from ohdesk.forms.detail_values import short
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.finding import follow_up
from ohdesk.services.finding.rows import RectificationRow
from ohdesk.services.register import listing
from ohdesk.services.register.listing import BookEntry
from ohdesk.services.visit.taken import taken_elsewhere
from ohdesk.services.visit.views import VisitRow, visit_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTask:
    """Something open at an establishment.

    id: of the finding, the entry or the visit · said: what it is · number: by which people name it, "" without one
    gist: what an entry is about, for the screen: what a visit keeps of it stands on papers of the office
    due_on: a day, "" without one · state: in words
    visit: an unfinished one that sees to it, or is it; visit_on: its day; "" while nobody does
    """

    kind: OpenKind
    id: str
    said: str
    number: str
    state: str
    due_on: str
    visit: str = ""
    visit_on: str = ""
    gist: str = ""

    @property
    def may_be_taken(self) -> bool:
        """True where a visit may see to it as well; a visit is another one's business, with its own team and draw."""
        return not self.visit

    @property
    def taken(self) -> TakenTask:
        """The task as a visit that takes it along keeps it."""
        return TakenTask(self.kind, self.id, self.said)

    @property
    def sentence(self) -> str:
        """What it is, until when, and who sees to it."""
        due = tr("{day} 到期", day=self.due_on) if self.due_on else ""
        elsewhere = tr("已列入 {day} 的检查", day=self.visit_on or tr("未定日期"))
        if not self.visit or self.kind is OpenKind.VISIT:
            elsewhere = ""
        return "　".join(filter(None, (self.said, self.gist, self.state, due, elsewhere)))


def open_tasks(ctx: Context, establishment: str, besides: str = "") -> tuple[OpenTask, ...]:
    """Return what is open at an establishment: arranged visits, findings, entries of the books, in this order.

    besides: a visit for which it is asked: what that one takes along is open to it
    """
    today = legal_day(ctx.now())
    findings = follow_up.waiting_at(ctx, establishment, UNSETTLED)
    entries = listing.open_about(ctx, establishment, today)
    with ctx.reading() as session:
        elsewhere = taken_elsewhere(session, establishment, besides)
        visits = tuple(_visits(session, establishment, besides))
    tasks = (*visits, *map(_finding, findings), *map(_entry, entries))
    return tuple(
        replace(each, visit=other.visit, visit_on=other.day) if (other := elsewhere.get(each.id)) else each
        for each in tasks
    )


def find_open(ctx: Context, establishment: str, text: str, besides: str = "") -> OpenTask:
    """Return what is open at an establishment by its id or its number. Raises UserError for none, or several."""
    wanted = clean_text(text).strip()
    found = [each for each in open_tasks(ctx, establishment, besides) if wanted and wanted in {each.id, each.number}]
    if len(found) == 1:
        return found[0]
    said = tr("“{text}”在这家单位有 {count} 件。") if found else tr("这家单位没有未办的“{text}”。")
    raise UserError(
        said.format(text=wanted, count=len(found)), tr("未办的事项和编号见 visit open-tasks，请写其中的编号。")
    )


def _visits(session: Session, establishment: str, besides: str) -> Iterator[OpenTask]:
    theirs = (together(Visit.establishment, establishment), Visit.state.in_(UNFINISHED), Visit.id != besides)
    for row in visit_rows(session, *theirs):
        yield OpenTask(
            kind=OpenKind.VISIT,
            id=row.id,
            said=_visit_said(row),
            number="",
            state=row.state.word,
            due_on="",
            visit=row.id,
            visit_on=row.started or row.planned_on,
        )


def _visit_said(row: VisitRow) -> str:
    day, who = row.started or row.planned_on, "、".join(row.inspectors)
    return "　".join(filter(None, (OpenKind.VISIT.word, day, " · ".join(filter(None, (row.kind, row.source))), who)))


def _finding(row: RectificationRow) -> OpenTask:
    number = f"{row.record}/{row.number}"
    said = tr("{kind} {number}：{fact}", kind=OpenKind.FINDING.word, number=number, fact=short(row.fact.rstrip("。")))
    return OpenTask(kind=OpenKind.FINDING, id=row.id, said=said, number=number, state=row.word, due_on=row.due_on)


def _entry(entry: BookEntry) -> OpenTask:
    return OpenTask(
        kind=OpenKind.ENTRY,
        id=entry.id,
        said=" ".join(filter(None, (entry.title, entry.number or entry.opened_on))),
        number=entry.number,
        state=entry.state,
        due_on=entry.due_on,
        gist=short(entry.gist),
    )
