"""Whether the signed PDFs that came from elsewhere are good: looked at one by one after the import, in a child process.

Until then a record waits (待验).  A verdict is this workspace's own and never changes what is shared, only how it is
shown and counted.  Each is kept as soon as it is known, so that a run which ends in between goes on at the next one.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from ohdesk import __version__
from ohdesk.db.models import BlobRow, Certificate, PdfSigner, PdfVerdict, Record, RecordPaper
from ohdesk.db.queries import verified
from ohdesk.db.queries.operations import content_of
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.canonical import canonical
from ohdesk.domain.facts import Fact, Verdict
from ohdesk.domain.people import Right
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.domain.record import Verification
from ohdesk.i18n import tr
from ohdesk.services import blobs
from ohdesk.services.child.pool import Broken, Pool
from ohdesk.services.context import Context
from ohdesk.services.office import paper_forms
from ohdesk.services.record.division import division_fact, division_of
from ohdesk.services.record.signers import signing_problem
from ohdesk.services.record.verifier import KIND, Asked, Found
from ohdesk.services.trust import certified, keys

# All of these must hold for a record to be good; everything else may at most be left unchecked.
_NEEDED = frozenset({"signature", "chain", "division", "pages", "sent"})


@dataclass(frozen=True, slots=True)
class Verified:
    """How many PDFs were found good, not good, or could not be judged; waiting: those whose bytes are gone."""

    good: int = 0
    bad: int = 0
    unchecked: int = 0
    waiting: int = 0


class SignedPdf(NamedTuple):
    """A signed PDF of a visit: of its record, or of a page of later photos."""

    visit: str
    pdf_sha256: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a PDF: why, in words, it is not good, and since when a key that signed it counts no more."""

    verified: Verification
    reason: str = ""
    revoked: str = ""


NOTHING_KNOWN = Known(Verification.WAITING)


class Run:
    """Looks at what waits, one PDF at each `step`; the children that do it live until `close`.

    total: how many wait · done: how many of them were looked at · found: by what was found
    watch: called now and then during a step; what it raises ends the run, and what was not found yet goes on waiting
    """

    def __init__(self, ctx: Context, watch: Callable[[], object] = lambda: None) -> None:
        ctx.require(Right.BUNDLE)
        self._ctx = ctx
        with ctx.reading() as session:
            self._due = _due(session)
        self._anchors = keys.anchors(ctx)
        self._asked: deque[_InHand] = deque()
        self._pool = Pool(KIND, len(self._due), watch)
        self._answers = self._pool.answers(self._messages())
        self.total, self.done = len(self._due), 0
        self.found = dict.fromkeys(Verification, 0)

    def close(self) -> None:
        """End the children."""
        self._pool.close()

    def step(self) -> bool:
        """Look at the next one and keep what was found; False when none is left.

        Raises MachineError when the child process cannot be started.
        """
        answer = next(self._answers, None)
        if answer is None:
            return False
        self._note(self._settle(answer))
        return True

    def _messages(self) -> Iterator[bytes]:
        """Yield what the children are asked of each PDF; read only when its turn comes near."""
        ctx, anchors = self._ctx, self._anchors
        for paper in self._due:
            with ctx.reading() as session:
                content, original = _content(session, paper)
                forms = paper_forms.editions(session)
            try:
                pdf = blobs.read(ctx, paper.pdf_sha256)
            except blobs.LostBlobError:
                self._note(Verification.WAITING)  # until its bytes are here again
                continue
            self._asked.append(_InHand(paper, original or content["record"]))
            asked = Asked(
                pdf=pdf,
                roots=anchors.roots,
                confirmed=anchors.confirmed,
                content=canonical(content),
                original=original,
                forms=forms,
            )
            yield msgspec.msgpack.encode(asked)

    def _settle(self, answer: bytes | Broken) -> Verification:
        """Keep what was found of the first PDF in hand."""
        paper, record = self._asked.popleft()
        with self._ctx.transaction() as session:
            found = _found(answer)
            verdict, reason = _judged(session, record, found)
            note(self._ctx, session, paper, verdict, reason)
            note_signers(session, paper, {each.key: each.at for each in found.signings})
        return verdict

    def _note(self, verdict: Verification) -> None:
        self.found[verdict] += 1
        self.done += 1


class _InHand(NamedTuple):
    """A PDF that a child looks at, and the record that it is, or that it belongs to."""

    paper: SignedPdf
    record: Mapping[str, Any]


def _found(answer: bytes | Broken) -> Found:
    if isinstance(answer, Broken):
        return Found(broke=answer.said)
    try:
        return msgspec.msgpack.decode(answer, type=Found)
    except msgspec.MsgspecError:  # whatever took the child over
        return Found(broke=Broken(slow=False).said)


def waiting(ctx: Context) -> int:
    """Return how many PDFs are here and wait to be looked at."""
    with ctx.reading() as session:
        return len(_due(session))


def count_records(ctx: Context) -> Counter[Verification]:
    """Return how many records there are of which each is known."""
    with ctx.reading() as session:
        return counted(session)


def counted(session: Session) -> Counter[Verification]:
    """Return how many records there are of which each is known, within an open session."""
    state = verified.verification()
    by_state = select(state, func.count()).select_from(Record).outerjoin(PdfVerdict, verified.of(Record))
    return Counter(dict(session.execute(by_state.group_by(state)).all()))


def verify_waiting(ctx: Context, report: Progress = unwatched) -> Verified:
    """Look at every PDF that waits.

    report: called with how many are done and how many there are; what it raises, as when the user cancels, ends the
            work, and what is known by then stays known
    Raises MachineError when the child process cannot be started.
    """
    with closing(Run(ctx, lambda: report(run.done, run.total))) as run:
        while run.step():
            pass
    return Verified(**{each.value: count for each, count in run.found.items()})


def known(session: Session, visit: str) -> dict[str, Known]:
    """Return what is known of the PDFs of a visit, by their hashes."""
    signers = session.scalars(select(PdfSigner).where(PdfSigner.visit == visit).order_by(PdfSigner.key))
    revoked: dict[str, str] = {}
    for each in signers:
        problem = certified.revocation_problem(session, each.key, each.day)
        revoked[each.pdf_sha256] = problem or revoked.get(each.pdf_sha256, "")
    verdicts = session.scalars(select(PdfVerdict).where(PdfVerdict.visit == visit))
    return {row.pdf_sha256: Known(row.verdict, row.reason, revoked.get(row.pdf_sha256, "")) for row in verdicts}


def note(ctx: Context, session: Session, paper: SignedPdf, verdict: Verification, reason: str = "") -> None:
    """Set down what is known of a PDF, by this program and the certificates that are here."""
    known = {"program": __version__, "certificates": _certificates(session), "at": ctx.now()}
    session.merge(PdfVerdict(**paper._asdict(), verdict=verdict, together=verdict, reason=reason, **known))
    _note_together(session, paper.visit)


def note_signers(session: Session, paper: SignedPdf, signed_at: Mapping[str, datetime]) -> None:
    """Set down which keys (SHA-256) signed a PDF, with the time that each of their owners stated."""
    for key, at in signed_at.items():
        session.merge(PdfSigner(**paper._asdict(), key=key, day=legal_day(at)))


def _note_together(session: Session, visit: str) -> None:
    """Set down the worst of what is known of the papers of one act, by which the record of a visit counts."""
    record = session.get(Record, visit)
    own = None if record is None else session.get(PdfVerdict, (visit, record.pdf_sha256))
    if own is not None:
        worst = max(verified.IN_ORDER.index(own.verdict), session.scalar(verified.worst_beside(visit)) or 0)
        own.together = verified.IN_ORDER[worst]


def _due(session: Session) -> list[SignedPdf]:
    """Return what waits: what was never judged, and what could perhaps be judged otherwise now. Records come first."""
    records = _unsettled(session, Record).order_by(Record.finalized_at, Record.visit)
    pages = _unsettled(session, RecordPaper).order_by(RecordPaper.at, RecordPaper.pdf_sha256)
    return [SignedPdf(*row) for wanted in (records, pages) for row in session.execute(wanted)]


def _unsettled(session: Session, papers: verified.Papers) -> Select[str, str]:
    """Select those papers that are here and not settled."""
    # A newer program may have the edition that was missing, and another certificate may make a stranger one of us.
    same = and_(PdfVerdict.program == __version__, PdfVerdict.certificates == _certificates(session))
    settled = or_(PdfVerdict.verdict == Verification.GOOD, same)
    return (
        select(papers.visit, papers.pdf_sha256)
        .join(BlobRow, and_(BlobRow.sha256 == papers.pdf_sha256, BlobRow.held))
        .outerjoin(PdfVerdict, verified.of(papers))
        .where(~func.coalesce(settled, False))
    )


def _content(session: Session, paper: SignedPdf) -> tuple[Any, Any]:
    """Return the content sent with a PDF, and for a page of later photos that of the record it belongs to."""
    record = session.get_one(Record, paper.visit)
    if record.pdf_sha256 == paper.pdf_sha256:
        return content_of(session, record), None
    return content_of(session, session.get_one(RecordPaper, paper)), content_of(session, record)["record"]


def _certificates(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Certificate)) or 0


def _judged(session: Session, record: Mapping[str, Any], found: Found) -> tuple[Verification, str]:
    """Return what follows from the facts, and in words those that it follows from."""
    if found.broke:
        return Verification.UNCHECKED, found.broke
    theirs = division_fact(found.signings, division_of(record), partial(signing_problem, session, record))
    facts = (*found.facts, theirs)
    failing = [fact for fact in facts if fact.verdict is Verdict.FAILS]
    if failing:
        return Verification.BAD, _words(failing)
    open_still = [fact for fact in facts if fact.verdict is Verdict.UNCHECKED and _NEEDED & set(fact.key.split("."))]
    return (Verification.UNCHECKED, _words(open_still)) if open_still else (Verification.GOOD, "")


def _words(facts: Sequence[Fact]) -> str:
    return "；".join(
        tr("{verdict}：{fact}（{detail}）", verdict=fact.verdict.word, fact=fact.sentence, detail=fact.detail)
        if fact.detail
        else tr("{verdict}：{fact}", verdict=fact.verdict.word, fact=fact.sentence)
        for fact in facts
    )
