"""Run slow work off the interface thread, one job at a time."""

import logging
import time
from collections.abc import Callable
from functools import cached_property, partial
from threading import Event
from typing import Any, TypeVar

from PySide6 import QtCore
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThreadPool, Signal, SignalInstance
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from ohdesk.collector import uncollected
from ohdesk.domain.progress import Progress
from ohdesk.errors import JobCancelledError, UserError

log = logging.getLogger(__name__)

Result = TypeVar("Result")

_REPORT_EVERY = 0.05  # seconds; more often would only fill the queue of the interface thread


class Job(QObject):
    """One piece of work: a function that runs in a worker thread.

    Signals arrive on the thread that made the job.
    title: what is being done, for the progress bar; empty for work nobody needs to watch
    gives_way: it ends, where it says how far it is, as soon as other work comes
    aside: it only reads, and is waited for at every key: it queues behind no long work
    """

    progressed = Signal(int, int)
    succeeded = Signal(object)
    failed = Signal(Exception)
    cancelled = Signal()
    ended = Signal()

    def __init__(self, function: Callable[[], object]) -> None:
        super().__init__()
        self.title = ""
        self.gives_way = self.aside = False
        self._function = function
        self._stop = Event()

    def cancel(self) -> None:
        """Ask the work never to start; once it runs, only a `ReportingJob` can stop."""
        self._stop.set()

    def run(self) -> None:
        """Do the work; called on the worker thread."""
        try:
            self._stop_if_asked()
            with uncollected():
                result = self._result()
            self.succeeded.emit(result)
        except JobCancelledError:
            log.info("job cancelled")
            self.cancelled.emit()
        except Exception as error:
            self.failed.emit(error)
        finally:
            self.ended.emit()

    def _result(self) -> object:
        return self._function()

    def _stop_if_asked(self) -> None:
        if self._stop.is_set():
            raise JobCancelledError


class ReportingJob(Job):
    """Work that says how far it is: it calls `report(done, total)` now and then, where a cancel takes effect."""

    def __init__(self, function: Callable[[Progress], object]) -> None:
        super().__init__(lambda: None)
        self._reporting = function
        self._reported = 0.0

    def _result(self) -> object:
        return self._reporting(self._report)

    def _report(self, done: int, total: int) -> None:
        self._stop_if_asked()
        now = time.monotonic()
        if done == total or now - self._reported >= _REPORT_EVERY:
            self._reported = now
            self.progressed.emit(done, total)


class Jobs(QObject):
    """The queue. A single thread: SQLite has a single writer, so more would only wait; one more for what only reads."""

    started = Signal(object)  # Job: one with a title was queued
    _queued = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._aside = QThreadPool(self)
        self._aside.setMaxThreadCount(1)
        self._alive: dict[Job, None] = {}  # in the order they were queued

    @property
    def titled(self) -> tuple[Job, ...]:
        """The jobs with a title that have not ended, in the order they run."""
        return tuple(job for job in self._alive if job.title)

    @property
    def is_busy(self) -> bool:
        """True while any work has not ended."""
        return bool(self._alive)

    def start(self, job: Job, title: str = "") -> Job:
        """Queue a job and keep it until it has ended; with a title its progress is shown."""
        job.title = title
        for other in self._alive:
            if other.gives_way and not job.aside:
                other.cancel()
        self._alive[job] = None
        if title:
            self.started.emit(job)
        # Not at once: a short job would be over before who started it could connect to how it ends.
        self._queue.emit(job)
        return job

    def wait(self) -> None:
        """Block until every job has ended and what it had to say was said; only when the window closes or locks.

        The workspace may be closed after that: no result is still on its way to a screen that would read again.
        """
        while self._alive:
            self._pool.waitForDone()
            self._aside.waitForDone()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall.value)

    @cached_property
    def _queue(self) -> SignalInstance:
        """The signal that lets a job run; connected late, for the first enumeration of `Qt` takes 15 ms."""
        self._queued.connect(self._run, QtCore.Qt.ConnectionType.QueuedConnection)
        return self._queued

    def _run(self, job: Job) -> None:
        job.ended.connect(self._forget)  # after whoever else waits for the end: nobody else may hold the job
        pool = self._aside if job.aside else self._pool
        pool.start(job.run)  # not by a QRunnable: PySide would take the next event at its address for it

    def _forget(self) -> None:
        job = self.sender()
        if isinstance(job, Job):
            self._alive.pop(job, None)


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

    def read_aside(
        self,
        function: Callable[[], Result],
        then: Callable[[Result], object],
        otherwise: Callable[[Exception], object] | None = None,
    ) -> Job:
        """Read something that is waited for at every key, beside whatever the worker does; else as `work`."""
        job = Job(function)
        job.aside = True
        return self._hand_in(job, then, "", otherwise)

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
        job.succeeded.connect(partial(self._tell, then))
        job.failed.connect(partial(self._tell, otherwise or self.failed.emit))
        return self.jobs.start(job, title)

    def _tell(self, hears: Callable[[Any], object], outcome: object) -> None:
        if isValid(self):  # Qt lets go of a slot whose object is gone, but not of a plain function
            hears(outcome)
