"""Many papers at once: those that are fixed, byte for byte, and drafts as each would be drawn by itself.

Drafts are drawn by a pool of children and by this process, and a thread writes each meanwhile.  What is signed is not
drawn so: a signature needs the key of a person who sits there and types a password, and no key leaves this process.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import msgspec
from sqlalchemy.orm import Session

from ohdesk.db.models import Visit
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.domain.record import RECORD_PAPERS
from ohdesk.errors import MachineError, UserError
from ohdesk.files import safe_stem
from ohdesk.i18n import in_chinese, tr
from ohdesk.reports.record_papers import record_filling
from ohdesk.services.child.pool import Broken, Pool
from ohdesk.services.context import Context
from ohdesk.services.guarded import refuse_file
from ohdesk.services.paper import drawer, drawing, export
from ohdesk.services.paper.drawer import KIND, Drawn
from ohdesk.services.paper.entries import content_of, paper_entry
from ohdesk.services.record import composing, finalizing, views
from ohdesk.services.record.verdicts import NOTHING_KNOWN
from ohdesk.services.record.views import Documents, Paper
from ohdesk.services.visit.views import list_visits

_AT_ONCE = 500  # lines of a list


class LeftOut(NamedTuple):
    """A visit, or a paper, that was not written, and why."""

    id: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Written:
    """The files, fixed papers first, and what is missing among them."""

    files: tuple[Path, ...]
    left_out: tuple[LeftOut, ...]


class Of(StrEnum):
    """What papers are wanted of: a final record, a visit that waits for its signatures, one paper fixed or a draft."""

    RECORD = "record"
    READY = "ready"
    FIXED = "fixed"
    DRAFT = "draft"

    @property
    def is_drawn(self) -> bool:
        """True where the papers are drawn now."""
        return self in _DRAWN


_DRAWN = (Of.READY, Of.DRAFT)


class Wanted(NamedTuple):
    """Of what papers are wanted: the id of a visit or a paper, and what it is called where it is spoken of."""

    id: str
    name: str
    of: Of


class _Asked(NamedTuple):
    """A paper that is being drawn: for what, its title, the stem of its file, and if it is the last one of that."""

    wanted: Wanted
    title: str
    stem: str
    is_last: bool


def of_days(ctx: Context, first: date, last: date) -> list[Wanted]:
    """Return the visits between two days that have papers, or wait for their signatures."""
    # A county lists records whose PDFs have not come yet.
    signed = [
        Wanted(row.visit, row.establishment_name, Of.RECORD)
        for row in finalizing.list_records(ctx)
        if row.held and first <= row.inspected_on <= last
    ]
    ready = [
        Wanted(row.id, row.name, Of.READY)
        for row in list_visits(ctx)
        if row.awaits_signature and row.started_at and first <= legal_day(row.started_at) <= last
    ]
    return signed + ready


def of_list(ctx: Context, listed: Documents) -> list[Wanted]:
    """Return the visits of a list, but those whose PDF has not come yet."""
    pages = (listed.visits[first : first + _AT_ONCE] for first in range(0, len(listed.visits), _AT_ONCE))
    rows = (row for visits in pages for row in views.document_rows(ctx, listed, visits))
    return [
        Wanted(row.visit, row.name, Of.RECORD if row.is_final else Of.READY)
        for row in rows
        if row.held or not row.is_final
    ]


def of_papers(ctx: Context, papers: Sequence[str]) -> list[Wanted]:
    """Return single papers, each once, by their ids as `export.find` gives them.

    Raises UserError for one that is not there.
    """
    with ctx.reading() as session:
        return [_of_paper(session, paper) for paper in dict.fromkeys(papers)]


def write(ctx: Context, folder: Path, wanted: Sequence[Wanted], report: Progress = unwatched) -> Written:
    """Write papers into a folder, each by itself: one that fails stops no other.

    report: called with how many of what is wanted are done and how many there are; what it raises ends the work, and
            what is written by then stays
    Raises UserError for a folder that is not there, MachineError from the medium.
    """
    if not folder.is_dir():
        raise UserError(tr("找不到文件夹“{folder}”。", folder=folder), tr("请检查路径后再导出。"))
    files: list[Path] = []
    work = _Work(ctx, len(wanted), report, lambda paper: files.append(views.export(paper, folder)))
    left_out = work.done(wanted)
    return Written(tuple(files), left_out)


def to_print(ctx: Context, wanted: Sequence[Wanted], report: Progress = unwatched) -> tuple[bytes, tuple[LeftOut, ...]]:
    """Return papers as one PDF to be printed, empty where none can be, and what is missing in it; else as `write`.

    Of an employer that handles state secrets papers are printed as well: no file is made.
    """
    from ohdesk.security.pdf_joining import Joiner  # late: it brings pyHanko, 0.4 s

    held = BytesIO()
    joiner = Joiner(held, tr("文书"))
    work = _Work(ctx, len(wanted), report, lambda paper: joiner.add(paper.pdf), for_paper=True)
    left_out = work.done(wanted)
    joiner.finish()
    return (held.getvalue() if joiner.pages else b""), left_out


def _of_paper(session: Session, paper: str) -> Wanted:
    signed = export.signed_paper(session, paper)
    if signed is not None:
        return Wanted(paper, f"{signed.title} {signed.number}", Of.FIXED)
    entry = paper_entry(session, paper)
    of = Of.FIXED if entry.files("pdf") else Of.DRAFT
    return Wanted(paper, f"{entry.form.title} {entry.number}".strip(), of)


class _Work:
    def __init__(
        self,
        ctx: Context,
        total: int,
        report: Progress,
        keep: Callable[[Paper], object],
        *,
        for_paper: bool = False,
    ) -> None:
        """keep: takes each paper · for_paper: it is printed, and no file made of it"""
        self._ctx, self._total, self._report, self._keep, self._for_paper = ctx, total, report, keep, for_paper
        self._done = 0
        self._in_hand: deque[_Asked] = deque()
        self._left_out: list[LeftOut] = []

    def done(self, wanted: Sequence[Wanted]) -> tuple[LeftOut, ...]:
        """Have all papers kept; return what is missing."""
        self._copy([each for each in wanted if not each.of.is_drawn])
        self._draw([each for each in wanted if each.of.is_drawn])
        return tuple(self._left_out)

    def _copy(self, wanted: Sequence[Wanted]) -> None:
        """Write what is fixed."""
        for each in wanted:
            self._watch()
            try:
                for paper in self._fixed(each):
                    self._take_fixed(paper)
            except MachineError:  # of the disk: the others would fail as well
                raise
            except UserError as error:
                self._leave_out(each, error.message)
            self._done += 1

    def _take_fixed(self, paper: Paper) -> None:
        if paper.lost:
            raise UserError(paper.lost, tr("请换一份文书，或从备份恢复。"))
        self._keep(paper)

    def _fixed(self, wanted: Wanted) -> Sequence[Paper]:
        if wanted.of is Of.RECORD:
            return views.open_record(self._ctx, wanted.id).papers
        found = export.paper_file(self._ctx, wanted.id)
        return (_as_file(found.stem, found.pdf),)

    def _draw(self, wanted: Sequence[Wanted]) -> None:
        """Have drafts drawn, and write them."""
        written: tuple[Future[None], bool] | None = None
        pool = Pool(KIND, len(RECORD_PAPERS) * len(wanted), self._watch, drawer.answer)
        with ThreadPoolExecutor(1, "papers") as writer, closing(pool) as children:
            for answer in children.answers(self._messages(wanted)):
                # A medium takes as long to keep a paper as this process to compose one; one waits for it at most.
                self._end(written)
                asked = self._in_hand.popleft()
                written = writer.submit(self._take, asked, answer), asked.is_last
            self._end(written)
        self._watch()

    def _end(self, written: tuple[Future[None], bool] | None) -> None:
        if written is not None:
            written[0].result()
            self._done += written[1]

    def _messages(self, wanted: Sequence[Wanted]) -> Iterator[bytes]:
        for each in wanted:
            try:
                drawn = self._of_visit(each) if each.of is Of.READY else self._of_draft(each)
            except UserError as error:
                self._leave_out(each, error.message)
                self._done += 1
                continue
            for place, (stem, asked) in enumerate(drawn, 1):
                self._in_hand.append(_Asked(each, asked.form.title, stem, place == len(drawn)))
                yield msgspec.msgpack.encode(asked)

    @in_chinese()
    def _of_visit(self, wanted: Wanted) -> list[tuple[str, drawer.Wanted]]:
        """Return the papers of a visit that waits for its signatures, each with the stem of its file."""
        self._refuse_file(wanted.id)
        composed = composing.compose(self._ctx, wanted.id)
        record, forms, across = composed.record, composed.forms, finalizing.across_a_draft()
        drawing = finalizing.drawing_of(self._ctx, composed, across=across)
        drawn = []
        for key in record.papers:
            stem = safe_stem("_".join((across, forms[key].title, record.office.division, wanted.name)))
            drawn.append((stem, drawer.Wanted(forms[key], record_filling(key, drawing))))
        return drawn

    def _refuse_file(self, visit: str) -> None:
        if not self._for_paper:
            with self._ctx.reading() as session:
                refuse_file(session, session.get_one(Visit, visit).establishment)

    def _of_draft(self, wanted: Wanted) -> list[tuple[str, drawer.Wanted]]:
        """Return a paper that is not fixed yet, with the stem of its file."""
        with self._ctx.reading() as session:
            entry = paper_entry(session, wanted.id)
            refuse_file(session, entry.subject.establishment)
            content = content_of(self._ctx, entry) or drawing.content_now(self._ctx, session, entry)
            name = export.name_of(session, entry)
        stem = safe_stem("_".join(filter(None, (entry.state.word, entry.form.title, entry.number, name))))
        return [(stem, drawer.Wanted(entry.form, drawing.filling(self._ctx, entry, content)))]

    def _take(self, asked: _Asked, answer: bytes | Broken) -> None:
        drawn = Drawn(problem=answer.said) if isinstance(answer, Broken) else msgspec.msgpack.decode(answer, type=Drawn)
        if drawn.problem:
            reason = tr("{title}：{reason}", title=asked.title, reason=drawn.problem)
            self._leave_out(asked.wanted, reason)
        else:
            self._keep(_as_file(asked.stem, drawn.pdf))

    def _leave_out(self, wanted: Wanted, reason: str) -> None:
        self._left_out.append(LeftOut(wanted.id, wanted.name, reason))

    def _watch(self) -> None:
        self._report(self._done, self._total)


def _as_file(stem: str, pdf: bytes) -> Paper:
    return Paper(stem, "", stem, sha256(pdf).hexdigest(), NOTHING_KNOWN, pdf)
