"""The text of an answer: its open places are typed over one after the other, and a paste is told from typing."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from ohdesk.forms.answers import AnswerValue
from ohdesk.forms.open_places import next_place
from ohdesk.i18n import tr
from ohdesk.ui import theme

_LINES = 3
_PASTED = 8  # characters at once: more than an input method usually commits


class FactEdit(QPlainTextEdit):
    """Emits `edited(at_once)` for what a person did: at once where it was pasted, for nothing more is to come."""

    edited = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setFixedHeight(theme.size("row") * _LINES)
        self._length = 0
        self.textChanged.connect(self._tell)

    def put(self, text: str) -> None:
        """Show a text that nobody typed."""
        with QSignalBlocker(self):
            self.setPlainText(text)
        self._length = self.document().characterCount()

    def to_first_place(self) -> None:
        """Go to the first “__”, to be typed over, else behind the text."""
        self.moveCursor(QTextCursor.MoveOperation.Start)
        if not self.to_place():
            self.moveCursor(QTextCursor.MoveOperation.End)

    def to_place(self) -> bool:
        """Select the next “__” behind the cursor; False without any."""
        text, cursor = self.toPlainText(), self.textCursor()
        # As the cursor counts: a character beyond the first plane is two places.
        before = text.encode("utf-16-le")[: 2 * cursor.selectionEnd()]
        place = next_place(text, len(before.decode("utf-16-le")))
        if place is None:
            return False
        begin, end = (len(text[:each].encode("utf-16-le")) // 2 for each in place)
        cursor.setPosition(begin)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        return True

    def _tell(self) -> None:
        before, self._length = self._length, self.document().characterCount()
        self.edited.emit(self._length - before > _PASTED)


def asked_beside(value: AnswerValue | None) -> tuple[str, str] | None:
    """Return what an answer asks to be written, and how; None where a note may be left."""
    asked = {
        AnswerValue.NOT_MET: (
            tr("事实描述  F2 选常用语"),
            tr("写明时间、岗位、看到的情形和数字，不写推测和处罚。Tab 到下一处“__”。"),
        ),
        AnswerValue.NOT_APPLICABLE: (tr("合理缺项的理由  F2 选常用语"), ""),
        AnswerValue.NOT_INSPECTED: (tr("未检查的原因  F2 选常用语"), ""),
    }
    return asked.get(value) if value else None
