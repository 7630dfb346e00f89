"""县级汇总: seven pages over what the towns send."""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from PySide6.QtWidgets import QStackedWidget

from ohdesk.domain.record import Verification
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.county import conflicts
from ohdesk.services.record import verdicts
from ohdesk.services.roll import proposals, transfer
from ohdesk.services.roll.transfer import Step
from ohdesk.ui.kit.actions import action, relabel
from ohdesk.ui.kit.chips import FilterChips
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import column, grow
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.screen import Screen
from ohdesk.ui.screens.county.conflict_page import ConflictPage
from ohdesk.ui.screens.county.coverage_page import CoveragePage
from ohdesk.ui.screens.county.down_page import DownPage
from ohdesk.ui.screens.county.draws_page import DrawsPage
from ohdesk.ui.screens.county.inbox_page import InboxPage
from ohdesk.ui.screens.county.proposals_page import ProposalsPage
from ohdesk.ui.screens.county.towns_page import TownsPage

_PAGES: dict[str, tuple[str, type[Page]]] = {
    "inbox": (mark("收件(&S)"), InboxPage),
    "conflicts": (mark("冲突(&T)"), ConflictPage),
    "proposals": (mark("建议(&U)"), ProposalsPage),
    "coverage": (mark("覆盖(&G)"), CoveragePage),
    "draws": (mark("抽取复核(&K)"), DrawsPage),
    "down": (mark("下发(&J)"), DownPage),
    "towns": (mark("镇街登记(&L)"), TownsPage),
}


class _Draft(NamedTuple):
    """On which page something was being typed, and what, as the page says it."""

    page: str
    typed: object


class _Waiting(NamedTuple):
    """How much waits for a decision, by page, how many records are known to be what, and offers to be passed on."""

    decisions: dict[str, int | None]
    papers: Counter[Verification]
    offers: int


class CountyScreen(Screen):
    """One page in front; each reads when it comes to the front, and again when something changed."""

    reloads_on = Change.SYNC | Change.ROLL | Change.RECORDS | Change.DRAWS

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._pages: dict[str, Page] = {}
        self._papers = ""
        self._stack = QStackedWidget()
        self.which = FilterChips(tr("县级汇总"))
        self.which.chosen.connect(self.open)
        self._show_chips({})
        header = Header(tr("县级汇总"))
        header.say(ctx.office.name)
        self.papers = action("document", "", lambda: self.wanted.emit("record", self._papers))
        self.transfers = action("next", "", lambda: self.wanted.emit("roll", "transfers"))
        for each in (self.papers, self.transfers):
            each.hide()
        header.add(self.transfers, self.papers)
        body = column(self.which, grow(self._stack), gap="gap", edges=("page_side", "page_top"))
        column(header, grow(body), of=self, gap="")

    @property
    def page(self) -> str:
        """The name of the page in front."""
        return self.which.current

    def page_of(self, name: str) -> Page:
        """Return a page, made when it is first asked for."""
        if name not in self._pages:  # few look at all of them, and each reads for itself
            page = self._pages[name] = _PAGES[name][1](self.ctx, self.jobs)
            self.hand_on(page)
            self._stack.addWidget(page)
        return self._pages[name]

    def arrive(self) -> None:
        """Come to the front: the page in front reads again."""
        self.open(self.page)

    def focus_first(self) -> None:
        """The focus is where the page in front begins."""
        self.page_of(self.page).focus_first()

    def reload(self) -> None:
        """Read again what the page in front shows, and what waits on the others."""
        self.page_of(self.page).reload()
        self.latest.ask(partial(_waiting, self.ctx), self._show_waiting)

    def open(self, thing: str) -> None:
        """Bring a page to the front, by its name."""
        if thing != self.page:
            self.which.choose(thing)  # which comes back here
            return
        self._stack.setCurrentWidget(self.page_of(thing))
        self.reload()
        self.focus_first()

    def draft(self) -> _Draft | None:
        """Return what was being typed on one of the pages."""
        drafts = ((name, page.draft()) for name, page in self._pages.items())
        return next((_Draft(name, typed) for name, typed in drafts if typed is not None), None)

    def take_draft(self, draft: object) -> None:
        """Put back what was being typed before the program was locked."""
        if isinstance(draft, _Draft):
            self.page_of(draft.page).take_draft(draft.typed)
            self.open(draft.page)

    def _show_waiting(self, waiting: _Waiting) -> None:
        self._show_chips(waiting.decisions)
        counts = waiting.papers
        bad, still_open = counts[Verification.BAD], counts[Verification.WAITING] + counts[Verification.UNCHECKED]
        self._papers = "bad" if bad else "open"
        said = [tr("核对不通过 {count}", count=bad)] if bad else []
        said += [tr("待验和未核 {count}", count=still_open)] if still_open else []
        relabel(self.papers, tr("文书：{what}(&9)", what=tr("，").join(said)))
        self.papers.setVisible(bool(said))
        relabel(self.transfers, tr("{count} 家转出等转下去(&8)", count=waiting.offers))
        self.transfers.setVisible(waiting.offers > 0)

    def _show_chips(self, counts: Mapping[str, int | None]) -> None:
        self.which.show_chips([(name, tr(word), counts.get(name)) for name, (word, _) in _PAGES.items()])


def _waiting(ctx: Context) -> _Waiting:
    decisions = {"conflicts": conflicts.waiting(ctx) or None, "proposals": proposals.waiting(ctx) or None}
    offers = sum(Step.PASS_ON in transfer.steps(ctx, each) for each in transfer.transfers(ctx))
    return _Waiting(decisions, verdicts.count_records(ctx), offers)
