"""危害因素: each with its limits, who has it, and a result judged on trial."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Signal

from ohdesk.domain.calendar import day_text, legal_day
from ohdesk.domain.hazard.judging import Measurement, Verdict, judge
from ohdesk.domain.hazard.limits import Hazard, HazardClass, Limit, LimitKind
from ohdesk.domain.register.definition import Field, Kind
from ohdesk.errors import UserError
from ohdesk.forms.hazards import hazards
from ohdesk.i18n import mark, tr
from ohdesk.search import folded
from ohdesk.services.context import Context
from ohdesk.services.roll.hazards import POSTS, RESULTS, Employer, Having, having
from ohdesk.ui.kit.actions import action, focus_offered
from ohdesk.ui.kit.chips import StatusChip
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.latest import Latest
from ohdesk.ui.kit.lay import Item, column, facts, grow, muted, say, text
from ohdesk.ui.kit.leading import leading
from ohdesk.ui.kit.list_with_pane import ListWithPane
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.pane import Pane
from ohdesk.ui.kit.table_view import Column

_ALL = "all"
_SHOWN = 6  # posts, results and employers beside the list; their books show the rest
_SHARES = (45, 62)  # the limits are lines to read
_VERDICTS = {Verdict.WITHIN: "ok", Verdict.OVER: "bad", Verdict.NOT_JUDGED: "warn"}
_ASKED = (
    Field("kind", mark("指标"), Kind.CHOICE),
    Field("value", mark("结果"), required=True, help=mark("只写数字，如 1.5"), most=25),
    Field("unit", mark("单位（量）"), required=True, most=40),
    Field("day", mark("采样日期"), Kind.DAY, required=True),
    Field("condition", mark("限值条件"), most=300),
)


class HazardLine(NamedTuple):
    """A hazard as it is listed: how many of its limits are confirmed, of how many."""

    hazard: Hazard
    confirmed: int
    limits: int

    @property
    def id(self) -> str:
        """Its name."""
        return self.hazard.name


class HazardsPage(Page):
    """The list; the hazard selected stands beside it, and in its place the form in which a result is tried."""

    opened = Signal(str)  # a book, or BOOK:ENTRY

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._reading = Latest(self, aside=True)
        self.pane = HazardPane()
        self.pane.trial.clicked.connect(self.try_result)
        self.pane.thing_wanted.connect(self._go)
        self.form = TrialForm(day_text(legal_day(ctx.now())))
        self.form.setParent(self)  # never asked, it would stand in no layout and outlive the lock
        self.form.closed.connect(self._back)
        nothing = EmptyState(tr("没有危害因素"), tr("危害因素和限值随程序提供。"))
        hint = tr("名称、别名、CAS 号  Ctrl+F")
        self.list: ListWithPane[HazardLine] = ListWithPane(
            "hazards", tr("危害因素"), _columns(), nothing, hint, self.pane, _chosen, shares=_SHARES
        )
        self.list.selected.connect(self._show)
        column(grow(self.list), of=self, gap="")

    def reload(self) -> None:
        """Show the hazards shipped, and read again who has the one selected."""
        lines = [_line(hazard) for hazard in hazards().all]
        there = [kind for kind in HazardClass if any(line.hazard.hazard_class is kind for line in lines)]
        counts = [(kind, kind.word, sum(line.hazard.hazard_class is kind for line in lines)) for kind in there]
        self.list.chips.show_chips([(_ALL, tr("全部"), len(lines)), *counts])
        self.list.show_all(lines)
        known, open_ = hazards().count()
        said = tr("限值已核实 {confirmed} 条，未核实 {unconfirmed} 条", confirmed=known, unconfirmed=open_)
        self.list.count.setText(said)

    def focus_first(self) -> None:
        """The focus is in the list, or in the form."""
        if self.list.is_asking:
            self.form.focus_first()
        else:
            self.list.focus_list()

    def try_result(self) -> None:
        """Ask for a result of the hazard selected."""
        if self.list.current is not None:
            self.list.ask(self.form)
            self.form.try_for(self.list.current.hazard)

    def _show(self, line: HazardLine | None) -> None:
        if line is None:
            self._reading.forget()
            return
        if self.list.is_asking:
            self.form.try_for(line.hazard)
        self.pane.show_hazard(line.hazard, None)
        self._reading.ask(partial(having, self.ctx, line.hazard, _SHOWN), partial(self.pane.show_hazard, line.hazard))

    def _back(self) -> None:
        self.list.back()

    def _go(self, thing: object) -> None:
        if isinstance(thing, Employer):
            self.wanted.emit("roll", thing.id)
        else:
            self.opened.emit(str(thing))


class HazardPane(Pane):
    """One hazard: what it is called, its limits, and who has it."""

    thing_wanted = Signal(object)  # an Employer, or BOOK:ENTRY

    def __init__(self) -> None:
        super().__init__(tr("危害因素详情"))
        self.trial = action("indicator", tr("试判(&J)"), lambda: None)
        self.add_actions(self.trial)

    def show_hazard(self, hazard: Hazard, found: Having | None) -> None:
        """Show a hazard; found: who has it, None until that is known."""
        chips = [(hazard.hazard_class.word, "plain"), *((each, "warn") for each in hazard.marks)]
        self.show_head(hazard.name, " ".join(filter(None, ("CAS" if hazard.cas else "", *hazard.cas))), chips)
        self.show_parts(self._parts(hazard, found))

    def focus_first(self) -> None:
        """What is done most is one key away."""
        focus_offered(self.trial, self.body)

    def _parts(self, hazard: Hazard, found: Having | None) -> Iterator[Item]:
        if hazard.synonyms:
            yield muted(tr("别名：{names}", names=tr("、").join(hazard.synonyms)))
        if hazard.note:
            yield text(hazard.note)
        yield text(tr("限值") if hazard.limits else tr("没有限值"), "heading")
        for said, limits in _by_source(hazard.printed_limits).items():
            yield facts([(limit.kind, _amount(limit)) for limit in limits])
            yield muted(said)
        if found is not None:
            yield from self._having(found)

    def _having(self, found: Having) -> Iterator[Item]:
        want = self.thing_wanted.emit
        if found.posts:
            said = [f"{row.about}　{row.texts.get('title', '')}　{row.texts.get('exposed', '')}" for row in found.posts]
            title = tr("岗位 {count} 个：单位、岗位、接害人数(&P)", count=found.posts_in_all)
            yield from leading(title, said, [f"{POSTS}:{row.id}" for row in found.posts], want)
        if found.results:
            said = [
                "　".join(row.texts.get(key, "") for key in ("sampled_on", "value", "unit", "verdict"))
                for row in found.results
            ]
            said = [f"{row.about}　{words}" for row, words in zip(found.results, said, strict=True)]
            title = tr("检测结果 {count} 条，超标 {over} 条(&T)", count=found.results_in_all, over=found.over)
            yield from leading(title, said, [f"{RESULTS}:{row.id}" for row in found.results], want)
        if found.employers:
            title = tr("名录里有它的单位 {count} 家(&M)", count=found.employers_in_all)
            yield from leading(title, [each.name for each in found.employers], found.employers, want)
        if not (found.posts or found.results or found.employers):
            yield muted(tr("名录和登记簿里还没有写这种危害因素的。"))


class TrialForm(Form):
    """Judges a result without keeping anything of it."""

    def __init__(self, today: str) -> None:
        super().__init__(_ASKED, today)
        self._today = today
        self._hazard: Hazard | None = None
        self.cancel.setText(tr("关闭(&Q)"))
        self.verdict, self.why = StatusChip(), text(selectable=True)
        self.extra.addWidget(self.verdict)
        self.extra.addWidget(self.why)
        self.submitted.connect(self._judge)
        self.edited.connect(lambda _key: self._say("", "", ""))

    @property
    def is_touched(self) -> bool:
        """Never: nothing is lost that was to be kept."""
        return False

    def try_for(self, hazard: Hazard) -> None:
        """Ask for a result of a hazard."""
        self._hazard = hazard
        kinds = dict.fromkeys(limit.kind for limit in hazard.limits) or {LimitKind.TWA: None}
        if LimitKind.TWA in kinds and LimitKind.STEL not in kinds:
            kinds[LimitKind.PEAK_EXPOSURE] = None  # judged by multiples of the PC-TWA
        self.offer("kind", [(kind, f"{kind} {kind.word}") for kind in kinds])
        unit = hazard.limits[0].unit if hazard.limits else "mg/m³"
        conditions = tr("；").join(dict.fromkeys(filter(None, (each.condition for each in hazard.printed_limits))))
        known = tr("如：{conditions}", conditions=conditions) if conditions else ""
        self.fields["condition"].rename(tr("限值条件"), known)
        first = {"kind": next(iter(kinds)), "unit": unit, "day": self._today}
        self.ask(tr("试判：{name}", name=hazard.name), tr("判定(&S)"), first)
        self._say("", "", "")
        self.fields["value"].editor.setFocus()

    def _judge(self) -> None:
        day = self.day("day")
        if self._hazard is None or day is None:
            return
        kind, value, unit, condition = (self.value(key).strip() for key in ("kind", "value", "unit", "condition"))
        try:
            found = judge(hazards(), Measurement(self._hazard.name, kind, value, unit, day, condition))
        except UserError as error:
            self.show_problems(error)
            return
        self._say(found.verdict.word, _VERDICTS[found.verdict], found.why)

    def _say(self, word: str, kind: str, why: str) -> None:
        self.verdict.show_state(word, kind)
        say(self.why, why)


def _line(hazard: Hazard) -> HazardLine:
    limits = hazard.printed_limits
    return HazardLine(hazard, sum(limit.confirmed for limit in limits), len(limits))


def _by_source(limits: Sequence[Limit]) -> dict[str, list[Limit]]:
    """Return the limits under what is said of where they stand, since when, and whether they are confirmed."""
    found: dict[str, list[Limit]] = {}
    for limit in sorted(limits, key=lambda limit: limit.valid_to is not None):  # those in force before older ones
        last = "" if limit.valid_to is None else tr("到 {day} 止", day=limit.valid_to)
        known = tr("已核实") if limit.confirmed else tr("未核实，不据以判定")
        about = filter(None, (limit.standard, tr("{day} 起", day=limit.valid_from), last, known))
        found.setdefault(tr("{about}。来源：{source}", about=tr("；").join(about), source=limit.source), []).append(
            limit
        )
    return found


def _amount(limit: Limit) -> str:
    amount = f"{limit.value} {limit.unit}"
    return tr("{amount}（{condition}）", amount=amount, condition=limit.condition) if limit.condition else amount


def _chosen(lines: Sequence[HazardLine], part: str, sought: str) -> Sequence[HazardLine]:
    if part not in {"", _ALL}:
        lines = [line for line in lines if line.hazard.hazard_class == part]
    if not sought.strip():
        return lines
    called = hazards().find(sought)
    wanted = folded(sought)
    return [line for line in lines if line.hazard in called or _is_named(line.hazard, wanted)]


def _is_named(hazard: Hazard, wanted: str) -> bool:
    return any(wanted in folded(each) for each in (hazard.name, *hazard.synonyms, *hazard.cas))


def _columns() -> tuple[Column[HazardLine], ...]:
    return (
        Column(tr("名称"), lambda line: line.hazard.name, 200, sought=True),
        Column(tr("类别"), lambda line: line.hazard.hazard_class.word, 96),
        Column("CAS", lambda line: next(iter(line.hazard.cas), ""), 110),
        Column(tr("限值"), lambda line: str(line.limits or ""), 70, numeric=True),
        Column(tr("核实"), _confirmed, 100, kind=lambda line: "ok" if line.confirmed == line.limits else "warn"),
    )


def _confirmed(line: HazardLine) -> str:
    if not line.limits:
        return ""
    if line.confirmed == line.limits:
        return tr("已核实")
    return tr("部分核实") if line.confirmed else tr("未核实")
