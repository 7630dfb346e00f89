"""The bar at the top of every screen: what this is, something about it, and what can be done here."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from ohdesk.ui import theme
from ohdesk.ui.kit.lay import grow, row

_ABOUT_LINES = 2  # as many as fit beside many actions
_FEWEST_LETTERS = 4


class Header(QFrame):
    """Title left, muted words beside it, actions right; one of them at most is primary."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setObjectName("header")
        self.setFixedHeight(theme.size("header"))
        self._title = _Words(title)
        self._title.setObjectName("title")
        self._about = _About()
        self._about.setObjectName("muted")
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


class _Words(QLabel):
    """Words that end in "…" where there is no room for them; the tooltip then says them whole."""

    lines = 1

    def minimumSizeHint(self) -> QSize:
        whole = super().minimumSizeHint()
        return QSize(min(whole.width(), self._letters(_FEWEST_LETTERS)), whole.height())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            self.setToolTip("" if self._shown() == self.text() else self.text())
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        wrap = Qt.TextFlag.TextWordWrap if self.lines > 1 else Qt.TextFlag.TextSingleLine
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | wrap, self._shown())

    def _shown(self) -> str:
        """Return as much as has room; a line may end early, before a long word."""
        room = self.width() * self.lines - self._letters(2) * (self.lines - 1)
        if self.fontMetrics().horizontalAdvance(self.text()) <= self.width():
            return self.text()
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)

    def _letters(self, count: int) -> int:
        return self.fontMetrics().height() * count


class _About(_Words):
    """Takes what room the title leaves; nothing is said where that is too little."""

    lines = _ABOUT_LINES

    def sizeHint(self) -> QSize:
        return QSize(0, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.width() >= self._letters(_FEWEST_LETTERS):
            super().paintEvent(event)
