"""Papers read one after another before they are signed: each page of each has to be on screen for a while."""

import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent

from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.jobs import Jobs, Worker
from ohdesk.ui.kit.latest import Latest
from ohdesk.ui.kit.lay import column, grow, muted, row
from ohdesk.ui.kit.papers_view import Paper, PapersView
from ohdesk.ui.kit.pdf_render import page_sizes


class PagesRead:
    """Which pages were on screen for as long as one needs, without a break; pages count from 0.

    May be shared: what was read on one page of the program is so on the next.
    """

    def __init__(self) -> None:
        self._needed = theme.layout("page_read_ms") / 1000
        self._since: dict[tuple[str, int], float] = {}
        self._read: set[tuple[str, int]] = set()

    def look(self, digest: str, in_view: Iterable[int], now: float) -> None:
        """Set down which pages of a paper are on screen now, a time in seconds; all others are not."""
        # Leafing through is no reading: a page that went out of sight begins anew.
        self._since = {(digest, page): self._since.get((digest, page), now) for page in in_view}
        self._read |= {page for page, since in self._since.items() if now - since >= self._needed}

    def unread(self, digest: str, count: int) -> list[int]:
        """Return which of so many pages of a paper have not been read."""
        return [page for page in range(count) if (digest, page) not in self._read]

    def forget(self) -> None:
        """Nothing has been read."""
        self._since, self._read = {}, set()


class Unread(NamedTuple):
    """Pages of a paper that have not been read, as people count them."""

    title: str
    pages: tuple[int, ...]


class Reading(Worker):
    """Shows papers, says which pages are still to be read, and emits `changed` as they are.

    kept:  where it is set down what was read; the first is asked whether all is
    clock: seconds that only go forward
    """

    changed = Signal()

    def __init__(self, jobs: Jobs, *kept: PagesRead) -> None:
        super().__init__(jobs)
        self._kept = kept
        self.clock: Callable[[], float] = time.monotonic
        self._counts: dict[str, int] = {}
        self._counting = Latest(self)
        self._watch = QTimer(self, interval=theme.layout("page_look_ms"))
        self._watch.timeout.connect(self.look)
        self._said = muted()
        self.view = PapersView(jobs)
        self.view.turned.connect(self._turned)
        self.setFocusProxy(self.view)
        self.next = button(tr("下一份(&N)"), act=self._turn_on, quiet=True)
        column(grow(self.view), row(grow(self._said), self.next), of=self)
        self.show_papers(())

    @property
    def unread(self) -> tuple[Unread, ...]:
        """The papers that have pages to be read, in order; only those whose pages are known."""
        found = (Unread(each.title, tuple(page + 1 for page in self._pages(each))) for each in self.view.papers)
        return tuple(each for each in found if each.pages)

    @property
    def is_read(self) -> bool:
        """True when each page of each paper was on screen for long enough."""
        known = all(self._counts.get(each.digest) for each in self.view.papers)
        return bool(self.view.papers) and known and not self.unread

    @property
    def missing(self) -> str:
        """What is still to be read, in a few words; empty when nothing is."""
        return "" if self.is_read else tr("看完每一页")

    @property
    def said(self) -> str:
        """How many pages are still to be read, and which."""
        return self._said.text()

    def show_papers(self, papers: Sequence[Paper]) -> None:
        """Show papers as `PapersView` does."""
        if tuple(papers) == self.view.papers and papers:
            return
        self.view.show_papers(papers)
        if papers:
            self._counting.ask(partial(_counted, self.view.papers), self._take_counts)
        else:
            self._counting.forget()
        self._watch.start()
        self._say()

    def look(self) -> None:
        """Set down what is on screen at this moment; done again and again while something is to be read."""
        paper = self.view.in_front
        if paper is None or not self.isVisible():
            self._watch.stop()
            return
        now, before = self.clock(), self.unread
        pdf = self.view.pdf
        in_view = pdf.pages.in_view() if pdf.count else ()
        for kept in self._kept:
            kept.look(paper.digest, in_view, now)
        if self.unread != before:
            self._say()
        if self.is_read:
            self._watch.stop()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._watch.start()

    def _turned(self) -> None:
        self._watch.start()
        self._say()

    def _turn_on(self) -> None:
        """Bring the next paper that has pages to be read to the front, after the last the first."""
        tabs, papers = self.view.tabs, self.view.papers
        here = int(tabs.current)
        others = [*range(here + 1, len(papers)), *range(here)]
        tabs.choose(str(next((place for place in others if self._pages(papers[place])), here)))
        self.view.setFocus()

    def _take_counts(self, counts: dict[str, int]) -> None:
        self._counts = counts
        self._say()

    def _pages(self, paper: Paper) -> list[int]:
        return self._kept[0].unread(paper.digest, self._counts.get(paper.digest, 0))

    def _say(self) -> None:
        unread, several = self.unread, len(self.view.papers) > 1
        pages = "，".join(_pages_of(each, several=several) for each in unread)
        count = sum(len(each.pages) for each in unread)
        self.view.count({each.title: len(each.pages) for each in unread})
        left_over = tr("还有 {count} 页没有看过：{pages}", count=count, pages=pages)
        self._said.setText(left_over if count else tr("每一页都看过了。") if self.is_read else "")
        front = self.view.in_front
        self.next.setVisible(any(each is not front and self._pages(each) for each in self.view.papers))
        self.changed.emit()


def _pages_of(unread: Unread, *, several: bool) -> str:
    pages = "、".join(map(str, unread.pages))
    return (
        tr("《{title}》第 {pages} 页", title=unread.title, pages=pages) if several else tr("第 {pages} 页", pages=pages)
    )


def _counted(papers: Sequence[Paper]) -> dict[str, int]:
    return {each.digest: len(page_sizes(each.pdf)) for each in papers}
