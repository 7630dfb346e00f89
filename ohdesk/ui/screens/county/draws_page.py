"""抽取复核: every town's draw computed again from what it published."""

from collections.abc import Iterator
from functools import partial

from ohdesk.domain.draw.state import DrawState
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.county import draw_checks
from ohdesk.services.county.draw_checks import DrawCheck
from ohdesk.ui.kit.actions import primary_action
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import column, grow, row, say, text
from ohdesk.ui.kit.list_with_pane import ListWithPane
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.kit.wording import minute_text


class DrawsPage(Page):
    """Says of each draw in words whether the county comes to the same result."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.summary = text()
        self.button = primary_action("refresh", tr("重新计算(&W)"), self.reload)
        nothing = EmptyState(tr("还没有收到抽取"), tr("镇街抽取后写出的上报包汇入以后，这里逐次重算，说明是否一致。"))
        self.draws = ListWithPane("draw_checks", tr("各镇街的抽取"), _columns(), nothing, edges=None)
        self.draws.selected.connect(self._select)
        self.particulars = text()
        self.particulars.hide()
        first = row(grow(self.summary), self.button, gap="gap")
        column(first, grow(self.draws), self.particulars, of=self)

    def reload(self) -> None:
        """Compute every draw again."""
        self.latest.ask(partial(draw_checks.check_draws, self.ctx), self._show, tr("重新计算各镇街的抽取"))

    def focus_first(self) -> None:
        self.draws.focus_list()

    def _show(self, checks: list[DrawCheck]) -> None:
        computed = [check for check in checks if check.state == "computed"]
        differing = sum(bool(check.problem) for check in checks)
        said = tr("{count} 次有结果的抽取，重算结果都与镇街公布的一致") if computed else tr("还没有可以重算的结果")
        if differing:
            said = tr("有 {differing} 次抽取重算后不一致，请看下面的说明并向镇街核实")
        elif asked := sum(bool(check.flags) for check in checks):
            said += tr("；有 {asked} 次要向镇街问清，见“要问清的”", asked=asked)
        self.summary.setText(said.format(differing=differing, count=len(computed)))
        self.draws.show_all(checks)

    def _select(self, check: DrawCheck | None) -> None:
        say(self.particulars, "" if check is None else "\n".join(_told(check)))


def _in_words(check: DrawCheck) -> str:
    if check.problem:
        text = tr("{town} {plan} 第 {number} 次：{problem}　请让镇街把公示材料送来核对，必要时按规定作废重抽。")
        return text.format(town=check.town, plan=check.plan, number=check.number, problem=check.problem)
    if check.state == "computed":
        text = tr("{town} {plan} 第 {number} 次：用镇街公布的名单和种子重算，锁定指纹、抽取名单和人员都一致。")
        return text.format(town=check.town, plan=check.plan, number=check.number)
    return tr(
        "{town} {plan} 第 {number} 次：{state}，没有结果可以重算。",
        town=check.town,
        plan=check.plan,
        number=check.number,
        state=check.state.word,
    )


def _told(check: DrawCheck) -> Iterator[str]:
    yield _in_words(check)
    if check.flags:
        yield tr("要向镇街问清：{flags}。", flags=_asked(check))
    if check.state == DrawState.COMMITTED and check.receipt:
        yield tr("回执码（在镇街产生种子前电话读给镇街）：{code}", code=check.receipt)
    if check.commit_seen_at is not None:
        result = minute_text(check.result_seen_at) if check.result_seen_at else tr("还没有")
        yield tr(
            "县级收到：名单指纹 {commit}，结果 {result}。", commit=minute_text(check.commit_seen_at), result=result
        )


def _asked(check: DrawCheck) -> str:
    return tr("；").join(text for _, text in check.flags)


def _verdict(check: DrawCheck) -> tuple[str, str]:
    if check.problem:
        return tr("不一致"), "bad"
    return (tr("一致"), "ok") if check.state == "computed" else (tr("没有结果"), "plain")


def _columns() -> tuple[Column[DrawCheck], ...]:
    return (
        Column(tr("镇街"), lambda check: check.town, 200, sought=True),
        Column(tr("计划"), lambda check: check.plan, 150),
        Column(tr("第几次"), lambda check: str(check.number), 70, numeric=True),
        Column(tr("进度"), lambda check: check.state.word, 150),
        Column(tr("复核"), lambda check: _verdict(check)[0], 100, kind=lambda check: _verdict(check)[1]),
        Column(tr("要问清的"), _asked, 450, kind=lambda check: "warn" if check.flags else "plain"),
    )
