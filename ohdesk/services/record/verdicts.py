"""Whether the signed PDFs that came from elsewhere are good: looked at one by one after the import, in a child process.

Until then a record waits (待验).  A verdict is this workspace's own and never changes what is shared, only how it is
shown and counted.  Each is kept as soon as it is known, so that a run which ends in between goes on at the next one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from ohdesk import __version__
from ohdesk.db.models import BlobRow, Certificate, PdfVerdict, PhotoPage, Record
from ohdesk.domain.canonical import canonical
from ohdesk.domain.facts import Fact, Verdict
from ohdesk.domain.people import Right
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.i18n import tr
from ohdesk.services import blobs
from ohdesk.services.context import Context
from ohdesk.services.record.asking import Verifier
from ohdesk.services.record.division import division_fact, division_of, not_lent
from ohdesk.services.record.verifier import Asked, Found
from ohdesk.services.trust import keys

# All of these must hold for a record to be good; everything else may at most be left unchecked.
_NEEDED = frozenset({"signature", "chain", "division", "pages", "sent"})


@dataclass(frozen=True, slots=True)
class Verified:
    """How many PDFs were found good, not good, or could not be judged; waiting: those whose bytes are gone."""

    good: int
    bad: int
    unchecked: int
    waiting: int


class Paper(NamedTuple):
    """A signed PDF of a visit: of its record, or of a page of later photos."""

    visit: str
    pdf_sha256: str


def waiting(ctx: Context) -> int:
    """Return how many PDFs are here and wait to be looked at."""
    with ctx.reading() as session:
        return len(_due(session))


def note(ctx: Context, session: Session, paper: Paper, verdict: Verdict, reason: str = "") -> None:
    """Set down what is known of a PDF, by this program and the certificates that are here."""
    known = {"program": __version__, "certificates": _certificates(session), "at": ctx.now()}
    session.merge(PdfVerdict(**paper._asdict(), verdict=verdict, reason=reason, **known))


def verify_waiting(ctx: Context, report: Progress = unwatched) -> Verified:
    """Look at every PDF that waits.

    report: called with how many are done and how many there are; what it raises, as when the user cancels, ends the
            work, and what is known by then stays known
    Raises MachineError when the child process cannot be started.
    """
    ctx.require(Right.BUNDLE)
    with ctx.reading() as session:
        due = _due(session)
    found = dict.fromkeys(Verdict, 0)
    lost = 0
    believed = keys.anchors(ctx)
    with Verifier(lambda: report(sum(found.values()) + lost, len(due))) as verifier:
        for paper in due:
            with ctx.reading() as session:
                content, original = _content(session, paper)
            try:
                pdf = blobs.read(ctx, paper.pdf_sha256)
            except blobs.LostBlobError:  # it waits until its bytes are here again
                lost += 1
                continue
            answer = verifier.ask(
                Asked(
                    pdf=pdf,
                    roots=believed.roots,
                    confirmed=believed.confirmed,
                    content=canonical(content),
                    original=original,
                )
            )
            with ctx.transaction() as session:
                verdict, reason = _judged(session, division_of(original or content["record"]), answer)
                note(ctx, session, paper, verdict, reason)
            found[verdict] += 1
    return Verified(found[Verdict.HOLDS], found[Verdict.FAILS], found[Verdict.UNCHECKED], lost)


def _due(session: Session) -> list[Paper]:
    """Return what waits: what was never judged, and what could perhaps be judged otherwise now. Records come first."""
    records = _unsettled(session, Record).order_by(Record.finalized_at, Record.visit)
    pages = _unsettled(session, PhotoPage).order_by(PhotoPage.at, PhotoPage.pdf_sha256)
    return [Paper(*row) for wanted in (records, pages) for row in session.execute(wanted)]


def _unsettled(session: Session, papers: type[Record] | type[PhotoPage]) -> Select[str, str]:
    """Select those papers that are here and not settled."""
    # A newer program may have the edition that was missing, and another certificate may make a stranger one of us.
    same = and_(PdfVerdict.program == __version__, PdfVerdict.certificates == _certificates(session))
    settled = or_(PdfVerdict.verdict == Verdict.HOLDS, same)
    return (
        select(papers.visit, papers.pdf_sha256)
        .join(BlobRow, and_(BlobRow.sha256 == papers.pdf_sha256, BlobRow.held))
        .outerjoin(PdfVerdict, judges(papers))
        .where(~func.coalesce(settled, False))
    )


def judges(papers: type[Record] | type[PhotoPage]) -> ColumnElement[bool]:
    """Return the condition that a verdict is that of a paper."""
    return and_(PdfVerdict.visit == papers.visit, PdfVerdict.pdf_sha256 == papers.pdf_sha256)


def _content(session: Session, paper: Paper) -> tuple[Any, Any]:
    """Return the content sent with a PDF, and for a page of later photos that of the record it belongs to."""
    record = session.get_one(Record, paper.visit)
    if record.pdf_sha256 == paper.pdf_sha256:
        return record.content, None
    return session.get_one(PhotoPage, paper.pdf_sha256).content, record.content["record"]


def _certificates(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Certificate)) or 0


def _judged(session: Session, division: str, found: Found) -> tuple[Verdict, str]:
    """Return what follows from the facts, and in words those that it follows from."""
    if found.broke:
        return Verdict.UNCHECKED, found.broke
    facts = (*found.facts, division_fact(found.signings, division, partial(not_lent, session, division)))
    failing = [fact for fact in facts if fact.verdict is Verdict.FAILS]
    open_still = [fact for fact in facts if fact.verdict is Verdict.UNCHECKED and _NEEDED & set(fact.key.split("."))]
    if failing:
        return Verdict.FAILS, _words(failing)
    return (Verdict.UNCHECKED, _words(open_still)) if open_still else (Verdict.HOLDS, "")


def _words(facts: Sequence[Fact]) -> str:
    return "；".join(
        tr("{verdict}：{fact}（{detail}）", verdict=fact.verdict.word, fact=fact.sentence, detail=fact.detail)
        if fact.detail
        else tr("{verdict}：{fact}", verdict=fact.verdict.word, fact=fact.sentence)
        for fact in facts
    )
