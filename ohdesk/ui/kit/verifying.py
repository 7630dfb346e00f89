"""The signed PDFs that came in are looked at in the background: one line that says how far, and a way to stop."""

from functools import partial

from ohdesk.domain.people import Right
from ohdesk.domain.record import Verification
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context, may
from ohdesk.services.record.verdicts import Run
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import grow, muted, row
from ohdesk.ui.kit.page import Page


class Verifying(Page):
    """Hidden while nothing waits. One PDF is one piece of work, so that lists and answers need not wait for all."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._run: Run | None = None
        self._stopped = False
        self._said = muted()
        self.stop = button(tr("停下(&U)"), act=self._stop, quiet=True)
        row(grow(self._said), self.stop, of=self)
        self.hide()

    def start(self) -> None:
        """Look at what waits, unless somebody has stopped that."""
        if self._run is None and not self._stopped and may(self.ctx, Right.BUNDLE):
            self.work(partial(Run, self.ctx), self._begin)

    def start_again(self) -> None:
        """Look at what waits, now that more has come."""
        self._stopped = False
        self.start()

    def _begin(self, run: Run) -> None:
        if self._run is not None or not run.total:
            return
        self._run = run
        self.destroyed.connect(run.close)  # when the program is locked, the child must not be left behind
        self.show()
        self._go_on(run)

    def _go_on(self, run: Run) -> None:
        said = tr("正在核对收到的文书，第 {number} / {total} 份", number=run.done + 1, total=run.total)
        self._said.setText(said)
        self.work(run.step, partial(self._stepped, run), "", partial(self._failed, run))

    def _stepped(self, run: Run, more: bool) -> None:
        if more and run.done < run.total and not self._stopped:
            self._go_on(run)
        else:
            self._end(run)

    def _failed(self, run: Run, error: Exception) -> None:
        self._stopped = True
        self._end(run)
        self.failed.emit(error)

    def _stop(self) -> None:
        self._stopped = True
        self._said.setText(tr("正在停下…"))

    def _end(self, run: Run) -> None:
        self.work(run.close, lambda _nothing: None)  # beside the window: it waits until the children are gone
        self._run = None
        self.hide()
        if bad := run.found[Verification.BAD]:
            self.done.emit(tr("收到的文书中有 {count} 份核对不通过，请在“文书签名”里查看原因。", count=bad))
        # Those whose bytes are gone go on waiting: to read all again for them would begin anew without end.
        if run.done > run.found[Verification.WAITING]:
            self.changed.emit(Change.RECORDS)
