"""Leaving somebody out of a draw, or barring an inspector from a firm: always with a reason that goes on record."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout

from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.long_choice import LongChoice


class ExclusionForm(QFrame):
    """Hidden until asked; emits who, the code of the reason, and the note that stays internal."""

    given = Signal(str, str, str)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.who, self.reason, self.note = LongChoice(), LongChoice(), QLineEdit()
        self._who = Field("", self.who)
        self.note.returnPressed.connect(self._give)
        self.give = QPushButton(tr("记入名单(&Y)"))
        self.give.clicked.connect(self._give)
        back = QPushButton(tr("先不做(&Q)"))
        back.setToolTip("Esc")
        back.clicked.connect(self.close_form)
        row = QHBoxLayout()
        row.setSpacing(theme.size("gap"))
        row.addWidget(self._who, 2)
        row.addWidget(Field(tr("理由（随名单公开）"), self.reason), 2)
        row.addWidget(Field(tr("说明（只留内部，可不填）"), self.note), 2)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.size("gap_small"))
        buttons.addStretch(1)
        buttons.addWidget(back)
        buttons.addWidget(self.give)
        whole = QVBoxLayout(self)
        gap = theme.size("gap")
        whole.setContentsMargins(gap, gap, gap, gap)
        whole.addLayout(row)
        whole.addLayout(buttons)
        self.hide()

    def ask(self, label: str, who: Sequence[tuple[str, str]], reasons: Mapping[str, str]) -> None:
        """Ask for a reason; who: (id, name), to be chosen from where there are several."""
        self._who.rename(label)
        self.who.clear()
        for key, name in who:
            self.who.addItem(name, key)
        self.who.setEnabled(len(who) > 1)
        self.reason.clear()
        for code, word in reasons.items():
            self.reason.addItem(word, code)
        self.note.clear()
        self.show()
        (self.who if len(who) > 1 else self.reason).setFocus()

    def close_form(self) -> None:
        """Do nothing."""
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_form()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not isinstance(self.focusWidget(), QPushButton):
            self._give()
        else:
            super().keyPressEvent(event)

    def _give(self) -> None:
        self.hide()
        self.given.emit(str(self.who.currentData()), str(self.reason.currentData()), self.note.text().strip())
