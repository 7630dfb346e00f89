"""④ 抽取: one press; then the firms with their inspectors, in large type, and the proof of the computation."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy

from ohdesk.domain.facts import Fact, Verdict
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.draw import holding
from ohdesk.services.draw.views import DrawDetail, DrawnFirm, FrozenView
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import primary_action
from ohdesk.ui.kit.card import CheckLines, Fingerprint
from ohdesk.ui.kit.chips import StatusChip
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.lay import grow, muted, row, say, text
from ohdesk.ui.kit.lists import ListOrWhy
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.screens.draw.steps import DrawStep

_TICKET_SHOWN = 8
_LARGER = 3, 2  # a row for the room, as against one for the desk


class ResultPage(DrawStep):
    """Emits `computed` once there is a result, `onward` to go to the publication."""

    computed = Signal()
    onward = Signal()

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.view: FrozenView | None = None
        self._public = False
        self._published: dict[str, str] = {}
        self.headline, self._about = text("", "projectorTitle"), muted()
        self.seed = Fingerprint(tr("种子"))
        self.seed.setObjectName("projectorTitle")
        self._shortage = text("", "fieldError")
        # Without words for an empty list: it is shown when there is a result, which is never empty.
        self.result = ListOrWhy("draw_result", tr("抽中的单位"), self._columns(), EmptyState("", ""))
        self.proof = CheckLines()
        self.verdict = StatusChip()
        self.verdict.setWordWrap(True)
        self.verdict.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.cards.addLayout(row(grow(self.headline), self.seed, gap="gap"))
        for widget in (self._about, self._shortage, self.result, self.verdict, self.proof):
            self.cards.addWidget(widget)
        self.fill(self.result)
        self.cards.addStretch(0)  # takes the room of the list while that is hidden
        self.draw = primary_action("draw", tr("抽取(&C)"), self.submit)
        self.next = primary_action("next", tr("去公示(&M)"), self.onward.emit)
        self.add_actions(self.draw, self.next)

    def show_view(self, view: FrozenView, detail: DrawDetail | None, proof: tuple[Fact, ...]) -> None:
        """Show a draw before or after its result."""
        self.view = view
        had_focus = self.draw.hasFocus()
        has_result = detail is not None
        void = view.row.state == "void"
        self.draw.setVisible(not has_result and not void)
        self.draw.setEnabled(view.row.state == "seeded")
        self.next.setVisible(has_result)
        self.result.setVisible(has_result)
        self.seed.setVisible(bool(view.row.seed))
        self.seed.setText(view.row.seed)
        self._published = {entry.id: entry.name for entry in detail.pool} if detail else {}
        holds = all(fact.verdict is Verdict.HOLDS for fact in proof)
        said = tr("✓ 已从抽取单和种子重新计算：指纹、名单池、结果等 {count} 项全部一致", count=len(proof))
        self.verdict.show_state(said if proof and holds else "", "ok")
        self.verdict.setToolTip(plain_tip("\n".join(fact.sentence for fact in proof)))
        self.proof.show_facts(() if holds else proof)
        drawn = detail.firms if detail else ()
        self.result.show_rows(tuple(enumerate(drawn, 1)))
        self.headline.setText(_headline(view, len(drawn)))
        self._about.setText(_about(view))
        empty = sum(seat.is_empty for firm in drawn for seat in firm.seats)
        said = tr(
            "有 {count} 个席位没有合适的执法人员。请电话联系县级调派；在此之前这些单位不能安排检查。", count=empty
        )
        say(self._shortage, said if empty else "")
        self.say_fault("")
        if had_focus:
            self.focus_first()  # the button that was pressed is gone, and the focus with it to who knows where

    def focus_first(self) -> None:
        """Put the focus on the one button, or into the result."""
        if not self.draw.isHidden():
            self.draw.setFocus()
        elif not self.result.isHidden():
            self.result.view.selectRow(0)
            self.result.view.setFocus()

    def submit(self) -> None:
        """Draw: once, and the same again after a crash."""
        if self.view is not None and self.draw.isEnabled() and not self.draw.isHidden():
            ctx, draw = self.ctx, self.view.row.id
            self.do(lambda: holding.compute(ctx, draw), self._done, tr("正在抽取"))

    def project(self, *, on: bool) -> None:
        self._public = on
        more, less = _LARGER if on else (1, 1)
        self.result.view.verticalHeader().setDefaultSectionSize(theme.size("row") * more // less)
        self.result.view.viewport().update()

    def _done(self, change: Change) -> None:
        if change:
            self.changed.emit(change)
        self.computed.emit()

    def _columns(self) -> tuple[Column[tuple[int, DrawnFirm]], ...]:
        return (
            Column(tr("序号"), lambda row: str(row[0]), 70, numeric=True),
            Column(tr("随机号"), lambda row: row[1].ticket[:_TICKET_SHOWN], 150),
            Column(tr("单位"), lambda row: self._name(row[1]), 360, sought=True),
            Column(tr("执法人员"), lambda row: self._team(row[1]), 280, kind=_team_kind),
            Column(tr("层"), lambda row: row[1].stratum, 100),
        )

    def _name(self, firm: DrawnFirm) -> str:
        published = self._published.get(firm.id, "")
        return published or firm.id if self._public else firm.name or published or firm.id

    def _team(self, firm: DrawnFirm) -> str:
        names = [
            tr("空缺") if seat.is_empty else (seat.number if self._public else seat.name or seat.number)
            for seat in firm.seats
        ]
        return "　".join(names)


def _team_kind(row: tuple[int, DrawnFirm]) -> str:
    return "bad" if any(seat.is_empty for seat in row[1].seats) else ""


def _headline(view: FrozenView, drawn: int) -> str:
    if view.row.state == "void":
        return tr("这次抽取已作废：{reason}", reason=view.row.void_reason)
    if drawn:
        return tr("抽中 {count} 家", count=drawn)
    if view.row.state == "committed":
        return tr("还没有种子，请先完成上一步")
    return tr("从 {firms} 家中抽取 {count} 家", firms=view.firms, count=view.drawn)


def _about(view: FrozenView) -> str:
    if view.row.overdue:
        return tr("冻结后超过期限没有结果，这次抽取视为作废；请按右上角的“作废”写明原因。")
    text = tr("名单指纹 {fingerprint}　抽取后不能重抽；需要作废时须写明原因并公开。")
    return text.format(fingerprint=view.row.fingerprint)
