"""One finding before the record: what was found, what is done about it, and until when."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QWidget

from ohdesk.domain.calendar import parse_day
from ohdesk.domain.findings import Disposal
from ohdesk.domain.problems import at_field
from ohdesk.errors import UserError
from ohdesk.forms.visiting import visit_rules
from ohdesk.forms.work_calendar import work_calendar
from ohdesk.i18n import tr
from ohdesk.services.finding.drafts import FindingDraft
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.chips import StatusChip
from ohdesk.ui.kit.day_edit import DayEdit
from ohdesk.ui.kit.editors import LongChoice, put_value, value_of
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.lay import column, grid, grow, muted, row, text


class FindingRow(QWidget):
    """One finding before the record: the fact, what is done about it, and until when.

    Emits `settled(question, disposal, day)` with each choice, and when the day is left.
    is_refused: what stands here is not what is stored
    """

    settled = Signal(str, str, str)
    question_wanted = Signal(str)

    def __init__(self, disposals: Sequence[Disposal]) -> None:
        """disposals: what may be done in the mode of the visit"""
        super().__init__()
        self.question = ""
        self.is_settled = self.is_refused = False
        self._shown = ("", "")
        self._fact, self._duty, self._state = text(), muted(), StatusChip()
        self.disposal, self.day = LongChoice(), DayEdit()
        self.disposal.offer((rule.id, rule.said) for rule in disposals)
        self.disposal.activated.connect(self._choose)
        self.day.day_changed.connect(self._say_day)
        self.day.returnPressed.connect(self._give)
        self.day.editingFinished.connect(self._give_changed)
        self.day_field = Field(tr("改正期限"), self.day)
        tip = tr("回到这一项修改  Ctrl+J")
        jump = button(tr("看这一项"), tip, act=lambda: self.question_wanted.emit(self.question), quiet=True)
        QShortcut("Ctrl+J", self, jump.click, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        fields = grid((Field(tr("处置"), self.disposal), self.day_field), (1, 1))
        foot = row(self._state, grow(), jump, gap="")
        column(self._fact, self._duty, fields, foot, of=self, gap="gap_tiny")

    def show_finding(self, finding: FindingDraft) -> None:
        """Show a finding as it stands, proposed or settled; a choice that was refused stays until it is put right."""
        self.question, self.is_settled = finding.question, finding.settled
        fact = finding.fact or tr("没有写明事实")
        self._fact.setText(tr("{number}. {fact}", number=finding.number, fact=fact))
        self._duty.setText(
            tr(
                "第 {number} 项 · {duty} · 证据：{evidence}",
                number=finding.question_number,
                duty="；".join(finding.duty),
                evidence=finding.evidence or tr("没有照片"),
            )
        )
        self._state.show_state(*((tr("✓ 已确定"), "ok") if finding.settled else (tr("○ 建议，未确定"), "warn")))
        if self.is_refused:
            return  # what is stored would write over what is being put right
        self._shown = (finding.disposal, finding.due_on)
        self._put(*self._shown)
        self.day_field.setVisible(self._needs_day())
        self.day_field.clear_error()

    def show_fault(self, error: UserError) -> None:
        """Say beside the deadline why nothing was saved."""
        self.is_refused = True
        self.day_field.show()
        self.day_field.set_error("".join(map(at_field, error.problems)) or error.message)

    def typed(self) -> str:
        """Return a choice that was refused, to be kept."""
        return " ".join(self._given()) if self.is_refused else ""

    def try_again(self, typed: str) -> None:
        """Put back a choice that was refused."""
        disposal, _, day = typed.partition(" ")
        self._put(disposal, day)
        self._give()

    def _put(self, disposal: str, day: str) -> None:
        put_value(self.disposal, disposal)
        self.day.set_day(day)

    def _given(self) -> tuple[str, str]:
        return value_of(self.disposal), self.day.day()

    def _say_day(self, day: str) -> None:
        self.day_field.rename(tr("改正期限"), work_calendar().day_word(parse_day(day)) if self.day.is_day else "")

    def _choose(self) -> None:
        needs = self._needs_day()
        self.day_field.setVisible(needs)
        if not needs:
            self.day.clear()
        elif not self.day.day():
            self.day.setFocus()  # nothing is settled without its day, and nothing is refused before it is asked
            return
        self._give()

    def _give(self) -> None:
        if not self.is_settled or self._given() != self._shown:
            self.settled.emit(self.question, *self._given())

    def _give_changed(self) -> None:
        """Leaving the day settles what was changed; walking past it settles nothing."""
        if self._given() != self._shown:
            self._give()

    def _needs_day(self) -> bool:
        return visit_rules().disposal(value_of(self.disposal)).has_deadline
