"""Run slow work off the interface thread, one job at a time."""

import logging
from collections.abc import Callable
from threading import Event
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QRunnable, QThreadPool, Signal

from ohdesk.errors import JobCancelledError

log = logging.getLogger(__name__)

Report = Callable[[int, int], None]


class Job(QObject):
    """One piece of work: `work(report)` runs in a worker thread.

    `work` calls `report(done, total)` now and then; that is where a cancel request takes effect.
    Signals arrive on the thread that made the job.
    """

    progressed = Signal(int, int)
    succeeded = Signal(object)
    failed = Signal(Exception)
    ended = Signal()

    def __init__(self, work: Callable[[Report], Any]) -> None:
        super().__init__()
        self._work = work
        self._cancelled = Event()

    def cancel(self) -> None:
        """Ask the work to stop at its next report."""
        self._cancelled.set()

    def run(self) -> None:
        """Do the work; called on the worker thread."""
        try:
            self.succeeded.emit(self._work(self._report))
        except JobCancelledError:
            log.info("job cancelled")
        except Exception as error:
            self.failed.emit(error)
        finally:
            self.ended.emit()

    def _report(self, done: int, total: int) -> None:
        if self._cancelled.is_set():
            raise JobCancelledError
        self.progressed.emit(done, total)


class Jobs(QObject):
    """The queue. A single thread: SQLite has a single writer, so more would only wait."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._alive: set[Job] = set()

    def start(self, job: Job) -> Job:
        """Queue a job and keep it until it has ended."""
        self._alive.add(job)
        job.ended.connect(self._forget)
        self._pool.start(QRunnable.create(job.run))
        return job

    def wait(self) -> None:
        """Block until every job has ended and what it had to say was said; only when the window closes or locks.

        The workspace may be closed after that: no result is still on its way to a screen that would read again.
        """
        while self._alive:
            self._pool.waitForDone()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall.value)

    def _forget(self) -> None:
        job = self.sender()
        if isinstance(job, Job):
            self._alive.discard(job)
