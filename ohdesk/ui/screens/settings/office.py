"""单位: whose workspace this is, whether it belongs to a county, and whether it is only practice."""

from functools import partial

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from ohdesk.domain.people import OfficeRole, Right
from ohdesk.domain.register.definition import word
from ohdesk.forms.cities import City, cities, key_lists
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.office import city, issuing_bodies
from ohdesk.services.start import practice
from ohdesk.services.trust import joining
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action
from ohdesk.ui.kit.field import Choice
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.label import Label
from ohdesk.ui.screens.settings.section import Section, facts_card

_BODY = "body"  # beside what was typed: of which body
_CHILDREN = Qt.FindChildOption.FindDirectChildrenOnly


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
        self._bodies: dict[str, Label] = {}
        self._joined: Label | None = None
        if office.role == OfficeRole.TOWN:
            join = action("sync", tr("到“上报同步”办理(&J)"), self._go_to_sync)
            self._bodies = {key: self._add_body(key, tr(name)) for key, name in issuing_bodies.BODIES.items()}
            self._joined = self.add_row("county", tr("县级"), "", join)
        if practice.is_practice(ctx.folder):
            leave = action("lock", tr("锁定，去删除练习库(&W)"), self.left.emit)
            text = tr("这是练习库，内容都是虚构的，不会与真实工作区混在一起。锁定后，在打开页可以整个删除。")
            self.add_row("practice", tr("练习库"), text, leave)
        self._body = issuing_bodies.TOWN
        self.form = Form(issuing_bodies.FIELDS, columns=2)
        self.form.submitted.connect(self._save_body)
        self.form.closed.connect(self._back)
        self.column.addWidget(self.form)
        self.column.addStretch(1)

    def typed(self) -> dict[str, str]:
        draft = self.form.draft()
        return {} if draft is None else draft | {_BODY: self._body}

    def type_again(self, typed: dict[str, str]) -> None:
        self.ask_body(typed.pop(_BODY, issuing_bodies.TOWN), typed)

    def ask_body(self, body: str, typed: dict[str, str] | None = None) -> None:
        """Ask what papers say of a body; what else stands here makes room meanwhile."""
        self._body, held = body, msgspec.to_builtins(issuing_bodies.issuing_body(self.ctx, body))
        for card in self._cards():
            card.hide()
        title = tr("文书的制发机关：{body}", body=tr(issuing_bodies.BODIES[body]))
        self.form.ask(title, tr("保存(&S)"), typed or held, held=held)

    def _cards(self) -> list[QWidget]:
        return [each for each in self.findChildren(QFrame, "card", _CHILDREN) if each is not self.form]

    def _back(self) -> None:
        for card in self._cards():
            card.show()
        self.items[f"body_{self._body}"].setFocus()

    def _save_body(self) -> None:
        ctx, body, said = self.ctx, self._body, self.form.values()
        self.form.save(self, lambda: issuing_bodies.change(ctx, body, said), self._saved_body)

    def _saved_body(self, change: Change) -> None:
        self.reload()
        self.changed.emit(change)
        self.done.emit(tr("机关信息已保存。"))

    def _add_body(self, body: str, name: str) -> Label:
        label = tr("填写本镇街…(&T)") if body == issuing_bodies.TOWN else tr("填写委托机关…(&E)")
        fill = action("edit", label, partial(self.ask_body, body))
        self.allow(Right.OFFICE, fill)
        return self.add_row(f"body_{body}", tr("文书的制发机关：{body}", body=name), "", fill)

    def reload(self) -> None:
        for body, label in self._bodies.items():
            label.setText(self._said_of(body))
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

    def _said_of(self, body: str) -> str:
        found = msgspec.to_builtins(issuing_bodies.issuing_body(self.ctx, body))
        said = [f"{word(each.label)}：{found[each.key]}" for each in issuing_bodies.FIELDS if found[each.key]]
        return "；".join(said) or tr("还没有填写：文书上没有地区简称、复议机关和法院，要用的文书不能编号。")

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
