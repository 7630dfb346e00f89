"""Printing PDFs: the system asks for the printer, the pages come from the very bytes that were signed."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from ohdesk.domain.progress import Progress
from ohdesk.errors import MachineError, UserError
from ohdesk.i18n import tr
from ohdesk.ui.kit.jobs import Job, Jobs, ReportingJob
from ohdesk.ui.kit.pdf_render import POINTS_PER_INCH, page_picture, page_sizes

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter

_FINEST = 300  # dots per inch; more would cost memory and show nothing
_TOLERANCE = 1.01  # A4 is no whole number of dots


class Printing(QObject):
    """Prints one thing at a time, of one PDF or several; emits `done` with a sentence, or `failed`."""

    done = Signal(str)
    failed = Signal(Exception)

    def __init__(self, jobs: Jobs, parent: QWidget) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._over = parent
        self._waiting: tuple[Sequence[bytes], str] = ((), "")
        self._dialog: QPrintDialog | None = None
        self._printer: QPrinter | None = None

    def print_pdf(self, data: bytes, title: str) -> None:
        """Ask for a printer and print on it; without any printer say so."""
        self.print_all((data,), title)

    def print_all(self, papers: Sequence[bytes], title: str) -> None:
        """Print PDFs one behind the other, asking for a printer once."""
        self._waiting = papers, title
        self._start(Job(_printer_names), self._ask, "")

    def print_on(self, printer: "QPrinter") -> None:
        """Print what waits on a printer that was chosen, on the worker."""
        papers, title = self._waiting
        printer.setDocName(title)
        work = partial(_print, printer, papers)
        self._start(ReportingJob(work), self._say_done, tr("正在打印：{title}", title=title))

    def _ask(self, printers: tuple[str, ...]) -> None:
        if not printers:
            self.failed.emit(
                UserError(
                    tr("这台电脑没有安装打印机。"), tr("请先安装打印机；或者另存成 PDF 放到优盘，换一台电脑打印。")
                )
            )
            return
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter  # late: only who prints needs it

        self._printer = QPrinter(QPrinter.PrinterMode.HighResolution)  # the dialog does not keep it
        dialog = self._dialog = QPrintDialog(self._printer, self._over)
        dialog.setWindowTitle(tr("打印文书"))
        dialog.accepted.connect(self._chosen)
        dialog.finished.connect(self._close)
        dialog.setModal(True)
        dialog.show()  # not exec: what runs on the worker meanwhile is heard of

    def _chosen(self) -> None:
        if self._printer is not None:
            self.print_on(self._printer)

    def _close(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None

    def _start(self, job: Job, then: Any, title: str) -> None:
        job.succeeded.connect(then)
        job.failed.connect(self.failed)
        self._jobs.start(job, title)

    def _say_done(self, pages: int) -> None:
        self.done.emit(tr("已交给打印机：{title}，{pages} 页", title=self._waiting[1], pages=pages))


def _printer_names() -> tuple[str, ...]:
    from PySide6.QtPrintSupport import QPrinterInfo

    return tuple(QPrinterInfo.availablePrinterNames())


def _print(printer: "QPrinter", papers: Sequence[bytes], report: Progress) -> int:
    """Paint the chosen pages, each as large as its paper at most; return how many."""
    pages = [(data, number, size) for data in papers for number, size in enumerate(page_sizes(data))]
    first, last = printer.fromPage() or 1, min(printer.toPage() or len(pages), len(pages))
    painter = QPainter()
    if not painter.begin(printer):
        raise MachineError(tr("打印机没有接受这份文书。"), tr("请检查打印机是否接通、有纸，再打印一次。"))
    try:
        for done, (data, number, size) in enumerate(pages[first - 1 : last]):
            report(done, last - first + 1)
            if done:  # the first page is there already
                printer.newPage()
            _paint_page(painter, printer, data, number, QSizeF(*size))
    finally:
        painter.end()
    return last - first + 1


def _paint_page(painter: QPainter, printer: "QPrinter", data: bytes, number: int, size: QSizeF) -> None:
    picture = page_picture(data, number, min(printer.resolution(), _FINEST) / POINTS_PER_INCH)
    paper = printer.paperRect(printer.Unit.DevicePixel)
    room = printer.pageRect(printer.Unit.DevicePixel)
    on_paper = size * (printer.resolution() / POINTS_PER_INCH)
    if on_paper.width() > paper.width() * _TOLERANCE or on_paper.height() > paper.height() * _TOLERANCE:
        on_paper.scale(room.size(), Qt.AspectRatioMode.KeepAspectRatio)  # only then: a form is printed in its own size
    left = (paper.width() - on_paper.width()) / 2 - room.left()
    top = (paper.height() - on_paper.height()) / 2 - room.top()
    painter.drawImage(QRectF(left, top, on_paper.width(), on_paper.height()), picture)
