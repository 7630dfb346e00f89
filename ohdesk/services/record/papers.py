"""The papers of many visits at once: those signed, byte for byte, and drafts of what waits for its signatures.

Drafts are drawn by a pool of children, and a thread writes each while the next is composed here.  What is signed is not
drawn so: a signature needs the key of a person who sits there and types a password, and no key leaves this process.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec

from ohdesk.db.models import Visit
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.domain.record import PHOTO_PAGE, RECORD_PAPERS
from ohdesk.errors import MachineError, UserError
from ohdesk.files import safe_stem
from ohdesk.i18n import tr
from ohdesk.services.child.pool import Broken, Pool
from ohdesk.services.context import Context
from ohdesk.services.guarded import refuse_file
from ohdesk.services.record import composing, drawer, finalizing, views
from ohdesk.services.record.drawer import KIND, Drawn
from ohdesk.services.record.verdicts import NOTHING_KNOWN
from ohdesk.services.record.views import Documents, Paper
from ohdesk.services.visit.views import list_visits

_AT_ONCE = 500  # lines of a list


class LeftOut(NamedTuple):
    """A visit of which a paper was not written, and why; of a draft the reason says which."""

    visit: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Written:
    """The files, signed papers first, and what is missing among them."""

    files: tuple[Path, ...]
    left_out: tuple[LeftOut, ...]


class Wanted(NamedTuple):
    """A visit whose papers are wanted: those signed, or a draft."""

    visit: str
    name: str
    is_final: bool


def of_days(ctx: Context, first: date, last: date) -> list[Wanted]:
    """Return the visits between two days that have papers, or wait for their signatures."""
    # A county lists records whose PDFs have not come yet.
    signed = [
        Wanted(row.visit, row.establishment_name, is_final=True)
        for row in finalizing.list_records(ctx)
        if row.held and first <= row.inspected_on <= last
    ]
    ready = [
        Wanted(row.id, row.name, is_final=False)
        for row in list_visits(ctx)
        if row.awaits_signature and row.started_at and first <= legal_day(row.started_at) <= last
    ]
    return signed + ready


def of_list(ctx: Context, listed: Documents) -> list[Wanted]:
    """Return the visits of a list, but those whose PDF has not come yet."""
    pages = (listed.visits[first : first + _AT_ONCE] for first in range(0, len(listed.visits), _AT_ONCE))
    rows = (row for visits in pages for row in views.document_rows(ctx, listed, visits))
    return [Wanted(row.visit, row.name, row.is_final) for row in rows if row.held or not row.is_final]


def write(ctx: Context, folder: Path, wanted: Sequence[Wanted], report: Progress = unwatched) -> Written:
    """Write the papers of visits into a folder, each by itself: one that fails stops no other.

    report: called with how many visits are done and how many there are; what it raises ends the work, and what is
            written by then stays
    Raises UserError for a folder that is not there, MachineError from the medium.
    """
    if not folder.is_dir():
        raise UserError(tr("找不到文件夹“{folder}”。", folder=folder), tr("请检查路径后再导出。"))
    work = _Work(ctx, folder, len(wanted), report)
    work.copy([each for each in wanted if each.is_final])
    work.draw([each for each in wanted if not each.is_final])
    return Written(tuple(work.files), tuple(work.left_out))


class _InHand(NamedTuple):
    """A draft that is being drawn, and the stem of its file; is_last: of those of its visit."""

    visit: Wanted
    title: str
    stem: str
    is_last: bool


class _Work:
    def __init__(self, ctx: Context, folder: Path, total: int, report: Progress) -> None:
        self._ctx, self._folder, self._total, self._report = ctx, folder, total, report
        self._done = 0
        self._in_hand: deque[_InHand] = deque()
        self.files: list[Path] = []
        self.left_out: list[LeftOut] = []

    def copy(self, visits: Sequence[Wanted]) -> None:
        """Write what was signed."""
        for visit in visits:
            self._watch()
            try:
                for paper in views.open_record(self._ctx, visit.visit).papers:
                    self.files.append(views.export(paper, self._folder))
            except MachineError:  # of the disk: the others would fail as well
                raise
            except UserError as error:
                self._leave_out(visit, error.message)
            self._done += 1

    def draw(self, visits: Sequence[Wanted]) -> None:
        """Have drafts drawn, and write them."""
        written: tuple[Future[None], bool] | None = None
        pool = Pool(KIND, len(RECORD_PAPERS) * len(visits), self._watch)
        with ThreadPoolExecutor(1, "papers") as writer, closing(pool) as children:
            for answer in children.answers(self._messages(visits)):
                # A medium takes as long to keep a paper as this process to compose one; one waits for it at most.
                self._end(written)
                paper = self._in_hand.popleft()
                written = writer.submit(self._take, paper, answer), paper.is_last
            self._end(written)
        self._watch()

    def _end(self, written: tuple[Future[None], bool] | None) -> None:
        if written is not None:
            written[0].result()
            self._done += written[1]

    def _messages(self, visits: Sequence[Wanted]) -> Iterator[bytes]:
        for visit in visits:
            try:
                self._refuse_guarded(visit)
                composed = composing.compose(self._ctx, visit.visit)
                photos = dict(finalizing.photos_of(self._ctx, composed.record.photos))
            except UserError as error:
                self._leave_out(visit, error.message)
                self._done += 1
                continue
            record, across = composed.record, finalizing.across_a_draft()
            for key in record.papers:
                title = composed.forms[key].title
                stem = safe_stem("_".join((across, title, record.office.division, visit.name)))
                self._in_hand.append(_InHand(visit, title, stem, key == record.papers[-1]))
                asked = drawer.Wanted(
                    paper=key,
                    forms=dict(composed.forms),
                    record=record,
                    record_sha256=composed.record_sha256,
                    photos=photos if key == PHOTO_PAGE else {},
                    across=across,
                )
                yield msgspec.msgpack.encode(asked)

    def _refuse_guarded(self, visit: Wanted) -> None:
        with self._ctx.reading() as session:
            refuse_file(session, session.get_one(Visit, visit.visit).establishment)

    def _take(self, paper: _InHand, answer: bytes | Broken) -> None:
        drawn = Drawn(problem=answer.said) if isinstance(answer, Broken) else msgspec.msgpack.decode(answer, type=Drawn)
        if drawn.problem:
            self._leave_out(paper.visit, tr("{title}：{reason}", title=paper.title, reason=drawn.problem))
        else:
            digest = sha256(drawn.pdf).hexdigest()
            drawing = Paper(paper.title, "", paper.stem, digest, NOTHING_KNOWN, drawn.pdf)
            self.files.append(views.export(drawing, self._folder))

    def _leave_out(self, visit: Wanted, reason: str) -> None:
        self.left_out.append(LeftOut(visit.visit, visit.name, reason))

    def _watch(self) -> None:
        self._report(self._done, self._total)
