"""Papers of which one is in front; the names of several stand over it."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from PySide6.QtCore import QSignalBlocker, Signal

from ohdesk.i18n import tr
from ohdesk.ui.kit.chips import Tabs
from ohdesk.ui.kit.jobs import Jobs, Worker
from ohdesk.ui.kit.lay import column, grow
from ohdesk.ui.kit.pdf_view import PdfView


class Paper(NamedTuple):
    """A paper to be looked at: its title and its PDF."""

    title: str
    pdf: bytes

    @property
    def digest(self) -> str:
        """By what it is known: a paper that says something else has not been read."""
        return sha256(self.pdf).hexdigest()


class PapersView(Worker):
    """Shows papers, and emits `turned` when another comes to the front.

    keeps_place: a paper that was drawn anew stays open where it was, and shows the old pages until the new ones are
                 drawn; not where somebody reads to sign, who would be taken to have read what was never shown
    """

    turned = Signal()

    def __init__(self, jobs: Jobs, *, keeps_place: bool = False) -> None:
        super().__init__(jobs)
        self._keeps_place = keeps_place
        self.papers: tuple[Paper, ...] = ()
        self.tabs = Tabs(tr("文书"))
        self.tabs.chosen.connect(self._turn)
        self.pdf = PdfView(jobs)
        self.setFocusProxy(self.pdf)
        column(self.tabs, grow(self.pdf), of=self)
        self.show_papers(())

    @property
    def in_front(self) -> Paper | None:
        """The paper that is looked at; None while there is none."""
        return self.papers[int(self.tabs.current)] if self.papers else None

    def show_papers(self, papers: Sequence[Paper]) -> None:
        """Show papers, the one of the same title in front, else the first; none for none."""
        held, self.papers = self.in_front, tuple(papers)
        self.count({})
        self.tabs.setVisible(len(papers) > 1)
        same = (at for at, each in enumerate(papers) if held is not None and each.title == held.title)
        front = next(same, None)
        with QSignalBlocker(self.tabs):  # nobody turned to another
            self.tabs.choose(str(front or 0))
        if front is not None and self._keeps_place:
            self.pdf.show_again(self.papers[front].pdf)
        else:
            self._turn("")

    def count(self, left: Mapping[str, int]) -> None:
        """Put numbers beside the titles of papers; those without have none."""
        self.tabs.show_chips([(str(at), each.title, left.get(each.title)) for at, each in enumerate(self.papers)])

    def _turn(self, _place: str) -> None:
        paper = self.in_front
        if paper is None:
            self.pdf.clear()
        else:
            self.pdf.show_pdf(paper.pdf)
        self.turned.emit()
