"""How a stroke is drawn: a smooth line, the wider the harder the pen was pressed."""

from collections.abc import Sequence
from math import ceil, hypot

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QPainter

MM_PER_INCH = 25.4
_THIN, _THICK = 0.3, 1.3  # mm, without pressure and with the hardest
_STEP = 1.5  # pixels between two widths

_Point = tuple[int, int, int]


def draw_segment(painter: QPainter, stroke: Sequence[_Point], place: int, dpi: float) -> QRect:
    """Draw the part of a stroke that its point number `place` adds; return the pixels it covers.

    Points are (x, y in 1/100 mm, pressure 0 to 1000). Between the middles of neighbouring points the line is bent
    towards the point between them, so that quick handwriting has no corners.
    """
    scale = dpi / MM_PER_INCH / 100
    last = _pixel(stroke[place], scale)
    if place == 0:
        return _draw_dot(painter, last, _width(stroke[0], dpi))
    before = _pixel(stroke[place - 1], scale)
    start = before if place == 1 else _middle(_pixel(stroke[place - 2], scale), before)
    middle = _middle(before, last)
    widths = _width(stroke[place - 1], dpi), _width(stroke[place], dpi)
    _draw_bend(painter, (start, before, middle), widths)
    _draw_bend(painter, (middle, middle, last), (widths[1], widths[1]))
    box = QRectF(start, last).normalized().united(QRectF(before, middle).normalized())
    edge = ceil(max(widths)) + 2
    return box.toAlignedRect().adjusted(-edge, -edge, edge, edge)


def _draw_bend(painter: QPainter, bend: tuple[QPointF, QPointF, QPointF], widths: tuple[float, float]) -> None:
    start, control, end = bend
    length = hypot(end.x() - start.x(), end.y() - start.y())
    steps = max(1, ceil(length / _STEP))
    pen, from_ = painter.pen(), start
    for step in range(1, steps + 1):
        t = step / steps
        first, second, third = (1 - t) ** 2, 2 * t * (1 - t), t**2
        to = QPointF(
            start.x() * first + control.x() * second + end.x() * third,
            start.y() * first + control.y() * second + end.y() * third,
        )
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


def _middle(one: QPointF, other: QPointF) -> QPointF:
    return QPointF((one.x() + other.x()) / 2, (one.y() + other.y()) / 2)


def _width(point: _Point, dpi: float) -> float:
    return (_THIN + (_THICK - _THIN) * point[2] / 1000) * dpi / MM_PER_INCH
