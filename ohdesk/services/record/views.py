"""What 文书签名 shows: visits ready to be signed, final records, and one record opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ohdesk.db.engine import roomy
from ohdesk.db.models import (
    Amendment,
    Establishment,
    PdfVerdict,
    Person,
    Record,
    RecordInspector,
    RecordPhoto,
    Visit,
)
from ohdesk.db.queries import verified
from ohdesk.db.queries.among import among
from ohdesk.db.queries.lists import lists
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.record import InspectionRecord, PhotoLine, SignedIn, Verification
from ohdesk.domain.visit import VisitState
from ohdesk.errors import MachineError, UserError
from ohdesk.files import medium_told, safe_stem, write_durably
from ohdesk.i18n import tr
from ohdesk.search import DASH, folded
from ohdesk.services import blobs
from ohdesk.services.context import Context
from ohdesk.services.guarded import is_guarded, no_file
from ohdesk.services.list_query import ListQuery
from ohdesk.services.record import finalizing, photo_pages, verdicts
from ohdesk.services.record.verdicts import NOTHING_KNOWN, Known
from ohdesk.services.visit.lookup import find_record
from ohdesk.services.visit.views import visit_rows

READY, FINAL, PHOTOS, BAD, OPEN = PARTS = ("ready", "final", "photos", "bad", "open")
_SAME_NAME_TRIES = 100
_LOOKED_AT = frozenset({Verification.GOOD, Verification.UNCHECKED})
_OPEN = (Verification.WAITING, Verification.UNCHECKED)


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One line: a visit ready to be signed, or a final record.

    day: of the inspection, "2026-03-02" · search: what the establishment is found by
    awaited: numbers of announced photos that are on no page yet · held: the PDF itself is here
    verified: what is known of the PDF · revoked: signed with a key that the county had taken back by then
    is_printed: fair copies were, and their scans are awaited · signed_in: of a final record
    """

    visit: str
    number: str
    name: str
    day: str
    outcome: str
    search: str
    inspectors: tuple[str, ...]
    is_final: bool
    awaited: tuple[int, ...] = ()
    held: bool = False
    amendments: int = 0
    verified: Verification = Verification.GOOD
    revoked: bool = False
    is_printed: bool = False
    signed_in: SignedIn = SignedIn.ELECTRONIC

    @property
    def id(self) -> str:
        """By which a list finds the line again."""
        return self.visit


@dataclass(frozen=True, slots=True)
class Documents:
    """What a query finds, by visit and in order, and how many lines stand under each part.

    waiting: the lines themselves where they are visits ready to be signed, of which there are few
    """

    visits: tuple[str, ...]
    counts: Mapping[str, int]
    waiting: Mapping[str, DocumentRow] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AmendmentView:
    """A statement added to a final record; at: UTC text."""

    statement: str
    reason: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A signed PDF of a visit: the record, or a photo page to it.

    lost: why its bytes cannot be shown, else empty
    guarded: of an employer that handles state secrets: it is printed, and no file is made of it
    """

    title: str
    number: str
    stem: str
    pdf_sha256: str
    known: Known
    pdf: bytes = field(repr=False)
    lost: str = ""
    guarded: bool = False

    @property
    def file_name(self) -> str:
        """Under which a copy is proposed."""
        return f"{self.stem}.pdf"


@dataclass(frozen=True, slots=True)
class OpenRecord:
    """A final record as it is looked at.

    own: made by this office, which alone may add to it · withheld: its photos that stand on no paper
    """

    visit: str
    number: str
    name: str
    record_sha256: str
    finalized_at: str
    own: bool
    papers: tuple[Paper, ...]
    amendments: tuple[AmendmentView, ...]
    awaited: tuple[int, ...]
    withheld: tuple[PhotoLine, ...]
    signed_in: SignedIn

    def is_drawn(self, paper: Paper) -> bool:
        """True for a PDF whose pages this process may draw: our own, or one in which a child found nothing wrong."""
        return not paper.lost and (self.own or paper.known.verified in _LOOKED_AT)


def documents(ctx: Context, query: ListQuery) -> Documents:
    """Return what stands under one of `PARTS` and matches a search, else the newest first: for a Job."""
    sought = folded(query.sought)
    with ctx.reading() as session, roomy(session):
        waiting = _waiting(session)
        counts = _counts(session, ctx.office.division) | {READY: len(waiting)}
        if query.part == READY:
            found = [row for row in waiting if sought in f"{folded(row.name)} {row.search}"]
            if query.order:
                found.sort(key=attrgetter(query.order), reverse=query.falling)
            return Documents(tuple(row.visit for row in found), counts, {row.visit: row for row in found})
        return Documents(tuple(session.scalars(_finals(query, ctx.office.division))), counts)


def document_rows(ctx: Context, listed: Documents, visits: Sequence[str]) -> list[DocumentRow]:
    """Return these lines of a list, in the order given; without those that have gone since."""
    rows = listed.waiting or _final_rows(ctx, visits)
    return [rows[visit] for visit in visits if visit in rows]


def is_final(ctx: Context, visit_id: str) -> bool:
    """True when a visit has its final record."""
    with ctx.reading() as session:
        return session.get(Record, visit_id) is not None


def open_record(ctx: Context, visit_id: str) -> OpenRecord:
    """Return a final record with its PDFs, each compared with its hash. Raises UserError when there is none."""
    final = finalizing.final_record(ctx, visit_id)
    with ctx.reading() as session:
        row = find_record(session, visit_id)
        # At the county the papers of all towns are read, but only the office that made a record may add to it.
        own, signed_in = row.division == ctx.office.division, row.signed_in
        known = [(final.record.title, final.number, final.pdf_sha256)]
        known += [(page.title, page.number, page.pdf_sha256) for page in photo_pages.papers_beside(session, visit_id)]
        amendments = _amendments(session, visit_id)
        judged = verdicts.known(session, visit_id)
        secret = is_guarded(session, row.establishment)
    papers = (_paper(ctx, final.record, *each, judged.get(each[2], NOTHING_KNOWN)) for each in known)
    return OpenRecord(
        visit=visit_id,
        number=final.number,
        name=final.record.body.name,
        record_sha256=final.record_sha256,
        finalized_at=final.finalized_at,
        own=own,
        papers=tuple(replace(each, guarded=secret) for each in papers),
        amendments=amendments,
        awaited=photo_pages.awaited_photos(ctx, visit_id) if own else (),
        withheld=tuple(each for each in final.record.photos if not each.announced and not each.printed),
        signed_in=signed_in,
    )


def save_copy(paper: Paper, target: Path) -> Path:
    """Write the very bytes of a signed PDF to a file and read them back.

    Raises UserError for one of which no file is made, MachineError when writing goes wrong.
    """
    if paper.guarded:
        raise no_file()
    remedy = tr("请检查磁盘空间和写入权限，或另选位置。")
    write_durably(target, paper.pdf)
    # Read back: what leaves on a stick is evidence, and cheap sticks lie about what they have stored.
    with medium_told(target):
        whole = sha256(target.read_bytes()).hexdigest() == paper.pdf_sha256
    if not whole:
        raise MachineError(tr("写入的文件与定稿不一致：{path}", path=target), remedy)
    return target


def export(paper: Paper, folder: Path) -> Path:
    """Write a signed PDF into a folder under the first free name and return its path; its very bytes only once.

    Raises UserError for a folder that is not there, and for a paper that is lost.
    """
    if paper.lost:
        raise UserError(paper.lost, tr("请换一份文书，或从备份恢复。"))
    if not folder.is_dir():
        raise UserError(tr("找不到文件夹“{folder}”。", folder=folder), tr("请检查路径后再导出。"))
    for number in range(1, _SAME_NAME_TRIES):
        path = folder / (f"{paper.stem}.pdf" if number == 1 else f"{paper.stem}_{number}.pdf")
        if not path.exists():
            return save_copy(paper, path)
        # Whoever exports again before a hearing must not wonder which of two files is the one.
        with medium_told(path):
            if sha256(path.read_bytes()).hexdigest() == paper.pdf_sha256:
                return path
    raise UserError(tr("“{folder}”中同名文件太多。", folder=folder), tr("请另选一个文件夹。"))


def _waiting(session: Session) -> list[DocumentRow]:
    """Return the visits that are ready to be signed, the newest first."""
    return [
        DocumentRow(
            visit=row.id,
            number="",
            name=row.name,
            day=legal_day(row.started_at).isoformat() if row.started_at else row.planned_on,
            outcome=row.outcome,
            search=row.search,
            inspectors=row.inspectors,
            is_final=False,
            is_printed=row.is_printed,
        )
        for row in visit_rows(session, Visit.state == VisitState.OPEN)
        if row.awaits_signature
    ]


def _counts(session: Session, division: str) -> dict[str, int]:
    known = verdicts.counted(session)
    awaiting = select(func.count(RecordPhoto.visit.distinct())).where(_awaits(RecordPhoto.visit, division))
    return {
        FINAL: known.total(),
        PHOTOS: session.scalar(awaiting) or 0,
        BAD: known[Verification.BAD],
        OPEN: sum(known[state] for state in _OPEN),
    }


def _awaits(visit: InstrumentedAttribute[str], division: str) -> ColumnElement[bool]:
    """True for a record of this office that announced photos which are on no page yet."""
    own = select(Record.visit).where(Record.division == division)
    announced = photo_pages.awaited().subquery()
    return visit.in_(select(announced.c.visit).where(announced.c.visit.in_(own)))


def _finals(query: ListQuery, division: str) -> Select[str]:
    """Ask for the final records of a part that match, by their visits, in the order wanted."""
    wanted = select(Record.visit)
    by_verdict = {BAD: (Verification.BAD,), OPEN: _OPEN}.get(query.part)
    if by_verdict or query.order == "state":
        wanted = wanted.outerjoin(PdfVerdict, verified.of(Record))
    if by_verdict:
        wanted = wanted.where(verified.verification().in_(by_verdict))
    if query.part == PHOTOS:
        wanted = wanted.where(_awaits(Record.visit, division))
    if sought := folded(query.sought):
        # As it was called then, and as it is called and found today.
        said = func.replace(func.lower(Record.number.concat(" ").concat(Record.establishment_name)), DASH, "-")
        wanted = wanted.outerjoin(Establishment, Establishment.id == Record.listed_under)
        wanted = wanted.where(or_(said.contains(sought, autoescape=True), _found_today(sought)))
    return wanted.order_by(*query.first_by(_ORDERS), Record.finalized_at.desc(), Record.visit.desc())


def _found_today(sought: str) -> ColumnElement[bool]:
    return Establishment.search.contains(sought, autoescape=True)


_ORDERS: dict[str, ColumnElement[Any]] = {
    "number": Record.number.expression,
    "name": Record.establishment_name.expression,
    "day": Record.inspected_on.expression,
    "outcome": Record.outcome_name.expression,
    "state": verified.rank(),
}
ORDERS = tuple(_ORDERS)


def _final_rows(ctx: Context, visits: Sequence[str]) -> dict[str, DocumentRow]:
    names = select(RecordInspector.visit, RecordInspector.name).order_by(RecordInspector.visit, RecordInspector.seat)
    own = select(Record.visit).where(Record.division == ctx.office.division)
    with ctx.reading() as session:
        inspectors = lists(session, names.where(among(RecordInspector.visit, visits)))
        announced = photo_pages.awaited().where(among(RecordPhoto.visit, visits), RecordPhoto.visit.in_(own))
        awaited = lists(session, announced)
        rows = finalizing.record_rows(session, among(Record.visit, visits))
    return {
        row.visit: DocumentRow(
            visit=row.visit,
            number=row.number,
            name=row.establishment_name,
            day=row.inspected_on.isoformat(),
            outcome=row.outcome,
            search=row.search,
            inspectors=tuple(inspectors[row.visit]),
            is_final=True,
            awaited=tuple(awaited[row.visit]),
            held=row.held,
            amendments=row.amendments,
            verified=row.verified,
            revoked=row.revoked,
            signed_in=row.signed_in,
        )
        for row in rows
    }


def _amendments(session: Session, visit_id: str) -> tuple[AmendmentView, ...]:
    rows = session.execute(
        select(Amendment, Person.name)
        .outerjoin(Person, Person.id == Amendment.by)
        .where(Amendment.visit == visit_id)
        .order_by(Amendment.at, Amendment.operation)
    )
    return tuple(AmendmentView(row.statement, row.reason, name or row.by, row.at) for row, name in rows)


def _paper(ctx: Context, record: InspectionRecord, title: str, number: str, digest: str, known: Known) -> Paper:
    stem = safe_stem("_".join((title, number, record.office.division, record.body.name)))
    try:
        return Paper(title, number, stem, digest, known, blobs.read(ctx, digest))
    except blobs.LostBlobError as error:
        return Paper(title, number, stem, digest, known, b"", error.whole)
