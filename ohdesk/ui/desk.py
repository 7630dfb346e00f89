"""The unlocked program: a sidebar with the screens, one screen at a time, notices, running work, the table of keys."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEvent, QSettings, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QPushButton, QStackedWidget, QWidget

from ohdesk.domain.people import Right
from ohdesk.domain.progress import Progress
from ohdesk.i18n import tr
from ohdesk.security.memory import give_back
from ohdesk.services.changes import Change
from ohdesk.services.context import may
from ohdesk.ui import theme
from ohdesk.ui.key_card import KeyCard
from ohdesk.ui.kit.focus_keeper import FocusKeeper
from ohdesk.ui.kit.header import HeadBars
from ohdesk.ui.kit.job_bar import JobBar
from ohdesk.ui.kit.jobs import Job, Jobs, ReportingJob
from ohdesk.ui.kit.later import later
from ohdesk.ui.kit.lay import grow, row
from ohdesk.ui.kit.notice import NoticeBar
from ohdesk.ui.routes import routes
from ohdesk.ui.sidebar import Sidebar

if TYPE_CHECKING:
    from ohdesk.services.context import Context
    from ohdesk.ui.kit.screen import Screen

    Kind = TypeVar("Kind", bound=Screen)

log = logging.getLogger(__name__)

NEW = "new:"
_PLACE = "workspace/place"
_VERIFIES = "record"  # the screen that looks at files dropped on the window
_INDEX_AFTER_MS = 10_000  # after the opening, and after each change of the roll
_BACKUP_AFTER_MS = 120_000  # by then one has begun to work; the first page and the first answers are not held up
Drafts = dict[str, object]


class Desk(QWidget):
    """The unlocked program: one screen of the sidebar in front."""

    changed = Signal(object)
    display_changed = Signal()
    left = Signal()
    left_for = Signal(object)  # Parting
    kiosk_changed = Signal(bool)

    def __init__(self, ctx: "Context", jobs: Jobs) -> None:
        super().__init__()
        self._ctx = ctx
        self._jobs = jobs
        self.notice = NoticeBar()
        self._stack = QStackedWidget()
        self._screens: dict[str, Screen] = {}
        self._routes = {route.name: route for route in routes(ctx.office.role, reads=may(ctx, Right.READ))}
        self._key_card: KeyCard | None = None  # made when it is first asked for
        self._shortcuts = self._made_shortcuts()
        self._sidebar = Sidebar(ctx)
        self._sidebar.chosen.connect(self.show_screen)
        self.in_kiosk = False  # the laptop is turned round to be signed on: nothing else can be reached
        self._meant_for: QWidget | None = None
        self._stale: set[str] = set()
        # A screen just made is painted at the next turn: making it and painting it take about 20 ms each.
        self._painting = later(self, partial(self._stack.setUpdatesEnabled, True))
        # Written once the screen is painted: a file is replaced, which takes 4 ms.
        self._remembers = later(self, self._remember_place, "after_first_paint_ms")
        self._bars = HeadBars(self._stack, JobBar(jobs), self.notice)
        row(self._sidebar, grow(self._stack), of=self, gap="")
        self.changed.connect(self._reload_for)
        jobs.started.connect(self.notice.hide)  # what is said of the work before would be read of this one
        FocusKeeper(self._stack)
        self.setAcceptDrops(True)
        self._backup: Job | None = None
        self._backup_later = QTimer(self)
        self._backup_later.setInterval(_BACKUP_AFTER_MS)
        self._backup_later.timeout.connect(self.back_up)
        self._backup_later.start()
        self._index: Job | None = None
        self._index_later = QTimer(self)
        self._index_later.setSingleShot(True)
        self._index_later.setInterval(_INDEX_AFTER_MS)
        self._index_later.timeout.connect(self.make_index)
        self._index_later.start()

    @property
    def folder(self) -> Path:
        """The workspace that is open."""
        return self._ctx.folder

    @property
    def shows_keys(self) -> bool:
        """True while the table of keys stands there."""
        return self._key_card is not None and self._key_card.isVisibleTo(self)

    @property
    def current(self) -> str:
        """The name of the screen in front, empty before the first."""
        front = self._stack.currentWidget()
        return next((name for name, screen in self._screens.items() if screen is front), "")

    def screen_of(self, name: str) -> "Screen":
        """Return a screen, made when it is first asked for."""
        if name not in self._screens:
            screen = self._screens[name] = self._routes[name].screen()(self._ctx, self._jobs)
            self._connect(screen)
            self._stack.addWidget(screen)
        return self._screens[name]

    def screen_made_of(self, kind: "type[Kind]") -> "Kind":
        """Return the screen of a class; raises LookupError where this office has none."""
        for route in self._routes.values():
            if route.screen() is kind:
                screen = self.screen_of(route.name)
                if isinstance(screen, kind):
                    return screen
        raise LookupError(kind.__name__)

    def resume(self) -> None:
        """Show the screen where one stopped in this workspace, also after a crash; the first one otherwise."""
        folder, name = (QSettings().value(_PLACE) or ["", ""])[:2]
        self.show_screen(name if folder == str(self.folder) and name in self._routes else next(iter(self._routes)))

    @property
    def unsaved(self) -> bool:
        """True while a screen holds what was to be stored and could not be."""
        return any(screen.unsaved for screen in self._screens.values())

    def leave(self) -> None:
        """Let the screen in front save what was just typed."""
        if self._remembers.isActive():
            self._remembers.stop()
            self._remember_place()
        if self.current:
            self.screen_of(self.current).leave()

    def back_up(self) -> None:
        """Make today's backup, if it is due and nobody waits for other work or signs."""
        if self.in_kiosk or self._jobs.titled:
            return  # at the next turn of the clock
        ctx = self._ctx

        def backed_up(report: Progress) -> bool:
            from ohdesk.services.backup import automatic  # late: not needed by the first screen

            if not may(ctx, Right.BACKUP):
                return False
            if automatic.is_due(ctx):
                automatic.run(ctx, report)
            automatic.verify(ctx, report)
            return True

        self._backup = ReportingJob(backed_up)
        self._backup.gives_way = True  # tried again at the next turn of the clock
        self._backup.succeeded.connect(self._backed_up)
        self._backup.failed.connect(self.notice.error)
        self._backup.failed.connect(self._backup_later.stop)
        self._jobs.start(self._backup, tr("自动备份"))

    def make_index(self) -> None:
        """Make the index by which a large roll is searched, if it is due and nobody waits for other work."""
        if self.in_kiosk or self._jobs.titled or self._backup is not None:
            self._index_later.start()
            return
        ctx = self._ctx

        def made(report: Progress) -> None:
            from ohdesk.services.roll import search_index  # late: not needed by the first screen

            if may(ctx, Right.READ):
                search_index.make(ctx, report)

        self._index = ReportingJob(made)
        self._index.gives_way = True
        self._index.cancelled.connect(self._index_later.start)  # to go on where it was left
        # Nobody asked for it, and without it everything is found all the same.
        self._index.failed.connect(lambda error: log.warning("no index of the roll: %s", error))
        self._jobs.start(self._index)

    def give_up_background(self) -> None:
        """Let nobody who locks or closes wait for what is done in the background: the next opening goes on with it."""
        self._backup_later.stop()
        self._index_later.stop()
        for job in (self._backup, self._index):
            if job is not None:
                job.cancel()

    def _backed_up(self, made: bool) -> None:
        self._backup = None
        self._backup_later.stop()
        if made:
            self.changed.emit(Change.SETTINGS)

    def show_screen(self, name: str, thing: str = "") -> None:
        """Bring a screen to the front, at one of its things if its id is given; "new:ID" starts something for ID."""
        if not self.in_kiosk:
            self.notice.hide()
        self._bring(name, thing)

    def _bring(self, name: str, thing: str = "") -> None:
        """As `show_screen`, with the notice left: what was done on one screen is still said on the next."""
        if self.in_kiosk or name not in self._routes:
            return
        self.leave()
        if name not in self._screens:
            self._stack.setUpdatesEnabled(False)
            self._painting.start()
        screen = self.screen_of(name)
        self._hide_keys()
        self._sidebar.mark(name)
        self._stack.setCurrentWidget(screen)
        self._bars.place()
        self._remembers.start()
        if name in self._stale:
            self._stale.discard(name)
            screen.reload()
        screen.arrive()
        if thing.startswith(NEW):
            screen.open_for(thing.removeprefix(NEW))
        elif thing:
            screen.open(thing)

    def _remember_place(self) -> None:
        QSettings().setValue(_PLACE, [str(self.folder), self.current])
        give_back()  # what making the screen, or what it had read before, needed for a moment

    def reload(self) -> None:
        """Read again what the screen in front shows."""
        if self.current:
            self.screen_of(self.current).reload()

    def toggle_keys(self) -> None:
        """Show or hide the table of keys."""
        if self._key_card is None:
            self._key_card = KeyCard(self._ctx.office.role, reads=may(self._ctx, Right.READ))
            self._key_card.setParent(self)
        self._key_card.setVisible(not self.shows_keys)
        self._place_keys()

    def drafts(self) -> Drafts:
        """Return what was typed on the screens and is not saved yet, by screen."""
        found = {name: screen.draft() for name, screen in self._screens.items()}
        return {name: draft for name, draft in found.items() if draft is not None}

    def take_drafts(self, drafts: Drafts) -> None:
        """Put back what was typed before the program was locked."""
        for name, draft in drafts.items():
            self.screen_of(name).take_draft(draft)

    def event(self, event: QEvent) -> bool:
        # Before a key is pressed it is offered round: whoever has the focus now is the one it is meant for.
        if event.type() == QEvent.Type.ShortcutOverride:
            self._meant_for = self.focusWidget()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus, as in every dialog; Qt does so in dialogs only.

        Not a button that got the focus by this very key, as when Enter in a search leads to a page.
        """
        focused = self.focusWidget()
        is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if is_enter and isinstance(focused, QPushButton) and focused is self._meant_for:
            focused.click()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files from anywhere, to be verified; not while somebody else has the laptop."""
        if _files_of(event) and not self.in_kiosk and _VERIFIES in self._routes:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        files = _files_of(event)
        self.show_screen(_VERIFIES)
        self.screen_of(_VERIFIES).verify(files)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._sidebar.narrow(narrow=event.size().width() < theme.layout("sidebar_narrow_below"))
        super().resizeEvent(event)
        self._place_keys()

    def _place_keys(self) -> None:
        """Lay the table of keys over the foot of the screen: it takes no room away, and nothing moves."""
        if self._key_card is None or not self.shows_keys:
            return
        side = theme.size("page_side")
        width = self.width() - self._sidebar.width() - 2 * side
        height = min(self._key_card.heightForWidth(width), self.height())
        self._key_card.setGeometry(self._sidebar.width() + side, self.height() - height, width, height)
        self._key_card.raise_()

    def _hide_keys(self) -> None:
        if self._key_card is not None:
            self._key_card.hide()

    def _connect(self, screen: "Screen") -> None:
        screen.failed.connect(self.notice.error)
        screen.done.connect(self.notice.done)
        screen.saved.connect(self._say_saved)
        screen.changed.connect(self.changed)
        screen.wanted.connect(self._bring)
        screen.kiosk_wanted.connect(self._set_kiosk)
        screen.display_changed.connect(self.display_changed)
        screen.left.connect(self.left)
        screen.left_for.connect(self.left_for)

    def _say_saved(self, sentence: str, file: Path) -> None:
        self.notice.done(sentence, tr("打开文件夹(&K)"), partial(_open_folder_of, file))

    def _made_shortcuts(self) -> list[QShortcut]:
        acts: dict[str, Callable[[], object]] = {"F1": self.toggle_keys, "F5": self.reload}
        acts |= {route.key: partial(self.show_screen, name) for name, route in self._routes.items()}
        return [QShortcut(QKeySequence(key), self, act) for key, act in acts.items()]

    def _set_kiosk(self, on: bool) -> None:
        self.in_kiosk = on
        for shortcut in self._shortcuts:
            shortcut.setEnabled(not on)
        self._sidebar.setVisible(not on)
        self._hide_keys()
        self.kiosk_changed.emit(on)

    def _reload_for(self, change: Change) -> None:
        """Read again in front what has changed; the screens behind do so when they come to the front."""
        front = self.current
        for name, screen in self._screens.items():
            if not screen.reloads_on & change:
                continue
            if name == front:
                screen.reload()
            else:
                self._stale.add(name)
        self._sidebar.refresh()
        if change & Change.ROLL:
            self._index_later.start()


def _files_of(event: QDropEvent) -> tuple[Path, ...]:
    return tuple(Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile())


def _open_folder_of(file: Path) -> None:
    """Show the folder of a file as the computer shows folders."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(file.parent)))
