"""安全: locking, one's own password, the recovery code."""

from ohdesk.domain.register.definition import Field, Kind
from ohdesk.errors import Problem, ProblemsError, WrongPasswordError
from ohdesk.forms.passwords import FIELD as PASSWORD
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.office import accounts
from ohdesk.ui.kit.actions import action, button
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.preferences import LOCK_MINUTES
from ohdesk.ui.screens.settings.accounts import NEW_PASSWORD, say_password_rules
from ohdesk.ui.screens.settings.section import Section, text_card

_OLD = Field("old", mark("现在的密码"), Kind.PASSWORD, required=True)


class SecuritySection(Section):
    """What keeps others out."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs, tr("安全"), tr("工作区在磁盘上始终是加密的；锁定后内存里的密钥也会清除。"))
        minutes = {each: tr("{count} 分钟", count=each) for each in LOCK_MINUTES.allowed}
        about = tr("多久没有操作就锁定。默认：{count} 分钟。", count=LOCK_MINUTES.usual)
        self.add_choice("minutes", tr("自动锁定"), about, LOCK_MINUTES, minutes, self._apply_minutes)
        lock = action("lock", tr("立即锁定(&L)"), self.left.emit, "Ctrl+L")
        self.add_row("lock", tr("锁定"), tr("填写的内容都已保存，解锁后回到原处。"), lock)
        change = button(tr("修改本人密码…(&P)"), act=self.ask_password)
        account = tr("账户“{account}”的密码。修改密码不影响签名密钥。", account=ctx.actor.account)
        self.add_row("password", tr("本人密码"), account, change)
        self.form = Form((_OLD, *NEW_PASSWORD))
        say_password_rules(self.form)
        self.form.submitted.connect(self._change_now)
        self.form.closed.connect(change.setFocus)
        self.column.addWidget(self.form)
        self.column.addWidget(text_card(tr("恢复码"), _recovery_text()))
        self.column.addStretch(1)

    def show_item(self, key: str) -> None:
        if key == "password":
            self.ask_password()
        else:
            super().show_item(key)

    def ask_password(self) -> None:
        """Ask for the old password and a new one."""
        self.form.ask(tr("修改本人密码"), tr("修改密码(&S)"), {})

    def _apply_minutes(self) -> None:
        self.changed.emit(Change.SETTINGS)
        self.done.emit(tr("没有操作 {count} 分钟后锁定。", count=LOCK_MINUTES.chosen))

    def _change_now(self) -> None:
        ctx, old, new = self.ctx, self.form.value("old"), self.form.value(PASSWORD)

        def change() -> None:
            try:
                accounts.change_password(ctx, old, new)
            except WrongPasswordError as error:
                wrong = Problem(tr("现在的密码"), "", "", error.whole, field="old")
                raise ProblemsError(error.message, (wrong,)) from error

        said = tr("密码已修改，下次解锁时使用新密码。")
        self.form.save(self, change, lambda _: self.done.emit(said))


def _recovery_text() -> str:
    return tr(
        "建立工作区时显示过一次，只写在纸上，程序里没有保存，也不能再次显示。所有密码都忘记时，用它可以重置一个管理员账户。"
        "请封存在单位保险柜；丢失后，用恢复码打开工作区这条路就没有了，请尽快把数据上报县级。"
    )
