"""批准: by the approver's own password on this machine, or set down from paper."""

from typing import Any

from PySide6.QtWidgets import QLineEdit

from ohdesk.domain.calendar import legal_day
from ohdesk.errors import MachineError, UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.visit import conduct, views
from ohdesk.services.visit.views import VisitView
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.day_edit import DayEdit
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import box, column, grow, muted, row
from ohdesk.ui.kit.long_choice import LongChoice
from ohdesk.ui.kit.options import Options
from ohdesk.ui.kit.password_edit import PasswordEdit
from ohdesk.ui.screens.visit.facts import Facts, plan_lines
from ohdesk.ui.screens.visit.steps import Page
from ohdesk.ui.screens.visit.visit_page import VisitPage

ACCOUNT, PAPER = "account", "paper"


class ApprovalPage(VisitPage):
    """Shows what is approved, and takes the approval; one can go on without one."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs, "approval")
        self._approved = False
        self._facts = Facts()
        self.way = Options()
        self.way.chosen.connect(lambda _way: self._show_way())
        self.account = LongChoice()
        self.password = PasswordEdit()
        self.account_number = QLineEdit()
        self.approver, self.number = QLineEdit(), QLineEdit()
        self.day = DayEdit(legal_day(ctx.now()).isoformat())
        self.fields = {
            "password": Field(tr("批准人的密码"), self.password, tr("由批准人本人输入；不会退出当前账户。")),
            "approver": Field(tr("批准人"), self.approver),
            "day": Field(tr("批准日期"), self.day),
            "number": Field(tr("审批表编号"), self.number),
        }
        self._standing = muted()
        self.editors = {"way": self.way, "account": self.account, "account_number": self.account_number}
        self._submit = button(tr("批准检查(&B)"), "Ctrl+Enter", act=self.submit, primary=True)
        self._lay_out()

    def show_visit(self, view: VisitView) -> None:
        """Show a visit that may be approved, or already is."""
        self.visit = view.id
        self._approved = bool(view.approval)
        self._facts.show_lines(plan_lines(view))
        self.password.clear()  # the one typed for another visit
        accounts = views.approvers(self.ctx)
        self.account.clear()
        for name in accounts:
            self.account.addItem(name, name)
        ways = [(ACCOUNT, tr("批准人输入密码"))] * bool(accounts) + [(PAPER, tr("纸质已批"))]
        self.way.show_options(ways, "AP" if accounts else "P")
        self.put({"way": ways[0][0], "day": legal_day(self.ctx.now()).isoformat()})
        self.put({**self.typed(), **self.begin(view.id)})
        self._standing.setText(view.approval or tr("没有批准也可以到场，但要写明理由。"))
        self._show_way()

    def submit(self) -> None:
        """Take the approval; one that is given already leads on."""
        if self.is_busy:
            return  # the password is being checked, and stands here no more
        self.clear_faults()
        if self._approved:
            self.advanced.emit()
        elif self.way.value == PAPER:
            self._approve_on_paper()
        else:
            self._approve_by_password()

    def _approve_by_password(self) -> None:
        account, password, number = self.account.currentText(), self.password.text(), self.account_number.text()
        if not password:
            self.fields["password"].set_error(tr("请批准人输入自己的密码。"))
            self.password.setFocus()
            return
        visit = self.visit
        self.password.clear()  # it is with the job now, and stands here for nobody who comes by
        self.do(
            lambda: conduct.approve(self.ctx, visit, account, password, number),
            self._take_approval,
            tr("核对批准人的密码"),
        )

    def _approve_on_paper(self) -> None:
        try:
            change = conduct.approve_on_paper(
                self.ctx, self.visit, self.approver.text(), self.day.day(), self.number.text()
            )
        except UserError as error:
            self.show_problems(error)
        else:
            self._take_approval(change)

    def _take_approval(self, change: Any) -> None:
        self.finish()
        self.done.emit(tr("已批准检查。"))
        self.changed.emit(change or Change.VISITS)
        self.advanced.emit()

    def refuse(self, error: Exception) -> None:
        """Say at the password why it does not approve."""
        if isinstance(error, MachineError) or not isinstance(error, UserError):
            self.failed.emit(error)
            return
        self.fields["password"].set_error(error.whole)
        self.password.setFocus()

    def _show_way(self) -> None:
        self._by_account.setVisible(not self._approved and self.way.value == ACCOUNT)
        self._on_paper.setVisible(not self._approved and self.way.value == PAPER)
        for widget in (self.way, self._go_without):
            widget.setVisible(not self._approved)
        if self._approved:
            self._submit.setText(tr("去到场登记(&B)"))
            self._submit.setFocus()  # Enter leads on
            return
        paper = self.way.value == PAPER
        self._submit.setText(tr("登记纸质审批(&B)") if paper else tr("批准检查(&B)"))
        (self.approver if paper else self.password).setFocus()

    def _lay_out(self) -> None:
        account = Field(tr("批准人的账户"), self.account)
        number = Field(tr("审批表编号（可不填）"), self.account_number)
        self._by_account = box(column(account, self.fields["password"], number))
        self._on_paper = box(column(*(self.fields[key] for key in ("approver", "day", "number"))))
        what = Card(tr("要批准的检查"), "", self._facts, grow())
        how = Card(tr("审批"), "", self._standing, self.way, self._by_account, self._on_paper, grow())
        self.cards.addLayout(row(grow(what), grow(how), gap="gap"))
        self._go_without = button(tr("未批准，先到场(&F)"), act=lambda: self.page_wanted.emit(Page.ARRIVAL))
        self.add_actions(self._go_without, self._submit)
