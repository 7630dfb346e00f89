"""单位: whose workspace this is, whether it belongs to a county, and whether it is only practice."""

from ohdesk.domain.people import OfficeRole, Right
from ohdesk.forms.cities import City, cities, key_lists
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.office import city
from ohdesk.services.start import practice
from ohdesk.services.trust import joining
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action
from ohdesk.ui.kit.field import Choice
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.label import Label
from ohdesk.ui.screens.settings.section import Section, facts_card


class OfficeSection(Section):
    """Facts of the office; they were given when the workspace was made and stay."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        about = tr("建立工作区时确定；要改单位名称或区划，请另建工作区，或联系县级。")
        super().__init__(ctx, jobs, tr("本单位"), about)
        office = ctx.office
        facts = (
            (tr("本单位名称"), office.name),
            (tr("类别"), office.role.word),
            (tr("行政区划代码"), office.division),
            (tr("工作区编号"), office.replica),
            (tr("工作区文件夹"), str(ctx.folder)),
        )
        self.column.addWidget(facts_card(facts))
        self._city = Choice()
        self._city.offer((("", tr("不采用")), *((code, each.name.zh) for code, each in cities().items())))
        self._city.setMinimumWidth(theme.layout("setting_control"))
        self._city.activated.connect(self._choose_city)
        self.allow(Right.OFFICE, self._city)
        self._plan = self.add_row("city", tr("按哪个城市的规划"), "", self._city)
        self._joined: Label | None = None
        if office.role == OfficeRole.TOWN:
            join = action("sync", tr("到“上报同步”办理(&J)"), self._go_to_sync)
            self._joined = self.add_row("county", tr("县级"), "", join)
        if practice.is_practice(ctx.folder):
            leave = action("lock", tr("锁定，去删除练习库(&W)"), self.left.emit)
            text = tr("这是练习库，内容都是虚构的，不会与真实工作区混在一起。锁定后，在打开页可以整个删除。")
            self.add_row("practice", tr("练习库"), text, leave)
        self.column.addStretch(1)

    def reload(self) -> None:
        found = city.profile(self.ctx)
        self._city.setCurrentIndex(max(0, self._city.findData(found.code if found else "")))
        self._plan.setText(self._what(found))
        if self._joined is not None:
            self._joined.setText(self._county())

    def _county(self) -> str:
        standing = joining.standing(self.ctx)
        if not standing.county:
            waiting = tr("已向县级写出申请，等待答复。")
            return (
                waiting if standing.waiting else tr("还没有加入县级。加入后才能上报，执法人员的签名证书才能得到确认。")
            )
        if standing.takes_over:
            text = tr("已加入{county}；这台电脑接替了原来的电脑，请到“上报同步”用县级名片重新登记。")
            return text.format(county=standing.county)
        if standing.unconfirmed:
            return tr(
                "已加入{county}；待确认签名证书：{names}。",
                county=standing.county,
                names="、".join(standing.unconfirmed),
            )
        if standing.ending:
            text = tr("已加入{county}；证书 {day} 到期，请到“上报同步”用县级名片重新写申请，由县级续期，密钥不变。")
            return text.format(county=standing.county, day=standing.until)
        return tr("已加入{county}；证书有效期至 {day}。", county=standing.county, day=standing.until)

    def _what(self, found: City | None) -> str:
        if found is None:
            return tr("没有采用城市的规划：不提示重点行业和指标。")
        lists = "、".join(each.title for each in key_lists(found.code))
        return tr(
            "{plan}（{first} 至 {last}）：{count} 项指标；{lists}。",
            plan=found.plan,
            first=found.valid_from,
            last=found.valid_to,
            count=len(found.indicators),
            lists=lists,
        )

    def _choose_city(self) -> None:
        code = self._city.currentData()
        with self.telling():
            self.changed.emit(city.choose(self.ctx, code))
            self.done.emit(
                tr("已改用{name}的规划。", name=self._city.currentText()) if code else tr("已不采用城市的规划。")
            )
        self.reload()

    def _go_to_sync(self) -> None:
        self.wanted.emit("exchange", "")
