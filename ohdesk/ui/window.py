"""The window: unlock first, then a sidebar with the screens; one error sink, one table of keys."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, QSize, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow, QStackedWidget

from ohdesk.i18n import tr
from ohdesk.ui.desk import Desk, routes, screen_class
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.screens.unlock.cards import Credentials, NewTown
from ohdesk.ui.screens.unlock.screen import UnlockScreen

if TYPE_CHECKING:
    from ohdesk.services.context import Context

Clock = Callable[[], datetime]
SMALLEST = QSize(960, 540)
LAST_FOLDER = "workspace/last"
USUAL = QSize(1366, 705)


class Window(QMainWindow):
    """The whole program on screen."""

    changed = Signal(object)  # Change

    def __init__(self, folder: Path | None, clock: Clock | None = None) -> None:
        """`clock` stands in for this machine's: only practice and tests hand one in."""
        super().__init__()
        self._clock = clock
        self.setWindowTitle(tr("职业健康监督检查"))
        self.setMinimumSize(SMALLEST)
        self.resize(_remembered_size())
        self.jobs = Jobs(self)
        self._session = ExitStack()
        self._pages = QStackedWidget()
        self.setCentralWidget(self._pages)
        self._folder = folder
        self.unlock = self._new_unlock(folder)
        self.desk: Desk | None = None
        self._shortcuts()

    def closeEvent(self, event: QCloseEvent) -> None:
        QSettings().setValue("window/size", self.size())
        if self.desk is not None:
            self.desk.leave()
        self.jobs.wait()
        self._session.close()
        super().closeEvent(event)

    def list_accounts(self, folder: Path) -> None:
        """Look up who can open the workspace in `folder`, on the worker."""
        job = Job(lambda _report: _account_names(folder))
        job.succeeded.connect(self.unlock.show_accounts)
        job.failed.connect(self._unlock_failed)
        self.jobs.start(job)

    def open_workspace(self, credentials: Credentials) -> None:
        """Unlock on the worker, then show the desk."""
        self._folder = credentials.folder
        self.unlock.set_busy(tr("正在打开…"))
        job = Job(lambda _report: _unlocked(self._session, credentials, self._clock))
        job.succeeded.connect(self._show_desk)
        job.failed.connect(self._unlock_failed)
        self.jobs.start(job)

    def create_workspace(self, new: NewTown) -> None:
        """Create a town's workspace on the worker, then show its recovery code."""
        self.unlock.set_busy(tr("正在建立…"))
        job = Job(lambda _report: _created(new))
        job.succeeded.connect(self.unlock.show_code)
        job.failed.connect(self._unlock_failed)
        job.ended.connect(lambda: self.unlock.set_busy(""))
        self.jobs.start(job)

    def show_error(self, error: Exception) -> None:
        """The one sink: whatever went wrong is said on the screen in front."""
        if self.desk is None:
            self._unlock_failed(error)
        else:
            self.desk.notice.error(error)

    def lock(self) -> None:
        """Forget the keys and ask for the password again; what was filled is saved already."""
        if self.desk is None:
            return
        self.desk.leave()
        self.jobs.wait()
        desk, self.desk = self.desk, None
        self._pages.removeWidget(desk)
        desk.deleteLater()
        self._session.close()
        self.unlock = self._new_unlock(self._folder)
        if self._folder is not None:
            self.list_accounts(self._folder)

    def _new_unlock(self, folder: Path | None) -> UnlockScreen:
        unlock = UnlockScreen(folder)
        unlock.accounts_wanted.connect(self.list_accounts)
        unlock.unlock_wanted.connect(self.open_workspace)
        unlock.finished.connect(self.open_workspace)
        unlock.create_wanted.connect(self.create_workspace)
        while self._pages.count():
            old = self._pages.widget(0)
            self._pages.removeWidget(old)
            old.deleteLater()
        self._pages.addWidget(unlock)
        return unlock

    def _show_desk(self, ctx: "Context") -> None:
        self.unlock.set_busy("")
        QSettings().setValue(LAST_FOLDER, str(ctx.folder))
        self.desk = Desk(ctx, self.jobs)
        self.desk.changed.connect(self.changed)
        self._pages.addWidget(self.desk)
        self._pages.setCurrentWidget(self.desk)
        self.desk.resume()

    def _unlock_failed(self, error: Exception) -> None:
        self.unlock.set_busy("")
        self.unlock.show_error(sentence(error))

    def _shortcuts(self) -> None:
        for route in routes():
            self._on(route.key, partial(self._at_desk, Desk.show_screen, route.name))
        self._on("F1", partial(self._at_desk, Desk.toggle_keys))
        self._on("F5", partial(self._at_desk, Desk.reload))
        self._on("Ctrl+L", self.lock)

    def _on(self, key: str, act: Callable[[], None]) -> None:
        QShortcut(QKeySequence(key), self).activated.connect(act)

    def _at_desk(self, act: Callable[..., None], *arguments: str) -> None:
        """Do something at the desk; a key pressed before the workspace is open does nothing."""
        if self.desk is not None:
            act(self.desk, *arguments)


def _remembered_size() -> QSize:
    size = QSettings().value("window/size")
    return size if isinstance(size, QSize) else USUAL


def sentence(error: Exception) -> str:
    """Return what an error says to the user, in one text."""
    message, remedy = getattr(error, "message", ""), getattr(error, "remedy", "")
    return f"{message}{remedy}" if message else tr("程序出现意外错误：{error}").format(error=error)


def _account_names(folder: Path) -> tuple[str, ...]:
    from ohdesk.services.workspace import account_names, is_workspace  # late: imports the database layer

    return account_names(folder) if is_workspace(folder) else ()


def _unlocked(session: ExitStack, credentials: Credentials, clock: Clock | None) -> "Context":
    from ohdesk.services.workspace import open_workspace, system_clock  # late: imports the database layer

    folder, account, password = credentials
    ctx = session.enter_context(open_workspace(folder, account, password, clock or system_clock))
    for route in routes():
        screen_class(route.name)  # imported here, on the worker, so that the window does not wait for it
    return ctx


def _created(new: NewTown) -> str:
    from ohdesk.services.workspace import NewWorkspace, create_workspace  # late: imports the database layer

    return create_workspace(new.folder, NewWorkspace("town", new.division, new.name, new.account, new.password))
