"""After an administrator has reset a password: choose one that nobody else knows, before anything else."""

from PySide6.QtCore import Signal

from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.ui.kit.field import say_beside, show_problems
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.lay import muted
from ohdesk.ui.screens.unlock.cards import Card, Credentials, NewPassword


class FirstLoginCard(Card):
    """Takes the new password and opens with it."""

    chosen = Signal(object)  # Credentials with the new password

    def __init__(self, jobs: Jobs) -> None:
        super().__init__(
            jobs,
            "key",
            tr("请换成自己的密码"),
            tr("这个密码是管理员重置的，别人也知道。换成只有自己知道的密码，才能进入工作区。"),
            tr("换好并打开(&S)"),
        )
        self._given: Credentials | None = None
        self._secret = NewPassword(tr("新密码"), tr("再输一次新密码"))
        self.password, self.again = self._secret.line, self._secret.again
        self.again.returnPressed.connect(self.go_on)
        self.fields = self._secret.fields
        keys = muted(tr("执法人员的签名密钥这时重新生成，之后要再向县级申请证书；已经签好的文书不受影响。"))
        self.fill(*self.fields.values(), keys, self.foot(self.way_back()))

    def ask(self, given: Credentials) -> None:
        """Stand ready for an account that opened with the password it was given."""
        self._given = given
        for line in (self.password, self.again):
            line.clear()
        say_beside(self.fields, {})

    def start(self) -> None:
        self.password.setFocus()

    def show_error(self, error: Exception) -> None:
        """Say each problem at its field, what belongs to none at the head of the card."""
        if not isinstance(error, UserError) or show_problems(self.fields, error):
            self.notice.error(error)

    def go_on(self) -> None:
        if not self.submit.isEnabled() or self._given is None:
            return
        if say_beside(self.fields, self._secret.problems()):
            return
        given, new = self._given, self.password.text()
        opened = Credentials(given.folder, given.account, new)
        self.work(Job(lambda: _choose(given, new)), lambda _: self.chosen.emit(opened), tr("正在设新密码…"))


def _choose(given: Credentials, new: str) -> None:
    from ohdesk.services.start import first_run  # late: loads the database layer

    first_run.choose_password(given.folder, given.account, given.password, new)
