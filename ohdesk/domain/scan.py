"""Pictures of papers signed in ink: which page each is, which pages are missing, what does not belong to them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ohdesk.domain.paper_mark import PaperMark
from ohdesk.errors import Problem
from ohdesk.i18n import tr

_SHOWN = 12  # page numbers of a list of missing ones


class ScanId(NamedTuple):
    """A picture by the file it is in, as that was named, and its page there, from 1."""

    file: Path
    part: int = 1


@dataclass(frozen=True, slots=True)
class Scan:
    """A picture of a page, upright.

    parts: pages in its file · sha256: of the file · mark: None where none could be read · picture: JPEG
    turn: by which a person turned it besides
    """

    id: ScanId
    parts: int
    sha256: str
    mark: PaperMark | None
    picture: bytes
    turn: int = 0

    @property
    def key(self) -> str:
        """By which a list knows it, and the `field` of a problem says that it is this one's."""
        return f"{self.id.file}#{self.id.part}"

    @property
    def place(self) -> str:
        """Where it comes from, in words."""
        return place_of(self.id, self.parts)


@dataclass(frozen=True, slots=True)
class Expected:
    """A paper that is to come back: its id, what people call it, its pages, and how its fingerprint begins.

    digits: as in a `PaperMark`
    """

    paper: str
    name: str
    pages: int
    digits: str


class Leaf(NamedTuple):
    """A page of a paper, by the paper's id."""

    paper: str
    page: int


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of the pictures of papers: each is in one of these.

    found: its picture by page, papers and pages in their order · twice: several pictures of one page
    foreign: of another paper · outdated: of one of these, as it was printed before it was changed
    unmarked: without a mark that can be read, and not placed by hand
    """

    papers: tuple[Expected, ...]
    found: Mapping[Leaf, Scan]
    twice: Mapping[Leaf, tuple[Scan, ...]]
    foreign: tuple[Scan, ...]
    outdated: tuple[Scan, ...]
    unmarked: tuple[Scan, ...]

    @property
    def missing(self) -> tuple[Leaf, ...]:
        """The pages of which there is no picture."""
        return tuple(leaf for leaf in leaves(self.papers) if leaf not in {*self.found, *self.twice})

    @property
    def is_whole(self) -> bool:
        """True when every page is there once, and nothing else."""
        return not (self.missing or self.twice or self.foreign or self.outdated or self.unmarked)


@dataclass(frozen=True, slots=True)
class ByHand:
    """What a person says of pictures: which page one is, by how many degrees clockwise one is turned."""

    pages: Mapping[ScanId, Leaf]
    turns: Mapping[ScanId, int]


@dataclass(frozen=True, slots=True)
class Scanned:
    """A paper that came back whole.

    scans: its pages in order · sha256: of the PDF
    originals: SHA-256 of each file it was made from, to be kept as well
    """

    paper: Expected
    scans: tuple[Scan, ...]
    pdf: bytes
    sha256: str
    originals: Mapping[Path, str]


def leaves(papers: Sequence[Expected]) -> list[Leaf]:
    """Return every page of papers, in order."""
    return [Leaf(each.paper, page) for each in papers for page in range(1, each.pages + 1)]


def leaf_name(papers: Sequence[Expected], leaf: Leaf) -> str:
    """Return what people call a page; where there are several papers, with the paper's name."""
    if len(papers) == 1:
        return tr("第 {page} 页", page=leaf.page)
    name = next(each.name for each in papers if each.paper == leaf.paper)
    return tr("{name} 第 {page} 页", name=name, page=leaf.page)


def place_of(scan: ScanId, parts: int) -> str:
    """Return in words where a picture comes from."""
    if parts == 1:
        return scan.file.name
    return tr("{file} 第 {page} 页", file=scan.file.name, page=scan.part)


def place_scans(papers: Sequence[Expected], scans: Sequence[Scan], by_hand: Mapping[ScanId, Leaf]) -> Placed:
    """Say of each picture where it belongs; the same picture twice counts once.

    by_hand: for those whose mark cannot be read; a mark that can be read is believed alone
    """
    known = {each.paper: each for each in papers}
    order = leaves(papers)
    pages: dict[Leaf, list[Scan]] = {leaf: [] for leaf in order}
    foreign, outdated, unmarked = [], [], []
    once = {(scan.sha256, scan.id.part): scan for scan in reversed(scans)}
    for scan in reversed(once.values()):
        mark = scan.mark
        leaf = by_hand.get(scan.id) if mark is None else Leaf(mark.paper, mark.page)
        paper = known.get(mark.paper) if mark else None
        if mark and paper is None:
            foreign.append(scan)
        elif mark and paper and (mark.digits, mark.total) != (paper.digits, paper.pages):
            outdated.append(scan)
        elif leaf in pages:
            pages[leaf].append(scan)
        else:
            unmarked.append(scan)
    return Placed(
        tuple(papers),
        found={leaf: same[0] for leaf, same in pages.items() if len(same) == 1},
        twice={leaf: tuple(same) for leaf, same in pages.items() if len(same) > 1},
        foreign=tuple(foreign),
        outdated=tuple(outdated),
        unmarked=tuple(unmarked),
    )


def scan_problems(placed: Placed, names: Mapping[str, str]) -> Iterator[Problem]:
    """Yield what keeps papers from being whole, each with what to do; `field` is the key of the picture it is about.

    names: id of a paper → what people call it, for those that the caller knows
    """
    known = {each.paper: each.name for each in placed.papers}
    every = "、".join(known.values())
    for scan in placed.foreign:
        paper = scan.mark.paper if scan.mark else ""
        other = names.get(paper) or tr("编号 {id} 的文书", id=paper[:8])
        remedy = tr("请把这一张拿出来，归到它自己的文书。")
        yield Problem(scan.place, tr("{name}的页", name=every), other, remedy, scan.key)
    for scan in placed.outdated:
        expected = tr("{name}现在这一份的页", name=known[scan.mark.paper] if scan.mark else "")
        found, remedy = tr("内容修改以前打印的一份"), tr("请打印现在这一份，重新签字。")
        yield Problem(scan.place, expected, found, remedy, scan.key)
    for leaf, same in placed.twice.items():
        both = "、".join(scan.place for scan in same)
        found = tr("{count} 张：{files}", count=len(same), files=both)
        yield Problem(leaf_name(placed.papers, leaf), tr("一张图片"), found, tr("请只留清楚的那一张。"))
    for scan in placed.unmarked:
        remedy = tr("请对准页面重拍；纸已不在手边的，指明它是第几页。")
        yield Problem(scan.place, tr("看得清页脚二维码的图片"), tr("读不出二维码"), remedy, scan.key)
    for each in placed.papers:
        if missing := [leaf.page for leaf in placed.missing if leaf.paper == each.paper]:
            expected, found = tr("全部 {pages} 页", pages=each.pages), tr("缺第 {missing} 页", missing=_listed(missing))
            yield Problem(each.name, expected, found, tr("请补拍缺的页，和其余各页一起归入。"))


def _listed(pages: Sequence[int]) -> str:
    """Return page numbers for people; of many the first ones."""
    shown = "、".join(map(str, pages[:_SHOWN]))
    return tr("{pages} 等", pages=shown) if len(pages) > _SHOWN else shown
