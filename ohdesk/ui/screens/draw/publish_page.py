"""⑤ 公示: the record, the package for the public, how a citizen checks it, and the visits."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.people import Right
from ohdesk.errors import Problem, ProblemsError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.draw.views import DrawRow, FrozenView
from ohdesk.services.visit import planning
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.day_edit import DayEdit
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.files import choose_folder
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import grid, grow, muted, row, text
from ohdesk.ui.screens.draw.steps import PaperStep


class PublishPage(PaperStep):
    """Emits `published` after a package was written."""

    published = Signal()

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs, _record, _title, tr("抽取记录另存(&S)"), tr("打印记录(&P)"))
        self.day = DayEdit(legal_day(ctx.now()).isoformat())
        self.fields["day"] = Field(tr("计划日期"), self.day, tr("以后可在“检查”中逐家改动"))
        self._package_state, self._record_state = muted(), muted()
        self.package = action("usb", tr("生成公示包(&G)"), self.publish)
        self.allow(Right.PUBLISH, self.package)
        self.plan = primary_action("calendar", tr("安排检查(&A)"), self.submit)
        self._lay_out()

    def show_view(self, view: FrozenView) -> None:
        """Show a draw that has a result."""
        self.take_view(view)
        void = view.row.state == "void"
        self._record_state.setText(
            tr("这次抽取已作废（{reason}），记录照样归档和公示。", reason=view.row.void_reason)
            if void
            else tr("记录含单位地址和执法人员姓名，归档用，不公开。")
        )
        self._package_state.setText(
            tr("已生成过公示包；再次生成会按现在的检查结果更新。")
            if view.row.published
            else tr("还没有生成。公示包只列可公开的内容，选一个文件夹或优盘存放。")
        )
        self.plan.setVisible(not void)
        self._visits.setVisible(not void)
        if not self.day.text():
            self.day.set_day(legal_day(self.ctx.now()).isoformat())
        self.say_fault("")

    def focus_first(self) -> None:
        """Put the focus where the visits are planned, or on the record of a void draw."""
        (self.day if not self._visits.isHidden() else self.paper.save).setFocus()

    def publish(self) -> None:
        """Ask for a folder and write the package into it."""
        folder = choose_folder(self, tr("选择放公示包的文件夹或优盘"))
        if folder is not None and self.view is not None:
            self.do(partial(_publish, self.ctx, self.view.row.id, folder), self._published, tr("正在生成公示包"))

    def submit(self) -> None:
        """Plan a visit for every drawn firm that has none yet."""
        if self.view is None or self.plan.isHidden():
            return
        self.clear_faults()
        if not self.day.is_day:
            wrong = Problem(tr("计划日期"), tr("日期"), self.day.text(), field="day", example=self.day.example)
            self.show_problems(ProblemsError("", (wrong,)))
            return
        plan = partial(planning.plan_drawn, self.ctx, self.view.row.id, self.day.day())
        self.do(plan, self._planned, tr("正在安排检查"))

    def project(self, *, on: bool) -> None:
        for card in (self._record, self._visits):
            card.setVisible(not on)
        if self.view is not None and not on:
            self.show_view(self.view)

    def _published(self, package: Path) -> None:
        self.saved.emit(tr("公示包已写好：{file}", file=package), package)
        self.changed.emit(Change.DRAWS)
        self.published.emit()

    def _planned(self, ids: tuple[str, ...]) -> None:
        if not ids:
            self.done.emit(tr("抽中的单位都已经安排过检查。"))
        else:
            self.done.emit(tr("已安排 {count} 家的检查。", count=len(ids)))
            self.changed.emit(Change.VISITS)
        self.wanted.emit("visit", "")

    def _lay_out(self) -> None:
        said = muted(tr("为抽中的每一家安排一次检查，人员按抽取结果，不能更换。"))
        self._visits = Card(tr("安排检查"), "calendar", said, self.fields["day"], grow())
        papers, packages = row(self.paper, grow()), row(self.package, grow())
        self._record = Card(tr("抽取记录"), "document", self._record_state, grow(), papers)
        package = Card(tr("公示包"), "export", self._package_state, grow(), packages)
        steps = tr(
            "一、解开公示包，用浏览器打开 verify_draw.html，选 sheet.json 和 seed.txt；不需要联网。\n"
            "二、或者在装有 Python 的电脑上运行：python3 -I verify_draw.py sheet.json seed.txt\n"
            "三、算出的内容应与 result.csv 一字不差，第一行是冻结时公布的名单指纹。\n"
            "四、在 pool.csv 里查自己的单位：是否参加，剔除的写明理由。"
        )
        cards = (self._visits, self._record, package, Card(tr("任何人怎样复核"), "help", text(steps)))
        self.cards.addLayout(grid(cards, (1, 1), ("gap", "gap"), even=True))
        self.cards.addStretch(1)
        self.add_actions(self.plan)


def _publish(ctx: Context, draw: str, folder: Path) -> Path:
    from ohdesk.services.draw import publication  # late: it brings the typesetting along

    return publication.publish(ctx, draw, folder)


def _record(ctx: Context, draw: str) -> bytes:
    from ohdesk.services.draw.papers import record_pdf  # late, as above

    return record_pdf(ctx, draw)


def _title(row: DrawRow) -> str:
    return tr("抽取记录 {plan} 第 {number} 次", plan=row.plan, number=row.number)
