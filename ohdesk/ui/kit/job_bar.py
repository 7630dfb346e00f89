"""Slow work that can be watched and stopped: one line above the page, while the rest stays usable."""

from PySide6.QtCore import QElapsedTimer
from PySide6.QtWidgets import QFrame, QProgressBar

from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.label import Label
from ohdesk.ui.kit.later import later
from ohdesk.ui.kit.lay import grow, row

_MINUTE = 60


class JobBar(QFrame):
    """Shows the titled job that runs, once it lasts; several in turn; each ends with a word."""

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self.setObjectName("jobBar")
        self._job: Job | None = None
        self._queue: list[Job] = []
        self._since = QElapsedTimer()
        self._text, self._left = Label(), Label("", "muted")
        self._bar = progress_bar(tr("进度"))
        self._cancel = button(tr("取消(&Z)"), act=self.cancel, quiet=True)
        edges = ("gap", "gap_tiny", "gap_small", "gap_tiny")
        row(self._text, grow(self._bar), self._left, self._cancel, of=self, gap="gap", edges=edges)
        self._wait = later(self, self._appear, "progress_after_ms")
        self._rest = later(self, self._turn, "progress_least_ms")
        self.hide()
        jobs.started.connect(self._queued)
        for job in jobs.titled:  # started before there was a bar, as while the workspace was opened
            self._queued(job)

    @property
    def text(self) -> str:
        """What is being said; empty when nothing is."""
        return "" if self.isHidden() else self._text.text()

    @property
    def time_left(self) -> str:
        """How much longer it takes, once that can be told."""
        return self._left.text()

    def cancel(self) -> None:
        """Ask the job on show to stop."""
        if self._job is not None:
            self._cancel.setEnabled(False)
            self._text.setText(tr("{title}　正在停下…", title=self._job.title))
            self._job.cancel()

    def _queued(self, job: Job) -> None:
        # Each slot asks who sent: a connection that held its own job would keep it, with all it knows, for ever.
        job.progressed.connect(self._progressed)
        job.succeeded.connect(self._succeeded)
        job.failed.connect(self._failed)
        job.cancelled.connect(self._cancelled)
        self._queue.append(job)
        if self._job is None and not self._rest.isActive():
            self._turn()

    def _turn(self) -> None:
        """Turn to the next job, or go."""
        self.hide()
        self._job = self._queue.pop(0) if self._queue else None
        if self._job is None:
            return
        self._text.setText(self._job.title)
        self._left.clear()
        self._bar.setRange(0, 0)  # to and fro until it is known how much there is to do
        self._cancel.setEnabled(True)
        self._since.start()
        self._wait.start()

    def _appear(self) -> None:
        self._cancel.show()
        self._bar.show()
        self.show()

    def _progressed(self, done: int, total: int) -> None:
        job = self._job
        if job is None or self.sender() is not job or total <= 0 or not self._cancel.isEnabled():
            return
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._text.setText(
            tr("{title}　第 {done} / {total}", title=job.title, done=_grouped(done), total=_grouped(total))
        )
        elapsed = self._since.elapsed()
        if done and elapsed >= theme.layout("time_left_after_ms"):
            self._left.setText(_duration(elapsed * (total - done) // done // 1000))

    def _succeeded(self, _result: object) -> None:
        self._finish(tr("{title}　已完成"))

    def _failed(self, _error: Exception) -> None:
        self._finish(tr("{title}　没有完成"))

    def _cancelled(self) -> None:
        self._finish(tr("{title}　已取消"))

    def _finish(self, word: str) -> None:
        job, ended = self._job, self.sender()
        if job is None or ended is not job:
            self._queue = [each for each in self._queue if each is not ended]
            return
        self._wait.stop()
        if self.isHidden():  # too quick to be seen
            self._turn()
            return
        self._text.setText(word.format(title=job.title))
        self._left.clear()
        self._bar.hide()
        self._cancel.hide()
        self._job = None
        self._rest.start()


def progress_bar(name: str) -> QProgressBar:
    """Return a bar without a number; name: what it shows, for those who cannot see it."""
    made = QProgressBar()
    made.setTextVisible(False)
    made.setAccessibleName(name)
    return made


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def _duration(seconds: int) -> str:
    if seconds < _MINUTE:
        return tr("还需约 {count} 秒", count=max(1, seconds))
    return tr("还需约 {count} 分钟", count=round(seconds / _MINUTE))
