"""What to do about a lost password: another administrator, or the recovery code."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.ui.kit.field import Choice, Field, say_beside, show_problems
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.lay import muted
from ohdesk.ui.screens.unlock.cards import Card, Credentials, NewPassword


class RecoverCard(Card):
    """Explains both ways; the second is done here."""

    recovered = Signal(object)  # Credentials

    def __init__(self, jobs: Jobs) -> None:
        super().__init__(
            jobs,
            "key",
            tr("忘记密码"),
            tr("本单位还有别的管理员时，请他打开工作区，在“设置—账户”里为你设新密码，不需要恢复码。"),
            tr("设新密码(&E)"),
        )
        self._folder: Path | None = None
        self.account = Choice()
        self.code = QLineEdit()
        self._secret = NewPassword(tr("新密码"), tr("再输一次新密码"))
        self.password, self.again = self._secret.line, self._secret.again
        self.again.returnPressed.connect(self.go_on)
        self.fields = {
            "code": Field(
                tr("恢复码（建立工作区时打印的那张纸）"), self.code, tr("大小写、空格都可以，从 AGE-SECRET-KEY-1 开始")
            ),
            "account": Field(tr("为哪个账户设新密码"), self.account),
            **self._secret.fields,
        }
        instead = muted(tr("没有别的管理员时，用恢复码："))
        keys = muted(tr("执法人员的签名密钥会重新生成，之后要再向县级申请证书；已经签好的文书不受影响。"))
        self.fill(instead, *self.fields.values(), keys, self.foot(self.way_back()))

    def ask(self, folder: Path, accounts: tuple[str, ...], account: str) -> None:
        """Stand ready for an account of this workspace."""
        self._folder = folder
        self.account.clear()
        self.account.addItems(list(accounts))
        self.account.setCurrentText(account)
        for line in (self.code, self.password, self.again):
            line.clear()
        say_beside(self.fields, {})

    def start(self) -> None:
        self.code.setFocus()

    def show_error(self, error: Exception) -> None:
        text = show_problems(self.fields, error) if isinstance(error, UserError) else str(error)
        if text:
            self.fields["code"].set_error(text)
            self.code.setFocus()

    def go_on(self) -> None:
        if not self.submit.isEnabled() or self._folder is None:
            return
        missing = {} if self.code.text().strip() else {"code": tr("请填写。")}
        if say_beside(self.fields, missing | self._secret.problems()):
            return
        code = self.code.text()
        new = Credentials(self._folder, self.account.currentText(), self.password.text())
        self.work(Job(lambda: _recover(code, new)), lambda _: self.recovered.emit(new), tr("正在设新密码…"))


def _recover(code: str, new: Credentials) -> None:
    from ohdesk.services.start import first_run  # late: loads the database layer

    first_run.recover(new.folder, code, new.account, new.password)
