"""Papers signed in ink, sealed or received: their pictures taken back, each known by the code on its pages."""

from collections.abc import Sequence
from pathlib import Path

from ohdesk.domain.paper_life import PaperAct
from ohdesk.domain.paper_mark import DIGITS
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.domain.scan import ByHand, Expected, Scanned
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.paper import life
from ohdesk.services.paper.entries import content_of, paper_entry
from ohdesk.services.scans.binding import scan_in
from ohdesk.services.scans.taking import original_of

NOTHING_BY_HAND = ByHand({}, {})


def expected(ctx: Context, paper: str) -> Expected:
    """Return what is known again of a paper that was fixed. Raises UserError for a draft, which nobody signs."""
    with ctx.reading() as session:
        entry = paper_entry(session, paper)
        content = content_of(ctx, entry)
    pages = int(str(entry.fields.get("pages") or 0))
    if content is None or not pages:
        raise UserError(
            tr("《{title}》还没有定稿打印，没有可以归入的扫描件。", title=entry.form.title), tr("请先定稿打印。")
        )
    name = " ".join(filter(None, (entry.form.title, entry.number)))
    return Expected(paper=paper, name=name, pages=pages, digits=content.sha256[:DIGITS])


def take_back(
    ctx: Context, paper: str, files: Sequence[Path], by_hand: ByHand = NOTHING_BY_HAND, report: Progress = unwatched
) -> Change:
    """Take back a paper from photos and scans in any order; a 笔录 is signed by that.

    Raises ProblemsError with everything that keeps it from being whole; then it stays as it was.
    """
    (scanned,) = scan_in((expected(ctx, paper),), files, by_hand, {}, report)
    return keep(ctx, paper, scanned)


def keep(ctx: Context, paper: str, scanned: Scanned) -> Change:
    """Keep a paper that came back whole, with the pictures as they were taken."""
    originals = {path.name: original_of(path, digest) for path, digest in scanned.originals.items()}
    with ctx.reading() as session:
        entry = paper_entry(session, paper)
    act = life.sign_in_ink if entry.allows(PaperAct.SIGN) else life.attach_scan
    return act(ctx, paper, scanned.pdf, originals)
