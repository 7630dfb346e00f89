"""The pages of a paper that came back, bound: whole and in order in one PDF, or not at all."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from ohdesk.domain.progress import Progress, unwatched
from ohdesk.domain.scan import ByHand, Expected, Placed, Scan, Scanned, place_scans, scan_problems
from ohdesk.errors import Problem, ProblemsError
from ohdesk.i18n import tr
from ohdesk.reports.scanned_paper import render_scans
from ohdesk.services.scans.taking import Looked, look


def scan_in(
    expected: Expected,
    files: Sequence[Path],
    by_hand: ByHand,
    names: Mapping[str, str],
    progress: Progress = unwatched,
) -> Scanned:
    """Return the paper that these photos and scans make.

    names: id of a paper → what people call it, for those that a foreign page may be of
    Raises ProblemsError with everything that keeps it from being whole, UserError for too many pages.
    """
    looked = look(files, by_hand.turns, progress)
    placed = place_scans(expected, looked.scans, by_hand.pages)
    problems = (*_refused(looked), *_misplaced(placed, looked.scans, by_hand), *scan_problems(placed, names))
    if problems:
        raise ProblemsError(tr("{name}没有归入扫描件。", name=expected.name), problems)
    return bind(placed)


def bind(placed: Placed) -> Scanned:
    """Return the one PDF of a paper of which every page is there."""
    scans = list(placed.found.values())
    pdf = render_scans([scan.picture for scan in scans], placed.expected.name)
    return Scanned(placed, pdf, sha256(pdf).hexdigest(), {scan.id.file: scan.sha256 for scan in scans})


def _refused(looked: Looked) -> Iterator[Problem]:
    return (Problem(each.place, "", each.error.message, each.error.whole) for each in looked.refused)


def _misplaced(placed: Placed, scans: Sequence[Scan], by_hand: ByHand) -> Iterator[Problem]:
    """Yield what a person said of pictures and cannot be."""
    seen = {scan.id: scan for scan in scans}
    pages = placed.expected.pages
    for scan_id, page in by_hand.pages.items():
        scan = seen.get(scan_id)
        if scan is not None and scan.mark is not None and scan.mark.page != page:
            yield Problem(
                scan.place,
                tr("不另指页码"),
                tr("指为第 {page} 页", page=page),
                tr("这一张的二维码写明是第 {page} 页。", page=scan.mark.page),
            )
        elif scan is not None and not 1 <= page <= pages:
            yield Problem(
                scan.place, tr("第 1～{pages} 页", pages=pages), tr("指为第 {page} 页", page=page), tr("请改正页码。")
            )
    for scan_id in dict.fromkeys((*by_hand.pages, *by_hand.turns)):
        if scan_id.file not in {known.file for known in seen}:
            yield Problem(scan_id.file.name, "", "", tr("指了页码或转动，却不在这次的文件里。请核对文件名。"))
