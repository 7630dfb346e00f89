"""Rectangles laid over a picture, by mouse or by keys: what is to be covered on it."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from ohdesk.domain.masking import LEAST_SIDE, Mask
from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.keys import ENTERS
from ohdesk.ui.kit.thumbnails import within

_STEPS = 40  # of a frame from one side of the picture to the other
_FRAME = 6  # times smaller than the picture, where it begins
_ARROWS = {
    Qt.Key.Key_Left: QPoint(-1, 0),
    Qt.Key.Key_Right: QPoint(1, 0),
    Qt.Key.Key_Up: QPoint(0, -1),
    Qt.Key.Key_Down: QPoint(0, 1),
}


class MaskEditor(QWidget):
    """Arrows move a frame, with Shift they size it, with Ctrl by single pixels.

    Enter covers what is in it, Backspace takes the last one back.

    The mouse draws a rectangle, which covers at once.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._picture = QPixmap()
        self._masks: list[QRect] = []
        self._frame = QRect()  # in pixels of the picture, as the masks
        self._drawn_from: QPoint | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._say()

    def show_picture(self, image: QImage, masks: Sequence[Mask]) -> None:
        """Show a picture in its own size, and what is covered on it."""
        self._picture = QPixmap.fromImage(image)
        self._masks = [QRect(each.x, each.y, each.width, each.height) for each in masks]
        self._frame = QRect(0, 0, self._picture.width() // _FRAME, self._picture.height() // _FRAME)
        self._frame.moveCenter(self._picture.rect().center())
        self._change()

    def masks(self) -> tuple[Mask, ...]:
        """Return what is covered."""
        return tuple(Mask(each.x(), each.y(), each.width(), each.height()) for each in self._masks)

    def cover(self) -> None:
        """Cover what is in the frame."""
        self._add(self._frame)

    def take_back(self) -> None:
        """Take the last one back."""
        del self._masks[-1:]
        self._change()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ARROWS:
            self._step(_ARROWS[key], event.modifiers())
        elif key in ENTERS and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.cover()
        elif key in {Qt.Key.Key_Backspace, Qt.Key.Key_Delete}:
            self.take_back()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and not self._picture.isNull():
            self._drawn_from = self._on_picture(event.position().toPoint())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drawn_from is not None:
            drawn = QRect(self._drawn_from, self._on_picture(event.position().toPoint())).normalized()
            self._frame = drawn.intersected(self._picture.rect())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._drawn_from is not None:
            self.mouseMoveEvent(event)
            self._drawn_from = None
            # What is smaller was a click, and no face.
            if min(self._frame.width(), self._frame.height()) >= LEAST_SIDE:
                self._add(self._frame)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("sunken"))
        if self._picture.isNull():
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(self._place(), self._picture)
        for each in self._masks:
            painter.fillRect(self._on_screen(each), theme.colour("mask"))
        # White under the dashes: it is seen on any picture.
        for pen in (QPen(theme.colour("on_accent"), 3), QPen(theme.colour("accent"), 3, Qt.PenStyle.DashLine)):
            painter.setPen(pen)
            painter.drawRect(self._on_screen(self._frame))

    def _step(self, towards: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        room = self._picture.rect()
        is_fine = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        by = towards * (1 if is_fine else max(1, max(room.width(), room.height()) // _STEPS))
        frame = QRect(self._frame)
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            wanted = frame.size() + QSize(by.x(), by.y())
            frame.setSize(wanted.expandedTo(QSize(LEAST_SIDE, LEAST_SIDE)))
            self._frame = frame.intersected(room)
        else:
            frame.translate(by)
            frame.moveLeft(max(0, min(frame.left(), room.width() - frame.width())))
            frame.moveTop(max(0, min(frame.top(), room.height() - frame.height())))
            self._frame = frame
        self.update()

    def _add(self, covered: QRect) -> None:
        if covered not in self._masks and not covered.isEmpty():
            self._masks.append(QRect(covered))
            self._change()

    def _change(self) -> None:
        self._say()
        self.update()
        self.changed.emit()

    def _say(self) -> None:
        self.setAccessibleName(tr("遮盖：{count} 处", count=len(self._masks)))

    def _place(self) -> QRect:
        return within(self.rect(), self._picture.size())

    def _on_screen(self, part: QRect) -> QRect:
        place = self._place()
        factor = place.width() / max(1, self._picture.width())
        corner = place.topLeft() + QPoint(round(part.x() * factor), round(part.y() * factor))
        return QRect(corner, QSize(round(part.width() * factor), round(part.height() * factor)))

    def _on_picture(self, at: QPoint) -> QPoint:
        place = self._place()
        factor = self._picture.width() / max(1, place.width())
        inside = at - place.topLeft()
        x, y = round(inside.x() * factor), round(inside.y() * factor)
        return QPoint(max(0, min(x, self._picture.width() - 1)), max(0, min(y, self._picture.height() - 1)))
