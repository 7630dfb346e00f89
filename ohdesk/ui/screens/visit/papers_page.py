"""纸面: the papers that go beside the screen, each to be printed or saved; and the self-check."""

from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from ohdesk.domain.people import Right
from ohdesk.domain.problems import in_list
from ohdesk.errors import ProblemsError
from ohdesk.files import safe_stem
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.register import county_papers
from ohdesk.services.visit import before, views
from ohdesk.services.visit.self_check_views import SelfCheckView, difference_sentence, grade_sentence, self_check_of
from ohdesk.services.visit.views import VisitView
from ohdesk.ui.kit.actions import action, button
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.editors import LongChoice
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.files import choose_file, choose_target
from ohdesk.ui.kit.flow import Flow
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import box, grow, muted, row, say, text
from ohdesk.ui.kit.paper import Paper, Write
from ohdesk.ui.kit.wording import minute_text
from ohdesk.ui.screens.visit.facts import Facts
from ohdesk.ui.screens.visit.joint_card import JointCard
from ohdesk.ui.screens.visit.visit_page import VisitPage

_FAULTS = 12  # of a workbook that came back: who sends it again looks at the first ones


class PapersPage(VisitPage):
    """Gives out the papers of one visit; of the visit nothing is typed here; Esc goes back to where it goes on."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._name = ""
        prepares = (_preparation, tr("准备单另存(&D)"), tr("打印准备单(&R)"), _write_preparation)
        self.preparation = Paper(ctx, jobs, *prepares)
        self.walk = Paper(ctx, jobs, _walk_sheet, tr("核查用表另存(&S)"), tr("打印核查用表(&P)"), _write_walk_sheet)
        self._authority = ""  # in whose name the next two are made; the worker reads no widget
        self.approval = Paper(
            ctx, jobs, self._approval, tr("审批表另存(&A)"), tr("打印审批表(&U)"), self._write_approval
        )
        self.notice = Paper(ctx, jobs, self._notice, tr("通知书另存(&N)"), tr("打印通知书(&T)"), self._write_notice)
        self.joint = JointCard(ctx, jobs)
        self.hand_on(self.preparation, self.walk, self.approval, self.notice, self.joint)
        about = tr(
            "一页：联系人和危害因素、到期的事项、未了的问题和照片、今年查过几次、上次是谁为什么来的、要带的和要看的。"
            "内部使用，不带进被检查单位。"
        )
        preparation = Card(tr("检查准备单"), "document", text(about), grow(), row(self.preparation, grow()))
        about = tr(
            "A4 两面，列出全部检查项，项号和 1 2 3 4 与填写时相同；已知的内容和已答的项已印上。"
            "带着它走现场，回来在“填写”里按 Ctrl+F，输入项号，Enter，再按数字键。"
        )
        sheet = Card(tr("现场核查用表"), "document", text(about), grow(), row(self.walk, grow()))
        self.put_cards((preparation, sheet, self.joint), (self._issued_card(), self._self_check_card()))
        what = tr("这次检查的全部文书，和可以制作的文书")
        lives = button(
            tr("本次检查的文书(&B)"), what, act=lambda: self.wanted.emit("record", f"papers-of-visit:{self.visit}")
        )
        self.add_actions(lives, button(tr("返回(&Y)"), "Esc", act=self.back_wanted.emit))

    def show_visit(self, view: VisitView) -> None:
        self.visit, self._name = view.id, safe_stem(view.name)
        self.walk.offer(view.id, tr("现场核查用表 {name}", name=self._name))
        self.preparation.offer(view.id, tr("检查准备单 {name}", name=self._name))
        self.approval.offer(view.id, tr("行政检查审批表 {name}", name=self._name))
        self.notice.offer(view.id, tr("行政检查通知书 {name}", name=self._name))
        self.joint.show_visit(view)
        for each in (self.walk, self._asked, self.approval):
            each.setEnabled(not view.is_patrol)
        self.authority.setCurrentIndex(-1)  # what was chosen for another visit
        say(self._faults, "")
        self.reload()
        self.walk.print.setFocus()

    def reload(self) -> None:
        self._show_issued()
        view = self_check_of(self.ctx, self.visit)
        self._compare.setEnabled(view is not None)
        self._standing.setText(tr("还没有读入单位交回的表。") if view is None else "\n".join(_standing(view)))
        self._differences.show_lines(() if view is None else tuple(_differences(view)))

    def send(self) -> None:
        """Ask where to, and write the workbook for the employer."""
        self._write_xlsx(tr("单位自查表 {name}", name=self._name), _write_self_check)

    def compare(self) -> None:
        """Ask where to, and write what both said."""
        self._write_xlsx(tr("自查对照 {name}", name=self._name), _write_comparison)

    def take(self) -> None:
        """Ask for the workbook that came back, and read it."""
        path = choose_file(self, tr("选择单位交回的自查表"), tr("表格 (*.xlsx)"))
        if path is not None:
            say(self._faults, "")
            self.do(partial(_take_self_check, self.ctx, self.visit, path), self._taken, tr("正在读入自查表"))

    def refuse(self, error: Exception) -> None:
        """Say every cell at which the workbook is not as it should be."""
        if not isinstance(error, ProblemsError):
            super().refuse(error)
            return
        lines = [error.message, *map(in_list, islice(error.problems, _FAULTS)), error.remedy]
        if len(error.problems) > _FAULTS:
            lines.insert(-1, tr("另有 {count} 处。", count=len(error.problems) - _FAULTS))
        say(self._faults, "\n".join(lines))

    def _taken(self, change: Change) -> None:
        self.reload()
        self.done.emit(tr("已读入单位的自查表。"))
        self.changed.emit(change)

    def _write_xlsx(self, title: str, write: Write) -> None:
        path = choose_target(self, title, f"{title}.xlsx", tr("表格 (*.xlsx)"))
        if path is not None:
            said = tr("已保存：{file}", file=path)
            work = partial(write, self.ctx, self.visit, path)
            self.work(work, lambda _: self.saved.emit(said, path), tr("正在生成：{title}", title=title))

    def _issued_card(self) -> Card:
        about = tr("审批表只供内部；通知书交被检查单位，不写来源和缘由。样式待县级确认。")
        self.authority = LongChoice()
        self.authority.currentIndexChanged.connect(lambda _place: self._choose_authority())
        self._of_whom = Field(tr("以哪个机关的名义"), self.authority)
        self._gap = text("", "fieldError")
        self._enter = button(tr("去登记县级文件(&G)"), act=lambda: self.wanted.emit("registers", county_papers.BOOK))
        gives = (self._of_whom, row(self.approval, grow()), row(self.notice, grow()))
        return Card(tr("审批表和通知书"), "document", text(about), *gives, self._gap, row(self._enter, grow()))

    def _show_issued(self) -> None:
        """Offer both papers in the name of whoever may issue them; the notice once the county's words are there."""
        view = views.visit_view(self.ctx, self.visit)
        names = before.authorities(self.ctx, view.id)
        # Of several none is chosen for anybody: it is in this one's name that the paper is made.
        self.authority.offer([("", tr("请选择"))] * (len(names) > 1) + [(name, name) for name in names])
        self._choose_authority()
        self._of_whom.setVisible(len(names) > 1)
        gap = "" if view.is_patrol else before.notice_gap(self.ctx, view.planned_on)
        say(self._gap, gap)
        self._enter.setVisible(bool(gap))
        self.notice.setEnabled(not gap and not view.is_patrol)

    def _choose_authority(self) -> None:
        self._authority = self.authority.currentData() or ""

    def _approval(self, ctx: Context, visit: str) -> bytes:
        from ohdesk.services.visit import before_papers  # late: it brings the typesetting along

        return before_papers.approval_pdf(ctx, visit, self._authority)

    def _write_approval(self, ctx: Context, visit: str, path: Path) -> None:
        from ohdesk.services.visit import before_papers

        before_papers.write_approval(ctx, visit, path, self._authority)

    def _notice(self, ctx: Context, visit: str) -> bytes:
        from ohdesk.services.visit import before_papers

        return before_papers.notice_pdf(ctx, visit, self._authority)

    def _write_notice(self, ctx: Context, visit: str, path: Path) -> None:
        from ohdesk.services.visit import before_papers

        before_papers.write_notice(ctx, visit, path, self._authority)

    def _self_check_card(self) -> Card:
        about = tr(
            "发给单位的表格：各检查项由单位选“是”“否”“不涉及”，其余格子锁定。交回后读入，评出 A、B、C 级，"
            "与检查结果逐项对照。不是笔录的内容。"
        )
        self._standing, self._faults, self._differences = muted(), text("", "fieldError"), Facts()
        self._faults.hide()
        take = action("import", tr("读入交回的(&I)"), self.take)
        self._compare = action("export", tr("对照另存(&W)"), self.compare)
        self.allow(Right.VISIT, take)
        self._asked = box(Flow(action("save", tr("自查表另存(&E)"), self.send), take, self._compare))
        inside = (text(about), self._asked, self._faults, self._standing, self._differences)
        return Card(tr("单位自查"), "document", *inside)


def _standing(view: SelfCheckView) -> Iterator[str]:
    yield grade_sentence(view)
    at, who = minute_text(view.taken_at), " ".join(filter(None, (view.filled_by, view.filled_on)))
    yield tr("{who} 填写，{at} 读入", who=who, at=at) if who else tr("没有写填表人和日期，{at} 读入", at=at)


def _differences(view: SelfCheckView) -> Iterator[tuple[str, str]]:
    for line in view.differences:
        words = (difference_sentence(line), line.note, line.fact)
        yield tr("第 {number} 项", number=line.item), "\n".join(filter(None, words))


def _walk_sheet(ctx: Context, visit: str) -> bytes:
    from ohdesk.services.visit.walk_sheet import walk_sheet_pdf  # late: it brings the typesetting along

    return walk_sheet_pdf(ctx, visit)


def _write_walk_sheet(ctx: Context, visit: str, path: Path) -> None:
    from ohdesk.services.visit.walk_sheet import write_walk_sheet

    write_walk_sheet(ctx, visit, path)


def _preparation(ctx: Context, visit: str) -> bytes:
    from ohdesk.services.finding.preparation import preparation_pdf

    return preparation_pdf(ctx, visit)


def _write_preparation(ctx: Context, visit: str, path: Path) -> None:
    from ohdesk.services.finding.preparation import write_preparation

    write_preparation(ctx, visit, path)


def _write_self_check(ctx: Context, visit: str, path: Path) -> None:
    from ohdesk.services.visit.self_check import write_self_check  # late: it brings the workbooks along

    write_self_check(ctx, visit, path)


def _write_comparison(ctx: Context, visit: str, path: Path) -> None:
    from ohdesk.services.visit.self_check import write_comparison

    write_comparison(ctx, visit, path)


def _take_self_check(ctx: Context, visit: str, path: Path) -> Change:
    from ohdesk.services.visit.self_check import take_self_check

    return take_self_check(ctx, visit, path)
