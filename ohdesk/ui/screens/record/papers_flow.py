"""The papers of a visit or an establishment, and one of them: what stands in the place of the list of documents."""

from collections.abc import Callable
from functools import cached_property, partial

from PySide6.QtCore import Signal

from ohdesk.domain.scan import Scanned
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.paper import ink
from ohdesk.services.paper.listing import PaperRow
from ohdesk.services.paper.subject import Subject
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import column, grow, stack
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.scan_page import ScanPage
from ohdesk.ui.screens.record.paper_page import PaperPage, Typed
from ohdesk.ui.screens.record.papers_page import PapersPage

PAPER, VISIT, ESTABLISHMENT = "paper", "papers-of-visit", "papers-of"


class PapersFlow(Page):
    """Opened by "paper:ID", "papers-of-visit:VISIT", "papers-of:ESTABLISHMENT"."""

    closed = Signal()

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.papers, self.paper = PapersPage(ctx, jobs), PaperPage(ctx, jobs)
        self.hand_on(self.papers, self.paper)
        self.papers.back_wanted.connect(self.closed)
        self.papers.opened.connect(self._open_row)
        self.papers.made.connect(self._show_paper)
        self.paper.back_wanted.connect(self._back)
        self.paper.scan_wanted.connect(self._bring_back)
        self._pages = stack(self.papers, self.paper)
        column(grow(self._pages), of=self, gap="")

    @cached_property
    def scans(self) -> ScanPage:
        """The pictures of a paper that comes back; made when first wanted."""
        scans = ScanPage(self.ctx, self.jobs)
        scans.put_header(tr("归入扫描件"))
        for over in (scans.advanced, scans.back_wanted):
            over.connect(self._show_paper_again)
        return self.add_page(self._pages, scans)

    @staticmethod
    def opens(thing: str) -> bool:
        """True for what is a paper, or papers of something."""
        return thing.partition(":")[0] in {PAPER, VISIT, ESTABLISHMENT}

    def open(self, thing: str) -> None:
        """Show a paper, or the papers of something."""
        what, _, id_ = thing.partition(":")
        if what == PAPER:
            self._show_paper(id_)
        else:
            self._show_of(Subject(visit=id_) if what == VISIT else Subject(establishment=id_))

    def leave_for(self, act: Callable[[], object]) -> None:
        """Do something that takes a draft away: where something was typed into it, a question comes first."""
        if self.paper.form.is_touched:
            self.paper.form.give_up(act)
        else:
            act()

    def reload(self) -> None:
        self._front.reload()

    def focus_first(self) -> None:
        self._front.focus_first()

    def draft(self) -> Typed | None:
        """Return what was typed into a draft and is not saved."""
        return self.paper.draft() if self._front is self.paper else None

    def take_draft(self, draft: object) -> None:
        """Open the draft again with what was typed."""
        if isinstance(draft, Typed):
            self._show_paper(draft.paper, draft.values)

    @property
    def _front(self) -> Page:
        front = self._pages.currentWidget()
        return front if isinstance(front, PaperPage | ScanPage) else self.papers

    def _show_paper(self, paper: str, typed: dict[str, str] | None = None) -> None:
        with self.telling():
            self._pages.setCurrentWidget(self.paper)
            self.paper.open(paper, typed)
            self.paper.focus_first()

    def _bring_back(self, paper: str) -> None:
        with self.telling():
            expected = ink.expected(self.ctx, paper)
            self._pages.setCurrentWidget(self.scans)
            self.scans.ask((expected,), {}, partial(_keep, self.ctx, paper))

    def _show_paper_again(self) -> None:
        if self.paper.opened is not None:
            self._show_paper(self.paper.opened.entry.id)

    def _show_of(self, subject: Subject) -> None:
        self._pages.setCurrentWidget(self.papers)
        self.papers.show_of(subject)
        self.papers.focus_first()

    def _open_row(self, row: PaperRow) -> None:
        if row.id == row.pdf:  # of a final record, which is shown with its signatures
            self.wanted.emit("record", row.visit)
        else:
            self._show_paper(row.id)

    def _back(self) -> None:
        """From a paper to those it stands among; without any, out of here."""
        subject = self.paper.opened.entry.subject if self.paper.opened else Subject()
        if subject.visit or subject.establishment:
            among = self.papers.subject
            listed = among.establishment and not among.visit and among.establishment == subject.establishment
            self._show_of(among if listed else subject)
        else:
            self.closed.emit()


def _keep(ctx: Context, paper: str, scanned: tuple[Scanned, ...]) -> Change:
    (whole,) = scanned  # of the one paper that was asked for
    return ink.keep(ctx, paper, whole)
