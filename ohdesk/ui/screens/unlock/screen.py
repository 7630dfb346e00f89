"""The first thing on screen: unlock a workspace, start one, or practise. Painted before anything heavy is imported."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QStackedWidget, QWidget

from ohdesk.i18n import tr
from ohdesk.ui.kit.jobs import Job, Jobs, ReportingJob
from ohdesk.ui.kit.lay import column, grow, row
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.screens.unlock import tasks
from ohdesk.ui.screens.unlock.cards import Credentials, Front, NewOffice, Recovery
from ohdesk.ui.screens.unlock.open_card import OpenCard
from ohdesk.ui.screens.unlock.remembered import forget, remember, remembered_folders
from ohdesk.ui.screens.unlock.tasks import MakePractice

if TYPE_CHECKING:
    from ohdesk.services.start.first_run import Started
    from ohdesk.ui.kit.printing import Printing
    from ohdesk.ui.screens.unlock.code_card import CodeCard
    from ohdesk.ui.screens.unlock.create_card import CreateCard
    from ohdesk.ui.screens.unlock.practice_card import PracticeCard
    from ohdesk.ui.screens.unlock.recover_card import RecoverCard
    from ohdesk.ui.screens.unlock.ways_page import WaysPage


Page = TypeVar("Page", bound=Front)
Result = TypeVar("Result")


class UnlockScreen(QWidget):
    """One card in the middle, made when it is first needed."""

    painted = Signal()  # once, when the first page can be seen
    accounts_shown = Signal()
    unlock_wanted = Signal(object)  # Credentials
    finished = Signal(object)  # Credentials, once the recovery code was seen

    def __init__(self, folder: Path | None, jobs: Jobs, make_practice: MakePractice | None = None) -> None:
        """`make_practice` makes a practice world in a folder; without it there is none to be had."""
        super().__init__()
        self._jobs = jobs
        self._make_practice = make_practice
        self._practising: Job | None = None
        self._printing: Printing | None = None
        self._painted = False
        self._created: NewOffice | None = None
        self._front: Front
        self._folder = folder
        self._pages = QStackedWidget()
        self._page_of: dict[Front, QWidget] = {}
        column(self._pages, of=self)
        # On a small screen a card is higher than its window.
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._show_focus)
        (self.show_ways if folder is None else self.show_open)()

    @cached_property
    def ways(self) -> "WaysPage":
        """The page with the three ways in."""
        from ohdesk.ui.screens.unlock.ways_page import WaysPage  # late: seldom painted first

        page = WaysPage(remembered_folders())
        page.create_chosen.connect(self.show_create)
        page.open_chosen.connect(self.show_open)
        page.practice_chosen.connect(self.show_practice_card)
        page.folder_chosen.connect(self.open_folder)
        return self._placed(page)

    @cached_property
    def open_card(self) -> OpenCard:
        """The card that asks for a password."""
        card = OpenCard(self._folder)
        card.submitted.connect(self.unlock_wanted)
        card.folder_chosen.connect(self.list_accounts)
        card.back_chosen.connect(self.show_ways)
        card.forgotten.connect(self.show_recover)
        card.throw_away_wanted.connect(self._throw_away)
        return self._placed(card)

    @cached_property
    def create_card(self) -> "CreateCard":
        """The card that creates a workspace."""
        from ohdesk.ui.screens.unlock.create_card import CreateCard  # late: not painted first

        card = CreateCard()
        card.card_chosen.connect(lambda path: self._work(lambda: tasks.read_card(path), card.show_card))
        card.submitted.connect(self._create)
        card.back_chosen.connect(self.show_ways)
        return self._placed(card)

    @cached_property
    def code_card(self) -> "CodeCard":
        """The card that shows the recovery code."""
        from ohdesk.ui.screens.unlock.code_card import CodeCard  # late: not painted first

        card = CodeCard()
        card.save_wanted.connect(
            lambda path, office, code: self._work(lambda: tasks.save_code(path, office, code), card.show_saved)
        )
        card.print_wanted.connect(self._print_code)
        card.confirmed.connect(self._finish)
        return self._placed(card)

    @cached_property
    def recover_card(self) -> "RecoverCard":
        """The card for a lost password."""
        from ohdesk.ui.screens.unlock.recover_card import RecoverCard  # late: not painted first

        card = RecoverCard()
        card.submitted.connect(
            lambda recovery: self._work(lambda: tasks.recover(recovery), self.show_recovered, tr("正在设新密码…"))
        )
        card.back_chosen.connect(self.show_open)
        return self._placed(card)

    @cached_property
    def practice_card(self) -> "PracticeCard":
        """The card that makes a practice world."""
        from ohdesk.ui.screens.unlock.practice_card import PracticeCard  # late: not painted first

        card = PracticeCard()
        card.submitted.connect(self._practise)
        card.cancelled.connect(self.stop)
        card.back_chosen.connect(self.show_ways)
        return self._placed(card)

    @property
    def code_is_open(self) -> bool:
        """True while a recovery code stands here that nobody has shown to have kept."""
        return "code_card" in vars(self) and self.code_card.is_open  # asking for the card would make it

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._start()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.painted.emit)  # the cards are painted after the ground they stand on

    def show_ways(self) -> None:
        """Turn to the three ways in."""
        self._bring(self.ways)

    def show_open(self) -> None:
        """Turn to the card that asks for a password."""
        self._bring(self.open_card)

    def open_folder(self, folder: Path) -> None:
        """Turn to the card that asks for a password, for this workspace."""
        self.show_open()
        self.open_card.choose(folder)
        self.open_card.start()

    def show_create(self) -> None:
        """Turn to the card that creates a workspace."""
        self._bring(self.create_card)

    def show_recover(self) -> None:
        """Turn to the card for a lost password."""
        card = self.open_card
        folder = card.shown_folder
        names = tuple(card.account.itemText(place) for place in range(card.account.count()))
        if folder is None or not names:
            card.folder_field.set_error(tr("请先选择工作区文件夹。"))
            card.folder.setFocus()
            return
        self.recover_card.ask(folder, names, card.account.currentText())
        self._bring(self.recover_card)

    def show_practice_card(self) -> None:
        """Turn to the card that makes a practice world."""
        self._bring(self.practice_card)

    def list_accounts(self, folder: Path) -> None:
        """Look up who can open the workspace in `folder`."""
        self._work(lambda: tasks.account_names_in(folder), self.show_accounts)

    def stop(self) -> None:
        """Ask the making of a practice world to end: it is given up, or the program is being closed."""
        if self._practising is not None:
            self._practising.cancel()

    def show_accounts(self, names: tuple[str, ...]) -> None:
        """Offer the accounts of the folder shown."""
        self.open_card.show_accounts(names)
        self.accounts_shown.emit()

    def show_started(self, started: "Started") -> None:
        """Show the recovery code of the workspace just created, and what became of the request to the county."""
        self.show_code(started.code)
        place = self._created.request if self._created is not None else None
        self.code_card.show_request(started, str(place or ""))

    def show_code(self, code: str) -> None:
        """Show the recovery code of the workspace just created."""
        if self._created is not None:
            remember(self._created.folder, self._created.account)  # it is there, whatever becomes of the code
        self.code_card.show_code(code, self._created.name if self._created is not None else "")
        self._bring(self.code_card)

    def show_recovered(self, recovery: Recovery) -> None:
        """Say that the new password is set, and stand ready to open with it."""
        card = self.open_card
        self.show_open()
        card.stand_ready(recovery.folder, recovery.account, recovery.password)
        card.notice.done(
            tr(
                "已为“{account}”设新密码，现在可以打开。执法人员的签名密钥已重建，请再向县级申请证书。",
                account=recovery.account,
            )
        )

    def show_practice(self, folder: Path) -> None:
        """Show the practice world that is ready, its offices and password."""
        self.practice_card.set_busy("")
        self.open_folder(folder)

    def show_error(self, error: Exception) -> None:
        """Say what went wrong, on the card in front."""
        self._front.show_error(error)

    def set_busy(self, text: str) -> None:
        """Say that work is going on; an empty text ends it."""
        self._front.set_busy(text)

    def _placed(self, card: Page) -> Page:
        middle = _Middle(card)
        middle.resized.connect(self._show_focus_again)
        self._page_of[card] = Scrolled(middle)
        self._pages.addWidget(self._page_of[card])
        return card

    def _forget_ways(self) -> None:
        """Let the page of the ways in be made anew."""
        ways = vars(self).pop("ways", None)
        if ways is not None:
            page = self._page_of.pop(ways)
            self._pages.removeWidget(page)
            page.deleteLater()

    def _bring(self, card: Front) -> None:
        self._front = card
        self._pages.setCurrentWidget(self._page_of[card])
        if self.isVisible():
            self._start()

    def _start(self) -> None:
        self._front.start()

    def _show_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        """Scroll to what has the focus: on a small screen it may have been put out of sight."""
        if self._painted and QApplication.mouseButtons():
            return  # what is being clicked on must not move away from under the pointer
        page = self._pages.currentWidget()
        if new is not None and isinstance(page, QScrollArea) and page.isAncestorOf(new):
            page.ensureWidgetVisible(new)

    def _show_focus_again(self) -> None:
        self._show_focus(None, QApplication.focusWidget())

    def _create(self, new: NewOffice) -> None:
        self._created = new
        self._work(lambda: tasks.start_office(new), self.show_started, tr("正在建立…"))

    def _print_code(self, office: str, code: str) -> None:
        from ohdesk.ui.kit.printing import Printing  # late: not needed for the prompt

        if self._printing is None:
            self._printing = Printing(self._jobs, self)
            self._printing.done.connect(self.code_card.show_printed)
            self._printing.failed.connect(self.show_error)
        printing = self._printing
        self._work(lambda: tasks.sheet_of(office, code), lambda sheet: printing.print_pdf(sheet, tr("恢复码")))

    def _practise(self, folder: Path) -> None:
        make = self._make_practice
        if make is None:
            return
        card = self.practice_card
        job = ReportingJob(lambda report: tasks.make_world(folder, make, report))
        job.progressed.connect(card.show_progress)
        job.cancelled.connect(lambda: card.set_busy(""))
        job.cancelled.connect(card.start)
        self._practising = self._start_job(job, self.show_practice)

    def _throw_away(self, folder: Path) -> None:
        self._work(lambda: tasks.throw_away(folder), self._show_thrown_away, tr("正在删除…"))

    def _show_thrown_away(self, folder: Path) -> None:
        """The practice world is gone: start again."""
        forget(folder)
        self.open_card.folder.clear()
        self._forget_ways()  # it offers what is gone
        self.show_ways()
        self.ways.say(tr("练习库已删除：{folder}", folder=folder))

    def _work(self, function: Callable[[], Result], then: Callable[[Result], object], busy: str = "") -> None:
        """Do something on the worker; `busy` stands on the card in front meanwhile."""
        job = Job(function)
        if busy:
            front = self._front  # another may be in front when it ends
            front.set_busy(busy)
            job.ended.connect(lambda: front.set_busy(""))
        self._start_job(job, then)

    def _start_job(self, job: Job, then: Callable[[Result], object]) -> Job:
        job.succeeded.connect(then)
        job.failed.connect(self.show_error)
        return self._jobs.start(job)

    def _finish(self) -> None:
        if self._created is not None:
            new = self._created
            self.open_card.stand_ready(new.folder, new.account, new.password)
            self.show_open()  # should it not open, there is where to go on
            self.finished.emit(Credentials(new.folder, new.account, new.password))


class _Middle(QWidget):
    """Holds a card in the middle; tells when there is more or less of it."""

    resized = Signal()

    def __init__(self, card: QWidget) -> None:
        super().__init__()
        middle = row(grow(), card, grow())  # an alignment would take the card's height away from its width
        edges = ("gap_small", "gap_small")
        # A card looks centred when there is a little less room above it than below.
        column(grow(share=2), middle, grow(share=3), of=self, edges=edges)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()
