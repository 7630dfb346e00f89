"""The line that asks for one condition of a list: of which field, how, and with what."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from ohdesk.domain.calendar import day_in
from ohdesk.domain.register.conditions import HOWS, WITHOUT_VALUE, Condition
from ohdesk.domain.register.definition import Field as Asked
from ohdesk.domain.register.definition import Kind, word
from ohdesk.domain.register.values import read_value
from ohdesk.i18n import mark, tr
from ohdesk.ui import theme
from ohdesk.ui.kit.confirm import AskingLine
from ohdesk.ui.kit.day_edit import DayEdit
from ohdesk.ui.kit.editors import LongChoice, value_of
from ohdesk.ui.kit.field import Field

_TEXT = ("contains", "is", "is_not", "one_of", "empty", "filled")
_RANGE = ("between", "after", "before", "not_since", "is", "empty", "filled")
_CHOSEN = ("is", "is_not", "one_of", "contains", "empty", "filled")
_HOWS_OF = {
    **dict.fromkeys((Kind.DAY, Kind.TIME, Kind.COUNT, Kind.AMOUNT), _RANGE),
    **dict.fromkeys((Kind.CHOICE, Kind.CHOICES), _CHOSEN),
    Kind.YES_NO: ("is", "is_not", "empty", "filled"),
}
_NOT_FILTERED = frozenset({Kind.FILES, Kind.ENTRY, Kind.PERSON, Kind.ESTABLISHMENT})
_EXAMPLES = {Kind.DAY: "2026-03-02", Kind.TIME: "2026-03-02 09:30", Kind.COUNT: "20", Kind.AMOUNT: "0.5"}


class ConditionLine(AskingLine):
    """Of several words of a list each is given by itself; the line stays for the next until it is closed."""

    given = Signal(object)  # Condition

    def __init__(self, fields: Sequence[Asked], today: str) -> None:
        """today: ISO day that days typed without a year are near to"""
        self._fields = {each.key: each for each in fields if each.kind not in _NOT_FILTERED}
        self.what, self.how, self.choice = LongChoice(), LongChoice(), LongChoice()
        self.value, self.until = QLineEdit(), QLineEdit()
        self.day, self.last_day = DayEdit(today), DayEdit(today)
        self._values = [Field(tr("值"), each) for each in (self.choice, self.value, self.day)]
        self._untils = [Field(tr("至"), each) for each in (self.until, self.last_day)]
        asked = (Field(tr("字段"), self.what), Field(tr("条件"), self.how), *self._values, *self._untils)
        super().__init__(*asked, words=tr("加上"), give=self._give_condition)
        for each in (self.what, self.how, self.choice, self.value, self.day, self.until, self.last_day):
            each.setMinimumWidth(theme.layout("drawer") // 3)
        self.what.offer((key, word(each.label)) for key, each in self._fields.items())
        self.what.currentIndexChanged.connect(lambda _place: self._offer_hows())
        self.how.currentIndexChanged.connect(lambda _place: self._offer_values())
        self._offer_hows()

    def ask(self) -> None:
        """Show the line with the cursor in it."""
        for each in (self.value, self.day, self.until, self.last_day):
            each.clear()
        self._offer_values()
        self.show()
        self.what.setFocus()

    @property
    def _field(self) -> Asked:
        return self._fields[self.what.currentData()]

    def _offer_hows(self) -> None:
        self.how.offer((each, tr(HOWS[each])) for each in _HOWS_OF.get(self._field.kind, _TEXT))
        self.choice.offer(choices_of(self._field))
        self._offer_values()

    def _offer_values(self) -> None:
        how = self.how.currentData()
        for fields, editor in ((self._values, self._editor()), (self._untils, self._last_editor())):
            for each in fields:
                each.clear_error()
                each.setVisible(each.editor is editor)
        self.value.setPlaceholderText(tr("几个之间用“、”") if how == "one_of" else self._example())
        self.until.setPlaceholderText(self._example())

    def _example(self) -> str:
        """Return how a value may be typed, "" where any text is one."""
        example = _EXAMPLES.get(self._field.kind)
        return tr("例如 {example}", example=example) if example else ""

    def _editor(self) -> QWidget | None:
        """Return what the value is typed or chosen in; None where there is none."""
        how = self.how.currentData()
        if how in WITHOUT_VALUE:
            return None
        if choices_of(self._field) and how != "contains":
            return self.choice
        return self.day if self._field.kind is Kind.DAY else self.value

    def _last_editor(self) -> QWidget | None:
        if self.how.currentData() != "between":
            return None
        return self.last_day if self._field.kind is Kind.DAY else self.until

    def _give_condition(self) -> None:
        how, editor, last = self.how.currentData(), self._editor(), self._last_editor()
        asked = [each for each in (*self._values, *self._untils) if each.editor in (editor, last)]
        if sum(map(self._takes, asked)) < len(asked):  # each of them says what is wrong
            return
        value, until = ("" if each is None else value_of(each).strip() for each in (editor, last))
        goes_on = how == "one_of" and editor is self.choice
        self.setHidden(not goes_on)
        self.given.emit(Condition(self._field.key, how, value, until))
        if not goes_on:
            self.closed.emit()

    def _takes(self, field: Field) -> bool:
        """True where something stands in a field of the line that can be compared; else it is said what is wrong."""
        text, example = value_of(field.editor).strip(), self._example()
        if not text:
            field.set_error(tr("请填写。"))
        elif example and not _is_value(self._field, text):
            field.set_error(example)
        else:
            field.clear_error()
            return True
        return False


def choices_of(field: Asked) -> tuple[tuple[str, str], ...]:
    """Return key and word of what a field may hold, () for any text."""
    if field.kind is Kind.YES_NO:
        return tuple((each, tr(each)) for each in (mark("是"), mark("否")))
    return tuple((key, word(said)) for key, said in field.choices if key)


def _is_value(field: Asked, text: str) -> bool:
    if field.kind is Kind.TIME and day_in(text) is not None:  # all of a day
        return True
    try:
        read_value(field, text)
    except ValueError:
        return False
    return True
