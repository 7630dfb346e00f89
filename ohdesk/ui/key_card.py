"""The table of keys (F1)."""

from textwrap import fill

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QGridLayout

from ohdesk.domain.people import OfficeRole
from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.label import Label
from ohdesk.ui.routes import keys

_COLUMNS = 3
_KEYS_IN_A_LINE = 15  # characters
_A_NAME = 12  # characters; what is longer may take a second line


class KeyCard(QFrame):
    """Every key of the window and what it does."""

    def __init__(self, role: OfficeRole, *, reads: bool) -> None:
        """reads: False for an account without a role, which has few of them"""
        super().__init__()
        self.setObjectName("keyCard")
        heading = Label(tr("键盘　带下划线的字母与 Alt 同按"), "emptyTitle")
        grid = QGridLayout(self)
        gap = theme.size("gap")
        grid.setContentsMargins(gap, gap, gap, gap)
        grid.setHorizontalSpacing(gap)
        grid.setVerticalSpacing(theme.size("gap_tiny"))
        grid.addWidget(heading, 0, 0, 1, 2 * _COLUMNS)
        listed = keys(role, reads=reads)
        rows = -(-len(listed) // _COLUMNS)
        for place, key in enumerate(listed):
            row, column = place % rows + 1, 2 * (place // rows)
            keys_in_lines = fill(key.key, _KEYS_IN_A_LINE, break_on_hyphens=False)  # the room is for what they do
            name, meaning = Label(keys_in_lines, "key"), Label(key.meaning)
            meaning.setWordWrap(len(key.meaning) > _A_NAME)
            grid.addWidget(name, row, column)
            grid.addWidget(meaning, row, column + 1)
        for column in range(_COLUMNS):  # as wide as what stands there
            longest = max((len(key.meaning) for key in listed[column * rows : (column + 1) * rows]), default=1)
            grid.setColumnStretch(2 * column + 1, longest)
        QShortcut(QKeySequence("Esc"), self).activated.connect(self.hide)  # counts only while the card is seen
        self.hide()
