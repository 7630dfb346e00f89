"""账户: who may open this workspace, in which roles, and whether the county has confirmed the signing key."""

from typing import Any

from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit

from ohdesk.domain.people import Role
from ohdesk.errors import UserError
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.office import accounts, people
from ohdesk.services.office.accounts import AccountRow
from ohdesk.services.office.people import RETIRED
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.long_choice import LongChoice
from ohdesk.ui.kit.password_edit import PasswordEdit
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.screens.settings.form_card import FormCard
from ohdesk.ui.screens.settings.list_section import ListSection

_CERTIFIED = {
    "": (mark("无签名密钥"), "plain"),
    "own": (mark("自签，待县级确认"), "warn"),
    "county": (mark("县级已确认"), "ok"),
}


class AccountsSection(ListSection):
    """The accounts; what takes a password is computed on the worker."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        about = tr("每人用自己的账户。执法人员的账户带有本人的签名密钥，只有本人的密码能打开，管理员也不能代签。")
        super().__init__(ctx, jobs, tr("账户"), about, EmptyState(tr("没有账户"), "", ""))
        self.add_list("accounts", tr("账户"), _columns())
        self._reset = action("key", tr("重置密码…(&R)"), self.ask_reset)
        self._add = primary_action("add", tr("新增账户(&A)"), self.ask_new)
        self.add_actions({"reset": self._reset, "add": self._add})
        self._persons = LongChoice()
        self._persons.currentIndexChanged.connect(self._name_after_person)
        self._form = self.add_form(self._new_form())
        self._form.submitted.connect(self._save)
        self._password = self.add_form(FormCard(_password_fields()))
        self._password.submitted.connect(self._reset_now)
        self._account = ""

    def reload(self) -> None:
        self.show_rows(accounts.list_accounts(self.ctx))

    def offer(self, row: Any) -> None:
        self._reset.setEnabled(row is not None and row.name != self.ctx.actor.account)

    def ask_new(self) -> None:
        """Ask for a new account."""
        taken = {row.person for row in accounts.list_accounts(self.ctx)}
        self._persons.blockSignals(True)
        self._persons.clear()
        self._persons.addItem(tr("不对应人员（如管理员）"), "")
        for person in people.list_people(self.ctx):
            if person.id not in taken and person.role != RETIRED:
                self._persons.addItem(person.name, person.id)
        self._persons.blockSignals(False)
        for box in self._roles.values():
            box.setChecked(False)
        self.ask_in(self._form)
        about = tr("选了人员并勾选“执法人员”的，会为其生成签名密钥；县级确认之前，文书上是自签证书。")
        self._form.ask(tr("新增账户"), tr("保存账户(&S)"), {}, about)

    def ask_reset(self) -> None:
        """Ask for a new password for the account selected."""
        row: AccountRow | None = self.view.current()
        if row is None:
            return
        self._account = row.name
        self.ask_in(self._password)
        about = tr("原密码随即失效。")
        if row.certified:
            about = tr(
                "原密码随即失效，{name}原来的签名密钥也打不开了：会生成新的密钥，要由县级重新确认。已签的文书仍然有效。",
                name=row.person_name,
            )
        self._password.ask(tr("重置密码：{name}", name=row.name), tr("重置密码(&S)"), {}, about)

    def _new_form(self) -> FormCard:
        form = FormCard(
            {
                "person": Field(tr("人员"), self._persons),
                "account": Field(tr("账户名"), QLineEdit(), tr("登录时选择的名字，一般用姓名。")),
                **_password_fields(),
            }
        )
        self._roles = {role: QCheckBox(word) for role, word in _role_boxes().items()}
        form.extra.addWidget(QLabel(tr("角色")))
        for role, box in self._roles.items():
            form.extra.addWidget(box)
            box.setHidden(role == "county_clerk" and self.ctx.office.role == "town")
        form.extra.addStretch(1)
        return form

    def _name_after_person(self) -> None:
        if self._persons.currentData():
            self._form.set("account", self._persons.currentText())
            self._roles["inspector"].setChecked(True)

    def _save(self) -> None:
        form = self._form
        roles = [role for role, box in self._roles.items() if box.isChecked()]
        if not roles:
            form.fields["account"].set_error(tr("请至少勾选一个角色。"))
            self._roles["inspector"].setFocus()
            return
        if not form.passwords_agree("new", "again"):
            return
        ctx, account, password, person = self.ctx, form.text("account"), form.text("new"), form.text("person")
        self._run(form, Job(lambda: accounts.add(ctx, account, password, roles, person)))

    def _reset_now(self) -> None:
        form = self._password
        if not form.passwords_agree("new", "again"):
            return
        ctx, account, password = self.ctx, self._account, form.text("new")
        self._run(form, Job(lambda: accounts.reset(ctx, account, password)))

    def _run(self, form: FormCard, job: Job) -> None:
        self._open = form
        form.submit.setEnabled(False)
        job.succeeded.connect(self._saved)
        job.failed.connect(self._refused)
        self.jobs.start(job)

    def _saved(self, _nothing: object) -> None:
        self._open.submit.setEnabled(True)
        self._open.close_form()
        self.reload()
        self.changed.emit(Change.SETTINGS | Change.PEOPLE)
        self.done.emit(tr("账户已保存。"))

    def _refused(self, error: Exception) -> None:
        self._open.submit.setEnabled(True)
        if isinstance(error, UserError):
            self._open.show_error(error, "account" if "account" in self._open.fields else "new")
        else:
            self.failed.emit(error)


def _role_boxes() -> dict[str, str]:
    words = {
        "inspector": tr("执法人员(&1)"),
        "supervisor": tr("负责人(&2)"),
        "county_clerk": tr("县级经办(&3)"),
        "administrator": tr("管理员(&4)"),
    }
    return {role: words[role] for role in Role}


def _password_fields() -> dict[str, Field]:
    return {
        "new": Field(tr("新密码"), PasswordEdit()),
        "again": Field(tr("再输入一次"), PasswordEdit()),
    }


def _columns() -> tuple[Column[AccountRow], ...]:
    return (
        Column(tr("账户"), lambda row: row.name, 140),
        Column(tr("人员"), lambda row: row.person_name or tr("不对应人员"), 140),
        Column(tr("角色"), lambda row: "、".join(Role(role).word for role in row.roles), 260),
        Column(
            tr("签名证书"),
            lambda row: tr(_CERTIFIED[row.certified][0]),
            200,
            kind=lambda row: _CERTIFIED[row.certified][1],
        ),
    )
