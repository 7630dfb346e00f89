"""What the pictures are taken on: copies of the demonstration's workspaces, a window, and a clock that stands."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEventLoop, QSize, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from ohdesk.demo import cast
from ohdesk.demo.answers import Seen, answers
from ohdesk.demo.clock import Clock
from ohdesk.demo.visiting import told
from ohdesk.domain.people import OfficeRole
from ohdesk.domain.visit import StartData, TakenTask, Task
from ohdesk.services.context import Context
from ohdesk.services.office import people
from ohdesk.services.office.workspace import NewWorkspace, create_workspace, open_workspace
from ohdesk.services.visit import conduct, filling, planning
from ohdesk.ui import theme
from ohdesk.ui.desk import Desk
from ohdesk.ui.kit.screen import Screen
from ohdesk.ui.routes import routes
from ohdesk.ui.screens.unlock.cards import Credentials
from ohdesk.ui.window import Window

TOWN = cast.TOWNS[0]

Shot = tuple[str, QWidget]  # a name for the file, and what to grab
Kind = TypeVar("Kind", bound=Screen)


def team(ctx: Context) -> tuple[str, ...]:
    """Return the first two inspectors of the town, by id."""
    names = [person.name for person in TOWN.inspectors[:2]]
    return tuple(person.id for person in people.list_people(ctx) if person.name in names)


def fill(ctx: Context, visit: str, seen: Seen, end: int | None = None) -> None:
    """Answer the questions of a visit up to number `end`, or all of them."""
    for question, answer in list(answers(filling.open_form(ctx, visit).form, seen))[:end]:
        filling.save_answer(ctx, visit, question, answer)


def begun(ctx: Context, establishment: str, accompanied_by: str, taken: tuple[TakenTask, ...] = ()) -> str:
    """Plan a visit that sees to this as well, have it approved on paper and start it; return its id."""
    task = Task("daily", "plan", "2026-03-19", taken=taken)
    visit = planning.plan(ctx, planning.NewVisit(establishment=establishment, inspectors=team(ctx), task=task))
    conduct.approve_on_paper(ctx, visit, TOWN.administrator, "2026-03-12", "2026-0009")
    start = StartData(mode=TOWN.mode, accompanied_by=accompanied_by, arrival=told(ctx.now()))
    conduct.start(ctx, visit, start)
    return visit


class Stage:
    """Opens windows on the demonstration; `window` and `desk` are those in use."""

    def __init__(self, scratch: Path, size: QSize) -> None:
        self.scratch = scratch
        self.demo = scratch / "demo"
        self.clock = Clock(date(2026, 3, 19), "14:02")
        self.window: Window
        self.desk: Desk
        self._size = size
        self._windows: list[Window] = []

    def open_window(self, folder: Path | None) -> Window:
        """Show a window that is still locked."""
        self.close()
        self.window = Window(folder, self.clock)
        self.window.show()
        # Shown, it fits itself to the screen, which without a display is 800 points wide; only then comes our size.
        QApplication.processEvents()
        self.window.resize(self._size)
        self._windows.append(self.window)
        return self.window

    def open_desk(self, folder: Path | None = None, account: str = TOWN.administrator) -> Desk:
        """Unlock a workspace of the demonstration (the first town's unless another is named) in a new window."""
        folder = folder or self.demo / TOWN.folder
        window = self.open_window(folder)
        window.open_workspace(Credentials(folder, account, cast.PASSWORD))
        while window.desk is None:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        self.desk = window.desk
        self.settle()
        return self.desk

    def open_empty(self, role: OfficeRole = OfficeRole.TOWN) -> Desk:
        """Create a workspace in which nothing has been done yet, and unlock it."""
        folder = self.scratch / f"empty-{role}"
        division, name = (
            (TOWN.division, TOWN.name) if role == OfficeRole.TOWN else (cast.COUNTY_DIVISION, cast.COUNTY_NAME)
        )
        create_workspace(folder, NewWorkspace(role, division, name, TOWN.administrator, cast.PASSWORD), practice=True)
        return self.open_desk(folder)

    @contextmanager
    def working(self, folder: Path | None = None, account: str = TOWN.administrator) -> Iterator[Context]:
        """Open a workspace without a window, to prepare what a picture needs; no window may have it open."""
        with open_workspace(folder or self.demo / TOWN.folder, account, cast.PASSWORD, self.clock) as ctx:
            yield ctx

    def show(self, kind: type[Kind], thing: str = "") -> Kind:
        """Go to a screen of the desk, and to one thing there by its id; return the screen."""
        everywhere = (route for role in OfficeRole for route in routes(role))
        self.desk.show_screen(next(route.name for route in everywhere if route.screen() is kind), thing)
        self.settle()
        return self.desk.screen_made_of(kind)

    def shot(self, name: str) -> Shot:
        """Return the window for a picture, once nothing moves in it any more."""
        self.settle()
        return name, self.window

    def settle(self) -> None:
        """Let jobs end and the window show what came of them."""
        # What a job brings may start the next job: a list, then its first row, then that row's photos.
        for _ in range(3):
            self.window.jobs.wait()
            QApplication.processEvents()
            while self._is_selection_resting():
                QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def _is_selection_resting(self) -> bool:
        """True while a list waits before it tells of the row selected: what stands beside it is of another one."""
        longest = theme.layout("selection_rests_ms")
        timers = self.window.findChildren(QTimer)
        return any(each.isActive() and each.isSingleShot() and each.interval() <= longest for each in timers)

    def close(self) -> None:
        while self._windows:
            self._windows.pop().close()
