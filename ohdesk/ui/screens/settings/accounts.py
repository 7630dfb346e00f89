"""账户: who may open this workspace, in which roles, and whether the county has confirmed the signing key."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ohdesk.domain.people import OfficeRole, PersonRole, Right, Role
from ohdesk.domain.register.definition import Definition, Field, Kind, Listing
from ohdesk.errors import Problem, ProblemsError, WrongPasswordError
from ohdesk.forms.passwords import FIELD as PASSWORD
from ohdesk.forms.passwords import password_help
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.office import accounts, people
from ohdesk.services.office.accounts import AccountRow, Certified
from ohdesk.ui.kit.actions import action
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.screen import Parting
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.screens.settings.section import ListSection

_ROLES = (
    (Role.INSPECTOR, mark("执法人员(&1)")),
    (Role.SUPERVISOR, mark("负责人(&2)")),
    (Role.COUNTY_CLERK, mark("县级经办(&3)")),
    (Role.ADMINISTRATOR, mark("管理员(&4)")),
)
OWN_PASSWORD = Field("old", mark("现在的密码"), Kind.PASSWORD, required=True)
NEW_PASSWORD = (
    Field(PASSWORD, mark("新密码"), Kind.PASSWORD, required=True),
    Field("again", mark("再输入一次"), Kind.PASSWORD, required=True, repeats=PASSWORD),
)
ACCOUNTS = Definition(
    "accounts",
    mark("账户"),
    (
        Field("person", mark("人员"), Kind.CHOICE),
        Field("account", mark("账户名"), required=True, help=mark("登录时选择的名字，一般用姓名。"), most=40),
        *NEW_PASSWORD,
        Field("roles", mark("角色"), Kind.CHOICES, required=True, choices=_ROLES),
    ),
    listing=Listing(("account", "person", "roles", "certified", "reset")),
)
_KINDS = {Certified.NO_KEY: "plain", Certified.OWN: "warn", Certified.COUNTY: "ok"}


class AccountsSection(ListSection[AccountRow]):
    """The accounts; what takes a password is computed on the worker."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        about = tr("每人用自己的账户。执法人员的账户带有本人的签名密钥，只有本人的密码能打开，管理员也不能代签。")
        super().__init__(ctx, jobs, ACCOUNTS, about, _cells(), EmptyState(tr("没有账户"), ""))
        self._reset = action("key", tr("重置密码…(&R)"), self.ask_reset)
        self._close = action("remove", tr("关闭账户…(&C)"), self.ask_close)
        self.add_actions(Right.ACCOUNT, tr("新增账户(&A)"), close=self._close, reset=self._reset)
        in_county = ctx.office.role == OfficeRole.COUNTY
        self.form.offer("roles", [each for each in _ROLES if each[0] != Role.COUNTY_CLERK or in_county])
        self.form.edited.connect(self._name_after_person)
        self.form.submitted.connect(self._save)
        self.password = self.add_form(NEW_PASSWORD)
        self.password.submitted.connect(self._reset_now)
        for form in (self.form, self.password):
            say_password_rules(form)
        self.closing = self.add_form((OWN_PASSWORD,))
        self.closing.submitted.connect(self._close_now)
        self.closing.fields[OWN_PASSWORD.key].rename(tr("你自己的密码"))
        self.closing.cancel.setText(tr("不关闭(&Q)"))
        self._account = ""

    def rows(self) -> tuple[AccountRow, ...]:
        return accounts.list_accounts(self.ctx)

    def offer(self, row: AccountRow | None) -> None:
        another = row is not None and row.name != self.ctx.actor.account
        self.allow(Right.ACCOUNT, self._reset, self._close, when=another)

    def type_again(self, typed: dict[str, str]) -> None:
        taken = {row.person for row in self.rows()}
        free = [row for row in people.list_people(self.ctx) if row.id not in taken and row.role != PersonRole.RETIRED]
        self.form.offer("person", [("", tr("不对应人员（如管理员）")), *((row.id, row.name) for row in free)])
        self.ask_in(self.form)
        about = tr("选了人员并勾选“执法人员”的，会为其生成签名密钥；县级确认之前，文书上是自签证书。")
        self.form.ask(tr("新增账户"), tr("保存账户(&S)"), typed, about, held={})

    def ask_reset(self) -> None:
        """Ask for a new password for the account selected."""
        row = self._ask_about_selected(self.password)
        if row is None:
            return
        about = tr("原密码随即失效。本人用这里设的密码登录时，要先换成只有自己知道的密码。")
        if row.certified != Certified.NO_KEY:
            about = tr(
                "原密码随即失效，{name}原来的签名密钥也打不开了。本人用这里设的密码登录时，要先换成只有自己知道的密码，"
                "那时生成新的密钥，再由县级确认。重置会记入日志并上报；已签的文书仍然有效。",
                name=row.person_name,
            )
        self.password.ask(tr("重置密码：{name}", name=row.name), tr("重置密码(&S)"), {}, about)

    def ask_close(self) -> None:
        """Ask for one's own password before the account selected is closed for good."""
        row = self._ask_about_selected(self.closing)
        if row is None:
            return
        about = tr(
            "{name}的密码从此打不开工作区；数据库和照片换成新的密钥重新加密，留着的密钥也没有用了。"
            "其他人的密码不变，签过的文书仍然有效。换钥时程序会锁定，照片多的要等几分钟。",
            name=row.name,
        )
        self.closing.ask(tr("关闭账户：{name}", name=row.name), tr("关闭账户(&S)"), {}, about)

    def _ask_about_selected(self, form: Form) -> AccountRow | None:
        row = self.list.current
        if row is not None:
            self._account = row.name
            self.ask_in(form)
        return row

    def _close_now(self) -> None:
        ctx, account, own = self.ctx, self._account, self.closing.value(OWN_PASSWORD.key)
        parting = Parting(own, account)
        self.closing.save(self, lambda: check_own(ctx, own), lambda _: self.left_for.emit(parting))

    def _name_after_person(self, key: str) -> None:
        if key == "person" and self.form.value("person"):
            self.form.put("account", self.form.word("person"))
            self.form.put("roles", f"{self.form.value('roles')} {Role.INSPECTOR}")

    def _save(self) -> None:
        ctx, typed = self.ctx, self.form.values()
        account, roles = typed["account"], [Role(each) for each in typed["roles"].split()]
        self._write(self.form, lambda: accounts.add(ctx, account, typed[PASSWORD], roles, typed["person"]), account)

    def _reset_now(self) -> None:
        ctx, account, new = self.ctx, self._account, self.password.value(PASSWORD)
        self._write(self.password, lambda: accounts.reset(ctx, account, new), account)

    def _write(self, form: Form, act: Callable[[], None], account: str) -> None:
        change = Change.SETTINGS | Change.PEOPLE
        form.save(self, act, lambda _: self.show_written(change, tr("账户已保存。"), account.strip()))


def check_own(ctx: Context, password: str) -> None:
    """Raise ProblemsError at the field unless this is the actor's own password."""
    with wrong_password_at(OWN_PASSWORD.key):
        accounts.check_own_password(ctx, password)


@contextmanager
def wrong_password_at(field: str) -> Iterator[None]:
    """Say at its field that the password typed there is wrong."""
    try:
        yield
    except WrongPasswordError as error:
        wrong = Problem(tr("现在的密码"), "", "", error.whole, field=field)
        raise ProblemsError(error.message, (wrong,)) from error


def say_password_rules(form: Form) -> None:
    """Say under the new password what is asked of it."""
    form.fields[PASSWORD].rename(tr("新密码"), password_help())


def _cells() -> dict[str, Column[AccountRow]]:
    return {
        "account": Column(tr("账户"), lambda row: row.name, 120, sought=True),
        "person": Column(tr("人员"), lambda row: row.person_name or tr("不对应人员"), 120),
        "roles": Column(tr("角色"), lambda row: "、".join(role.word for role in row.roles), 160),
        "certified": Column(
            tr("签名证书"), lambda row: row.certified.word, 150, kind=lambda row: _KINDS[row.certified]
        ),
        "reset": Column(tr("密码"), lambda row: row.reset, 290, kind=lambda row: "warn" if row.reset else "plain"),
    }
