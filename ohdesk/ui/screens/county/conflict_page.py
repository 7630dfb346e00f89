"""冲突: one field in dispute at a time, its values side by side; a person decides and says why."""

from dataclasses import replace
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QPushButton, QStackedLayout

from ohdesk.domain.calendar import parse_instant
from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Field
from ohdesk.errors import ProblemsError, UserError
from ohdesk.i18n import mark, tr
from ohdesk.services.context import Context
from ohdesk.services.county import conflicts
from ohdesk.services.county.conflicts import Candidate, Conflict, Turned
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action, focus_offered
from ohdesk.ui.kit.card import framed
from ohdesk.ui.kit.chips import chip
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import box, clear, column, grow, muted, row, text
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.kit.wording import minute_text

_ASKED = (
    Field("value", mark("正确的值"), required=True),
    Field("reason", mark("处理理由，例如：已电话核实"), required=True),
)
_OWN = 1000  # id of the button beside the candidates, which are numbered from 0
_ABREAST = 2
_KEYS = "ABEHIMDC"  # mnemonics that nothing else on the page has


class Draft(NamedTuple):
    """A decision that was being made: in which dispute, for which candidate, and what was typed."""

    establishment: str
    field: str
    chosen: int
    typed: dict[str, str]


class ConflictPage(Page):
    """Nothing is chosen beforehand; to choose a value opens the form that asks why."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._turned = Turned(0, 0, None)
        self._draft: Draft | None = None
        self.place, self.question, self.meanwhile = text("", "heading"), text("", "title"), text()
        self.group = QButtonGroup(self)
        self.group.idToggled.connect(self._choose)
        self._grid = QGridLayout()
        self._grid.setSpacing(theme.size("gap"))
        self.own = self._choice(_OWN, tr("都不对，另写(&V)"))
        self.previous = action("back", tr("上一处(&P)"), partial(self._turn, -1), "PgUp")
        self.next = action("next", tr("下一处(&N)"), partial(self._turn, 1), "PgDown")
        self.on_key("PgUp", self.previous.click)
        self.on_key("PgDown", self.next.click)
        self.form = Form(_ASKED)
        self.form.submitted.connect(self._settle)
        self.form.closed.connect(self._choose_none)
        self.empty = EmptyState(
            tr("没有待核的冲突"),
            tr("两个单位对同一项写了不同的值、又没有看到对方的改动时，会在这里并排列出，由人核实。"),
        )
        body = column(self.question, self.meanwhile, self._grid, row(self.own, grow()), grow())
        turning = row(grow(self.place), self.previous, self.next)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(box(column(turning, grow(Scrolled(box(body))), self.form)))
        self._show_place()

    def reload(self) -> None:
        """Read again what is in dispute."""
        named = self._draft[:2] if self._draft else None
        self.latest.ask(partial(conflicts.turn_to, self.ctx, self._turned.at, named), self._show)

    def focus_first(self) -> None:
        """The focus is on the first value, or in the form that is open."""
        if self.form.isVisible():
            self.form.focus_first()
        elif self._turned.conflict:
            focus_offered(self.group.button(0), self.next, self)

    def draft(self) -> Draft | None:
        """Return what was typed for the dispute on show."""
        typed, conflict = self.form.draft(), self._turned.conflict
        if typed is None or conflict is None:
            return None
        return Draft(conflict.establishment, conflict.field, self.group.checkedId(), typed)

    def take_draft(self, draft: object) -> None:
        """Put back what was typed, once the disputes are read."""
        if isinstance(draft, Draft):
            self._draft = draft

    def _show(self, turned: Turned) -> None:
        before, self._turned, draft = self._turned.conflict, turned, self._draft
        self._draft = None
        conflict = turned.conflict
        self._pages.setCurrentIndex(1 if conflict else 0)
        self._show_place()
        if conflict is None:
            self.form.close_form()
            return
        drafted = draft is not None and draft[:2] == (conflict.establishment, conflict.field)
        if conflict == before and not drafted:
            return  # whoever is deciding is not disturbed
        self._show_one(conflict)
        if draft and drafted and draft.chosen in {_OWN, *range(len(conflict.candidates))}:
            self._ask(draft.chosen, draft.typed)

    def _show_one(self, conflict: Conflict) -> None:
        self.form.close_form()
        self.question.setText(tr("{name}　{heading}", name=conflict.name, heading=conflict.heading))
        shown = tr("各单位互不知道对方的改动。处理之前暂按“{shown}”显示，不会自动选定。", shown=conflict.shown)
        self.meanwhile.setText(shown)
        clear(self._grid)
        for number, candidate in enumerate(conflict.candidates):
            tile = self._tile(number, candidate)
            self._grid.addWidget(tile, number // _ABREAST, number % _ABREAST)
            tile.show()

    def _show_place(self) -> None:
        self.place.setText(tr("第 {at} 处，共 {count} 处", at=self._turned.at + 1, count=self._turned.count))
        for button in (self.previous, self.next):
            button.setEnabled(self._turned.count > 1)

    def _tile(self, number: int, candidate: Candidate) -> QFrame:
        use = self._choice(number, tr("采用这个值(&{key})", key=_KEYS[number % len(_KEYS)]))
        use.setAccessibleName(tr("采用 {value}", value=_named(candidate.text)))
        at = minute_text(parse_instant(candidate.at))
        who = tr("{office} {person}　{at}", office=candidate.office, person=candidate.person, at=at)
        reason = tr("理由：{reason}", reason=candidate.reason or tr("没有写"))
        value = text(_named(candidate.text), "title")
        return framed(column(value, text(who), muted(reason), row(use, grow()), edges=("gap", "gap")))

    def _choice(self, number: int, label: str) -> QPushButton:
        made = chip(label)
        self.allow(Right.ROLL, made)
        before = self.group.button(number)
        if before is not None:
            self.group.removeButton(before)  # of the dispute shown before
        self.group.addButton(made, number)
        return made

    def _turn(self, step: int) -> None:
        def turn() -> None:
            self._show(conflicts.turn_to(self.ctx, (self._turned.at + step) % self._turned.count))
            self.focus_first()

        self.form.give_up(turn)  # which asks first, where something was typed

    def _choose(self, chosen: int, checked: bool) -> None:
        if checked:
            self._ask(chosen, self.form.draft() or {})  # who thinks again need not type it again

    def _ask(self, chosen: int, typed: dict[str, str]) -> None:
        with QSignalBlocker(self.group):
            self.group.button(chosen).setChecked(True)
        conflict, title = self._turned.conflict, tr("另写正确的值")
        if conflict is not None and chosen != _OWN:
            title = tr("采用“{value}”", value=_named(conflict.candidates[chosen].text))
        self.form.fields["value"].setVisible(chosen == _OWN)
        self.form.ask(title, tr("按选定的值处理(&W)"), typed, held={})

    def _choose_none(self) -> None:
        self.group.setExclusive(False)  # else Qt keeps one of them pressed
        for button in self.group.buttons():
            button.setChecked(False)
        self.group.setExclusive(True)
        self.focus_first()

    def _settle(self) -> None:
        conflict, chosen, reason = self._turned.conflict, self.group.checkedId(), self.form.value("reason")
        if conflict is None:
            return
        value = self.form.value("value").strip() if chosen == _OWN else conflict.candidates[chosen].value
        try:
            change = conflicts.settle(self.ctx, conflict.establishment, conflict.field, value, reason)
        except UserError as error:
            # The roll says which of its fields the value may not stand in; here all values are typed in the same one.
            problems = tuple(replace(problem, field="value") for problem in error.problems)
            self.form.show_problems(ProblemsError(error.message, problems) if problems else error)
            return
        self.form.close_form()
        said = tr("已处理：{name}的{heading}为“{value}”。")
        self.done.emit(said.format(name=conflict.name, heading=conflict.heading, value=_named(value)))
        self.changed.emit(change)


def _named(value: str) -> str:
    return value or tr("（清空）")
