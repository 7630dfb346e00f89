"""批准: by the approver's own password on this machine, or set down from paper."""

from PySide6.QtWidgets import QLineEdit

from ohdesk.domain.calendar import legal_day
from ohdesk.errors import MachineError, UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.visit import before, conduct, views
from ohdesk.services.visit.views import VisitView
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.chips import Options
from ohdesk.ui.kit.day_edit import DayEdit
from ohdesk.ui.kit.editors import LongChoice
from ohdesk.ui.kit.field import Field, PasswordEdit
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import box, column, grow, muted, row, say
from ohdesk.ui.screens.visit.facts import Facts, plan_lines
from ohdesk.ui.screens.visit.steps import Page
from ohdesk.ui.screens.visit.visit_page import VisitPage

ACCOUNT, PAPER = "account", "paper"


class ApprovalPage(VisitPage):
    """Shows what is approved, and takes the approval; one can go on without one."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs, "approval")
        self._approved = False
        self._checking = ""  # the visit whose approver's password is being checked
        self._facts = Facts()
        self.way = Options(lasting=True)
        self.way.chosen.connect(lambda _way: self._show_way())
        self.account, self.password, self.account_number = LongChoice(), PasswordEdit(), QLineEdit()
        self.approver, self.number = QLineEdit(), QLineEdit()
        self.day = DayEdit(legal_day(ctx.now()).isoformat())
        self.editors = {"way": self.way}
        self.fields = {
            "account": Field(tr("批准人的账户"), self.account),
            "account_number": Field(tr("审批表编号（可不填）"), self.account_number),
            "password": Field(tr("批准人的密码"), self.password, tr("由批准人本人输入；不会退出当前账户。")),
            "approver": Field(tr("批准人"), self.approver),
            "day": Field(tr("批准日期"), self.day),
            "number": Field(tr("审批表编号"), self.number),
        }
        self._standing, self._notice = muted(), muted()
        self._submit = button(tr("批准检查(&B)"), act=self.submit, primary=True)
        self._lay_out()

    def show_visit(self, view: VisitView) -> None:
        """Show a visit that may be approved, or already is."""
        self.visit = view.id
        self._approved = bool(view.approval)
        self._facts.show_lines(plan_lines(view))
        self.password.clear()  # the one typed for another visit
        accounts = views.approvers(self.ctx)
        self.account.offer((name, name) for name in accounts)
        # Without an approver who has an account here, paper is the only way.
        ways = [(ACCOUNT, tr("批准人输入密码"))] * bool(accounts) + [(PAPER, tr("纸质已批"))]
        self.way.show_options(ways, "AP" if accounts else "P")
        self.begin(view.id, {"way": ways[0][0], "day": legal_day(self.ctx.now()).isoformat()})
        self._standing.setText(view.approval or view.approval_problem or tr("没有批准也可以到场，但要写明理由。"))
        say(self._notice, before.notice_gap(self.ctx, view.planned_on))
        self._show_way()

    def submit(self) -> None:
        """Take the approval; one that is given already leads on."""
        if self.is_busy:
            return  # the password is being checked, and stands here no more
        if self._approved:
            self.advanced.emit()
        elif self.way.value == ACCOUNT:
            self._approve_by_password()
        else:
            with self.refusing():
                approver, day, number = self.approver.text(), self.day.day(), self.number.text()
                conduct.approve_on_paper(self.ctx, self.visit, approver, day, number)
                self._take_approval()

    def _approve_by_password(self) -> None:
        self.clear_faults()
        account, password, number = self.account.currentText(), self.password.text(), self.account_number.text()
        if not password:
            self.fields["password"].set_error(tr("请批准人输入自己的密码。"))
            self.password.setFocus()
            return
        ctx, visit = self.ctx, self.visit
        self._checking = visit
        self.password.clear()  # it is with the job now, and stands here for nobody who comes by

        def approved(change: Change) -> None:
            if self._is_waited_for():
                self._take_approval()
            else:
                self.done.emit(_approved_words())
                self.changed.emit(change)

        self.do(lambda: conduct.approve(ctx, visit, account, password, number), approved, tr("核对批准人的密码"))

    def _is_waited_for(self) -> bool:
        """False once one went on while the password was checked, which may wait behind longer work."""
        return self._checking == self.visit and not self.isHidden()

    def _take_approval(self) -> None:
        self.finish(_approved_words())
        self.advanced.emit()

    def refuse(self, error: Exception) -> None:
        """Say at the password why it does not approve."""
        if isinstance(error, UserError) and not isinstance(error, MachineError) and self._is_waited_for():
            self.fields["password"].set_error(error.whole)
            self.password.setFocus()
        else:
            self.failed.emit(error)

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
        at = self.fields
        self._by_account = box(column(at["account"], at["password"], at["account_number"]))
        self._on_paper = box(column(at["approver"], at["day"], at["number"]))
        what = Card(tr("要批准的检查"), "", self._facts, self._notice, grow())
        how = Card(tr("审批"), "", self._standing, self.way, self._by_account, self._on_paper, grow())
        self.cards.addLayout(row(grow(what), grow(how), gap="gap"))
        self._go_without = button(tr("未批准，先到场(&F)"), act=lambda: self.page_wanted.emit(Page.ARRIVAL))
        self.add_actions(self._go_without, self._submit)


def _approved_words() -> str:
    return tr("已批准检查。")
