"""The papers of a draw: saved to a file or printed, made on the worker."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from ohdesk.i18n import tr
from ohdesk.services.blobs import hand_out
from ohdesk.services.context import Context
from ohdesk.ui.kit.files import choose_target
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.printing import Printing

Make = Callable[[Context, str], bytes]


class Papers(QObject):
    """Emits `done` with a sentence, `saved` with the file too, or `failed`."""

    done = Signal(str)
    saved = Signal(str, object)
    failed = Signal(Exception)

    def __init__(self, ctx: Context, jobs: Jobs, over: QWidget) -> None:
        super().__init__(over)
        self._ctx, self._jobs, self._over = ctx, jobs, over
        self._title = ""
        self._printing = Printing(jobs, over)
        self._printing.done.connect(self.done)
        self._printing.failed.connect(self.failed)

    def save(self, make: Make, draw: str, title: str) -> None:
        """Ask where to, and write the paper there."""
        path = choose_target(self._over, title, f"{title}.pdf", tr("PDF 文件 (*.pdf)"))
        if path is not None:
            self._start(partial(_write, self._ctx, make, draw, path), self._saved, title)

    def print(self, make: Make, draw: str, title: str) -> None:
        """Hand the paper to a printer."""
        self._title = title
        self._start(partial(_make, self._ctx, make, draw), self._print, title)

    def _start(self, work: Callable[[], object], then: Callable[..., None], title: str) -> None:
        job = Job(work)
        job.succeeded.connect(then)
        job.failed.connect(self.failed)
        self._jobs.start(job, tr("正在生成：{title}", title=title))

    def _saved(self, path: Path) -> None:
        self.saved.emit(tr("已保存：{file}", file=path), path)

    def _print(self, data: bytes) -> None:
        self._printing.print_pdf(data, self._title)


def commitment(ctx: Context, draw: str) -> bytes:
    """Return the paper that announces a frozen draw."""
    from ohdesk.services.draw.papers import commitment_pdf  # late, on the worker: it brings the typesetting along

    return commitment_pdf(ctx, draw)


def record(ctx: Context, draw: str) -> bytes:
    """Return the record of a draw."""
    from ohdesk.services.draw.papers import record_pdf

    return record_pdf(ctx, draw)


def _make(ctx: Context, make: Make, draw: str) -> bytes:
    return make(ctx, draw)


def _write(ctx: Context, make: Make, draw: str, path: Path) -> Path:
    hand_out(path, make(ctx, draw))
    return path
