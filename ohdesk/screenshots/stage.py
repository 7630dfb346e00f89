"""What the pictures are taken on: copies of the demonstration's workspaces, a window, and a clock that stands."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop, QSize
from PySide6.QtWidgets import QApplication

from ohdesk.demo import cast
from ohdesk.demo.clock import Clock
from ohdesk.services.context import Context
from ohdesk.services.office.workspace import NewWorkspace, create_workspace, open_workspace
from ohdesk.ui.desk import Desk
from ohdesk.ui.screens.unlock.cards import Credentials
from ohdesk.ui.window import Window

TOWN = cast.TOWNS[0]


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
        self.window.resize(self._size)
        self.window.show()
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

    def open_empty(self, role: str = "town") -> Desk:
        """Create a workspace in which nothing has been done yet, and unlock it."""
        folder = self.scratch / f"empty-{role}"
        division, name = (TOWN.division, TOWN.name) if role == "town" else (cast.COUNTY_DIVISION, cast.COUNTY_NAME)
        create_workspace(folder, NewWorkspace(role, division, name, TOWN.administrator, cast.PASSWORD))
        return self.open_desk(folder)

    @contextmanager
    def working(self, folder: Path | None = None, account: str = TOWN.administrator) -> Iterator[Context]:
        """Open a workspace without a window, to prepare what a picture needs; no window may have it open."""
        with open_workspace(folder or self.demo / TOWN.folder, account, cast.PASSWORD, self.clock) as ctx:
            yield ctx

    def settle(self) -> None:
        """Let jobs end and the window show what came of them."""
        for _ in range(3):
            self.window.jobs.wait()
            QApplication.processEvents()

    def close(self) -> None:
        """Close what is open."""
        while self._windows:
            self._windows.pop().close()
