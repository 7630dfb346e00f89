"""A row that goes on in the next line where there is no room left."""

from itertools import pairwise

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget, QWidgetItem

from ohdesk.ui import theme


class Flow(QLayout):
    """Lays things beside each other, each as wide as it wants to be; what is hidden takes no room."""

    def __init__(self, *widgets: QWidget, gap: str = "gap_small") -> None:
        """gap: name of the size between them, and between lines; "" for none"""
        super().__init__()
        self._gap = theme.size(gap) if gap else 0
        self.setContentsMargins(0, 0, 0, 0)
        self._items: list[QLayoutItem] = []
        for place, each in enumerate(widgets):
            self.insert(place, each)

    def insert(self, place: int, widget: QWidget) -> None:
        """Put a widget before the one that stands at a place; Tab comes to it there."""
        self.addChildWidget(widget)
        self._items.insert(place, QWidgetItem(widget))
        if self.parentWidget() is not None:  # before, they are in no window, and made in the order of the row
            for before, after in pairwise(each.widget() for each in self._items):
                QWidget.setTabOrder(before, after)
        self.invalidate()

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, place: int) -> QLayoutItem | None:
        return self._items[place] if 0 <= place < len(self._items) else None

    def takeAt(self, place: int) -> QLayoutItem | None:  # type: ignore[override] # as above
        return self._items.pop(place) if 0 <= place < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._laid(QRect(0, 0, width, 0))[1]

    def setGeometry(self, room: QRect) -> None:
        super().setGeometry(room)
        places, _height = self._laid(room)
        for item, place in places:
            item.setGeometry(place)

    def sizeHint(self) -> QSize:
        sizes = [each.sizeHint() for each in self._items if not each.isEmpty()]
        width = sum(each.width() + self._gap for each in sizes) - self._gap
        return QSize(max(width, 0), max((each.height() for each in sizes), default=0))

    def minimumSize(self) -> QSize:
        size = QSize()
        for each in self._items:
            size = size if each.isEmpty() else size.expandedTo(each.minimumSize())
        return size

    def _laid(self, room: QRect) -> tuple[list[tuple[QLayoutItem, QRect]], int]:
        """Return where each thing stands in some room, and how high all of them are."""
        places: list[tuple[QLayoutItem, QRect]] = []
        x = y = bottom = 0
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint().boundedTo(QSize(room.width(), item.sizeHint().height()))
            if x and x + size.width() > room.width():
                x, y = 0, bottom + self._gap
            places.append((item, QRect(room.x() + x, room.y() + y, size.width(), size.height())))
            x, bottom = x + size.width() + self._gap, max(bottom, y + size.height())
        return places, bottom
