"""检查权限: in whose name this office inspects, on which basis, from when until when."""

from datetime import date
from typing import Any

from PySide6.QtWidgets import QLineEdit

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.visit import Power
from ohdesk.errors import UserError
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.office import powers
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.day_edit import DayEdit
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.screens.settings.form_card import FormCard, choice
from ohdesk.ui.screens.settings.list_section import ListSection


class PowersSection(ListSection):
    """The powers entered here."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        empty = EmptyState(
            tr("还没有检查权限"),
            tr(
                "程序不替任何单位推定权限。请按公布的赋权事项目录或委托书登记；没有权限时只能做协管巡查，不能制作笔录。"
            ),
            tr("登记第一项权限(&F)"),
        )
        about = tr("以谁的名义检查、依据什么、有效到哪一天。开始检查时按当天有效的权限选择。")
        super().__init__(ctx, jobs, tr("检查权限"), about, empty)
        empty.wanted.connect(self.ask_new)
        day = legal_day(ctx.now())
        self.add_list("powers", tr("检查权限"), _columns(day))
        self._end = action("calendar", tr("到期…(&E)"), self.ask_end)
        self._add = primary_action("add", tr("登记权限(&A)"), self.ask_new)
        self.add_actions({"end": self._end, "add": self._add})
        self._held: Power | None = None
        self._form = self.add_form(_power_form(day))
        self._form.submitted.connect(self._save)
        last_day = Field(tr("失效日期"), DayEdit(day.isoformat()), tr("这一天仍然有效，次日起失效。"))
        self._ending = self.add_form(FormCard({"valid_to": last_day}))
        self._ending.submitted.connect(self._end_power)

    def reload(self) -> None:
        self.show_rows(powers.list_powers(self.ctx))

    def offer(self, row: Any) -> None:
        self._end.setEnabled(row is not None)

    def typed(self) -> dict[str, str]:
        return {} if self._form.isHidden() else self._form.texts()

    def type_again(self, typed: dict[str, str]) -> None:
        self.ask_in(self._form)
        self._form.ask(tr("登记检查权限"), tr("保存权限(&S)"), typed)

    def ask_new(self) -> None:
        """Ask for a new power."""
        self.type_again({"valid_from": legal_day(self.ctx.now()).isoformat()})

    def ask_end(self) -> None:
        """Ask on which day the power selected ends."""
        power = self._held = self.view.current()
        if power is None:
            return
        self.ask_in(self._ending)
        title = tr("{mode}（{authority}）到期", mode=_mode(power), authority=power.authority)
        about = tr("此前依据它作出的检查和文书不受影响。")
        self._ending.ask(title, tr("保存到期日(&S)"), {"valid_to": power.valid_to}, about)

    def _save(self) -> None:
        typed = self._form.texts()
        try:
            change = powers.add_power(self.ctx, Power(**typed))
        except UserError as error:
            self._form.show_error(error, "basis")
            return
        self._saved(self._form, change)

    def _end_power(self) -> None:
        if self._held is None:
            return
        try:
            change = powers.end_power(self.ctx, self._held, self._ending.text("valid_to"))
        except UserError as error:
            self._ending.show_error(error, "valid_to")
            return
        self._saved(self._ending, change)

    def _saved(self, form: FormCard, change: Change) -> None:
        form.close_form()
        self.reload()
        self.changed.emit(change)
        self.done.emit(tr("检查权限已保存。"))


def _power_form(day: date) -> FormCard:
    modes = [(mode.id, tr(mode.name)) for mode in visit_rules().modes if mode.needs_power]
    today = day.isoformat()
    return FormCard(
        {
            "mode": Field(tr("检查方式"), choice(modes)),
            "authority": Field(tr("有权机关"), QLineEdit(), tr("机关全称，印在笔录上。")),
            "valid_from": Field(tr("生效日期"), DayEdit(today)),
            "valid_to": Field(tr("失效日期"), DayEdit(today), tr("没有规定期限的留空。")),
            "basis": Field(tr("依据"), QLineEdit(), tr("公布的赋权事项目录，或委托书的名称和文号。")),
        }
    )


def _columns(day: date) -> tuple[Column[Power], ...]:
    return (
        Column(tr("检查方式"), _mode, 100),
        Column(tr("状态"), lambda power: _state(power, day)[0], 84, kind=lambda power: _state(power, day)[1]),
        Column(tr("有权机关"), lambda power: power.authority, 170),
        Column(tr("依据"), lambda power: power.basis, 180),
        Column(tr("生效日期"), lambda power: power.valid_from, 100),
        Column(tr("失效日期"), lambda power: power.valid_to or tr("未定"), 100),
    )


def _mode(power: Power) -> str:
    return tr(visit_rules().mode(power.mode).name)


def _state(power: Power, day: date) -> tuple[str, str]:
    if power.holds_on(day):
        return tr("有效"), "ok"
    return (tr("未生效"), "plain") if power.valid_from > day.isoformat() else (tr("已失效"), "bad")
