"""The four answers to a question, of which one is down; digits press them as well."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QWidget

from ohdesk.forms.answers import AnswerValue
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.lay import grow, row

ANSWER_KEYS = {
    # By the keypad as well: Qt gives its digits the same keys.
    Qt.Key.Key_1: AnswerValue.MET,
    Qt.Key.Key_2: AnswerValue.NOT_MET,
    Qt.Key.Key_3: AnswerValue.NOT_APPLICABLE,
    Qt.Key.Key_4: AnswerValue.NOT_INSPECTED,
}


class AnswerButtons(QWidget):
    """Emits `given(value)` for the answer that is pressed; `by_value` has the buttons in reading order."""

    given = Signal(object)  # AnswerValue

    def __init__(self) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self.by_value = {value: self._made(value) for value in AnswerValue}
        row(*self.by_value.values(), grow(), of=self)

    def show_value(self, value: AnswerValue | None) -> None:
        """Let the button of an answer be down, or none."""
        self._group.setExclusive(False)  # an exclusive group keeps one button down
        for each, made in self.by_value.items():
            made.setChecked(each is value)
        self._group.setExclusive(True)

    def _made(self, value: AnswerValue) -> QPushButton:
        made = button(f"{value.digit}  {value.word}", act=lambda: self.given.emit(value))
        made.setCheckable(True)
        made.setProperty("answer", True)
        made.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)  # it would take the digits for itself
        made.setAccessibleName(value.word)
        self._group.addButton(made)
        return made
