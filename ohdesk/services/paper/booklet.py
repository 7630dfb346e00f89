"""A booklet for a supervisor: cover, figures, contents, and the papers of a period bound under running numbers.

What a party was given or the public may read, records first; never a draft, nothing internal, nothing of a complaint.
How many pages it has is known before a byte is written; then one paper at a time is read.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from sqlalchemy import select

from ohdesk.db.models import Entry, Establishment, Record, RecordPaper
from ohdesk.db.queries.among import among
from ohdesk.domain.calendar import legal_day, printed_day
from ohdesk.domain.paper_life import PaperState
from ohdesk.domain.people import Right
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.domain.record import RECORD, Verification
from ohdesk.domain.rectification import Standing
from ohdesk.errors import UserError
from ohdesk.i18n import in_chinese, tr
from ohdesk.services import blobs
from ohdesk.services.context import Context
from ohdesk.services.county import coverage
from ohdesk.services.finding import follow_up
from ohdesk.services.guarded import guarded
from ohdesk.services.office import paper_forms
from ohdesk.services.paper.batch import LeftOut
from ohdesk.services.paper.binding import Bound, Front, Leaf, made, place, write_bound
from ohdesk.services.paper.entries import BOOK, paper_entry
from ohdesk.services.paper.issuing import issuing_of
from ohdesk.services.paper.subject import Subject
from ohdesk.services.record import finalizing
from ohdesk.services.record.finalizing import RecordRow

_FORM = "booklet"
_SHOWN = frozenset({"party", "public"})
_FIXED = frozenset(PaperState) - {PaperState.DRAFT, PaperState.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Booklet:
    """A booklet as it would be: cover and contents, then the papers in their places; and what cannot be bound."""

    front: Front
    front_pages: int
    bound: tuple[Bound, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def pages(self) -> int:
        """How many pages it has, cover and contents with them."""
        return self.front_pages + (self.bound[-1].last if self.bound else 0)


def plan(ctx: Context, first: date, last: date, report: Progress = unwatched) -> Booklet:
    """Return the booklet of the papers between two days, counted: for a Job.

    Raises UserError where there is none of that time.
    """
    ctx.require(Right.READ)
    records = [row for row in finalizing.list_records(ctx) if _is_bound(ctx, row) and first <= row.inspected_on <= last]
    records.sort(key=lambda row: (row.inspected_on, row.number))
    leaves = [*_of_records(ctx, records), *_of_papers(ctx, first, last)]
    if not leaves:
        remedy = tr("请另选一段时间；草稿、内部文书和涉密单位的文书不编入。")
        raise UserError(tr("{first} 至 {last} 没有可以编入的文书。", first=first, last=last), remedy)
    counted = iter(range(len(leaves)))
    bound, left_out = place(leaves, lambda: report(next(counted), len(leaves)))
    report(len(leaves), len(leaves))
    front = _front(ctx, first, last, records, bound)
    return Booklet(front, front.pages, bound, left_out)


def write(booklet: Booklet, target: Path, report: Progress = unwatched) -> None:
    """Write a booklet that was counted.

    Raises UserError for a paper that has gone since, MachineError from the medium.
    """
    write_bound(target, booklet.front.title, (booklet.front,), booklet.bound, report=report)


def _is_bound(ctx: Context, row: RecordRow) -> bool:
    # What came from elsewhere is opened here only after it was found good.
    return row.held and (row.division == ctx.office.division or row.verified is Verification.GOOD)


def _of_records(ctx: Context, records: Sequence[RecordRow]) -> Iterable[Leaf]:
    """Yield the papers of records, each record with those beside it."""
    with ctx.reading() as session:
        kept = set(session.scalars(guarded()))
        visits = [row.visit for row in records]
        titles = dict(session.execute(select(Record.visit, Record.title).where(among(Record.visit, visits))).all())
        beside = session.scalars(
            select(RecordPaper)
            .where(among(RecordPaper.visit, visits))
            .order_by(RecordPaper.visit, RecordPaper.at, RecordPaper.number)
        )
        papers: dict[str, list[RecordPaper]] = {}
        for paper in beside:
            papers.setdefault(paper.visit, []).append(paper)
        for row in records:
            if row.establishment in kept:
                continue
            day, name = row.inspected_on.isoformat(), row.establishment_name
            yield Leaf(RECORD, titles[row.visit], row.number, day, name, partial(blobs.read, ctx, row.pdf_sha256))
            for each in papers.get(row.visit, ()):
                yield Leaf(each.paper, each.title, each.number, day, name, partial(blobs.read, ctx, each.pdf_sha256))


def _of_papers(ctx: Context, first: date, last: date) -> Iterable[Leaf]:
    """Yield the other papers that were fixed in a period and that a party or the public has."""
    with ctx.reading() as session:
        mine = select(Entry.id, Establishment.name).outerjoin(Establishment, Establishment.id == Entry.establishment)
        open_ones = mine.where(Entry.register == BOOK, ~Entry.withdrawn, ~Entry.establishment.in_(guarded()))
        for row in session.execute(open_ones.order_by(Entry.id)).all():
            entry = paper_entry(session, row.id)
            day = str(entry.fields.get("signed_on") or entry.fields.get("issued_on") or "")
            is_open = entry.form.for_ in _SHOWN and entry.form.volume == "main" and entry.state in _FIXED
            if entry.fixed and is_open and first.isoformat() <= day <= last.isoformat():
                pdf = partial(blobs.read, ctx, entry.fixed)
                yield Leaf(entry.key, entry.form.title, entry.number, day, row.name or "", pdf)


@in_chinese()
def _front(ctx: Context, first: date, last: date, records: Sequence[RecordRow], bound: Sequence[Bound]) -> Front:
    typed = {
        "period": tr("{first}至{last}", first=printed_day(first), last=printed_day(last)),
        "paper_count": str(len(bound)),
        "page_count": str(bound[-1].last if bound else 0),
    }
    lists = {"steps": _figures(ctx, last.year, records, bound), "papers": [each.row for each in bound]}
    with ctx.reading() as session:
        form = paper_forms.page(session, _FORM, legal_day(ctx.now())).form
        return made(ctx, session, form, Subject(), issuing_of(session, "", "town", ctx.office.name), typed, lists)


def _figures(ctx: Context, year: int, records: Sequence[RecordRow], bound: Sequence[Bound]) -> list[dict[str, str]]:
    """Return what is told of the period: what was inspected and with what result, and how the year stands."""
    covered, pressing = coverage.of_office(ctx, year), follow_up.pressing(ctx)
    establishments = len({row.establishment for row in records})
    outcomes = Counter(row.outcome for row in records).most_common()
    titles = Counter(each.leaf.title for each in bound).most_common()
    figures = [
        (tr("检查"), tr("{count} 次，{establishments} 家单位", count=len(records), establishments=establishments)),
        (tr("检查结果"), _told(outcomes)),
        (tr("文书"), _told(titles)),
        (tr("{year} 年监督覆盖", year=year), f"{covered.word}（{covered.part}/{covered.whole}）"),
        (tr("现在逾期未改"), tr("{count} 个问题", count=pressing[Standing.OVERDUE].findings)),
    ]
    return [{"label": label, "text": text} for label, text in figures if text]


def _told(counted: Sequence[tuple[str, int]]) -> str:
    return "；".join(tr("{name} {count}", name=name, count=count) for name, count in counted)
