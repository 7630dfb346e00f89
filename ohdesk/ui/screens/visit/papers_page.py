"""纸面: the papers that go beside the screen, each to be printed or saved."""

from pathlib import Path

from ohdesk.files import safe_stem
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.visit.views import VisitView
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import grow, row, text
from ohdesk.ui.kit.paper import Paper
from ohdesk.ui.screens.visit.visit_page import VisitPage


class PapersPage(VisitPage):
    """Gives out the papers of one visit; nothing is typed here, and Esc goes back to where the visit goes on."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.walk = Paper(ctx, jobs, _walk_sheet, tr("核查用表另存(&S)"), tr("打印核查用表(&P)"), _write_walk_sheet)
        self.hand_on(self.walk)
        about = tr(
            "A4 两面，列出全部检查项，项号和 1 2 3 4 与填写时相同；已知的内容和已答的项已印上。"
            "带着它走现场，回来在“填写”里按 Ctrl+F，输入项号，Enter，再按数字键。"
        )
        sheet = Card(tr("现场核查用表"), "document", text(about), grow(), row(self.walk, grow()))
        prepares = (_preparation, tr("准备单另存(&D)"), tr("打印准备单(&R)"), _write_preparation)
        self.preparation = Paper(ctx, jobs, *prepares)
        self.hand_on(self.preparation)
        about = tr(
            "一页：联系人和危害因素、到期的事项、未了的问题和照片、今年查过几次、上次是谁为什么来的、要带的和要看的。"
            "内部使用，不带进被检查单位。"
        )
        before = Card(tr("检查准备单"), "document", text(about), grow(), row(self.preparation, grow()))
        self.put_cards((before, sheet), ())
        self.add_actions(button(tr("返回(&Y)"), "Esc", act=self.back_wanted.emit))

    def show_visit(self, view: VisitView) -> None:
        self.visit = view.id
        self.walk.offer(view.id, tr("现场核查用表 {name}", name=safe_stem(view.name)))
        self.preparation.offer(view.id, tr("检查准备单 {name}", name=safe_stem(view.name)))
        self.walk.setEnabled(not view.is_patrol)
        self.walk.print.setFocus()


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
