"""The papers there are: of a visit, of an establishment, of the office; those of final records among them."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ohdesk.db.models import Entry, Record, RecordPaper
from ohdesk.domain.calendar import legal_day, parse_instant
from ohdesk.domain.paper_life import PaperState
from ohdesk.domain.record import RECORD
from ohdesk.services.context import Context
from ohdesk.services.register.due import SOON
from ohdesk.services.register.tables import of_office

BOOK = "papers"


# Fields of an entry that nobody reads as they stand: the page of the paper says them.
NOT_READ = frozenset({"paper", "paper_set", "mode", "visit", "source_entry", "typed", "typed_inside"})


class PaperRow(NamedTuple):
    """A paper in a list.

    id: of its entry; of a paper of a final record the SHA-256 of its PDF, which it is known by
    day: of issue or signing, "2026-03-02" · pdf: SHA-256 of its PDF, "" while there is none
    """

    id: str
    paper: str
    title: str
    number: str
    state: PaperState
    visit: str
    establishment: str
    day: str
    pdf: str = ""


def list_papers(ctx: Context, visit: str = "", establishment: str = "") -> tuple[PaperRow, ...]:
    """Return the papers of a visit or an establishment, or all, in the order they arose."""
    with ctx.reading() as session:
        if visit:
            return of_visit(session, visit)
        entries = _entries(session, establishment=establishment)
        visits = select(Record.visit)
        if establishment:
            visits = visits.where(Record.listed_under == establishment)
        records = [row for each in session.scalars(visits) for row in _of_record(session, each)]
        return tuple(sorted([*records, *entries], key=lambda row: (row.day, row.number)))


def pressing(ctx: Context) -> tuple[PaperRow, ...]:
    """Return the papers of this office of which a term ends within a week or has ended, as `due.count_due` counted."""
    last = legal_day(ctx.now()) + SOON
    with ctx.reading() as session:
        pressed = of_office(Entry, ctx.office.division) & (Entry.next_due <= last)
        return tuple(map(_row, session.scalars(_wanted().where(pressed).order_by(Entry.next_due))))


def of_visit(session: Session, visit: str) -> tuple[PaperRow, ...]:
    """Return the papers of a visit within an open session: those of its record first."""
    if not visit:
        return ()
    return (*_of_record(session, visit), *_entries(session, visit=visit))


def _entries(session: Session, visit: str = "", establishment: str = "") -> Iterable[PaperRow]:
    wanted = _wanted()
    if visit:
        wanted = wanted.where(Entry.values["visit"].as_string() == visit)
    if establishment:
        wanted = wanted.where(Entry.establishment == establishment)
    yield from map(_row, session.scalars(wanted.order_by(Entry.id)))


def _wanted() -> Select[Entry]:
    return select(Entry).where(Entry.register == BOOK, ~Entry.withdrawn)


def _row(entry: Entry) -> PaperRow:
    values = entry.values
    pdf = values.get("pdf")
    return PaperRow(
        id=entry.id,
        paper=str(values.get("paper") or ""),
        title=str(values.get("title") or ""),
        number=entry.number,
        state=PaperState(entry.state or "draft"),
        visit=str(values.get("visit") or ""),
        establishment=entry.establishment,
        day=str(values.get("signed_on") or values.get("issued_on") or entry.opened_on or ""),
        pdf=str(pdf[0][0]) if isinstance(pdf, tuple | list) and pdf else "",
    )


def _of_record(session: Session, visit: str) -> Iterable[PaperRow]:
    record = session.get(Record, visit)
    if record is None:
        return
    yield _signed(record, record.pdf_sha256, RECORD, record.title, record.number, record.finalized_at)
    beside = select(RecordPaper).where(RecordPaper.visit == visit).order_by(RecordPaper.at, RecordPaper.number)
    for row in session.scalars(beside):
        yield _signed(record, row.pdf_sha256, row.paper, row.title, row.number, row.at)


def _signed(record: Record, pdf: str, paper: str, title: str, number: str, at: str) -> PaperRow:
    return PaperRow(
        id=pdf,
        paper=paper,
        title=title,
        number=number,
        state=PaperState.SIGNED,
        visit=record.visit,
        establishment=record.establishment,
        day=legal_day(parse_instant(at)).isoformat(),
        pdf=pdf,
    )
