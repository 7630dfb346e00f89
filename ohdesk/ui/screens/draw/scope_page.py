"""① 范围: what is drawn, from whom and how many; filled in already, so that Enter is enough."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLayout, QLineEdit

from ohdesk.domain.calendar import legal_day
from ohdesk.errors import Problem, ProblemsError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.draw import planning
from ohdesk.services.draw.plan import DrawPlan, StratumPlan, read_plan
from ohdesk.services.draw.rules import draw_rules
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.day_edit import DayEdit
from ohdesk.ui.kit.editors import Count, LongChoice
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.files import choose_file
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.later import later
from ohdesk.ui.kit.lay import grid, grow, muted, row
from ohdesk.ui.screens.draw.steps import DrawStep
from ohdesk.ui.screens.draw.strata_table import SHARE, StrataTable

_MOST = 99_999
_FILE = "file"  # strata that no single field of the roll makes, as a plan of the county has them
_WORDS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class _Offer:
    """A plan to be shown, with all strata of its field and how many firms each holds; out: codes that take no part."""

    plan: DrawPlan
    field: str
    strata: tuple[StratumPlan, ...]
    sizes: dict[str, int]
    out: frozenset[str]


class ScopePage(DrawStep):
    """Emits `settled` with a plan in which nothing is missing. Its fields have the names of the plan's."""

    settled = Signal(object)  # DrawPlan

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._base: DrawPlan | None = None
        today = legal_day(ctx.now()).isoformat()
        self.texts = {key: QLineEdit() for key in ("plan", "title", "matter", "basis", "place")}
        self.counts = {"team": Count(1, 9, 2), "cap": Count(1, _MOST, 1), "slack": Count(0, _MOST, 0)}
        self.days = {key: DayEdit(today) for key in ("inspected_since", "day")}
        self.seed_source, self.by, self.way = (_choice() for _ in range(3))
        self.seed_source.setEditable(True)
        self.total = Count(1, _MOST, 1)
        self.table = StrataTable()
        self.fields = self._make_fields()
        self._about = muted()
        self._offer_choices()
        self._lay_out()
        self._keeping = later(self, self.keep, "autosave_after_ms")
        for line in (*self.texts.values(), *self.days.values()):
            line.textEdited.connect(self._plan_keeping)
        for count in self.counts.values():
            count.valueChanged.connect(self._count)
        self.way.activated.connect(self._change_way)
        self.total.valueChanged.connect(self._share_out)
        self.by.activated.connect(self._change_field)
        self.table.edited.connect(self._count)
        self.confirm.confirmed.connect(self.start_again)
        self.confirm.declined.connect(self.focus_first)

    def start(self) -> None:
        """Show the plan that was being made, else the usual one."""
        self._base = None
        ctx = self.ctx
        self.latest.ask(lambda: _offer(ctx, planning.kept_draft(ctx)), self._show, "", self._start_anew)

    def start_again(self) -> None:
        """Throw away what was filled in, and offer the usual plan."""
        ctx = self.ctx
        planning.forget_draft(ctx)
        self.latest.ask(lambda: _offer(ctx, None), self._show)

    def take(self, plan: DrawPlan) -> None:
        """Take over who is left out, absent or recused from the list as it was looked at, and keep it."""
        self._base = plan
        self.keep()

    def read_file(self) -> None:
        """Ask for the county's plan file and show what it says."""
        path = choose_file(self, tr("选择抽取方案"), tr("抽取方案 (*.json)"))
        if path is not None:
            ctx, title = self.ctx, tr("读入抽取方案")
            self.latest.ask(lambda: _offer(ctx, read_plan(ctx, path)), self._show, title)

    @property
    def plan(self) -> DrawPlan | None:
        """The plan as filled in; None before one is shown."""
        if self._base is None:
            return None
        return replace(
            self._base,
            **{key: line.text().strip() for key, line in self.texts.items()},
            **{key: count.value() for key, count in self.counts.items()},
            **{key: date.fromisoformat(each.day()) if each.is_day else None for key, each in self.days.items()},
            seed_source=self.seed_source.currentText().strip(),
            strata=self.table.chosen,
            total=self.total.value() if self.way.currentData() else None,
        )

    def keep(self) -> None:
        """Keep what is filled in, for after a crash or a lock."""
        if (plan := self.plan) is not None:
            planning.keep_draft(self.ctx, plan)

    def submit(self) -> None:
        """Go on to the list, if nothing in the plan stands against it."""
        if (plan := self.plan) is None:
            return
        problems = self._day_problems() or planning.scope_problems(self.ctx, plan)
        self.show_problems(ProblemsError("", tuple(problems)))
        if not problems:
            self.keep()
            self.settled.emit(plan)

    def focus_first(self) -> None:
        """Put the focus where a number is asked for: the rest is filled in."""
        (self.total if self.total.isEnabled() else self.table).setFocus()
        self.total.selectAll()

    def _start_anew(self, error: Exception) -> None:
        self.failed.emit(error)
        self.start_again()

    def _show(self, offer: _Offer) -> None:
        plan = self._base = offer.plan
        for key, line in self.texts.items():
            line.setText(getattr(plan, key))
        for key, count in self.counts.items():
            count.setValue(getattr(plan, key))
        for key, day in self.days.items():
            day.set_day(str(getattr(plan, key) or ""))
        self.seed_source.setEditText(plan.seed_source)
        for line in (*self.texts.values(), *self.seed_source.findChildren(QLineEdit)):
            line.setCursorPosition(0)  # where there is no room for all of a text, its beginning is shown
        if (place := self.by.findData(_FILE)) >= 0:
            self.by.removeItem(place)
        if offer.field == _FILE:
            self.by.addItem(tr("按方案文件"), _FILE)
        self.by.setCurrentIndex(self.by.findData(offer.field))
        self.table.show_strata(offer.strata, offer.sizes, set(offer.out))
        self.way.setCurrentIndex(self.way.findData(plan.total is not None))
        if plan.total is not None:
            self.total.setValue(plan.total)
        self._change_way()
        self.focus_first()

    def _change_field(self) -> None:
        ctx, plan, field = self.ctx, self.plan, str(self.by.currentData())
        if plan is not None and field != _FILE:
            self.latest.ask(lambda: _offer(ctx, replace(plan, strata=planning.strata_by(ctx, field))), self._show)

    def _change_way(self) -> None:
        fixed = bool(self.way.currentData())
        self.total.setEnabled(fixed)
        self._share_out()
        if not fixed:
            self.table.setCurrentIndex(self.table.model().index(0, SHARE))

    def _share_out(self) -> None:
        self.table.set_total(self.total.value() if self.way.currentData() else None)
        self._count()

    def _count(self) -> None:
        available, drawn = self.table.available, self.table.drawn
        said = tr("在册可抽约 {available} 家，约抽 {drawn} 家、{seats} 人次；下一步核对确切名单")
        self._about.setText(said.format(available=available, drawn=drawn, seats=drawn * self.counts["team"].value()))
        self._plan_keeping()

    def _plan_keeping(self) -> None:
        if self._base is not None:
            self._keeping.start()

    def _day_problems(self) -> tuple[Problem, ...]:
        """Return which fields hold something that is no day; an empty one means the usual day."""
        return tuple(
            Problem("", tr("日期"), day.text(), tr("不填用缺省。"), field=key, example=day.example)
            for key, day in self.days.items()
            if day.text().strip() and not day.is_day
        )

    def _make_fields(self) -> dict[str, Field]:
        at_least = tr("至少 {count} 人", count=draw_rules().team_least)
        texts, counts, days = self.texts, self.counts, self.days
        return {
            "plan": Field(tr("计划编号"), texts["plan"]),
            "title": Field(tr("名称"), texts["title"]),
            "seed_source": Field(tr("种子来源（冻结前指定，可改写）"), self.seed_source),
            "place": Field(tr("抽取地点"), texts["place"]),
            "matter": Field(tr("抽查事项"), texts["matter"]),
            "basis": Field(tr("依据"), texts["basis"]),
            "team": Field(tr("每家执法人员"), counts["team"], at_least),
            "cap": Field(tr("每人最多几家"), counts["cap"]),
            "slack": Field(tr("均衡余量"), counts["slack"], tr("允许相差几家；1 为宜")),
            "inspected_since": Field(tr("此日起已检查的不抽"), days["inspected_since"], tr("不填为今年 1 月 1 日")),
            "day": Field(tr("执法证在此日有效"), days["day"], tr("不填为冻结当天")),
            "by": Field(tr("分层"), self.by),
            "way": Field(tr("抽取办法"), self.way),
            "total": Field(tr("共抽几家"), self.total),
            "strata": Field(tr("各层（空格键选入或去掉；比例可写 20% 或 1/3）"), self.table),
        }

    def _offer_choices(self) -> None:
        self.seed_source.addItems(list(draw_rules().seed_sources.values()))
        fields = {"": tr("不分层"), "risk_class": tr("按风险类别"), "industry": tr("按行业"), "town": tr("按所属镇街")}
        self.by.offer(fields.items())
        self.way.offer([(True, tr("总家数，按各层家数分配")), (False, tr("各层按比例和最少家数"))])

    def _lay_out(self) -> None:
        left = Card(
            tr("这次抽取"),
            "document",
            self._line("plan", "title", shares=(1, 2)),
            self._line("seed_source", "place", shares=(2, 1)),
            self._line("matter", "basis", shares=(1, 1)),
            self._line("team", "cap", "slack", "inspected_since", "day", shares=(1, 1, 1)),
            grow(),
        )
        among = self._line("by", "way", "total", shares=(3, 4, 2))
        right = Card(tr("从哪些单位抽，抽多少"), "draw", among, grow(self.fields["strata"]), self._about)
        both = row(grow(left), grow(right), gap="gap")
        self.cards.addLayout(both)
        self.fill(both)
        question = tr("放弃填写的内容？"), tr("放弃(&Y)")
        self.add_actions(
            action("erase", tr("重新填写(&U)"), lambda: self.confirm.ask(*question)),
            action("import", tr("从方案文件读入(&R)"), self.read_file),
            primary_action("next", tr("核对名单(&M)"), self.submit, "Enter, Ctrl+Enter"),
        )

    def _line(self, *keys: str, shares: tuple[int, ...]) -> QLayout:
        return grid((self.fields[key] for key in keys), shares)


def _choice() -> LongChoice:
    made = LongChoice()
    # However long the words are, they must not push the neighbours away.
    made.setSizeAdjustPolicy(LongChoice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(_WORDS_SHOWN)
    return made


def _offer(ctx: Context, plan: DrawPlan | None) -> _Offer:
    plan = plan or planning.usual_plan(ctx)
    field = _field_of(plan)
    if field == _FILE:
        return _Offer(plan, field, plan.strata, planning.strata_sizes(ctx, plan.strata), frozenset())
    own: dict[Any, StratumPlan] = {tuple(each.where.values()): each for each in plan.strata}
    every = planning.strata_by(ctx, field)
    strata = tuple(own.pop(tuple(each.where.values()), each) for each in every) + tuple(own.values())
    known = {each.code for each in plan.strata}
    sizes = planning.strata_sizes(ctx, strata)
    return _Offer(plan, field, strata, sizes, frozenset(each.code for each in strata if each.code not in known))


def _field_of(plan: DrawPlan) -> str:
    """Return the one field of the roll by which a plan makes its strata, or that it does so in another way."""
    keys = {tuple(each.where) for each in plan.strata}
    if keys == {()} and len(plan.strata) == 1:
        return ""
    fields = [key[0] for key in keys if len(key) == 1]
    single = all(len(values) == 1 for each in plan.strata for values in each.where.values())
    if len(keys) == 1 and single and fields and fields[0] in planning.STRATIFY_BY:
        return fields[0]
    return _FILE
