"""冲突: one field in dispute at a time, its values side by side; a person decides and says why."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QLineEdit,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from ohdesk.domain.calendar import parse_instant
from ohdesk.domain.problems import at_field
from ohdesk.errors import ProblemsError, UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.county import merging
from ohdesk.services.county.merging import Candidate, Conflict
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import clear, grow, muted, row, text
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.kit.wording import minute_text

_OWN = 1000  # id of the button beside the candidates, which are numbered from 0
_ABREAST = 2
_KEYS = "ABEHIMQU"  # mnemonics that nothing else on the page has


class ConflictPage(Page):
    """Nothing is chosen beforehand; what is typed for one dispute is gone when another is turned to."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._conflicts: list[Conflict] = []
        self._at = 0
        self._typed = ("", "")
        self.place = text("", "heading")
        self.question = text("", "title")
        self.meanwhile = text()
        self.group = QButtonGroup(self)
        self.group.idToggled.connect(self._choose)
        self._grid = QGridLayout()
        self._grid.setSpacing(theme.size("gap"))
        self.own_choice = QPushButton(tr("都不对，另写(&V)"))
        self.own_choice.setCheckable(True)
        self.own_choice.setProperty("chip", True)
        self.group.addButton(self.own_choice, _OWN)
        self.own = QLineEdit()
        self.own_field = Field(tr("正确的值"), self.own)
        self.own.textEdited.connect(self._own_typed)
        self.reason = QLineEdit()
        self.reason.returnPressed.connect(self.settle)
        self.reason_field = Field(tr("处理理由，例如：已电话核实"), self.reason)
        self.previous = action("back", tr("上一处(&P)"), self.go_back)
        self.next = action("next", tr("下一处(&N)"), self.go_on)
        self.previous.setToolTip("PgUp")
        self.next.setToolTip("PgDown")
        self.button = primary_action("ok", tr("按选定的值处理(&W)"), self.settle)
        self._fill()
        for key, act in ((Qt.Key.Key_PageUp, self.go_back), (Qt.Key.Key_PageDown, self.go_on)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    def reload(self) -> None:
        """Read again what is in dispute."""
        ctx = self.ctx
        self.work(lambda: merging.conflicts(ctx), self._show)

    def focus_first(self) -> None:
        """Put the focus where one begins."""
        button = self.group.button(0)
        if self._conflicts and button is not None:
            button.setFocus()

    def go_on(self) -> None:
        """Turn to the next dispute; after the last comes the first."""
        self._turn(1)

    def go_back(self) -> None:
        """Turn to the dispute before."""
        self._turn(-1)

    def settle(self) -> None:
        """Settle the dispute on show by the value chosen."""
        if not self._conflicts:
            return
        conflict = self._conflicts[self._at]
        chosen = self.group.checkedId()
        if self.group.checkedButton() is None:
            self.own_field.set_error(tr("请先选定上面的一个值，或者另写正确的值。"))
            self.focus_first()
            return
        value = self.own.text().strip() if chosen == _OWN else conflict.candidates[chosen].value
        if chosen == _OWN and not value:
            self.own_field.set_error(tr("请写出正确的值。"))
            self.own.setFocus()
            return
        try:
            change = merging.settle(self.ctx, conflict.establishment, conflict.field, value, self.reason.text())
        except ProblemsError as error:
            self.own_field.set_error(_problem(error))
            self.own.setFocus()
            return
        except UserError as error:
            self.reason_field.set_error(error.whole)
            self.reason.setFocus()
            return
        text = tr("已处理：{name}的{heading}为“{value}”。")
        self.done.emit(text.format(name=conflict.name, heading=conflict.heading, value=value))
        self.changed.emit(change)

    def draft(self) -> object | None:
        """Return what was typed for the dispute on show."""
        typed = (self.own.text(), self.reason.text())
        return typed if any(typed) else None

    def take_draft(self, draft: object) -> None:
        """Put back what was typed."""
        if isinstance(draft, tuple):
            self._typed = draft

    def _fill(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap_small"))
        for widget in (self.place, self.question, self.meanwhile):
            column.addWidget(widget)
        column.addLayout(self._grid)
        column.addWidget(self.own_choice, 0, Qt.AlignmentFlag.AlignLeft)
        for field in (self.own_field, self.reason_field):
            column.addWidget(field)
        column.addStretch(1)
        dispute = QWidget()  # the buttons stay in sight however much has to be scrolled
        whole = QVBoxLayout(dispute)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(theme.size("gap_small"))
        self._scrolled = Scrolled(body)
        whole.addWidget(self._scrolled, 1)
        whole.addLayout(row(self.previous, self.next, grow(), self.button))
        self.empty = EmptyState(
            tr("没有待核的冲突"),
            tr("两个单位对同一项写了不同的值、又没有看到对方的改动时，会在这里并排列出，由人核实。"),
        )
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(dispute)

    def _show(self, conflicts: list[Conflict]) -> None:
        same = self._conflicts[self._at : self._at + 1] == conflicts[self._at : self._at + 1]
        self._conflicts = conflicts
        self._at = min(self._at, max(0, len(conflicts) - 1))
        self._pages.setCurrentIndex(1 if conflicts else 0)
        if conflicts and not (same and self.group.button(0) is not None):
            self._show_one()
        elif conflicts:
            self._show_place()

    def _show_one(self) -> None:
        conflict = self._conflicts[self._at]
        self._show_place()
        self.question.setText(tr("{name}　{heading}", name=conflict.name, heading=conflict.heading))
        shown = tr("各单位互不知道对方的改动。处理之前暂按“{shown}”显示，不会自动选定。")
        self.meanwhile.setText(shown.format(shown=conflict.shown))
        self._show_candidates(conflict.candidates)
        typed, self._typed = self._typed, ("", "")
        for line, words in zip((self.own, self.reason), typed, strict=True):
            line.setText(words)
        for field in (self.own_field, self.reason_field):
            field.clear_error()
        for button in (self.previous, self.next):
            button.setEnabled(len(self._conflicts) > 1)

    def _show_place(self) -> None:
        self.place.setText(tr("第 {at} 处，共 {count} 处", at=self._at + 1, count=len(self._conflicts)))

    def _show_candidates(self, candidates: Sequence[Candidate]) -> None:
        for button in self.group.buttons():
            if button is not self.own_choice:
                self.group.removeButton(button)
        self.group.setExclusive(False)
        self.own_choice.setChecked(False)
        self.group.setExclusive(True)
        clear(self._grid)
        for number, candidate in enumerate(candidates):
            tile = self._tile(number, candidate)
            self._grid.addWidget(tile, number // _ABREAST, number % _ABREAST)
            tile.show()

    def _tile(self, number: int, candidate: Candidate) -> QFrame:
        tile = QFrame()
        tile.setObjectName("card")
        use = QPushButton(tr("采用这个值(&{key})", key=_KEYS[number % len(_KEYS)]))
        use.setCheckable(True)
        use.setProperty("chip", True)
        use.setAccessibleName(tr("采用 {value}", value=candidate.value))
        self.group.addButton(use, number)
        value = text(candidate.value or tr("（清空）"), "title")
        at = minute_text(parse_instant(candidate.at))
        who = tr("{office} {person}　{at}", office=candidate.office, person=candidate.person, at=at)
        reason = tr("理由：{reason}", reason=candidate.reason or tr("没有写"))
        column = QVBoxLayout(tile)
        gap = theme.size("gap")
        column.setContentsMargins(gap, gap, gap, gap)
        column.setSpacing(theme.size("gap_small"))
        for widget in (value, text(who), muted(reason)):
            column.addWidget(widget)
        column.addWidget(use, 0, Qt.AlignmentFlag.AlignLeft)
        return tile

    def _turn(self, step: int) -> None:
        if self._conflicts:
            self._at = (self._at + step) % len(self._conflicts)
            self._show_one()
            self.focus_first()

    def _choose(self, chosen: int, checked: bool) -> None:
        if checked:
            self.own_field.clear_error()
            field = self.own_field if chosen == _OWN else self.reason_field
            self._scrolled.ensureWidgetVisible(field)
            field.editor.setFocus()

    def _own_typed(self) -> None:
        self.own_choice.setChecked(True)


def _problem(error: ProblemsError) -> str:
    return at_field(error.problems[0])
