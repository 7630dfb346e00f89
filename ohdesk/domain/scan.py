"""Pictures of a paper signed in ink: which page each is, which pages are missing, what does not belong to it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ohdesk.domain.paper_mark import PaperMark
from ohdesk.errors import Problem
from ohdesk.i18n import tr

TURNS = (0, 90, 180, 270)  # degrees clockwise
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
    """The paper that is to come back: its id, what people call it, its pages, and how its fingerprint begins.

    digits: as in a `PaperMark`
    """

    paper: str
    name: str
    pages: int
    digits: str


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of the pictures of a paper: each is in one of these.

    found: page → its picture, in their order · twice: page → its pictures, several of them
    foreign: of another paper · outdated: of this one, as it was printed before it was changed
    unmarked: without a mark that can be read, and not placed by hand
    """

    expected: Expected
    found: Mapping[int, Scan]
    twice: Mapping[int, tuple[Scan, ...]]
    foreign: tuple[Scan, ...]
    outdated: tuple[Scan, ...]
    unmarked: tuple[Scan, ...]

    @property
    def missing(self) -> tuple[int, ...]:
        """The pages of which there is no picture."""
        return tuple(page for page in range(1, self.expected.pages + 1) if page not in {*self.found, *self.twice})

    @property
    def is_whole(self) -> bool:
        """True when every page is there once, and nothing else."""
        return not (self.missing or self.twice or self.foreign or self.outdated or self.unmarked)


@dataclass(frozen=True, slots=True)
class ByHand:
    """What a person says of pictures: on which page one belongs, by how many degrees clockwise one is turned."""

    pages: Mapping[ScanId, int]
    turns: Mapping[ScanId, int]


@dataclass(frozen=True, slots=True)
class Scanned:
    """A paper that came back whole.

    pdf: its pages in order · sha256: of it · originals: SHA-256 of each file it was made from, to be kept as well
    """

    placed: Placed
    pdf: bytes
    sha256: str
    originals: Mapping[Path, str]


def place_of(scan: ScanId, parts: int) -> str:
    """Return in words where a picture comes from."""
    if parts == 1:
        return scan.file.name
    return tr("{file} 第 {page} 页", file=scan.file.name, page=scan.part)


def place_scans(expected: Expected, scans: Sequence[Scan], by_hand: Mapping[ScanId, int]) -> Placed:
    """Say of each picture where it belongs; the same picture twice counts once.

    by_hand: picture → page, for those whose mark cannot be read; a mark that can be read is believed alone
    """
    pages: dict[int, list[Scan]] = defaultdict(list)
    foreign, outdated, unmarked = [], [], []
    once = {(scan.sha256, scan.id.part): scan for scan in reversed(scans)}
    for scan in reversed(once.values()):
        mark = scan.mark
        if mark is None:
            page = by_hand.get(scan.id)
            if page is None or not 1 <= page <= expected.pages:
                unmarked.append(scan)
            else:
                pages[page].append(scan)
        elif mark.paper != expected.paper:
            foreign.append(scan)
        elif (mark.digits, mark.total) != (expected.digits, expected.pages):
            outdated.append(scan)
        else:
            pages[mark.page].append(scan)
    ordered = sorted(pages.items())
    return Placed(
        expected,
        found={page: same[0] for page, same in ordered if len(same) == 1},
        twice={page: tuple(same) for page, same in ordered if len(same) > 1},
        foreign=tuple(foreign),
        outdated=tuple(outdated),
        unmarked=tuple(unmarked),
    )


def scan_problems(placed: Placed, names: Mapping[str, str]) -> Iterator[Problem]:
    """Yield what keeps the paper from being whole, each with what to do.

    names: id of a paper → what people call it, for those that the caller knows
    """
    name, pages = placed.expected.name, placed.expected.pages
    for scan in placed.foreign:
        paper = scan.mark.paper if scan.mark else ""
        other = names.get(paper) or tr("编号 {id} 的文书", id=paper[:8])
        remedy = tr("请把这一张拿出来，归到它自己的文书。")
        yield Problem(scan.place, tr("{name}的页", name=name), other, remedy, scan.key)
    for scan in placed.outdated:
        yield Problem(
            scan.place,
            tr("{name}现在这一份的页", name=name),
            tr("内容修改以前打印的一份"),
            tr("请打印现在这一份，重新签字。"),
            scan.key,
        )
    for page, same in placed.twice.items():
        both = "、".join(scan.place for scan in same)
        yield Problem(
            tr("第 {page} 页", page=page),
            tr("一张图片"),
            tr("{count} 张：{files}", count=len(same), files=both),
            tr("请只留清楚的那一张。"),
        )
    for scan in placed.unmarked:
        yield Problem(
            scan.place,
            tr("看得清页脚二维码的图片"),
            tr("读不出二维码"),
            tr("请对准页面重拍；纸已不在手边的，指明它是第几页（1～{pages}）。", pages=pages),
            scan.key,
        )
    if placed.missing:
        yield Problem(
            name,
            tr("全部 {pages} 页", pages=pages),
            tr("缺第 {missing} 页", missing=_listed(placed.missing)),
            tr("请补拍缺的页，和其余各页一起归入。"),
        )


def _listed(pages: Sequence[int]) -> str:
    """Return page numbers for people; of many the first ones."""
    shown = "、".join(map(str, pages[:_SHOWN]))
    return tr("{pages} 等", pages=shown) if len(pages) > _SHOWN else shown
