"""县级汇总: six pages over what the towns send."""

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.county import merging
from ohdesk.ui import theme
from ohdesk.ui.kit.chips import FilterChips
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.screen import Screen
from ohdesk.ui.screens.county.conflict_page import ConflictPage
from ohdesk.ui.screens.county.coverage_page import CoveragePage
from ohdesk.ui.screens.county.down_page import DownPage
from ohdesk.ui.screens.county.draws_page import DrawsPage
from ohdesk.ui.screens.county.inbox_page import InboxPage
from ohdesk.ui.screens.county.towns_page import TownsPage

_PAGES: dict[str, type[Page]] = {
    "inbox": InboxPage,
    "conflicts": ConflictPage,
    "coverage": CoveragePage,
    "draws": DrawsPage,
    "down": DownPage,
    "towns": TownsPage,
}


class CountyScreen(Screen):
    """One page in front; each reads when it comes to the front, and again when something changed."""

    reloads_on = Change.SYNC | Change.ROLL | Change.RECORDS | Change.DRAWS

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.header = Header(tr("县级汇总"))
        self.header.say(ctx.office.name)
        self._pages: dict[str, Page] = {}
        self._stack = QStackedWidget()
        self.which = FilterChips(tr("县级汇总"))
        self.which.chosen.connect(self.open)
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

    def page_of(self, name: str) -> Page:
        """Return a page, made when it is first asked for."""
        if name not in self._pages:
            page = self._pages[name] = _PAGES[name](self.ctx, self.jobs)
            self.hand_on(page)
            self._stack.addWidget(page)
        return self._pages[name]

    def arrive(self) -> None:
        """Come to the front."""
        self.open(self.page)

    def reload(self) -> None:
        """Read again what the page in front shows, and how many disputes there are."""
        ctx = self.ctx
        self.page_of(self.page).reload()
        self.work(lambda: len(merging.conflicts(ctx)), self._show_chips)

    def open(self, page: str) -> None:
        """Bring a page to the front."""
        if page != self.page:
            self.which.choose(page)  # which comes back here
            return
        front = self.page_of(page)
        self._stack.setCurrentWidget(front)
        self.reload()
        front.focus_first()

    def draft(self) -> object | None:
        """Return the page in front with what was typed on it and is not saved yet."""
        page = self._pages.get("conflicts")
        typed = page.draft() if isinstance(page, ConflictPage) else None
        return None if typed is None else (self.page, typed)

    def take_draft(self, draft: object) -> None:
        """Put back what was typed before the program was locked."""
        if isinstance(draft, tuple):
            name, typed = draft
            page = self.page_of("conflicts")
            assert isinstance(page, ConflictPage)  # noqa: S101 - made from the table above
            page.take_draft(typed)
            self.open(str(name))

    def _body(self) -> QWidget:
        body = QWidget()
        side, top = theme.size("page_side"), theme.size("page_top")
        column = QVBoxLayout(body)
        column.setContentsMargins(side, top, side, top)
        column.setSpacing(theme.size("gap"))
        column.addWidget(self.which)
        column.addWidget(self._stack, 1)
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
