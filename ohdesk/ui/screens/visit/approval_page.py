"""批准: by the approver's own password on this machine, or set down from paper."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ohdesk.domain.calendar import legal_day
from ohdesk.errors import MachineError, ProblemsError, UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.visit import conduct, views
from ohdesk.services.visit.views import VisitView
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.day_edit import DayEdit
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.lay import muted
from ohdesk.ui.kit.long_choice import LongChoice
from ohdesk.ui.kit.options import Options
from ohdesk.ui.kit.password_edit import PasswordEdit
from ohdesk.ui.kit.step_page import StepPage
from ohdesk.ui.screens.visit.facts import Facts, plan_lines

ACCOUNT, PAPER = "account", "paper"


class ApprovalPage(StepPage):
    """Shows what is approved, and takes the approval; emits `arrival_wanted` to go on without one."""

    arrival_wanted = Signal()

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._visit = ""
        self._approved = False
        self._facts = Facts()
        self.way = Options()
        self.way.chosen.connect(lambda _way: self._show_way())
        self.account = LongChoice()
        self.password = PasswordEdit()
        self._password_field = Field(tr("批准人的密码"), self.password, tr("由批准人本人输入；不会退出当前账户。"))
        self.account_number = QLineEdit()
        self.approver, self.number = QLineEdit(), QLineEdit()
        self.day = DayEdit(legal_day(ctx.now()).isoformat())
        self._paper = {
            tr("批准人"): Field(tr("批准人"), self.approver),
            tr("批准日期"): Field(tr("批准日期"), self.day),
            tr("审批表编号"): Field(tr("审批表编号"), self.number),
        }
        self._standing = muted()
        self._submit = button(tr("批准检查(&B)"), "Ctrl+Enter", primary=True)
        self._submit.clicked.connect(self.submit)
        self._lay_out()

    def show_visit(self, view: VisitView) -> None:
        """Show a visit that may be approved, or already is."""
        self._visit = view.id
        self._approved = bool(view.approval)
        self._facts.show_lines(plan_lines(view))
        self.say_fault("")
        for field in (self._password_field, *self._paper.values()):
            field.clear_error()
        for line in (self.password, self.account_number, self.approver, self.number):
            line.clear()
        self.day.set_day(legal_day(self.ctx.now()).isoformat())
        accounts = views.approvers(self.ctx)
        self.account.clear()
        self.account.addItems(list(accounts))
        ways = [(ACCOUNT, tr("批准人输入密码"))] * bool(accounts) + [(PAPER, tr("纸质已批"))]
        self.way.show_options(ways, "AP" if accounts else "P")
        self.way.choose(ways[0][0])
        self._standing.setText(view.approval or tr("没有批准也可以到场，但要写明理由。"))
        self._show_way()

    def submit(self) -> None:
        """Take the approval; one that is given already leads on."""
        for field in (self._password_field, *self._paper.values()):
            field.clear_error()
        self.say_fault("")
        if self._approved:
            self.advanced.emit()
        elif self.way.value == PAPER:
            self._approve_on_paper()
        else:
            self._approve_by_password()

    def _approve_by_password(self) -> None:
        account, password, number = self.account.currentText(), self.password.text(), self.account_number.text()
        if not password:
            self._password_field.set_error(tr("请批准人输入自己的密码。"))
            self.password.setFocus()
            return
        visit = self._visit
        job = Job(lambda: conduct.approve(self.ctx, visit, account, password, number))
        job.succeeded.connect(self._take_approval)
        job.failed.connect(self._refuse)
        self.password.clear()
        self._submit.setEnabled(False)
        self.jobs.start(job, tr("核对批准人的密码"))

    def _approve_on_paper(self) -> None:
        try:
            change = conduct.approve_on_paper(
                self.ctx, self._visit, self.approver.text(), self.day.day(), self.number.text()
            )
        except ProblemsError as error:
            self._show_problems(error)
        except UserError as error:
            self.show_fault(error)
        else:
            self._take_approval(change)

    def _take_approval(self, change: Any) -> None:
        self._submit.setEnabled(True)
        self.done.emit(tr("已批准检查。"))
        self.changed.emit(change or Change.VISITS)
        self.advanced.emit()

    def _refuse(self, error: Exception) -> None:
        self._submit.setEnabled(True)
        if isinstance(error, MachineError) or not isinstance(error, UserError):
            self.failed.emit(error)
            return
        self._password_field.set_error(error.whole)
        self.password.setFocus()

    def _show_problems(self, error: ProblemsError) -> None:
        first = None
        for problem in error.problems:
            field = self._paper[problem.place]
            wrong = tr("应为{expected}，现为{found}。", expected=problem.expected, found=problem.found)
            blank = isinstance(field.editor, QLineEdit) and not field.editor.text().strip()
            field.set_error(tr("请填写{place}。", place=problem.place) if blank else wrong)
            first = first or field
        if first is not None:
            self.show_field(first.editor)

    def _show_way(self) -> None:
        self._by_account.setVisible(not self._approved and self.way.value == ACCOUNT)
        self._on_paper.setVisible(not self._approved and self.way.value == PAPER)
        for widget in (self.way, self._go_without):
            widget.setVisible(not self._approved)
        if self._approved:
            self._submit.setText(tr("去到场登记(&B)"))
            self._submit.setFocus()
            return
        paper = self.way.value == PAPER
        self._submit.setText(tr("登记纸质审批(&B)") if paper else tr("批准检查(&B)"))
        (self.approver if paper else self.password).setFocus()

    def _lay_out(self) -> None:
        what = Card(tr("要批准的检查"))
        what.column.addWidget(self._facts)
        what.column.addStretch(1)
        how = Card(tr("审批"))
        how.column.addWidget(self._standing)
        how.column.addWidget(self.way)
        self._by_account, self._on_paper = QWidget(), QWidget()
        fields = (Field(tr("批准人的账户"), self.account), self._password_field)
        number = Field(tr("审批表编号（可不填）"), self.account_number)
        for box, inside in ((self._by_account, (*fields, number)), (self._on_paper, self._paper.values())):
            column = QVBoxLayout(box)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(theme.size("gap_small"))
            for field in inside:
                column.addWidget(field)
            how.column.addWidget(box)
        how.column.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(theme.size("gap"))
        row.addWidget(what, 1)
        row.addWidget(how, 1)
        self.cards.addLayout(row)
        self._go_without = button(tr("未批准，先到场(&F)"))
        self._go_without.clicked.connect(self.arrival_wanted)
        self.add_actions(self._go_without, self._submit)
