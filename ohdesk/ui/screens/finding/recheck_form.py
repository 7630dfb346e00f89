"""Arranging a re-check: the day, who goes, and which findings it is for."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ohdesk.domain.calendar import parse_day
from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.work_calendar import work_calendar
from ohdesk.i18n import tr
from ohdesk.services.finding import rechecks
from ohdesk.services.finding.rechecks import RecheckProposal
from ohdesk.services.finding.rows import RectificationRow
from ohdesk.services.visit.views import Colleague
from ohdesk.ui import theme
from ohdesk.ui.kit.day_edit import DayEdit
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.long_choice import LongChoice
from ohdesk.ui.kit.scroll import Scrolled


class RecheckForm(QFrame):
    """Emits `submitted(rows, day, inspectors)`, or `cancelled`."""

    submitted = Signal(object, str, object)
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._rows: Sequence[RectificationRow] = ()
        self._row: RectificationRow | None = None
        self._title = _label("", "question")
        self.day = DayEdit()
        self.first, self.second = LongChoice(), LongChoice()
        self._fields = {
            "day": Field(tr("复查日期"), self.day),
            "first": Field(tr("执法人员（带队）"), self.first),
            "second": Field(tr("执法人员（同行）"), self.second),
        }
        self._covers = _label("")
        self._wrong = _label("", "fieldError")
        self.submit = QPushButton(tr("安排复查(&P)"))
        self.submit.setProperty("primary", True)
        self.submit.clicked.connect(self._submit)
        self._back = QPushButton(tr("返回(&Q)"))
        self._back.setToolTip("Esc")
        self._back.clicked.connect(self.cancelled)
        self.day.day_changed.connect(self._show_day)
        self.day.returnPressed.connect(self._submit)
        self._lay_out()

    @property
    def finding(self) -> RectificationRow | None:
        """The finding the re-check is for."""
        return self._row

    @property
    def covered(self) -> tuple[RectificationRow, ...]:
        """The findings that would be looked at on the day as it stands."""
        return rechecks.together(self._rows, self._row, self.day.day()) if self._row else ()

    @property
    def inspectors(self) -> tuple[str, ...]:
        """Who would go."""
        return tuple(filter(None, (self.first.currentData(), self.second.currentData())))

    def ask(
        self,
        rows: Sequence[RectificationRow],
        row: RectificationRow,
        proposal: RecheckProposal,
        colleagues: Sequence[Colleague],
    ) -> None:
        """Ask for the re-check of a finding; `rows` are all findings, of which some may be looked at with it."""
        self._rows, self._row = rows, row
        self._title.setText(tr("安排复查：{name}", name=row.name))
        for choice in (self.first, self.second):
            choice.clear()
            choice.addItem(tr("请选择"), "")
            for each in colleagues:
                said = tr("{name}（{why_not}）", name=each.name, why_not=each.why_not)
                choice.addItem(said if each.why_not else each.name, each.id)
        self.choose_inspectors(proposal.inspectors)
        for field in self._fields.values():
            field.clear_error()
        self._say_wrong("")
        self.day.set_day(proposal.day.isoformat())
        self._show_day()
        self.day.setFocus()
        self.day.selectAll()

    def choose_inspectors(self, people: Sequence[str]) -> None:
        """Choose who would go, the leading one first."""
        for choice, person in zip((self.first, self.second), [*people, "", ""][:2], strict=True):
            choice.setCurrentIndex(max(0, choice.findData(person)))

    def show_error(self, error: UserError) -> None:
        """Show what is wrong, in its own place where it has one."""
        said = []
        problems = error.problems if isinstance(error, ProblemsError) else ()
        for problem in problems:
            text = tr("应为{expected}，现为{found}。", expected=problem.expected, found=problem.found)
            if problem.place == tr("复查日期"):
                self._fields["day"].set_error(text)
                self.day.setFocus()
            else:
                said.append(tr("{place}：{text}{remedy}", place=problem.place, text=text, remedy=problem.remedy))
        self._say_wrong("\n".join(said) if problems else error.whole)

    def _submit(self) -> None:
        self._fields["day"].clear_error()
        self._say_wrong("")
        self.submitted.emit(self.covered, self.day.day(), self.inspectors)

    def _show_day(self) -> None:
        day = parse_day(self.day.day()) if self.day.is_day else None
        word = "" if day is None else work_calendar().day_word(day)
        self._fields["day"].rename(tr("复查日期"), word)
        covered = self.covered
        lines = [tr("第 {number} 项：{fact}", number=row.number, fact=row.fact) for row in covered]
        self._covers.setText("\n".join(lines))

    def _say_wrong(self, text: str) -> None:
        self._wrong.setText(text)
        self._wrong.setVisible(bool(text))

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, theme.size("gap_small"), 0)
        column.setSpacing(theme.size("gap_small"))
        for field in self._fields.values():
            column.addWidget(field)
        column.addSpacing(theme.size("gap_tiny"))
        column.addWidget(_label(tr("这次复查的问题（同一单位期限已到的一并复查）"), "heading"))
        column.addWidget(self._covers)
        column.addStretch(1)
        answers = QHBoxLayout()
        answers.setSpacing(theme.size("gap_small"))
        answers.addStretch(1)
        answers.addWidget(self._back)
        answers.addWidget(self.submit)
        whole = QVBoxLayout(self)
        gap = theme.size("gap")
        whole.setContentsMargins(gap, gap, gap, gap)
        whole.setSpacing(theme.size("gap_small"))
        whole.addWidget(self._title)
        whole.addWidget(Scrolled(inside), 1)
        whole.addWidget(self._wrong)
        whole.addLayout(answers)


def _label(text: str, look: str = "") -> QLabel:
    label = QLabel(text)
    label.setObjectName(look)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
