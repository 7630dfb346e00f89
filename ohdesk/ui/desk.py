"""The unlocked program: a sidebar with the screens, one screen at a time, notices, and the table of keys."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.notice import NoticeBar
from ohdesk.ui.theme.icons import icon

if TYPE_CHECKING:
    from ohdesk.services.changes import Change
    from ohdesk.services.context import Context

_KEY_COLUMNS = 2
_PLACE = "workspace/place"


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
        Key("+ - PgDown PgUp", tr("检查时：下一项、上一项")),
        Key("* F6", tr("检查时：附照片")),
        Key("/", tr("检查时：写备注；Esc 回到答案")),
        Key("Ctrl+Z", tr("检查时：撤销上一步")),
        Key("F5", tr("刷新")),
        Key("Ctrl+L", tr("锁定")),
        Key("F1", tr("显示这张表")),
    )


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
        bar.setSpacing(0)
        bar.addWidget(self.notice)
        bar.addWidget(self._keys)
        body.addWidget(self._stack, 1)
        body.addLayout(bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._sidebar())
        row.addLayout(body, 1)
        self.changed.connect(self._reload_for)

    @property
    def folder(self) -> Path:
        """The workspace that is open."""
        return self._ctx.folder

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

    def resume(self) -> None:
        """Show the screen where one stopped in this workspace, also after a crash; the first one otherwise."""
        folder, name = (QSettings().value(_PLACE) or ["", ""])[:2]
        known = [route.name for route in routes()]
        self.show_screen(name if folder == str(self.folder) and name in known else known[0])

    def leave(self) -> None:
        """Let the screen in front save what was just typed."""
        screen = self._stack.currentWidget()
        if screen is not None:
            screen.leave()  # type: ignore[attr-defined]

    def show_screen(self, name: str) -> None:
        """Bring a screen to the front."""
        self.leave()
        screen = self.screen_of(name)
        self.notice.hide()
        self._keys.hide()
        self._buttons[name].setChecked(True)
        self._stack.setCurrentWidget(screen)
        QSettings().setValue(_PLACE, [str(self.folder), name])
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
        self.setObjectName("keyCard")
        heading = QLabel(tr("键盘"))
        heading.setObjectName("emptyTitle")
        grid = QGridLayout(self)
        gap = theme.size("gap")
        grid.setContentsMargins(gap, gap, gap, gap)
        grid.setHorizontalSpacing(gap)
        grid.setVerticalSpacing(theme.size("gap_small"))
        grid.addWidget(heading, 0, 0, 1, 2)
        rows = -(-len(keys()) // _KEY_COLUMNS)
        for place, key in enumerate(keys()):
            row, column = place % rows + 1, 2 * (place // rows)
            name = QLabel(key.key)
            name.setObjectName("key")
            grid.addWidget(name, row, column)
            grid.addWidget(QLabel(key.meaning), row, column + 1)
            grid.setColumnStretch(column + 1, 1)
        self.hide()


def _make_screen(name: str, ctx: "Context", jobs: Jobs) -> Any:
    return screen_class(name)(ctx, jobs)


def screen_class(name: str) -> Any:
    """Return the class of a screen; the first call imports it, and the services with it."""
    if name == "establishments":
        from ohdesk.ui.screens.establishments.screen import EstablishmentsScreen  # late: needs the services

        return EstablishmentsScreen
    from ohdesk.ui.screens.inspection.screen import InspectionScreen  # late: needs the services

    return InspectionScreen
