"""Notices and running work over the head of the page in front: nothing below them moves when they come and go."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from ohdesk.ui import theme
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.later import later
from ohdesk.ui.kit.lay import column

_COME_AND_GO = {QEvent.Type.ShowToParent, QEvent.Type.HideToParent}
_MOVE = {QEvent.Type.LayoutRequest, QEvent.Type.Resize}


class HeadBars(QWidget):
    """Takes the place of title and words while one of its bars is shown, never that of an action.

    What has no room in the head hangs down over the page; a head full of actions has the bars below it.
    """

    def __init__(self, pages: QStackedWidget, *bars: QWidget) -> None:
        super().__init__(pages)
        self.setObjectName("headBars")
        self._pages, self._bars = pages, bars
        self._header: Header | None = None
        self._column = column(*bars, of=self, gap="gap_tiny")
        self._soon = later(self, self.place)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow_focus)
        for watched in (pages, *bars):
            watched.installEventFilter(self)
        self.hide()

    def place(self) -> None:
        """Lie where there is room now."""
        if all(bar.isHidden() for bar in self._bars):
            self.hide()
            return
        page = self._pages.currentWidget()
        headers = page.findChildren(Header) if page is not None else []
        header = self._header = next((each for each in headers if each.isVisible()), None)
        side, left, top, height = theme.size("page_side"), 0, 0, 0
        right = self._pages.width() - side
        if header is not None:
            header.installEventFilter(self)
            corner, height = header.mapTo(self._pages, QPoint()), header.height()
            left, top, right = corner.x(), corner.y(), min(right, corner.x() + header.room())
            # In less room the words of a notice would stand below each other, one or two to the line.
            if right - left - side < max(theme.layout("drawer"), self._column.minimumSize().width()):
                left, right, top, height = 0, self._pages.width() - side, corner.y() + height, 0
        width = right - left - side
        wanted = self._column.totalHeightForWidth(width) if self._column.hasHeightForWidth() else -1
        high = wanted if wanted >= 0 else self.sizeHint().height()
        above = max(theme.size("gap_tiny"), (height - high) // 2)
        self.setGeometry(left + side, self._below_focus(QRect(left + side, top + above, width, high)), width, high)
        self.show()
        self.raise_()

    def _below_focus(self, place: QRect) -> int:
        """Return the top at which the bars do not cover what is being typed into: it would be typed unseen."""
        focused = self._pages.focusWidget()
        if focused is None or self.isAncestorOf(focused) or not focused.isVisible():
            return place.top()
        field = QRect(focused.mapTo(self._pages, QPoint()), focused.size())
        covered = place.contains(field.center())  # of a list that reaches under the bars enough is left
        return field.bottom() + 1 + theme.size("gap_tiny") if covered else place.top()

    def _follow_focus(self) -> None:
        if not self.isHidden():
            self._soon.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _COME_AND_GO and watched in self._bars:
            self.place()
        elif event.type() in _MOVE and not self.isHidden():
            self._soon.start()  # once what moves has its place
        return False
