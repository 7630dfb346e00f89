"""An empty list explains itself: what would be here, why it is empty, and the one thing to do."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ohdesk.ui import theme

_FEWEST_LINES = 2


class EmptyState(QWidget):
    """A title, a sentence, and one button; emits `wanted` when it is pressed."""

    wanted = Signal()

    def __init__(self, title: str, sentence: str, action: str = "", *, primary: bool = True) -> None:
        """primary: the button is the one of the screen that stands out."""
        super().__init__()
        heading = QLabel(title)
        heading.setObjectName("emptyTitle")
        text = QLabel(sentence)
        text.setObjectName("muted")
        text.setWordWrap(True)
        text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        text.setFixedWidth(_balanced(sentence))
        column = QVBoxLayout(self)
        column.setSpacing(theme.size("gap_small"))
        column.addStretch(2)
        column.addWidget(heading, 0, Qt.AlignmentFlag.AlignHCenter)
        middle = QHBoxLayout()  # an alignment would take the label's height away from its width
        middle.addStretch(1)
        middle.addWidget(text)
        middle.addStretch(1)
        column.addLayout(middle)
        self.button = QPushButton(action)
        self.button.setProperty("primary", primary)
        self.button.clicked.connect(self.wanted)
        column.addSpacing(theme.size("gap_small"))
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.button.setVisible(bool(action))
        column.addStretch(3)


def _balanced(sentence: str) -> int:
    """Return the width at which the lines of a sentence come out about equally long: no line of one word."""
    font = QFont(QApplication.font())
    font.setPixelSize(theme.size("font_muted"))
    whole, most = QFontMetrics(font).horizontalAdvance(sentence), theme.layout("sentence")
    lines = -(-whole // most)
    return most if lines < _FEWEST_LINES else min(most, whole // lines + 2 * theme.size("font_muted"))
