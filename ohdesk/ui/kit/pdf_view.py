"""The actual PDF, page by page: what was signed is what is seen."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QHBoxLayout, QPushButton

from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.jobs import Jobs, Worker
from ohdesk.ui.kit.label import Label, plain_tip
from ohdesk.ui.kit.latest import Latest
from ohdesk.ui.kit.lay import column, grow, row, stack, text
from ohdesk.ui.kit.pdf_render import POINTS_PER_INCH, PageSize, page_picture, page_sizes
from ohdesk.ui.theme.icons import icon

_SMALLEST, _LARGEST, _STEP = 0.25, 4.0, 1.2  # zoom, and by how much a key changes it
_MOST_PIXELS = 12_000_000  # of one picture: 48 MB
_KEPT = 2  # pages before and behind those that can be seen


class PdfPages(QAbstractScrollArea):
    """Knows where pages lie; `missing` says which picture it wants next, `put` gives it one."""

    looked = Signal()
    turned = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("pdfPages")
        self.setAccessibleName(tr("文书页面"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._sizes: tuple[PageSize, ...] = ()
        self._pictures: dict[int, tuple[float, QImage]] = {}
        self._zoom, self._fits, self._columns = 1.0, True, 1
        self._places: list[QRectF] = []
        self._page = 0
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.horizontalScrollBar().valueChanged.connect(self._scrolled)

    @property
    def page(self) -> int:
        """The page in front, counted from 0."""
        return self._page

    @property
    def zoom(self) -> float:
        """1 is the size of the paper."""
        return self._zoom

    @property
    def fits(self) -> bool:
        """True while the pages are as wide as there is room."""
        return self._fits

    @property
    def columns(self) -> int:
        """How many pages lie side by side."""
        return self._columns

    def show_pages(self, sizes: Sequence[PageSize]) -> None:
        """Start with pages of these sizes."""
        self._sizes, self._pictures, self._page = tuple(sizes), {}, 0
        self._lay_out()
        self.verticalScrollBar().setValue(0)
        self._scrolled()

    def show_again(self, sizes: Sequence[PageSize]) -> None:
        """Go on with pages drawn anew, at the same place; each shows what it showed until its picture comes."""
        self._sizes = tuple(sizes)
        self._pictures = {number: (0.0, held) for number, (_, held) in self._pictures.items() if number < len(sizes)}
        self._page = min(self._page, max(len(sizes) - 1, 0))
        self._arrange()

    def in_view(self) -> set[int]:
        """Return the pages, counted from 0, of which half can be seen, or which take half of what can be seen."""
        whole, found = QRectF(self.viewport().rect()), set()
        for number in self._in_sight():
            place = self._on_screen(number)
            if self.has_picture(number) and 2 * place.intersected(whole).height() >= min(
                place.height(), whole.height()
            ):
                found.add(number)
        return found

    def missing(self) -> tuple[int, float] | None:
        """Return the first page in sight without a picture of its size, and that size in pixels to the point."""
        for number in self._in_sight():
            scale = self._scale(number)
            if number not in self._pictures or self._pictures[number][0] != scale:
                return number, scale
        return None

    def put(self, number: int, scale: float, picture: QImage) -> None:
        """Show a picture of a page; those far out of sight are let go."""
        seen = self._in_sight()
        # Some pages around stay, so that going back and forth shows no empty paper.
        near = range(seen[0] - _KEPT, seen[-1] + _KEPT + 1) if seen else range(0)
        self._pictures = {each: held for each, held in self._pictures.items() if each in near}
        self._pictures[number] = scale, picture
        self.viewport().update()

    def has_picture(self, number: int) -> bool:
        """True when a page can be seen, be it still in another size."""
        return number in self._pictures

    def fit(self, columns: int = 1) -> None:
        """Make one page, or two side by side, as wide as there is room."""
        self._fits, self._columns = True, columns
        self._arrange()

    def zoom_by(self, steps: int) -> None:
        """Make pages larger or smaller."""
        self._fits = False
        self._zoom = min(max(self._zoom * _STEP**steps, _SMALLEST), _LARGEST)
        self._arrange()

    def go_to(self, number: int) -> None:
        """Bring the top of a page, counted from 0, to the top."""
        if self._places:
            place = self._places[min(max(number, 0), len(self._places) - 1)]
            self.verticalScrollBar().setValue(int(place.top()) - theme.size("gap_small"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        acts = {
            Qt.Key.Key_Home: lambda: bar.setValue(bar.minimum()),
            Qt.Key.Key_End: lambda: bar.setValue(bar.maximum()),
            Qt.Key.Key_Plus: lambda: self.zoom_by(1),
            Qt.Key.Key_Equal: lambda: self.zoom_by(1),
            Qt.Key.Key_Minus: lambda: self.zoom_by(-1),
        }
        others = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        act = None if others else acts.get(Qt.Key(event.key()))
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(1 if event.angleDelta().y() > 0 else -1)
        else:
            super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme.colour("sunken"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for number in self._in_sight():
            place = self._on_screen(number)
            painter.fillRect(place, theme.colour("paper"))
            held = self._pictures.get(number)
            if held is None:
                painter.setPen(theme.colour("paper_hint"))
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, tr("正在读取第 {n} 页…", n=number + 1))
            # A picture of its own size is not scaled again, which would blur the letters.
            elif held[0] == self._scale(number):
                held[1].setDevicePixelRatio(self.devicePixelRatioF())
                painter.drawImage(place.topLeft().toPoint(), held[1])
            else:
                painter.drawImage(place, held[1])
            painter.setPen(theme.colour("outline"))
            painter.drawRect(place)
        painter.end()

    def _arrange(self) -> None:
        """Lay the pages out anew and stay at the same place of the same page."""
        part = 0.0  # of the page, how far it is scrolled past its top
        if self._page < len(self._places):
            place = self._places[self._page]
            part = (self.verticalScrollBar().value() - place.top()) / max(place.height(), 1.0)
        self._lay_out()
        if self._places:
            place = self._places[self._page]
            self.verticalScrollBar().setValue(round(place.top() + part * place.height()))
        self._scrolled()

    def _lay_out(self) -> None:
        gap = theme.size("gap_small")
        lines = [range(first, min(first + self._columns, len(self._sizes))) for first in self._firsts()]
        room = self.viewport().width() - gap * (self._columns + 1)
        if self._fits and lines:
            widest = max(sum(self._sizes[number][0] for number in line) for line in lines)
            widest = max(widest, self._columns * max(width for width, _ in self._sizes))
            self._zoom = min(max(room / widest / self._unit(), _SMALLEST), _LARGEST)
        self._places, top, widest_row = [], float(gap), 0.0
        for line in lines:
            sizes = [QSizeF(*self._sizes[number]) * (self._zoom * self._unit()) for number in line]
            width = sum(size.width() for size in sizes) + gap * (len(sizes) - 1)
            left = max(float(gap), (self.viewport().width() - width) / 2)
            for size in sizes:
                self._places.append(QRectF(round(left), round(top), round(size.width()), round(size.height())))
                left += size.width() + gap
            top += max(size.height() for size in sizes) + gap
            widest_row = max(widest_row, width + 2 * gap)
        self._set_ranges(round(widest_row), round(top))

    def _set_ranges(self, width: int, height: int) -> None:
        for bar, whole, part in (
            (self.horizontalScrollBar(), width, self.viewport().width()),
            (self.verticalScrollBar(), height, self.viewport().height()),
        ):
            bar.setRange(0, max(0, whole - part))
            bar.setPageStep(max(1, part - theme.size("row")))
            bar.setSingleStep(theme.size("row"))

    def _scrolled(self) -> None:
        front = bisect_right([place.top() for place in self._places], self._line()) - 1
        front = max(0, front)
        row = front - front % self._columns
        if row != self._page:
            self._page = row
            self.turned.emit(row)
        self.viewport().update()
        self.looked.emit()

    def _line(self) -> float:
        """Return the height at which the eye is: at the end of the last page, it is there."""
        bar = self.verticalScrollBar()
        at_end = bar.maximum() and bar.value() == bar.maximum()
        return bar.value() + self.viewport().height() * (0.95 if at_end else 0.4)

    def _firsts(self) -> range:
        return range(0, len(self._sizes), self._columns)

    def _in_sight(self) -> list[int]:
        whole = QRectF(self.viewport().rect())
        return [number for number in range(len(self._places)) if self._on_screen(number).intersects(whole)]

    def _on_screen(self, number: int) -> QRectF:
        return self._places[number].translated(-self.horizontalScrollBar().value(), -self.verticalScrollBar().value())

    def _unit(self) -> float:
        """Return pixels to the point at zoom 1."""
        return self.logicalDpiX() / POINTS_PER_INCH

    def _scale(self, number: int) -> float:
        width, height = self._sizes[number]
        wanted = self._zoom * self._unit() * self.devicePixelRatioF()
        most = (_MOST_PIXELS / max(width * height, 1.0)) ** 0.5
        return float(round(min(wanted, most), 4))


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
        self._stack = stack(self._said, self.pages)
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

    def show_pdf(self, data: bytes) -> None:
        """Show a PDF from its first page; the same one again stays where it is."""
        if data == self._data and self._count:
            return  # a reload must not throw a reader back to the first page
        self._start_with(data, tr("正在读取文书…"))
        self._latest.ask(partial(page_sizes, data), self._show_pages)

    def show_again(self, data: bytes) -> None:
        """Show the same paper as it was drawn anew, where one was."""
        if not self._count:
            self.show_pdf(data)
        elif data != self._data:
            self._latest.forget()
            self._data = data
            self._latest.ask(partial(page_sizes, data), self._show_pages_again)

    def clear(self) -> None:
        self._start_with(b"", tr("这里显示文书的页面"))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw_next()

    def _bar(self) -> QHBoxLayout:
        self._number = Label()
        self._back = self._button("back", tr("上一页"), "Alt+Left", lambda: self._turn(-1))
        self._next = self._button("next", tr("下一页"), "Alt+Right", lambda: self._turn(1))
        self._smaller = self._button("zoom_out", tr("缩小"), "Alt+-", lambda: self.pages.zoom_by(-1))
        self._larger = self._button("zoom_in", tr("放大"), "Alt+=", lambda: self.pages.zoom_by(1))
        self._width = self._button("page_width", tr("适合宽度"), "Alt+0", lambda: self.pages.fit(1))
        self._two = self._button("two_pages", tr("双页"), "Alt+9", lambda: self.pages.fit(2))
        turning = (self._back, self._number, self._next)
        size = (self._smaller, self._larger, self._width, self._two)
        return row(*turning, grow(), *size, gap="gap_tiny")

    def _button(self, role: str, name: str, key: str, act: Callable[[], None]) -> QPushButton:
        button = QPushButton(icon(role), "")
        button.setProperty("tool", True)
        button.setShortcut(key)
        button.setToolTip(plain_tip(f"{name}  {key}"))
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

    def _show_pages(self, sizes: tuple[PageSize, ...]) -> None:
        self._count = len(sizes)
        if not sizes:
            self._say(tr("这份 PDF 里没有页面。"))
            return
        self._stack.setCurrentWidget(self.pages)
        self.pages.show_pages(sizes)
        self._say_page()

    def _show_pages_again(self, sizes: tuple[PageSize, ...]) -> None:
        self._count = len(sizes)
        self.pages.show_again(sizes)
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
