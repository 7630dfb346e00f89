"""归入扫描件: photos and scans of papers signed in ink, each put where it belongs, until the papers are whole."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage

from ohdesk.domain.problems import in_list
from ohdesk.domain.progress import Progress
from ohdesk.domain.scan import (
    Expected,
    Leaf,
    Placed,
    Scan,
    ScanId,
    Scanned,
    leaf_name,
    leaves,
    place_scans,
    scan_problems,
)
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.scans.taking import ENDINGS, Looked
from ohdesk.ui.kit.actions import action, button, primary_action
from ohdesk.ui.kit.editors import LongChoice
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.files import choose_files
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.latest import Latest
from ohdesk.ui.kit.lay import box, column, grow, muted, row, say, stack, text
from ohdesk.ui.kit.step_page import StepPage
from ohdesk.ui.kit.thumbnails import LARGEST, PictureView, Thumbnail, Thumbnails, jpeg_image

_SHARE = 56  # per cent of the page that the thumbnails take
_FAULTS = 6  # told below them: who settles these sees the next ones
_AT_ONCE = 8  # thumbnails that are made together
_QUARTER = 90  # degrees

# Files the whole papers; called on the worker. Where that changes nothing yet, the pictures stay until it does.
Receive = Callable[[tuple[Scanned, ...]], Change]


class ScanPage(StepPage):
    """Digits say which page a picture is whose mark cannot be read, Enter enlarges it, Delete takes it out."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._papers: tuple[Expected, ...] = ()
        self._names: Mapping[str, str] = {}
        self._receive: Receive | None = None
        self._scans: list[Scan] = []
        self._pages: dict[ScanId, Leaf] = {}  # by hand
        self.list = Thumbnails(tr("图片"))
        self.nothing = EmptyState(
            tr("还没有图片"),
            tr("拍下或扫描签好字的每一页，把照片或 PDF 拖到这里。次序、方向不用管，按页脚的二维码自动排好。"),
            tr("选择照片或扫描件…(&F)"),
        )
        self._stack = stack(self.list, self.nothing)
        self._small, self._large = Latest(self, aside=True), Latest(self, aside=True)
        self.count, self.name, self.about = text("", "question"), text("", "question"), text("", "fieldError")
        self.page = LongChoice()
        self.fields = {"page": Field(tr("这是第几页"), self.page)}
        self.picture = PictureView()
        self.turn = action("refresh", tr("转 90°(&T)"), self._turn)
        self.remove = action("remove", tr("移除(&R)"), self._remove)
        self.add = action("add", tr("加图片…(&D)"), self.choose)
        self.file_in = primary_action("import", tr("归入文书(&G)"), self.submit)
        self._listen()
        self._lay_out()
        self.setAcceptDrops(True)

    @property
    def placed(self) -> Placed:
        """What became of the pictures so far."""
        return place_scans(self._papers, self._scans, self._pages)

    def ask(self, papers: Sequence[Expected], names: Mapping[str, str], receive: Receive) -> None:
        """Ask for the pictures of papers; those that were there already for the same ones stay.

        names: id of a paper → what people call it, for those that a foreign page may be of
        """
        if tuple(papers) != self._papers:
            self._scans, self._pages = [], {}
        self._papers, self._names, self._receive = tuple(papers), names, receive
        numbered = enumerate(leaves(papers), start=1)
        self.page.offer(
            [("", tr("请选择")), *((str(number), self._offered(number, leaf)) for number, leaf in numbered)]
        )
        self.say_fault("")
        self._show()
        self.focus_first()

    def focus_first(self) -> None:
        """Put the focus into the pictures."""
        (self.list if self._scans else self.nothing.button).setFocus()

    def choose(self) -> None:
        """Ask for photos and scans, and look at them."""
        kinds = tr("照片或扫描件 ({endings})", endings=" ".join(f"*{each}" for each in ENDINGS))
        if files := choose_files(self, tr("选择照片或扫描件"), kinds):
            self.take(files)

    def take(self, files: Sequence[Path]) -> None:
        """Look at files on the worker; one that is there already is looked at anew."""
        self.say_fault("")
        self.work_reporting(partial(_look, files), partial(self._taken, files), tr("读取图片"))

    def submit(self) -> None:
        """File the paper, if it is whole; else say everything that keeps it from being so."""
        placed, receive = self.placed, self._receive
        if not placed.is_whole:
            self._say(list(map(in_list, scan_problems(placed, self._names))))
        elif receive is not None:
            self.do(partial(_file_in, placed, receive), self._filed, tr("归入文书"))

    def go_back(self) -> None:
        """Make the picture small again, else leave the page."""
        if self._left.isHidden():
            self._enlarge()
        else:
            super().go_back()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.take([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])

    @property
    def _current(self) -> Scan | None:
        return next((scan for scan in self._scans if scan.key == self.list.current_key), None)

    def _taken(self, files: Sequence[Path], looked: Looked) -> None:
        self._scans = [scan for scan in self._scans if scan.id.file not in files] + list(looked.scans)
        for scan in looked.scans:
            self.list.forget(scan.key)
        self._show()
        self._say([tr("{place}：{said}", place=each.place, said=each.error.whole) for each in looked.refused])
        self._go_to_first_unplaced()

    def _filed(self, change: Change) -> None:
        if change:
            self.done.emit(tr("{name}的扫描件已归入。", name=self._name))
            self._scans, self._pages = [], {}
            self.changed.emit(change)
        self.advanced.emit()

    def _say(self, lines: Sequence[str]) -> None:
        more = [tr("另有 {count} 处。", count=len(lines) - _FAULTS)] if len(lines) > _FAULTS else []
        self.say_fault("\n".join((*islice(lines, _FAULTS), *more)))

    @property
    def _name(self) -> str:
        return "、".join(paper.name for paper in self._papers)

    def _offered(self, number: int, leaf: Leaf) -> str:
        """Return the words of a page that may be chosen, with its number where that is not the page itself."""
        name = leaf_name(self._papers, leaf)
        return name if len(self._papers) == 1 else f"{number}　{name}"

    def _place(self, number: int) -> None:
        """Say which page the picture is, if its mark does not, and go on to the next that is none yet."""
        scan, every = self._current, leaves(self._papers)
        if scan is None or scan.mark is not None or number > len(every):
            return
        if number:
            self._pages[scan.id] = every[number - 1]
        else:
            self._pages.pop(scan.id, None)
        self.say_fault("")
        self._show(scan.key)
        if number:
            self._go_to_first_unplaced()

    def _move(self, by: int) -> None:
        """Put a picture that was placed by hand one free page on, or back."""
        scan = self._current
        if scan is None or scan.mark is not None:
            return
        here = self._number_of(scan)
        every = leaves(self._papers)
        free = [number for leaf in self.placed.missing if ((number := every.index(leaf) + 1) - here) * by > 0]
        if free:
            self._pages[scan.id] = every[(min(free) if by > 0 else max(free)) - 1]
            self._show(scan.key)

    def _number_of(self, scan: Scan) -> int:
        """Return which of all pages a picture was put to by hand, 0 for none."""
        leaf = self._pages.get(scan.id)
        return leaves(self._papers).index(leaf) + 1 if leaf else 0

    def _turn(self) -> None:
        if scan := self._current:
            self.do(partial(_turned, scan, (scan.turn + _QUARTER) % 360), self._put_turned, tr("转动图片"))

    def _put_turned(self, turned: Scan) -> None:
        self._scans = [turned if scan.id == turned.id else scan for scan in self._scans]
        self.list.forget(turned.key)
        self._show(turned.key)

    def _remove(self) -> None:
        if scan := self._current:
            self._scans.remove(scan)
            self._pages.pop(scan.id, None)
            self.say_fault("")
            self._show()
            self.focus_first()

    def _go_to_first_unplaced(self) -> None:
        unmarked = self.placed.unmarked
        if unmarked:
            self._show(unmarked[0].key)
        self.focus_first()

    def _show(self, current: str = "") -> None:
        placed = self.placed
        stands = _stands(placed)
        self._scans = [scan for scan, _ in stands]
        self.list.show_those([Thumbnail(scan.key, words, f"{words} {scan.place}") for scan, words in stands], current)
        self._fetch()
        self._stack.setCurrentWidget(self.list if self._scans else self.nothing)
        for each in (self._scrolled, self._keys, self.add, self.file_in):
            each.setVisible(bool(self._scans))
        found, pages = len(placed.found), len(leaves(self._papers))
        head = tr("{name}　共 {pages} 页，已有 {found} 页", name=self._name, pages=pages, found=found)
        self.count.setText(head)
        if self._scans:
            self.show_missing(_missing(placed), tr("各页都齐了，可以归入。"))
        else:
            self.show_missing((), "")
        self._show_current()

    def _fetch(self) -> None:
        """Make the small pictures that are not there, some at once, until all are."""
        wanted, size = self.list.missing()[:_AT_ONCE], self.list.size_of_one
        if wanted:
            some = [scan for scan in self._scans if scan.key in wanted]
            self._small.ask(lambda: {scan.key: jpeg_image(scan.picture, size) for scan in some}, self._put_small)

    def _put_small(self, made: Mapping[str, QImage]) -> None:
        self.list.put(made)
        self._fetch()

    def _show_current(self) -> None:
        scan = self._current
        if scan is None:
            return
        self.name.setText(scan.place)
        say(self.about, self._said_of(scan))
        self.fields["page"].setVisible(scan.mark is None)
        self.page.setCurrentIndex(self._number_of(scan))
        self._large.ask(partial(jpeg_image, scan.picture, LARGEST), self.picture.show_image)

    def _said_of(self, scan: Scan) -> str:
        """Return what is wrong with a picture, and what to do."""
        placed = self.placed
        lines = [
            tr("{found}。{remedy}", found=each.found, remedy=each.remedy)
            for each in scan_problems(placed, self._names)
            if each.field == scan.key
        ]
        lines += [
            tr("{page}有 {count} 张，请只留清楚的那一张。", page=leaf_name(self._papers, leaf), count=len(same))
            for leaf, same in placed.twice.items()
            if scan in same
        ]
        return "\n".join(lines)

    def _enlarge(self) -> None:
        """Let the picture take the whole page, or give the rest its place back."""
        large = not self._left.isHidden()
        self._left.setVisible(not large)
        (self.turn if large else self.list).setFocus()

    def _listen(self) -> None:
        self.nothing.wanted.connect(self.choose)
        self.list.currentItemChanged.connect(lambda *_: self._show_current())
        self.list.digit.connect(self._place)
        self.list.opened.connect(self._enlarge)
        self.list.removed.connect(self._remove)
        self.list.moved.connect(self._move)
        self.page.activated.connect(self._place)

    def _lay_out(self) -> None:
        self._keys = muted(tr("读不出二维码的，按数字键指明页码，Ctrl+← Ctrl+→ 换页；Enter 放大，Delete 移除"))
        self._left = box(column(self.count, grow(self._stack), self._keys))
        acts = row(grow(self.fields["page"]), self.turn, self.remove)
        right = box(column(self.name, self.about, acts, grow(self.picture)))
        self.put_beside(self._left, _SHARE, left=True)
        self.cards.addWidget(right)
        self.fill(right)
        self.add_actions(button(tr("返回(&Y)"), "Esc", act=self.go_back), self.add, self.file_in)


def _stands(placed: Placed) -> list[tuple[Scan, str]]:
    """Return the pictures in the order in which they are shown, each with where it was put, in two lines."""
    names = {paper.paper: paper.name for paper in placed.papers} if len(placed.papers) > 1 else {}
    shown = []
    for leaf in leaves(placed.papers):
        page = tr("第 {page} 页", page=leaf.page)
        same = [(scan, tr("✗ {page}重复", page=page)) for scan in placed.twice.get(leaf, ())]
        found = [(placed.found[leaf], page)] if leaf in placed.found else same
        shown += [(scan, f"{words}\n{names.get(leaf.paper, scan.place)}") for scan, words in found]
    shown += [(scan, tr("？ 读不出二维码") + f"\n{scan.place}") for scan in placed.unmarked]
    shown += [(scan, tr("✗ 修改以前打印的") + f"\n{scan.place}") for scan in placed.outdated]
    shown += [(scan, tr("✗ 别的文书") + f"\n{scan.place}") for scan in placed.foreign]
    return shown


def _missing(placed: Placed) -> list[str]:
    """Return what keeps the papers from being whole, shortly."""
    if len(placed.papers) == 1:
        missing = [leaf_name(placed.papers, leaf) for leaf in placed.missing]
    else:
        counts = Counter(leaf.paper for leaf in placed.missing)
        pages = ((paper.name, counts[paper.paper]) for paper in placed.papers)
        missing = [tr("{name} {count} 页", name=name, count=count) for name, count in pages if count]
    wrong = len(placed.foreign) + len(placed.outdated) + len(placed.unmarked) + len(placed.twice)
    return [*missing, tr("{count} 处要处理", count=wrong)] if wrong else missing


def _look(files: Sequence[Path], report: Progress) -> Looked:
    from ohdesk.services.scans.taking import look

    return look(files, progress=report)


def _turned(scan: Scan, turn: int) -> Scan:
    from ohdesk.services.scans.taking import look_again

    return look_again(scan, turn)


def _file_in(placed: Placed, receive: Receive) -> Change:
    from ohdesk.services.scans.binding import bind  # late: it brings the typesetting along

    return receive(bind(placed))
