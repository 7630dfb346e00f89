"""Many pictures small, in rows, each with its words below; and one of them as large as there is room for."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import QBuffer, QByteArray, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QImageReader, QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QSizePolicy, QWidget

from ohdesk.ui import theme
from ohdesk.ui.kit.keys import ENTERS

_ROWS_HIGH, _RATIO = 3, 4 / 3  # of a table, as in the strip of photos
_LINES = 2
LARGEST = QSize(1600, 1600)  # of a picture shown by itself: no copy has more
_KeyRole = Qt.ItemDataRole.UserRole


class Thumbnail(NamedTuple):
    """A picture by its key; words: below it · said: for those who cannot see it, and as its tip."""

    key: str
    words: str
    said: str


def jpeg_image(content: bytes, size: QSize | None) -> QImage:
    """Return a JPEG no larger than `size`, decoded in it: on any thread. Null for what is none.

    size: None for as large as it is
    """
    held = QByteArray(content)
    buffer = QBuffer(held)
    reader = QImageReader(buffer, QByteArray(b"jpeg"))
    if size is not None:
        reader.setScaledSize(reader.size().scaled(size, Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


class Thumbnails(QListWidget):
    """Arrows go from one to the next; digits, Enter, Delete and Ctrl with an arrow are told, and do nothing here."""

    digit = Signal(int)
    opened = Signal()
    removed = Signal()
    moved = Signal(int)  # by how many places

    def __init__(self, label: str) -> None:
        super().__init__()
        self.setAccessibleName(label)
        height = theme.size("row") * _ROWS_HIGH
        self.size_of_one = QSize(int(height * _RATIO), height)
        self.setIconSize(self.size_of_one)
        gap = theme.size("gap")
        words = self.fontMetrics().lineSpacing() * _LINES
        self.setGridSize(QSize(self.size_of_one.width() + gap, height + words + gap))
        self.setViewMode(QListWidget.ViewMode.IconMode)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setMovement(QListWidget.Movement.Static)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setUniformItemSizes(True)
        self.setWordWrap(True)
        self.itemActivated.connect(self.opened)
        self._pictures: dict[str, QIcon] = {}

    @property
    def current_key(self) -> str:
        """The key of the one that is selected; "" for none."""
        item = self.currentItem()
        return "" if item is None else str(item.data(_KeyRole))

    def show_those(self, shown: Sequence[Thumbnail], current: str = "") -> None:
        """Show others; pictures that are there already stay, and so does the selection, unless it is said."""
        current = current or self.current_key
        place = max(self.currentRow(), 0)
        keys = [each.key for each in shown]
        self._pictures = {key: self._pictures[key] for key in keys if key in self._pictures}
        self.blockSignals(True)
        self.clear()
        for each in shown:
            self.addItem(self._item(each))
        self.blockSignals(False)
        if shown:
            self.setCurrentRow(keys.index(current) if current in keys else min(place, len(shown) - 1))

    def missing(self) -> list[str]:
        """Return the keys whose pictures are not here yet, those in sight first."""
        keys = [str(self.item(place).data(_KeyRole)) for place in range(self.count())]
        first = max(self.indexAt(QPoint(0, 0)).row(), 0)
        return [key for key in (*keys[first:], *keys[:first]) if key not in self._pictures]

    def forget(self, key: str) -> None:
        """Have a picture fetched again: it looks different now."""
        self._pictures.pop(key, None)

    def put(self, pictures: Mapping[str, QImage]) -> None:
        """Show pictures by their keys; a null one is a picture that cannot be shown."""
        self._pictures |= {key: _icon(image, self.size_of_one) for key, image in pictures.items()}
        for place in range(self.count()):
            item = self.item(place)
            if item.data(_KeyRole) in pictures:
                item.setIcon(self._pictures[item.data(_KeyRole)])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, with_control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(key), 0)
        is_digit = event.text().isdecimal() and event.text().isascii()
        if event.isAutoRepeat() and (is_digit or key == Qt.Key.Key_Delete):
            return  # a key held down is for one picture, and not for all behind it
        if is_digit:
            self.digit.emit(int(event.text()))
        elif key in ENTERS:
            self.opened.emit()
        elif key == Qt.Key.Key_Delete:
            self.removed.emit()
        elif with_control and step:
            self.moved.emit(step)
        elif step:
            # From the end of a row to the beginning of the next: as one reads.
            self.setCurrentRow(min(max(self.currentRow() + step, 0), self.count() - 1))
        else:
            super().keyPressEvent(event)

    def _item(self, each: Thumbnail) -> QListWidgetItem:
        item = QListWidgetItem(self._pictures.get(each.key, _icon(QImage(), self.size_of_one)), each.words)
        item.setData(_KeyRole, each.key)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, each.said)
        item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        return item


class PictureView(QWidget):
    """One picture, whole, as large as its place allows."""

    def __init__(self) -> None:
        super().__init__()
        self._picture = QPixmap()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(theme.size("row") * _ROWS_HIGH)

    def show_image(self, image: QImage, said: str = "") -> None:
        """Show a picture, nothing for a null one."""
        self._picture = QPixmap.fromImage(image)
        self.setAccessibleName(said)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("sunken"))
        if not self._picture.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(within(self.rect(), self._picture.size()), self._picture)


def within(room: QRect, size: QSize) -> QRect:
    """Return where a picture of this size stands, whole and in the middle of its room."""
    shown = QRect(QPoint(0, 0), size.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio))
    shown.moveCenter(room.center())
    return shown


def _icon(image: QImage, size: QSize) -> QIcon:
    """Return a picture in the middle of a frame of one size, so that all stand in line."""
    frame = QPixmap(size)
    frame.fill(theme.colour("sunken"))
    if not image.isNull():
        painter = QPainter(frame)
        painter.drawImage(within(frame.rect(), image.size()), image)
        painter.end()
    made = QIcon(frame)
    made.addPixmap(frame, QIcon.Mode.Selected)  # else what is selected would be seen through blue glass
    return made
