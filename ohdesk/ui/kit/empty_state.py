"""An empty list explains itself: what would be here, why it is empty, and the one thing to do."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ohdesk.ui import theme


class EmptyState(QWidget):
    """A title, a sentence, and one button; emits `wanted` when it is pressed."""

    wanted = Signal()

    def __init__(self, title: str, sentence: str, action: str = "") -> None:
        super().__init__()
        heading = QLabel(title)
        heading.setObjectName("emptyTitle")
        text = QLabel(sentence)
        text.setObjectName("muted")
        text.setWordWrap(True)
        text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        text.setFixedWidth(theme.layout("sentence"))
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
        self.button.setProperty("primary", True)
        self.button.clicked.connect(self.wanted)
        column.addSpacing(theme.size("gap_small"))
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.button.setVisible(bool(action))
        column.addStretch(3)
