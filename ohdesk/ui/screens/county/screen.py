"""县级汇总: six pages over what the towns send."""

from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.ui import theme
from ohdesk.ui.exchange.parts import Page
from ohdesk.ui.kit.chips import FilterChips
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.screens.county.conflict_page import ConflictPage
from ohdesk.ui.screens.county.coverage_page import CoveragePage
from ohdesk.ui.screens.county.down_page import DownPage
from ohdesk.ui.screens.county.draws_page import DrawsPage
from ohdesk.ui.screens.county.inbox_page import InboxPage
from ohdesk.ui.screens.county.towns_page import TownsPage


class CountyScreen(Page):
    """One page in front; each reads when it comes to the front, and again when something changed."""

    reloads_on = Change.SYNC | Change.ROLL | Change.RECORDS | Change.DRAWS

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.header = Header(tr("县级汇总"))
        self.header.say(ctx.office.name)
        self.inbox = InboxPage(ctx, jobs)
        self.conflicts = ConflictPage(ctx, jobs)
        self.coverage = CoveragePage(ctx, jobs)
        self.draws = DrawsPage(ctx, jobs)
        self.down = DownPage(ctx, jobs)
        self.towns = TownsPage(ctx, jobs)
        self._pages = {
            "inbox": self.inbox,
            "conflicts": self.conflicts,
            "coverage": self.coverage,
            "draws": self.draws,
            "down": self.down,
            "towns": self.towns,
        }
        self.hand_on(*self._pages.values())
        self._stack = QStackedLayout()
        for page in self._pages.values():
            self._stack.addWidget(page)
        self.which = FilterChips(tr("县级汇总"))
        self.which.chosen.connect(self.open)
        self.conflicts.counted.connect(self._show_chips)
        self._show_chips(0)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.header)
        whole.addWidget(self._body(), 1)

    @property
    def page(self) -> str:
        """The name of the page in front."""
        return self.which.current

    def arrive(self) -> None:
        """Come to the front."""
        self.reload()
        self._pages[self.page].focus_first()

    def leave(self) -> None:
        """Go to the back; what runs goes on."""

    def reload(self) -> None:
        """Read again what the page in front shows, and how many disputes there are."""
        front = self._pages[self.page]
        front.reload()
        if front is not self.conflicts:
            self.conflicts.reload()

    def open(self, page: str) -> None:
        """Bring a page to the front."""
        self.which.choose(page)
        front = self._pages[self.page]
        self._stack.setCurrentWidget(front)
        front.reload()
        front.focus_first()

    def draft(self) -> object | None:
        """Return the page in front with what was typed on it and is not saved yet."""
        typed = self.conflicts.draft()
        return None if typed is None else (self.page, typed)

    def take_draft(self, draft: object) -> None:
        """Put back what was typed before the program was locked."""
        if isinstance(draft, tuple):
            page, typed = draft
            self.conflicts.take_draft(typed)
            self.open(str(page))

    def _body(self) -> QWidget:
        body = QWidget()
        side, top = theme.size("page_side"), theme.size("page_top")
        column = QVBoxLayout(body)
        column.setContentsMargins(side, top, side, top)
        column.setSpacing(theme.size("gap"))
        column.addWidget(self.which)
        column.addLayout(self._stack, 1)
        return body

    def _show_chips(self, conflicts: int) -> None:
        self.which.show_chips(
            (
                ("inbox", tr("收件(&S)"), None),
                ("conflicts", tr("冲突(&T)"), conflicts or None),
                ("coverage", tr("覆盖(&G)"), None),
                ("draws", tr("抽取复核(&K)"), None),
                ("down", tr("下发(&J)"), None),
                ("towns", tr("镇街登记(&L)"), None),
            )
        )
