"""人员: inspectors, assistants and technical persons; certificates, and who has left."""

from dataclasses import replace
from datetime import date
from typing import Any

from PySide6.QtWidgets import QLineEdit

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.people import INSPECTOR
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.office import people
from ohdesk.services.office.people import PERSON_ROLES, RETIRED, PersonRow
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.day_edit import DayEdit
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.screens.settings.form_card import FormCard, choice
from ohdesk.ui.screens.settings.list_section import ListSection

_LEADS, _FOLLOWS = "leads", "follows"  # of the choice


class PeopleSection(ListSection):
    """The people of this office."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        empty = EmptyState(
            tr("还没有登记人员"),
            tr("先登记执法人员和执法证有效期，才能抽取、安排检查和签名；检查至少要有两名持有效执法证的人员。"),
            tr("登记第一名人员(&F)"),
        )
        about = tr("本单位的执法人员、协管员和技术人员。证件到期后不能抽取，也不能开始检查。")
        super().__init__(ctx, jobs, tr("人员"), about, empty)
        empty.wanted.connect(self.ask_new)
        self._day = legal_day(ctx.now())
        self.add_list("people", tr("人员"), self._columns())
        self.view.opened.connect(self._opened)
        self._correct = action("edit", tr("更正…(&E)"), self.ask_correction)
        self._retire = action("logout", tr("离岗…(&R)"), self.ask_retirement)
        self._add = primary_action("add", tr("新增人员(&A)"), self.ask_new)
        self.add_actions({"correct": self._correct, "retire": self._retire, "add": self._add})
        self._held: PersonRow | None = None
        self._form = self.add_form(_form(self._day))
        self._form.submitted.connect(self._save)
        self.confirm.confirmed.connect(self._retire_now)

    def reload(self) -> None:
        self.show_rows(people.list_people(self.ctx))

    def offer(self, row: Any) -> None:
        self._correct.setEnabled(row is not None)
        self._retire.setEnabled(row is not None and row.role != RETIRED)

    def typed(self) -> dict[str, str]:
        if self._form.isHidden():
            return {}
        return {"id": self._held.id if self._held else "", **self._form.texts()}

    def type_again(self, typed: dict[str, str]) -> None:
        self._held = next((row for row in people.list_people(self.ctx) if row.id == typed["id"]), None)
        self._ask(typed)

    def ask_new(self) -> None:
        """Ask for a new person."""
        self._held = None
        self._ask({"role": INSPECTOR, "leads": _FOLLOWS})

    def ask_correction(self) -> None:
        """Ask what of the person selected is to be put right."""
        row = self._held = self.view.current()
        if row is None:
            return
        role = INSPECTOR if row.role == RETIRED else row.role
        leads = _LEADS if row.leads else _FOLLOWS
        self._ask(
            {
                "name": row.name,
                "role": role,
                "certificate_no": row.certificate_no,
                "certificate_until": row.certificate_until,
                "leads": leads,
            }
        )

    def ask_retirement(self) -> None:
        """Ask before a person leaves."""
        row = self._held = self.view.current()
        if row is None:
            return
        self.ask_in(self.confirm)
        question = tr(
            "{name}离岗后不再参加抽取、检查和签名；已定稿的文书不变。其账户不会自动停用，请在“账户”中重置密码。"
            "以后可以用“更正”恢复。"
        )
        self.confirm.ask(question.format(name=row.name), tr("登记离岗(&Y)"))

    def _ask(self, values: dict[str, str]) -> None:
        self.ask_in(self._form)
        held = self._held
        title = tr("新增人员") if held is None else tr("更正：{name}", name=held.name)
        about = "" if held is None else tr("只影响以后的抽取和检查；已定稿的文书保持原样。")
        self._form.ask(title, tr("保存人员(&S)"), values, about)

    def _opened(self, _row: object) -> None:
        self.ask_correction()

    def _save(self) -> None:
        typed = self._form.texts()
        try:
            change = self._written(typed)
        except UserError as error:
            self._form.show_error(error, "name" if not typed["name"].strip() else "certificate_no")
            return
        self._form.close_form()
        self.reload()
        self.changed.emit(change)
        self.done.emit(tr("已保存：{name}", name=typed["name"].strip()))

    def _written(self, typed: dict[str, str]) -> Change:
        leads = typed["leads"] == _LEADS
        if self._held is None:
            certificate = typed["certificate_no"], typed["certificate_until"]
            people.add_person(self.ctx, typed["name"], typed["role"], *certificate, leads=leads)
            return Change.PEOPLE
        changed = replace(
            self._held,
            name=typed["name"],
            role=typed["role"],
            certificate_no=typed["certificate_no"],
            certificate_until=typed["certificate_until"],
            leads=leads,
        )
        return people.correct_person(self.ctx, changed)

    def _retire_now(self, _reason: str) -> None:
        if self._held is None:
            return
        try:
            change = people.retire_person(self.ctx, self._held.id)
        except UserError as error:
            self.failed.emit(error)
            return
        self.reload()
        self.changed.emit(change)
        self.done.emit(tr("已登记离岗：{name}", name=self._held.name))

    def _columns(self) -> tuple[Column[PersonRow], ...]:
        day = self._day
        return (
            Column(tr("姓名"), lambda row: row.name, 110, sought=True),
            Column(tr("类别"), lambda row: _role(row), 110),
            Column(tr("执法证号"), lambda row: row.certificate_no, 150),
            Column(tr("有效期至"), lambda row: row.certificate_until, 110),
            Column(tr("状态"), lambda row: _state(row, day)[0], 120, kind=lambda row: _state(row, day)[1]),
            Column(tr("带队"), lambda row: tr("可以带队") if row.leads else "", 80),
        )


def _form(day: date) -> FormCard:
    roles = [(key, tr(word)) for key, word in PERSON_ROLES.items()]
    hint = tr("执法人员必填。例如 2027-12-31。")
    return FormCard(
        {
            "name": Field(tr("姓名"), QLineEdit()),
            "role": Field(tr("人员类别"), choice(roles)),
            "certificate_no": Field(tr("执法证号"), QLineEdit(), tr("执法人员必填。")),
            "certificate_until": Field(tr("证件有效期至"), DayEdit(day.isoformat()), hint),
            "leads": Field(tr("带队"), choice([(_FOLLOWS, tr("不带队")), (_LEADS, tr("可以带队"))])),
        }
    )


def _role(row: PersonRow) -> str:
    return tr(people.ROLE_WORDS[row.role])


def _state(row: PersonRow, day: date) -> tuple[str, str]:
    """Return the state of a person's certificate on a day, and its kind."""
    if row.role == RETIRED:
        return tr("已离岗"), "plain"
    if not row.certificate_until:
        return "", ""
    left = (date.fromisoformat(row.certificate_until) - day).days
    if left < 0:
        return tr("已到期 {count} 天", count=-left), "bad"
    if left < theme.layout("certificate_soon_days"):
        return tr("{count} 天后到期", count=left), "warn"
    return tr("有效"), "ok"
