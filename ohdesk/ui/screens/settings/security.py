"""安全: locking, one's own password, one's own certificate file, the recovery code."""

from pathlib import Path

from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Field, Kind
from ohdesk.forms.passwords import FIELD as PASSWORD
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.office import accounts
from ohdesk.ui.kit.actions import action, button
from ohdesk.ui.kit.files import choose_file
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.screen import Parting
from ohdesk.ui.preferences import LOCK_MINUTES
from ohdesk.ui.screens.settings.accounts import (
    NEW_PASSWORD,
    OWN_PASSWORD,
    check_own,
    say_password_rules,
    wrong_password_at,
)
from ohdesk.ui.screens.settings.section import Section

_FILE_PASSWORD = Field("file_password", mark("证书文件的密码"), Kind.PASSWORD, required=True)


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
        self.form = Form((OWN_PASSWORD, *NEW_PASSWORD))
        say_password_rules(self.form)
        self.form.submitted.connect(self._change_now)
        self.form.closed.connect(change.setFocus)
        self.column.addWidget(self.form)
        self._file = Path()
        self.take = button(tr("改用证书文件…(&F)"), act=self.ask_file)
        about = tr("由别的机构发给本人的证书文件（.p12 或 .pfx）；改用以后，原来的密钥作废，要重新请县级确认。")
        self.add_row("certificate", tr("本人的签名密钥"), about, self.take)
        self.allow(Right.RECORD, self.take, binding=True)
        self.taking = Form((_FILE_PASSWORD,))
        self.taking.submitted.connect(self._take_now)
        self.taking.closed.connect(self.take.setFocus)
        self.column.addWidget(self.taking)
        renew = action("key", tr("换恢复码…(&K)"), self.ask_renewal)
        self.add_row("code", tr("恢复码"), _recovery_text(), renew)
        self.allow(Right.ACCOUNT, renew)
        self.renewal = Form((OWN_PASSWORD,))
        self.renewal.submitted.connect(self._renew_now)
        self.renewal.cancel.setText(tr("不换(&Q)"))
        self.renewal.closed.connect(renew.setFocus)
        self.column.addWidget(self.renewal)
        self.column.addStretch(1)

    def show_item(self, key: str) -> None:
        if key == "password":
            self.ask_password()
        else:
            super().show_item(key)

    def ask_password(self) -> None:
        """Ask for the old password and a new one."""
        self.form.ask(tr("修改本人密码"), tr("修改密码(&S)"), {})

    def ask_file(self) -> None:
        """Ask for a certificate file, then for its password."""
        kinds = tr("证书文件 (*.p12 *.pfx);;所有文件 (*)")
        path = choose_file(self, tr("选择证书文件"), kinds)
        if path is not None:
            self._file = path
            self.taking.ask(tr("改用证书文件：{file}", file=path.name), tr("改用(&S)"), {})

    def ask_renewal(self) -> None:
        """Ask for one's own password before another recovery code is made."""
        about = tr("程序会锁定，显示新恢复码；保存好并确认以后，旧恢复码作废，工作区换成新的密钥重新加密。")
        self.renewal.ask(tr("换恢复码"), tr("换恢复码(&S)"), {}, about)

    def _renew_now(self) -> None:
        ctx, own = self.ctx, self.renewal.value(OWN_PASSWORD.key)
        self.renewal.save(self, lambda: check_own(ctx, own), lambda _: self.left_for.emit(Parting(own)))

    def _take_now(self) -> None:
        from ohdesk.services.office import certificate_file  # late: it brings what reads PKCS#12 along

        ctx, path, secret = self.ctx, self._file, self.taking.value(_FILE_PASSWORD.key)
        said = tr("已改用证书文件里的密钥签名。县级确认以前，文书上写明“未经县级确认”。")
        self.taking.save(self, lambda: certificate_file.take_key(ctx, path, secret), lambda _: self._tell_taken(said))

    def _tell_taken(self, said: str) -> None:
        self.changed.emit(Change.PEOPLE)
        self.done.emit(said)

    def _apply_minutes(self) -> None:
        self.changed.emit(Change.SETTINGS)
        self.done.emit(tr("没有操作 {count} 分钟后锁定。", count=LOCK_MINUTES.chosen))

    def _change_now(self) -> None:
        ctx, old, new = self.ctx, self.form.value("old"), self.form.value(PASSWORD)

        def change() -> None:
            with wrong_password_at("old"):
                accounts.change_password(ctx, old, new)

        said = tr("密码已修改，下次解锁时使用新密码。")
        self.form.save(self, change, lambda _: self.done.emit(said))


def _recovery_text() -> str:
    return tr(
        "建立工作区时显示过一次，只写在纸上，程序里没有保存，也不能再次显示。所有密码都忘记时，用它可以重置一个管理员账户。"
        "请封存在单位保险柜；丢失了，或被别人看到过，就换一个。"
    )
