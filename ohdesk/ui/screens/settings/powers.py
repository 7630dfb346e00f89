"""检查权限: in whose name this office inspects, on which basis, from when until when."""

from datetime import date

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Definition, Field, Kind, Listing
from ohdesk.domain.register.values import is_shown
from ohdesk.domain.visit import Power
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.office import city, powers
from ohdesk.ui.kit.actions import action
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.screens.settings.section import ListSection

_ENTRUSTED = {"mode": "entrusted"}
_YES = "yes"
_INSPECTS = (("no", mark("没有写明，不能检查")), (_YES, mark("写明了")))
POWERS = Definition(
    "powers",
    mark("检查权限"),
    (
        Field("mode", mark("检查方式"), Kind.CHOICE),
        Field("authority", mark("有权机关"), help=mark("机关全称，印在笔录上。"), most=100),
        Field("valid_from", mark("生效日期"), Kind.DAY, required=True),
        Field("valid_to", mark("失效日期"), Kind.DAY, help=mark("没有规定期限的留空。")),
        Field("basis", mark("依据"), help=mark("公布的赋权事项目录，或委托书的名称。"), most=200),
        Field("matters", mark("其中列有的县级事项"), Kind.CHOICES),
        Field("number", mark("委托书编号"), most=100, shown_when=_ENTRUSTED),
        Field("scope", mark("委托事项"), help=mark("照委托书写。"), most=500, shown_when=_ENTRUSTED),
        Field("inspects", mark("委托事项是否写明行政检查"), Kind.CHOICE, choices=_INSPECTS, shown_when=_ENTRUSTED),
        Field("published_on", mark("公布日期"), Kind.DAY, help=mark("委托书应当公布。"), shown_when=_ENTRUSTED),
    ),
    listing=Listing(("mode", "state", "authority", "basis", "valid_from", "valid_to")),
)
_ENDING = (Field("valid_to", mark("失效日期"), Kind.DAY, help=mark("这一天仍然有效，次日起失效。")),)


class PowersSection(ListSection[Power]):
    """The powers entered here."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        nothing = EmptyState(
            tr("还没有检查权限"),
            tr("程序不替任何单位推定权限。请按公布的赋权事项目录或委托书登记；没有权限时只能做入企服务和线索报送。"),
            tr("登记第一项权限(&F)"),
        )
        about = tr("以谁的名义检查、依据什么、有效到哪一天。开始检查时按当天有效的权限选择。")
        super().__init__(ctx, jobs, POWERS, about, _cells(legal_day(ctx.now())), nothing)
        self._end = action("calendar", tr("到期…(&E)"), self.ask_end)
        self.add_actions(Right.OFFICE, tr("登记权限(&A)"), end=self._end)
        self.form.offer("mode", [(mode.id, mode.said) for mode in visit_rules().modes if mode.id in mode.powers])
        self.form.offer("matters", powers.county_matters().items())
        self._name_bodies()
        self.form.submitted.connect(self._save)
        self.form.edited.connect(lambda _key: self._show_asked())
        self._ending = self.add_form(_ENDING)
        self._ending.submitted.connect(self._end_power)
        self._held: Power | None = None

    def _name_bodies(self) -> None:
        """Name in whose name papers may be issued here, where the plan of a city says it."""
        found = city.profile(self.ctx)
        bodies = city.bodies(found, self.ctx.office.division) if found else ()
        if bodies:
            named = tr("机关全称，印在笔录上；本地有：{bodies}。", bodies="、".join(bodies))
            self.form.fields["authority"].rename(tr("有权机关"), named)

    def rows(self) -> tuple[Power, ...]:
        return powers.list_powers(self.ctx)

    def offer(self, row: Power | None) -> None:
        self.allow(Right.OFFICE, self._end, when=row is not None)

    def type_again(self, typed: dict[str, str]) -> None:
        self.ask_in(self.form)
        today = {"valid_from": legal_day(self.ctx.now()).isoformat()}
        self.form.ask(tr("登记检查权限"), tr("保存权限(&S)"), typed or today, held=today)
        self._show_asked()

    def ask_end(self) -> None:
        """Ask on which day the power selected ends."""
        power = self._held = self.list.current
        if power is None:
            return
        self.ask_in(self._ending)
        title = tr("{mode}（{authority}）到期", mode=_mode(power), authority=power.authority)
        about = tr("此前依据它作出的检查和文书不受影响。")
        self._ending.ask(title, tr("保存到期日(&S)"), {"valid_to": power.valid_to}, about)

    def _show_asked(self) -> None:
        """Ask for what stands in a letter of entrustment only where there is one."""
        typed = self.form.values()
        for field in POWERS.fields:
            self.form.fields[field.key].setVisible(is_shown(field, typed))

    def _save(self) -> None:
        typed = self.form.values()
        given = {field.key: typed[field.key] if is_shown(field, typed) else "" for field in POWERS.fields}
        inspects, matters = given.pop("inspects") == _YES, tuple(given.pop("matters").split())
        ctx, power = self.ctx, Power(**given, inspects=inspects, matters=matters)
        self.form.save(self, lambda: powers.add_power(ctx, power), self._saved)

    def _end_power(self) -> None:
        ctx, power, day = self.ctx, self._held, self._ending.value("valid_to")
        if power is not None:
            self._ending.save(self, lambda: powers.end_power(ctx, power, day), self._saved)

    def _saved(self, change: Change) -> None:
        self.show_written(change, tr("检查权限已保存。"))


def _cells(day: date) -> dict[str, Column[Power]]:
    return {
        "mode": Column(tr("检查方式"), _mode, 100),
        "state": Column(tr("状态"), lambda power: _state(power, day)[0], 84, kind=lambda power: _state(power, day)[1]),
        "authority": Column(tr("有权机关"), lambda power: power.authority, 170),
        "basis": Column(tr("依据"), lambda power: power.basis, 180),
        "valid_from": Column(tr("生效日期"), lambda power: power.valid_from, 100),
        "valid_to": Column(tr("失效日期"), lambda power: power.valid_to or tr("未定"), 100),
    }


def _mode(power: Power) -> str:
    return visit_rules().mode(power.mode).said


def _state(power: Power, day: date) -> tuple[str, str]:
    if power.inspects_on(day):
        return tr("有效"), "ok"
    if power.holds_on(day):
        return tr("不含检查"), "warn"
    return (tr("未生效"), "plain") if power.valid_from > day.isoformat() else (tr("已失效"), "bad")
