"""The window: unlock first, then a sidebar with the screens; one error sink, one table of keys."""

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QSettings, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.notice import NoticeBar
from ohdesk.ui.screens.unlock.screen import Credentials, NewTown, UnlockScreen
from ohdesk.ui.theme.icons import icon

if TYPE_CHECKING:
    from ohdesk.services.changes import Change
    from ohdesk.services.context import Context

SMALLEST = QSize(960, 540)
USUAL = QSize(1366, 705)


class Route(NamedTuple):
    """A screen of the sidebar: its name, title, icon role and key."""

    name: str
    title: str
    icon: str
    key: str


class Key(NamedTuple):
    """A key of the window and what it does, as F1 shows it."""

    key: str
    meaning: str


def routes() -> tuple[Route, ...]:
    """Return the screens there are, in the order of the sidebar."""
    return (
        Route("establishments", tr("单位"), "employer", "Alt+1"),
        Route("inspection", tr("检查"), "inspect", "Alt+2"),
    )


def keys() -> tuple[Key, ...]:
    """Return every key of the window."""
    return (
        *(Key(route.key, route.title) for route in routes()),
        Key("Ctrl+F", tr("查找")),
        Key("Ctrl+N", tr("新增")),
        Key("Enter", tr("打开；检查时转到下一项")),
        Key("1 2 3 4", tr("检查时：合格、不合格、合理缺项、未检查")),
        Key("+ / -", tr("检查时：下一项、上一项")),
        Key("F6", tr("附照片")),
        Key("Ctrl+Z", tr("撤销")),
        Key("F5", tr("刷新")),
        Key("Ctrl+L", tr("锁定")),
        Key("F1", tr("显示这张表")),
    )


class Window(QMainWindow):
    """The whole program on screen."""

    changed = Signal(object)  # Change

    def __init__(self, folder: Path | None) -> None:
        super().__init__()
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
        job = Job(lambda _report: _unlocked(self._session, credentials))
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

    def lock(self) -> None:
        """Forget the keys and ask for the password again; what was filled is saved already."""
        if self.desk is None:
            return
        self.jobs.wait()
        desk, self.desk = self.desk, None
        self._pages.removeWidget(desk)
        desk.deleteLater()
        self._session.close()
        self.unlock = self._new_unlock(self._folder)

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
        self.desk = Desk(ctx, self.jobs)
        self.desk.changed.connect(self.changed)
        self._pages.addWidget(self.desk)
        self._pages.setCurrentWidget(self.desk)
        self.desk.show_screen(routes()[0].name)

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


class Desk(QWidget):
    """The unlocked program: sidebar, notice bar, and one screen at a time."""

    changed = Signal(object)

    def __init__(self, ctx: "Context", jobs: Jobs) -> None:
        super().__init__()
        self._ctx = ctx
        self.jobs = jobs
        self.notice = NoticeBar()
        self._stack = QStackedWidget()
        self._screens: dict[str, Any] = {}
        self._buttons: dict[str, QPushButton] = {}
        self._keys = _KeyCard()
        body = QVBoxLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        bar = QVBoxLayout()
        side = theme.size("page_side")
        bar.setContentsMargins(side, 0, side, 0)
        bar.addWidget(self.notice)
        body.addLayout(bar)
        body.addWidget(self._keys)
        body.addWidget(self._stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._sidebar())
        row.addLayout(body, 1)
        self.changed.connect(self._reload_for)

    def screen_of(self, name: str) -> Any:
        """Return a screen, made when it is first asked for."""
        if name not in self._screens:
            screen = _make_screen(name, self._ctx, self.jobs)
            screen.failed.connect(self.notice.error)
            screen.done.connect(self.notice.done)
            screen.changed.connect(self.changed)
            if hasattr(screen, "visit_wanted"):
                screen.visit_wanted.connect(self._open_visit)
            self._screens[name] = screen
            self._stack.addWidget(screen)
        return self._screens[name]

    def show_screen(self, name: str) -> None:
        """Bring a screen to the front."""
        screen = self.screen_of(name)
        self.notice.hide()
        self._buttons[name].setChecked(True)
        self._stack.setCurrentWidget(screen)
        screen.arrive()

    def reload(self) -> None:
        """Read again what the screen in front shows."""
        screen = self._stack.currentWidget()
        if screen is not None:
            screen.reload()  # type: ignore[attr-defined]

    def toggle_keys(self) -> None:
        """Show or hide the table of keys."""
        self._keys.setVisible(not self._keys.isVisible())

    def resizeEvent(self, event: QResizeEvent) -> None:
        narrow = event.size().width() < theme.layout("sidebar_narrow_below")
        self._bar.setFixedWidth(theme.size("sidebar_narrow" if narrow else "sidebar"))
        for route in routes():
            self._buttons[route.name].setText("" if narrow else f" {route.title}")
        self._foot.setVisible(not narrow)
        super().resizeEvent(event)

    def _sidebar(self) -> QWidget:
        self._bar = QWidget()
        self._bar.setObjectName("sidebar")
        self._bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._bar.setFixedWidth(theme.size("sidebar"))
        column = QVBoxLayout(self._bar)
        column.setContentsMargins(0, theme.size("gap_small"), 0, theme.size("gap_small"))
        column.setSpacing(0)
        for route in routes():
            button = QPushButton(icon(route.icon), f" {route.title}")
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setToolTip(f"{route.title}  {route.key}")
            button.setAccessibleName(route.title)
            button.clicked.connect(lambda _checked, name=route.name: self.show_screen(name))
            self._buttons[route.name] = button
            column.addWidget(button)
        column.addStretch(1)
        office, actor = self._ctx.office, self._ctx.actor
        self._foot = QLabel(tr("{name}\n{office}\n离线可用 · F1 按键").format(name=actor.name, office=office.name))
        self._foot.setWordWrap(True)
        column.addWidget(self._foot)
        return self._bar

    def _open_visit(self, visit: str) -> None:
        self.screen_of("inspection").open_visit(visit)
        self.show_screen("inspection")

    def _reload_for(self, change: "Change") -> None:
        for screen in self._screens.values():
            if screen.reloads_on & change:
                screen.reload()


class _KeyCard(QFrame):
    """The table of keys (F1)."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        column = QVBoxLayout(self)
        for key in keys():
            line = QHBoxLayout()
            name = QLabel(key.key)
            name.setFixedWidth(theme.size("sidebar"))
            name.setObjectName("muted")
            line.addWidget(name)
            line.addWidget(QLabel(key.meaning), 1)
            column.addLayout(line)
        self.hide()


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


def _unlocked(session: ExitStack, credentials: Credentials) -> "Context":
    from ohdesk.services.workspace import open_workspace  # late: imports the database layer

    ctx = session.enter_context(open_workspace(credentials.folder, credentials.account, credentials.password))
    for route in routes():
        _screen_class(route.name)  # imported here, on the worker, so that the window does not wait for it
    return ctx


def _created(new: NewTown) -> str:
    from ohdesk.services.workspace import NewWorkspace, create_workspace  # late: imports the database layer

    return create_workspace(new.folder, NewWorkspace("town", new.division, new.name, new.account, new.password))


def _make_screen(name: str, ctx: "Context", jobs: Jobs) -> Any:
    return _screen_class(name)(ctx, jobs)


def _screen_class(name: str) -> Any:
    if name == "establishments":
        from ohdesk.ui.screens.establishments.screen import EstablishmentsScreen  # late: needs the services

        return EstablishmentsScreen
    from ohdesk.ui.screens.inspection.screen import InspectionScreen  # late: needs the services

    return InspectionScreen
