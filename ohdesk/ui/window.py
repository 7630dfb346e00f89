"""The window: unlock first, then a sidebar with the screens; one error sink, one table of keys."""

import linecache
import logging
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QStackedWidget, QWidget

from ohdesk.collector import collect
from ohdesk.errors import MachineError, OlderWorkspaceError, UserError
from ohdesk.i18n import tr
from ohdesk.ui import display, load_ahead, preferences, theme
from ohdesk.ui.idle import IdleWatch
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.screens.unlock.cards import Credentials, MakePractice
from ohdesk.ui.screens.unlock.screen import UnlockScreen
from ohdesk.ui.theme.icons import window_icon

if TYPE_CHECKING:
    from ohdesk.services.context import Context
    from ohdesk.ui.desk import Desk
    from ohdesk.ui.kit.screen import Parting

Clock = Callable[[], datetime]
SMALLEST = QSize(880, 430)  # what a panel of 1366 × 768 leaves at 150 % beside its task bar
LAST_FOLDER = "workspace/last"
USUAL = QSize(1366, 705)
_AROUND = QSize(2, 40)  # the frame of the window and its title, before the system has told how large they are
_PLACE = "window/place"
_DIALOG_CLOSES_MS = 200
_DESK_PAINTED_MS = 1  # 0 would not give way to what waits
_NOBODY_WORKS_MS = 500  # after locking: the prompt is painted, and nobody has begun to type

log = logging.getLogger(__name__)


class Window(QMainWindow):
    """The whole program on screen."""

    changed = Signal(object)  # Change
    opened = Signal()

    def __init__(
        self, folder: Path | None, clock: Clock | None = None, make_practice: MakePractice | None = None
    ) -> None:
        """`clock` stands in for this machine's: only practice and tests hand one in."""
        super().__init__()
        self._clock = clock
        self._make_practice = make_practice
        self.setWindowTitle(tr("职业健康监督检查"))
        self.setMinimumSize(SMALLEST)
        self._take_remembered_place()
        self.jobs = Jobs(self)
        self._session = ExitStack()
        self._ctx: Context | None = None
        self._kept: tuple[Path, str, dict[str, object]] | None = None
        self._pages = QStackedWidget()
        self.setCentralWidget(self._pages)
        self._folder = folder
        self.first_screen = ""  # instead of the one where one stopped
        self._prompt: UnlockScreen | None = self._new_prompt()
        self.unlock.painted.connect(partial(QTimer.singleShot, 0, self, self._attend))
        self.desk: Desk | None = None
        self._told_lost = False  # closing again gives it up
        self.idle = IdleWatch(self)
        self.idle.idle.connect(self._lock_idle)
        self._keys: list[QShortcut] = []

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self._fit)  # only now the system has put its frame around

    def closeEvent(self, event: QCloseEvent) -> None:
        QSettings().setValue(_PLACE, self.saveGeometry())  # the usual size and "maximised" apart
        if self.desk is not None:
            self.desk.leave()
            self.desk.give_up_background()
        lost = self._would_be_lost()
        if lost is not None and not self._told_lost:
            self._told_lost = True
            self.show_error(lost)
            event.ignore()
            return
        if self._prompt is not None:
            self._prompt.stop()
        self.jobs.wait()
        self._session.close()
        super().closeEvent(event)

    def _would_be_lost(self) -> UserError | None:
        """Return what closing now would lose for ever, and how that is avoided; None when it is nothing."""
        if self.desk is not None and self.desk.unsaved:
            return UserError(tr("有一项没有保存，关闭就会丢失。"), tr("请排除故障后再试一次；要放弃它，再关一次窗口。"))
        if self.desk is None and self.unlock.code_is_open:
            return UserError(
                tr("恢复码还没有确认，关闭以后再也看不到。"), tr("请打印、存文件或抄下；要放弃它，再关一次窗口。")
            )
        return None

    @property
    def unlock(self) -> UnlockScreen:
        """The prompt; raises LookupError while the desk is open: then there is none."""
        if self._prompt is None:
            raise LookupError("the workspace is open")
        return self._prompt

    def open_workspace(self, credentials: Credentials) -> None:
        """Unlock on the worker, then show the desk."""
        load_ahead.set_up_types()
        self._folder = credentials.folder
        self.unlock.set_busy(tr("正在打开…"))
        job = Job(lambda: _unlocked(self._session, credentials, self._clock))
        job.succeeded.connect(partial(self._opened, credentials))
        job.failed.connect(partial(self._not_opened, credentials))
        self.jobs.start(job)

    def load_ahead(self) -> None:
        """Make ready what the desk needs while the password is being typed: modules on the worker, Qt in steps."""
        load_ahead.set_up_types()
        self.jobs.start(Job(lambda: _load()))
        load_ahead.draw_icons(self)

    def show_error(self, error: Exception) -> None:
        """The one sink: whatever went wrong is said on the screen in front."""
        if self.desk is None:
            self._unlock_failed(error)
        else:
            self.desk.notice.error(error)

    def lock(self) -> None:
        """Forget the keys and ask for the password again; what was filled is saved already, what was typed is kept."""
        if self.desk is None or self._ctx is None:
            return
        self.desk.leave()
        self.desk.give_up_background()
        self.jobs.wait()
        self._kept = (self._ctx.folder, self._ctx.actor.account, self.desk.drafts())
        self.desk = self._ctx = None
        self.idle.stop()
        self._prompt = self._new_prompt()  # before the workspace is left: should that fail, here it is said
        self._session.close()
        QTimer.singleShot(_NOBODY_WORKS_MS, self, collect)

    def _part(self, parting: "Parting") -> None:
        """Lock, then do what needs the workspace for itself."""
        if self._ctx is None:
            return
        opened = Credentials(self._ctx.folder, self._ctx.actor.account, parting.password)
        office = self._ctx.office.name
        self.lock()
        if parting.account:
            self.unlock.close_account(opened, parting.account)
        else:
            self.unlock.renew_code(opened, office)

    def apply_display(self) -> None:
        """Show everything in the theme, size and language just chosen, at the screen where one was."""
        if self.desk is not None:
            self.desk.leave()
        display.apply()
        self.setWindowTitle(tr("职业健康监督检查"))
        if self.desk is None or self._ctx is None:
            return
        self.jobs.wait()
        old, place = self.desk, self.desk.current
        drafts = old.drafts()
        self._drop(old)
        self.desk = self._place_desk(self._ctx)
        self.desk.take_drafts(drafts)
        self.desk.show_screen(place)

    def _new_prompt(self) -> UnlockScreen:
        prompt = UnlockScreen(self._folder, self.jobs, self._make_practice)
        prompt.unlock_wanted.connect(self.open_workspace)
        while self._pages.count():
            self._drop(self._pages.widget(0))
        self._pages.addWidget(prompt)
        return prompt

    def _drop(self, page: QWidget) -> None:
        self._pages.removeWidget(page)
        page.deleteLater()

    def _opened(self, credentials: Credentials, ctx: "Context") -> None:
        """Show the desk; after a reset first ask for an own password."""
        if ctx.actor.invited:
            self._session.close()
            self.unlock.set_busy("")
            self.unlock.show_first_login(credentials)
            return
        self._show_desk(ctx)

    def _show_desk(self, ctx: "Context") -> None:
        self._ctx = ctx
        remember = partial(QSettings().setValue, LAST_FOLDER, str(ctx.folder))
        QTimer.singleShot(theme.layout("after_first_paint_ms"), self, remember)
        desk = self._place_desk(ctx)
        QTimer.singleShot(_DESK_PAINTED_MS, self, partial(self._enter, desk, ctx))  # in two steps, for smoothness

    def _enter(self, desk: "Desk", ctx: "Context") -> None:
        """Show the screen where one stopped, with what was typed before the program was locked."""
        self.desk = desk
        self._drop(self.unlock)
        self._prompt = None  # with the password that was typed into it
        kept, self._kept = self._kept, None
        if kept is not None and kept[:2] == (ctx.folder, ctx.actor.account):
            desk.take_drafts(kept[2])
        if self.first_screen:
            desk.show_screen(self.first_screen)
        else:
            desk.resume()
        if ctx.noticed:
            said = "\n".join(each.message for each in ctx.noticed)
            desk.notice.error(MachineError(said, "\n".join(each.remedy for each in ctx.noticed)))
        self._watch_for_idleness()
        self.opened.emit()

    def _place_desk(self, ctx: "Context") -> "Desk":
        from ohdesk.ui.desk import Desk  # late: needs the services

        desk = Desk(ctx, self.jobs)
        desk.changed.connect(self.changed)
        desk.changed.connect(self._watch_for_idleness)  # the minutes may have changed
        desk.left.connect(self.lock)
        desk.left_for.connect(self._part)
        desk.display_changed.connect(self.apply_display)
        desk.kiosk_changed.connect(self._enable_keys)
        desk.notice.diagnostics_wanted.connect(self._save_diagnostics)
        self._pages.addWidget(desk)
        self._pages.setCurrentWidget(desk)
        self._enable_keys(in_kiosk=False)
        return desk

    def _not_opened(self, credentials: Credentials, error: Exception) -> None:
        self._unlock_failed(error)
        if isinstance(error, OlderWorkspaceError):
            self.unlock.show_older(credentials, error)

    def _unlock_failed(self, error: Exception) -> None:
        self.unlock.set_busy("")
        self.unlock.show_error(error)

    def _watch_for_idleness(self, _change: object = None) -> None:
        handle = self.windowHandle()
        if handle is not None:
            self.idle.watch(handle)
        self.idle.start(preferences.LOCK_MINUTES.chosen)

    def _lock_idle(self) -> None:
        """Lock; a file dialog that stands open is closed first, it would come back to a screen that is gone."""
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog):
            dialog.reject()
            QTimer.singleShot(_DIALOG_CLOSES_MS, self._lock_idle)
            return
        if self.desk is None:
            return
        self.lock()
        self.unlock.open_card.say_locked(preferences.LOCK_MINUTES.chosen)

    def _save_diagnostics(self) -> None:
        """Write what helps to find a fault, without personal data, where the user says."""
        from ohdesk.ui.kit.files import choose_target  # late: the file dialog is large

        ctx = self._ctx
        target = choose_target(self, tr("另存诊断文件"), tr("ohdesk诊断.zip"), "ZIP (*.zip)")
        if ctx is None or target is None or self.desk is None:
            return
        job = Job(lambda: _diagnosed(ctx, target))
        job.succeeded.connect(self.desk.notice.done)
        job.failed.connect(self.desk.notice.error)
        self.jobs.start(job)

    def _attend(self) -> None:
        """Do what the first prompt need not wait for: listen to keys and to a change of screens, draw the icon."""
        from ohdesk.ui.kit.keys import KeyGuard  # late: names the enumerations of Qt

        QApplication.setWindowIcon(window_icon())
        handle = self.windowHandle()
        if handle is not None:
            KeyGuard(self).watch(handle)  # for one who listens PySide sets up every kind of event, which takes 6 ms
            handle.screenChanged.connect(self._fit)
        steps = {"Ctrl++": 1, "Ctrl+=": 1, "Ctrl+-": -1, "Ctrl+0": 0}
        self._keys = [QShortcut(QKeySequence(key), self, partial(self._scale, by)) for key, by in steps.items()]
        QShortcut(QKeySequence("Ctrl+L"), self, self.lock)

    def _enable_keys(self, in_kiosk: bool) -> None:
        for shortcut in self._keys:
            shortcut.setEnabled(not in_kiosk)

    def _scale(self, steps: int) -> None:
        if preferences.change_scale(steps):
            self.apply_display()

    def _take_remembered_place(self) -> None:
        """Stand where the window stood, as large as then but no larger than the screen."""
        self.resize(USUAL.boundedTo(self.screen().availableSize() - _AROUND).expandedTo(SMALLEST))
        place = QSettings().value(_PLACE)
        if isinstance(place, QByteArray):
            self.restoreGeometry(place)

    def _fit(self) -> None:
        """Let nothing lie outside the screen: its foot holds the buttons that go on."""
        room, frame = self.screen().availableGeometry(), self.frameGeometry()
        if self.isMaximized() or self.isFullScreen() or room.contains(frame):
            return
        self.resize(self.size().boundedTo(room.size() - (frame.size() - self.size())))
        frame = self.frameGeometry()
        left = max(room.left(), min(frame.left(), room.right() + 1 - frame.width()))
        top = max(room.top(), min(frame.top(), room.bottom() + 1 - frame.height()))
        self.move(left, top)


def _load() -> None:
    """Import what the desk needs; on the worker, so that neither the prompt nor the first page waits for it."""
    import ohdesk.services.start.without_asyncio  # before whatever imports SQLAlchemy
    import ohdesk.ui.desk  # noqa: F401 - the first import is the work
    from ohdesk.services.office import diagnostics as office_diagnostics
    from ohdesk.services.start import warm_up
    from ohdesk.ui.routes import routes

    office_diagnostics.keep()
    for route in routes():
        route.screen()
    warm_up.warm_up()


def _unlocked(session: ExitStack, credentials: Credentials, clock: Clock | None) -> "Context":
    _load()  # before the password is checked: what comes after that is waited for
    from ohdesk.services.context import system_clock
    from ohdesk.services.office.workspace import open_workspace
    from ohdesk.ui.routes import routes

    folder, account, password, older_ok = credentials
    opening = open_workspace(folder, account, password, clock or system_clock, older_ok=older_ok)
    ctx = session.enter_context(opening)
    for route in routes(ctx.office.role):  # a county's are not loaded before: most offices are towns
        route.screen()
    linecache.clearcache()  # PySide looks up how it was imported, line by line, and the sources stay: 2 MB
    return ctx


def _diagnosed(ctx: "Context", target: Path) -> str:
    from ohdesk.services.office import diagnostics  # late: not needed by the first screen

    diagnostics.write(ctx, target)
    return tr("诊断文件已写好：{name}，其中没有单位和个人信息。", name=target.name)
