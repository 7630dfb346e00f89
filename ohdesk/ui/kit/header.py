"""The head of a page: what it is and what can be done, and over it notices and running work."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QSizePolicy, QStackedWidget, QWidget

from ohdesk.ui import theme
from ohdesk.ui.kit.label import Label, plain_tip
from ohdesk.ui.kit.later import later
from ohdesk.ui.kit.lay import column, grow, row

_ABOUT_LINES = 2  # as many as fit beside many actions
_FEWEST_LETTERS = 4
_COME_AND_GO = {QEvent.Type.ShowToParent, QEvent.Type.HideToParent}
_MOVE = {QEvent.Type.LayoutRequest, QEvent.Type.Resize}


class Header(QFrame):
    """Title left, muted words beside it, actions right; one of them at most is primary."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setObjectName("header")
        self.setFixedHeight(theme.size("header"))
        self._title = _Words(title, 1, _FEWEST_LETTERS)
        self._title.setObjectName("title")
        self._about = _Words("", _ABOUT_LINES, 0)
        self._about.setObjectName("muted")
        self._about.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # what the title leaves
        words = row(self._title, grow(self._about), gap="gap")
        self._row = row(grow(words), of=self, edges=("page_side", ""))

    def add(self, *buttons: QWidget) -> None:
        """Put actions at the right end, in reading order."""
        for button in buttons:
            self._row.addWidget(button)

    def room(self) -> int:
        """Return how far from its left edge the words reach before the first action, in pixels."""
        actions = (self._row.itemAt(place).widget() for place in range(self._row.count()))
        left = [each.x() for each in actions if each is not None and each.isVisible()]
        return min(left, default=self.width()) - theme.size("gap_small")

    def say(self, about: str) -> None:
        """Say something about what is shown: an office, a count, when it was saved."""
        self._about.setText(about)

    def entitle(self, title: str) -> None:
        """Show another title."""
        self._title.setText(title)


class _Words(Label):
    """Words that end in "…" where there is no room for them; the tooltip then says them whole."""

    def __init__(self, words: str, lines: int, fewest: int) -> None:
        """fewest: letters for which there has to be room, 0 for what may go without"""
        super().__init__(words)
        self._lines, self._fewest = lines, fewest

    def minimumSizeHint(self) -> QSize:
        whole = super().minimumSizeHint()
        return QSize(min(whole.width(), self._letters(self._fewest)), whole.height())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            self.setToolTip(plain_tip("" if self._shown() == self.text() else self.text()))
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.width() < min(self._letters(_FEWEST_LETTERS), self.sizeHint().width()):
            return  # of so few letters nobody would learn anything
        painter = QPainter(self)
        wrap = Qt.TextFlag.TextWordWrap if self._lines > 1 else Qt.TextFlag.TextSingleLine
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | wrap, self._shown())

    def _shown(self) -> str:
        """Return as much as has room; a line may end early, before a long word."""
        room = self.width() * self._lines - self._letters(2) * (self._lines - 1)
        if self.fontMetrics().horizontalAdvance(self.text()) <= self.width():
            return self.text()
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)

    def _letters(self, count: int) -> int:
        return self.fontMetrics().height() * count


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
