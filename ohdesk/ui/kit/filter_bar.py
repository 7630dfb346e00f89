"""What a list is filtered by, field by field: conditions that can be taken away again, and views kept under a name."""

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QPushButton

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.people import Right
from ohdesk.domain.register.conditions import BETWEEN, Condition
from ohdesk.domain.register.definition import Definition, word
from ohdesk.domain.register.definition import Field as Asked
from ohdesk.i18n import mark, tr
from ohdesk.services.context import Context
from ohdesk.services.list_query import ListQuery
from ohdesk.services.register import views
from ohdesk.services.register.conditions import EntryQuery
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action, button
from ohdesk.ui.kit.chips import chip
from ohdesk.ui.kit.condition_line import ConditionLine, choices_of
from ohdesk.ui.kit.confirm import AskingLine
from ohdesk.ui.kit.editors import LongChoice
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.flow import Flow
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.lay import column
from ohdesk.ui.kit.page import Page

Line = TypeVar("Line", bound=AskingLine)
_LONGEST_NAME = 20  # characters
_SAID = {
    "contains": mark("{heading} 含 {value}"),
    "is": mark("{heading}：{value}"),
    "is_not": mark("{heading} ≠ {value}"),
    "one_of": mark("{heading}：{value}"),
    "before": mark("{heading} ≤ {value}"),
    "after": mark("{heading} ≥ {value}"),
    "between": mark("{heading} {value} 至 {until}"),
    "not_since": mark("{heading} ≤ {value} 或空"),
    "empty": mark("{heading} 为空"),
    "filled": mark("{heading} 不为空"),
}


class FilterBar(Page):
    """Emits `asked` when other conditions hold, `viewed` with all that a view asks when one is chosen.

    order: of the view that was chosen, as a key and whether it falls; ("", False) for none
    """

    asked = Signal()
    viewed = Signal(object)  # EntryQuery

    def __init__(
        self,
        ctx: Context,
        jobs: Jobs,
        definition: Definition,
        fields: Callable[[], Sequence[Asked]],
        listed: Callable[[], EntryQuery],
    ) -> None:
        """Make a bar without conditions.

        definition: of what is listed, with its views · fields: returns those by which the list may be filtered
        listed: says what is listed now, to be kept as a view
        """
        super().__init__(ctx, jobs)
        self._definition, self._listed, self._filterable = definition, listed, fields
        self.conditions: tuple[Condition, ...] = ()
        self.order = ("", False)
        self.views = LongChoice()
        self.views.setMaximumWidth(theme.layout("drawer") // 2)
        self.views.setAccessibleName(tr("视图"))
        self.views.activated.connect(lambda _place: self.show_view(self.views.currentData() or ""))
        self.add = action("filter", tr("筛选…(&C)"), self._ask)
        self.keep = button(tr("存为视图…(&S)"), quiet=True, act=self._ask_name)
        self.remove = button(tr("删除这个视图"), quiet=True, act=self._forget)
        self.allow(Right.OWN, self.keep, self.remove)
        self._group = QButtonGroup(self)  # arrows go from one condition to the next
        self._group.setExclusive(False)
        self._line = Flow(self.views, self.add, self.keep, self.remove)
        self._lines = column(self._line, of=self)
        self.offer_views()
        self.show_conditions(())

    @cached_property
    def _fields(self) -> dict[str, Asked]:
        return {each.key: each for each in self._filterable()}  # once something is filtered: the first page waits

    @cached_property
    def adding(self) -> ConditionLine:
        """Asks for a condition, made when it is first wanted."""
        line = ConditionLine(tuple(self._fields.values()), legal_day(self.ctx.now()).isoformat())
        line.given.connect(self._add)
        return self._beneath(line)

    @cached_property
    def naming(self) -> "_Naming":
        """Asks under which name a view is kept, made when it is first wanted."""
        line = _Naming()
        line.given.connect(self._keep)
        return self._beneath(line)

    def _beneath(self, line: Line) -> Line:
        line.closed.connect(self.add.setFocus)
        self._lines.addWidget(line)
        return line

    def offer_views(self, current: str = "") -> None:
        """Offer the views there are, besides the whole list; current: the key of the one that is shown."""
        self.views.offer([("", tr("全部")), *views.views(self.ctx, self._definition)])
        self.views.setCurrentIndex(max(0, self.views.findData(current)))
        self.views.setVisible(self.views.count() > 1)
        self.remove.setVisible(views.is_own(current))

    def query_of(self, listed: ListQuery, everything: str) -> EntryQuery:
        """Return what is asked of a list with this bar; the view's order holds until a heading says another.

        everything: the part of the list that is no state
        """
        state = "" if listed.part == everything else listed.part
        order, falling = (listed.order, listed.falling) if listed.order else self.order
        return EntryQuery(listed.sought, state, self.conditions, "", order, falling)

    def show_view(self, key: str) -> None:
        """Have listed what a view asks; the whole list for none."""
        with self.telling():
            query = views.query(self.ctx, self._definition, key) if key else EntryQuery()
            self.order = (query.order, query.falling)
            self.show_conditions(query.conditions)
            self.offer_views(key)
            self.keep.hide()
            self.viewed.emit(query)

    def show_conditions(self, conditions: Sequence[Condition]) -> None:
        """Show what holds; each is a button that takes it away."""
        self.conditions = tuple(conditions)
        for each in self._group.buttons():
            self._group.removeButton(each)
            self._line.removeWidget(each)
            each.hide()
            each.deleteLater()
        for place, condition in enumerate(self.conditions, self._line.indexOf(self.keep)):
            self._line.insert(place, self._chip(condition))
        self.keep.setVisible(bool(conditions))

    def clear(self) -> None:
        """Have the whole list listed where something is filtered."""
        if self.conditions:
            self._filter(())

    def _chip(self, condition: Condition) -> QPushButton:
        made = chip(f"{self._said(condition)}  ×")
        made.setChecked(True)
        made.setToolTip(plain_tip(tr("去掉这个条件  Space")))
        made.clicked.connect(partial(self._remove, condition))
        self._group.addButton(made)
        return made

    def _said(self, condition: Condition) -> str:
        field = self._fields.get(condition.key)
        words = dict(choices_of(field)) if field is not None else {}
        values = condition.values if condition.how == "one_of" else [condition.value]
        return tr(
            _SAID[condition.how],
            heading=condition.key if field is None else word(field.label),
            value=BETWEEN.join(words.get(each, each) for each in values),
            until=condition.until,
        )

    def _ask(self) -> None:
        self.naming.hide()
        self.adding.ask()

    def _ask_name(self) -> None:
        self.adding.hide()
        self.naming.ask()

    def _add(self, condition: Condition) -> None:
        """Ask for one thing more; what is one of several is one condition for each field."""
        others = [each for each in self.conditions if each[:2] != condition[:2] or each.how != "one_of"]
        before = [value for each in self.conditions if each not in others for value in each.values]
        if condition.how == "one_of":
            condition = condition._replace(value=BETWEEN.join(dict.fromkeys([*before, *condition.values])))
        self._filter([*others, condition])

    def _remove(self, condition: Condition) -> None:
        self._filter([each for each in self.conditions if each != condition])
        self.add.setFocus()

    def _filter(self, conditions: Sequence[Condition]) -> None:
        self.show_conditions(conditions)
        self.offer_views()
        self.asked.emit()

    def _keep(self, name: str) -> None:
        with self.telling():
            key = views.keep(self.ctx, self._definition, name, self._listed())
            self.offer_views(key)
            self.keep.hide()
            self.done.emit(tr("已存为视图“{name}”。", name=name))

    def _forget(self) -> None:
        with self.telling():
            views.forget(self.ctx, self._definition, self.views.currentData())
            self.show_view("")
            self.done.emit(tr("视图已删除。"))


class _Naming(AskingLine):
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
