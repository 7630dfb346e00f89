"""The bar at the top of every screen: what this is, something about it, and what can be done here."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from ohdesk.ui import theme


class Header(QFrame):
    """Title left, muted words beside it, actions right; one of them at most is primary."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setObjectName("header")
        self.setFixedHeight(theme.size("header"))
        self._title = QLabel(title)
        self._title.setObjectName("title")
        self._about = QLabel()
        self._about.setObjectName("muted")
        self._about.setWordWrap(True)  # two lines fit beside many actions
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(theme.size("page_side"), 0, theme.size("page_side"), 0)
        self._row.setSpacing(theme.size("gap_small"))
        self._row.addWidget(self._title)
        self._row.addSpacing(theme.size("gap_small"))
        self._row.addWidget(self._about, 1)

    def add(self, *buttons: QWidget) -> None:
        """Put actions at the right end, in reading order."""
        for button in buttons:
            self._row.addWidget(button)

    def say(self, about: str) -> None:
        """Say something about what is shown: an office, a count, when it was saved."""
        self._about.setText(about)

    def entitle(self, title: str) -> None:
        """Show another title."""
        self._title.setText(title)
