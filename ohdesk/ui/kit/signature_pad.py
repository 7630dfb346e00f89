"""The pad to sign on: by pen, finger or mouse, kept as points on paper rather than as a picture."""

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QEvent, QLineF, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QWidget

from ohdesk.domain.record import HARDEST, LARGEST_PAD, MOST_POINTS, Hand, Points, StrokeSet
from ohdesk.i18n import tr
from ohdesk.ui import theme

_Point = tuple[int, int, int]
_MM_PER_INCH = 25.4
_THIN, _THICK = 0.3, 1.3  # mm, without pressure and with the hardest
_STEP = 1.5  # pixels between two widths
_EVEN = HARDEST // 2  # of a mouse, which knows no pressure
_NEAREST = 12  # 1/100 mm between two points; closer ones are the tremor of the hand
_BASELINE = 0.72  # of the height


class SignaturePad(QWidget):
    """White in every theme: it is paper. Backspace takes the last stroke back."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._strokes: list[list[_Point]] = []
        self._pen = ""  # what is writing: "tablet", "touch", "mouse", or "" while nothing does
        self._finger = -1
        self._ink = QPixmap()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)  # else touches come as a mouse without pressure
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # all is painted here: less to do with each point
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(tr("手写签名"))
        self.setMinimumSize(theme.layout("pad_least_width"), theme.layout("pad_least_height"))

    @property
    def is_empty(self) -> bool:
        """True while nothing is written."""
        return not self._strokes

    def strokes(self) -> Points:
        """Return what was written: runs of points (x, y in 1/100 mm, pressure 0 to 1000)."""
        return tuple(tuple(stroke) for stroke in self._strokes)

    def extent(self) -> tuple[int, int]:
        """Return width and height of the pad in 1/100 mm; what was written before it shrank still lies inside."""
        here = self._on_paper(QPointF(self.width(), self.height()))
        points = [point for stroke in self._strokes for point in stroke]
        return max([here[0], *(x for x, _, _ in points)]), max([here[1], *(y for _, y, _ in points)])

    def clear(self) -> None:
        """Take a clean sheet."""
        self._change([])

    def undo(self) -> None:
        """Take the last stroke back."""
        self._change(self._strokes[:-1])

    def sizeHint(self) -> QSize:
        return QSize(theme.layout("pad_width"), theme.layout("pad_height"))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            self._touched(event)
            event.accept()
            return True
        return super().event(event)

    def tabletEvent(self, event: QTabletEvent) -> None:
        pressure = round(event.pressure() * HARDEST)
        if event.type() == QEvent.Type.TabletPress:
            self._begin("tablet", event.position(), pressure)
        elif event.type() == QEvent.Type.TabletMove:
            self._move("tablet", event.position(), pressure)
        elif event.type() == QEvent.Type.TabletRelease:
            self._end("tablet")
        event.accept()  # otherwise a mouse event follows for the same point

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin("mouse", event.position(), _EVEN)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._move("mouse", event.position(), _EVEN)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._end("mouse")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Backspace:
            self.undo()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._redraw()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setClipRegion(event.region())
        painter.fillRect(self.rect(), theme.colour("paper"))
        self._paint_form(painter)
        if self._ink.devicePixelRatio() != self.devicePixelRatioF():  # the window was moved to another screen
            self._redraw()
        painter.drawPixmap(QPoint(0, 0), self._ink)
        width = 2 if self.hasFocus() else 1
        painter.setPen(QPen(theme.colour("accent" if self.hasFocus() else "outline"), width))
        inset = width / 2
        painter.drawRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset))
        painter.end()

    def _paint_form(self, painter: QPainter) -> None:
        margin, height = theme.size("gap") * 2, round(self.height() * _BASELINE)
        painter.setPen(QPen(theme.colour("paper_line"), 1))
        painter.drawLine(margin, height, self.width() - margin, height)
        if not self.is_empty:
            return
        font = painter.font()
        font.setPixelSize(theme.size("font_title"))
        painter.setFont(font)
        painter.setPen(theme.colour("paper_hint"))
        above = self.rect().adjusted(margin, 0, -margin, height - self.height())
        painter.drawText(above, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, tr("请在这里签名"))

    def _touched(self, event: QTouchEvent) -> None:
        """Follow the first finger; others, and the ball of the thumb beside a pen, write nothing."""
        begins = event.type() == QEvent.Type.TouchBegin
        if begins and event.points():
            self._finger = event.points()[0].id()
        felt = event.device().capabilities() & QInputDevice.Capability.Pressure
        for point in event.points():
            if point.id() != self._finger:
                continue
            pressure = round(point.pressure() * HARDEST) if felt else _EVEN
            if begins:
                self._begin("touch", point.position(), pressure)
            else:
                self._move("touch", point.position(), pressure)
        if event.type() in {QEvent.Type.TouchEnd, QEvent.Type.TouchCancel}:
            self._end("touch")

    def _begin(self, pen: str, place: QPointF, pressure: int) -> None:
        # A pen takes over from the hand that touched the screen before it; nothing takes over from a pen.
        if (self._pen and pen != "tablet") or self._is_full():
            return
        self._pen = pen
        self._strokes.append([self._on_paper(place, pressure)])
        if len(self._strokes) == 1:
            self.update()  # the hint goes
        self._draw_last()

    def _move(self, pen: str, place: QPointF, pressure: int) -> None:
        if pen != self._pen or self._is_full():
            return
        point, before = self._on_paper(place, pressure), self._strokes[-1][-1]
        if abs(point[0] - before[0]) + abs(point[1] - before[1]) >= _NEAREST:
            self._strokes[-1].append(point)
            self._draw_last()

    def _end(self, pen: str) -> None:
        if pen == self._pen:
            self._pen = ""
            self.changed.emit()

    def _is_full(self) -> bool:
        return sum(map(len, self._strokes)) >= MOST_POINTS

    def _change(self, strokes: list[list[_Point]]) -> None:
        if strokes == self._strokes:
            return
        self._strokes, self._pen = strokes, ""
        self._redraw()
        self.changed.emit()

    def _on_paper(self, place: QPointF, pressure: int = 0) -> _Point:
        """Return a place on the pad in 1/100 mm, inside its edges."""
        # A stroke that slips over the edge goes on along it: outside there is no paper.
        x = min(max(place.x(), 0.0), float(self.width())) * _MM_PER_INCH * 100 / self.logicalDpiX()
        y = min(max(place.y(), 0.0), float(self.height())) * _MM_PER_INCH * 100 / self.logicalDpiY()
        return min(int(x), LARGEST_PAD), min(int(y), LARGEST_PAD), min(max(pressure, 0), HARDEST)

    def _redraw(self) -> None:
        ratio = self.devicePixelRatioF()
        self._ink = QPixmap(self.size() * ratio)
        self._ink.setDevicePixelRatio(ratio)
        self._ink.fill(Qt.GlobalColor.transparent)
        painter = self._painter()
        for stroke in self._strokes:
            for place in range(len(stroke)):
                _draw_segment(painter, stroke, place, self.logicalDpiX())
        painter.end()
        self.update()

    def _draw_last(self) -> None:
        painter = self._painter()
        stroke = self._strokes[-1]
        touched = _draw_segment(painter, stroke, len(stroke) - 1, self.logicalDpiX())
        painter.end()
        self.update(touched)

    def _painter(self) -> QPainter:
        painter = QPainter(self._ink)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("ink"), 1, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        return painter


def _draw_segment(painter: QPainter, stroke: Sequence[_Point], place: int, dpi: float) -> QRect:
    """Draw the part of a stroke that its point number `place` adds; return the pixels it covers.

    Points are (x, y in 1/100 mm, pressure 0 to 1000). Between the middles of neighbouring points the line is bent
    towards the point between them, so that quick handwriting has no corners.
    """
    scale = dpi / _MM_PER_INCH / 100
    last = _pixel(stroke[place], scale)
    if place == 0:
        return _draw_dot(painter, last, _width(stroke[0], dpi))
    before = _pixel(stroke[place - 1], scale)
    start = before if place == 1 else QLineF(_pixel(stroke[place - 2], scale), before).center()
    middle = QLineF(before, last).center()
    widths = _width(stroke[place - 1], dpi), _width(stroke[place], dpi)
    _draw_bend(painter, (start, before, middle), widths)
    _draw_bend(painter, (middle, middle, last), (widths[1], widths[1]))
    box = QRectF(start, last).normalized().united(QRectF(before, middle).normalized())
    edge = ceil(max(widths)) + 2
    return box.toAlignedRect().adjusted(-edge, -edge, edge, edge)


def _draw_bend(painter: QPainter, bend: tuple[QPointF, QPointF, QPointF], widths: tuple[float, float]) -> None:
    start, control, end = bend
    steps = max(1, ceil(QLineF(start, end).length() / _STEP))
    pen, from_ = painter.pen(), start
    for step in range(1, steps + 1):
        t = step / steps
        to = start * (1 - t) ** 2 + control * (2 * t * (1 - t)) + end * t**2
        pen.setWidthF(widths[0] + (widths[1] - widths[0]) * t)
        painter.setPen(pen)
        painter.drawLine(from_, to)
        from_ = to


def _draw_dot(painter: QPainter, place: QPointF, width: float) -> QRect:
    pen = painter.pen()
    pen.setWidthF(width)
    painter.setPen(pen)
    painter.drawPoint(place)
    edge = ceil(width) + 2
    return QRect(place.toPoint(), place.toPoint()).adjusted(-edge, -edge, edge, edge)


def _pixel(point: _Point, scale: float) -> QPointF:
    return QPointF(point[0] * scale, point[1] * scale)


def _width(point: _Point, dpi: float) -> float:
    return (_THIN + (_THICK - _THIN) * point[2] / 1000) * dpi / _MM_PER_INCH


def written_on(pad: SignaturePad, hand: Hand) -> StrokeSet:
    """Return what somebody wrote on a pad."""
    width, height = pad.extent()
    return StrokeSet(role=hand.role, name=hand.name, width=width, height=height, strokes=pad.strokes())
