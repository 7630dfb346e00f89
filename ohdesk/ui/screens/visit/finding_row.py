"""One finding before the record: the fact, what is done about it, and until when."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from ohdesk.domain.calendar import parse_day
from ohdesk.domain.problems import at_field
from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.visiting import visit_rules
from ohdesk.forms.work_calendar import work_calendar
from ohdesk.i18n import tr
from ohdesk.services.finding.drafts import FindingDraft
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.day_edit import DayEdit
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.lay import column, grid, grow, muted, row, text
from ohdesk.ui.kit.long_choice import LongChoice
from ohdesk.ui.kit.status_chip import StatusChip


class FindingRow(QWidget):
    """Emits `settled(question, disposal, day)` with each choice, and when the day is left."""

    settled = Signal(str, str, str)
    question_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.question = ""
        self.is_settled = False
        self.is_refused = False  # what stands here is not what is stored
        self._shown = ("", "")
        self._fact = text()
        self._duty = muted()
        self._state = StatusChip()
        self.disposal = LongChoice()
        for rule in visit_rules().disposals:
            self.disposal.addItem(rule.name, rule.id)
        self.disposal.activated.connect(self._choose)
        self.day = DayEdit()
        self.day.day_changed.connect(self._say_day)
        self.day.returnPressed.connect(self._give)
        self.day.editingFinished.connect(self._give_changed)
        self._disposal_field = Field(tr("处置"), self.disposal)
        self._day_field = Field(tr("改正期限"), self.day)
        tip = tr("回到这一项修改  Ctrl+J")
        self._jump = button(tr("看这一项"), tip, act=lambda: self.question_wanted.emit(self.question), quiet=True)
        shortcut = QShortcut(QKeySequence("Ctrl+J"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self._jump.click)
        self._lay_out()

    @property
    def error(self) -> str:
        """What is said to be wrong with the deadline."""
        return self._day_field.error

    def show_finding(self, finding: FindingDraft) -> None:
        """Show a finding as it stands, proposed or settled; a choice that was refused stays until it is put right."""
        self.question = finding.question
        self.is_settled = finding.settled
        fact = finding.fact or tr("没有写明事实")
        self._fact.setText(tr("{number}. {fact}", number=finding.number, fact=fact))
        duty = "；".join(finding.duty)
        self._duty.setText(
            tr(
                "第 {number} 项 · {duty} · 证据：{evidence}",
                number=finding.question_number,
                duty=duty,
                evidence=finding.evidence,
            )
        )
        self._state.show_state(*((tr("✓ 已确定"), "ok") if finding.settled else (tr("○ 建议，未确定"), "warn")))
        if self.is_refused:
            return  # what is stored would write over what is being put right
        self.disposal.setCurrentIndex(self.disposal.findData(finding.disposal))
        self.day.set_day(finding.due_on)
        self._day_field.setVisible(self._needs_day())
        self._day_field.clear_error()
        self._shown = (finding.disposal, finding.due_on)

    def show_fault(self, error: UserError) -> None:
        """Say beside the deadline why nothing was saved."""
        self.is_refused = True
        problems = error.problems if isinstance(error, ProblemsError) else ()
        text = "".join(map(at_field, problems))
        self._day_field.show()
        self._day_field.set_error(text or error.message)

    def typed(self) -> str:
        """Return a choice that was refused, to be kept."""
        return f"{self.disposal.currentData()} {self.day.text()}" if self.is_refused else ""

    def try_again(self, typed: str) -> None:
        """Put back a choice that was refused."""
        disposal, _, day = typed.partition(" ")
        self.disposal.setCurrentIndex(self.disposal.findData(disposal))
        self.day.setText(day)
        self._give()

    def _say_day(self, day: str) -> None:
        word = work_calendar().day_word(parse_day(day)) if self.day.is_day else ""
        self._day_field.rename(tr("改正期限"), word)

    def _choose(self) -> None:
        needs = self._needs_day()
        self._day_field.setVisible(needs)
        if not needs:
            self.day.clear()
        elif not self.day.day():
            self.day.setFocus()  # nothing is settled without its day, and nothing is refused before it is asked
            return
        self._give()

    def _give(self) -> None:
        given = (str(self.disposal.currentData()), self.day.day())
        if not self.is_settled or given != self._shown:
            self.settled.emit(self.question, *given)

    def _give_changed(self) -> None:
        """Leaving the day settles what was changed; walking past it settles nothing."""
        if (str(self.disposal.currentData()), self.day.day()) != self._shown:
            self._give()

    def _needs_day(self) -> bool:
        return visit_rules().disposal(str(self.disposal.currentData())).has_deadline

    def _lay_out(self) -> None:
        fields = grid((self._disposal_field, self._day_field), (1, 1))
        foot = row(self._state, grow(), self._jump, gap="")
        column(self._fact, self._duty, fields, foot, of=self, gap="gap_tiny")
