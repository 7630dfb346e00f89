"""What a list is filtered by, field by field: conditions that can be taken away again, and views kept under a name."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QPushButton, QWidget

from ohdesk.i18n import tr
from ohdesk.services.register.conditions import HOWS, Condition
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action, button
from ohdesk.ui.kit.chips import chip
from ohdesk.ui.kit.confirm import Asking
from ohdesk.ui.kit.editors import LongChoice
from ohdesk.ui.kit.field import Choice, Field
from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.lay import clear, column, grow, row

_LONGEST_NAME = 20  # characters
_WITHOUT_VALUE = frozenset({"empty", "filled"})


class Filterable(NamedTuple):
    """A field that can be filtered by. hows: of `HOWS` · choices: key and word of what it may hold, () for any text."""

    key: str
    heading: str
    hows: tuple[str, ...]
    choices: tuple[tuple[str, str], ...] = ()


class FilterBar(QWidget):
    """Emits `changed` when other conditions hold, `view_chosen` with the key of a view, `keep_wanted` with a name."""

    changed = Signal()
    view_chosen = Signal(str)
    keep_wanted = Signal(str)

    def __init__(self, fields: Sequence[Filterable]) -> None:
        super().__init__()
        self._fields = {each.key: each for each in fields}
        self.conditions: tuple[Condition, ...] = ()
        self.views = Choice()
        self.views.setAccessibleName(tr("视图"))
        self.views.activated.connect(lambda _place: self.view_chosen.emit(self.views.currentData() or ""))
        self.add = action("filter", tr("筛选…(&C)"), self._ask)
        self.keep = button(tr("存为视图…(&S)"), quiet=True, act=self._ask_name)
        self.adding = _Adding(fields)
        self.adding.given.connect(self._add)
        self.naming = _Naming()
        self.naming.given.connect(self._keep)
        for each in (self.adding, self.naming):
            each.closed.connect(self.add.setFocus)
        self._group = QButtonGroup(self)  # arrows go from one condition to the next
        self._group.setExclusive(False)
        self._chips = row()
        line = row(self.views, self.add, self._chips, self.keep, grow())
        column(line, self.adding, self.naming, of=self)
        self.show_conditions(())

    def offer_views(self, views: Sequence[tuple[str, str]], current: str = "") -> None:
        """Offer views by key and title, besides the whole list."""
        self.views.offer([("", tr("全部")), *views])
        self.views.setCurrentIndex(max(0, self.views.findData(current)))
        self.views.setVisible(bool(views))

    def show_conditions(self, conditions: Sequence[Condition]) -> None:
        """Show what holds; each is a button that takes it away."""
        self.conditions = tuple(conditions)
        for each in self._group.buttons():
            self._group.removeButton(each)
        clear(self._chips)
        for condition in self.conditions:
            self._chips.addWidget(self._chip(condition))
        self.keep.setVisible(bool(conditions))

    def _chip(self, condition: Condition) -> QPushButton:
        made = chip(f"{self._said(condition)}  ×")
        made.setChecked(True)
        made.setToolTip(plain_tip(tr("去掉这个条件  Space")))
        made.clicked.connect(partial(self._remove, condition))
        self._group.addButton(made)
        return made

    def _said(self, condition: Condition) -> str:
        field = self._fields.get(condition.key)
        heading = condition.key if field is None else field.heading
        words = dict(field.choices) if field is not None else {}
        value = words.get(condition.value, condition.value)
        said = " ".join(filter(None, (heading, tr(HOWS[condition.how]), value)))
        return tr("{said} 至 {until}", said=said, until=condition.until) if condition.until else said

    def _ask(self) -> None:
        self.naming.hide()
        self.adding.ask()

    def _ask_name(self) -> None:
        self.adding.hide()
        self.naming.ask()

    def _add(self, condition: Condition) -> None:
        self.show_conditions((*self.conditions, condition))
        self.changed.emit()

    def _remove(self, condition: Condition) -> None:
        self.show_conditions([each for each in self.conditions if each != condition])
        self.add.setFocus()
        self.changed.emit()

    def _keep(self, name: str) -> None:
        self.keep_wanted.emit(name)


class _Asked(Asking):
    """A line that asks, hidden until it does; Enter gives, Esc closes."""

    closed = Signal()

    def __init__(self, *asked: QWidget, words: str, give: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("card")
        self._give = give
        give_up = button(tr("取消"), "Esc", act=self.give_up)
        row(*asked, button(words, "Enter", act=give), give_up, grow(), of=self, edges=("gap", "gap_small"))
        self.hide()

    def go_on(self, _focused: object) -> None:
        self._give()

    def give_up(self) -> None:
        self.hide()
        self.closed.emit()


class _Adding(_Asked):
    """Asks for one condition: of which field, how, and with what."""

    given = Signal(object)  # Condition

    def __init__(self, fields: Sequence[Filterable]) -> None:
        self._fields = {each.key: each for each in fields}
        self.what, self.how, self.choice = LongChoice(), LongChoice(), LongChoice()
        self.value, self.until = QLineEdit(), QLineEdit()
        self._value = {self.choice: Field(tr("值"), self.choice), self.value: Field(tr("值"), self.value)}
        self._until = Field(tr("至"), self.until)
        asked = (Field(tr("字段"), self.what), Field(tr("条件"), self.how), *self._value.values(), self._until)
        super().__init__(*asked, words=tr("加上"), give=self._give_condition)
        for each in (self.what, self.how, self.choice, self.value, self.until):
            each.setMinimumWidth(theme.layout("drawer") // 3)
        self.what.offer((each.key, each.heading) for each in fields)
        self.what.currentIndexChanged.connect(lambda _place: self._offer_hows())
        self.how.currentIndexChanged.connect(lambda _place: self._offer_values())
        self._offer_hows()

    def ask(self) -> None:
        """Show the line with the cursor in it."""
        self.value.clear()
        self.until.clear()
        self.show()
        self.what.setFocus()

    def _offer_hows(self) -> None:
        field = self._fields[self.what.currentData()]
        self.how.offer((each, tr(HOWS[each])) for each in field.hows)
        self.choice.offer(field.choices)
        self._offer_values()

    def _offer_values(self) -> None:
        field, how = self._fields[self.what.currentData()], self.how.currentData()
        chosen = bool(field.choices)
        self._value[self.choice].setVisible(chosen and how not in _WITHOUT_VALUE)
        self._value[self.value].setVisible(not chosen and how not in _WITHOUT_VALUE)
        self._until.setVisible(how == "between")

    def _give_condition(self) -> None:
        key, how = self.what.currentData(), self.how.currentData()
        value = self.choice.currentData() if self._fields[key].choices else self.value.text().strip()
        if how in _WITHOUT_VALUE:
            value = ""
        elif not value:
            self._value[self.value].set_error(tr("请填写。"))
            return
        self._value[self.value].clear_error()
        self.hide()
        self.given.emit(Condition(key, how, value, self.until.text().strip() if how == "between" else ""))
        self.closed.emit()


class _Naming(_Asked):
    """Asks under which name a view is kept."""

    given = Signal(str)

    def __init__(self) -> None:
        self.name = QLineEdit()
        self.name.setMaxLength(_LONGEST_NAME)
        super().__init__(Field(tr("视图名称"), self.name), words=tr("保存"), give=self._give_name)

    def ask(self) -> None:
        """Show the line with the cursor in it."""
        self.name.clear()
        self.show()
        self.name.setFocus()

    def _give_name(self) -> None:
        if name := self.name.text().strip():
            self.hide()
            self.given.emit(name)
            self.closed.emit()
