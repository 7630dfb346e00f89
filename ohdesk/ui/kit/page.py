"""A part of a screen that reads and writes, and says to the screen what came of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from ohdesk.domain.people import Right
from ohdesk.domain.progress import Progress
from ohdesk.errors import UserError
from ohdesk.services.context import Context, refusal
from ohdesk.ui.kit.jobs import Job, Jobs, ReportingJob

Result = TypeVar("Result")


class Worker(QWidget):
    """What has work done off the interface thread, and hears of it there again."""

    failed = Signal(Exception)

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self.jobs = jobs

    def work(
        self,
        function: Callable[[], Result],
        then: Callable[[Result], object],
        title: str = "",
        otherwise: Callable[[Exception], object] | None = None,
    ) -> Job:
        """Do something on the worker; `then` hears the result, `otherwise` the failure (the notice bar by default).

        title: shown while it lasts, "" for what nobody need wait for
        """
        return self._hand_in(Job(function), then, title, otherwise)

    def work_reporting(
        self,
        function: Callable[[Progress], Result],
        then: Callable[[Result], object],
        title: str = "",
        otherwise: Callable[[Exception], object] | None = None,
    ) -> Job:
        """Do something long that says how far it is, and can be cancelled wherever it says so; else as `work`."""
        return self._hand_in(ReportingJob(function), then, title, otherwise)

    def refusal(self, told: Callable[[UserError], object]) -> Callable[[Exception], object]:
        """Return what hears a failure of `work`: a refusal is told in its place, anything else by the notice bar."""
        return lambda error: told(error) if isinstance(error, UserError) else self.failed.emit(error)

    def _hand_in(
        self,
        job: Job,
        then: Callable[[Result], object],
        title: str,
        otherwise: Callable[[Exception], object] | None,
    ) -> Job:
        job.succeeded.connect(then)
        job.failed.connect(otherwise or self.failed)
        return self.jobs.start(job, title)


class Page(Worker):
    """What every part of a screen can say to it."""

    done = Signal(str)
    saved = Signal(str, object)  # a sentence, Path of the file
    changed = Signal(object)  # Change
    wanted = Signal(str, str)  # a screen, the id of a thing on it

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(jobs)
        self.ctx = ctx

    def reload(self) -> None:
        """Read again what is shown."""

    def focus_first(self) -> None:
        """Put the focus where one begins."""

    def allow(self, right: Right, *buttons: QWidget, when: bool = True) -> None:
        """Offer buttons to whoever has a right, `when` there is something to do; to others they say who has it."""
        refused = refusal(self.ctx, right)
        for each in buttons:
            each.setEnabled(when and refused is None)
            if refused is not None:
                each.setToolTip(refused.whole)
                each.setAccessibleDescription(refused.whole)

    def on_key(self, key: str, act: Callable[[], object]) -> None:
        """Let a key do something while the focus is in this part."""
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(act)

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Let the notice bar say what is refused inside, and go on after it."""
        try:
            yield
        except UserError as error:
            self.failed.emit(error)

    def hand_on(self, *others: "Page") -> None:
        """Pass on what parts of this part have to say."""
        for other in others:
            other.failed.connect(self.failed)
            other.done.connect(self.done)
            other.saved.connect(self.saved)
            other.changed.connect(self.changed)
            other.wanted.connect(self.wanted)
