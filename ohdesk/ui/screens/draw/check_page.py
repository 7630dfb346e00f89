"""② 名单核对: exactly the list that will be frozen; who is left out and why; the last moment for a change."""

from collections.abc import Mapping, Sequence
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QStackedWidget

from ohdesk.domain.problems import in_list
from ohdesk.domain.register.definition import Field, Kind
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.draw import holding, planning
from ohdesk.services.draw.nonces import list_second_keepers
from ohdesk.services.draw.plan import Absence, DrawPlan, Exclusion, Recusal
from ohdesk.services.draw.pool import INSPECTORS, ListedRecusal, Pool, PoolFirm, PoolInspector
from ohdesk.services.draw.rules import draw_rules
from ohdesk.services.draw.views import FrozenView, frozen_view
from ohdesk.ui.kit.actions import action, button, primary_action
from ohdesk.ui.kit.chips import FilterChips
from ohdesk.ui.kit.editors import LongChoice, value_of
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.field import Field as Asked
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import grow, row, say, text
from ohdesk.ui.kit.lists import ListOrWhy
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.screens.draw.steps import DrawStep

IN, OUT, PEOPLE, RECUSALS = "in", "out", "people", "recusals"
_FOUND_BY_ITSELF = frozenset({"closed", "inspected", "duplicate", "out_of_scope"})  # nobody need give these reasons
_ASKED = (
    Field("who", mark("单位"), Kind.CHOICE),
    Field("reason", mark("理由（随名单公开）"), Kind.CHOICE),
    Field("note", mark("说明（只留内部，可不填）")),
)


class CheckPage(DrawStep):
    """Emits `planned` when somebody is left out or let in again, `frozen` with the id of the draw."""

    planned = Signal(object)  # DrawPlan
    frozen = Signal(str)

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.preview: Pool | None = None
        self._keepers: list[str] = []
        self._public = False
        self.chips = FilterChips(tr("名单"))
        self.chips.chosen.connect(self._choose)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("名称或编号（Ctrl+F）"))
        self.search.setAccessibleName(tr("查找单位"))
        self.search.textChanged.connect(self._list_firms)
        self.on_key("Ctrl+F", self._find)
        self.lists = self._make_lists()
        self._stack = QStackedWidget()
        for each in self.lists.values():
            self._stack.addWidget(each)
            each.view.selected.connect(self._offer)
        self.form = Form(_ASKED, columns=3)
        self.form.submitted.connect(self._give)
        self.form.closed.connect(self.focus_first)
        self._asking = ""
        self._summary, self._trouble = text("", "question"), text("", "fieldError")
        self._lay_out()
        self._choice = LongChoice()
        self.second = Asked(
            tr("和您一起保管随机数的账户(&U)"), self._choice, tr("抽取时由您或这个账户的本人登录打开。")
        )
        self.confirm.add(self.second)
        self.confirm.confirmed.connect(self._freeze)
        self.confirm.declined.connect(self.freeze.setFocus)

    def show_plan(self, plan: DrawPlan) -> None:
        """Work out the list of a plan and show it."""
        self.freeze.setEnabled(False)
        self.say_fault("")
        self.form.hide()
        self.confirm.hide()
        self.latest.ask(partial(_preview, self.ctx, plan), self._show, tr("正在列出参加抽取的单位"))

    def reload(self) -> None:
        """Work the list out again: the roll or the people may have changed."""
        if self.preview is not None:
            self.show_plan(self.preview.plan)

    def focus_first(self) -> None:
        """Put the focus into the list in front."""
        self.lists[self.chips.current or IN].view.setFocus()

    def submit(self) -> None:
        """Ask once more, since nothing can be changed afterwards."""
        if self.preview is None or not self.freeze.isEnabled():
            return
        self.say_fault("")
        seen = self.preview
        question = tr(
            "冻结后名单、比例、人员和回避都不能再改，只能作废并写明原因。"
            "参加 {firms} 家，将抽 {drawn} 家，执法人员 {people} 名。核对无误后冻结。",
            firms=len(seen.taking_part),
            drawn=seen.drawn,
            people=len(seen.eligible),
        )
        if not self._keepers:
            alone = tr("没有另一个人的账户可以一起保管随机数：您的密码一旦重置，这次抽取只能作废。")
            question = f"{question}\n{alone}"
        self.confirm.ask(question, tr("现在冻结(&Y)"))

    def _show(self, seen: tuple[Pool, list[str]]) -> None:
        preview, self._keepers = seen
        self.preview = preview
        self._choice.offer((name, name) for name in self._keepers)
        self.second.setVisible(bool(self._keepers))
        self.freeze.setEnabled(not preview.problems)
        self._summary.setText(
            tr(
                "将从 {firms} 家中抽 {drawn} 家，每家 {team} 名执法人员；可派 {people} 名",
                firms=len(preview.taking_part),
                drawn=preview.drawn,
                team=preview.plan.team,
                people=len(preview.eligible),
            )
        )
        self._show_chips(preview)
        say(self._trouble, "\n".join(_trouble(preview)))
        self.to_people.setVisible(
            len(preview.eligible) < preview.plan.team or any(each.field == INSPECTORS for each in preview.problems)
        )
        self._list_firms()
        self.lists[PEOPLE].show_rows(preview.inspectors)
        self.lists[RECUSALS].show_rows(preview.recusals)
        for each in self.lists.values():
            if not each.view.currentIndex().isValid():
                each.view.selectRow(0)
        self._offer()
        self.focus_first()

    def project(self, *, on: bool) -> None:
        self._public = on
        self.form.hide()
        if self.preview is not None:
            self._show_chips(self.preview)
            self._choose(self.chips.current)

    def _show_chips(self, preview: Pool) -> None:
        chips = [
            (IN, tr("参加(&L)"), len(preview.taking_part)),
            (OUT, tr("剔除(&T)"), len(preview.left_out)),
            (PEOPLE, tr("执法人员(&I)"), len(preview.inspectors)),
            (RECUSALS, tr("回避(&H)"), len(preview.recusals)),
        ]
        self.chips.show_chips(chips[:2] if self._public else chips)

    def _name(self, firm: PoolFirm) -> str:
        return firm.name if firm.publishable or not self._public else ""

    def _list_firms(self) -> None:
        if self.preview is None:
            return
        wanted = self.search.text().strip().upper()
        for key, firms in ((IN, self.preview.taking_part), (OUT, self.preview.left_out)):
            found = firms if not wanted else tuple(each for each in firms if wanted in f"{each.id} {each.name}".upper())
            self.lists[key].show_rows(found)
        self._offer()

    def _find(self) -> None:
        if self.chips.current not in {IN, OUT}:
            self.chips.choose(IN)
        self.search.setFocus()
        self.search.selectAll()

    def _choose(self, key: str) -> None:
        self._stack.setCurrentWidget(self.lists[key])
        self.search.setVisible(key in {IN, OUT})
        self.form.hide()
        self._offer()

    def _offer(self) -> None:
        """Offer what can be done with the line that is selected."""
        key = self.chips.current or IN
        row, preview = self.lists[key].view.current(), self.preview
        by_hand = preview is not None and row is not None and _without(preview.plan, row) != preview.plan
        self.leave_out.setVisible(key in {IN, PEOPLE} and not self._public)
        self.leave_out.setText(tr("剔除这家(&E)") if key == IN else tr("本次不参加(&E)"))
        self.leave_out.setEnabled(row is not None and not (key == PEOPLE and row.reason))
        self.bar.setVisible(key == IN and not self._public)
        self.bar.setEnabled(row is not None and preview is not None and bool(preview.eligible))
        self.let_in.setVisible(key != IN and not self._public)
        self.let_in.setText(tr("取消回避(&G)") if key == RECUSALS else tr("恢复参加(&G)"))
        self.let_in.setEnabled(by_hand)

    def _ask_leave_out(self) -> None:
        key, rules = self.chips.current, draw_rules()
        row = self.lists[key].view.current()
        if key == IN:
            by_hand = {code: word for code, word in rules.exclusion_reasons.items() if code not in _FOUND_BY_ITSELF}
            self._ask(IN, tr("剔除单位"), tr("剔除的单位"), [(row.establishment, row.name)], by_hand)
        else:
            who = [(row.person, row.name)]
            self._ask(PEOPLE, tr("本次不参加"), tr("不参加的执法人员"), who, rules.absence_reasons)

    def _ask_bar(self) -> None:
        if self.preview is not None:
            firm = self.lists[IN].view.current()
            who = [(each.person, f"{each.name} × {firm.name}") for each in self.preview.eligible]
            self._ask(RECUSALS, tr("登记回避"), tr("回避的执法人员"), who, draw_rules().recusal_reasons)

    def _ask(
        self, what: str, title: str, label: str, who: Sequence[tuple[str, str]], reasons: Mapping[str, str]
    ) -> None:
        """Ask for a reason that goes on record; who: (id, name), to be chosen from where there are several."""
        self._asking = what
        self.form.fields["who"].rename(label)
        self.form.fields["who"].editor.setEnabled(len(who) > 1)
        self.form.offer("who", who)
        self.form.offer("reason", reasons.items())
        self.form.ask(title, tr("记入名单(&W)"), {"who": who[0][0], "reason": next(iter(reasons))})

    def _give(self) -> None:
        if self.preview is None:
            return
        plan, who = self.preview.plan, self.form.value("who")
        why = {"code": self.form.value("reason"), "note": self.form.value("note").strip()}
        if self._asking == IN:
            plan = replace(plan, exclusions=(*plan.exclusions, Exclusion(establishment=who, **why)))
        elif self._asking == PEOPLE:
            plan = replace(plan, absences=(*plan.absences, Absence(person=who, **why)))
        else:
            firm: PoolFirm = self.lists[IN].view.current()
            barred = Recusal(person=who, establishment=firm.establishment, **why)
            plan = replace(plan, recusals=(*plan.recusals, barred))
        self._replan(plan)

    def _let_in(self) -> None:
        row = self.lists[self.chips.current].view.current()
        if self.preview is not None and row is not None:
            self._replan(_without(self.preview.plan, row))

    def _replan(self, plan: DrawPlan) -> None:
        self.form.close_form()
        self.planned.emit(plan)
        self.show_plan(plan)

    def _freeze(self) -> None:
        if self.preview is None:
            return
        ctx, plan, second = self.ctx, self.preview.plan, value_of(self._choice)
        self.do(lambda: _freeze(ctx, plan, second), self._frozen, tr("正在冻结名单"))

    def _frozen(self, frozen: FrozenView) -> None:
        self.preview = None
        self.done.emit(tr("名单已冻结，参加 {count} 家。", count=frozen.firms))
        self.changed.emit(Change.DRAWS)
        self.frozen.emit(frozen.row.id)

    def _lay_out(self) -> None:
        self._trouble.hide()
        self.to_people = action("person", tr("去登记执法人员(&P)"), lambda: self.wanted.emit("settings", "people"))
        self.to_people.hide()
        self.cards.addWidget(self._summary)
        self.cards.addWidget(self._trouble)
        self.cards.addWidget(self.to_people, 0, Qt.AlignmentFlag.AlignLeft)
        self.cards.addLayout(row(grow(self.chips), grow(self.search), gap="gap"))
        self.cards.addWidget(self._stack)
        self.fill(self._stack)
        self.below.insertWidget(0, self.form)
        self.leave_out = button(tr("剔除这家(&E)"), act=self._ask_leave_out)
        self.bar = button(tr("登记回避(&B)"), act=self._ask_bar)
        self.let_in = button(tr("恢复参加(&G)"), act=self._let_in)
        self.freeze = primary_action("lock", tr("冻结名单(&F)"), self.submit)
        for place, each in enumerate((self.leave_out, self.bar, self.let_in)):
            self.foot.insertWidget(place, each)
        self.add_actions(action("back", tr("改范围(&K)"), self.back_wanted.emit), self.freeze)

    def _make_lists(self) -> dict[str, ListOrWhy]:
        excluded, absent = draw_rules().exclusion_reasons, draw_rules().absence_reasons
        firm: Column[PoolFirm] = Column(tr("单位"), self._name, 330, sought=True)
        number: Column[PoolFirm] = Column(tr("编号"), lambda each: each.id, 220)
        stratum: Column[PoolFirm] = Column(tr("层"), lambda each: each.stratum, 140)
        published: Column[PoolFirm] = Column(tr("公示"), lambda each: "" if each.publishable else tr("只列编号"), 100)
        reason: Column[PoolFirm] = Column(tr("剔除理由"), lambda each: excluded[each.reason], 300)
        people: tuple[Column[PoolInspector], ...] = (
            Column(tr("姓名"), lambda each: each.name, 140, sought=True),
            Column(tr("执法证号"), lambda each: each.id or "—", 180),
            Column(tr("有效期至"), lambda each: each.until or "—", 120),
            Column(tr("可任主检"), lambda each: tr("可以") if each.leads else "—", 90),
            Column(
                tr("本次抽取"),
                lambda each: absent[each.reason] if each.reason else tr("参加"),
                260,
                kind=lambda each: "warn" if each.reason else "ok",
            ),
        )
        recusals: tuple[Column[ListedRecusal], ...] = (
            Column(tr("执法人员"), lambda each: each.inspector, 140),
            Column(tr("单位"), lambda each: each.firm, 330, sought=True),
            Column(tr("理由"), lambda each: each.reason, 260),
        )
        settled_by = tr("名单由名录库、分层和剔除决定；需要时回到“范围”修改，或在“单位”中更正名录。")
        people_from = tr("这里列出本单位的执法人员和执法证有效期。请先在“设置”的“人员”中登记。")
        how_to_bar = tr("在“参加”中选中单位，按“登记回避”写明哪名执法人员不能去这家。")
        nobody_in = EmptyState(tr("没有单位参加抽取"), settled_by)
        nobody_out = EmptyState(tr("没有单位被剔除"), settled_by)
        nobody = EmptyState(tr("没有执法人员"), people_from)
        none_barred = EmptyState(tr("没有登记回避"), how_to_bar)
        return {
            IN: ListOrWhy("draw_in", tr("参加抽取的单位"), (firm, number, stratum, published), nobody_in),
            OUT: ListOrWhy("draw_out", tr("剔除的单位"), (firm, number, reason), nobody_out),
            PEOPLE: ListOrWhy("draw_people", tr("执法人员"), people, nobody),
            RECUSALS: ListOrWhy("draw_recusals", tr("回避"), recusals, none_barred),
        }


def _preview(ctx: Context, plan: DrawPlan) -> tuple[Pool, list[str]]:
    return planning.preview(ctx, plan), list_second_keepers(ctx)


def _freeze(ctx: Context, plan: DrawPlan, second: str) -> FrozenView:
    frozen = frozen_view(ctx, holding.freeze(ctx, plan, second))
    planning.forget_draft(ctx)
    return frozen


def _trouble(preview: Pool) -> list[str]:
    """Return what keeps the list from being frozen, and what would go wrong with it."""
    lines = list(map(in_list, preview.problems))
    for code in preview.too_small:
        drawn, size = preview.quotas[code]
        text = tr("层“{code}”只有 {size} 家，少于要抽的家数，将全部抽中 {drawn} 家。")
        lines.append(text.format(code=code, size=size, drawn=drawn))
    total = preview.plan.total
    if total is not None and total > preview.drawn > 0:
        text = tr("要抽 {total} 家，可抽的只有 {drawn} 家，将全部抽中。")
        lines.append(text.format(total=total, drawn=preview.drawn))
    if preview.seats_short and not preview.problems:
        text = tr("按每人最多 {cap} 家，还差 {count} 人次；空缺的席位由县级调派，也可以提高每人上限或减少家数。")
        lines.append(text.format(cap=preview.plan.cap, count=preview.seats_short))
    return lines


def _without(plan: DrawPlan, row: object) -> DrawPlan:
    """Return the plan without the line that leaves this one out, or bars this pair."""
    if isinstance(row, PoolFirm):
        kept = tuple(each for each in plan.exclusions if each.establishment != row.establishment)
        return replace(plan, exclusions=kept)
    if isinstance(row, PoolInspector):
        return replace(plan, absences=tuple(each for each in plan.absences if each.person != row.person))
    if isinstance(row, ListedRecusal):
        return replace(plan, recusals=tuple(each for each in plan.recusals if each != row.recusal))
    return plan
