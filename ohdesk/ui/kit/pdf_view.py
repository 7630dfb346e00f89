"""The actual PDF, page by page: what was signed is what is seen."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget

from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.latest import Latest
from ohdesk.ui.kit.lay import column, grow, row, text
from ohdesk.ui.kit.page import Worker
from ohdesk.ui.kit.pdf_pages import PdfPages
from ohdesk.ui.kit.pdf_render import PageSize, page_picture, page_sizes
from ohdesk.ui.theme.icons import icon

_SHOWN_DIGITS, _GROUP = 16, 4


class PdfView(Worker):
    """Pages are drawn on the worker, one at a time and only those in sight."""

    def __init__(self, jobs: Jobs) -> None:
        super().__init__(jobs)
        self._latest = Latest(self)
        self.failed.connect(self._show_error)
        self._data = b""
        self._count = 0
        self.pages = PdfPages()
        self.pages.looked.connect(self._draw_next)
        self.pages.turned.connect(self._say_page)
        self._said = text("", "muted")
        self._said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._said)
        self._stack.addWidget(self.pages)
        self.setFocusProxy(self.pages)
        column(self._bar(), grow(self._stack), of=self)
        self.clear()

    @property
    def count(self) -> int:
        """How many pages there are; 0 until that is known."""
        return self._count

    @property
    def text(self) -> str:
        """What is said instead of pages; empty while pages are shown."""
        return "" if self._stack.currentWidget() is self.pages else self._said.text()

    def show_pdf(self, data: bytes, fingerprint: str = "") -> None:
        """Show a PDF from its first page; the same one again stays where it is."""
        self._say_fingerprint(fingerprint)
        if data == self._data and self._count:
            return  # a reload must not throw a reader back to the first page
        self._start_with(data, tr("正在读取文书…"))
        self._latest.ask(partial(page_sizes, data), self._show_pages)

    def clear(self) -> None:
        """Show nothing."""
        self._say_fingerprint("")
        self._start_with(b"", tr("这里显示文书的页面"))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw_next()

    def _bar(self) -> QHBoxLayout:
        self._number = QLabel()
        self._fingerprint = QLabel()
        self._fingerprint.setObjectName("muted")
        self._back = self._button("back", tr("上一页"), "Alt+Left", lambda: self._turn(-1))
        self._next = self._button("next", tr("下一页"), "Alt+Right", lambda: self._turn(1))
        self._smaller = self._button("zoom_out", tr("缩小"), "Alt+-", lambda: self.pages.zoom_by(-1))
        self._larger = self._button("zoom_in", tr("放大"), "Alt+=", lambda: self.pages.zoom_by(1))
        self._width = self._button("page_width", tr("适合宽度"), "Alt+0", lambda: self.pages.fit(1))
        self._two = self._button("two_pages", tr("双页"), "Alt+9", lambda: self.pages.fit(2))
        turning = (self._back, self._number, self._next)
        size = (self._smaller, self._larger, self._width, self._two)
        return row(*turning, grow(), self._fingerprint, grow(), *size, gap="gap_tiny")

    def _button(self, role: str, name: str, key: str, act: Callable[[], None]) -> QPushButton:
        button = QPushButton(icon(role), "")
        button.setProperty("tool", True)
        button.setShortcut(key)
        button.setToolTip(f"{name}  {key}")
        button.setAccessibleName(name)
        button.clicked.connect(lambda _checked: act())
        return button

    def _turn(self, by: int) -> None:
        self.pages.go_to(self.pages.page + by * self.pages.columns)

    def _start_with(self, data: bytes, sentence: str) -> None:
        self._latest.forget()
        self._data, self._count = data, 0
        self.pages.show_pages(())
        self._say(sentence)

    def _say(self, sentence: str) -> None:
        self._said.setText(sentence)
        self._stack.setCurrentWidget(self._said)
        self._say_page()

    def _say_page(self) -> None:
        page = self.pages.page + 1
        self._number.setText(tr("第 {page} / {count} 页", page=page, count=self._count) if self._count else "")
        for button in (self._smaller, self._larger, self._width, self._two):
            button.setEnabled(bool(self._count))
        self._back.setEnabled(page > 1)
        self._next.setEnabled(page + self.pages.columns <= self._count)
        self.pages.setAccessibleDescription(self._number.text())

    def _say_fingerprint(self, fingerprint: str) -> None:
        short = fingerprint[:_SHOWN_DIGITS]
        groups = " ".join(short[start : start + _GROUP] for start in range(0, len(short), _GROUP))
        self._fingerprint.setText(tr("指纹 {digits} …", digits=groups) if fingerprint else "")
        self._fingerprint.setToolTip(fingerprint)

    def _show_pages(self, sizes: tuple[PageSize, ...]) -> None:
        self._count = len(sizes)
        if not sizes:
            self._say(tr("这份 PDF 里没有页面。"))
            return
        self._stack.setCurrentWidget(self.pages)
        self.pages.show_pages(sizes)
        self._say_page()

    def _draw_next(self) -> None:
        # One after the other: by the time a picture is drawn, others may be in sight.
        wanted = self.pages.missing() if self._count and not self._latest.is_busy else None
        if wanted is not None and self.isVisible():
            self._latest.ask(partial(_picture, self._data, *wanted), self._show_picture)

    def _show_picture(self, drawn: tuple[int, float, QImage]) -> None:
        self.pages.put(*drawn)
        self._draw_next()

    def _show_error(self, error: Exception) -> None:
        self._count = 0
        said = f"{error.message}\n{error.remedy}" if isinstance(error, UserError) else tr("这份 PDF 显示不出来。")
        self._say(said)


def _picture(data: bytes, number: int, scale: float) -> tuple[int, float, QImage]:
    return number, scale, page_picture(data, number, scale)
