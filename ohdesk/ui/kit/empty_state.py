"""An empty list explains itself: what would be here, why it is empty, and the one thing to do."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QApplication, QWidget

from ohdesk.ui import theme
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.lay import column, grow, muted, row, say, text


class EmptyState(QWidget):
    """A title, a sentence, and one button; emits `wanted` when it is pressed."""

    wanted = Signal()

    def __init__(self, title: str, sentence: str, action: str = "", *, primary: bool = True) -> None:
        """primary: the button is the one of the screen that stands out."""
        super().__init__()
        heading, about = text(title, "emptyTitle"), muted(sentence)
        for each in (heading, about):
            each.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        about.setFixedWidth(_balanced(sentence))
        self.button = button("", act=self.wanted.emit, primary=primary)
        middle, foot = (row(grow(), each, grow()) for each in (about, self.button))
        said = column(heading, middle)
        column(grow(share=2), said, foot, grow(share=3), of=self, gap="gap", edges=("gap_small", "gap_small"))
        say(self.button, action)


def _balanced(sentence: str) -> int:
    """Return the width at which the lines of a sentence come out about equally long: no line of one word."""
    font = QFont(QApplication.font())
    font.setPixelSize(theme.size("font_muted"))
    whole, most = QFontMetrics(font).horizontalAdvance(sentence), theme.layout("sentence")
    lines = max(1, -(-whole // most))  # a list that is never shown empty says nothing
    return min(most, whole // lines + 2 * theme.size("font_muted"))
