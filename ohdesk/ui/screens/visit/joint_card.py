"""联合检查: what each of the other departments found, kept as it is typed, and the sheet that all of them sign."""

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QLineEdit

from ohdesk.domain.people import Right
from ohdesk.domain.visit import VisitState
from ohdesk.errors import UserError
from ohdesk.files import safe_stem
from ohdesk.forms.going import by_department, officer_said
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.visit import partners
from ohdesk.services.visit.views import VisitView
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.editors import value_of
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import clear, column, grow, muted, row, text
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.paper import Paper


class JointCard(Page):
    """Hidden for a visit without other departments; a result is kept when its line is left, or by Enter."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._visit = ""
        self.fields: dict[str, Field] = {}  # by department
        self._results = column()
        self.sheet = Paper(ctx, jobs, _sheet, tr("汇总表另存(&O)"), tr("打印汇总表(&H)"), _write_sheet)
        self.hand_on(self.sheet)
        self._early = muted(tr("开始检查以后填写各部门的结果；现在打印的是空表。"))
        about = tr("各部门各作各的笔录；汇总表写任务、各部门人员和结果，留有签名处。本机关的结果按笔录得出。")
        inside = (text(about), self._early, self._results, row(self.sheet, grow()))
        column(Card(tr("联合检查"), "document", *inside), of=self)

    def show_visit(self, view: VisitView) -> None:
        """Show the departments of a visit."""
        self._visit = view.id
        self.setVisible(bool(view.partners))
        clear(self._results)
        self.fields = {}
        has_begun = view.state in {VisitState.OPEN, VisitState.CLOSED}
        self._early.setVisible(not has_begun)
        for department, officers in by_department(view.partners).items():
            line = QLineEdit(view.partner_results.get(department, ""))
            line.editingFinished.connect(partial(self._keep, department))
            self.allow(Right.VISIT, line, when=has_begun)
            self.fields[department] = Field(department, line, "、".join(map(officer_said, officers)))
            self._results.addWidget(self.fields[department])
        self.sheet.offer(view.id, tr("联合检查结果汇总表 {name}", name=safe_stem(view.name)))

    def _keep(self, department: str) -> None:
        field = self.fields[department]
        field.clear_error()
        try:
            change = partners.set_result(self.ctx, self._visit, department, value_of(field.editor))
        except UserError as error:
            field.set_error(error.whole)
            return
        if change:
            self.done.emit(tr("已记下{department}的结果。", department=department))
            self.changed.emit(change)


def _sheet(ctx: Context, visit: str) -> bytes:
    from ohdesk.services.record.joint_sheet import joint_sheet_pdf  # late: it brings the typesetting along

    return joint_sheet_pdf(ctx, visit)


def _write_sheet(ctx: Context, visit: str, path: Path) -> None:
    from ohdesk.services.record.joint_sheet import write_joint_sheet

    write_joint_sheet(ctx, visit, path)
