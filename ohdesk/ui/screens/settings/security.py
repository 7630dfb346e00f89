"""安全: locking, one's own password, the recovery code."""

from PySide6.QtWidgets import QPushButton

from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.office import accounts
from ohdesk.ui import preferences, theme
from ohdesk.ui.kit.actions import action
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.password_edit import PasswordEdit
from ohdesk.ui.screens.settings.form_card import FormCard, choice
from ohdesk.ui.screens.settings.section import Section, text_card


class SecuritySection(Section):
    """What keeps others out."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs, tr("安全"), tr("工作区在磁盘上始终是加密的；锁定后内存里的密钥也会清除。"))
        minutes = [(str(each), tr("{count} 分钟", count=each)) for each in preferences.LOCK_MINUTES]
        self.minutes = choice(minutes)
        self.minutes.setMinimumWidth(theme.layout("setting_control"))
        self.minutes.setCurrentIndex(self.minutes.findData(str(preferences.lock_minutes())))
        self.minutes.activated.connect(self._set_minutes)
        about = tr("多久没有操作就锁定。默认：{count} 分钟。", count=preferences.DEFAULT_LOCK_MINUTES)
        self.add_row("minutes", tr("自动锁定"), about, self.minutes)
        lock = action("lock", tr("立即锁定(&L)"), self.left.emit)
        lock.setToolTip("Ctrl+L")
        self.add_row("lock", tr("锁定"), tr("填写的内容都已保存，解锁后回到原处。"), lock)
        self._change = QPushButton(tr("修改本人密码…(&P)"))
        self._change.clicked.connect(self.ask_password)
        account = tr("账户“{account}”的密码。修改密码不影响签名密钥。", account=ctx.actor.account)
        self.add_row("password", tr("本人密码"), account, self._change)
        self._form = FormCard(
            {
                "old": Field(tr("现在的密码"), PasswordEdit()),
                "new": Field(tr("新密码"), PasswordEdit()),
                "again": Field(tr("再输入一次"), PasswordEdit()),
            }
        )
        self._form.submitted.connect(self._change_now)
        self._form.closed.connect(self._change.setFocus)
        self.column.addWidget(self._form)
        self.column.addWidget(text_card(tr("恢复码"), _recovery_text()))
        self.column.addStretch(1)

    def show_item(self, key: str) -> None:
        if key == "password":
            self.ask_password()
        else:
            super().show_item(key)

    def ask_password(self) -> None:
        """Ask for the old password and a new one."""
        self._form.ask(tr("修改本人密码"), tr("修改密码(&S)"), {})

    def _set_minutes(self, place: int) -> None:
        preferences.set_lock_minutes(int(str(self.minutes.itemData(place))))
        self.changed.emit(Change.SETTINGS)
        self.done.emit(tr("没有操作 {count} 分钟后锁定。", count=preferences.lock_minutes()))

    def _change_now(self) -> None:
        form = self._form
        if not form.passwords_agree("new", "again"):
            return
        ctx, old, new = self.ctx, form.text("old"), form.text("new")
        form.submit.setEnabled(False)
        job = Job(lambda: accounts.change_password(ctx, old, new))
        job.succeeded.connect(self._saved)
        job.failed.connect(self._refused)
        self.jobs.start(job)

    def _saved(self, _nothing: object) -> None:
        self._form.submit.setEnabled(True)
        self._form.close_form()
        self.done.emit(tr("密码已修改，下次解锁时使用新密码。"))

    def _refused(self, error: Exception) -> None:
        self._form.submit.setEnabled(True)
        if isinstance(error, UserError):
            self._form.show_error(error, "old")
        else:
            self.failed.emit(error)


def _recovery_text() -> str:
    return tr(
        "建立工作区时显示过一次，只写在纸上，程序里没有保存，也不能再次显示。所有密码都忘记时，用它可以重置一个管理员账户。"
        "请封存在单位保险柜；丢失后，用恢复码打开工作区这条路就没有了，请尽快把数据上报县级。"
    )
