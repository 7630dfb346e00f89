"""The first thing on screen: unlock a workspace, start one, or practise. Painted before anything heavy is imported."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QStackedWidget, QWidget

from ohdesk.domain.progress import Progress
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.ui.kit.jobs import Job, Jobs, ReportingJob
from ohdesk.ui.kit.lay import column, grow, row
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.screens.unlock.cards import Credentials, Front, MakePractice
from ohdesk.ui.screens.unlock.open_card import OpenCard
from ohdesk.ui.screens.unlock.remembered import forget, remembered_folders

if TYPE_CHECKING:
    from ohdesk.services.start.first_run import Started
    from ohdesk.ui.screens.unlock.code_card import CodeCard
    from ohdesk.ui.screens.unlock.create_card import CreateCard
    from ohdesk.ui.screens.unlock.first_login_card import FirstLoginCard
    from ohdesk.ui.screens.unlock.older_card import OlderCard
    from ohdesk.ui.screens.unlock.practice_card import PracticeCard
    from ohdesk.ui.screens.unlock.recover_card import RecoverCard
    from ohdesk.ui.screens.unlock.restore_card import RestoreCard
    from ohdesk.ui.screens.unlock.ways_page import WaysPage


Page = TypeVar("Page", bound=Front)


class UnlockScreen(QWidget):
    """One card in the middle, made when it is first needed."""

    painted = Signal()  # once, when the first page can be seen
    unlock_wanted = Signal(object)  # Credentials

    def __init__(self, folder: Path | None, jobs: Jobs, make_practice: MakePractice | None = None) -> None:
        super().__init__()
        self._jobs = jobs
        self._make_practice = make_practice
        self._painted = False
        self._created: Credentials | None = None
        self._renewing: Credentials | None = None
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
        page.practice_chosen.connect(self.show_practice)
        page.folder_chosen.connect(self.open_folder)
        page.restore_chosen.connect(self.show_restore)
        return self._placed(page)

    @cached_property
    def open_card(self) -> OpenCard:
        """The card that asks for a password."""
        card = OpenCard(self._folder, self._jobs)
        card.submitted.connect(self.unlock_wanted)
        card.back_chosen.connect(self.show_ways)
        card.forgotten.connect(self._recover)
        card.thrown_away.connect(self._show_thrown_away)
        return self._placed(card)

    @cached_property
    def create_card(self) -> "CreateCard":
        """The card that creates a workspace."""
        from ohdesk.ui.screens.unlock.create_card import CreateCard  # late: not painted first

        card = CreateCard(self._jobs)
        card.created.connect(self.show_created)
        card.back_chosen.connect(self.show_ways)
        return self._placed(card)

    @cached_property
    def code_card(self) -> "CodeCard":
        """The card that shows the recovery code."""
        from ohdesk.ui.screens.unlock.code_card import CodeCard  # late: not painted first

        card = CodeCard(self._jobs)
        card.confirmed.connect(self._finish)
        card.back_chosen.connect(self._keep_old_code)
        return self._placed(card)

    @cached_property
    def recover_card(self) -> "RecoverCard":
        """The card for a lost password."""
        from ohdesk.ui.screens.unlock.recover_card import RecoverCard  # late: not painted first

        card = RecoverCard(self._jobs)
        card.recovered.connect(self.show_recovered)
        card.back_chosen.connect(self.show_open)
        return self._placed(card)

    @cached_property
    def first_login_card(self) -> "FirstLoginCard":
        """The card for a password that an administrator has reset."""
        from ohdesk.ui.screens.unlock.first_login_card import FirstLoginCard  # late: not painted first

        card = FirstLoginCard(self._jobs)
        card.chosen.connect(self._open_with)
        card.back_chosen.connect(self.show_open)
        return self._placed(card)

    @cached_property
    def restore_card(self) -> "RestoreCard":
        """The card that makes a workspace from a backup."""
        from ohdesk.ui.screens.unlock.restore_card import RestoreCard  # late: not painted first

        card = RestoreCard(self._jobs)
        card.restored.connect(self.show_restored)
        card.back_chosen.connect(self.show_ways)
        return self._placed(card)

    @cached_property
    def older_card(self) -> "OlderCard":
        """The card for a workspace that is older than it was."""
        from ohdesk.ui.screens.unlock.older_card import OlderCard  # late: not painted first

        card = OlderCard(self._jobs)
        card.accepted.connect(self._open_with)
        card.back_chosen.connect(self.show_open)
        return self._placed(card)

    @cached_property
    def practice_card(self) -> "PracticeCard":
        """The card that makes a practice world."""
        from ohdesk.ui.screens.unlock.practice_card import PracticeCard  # late: not painted first

        card = PracticeCard(self._jobs, self._make_practice)
        card.made.connect(self.open_folder)
        card.back_chosen.connect(self.show_ways)
        return self._placed(card)

    @property
    def code_is_open(self) -> bool:
        """True while a recovery code stands here that nobody has shown to have kept."""
        return "code_card" in vars(self) and self.code_card.is_open  # asking for the card would make it

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._front.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self._show_painted)  # the cards are painted after the ground they stand on

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

    def show_practice(self) -> None:
        """Turn to the card that makes a practice world."""
        self._bring(self.practice_card)

    def show_restore(self) -> None:
        """Turn to the card that makes a workspace from a backup."""
        self._bring(self.restore_card)

    def stop(self) -> None:
        """Ask the making of a practice world, or a restore, to end: the program is being closed."""
        if "restore_card" in vars(self):
            self.restore_card.stop()
        if "practice_card" in vars(self):
            self.practice_card.stop()

    def show_created(self, created: Credentials, office: str, started: "Started") -> None:
        """Show the recovery code of the workspace just created, and what became of the request to the county."""
        self._created = created
        self.code_card.show_code(started.code, office, created.folder)
        self.code_card.show_request(started, str(self.create_card.joining.request or ""))
        self._bring(self.code_card)

    def show_recovered(self, recovered: Credentials) -> None:
        """Say that the new password is set, and stand ready to open with it."""
        card = self.open_card
        self.show_open()
        card.stand_ready(*recovered[:3])
        card.notice.done(
            tr(
                "已为“{account}”设新密码，现在可以打开。执法人员的签名密钥已重建，请再向县级申请证书。",
                account=recovered.account,
            )
        )

    def show_first_login(self, given: Credentials) -> None:
        """Ask for an own password in the place of the one an administrator gave."""
        self.first_login_card.ask(given)
        self._bring(self.first_login_card)

    def show_restored(self, restored: Credentials, lost: tuple[str, ...]) -> None:
        """Say what is there again and what comes next, and stand ready to open it."""
        self.show_open()
        self.open_card.stand_ready(*restored[:3])
        said = tr("已恢复到 {folder}。打开后到“上报同步”，用县级名片重新写出申请。", folder=restored.folder)
        self.open_card.notice.done("\n".join((said, *lost)))

    def show_older(self, given: Credentials, older: UserError) -> None:
        """Ask whether to go on with a workspace that is older than this computer has seen it."""
        self.older_card.ask(given, older.message, older.remedy)
        self._bring(self.older_card)

    def close_account(self, by: Credentials, account: str) -> None:
        """Close an account, then say that it is done; the password is asked for again."""
        self.show_open()
        self.open_card.stand_ready(by.folder, by.account, "")
        said = tr("账户“{account}”已关闭，工作区已更换密钥；其他人的密码不变。", account=account)
        self._change_key(lambda report: _close(by, account, report), said, tr("已取消，账户没有关闭。"))

    def renew_code(self, by: Credentials, office: str) -> None:
        """Show a new recovery code; once it is shown to have been kept, it takes the place of the old one."""
        self.show_open()
        self.open_card.stand_ready(by.folder, by.account, "")
        self._renewing = by
        self.code_card.work(Job(_new_code), lambda code: self._show_new_code(code, office))

    def show_error(self, error: Exception) -> None:
        """Say what went wrong, on the card in front."""
        self._front.show_error(error)

    def set_busy(self, text: str) -> None:
        """Say that work is going on; an empty text ends it."""
        self._front.set_busy(text)

    def _show_painted(self) -> None:
        self.painted.emit()
        if self._folder is not None:
            self.open_card.list_accounts(self._folder)

    def _placed(self, card: Page) -> Page:
        middle = _Middle(card)
        middle.resized.connect(self._show_focus_again)
        self._page_of[card] = Scrolled(middle)
        self._pages.addWidget(self._page_of[card])
        return card

    def _bring(self, card: Front) -> None:
        self._front = card
        self._pages.setCurrentWidget(self._page_of[card])
        if self.isVisible():
            card.start()

    def _show_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        """Scroll to what has the focus: on a small screen it may have been put out of sight."""
        if self._painted and QApplication.mouseButtons():
            return  # what is being clicked on must not move away from under the pointer
        page = self._pages.currentWidget()
        if new is not None and isinstance(page, QScrollArea) and page.isAncestorOf(new):
            page.ensureWidgetVisible(new)

    def _show_focus_again(self) -> None:
        self._show_focus(None, QApplication.focusWidget())

    def _recover(self, folder: Path, accounts: tuple[str, ...], account: str) -> None:
        self.recover_card.ask(folder, accounts, account)
        self._bring(self.recover_card)

    def _show_thrown_away(self, folder: Path) -> None:
        """The practice world is gone: start again."""
        forget(folder)
        self.open_card.folder.clear()
        ways = vars(self).pop("ways", None)
        if ways is not None:  # it offers what is gone
            page = self._page_of.pop(ways)
            self._pages.removeWidget(page)
            page.deleteLater()
        self.show_ways()
        self.ways.notice.done(tr("练习库已删除：{folder}", folder=folder))

    def _show_new_code(self, code: str, office: str) -> None:
        if self._renewing is not None:
            self.code_card.show_code(code, office, self._renewing.folder)
            self.code_card.say_renewal()
            self._bring(self.code_card)

    def _keep_old_code(self) -> None:
        """Go back without another code; a workspace just created has no way back."""
        if self._renewing is not None:
            self._renewing = None
            self.code_card.forget()
            self.show_open()

    def _finish(self) -> None:
        renewing, self._renewing = self._renewing, None
        if renewing is not None:
            code = self.code_card.taken()
            self.show_open()
            said, cancelled = tr("新恢复码已启用，旧恢复码已作废。"), tr("已取消，旧恢复码仍然有效，新抄的请销毁。")
            self._change_key(lambda report: _replace_code(renewing, code, report), said, cancelled)
            return
        if self._created is not None:
            self._open_with(self._created)

    def _change_key(self, change: Callable[[Progress], object], done: str, cancelled: str) -> None:
        """Put another key under the workspace, watched on the card that opens it."""
        card, job = self.open_card, ReportingJob(change)
        job.cancelled.connect(lambda: card.notice.done(cancelled))
        card.work(job, lambda _: card.notice.done(done), tr("请不要关机"), tr("更换密钥"))

    def _open_with(self, credentials: Credentials) -> None:
        self.open_card.stand_ready(*credentials[:3])
        self.show_open()  # should it not open, there is where to go on
        self.unlock_wanted.emit(credentials)


def _close(by: Credentials, account: str, report: Progress) -> None:
    from ohdesk.services.start import first_run  # late: loads the database layer

    first_run.close_account(by.folder, by.account, by.password, account, report)


def _new_code() -> str:
    from ohdesk.services.office import closing  # late: as above

    return closing.new_code()


def _replace_code(by: Credentials, code: str, report: Progress) -> None:
    from ohdesk.services.start import first_run  # late: as above

    first_run.replace_code(by.folder, by.account, by.password, code, report)


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
