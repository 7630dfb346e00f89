"""① 范围: what is drawn, from whom and how many; filled in already, so that Enter is enough."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QTableView

from ohdesk.domain.calendar import legal_day
from ohdesk.errors import Problem, ProblemsError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.draw import planning
from ohdesk.services.draw.plan import DrawPlan, StratumPlan, read_plan
from ohdesk.services.draw.rules import draw_rules
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.count import Count
from ohdesk.ui.kit.day_edit import DayEdit
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.files import choose_file
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.latest import Latest
from ohdesk.ui.kit.lay import grid, grow, muted, row
from ohdesk.ui.kit.long_choice import LongChoice
from ohdesk.ui.kit.rows import RowDelegate
from ohdesk.ui.screens.draw.draw_step import DrawStep
from ohdesk.ui.screens.draw.strata_table import SHARE, StrataModel

_MOST = 99_999
_FILE = "file"


@dataclass(frozen=True, slots=True)
class _Offer:
    """A plan to be shown, with all strata of its field and how many firms each holds."""

    plan: DrawPlan
    field: str
    strata: tuple[StratumPlan, ...]
    sizes: dict[str, int]
    out: frozenset[str]


class ScopePage(DrawStep):
    """Emits `settled` with a plan in which nothing is missing."""

    settled = Signal(object)  # DrawPlan

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._base: DrawPlan | None = None
        self._offering = Latest(self)
        today = legal_day(ctx.now()).isoformat()
        self.number, self.title, self.matter, self.basis, self.place = (QLineEdit() for _ in range(5))
        self.seed_source, self.by, self.way = LongChoice(), LongChoice(), LongChoice()
        self.seed_source.setEditable(True)
        for choice in (self.seed_source, self.by, self.way):  # long words must not push their neighbours away
            choice.setSizeAdjustPolicy(LongChoice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            choice.setMinimumContentsLength(_WORDS_SHOWN)
        self.total = Count(1, _MOST, 1)
        self.team, self.cap, self.slack = Count(1, 9, 2), Count(1, _MOST, 1), Count(0, _MOST, 0)
        self.since, self.day = DayEdit(today), DayEdit(today)
        self.model = StrataModel()
        self.table = QTableView()
        self.fields = self._make_fields()
        self._fill_choices()
        self._lay_out()
        for editor in (self.number, self.title, self.matter, self.basis, self.place):
            editor.textEdited.connect(self._plan_keeping)
        self._keeping = QTimer(self)
        self._keeping.setSingleShot(True)
        self._keeping.setInterval(theme.layout("autosave_after_ms"))
        self._keeping.timeout.connect(self.keep)
        self.way.activated.connect(self._change_way)
        self.total.valueChanged.connect(self._change_total)
        self.by.activated.connect(self._change_field)
        self.model.edited.connect(self._count)

    def start(self) -> None:
        """Show the plan that was being made, else the usual one."""
        self._base = None
        ctx = self.ctx
        self._offering.ask(lambda: _offer(ctx, planning.kept_draft(ctx)), self._show, "", self._start_anew)

    def ask_again(self) -> None:
        """Ask before what was filled in is thrown away."""
        self.confirm.ask(tr("放弃填写的内容？"), tr("放弃(&Y)"))

    def start_again(self) -> None:
        """Throw away what was filled in, and offer the usual plan."""
        ctx = self.ctx
        planning.forget_draft(ctx)
        self._offering.ask(lambda: _offer(ctx, None), self._show)

    def show_plan(self, plan: DrawPlan) -> None:
        """Show a plan, as from a file or a draft."""
        ctx = self.ctx
        self._offering.ask(lambda: _offer(ctx, plan), self._show)

    def take(self, plan: DrawPlan) -> None:
        """Take over who is left out, absent or recused from the list as it was looked at."""
        if self._base is not None:
            self._base = plan

    def read_file(self) -> None:
        """Ask for the county's plan file and show what it says."""
        path = choose_file(self, tr("选择抽取方案"), tr("抽取方案 (*.json)"))
        if path is None:
            return
        ctx = self.ctx
        title = tr("读入抽取方案")
        self._offering.ask(lambda: _offer(ctx, read_plan(ctx, path.read_bytes())), self._show, title)

    @property
    def plan(self) -> DrawPlan | None:
        """The plan as filled in; None before one is shown."""
        if self._base is None:
            return None
        source = self.seed_source.currentText().strip()
        return replace(
            self._base,
            plan=self.number.text().strip(),
            title=self.title.text().strip(),
            matter=self.matter.text().strip(),
            basis=self.basis.text().strip(),
            place=self.place.text().strip(),
            seed_source=source,
            strata=self.model.strata,
            total=self.total.value() if self.way.currentData() else None,
            team=self.team.value(),
            cap=self.cap.value(),
            slack=self.slack.value(),
            inspected_since=_day(self.since),
            day=_day(self.day),
        )

    def keep(self) -> None:
        """Keep what is filled in, for after a crash or a lock."""
        plan = self.plan
        if plan is not None:
            planning.keep_draft(self.ctx, plan)

    def submit(self) -> None:
        """Go on to the list, if nothing in the plan stands against it."""
        plan = self.plan
        if plan is None:
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
        for editor, text in (
            (self.number, plan.plan),
            (self.title, plan.title),
            (self.matter, plan.matter),
            (self.basis, plan.basis),
            (self.place, plan.place),
        ):
            editor.setText(text)
            editor.setCursorPosition(0)
        self.seed_source.setEditText(plan.seed_source)
        if (line := self.seed_source.lineEdit()) is not None:
            line.setCursorPosition(0)
        for count, value in ((self.team, plan.team), (self.cap, plan.cap), (self.slack, plan.slack)):
            count.setValue(value)
        self.since.set_day(plan.inspected_since.isoformat() if plan.inspected_since else "")
        self.day.set_day(plan.day.isoformat() if plan.day else "")
        self._show_field(offer)
        self.way.setCurrentIndex(self.way.findData(plan.total is not None))
        if plan.total is not None:
            self.total.setValue(plan.total)
        self._change_way()
        self.focus_first()

    def _show_field(self, offer: _Offer) -> None:
        place = self.by.findData(_FILE)
        if place >= 0:
            self.by.removeItem(place)
        if offer.field == _FILE:
            self.by.addItem(tr("按方案文件"), _FILE)
        self.by.setCurrentIndex(self.by.findData(offer.field))
        self.model.show_strata(offer.strata, offer.sizes, set(offer.out))
        header = self.table.horizontalHeader()
        for column in range(1, self.model.columnCount()):
            header.resizeSection(column, theme.scaled(_WIDTH))

    def _change_field(self) -> None:
        plan, field = self.plan, str(self.by.currentData())
        if plan is None or field == _FILE:
            return
        ctx, anew = self.ctx, replace(plan, strata=())
        self._offering.ask(lambda: _offer(ctx, replace(anew, strata=planning.strata_by(ctx, field))), self._show)

    def _change_way(self) -> None:
        fixed = bool(self.way.currentData())
        self.total.setEnabled(fixed)
        self.model.set_total(self.total.value() if fixed else None)
        if not fixed and self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(0, SHARE))
        self._count()

    def _change_total(self) -> None:
        if self.way.currentData():
            self.model.set_total(self.total.value())
        self._count()

    def _count(self) -> None:
        available, drawn = self.model.available, self.model.drawn
        said = tr("在册可抽约 {available} 家，约抽 {drawn} 家、{seats} 人次；下一步核对确切名单")
        self._about.setText(said.format(available=available, drawn=drawn, seats=drawn * self.team.value()))
        self._plan_keeping()

    def _plan_keeping(self) -> None:
        if self._base is not None:
            self._keeping.start()

    def _day_problems(self) -> tuple[Problem, ...]:
        """Return which fields hold something that is no day; an empty one means the usual day."""
        wrong = [(key, editor) for key, editor in (("since", self.since), ("day", self.day)) if editor.text().strip()]
        return tuple(
            Problem("", tr("日期"), editor.text(), tr("不填用缺省。"), field=key, example=editor.example)
            for key, editor in wrong
            if not editor.is_day
        )

    def _make_fields(self) -> dict[str, Field]:
        rules = draw_rules()
        return {
            "plan": Field(tr("计划编号"), self.number),
            "title": Field(tr("名称"), self.title),
            "seed_source": Field(tr("种子来源（冻结前指定，可改写）"), self.seed_source),
            "place": Field(tr("抽取地点"), self.place),
            "matter": Field(tr("抽查事项"), self.matter),
            "basis": Field(tr("依据"), self.basis),
            "by": Field(tr("分层"), self.by),
            "way": Field(tr("抽取办法"), self.way),
            "total": Field(tr("共抽几家"), self.total),
            "strata": Field(tr("各层（空格键选入或去掉；比例可写 20% 或 1/3）"), self.table),
            "team": Field(tr("每家执法人员"), self.team, tr("至少 {count} 人", count=rules.team_least)),
            "cap": Field(tr("每人最多几家"), self.cap),
            "slack": Field(tr("均衡余量"), self.slack, tr("允许相差几家；1 为宜")),
            "since": Field(tr("此日起已检查的不抽"), self.since, tr("不填为今年 1 月 1 日")),
            "day": Field(tr("执法证在此日有效"), self.day, tr("不填为冻结当天")),
        }

    def _fill_choices(self) -> None:
        for word in draw_rules().seed_sources.values():
            self.seed_source.addItem(word)
        for key, word in (
            ("", tr("不分层")),
            ("risk_class", tr("按风险类别")),
            ("industry", tr("按行业")),
            ("town", tr("按所属镇街")),
        ):
            self.by.addItem(word, key)
        self.way.addItem(tr("总家数，按各层家数分配"), True)
        self.way.addItem(tr("各层按比例和最少家数"), False)

    def _lay_out(self) -> None:
        self.table.setModel(self.model)
        self.table.setItemDelegate(RowDelegate(self.table))
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(theme.size("row"))
        self.table.horizontalHeader().setSectionResizeMode(0, self.table.horizontalHeader().ResizeMode.Stretch)
        self.table.setShowGrid(False)
        self.table.setMinimumHeight(theme.size("row") * 4)
        self._about = muted()
        left = Card(tr("这次抽取"), "document")
        left.column.addLayout(self._grid(("plan", "title"), (1, 2)))
        left.column.addLayout(self._grid(("seed_source", "place"), (2, 1)))
        left.column.addLayout(self._grid(("matter", "basis"), (1, 1)))
        left.column.addLayout(self._grid(("team", "cap", "slack", "since", "day"), (1, 1, 1)))
        left.column.addStretch(1)
        right = Card(tr("从哪些单位抽，抽多少"), "draw")
        right.column.addLayout(self._grid(("by", "way", "total"), (3, 4, 2)))
        right.column.addWidget(self.fields["strata"], 1)
        right.column.addWidget(self._about)
        both = row(grow(left), grow(right), gap="gap")
        self.cards.addLayout(both)
        self.fill(both)
        self.again = action("erase", tr("重新填写(&U)"), self.ask_again)
        self.confirm.confirmed.connect(lambda _reason: self.start_again())
        self.confirm.declined.connect(self.focus_first)
        self.file = action("import", tr("从方案文件读入(&R)"), self.read_file)
        self.next = primary_action("next", tr("核对名单(&M)"), self.submit)
        self.next.setToolTip("Enter, Ctrl+Enter")
        self.add_actions(self.again, self.file, self.next)

    def _grid(self, names: Iterable[str], shares: Sequence[int]) -> QGridLayout:
        return grid((self.fields[name] for name in names), shares)


_WIDTH = 68
_WORDS_SHOWN = 6


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


def _day(editor: DayEdit) -> date | None:
    return date.fromisoformat(editor.day()) if editor.is_day else None
