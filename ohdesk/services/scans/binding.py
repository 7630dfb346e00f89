"""The pages of papers that came back, bound: whole and in order, each paper one PDF, or nothing at all."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from ohdesk.domain.progress import Progress, unwatched
from ohdesk.domain.scan import (
    ByHand,
    Expected,
    Placed,
    Scan,
    Scanned,
    leaves,
    place_scans,
    scan_problems,
)
from ohdesk.errors import Problem, ProblemsError
from ohdesk.i18n import tr
from ohdesk.reports.scanned_paper import render_scans
from ohdesk.services.scans.taking import Looked, look


def scan_in(
    papers: Sequence[Expected],
    files: Sequence[Path],
    by_hand: ByHand,
    names: Mapping[str, str],
    progress: Progress = unwatched,
) -> tuple[Scanned, ...]:
    """Return the papers that these photos and scans make, in the order asked for.

    names: id of a paper → what people call it, for those that a foreign page may be of
    Raises ProblemsError with everything that keeps them from being whole, UserError for too many pages.
    """
    looked = look(files, by_hand.turns, progress)
    placed = place_scans(papers, looked.scans, by_hand.pages)
    problems = (*_refused(looked), *_misplaced(placed, looked.scans, by_hand), *scan_problems(placed, names))
    if problems:
        every = "、".join(each.name for each in papers)
        raise ProblemsError(tr("{name}没有归入扫描件。", name=every), problems)
    return bind(placed)


def bind(placed: Placed) -> tuple[Scanned, ...]:
    """Return the one PDF of each paper, of which every page is there."""
    return tuple(_bound(paper, placed) for paper in placed.papers)


def _bound(paper: Expected, placed: Placed) -> Scanned:
    scans = tuple(placed.found[leaf] for leaf in leaves((paper,)))
    pdf = render_scans([scan.picture for scan in scans], paper.name)
    return Scanned(paper, scans, pdf, sha256(pdf).hexdigest(), {scan.id.file: scan.sha256 for scan in scans})


def _refused(looked: Looked) -> Iterator[Problem]:
    return (Problem(each.place, "", each.error.message, each.error.whole) for each in looked.refused)


def _misplaced(placed: Placed, scans: Sequence[Scan], by_hand: ByHand) -> Iterator[Problem]:
    """Yield what a person said of pictures and cannot be."""
    seen = {scan.id: scan for scan in scans}
    every = leaves(placed.papers)
    for scan_id, leaf in by_hand.pages.items():
        scan = seen.get(scan_id)
        if scan is None:
            continue
        found = tr("指为第 {page} 页", page=leaf.page)
        if scan.mark is not None and (scan.mark.paper, scan.mark.page) != leaf:
            said = tr("这一张的二维码写明是第 {page} 页。", page=scan.mark.page)
            yield Problem(scan.place, tr("不另指页码"), found, said, scan.key)
        elif leaf not in every:
            pages = max(each.pages for each in placed.papers)
            yield Problem(scan.place, tr("第 1～{pages} 页", pages=pages), found, tr("请改正页码。"), scan.key)
    files = {known.file for known in seen}
    for scan_id in dict.fromkeys((*by_hand.pages, *by_hand.turns)):
        if scan_id.file not in files:
            yield Problem(scan_id.file.name, "", "", tr("指了页码或转动，却不在这次的文件里。请核对文件名。"))
