"""What to do about a lost password: another administrator, or the recovery code."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QPushButton

from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.ui.kit.choice import Choice
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.lay import column
from ohdesk.ui.kit.password_edit import PasswordEdit
from ohdesk.ui.screens.unlock.cards import Card, Recovery, muted, primary
from ohdesk.ui.screens.unlock.password_row import PasswordRow


class RecoverCard(Card):
    """Explains both ways; the second is done here."""

    submitted = Signal(object)  # Recovery

    def __init__(self) -> None:
        super().__init__(
            "key",
            tr("忘记密码"),
            tr("本单位还有别的管理员时，请他打开工作区，在“设置—账户”里为你设新密码，不需要恢复码。"),
        )
        self._folder: Path | None = None
        self.account = Choice()
        self.code = QLineEdit()
        secret = PasswordRow(tr("显示(&V)"))
        self.password, self.again = secret.line, PasswordEdit()
        secret.reveals(self.again)
        self.again.returnPressed.connect(self._submit)
        self.fields = {
            "code": Field(
                tr("恢复码（建立工作区时打印的那张纸）"), self.code, tr("大小写、空格都可以，从 AGE-SECRET-KEY-1 开始")
            ),
            "account": Field(tr("为哪个账户设新密码"), self.account),
            "password": Field(tr("新密码"), secret),
            "again": Field(tr("再输一次新密码"), self.again),
        }
        self.submit = primary(tr("设新密码(&E)"), self._submit)
        self.back = QPushButton(tr("返回(&R)"))
        self.back.clicked.connect(self.back_chosen)
        instead = muted(tr("没有别的管理员时，用恢复码："))
        keys = muted(tr("执法人员的签名密钥会重新生成，之后要再向县级申请证书；已经签好的文书不受影响。"))
        self.column.addLayout(column(instead, *self.fields.values(), keys, self.foot((self.back,), (self.submit,))))

    def ask(self, folder: Path, accounts: tuple[str, ...], account: str) -> None:
        """Stand ready for an account of this workspace."""
        self._folder = folder
        self.account.clear()
        self.account.addItems(list(accounts))
        self.account.setCurrentText(account)
        for line in (self.code, self.password, self.again):
            line.clear()
        for field in self.fields.values():
            field.clear_error()

    def start(self) -> None:
        """Put the cursor where the code is typed."""
        self.code.setFocus()

    def show_error(self, error: Exception) -> None:
        """Say at the code why it did not work."""
        text = error.whole if isinstance(error, UserError) else str(error)
        self.fields["code"].set_error(text)
        self.code.setFocus()

    def set_busy(self, text: str) -> None:
        super().set_busy(text)
        self.submit.setEnabled(not text)

    def _submit(self) -> None:
        if not self.submit.isEnabled() or self._folder is None:
            return
        if self.say_problems(self._problems()):
            return
        code, account = self.code.text(), self.account.currentText()
        self.submitted.emit(Recovery(self._folder, code, account, self.password.text()))

    def _problems(self) -> dict[str, str]:
        problems = {}
        if not self.code.text().strip():
            problems["code"] = tr("请填写。")
        if not self.password.text():
            problems["password"] = tr("请填写。")
        elif self.password.text() != self.again.text():
            problems["again"] = tr("两次输入的密码不同。")
        return problems
