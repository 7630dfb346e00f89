"""Ready sentences under a text (F2): arrows choose one, Enter takes it, Esc goes back to the text."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from ohdesk.i18n import tr
from ohdesk.ui.kit.low_list import LowList

_MOST_SHOWN = 4  # lines at once


class PhraseList(LowList):
    """Hidden until phrases are offered for a text."""

    def __init__(self, text: QPlainTextEdit | QLineEdit) -> None:
        super().__init__(_MOST_SHOWN)
        self._text = text
        self.setAccessibleName(tr("常用语"))
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.itemClicked.connect(lambda _item: self._take())
        self.hide()

    def offer(self, phrases: Sequence[str]) -> None:
        """Show phrases and put the focus on the first; without any nothing is shown."""
        self.clear()
        for phrase in phrases:
            self.offer_line(phrase)
        self.fit()
        self.setVisible(bool(phrases))
        if phrases:
            self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self._take()
        elif event.key() in {Qt.Key.Key_Escape, Qt.Key.Key_F2}:
            self._close()
        else:
            super().keyPressEvent(event)

    def _take(self) -> None:
        phrases = [self.item(row).text() for row in range(self.count())]
        phrase = self.currentItem().text()
        held = self._text.text() if isinstance(self._text, QLineEdit) else self._text.toPlainText()
        if held.strip() in phrases:  # another ready sentence takes the place of the one before
            self._text.selectAll()
        if isinstance(self._text, QLineEdit):
            self._text.insert(phrase)
        else:
            self._text.insertPlainText(phrase)
        self._close()

    def _close(self) -> None:
        self.hide()
        self._text.setFocus()
