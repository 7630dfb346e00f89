"""问题整改: what was found, until when it is to be put right, and whether it was."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout

from ohdesk.domain.rectification import WAITING
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.finding import follow_up, rechecks
from ohdesk.services.finding.follow_up import FILTERS
from ohdesk.services.finding.rows import RectificationDetail, RectificationRow
from ohdesk.services.visit import views
from ohdesk.ui.kit.actions import action, primary_action, relabel
from ohdesk.ui.kit.files import choose_target
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.screen import Screen
from ohdesk.ui.screens.finding.list_page import ListPage


class FindingsScreen(Screen):
    """The list with one finding beside it, and the form that arranges its re-check."""

    reloads_on = Change.VISITS | Change.FINDINGS | Change.RECORDS | Change.SYNC

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._in_county = ctx.office.role == "county"
        self._reading: Job | None = None
        self._read_again = self._is_read = self._to_focus = False
        self._to_open = ""
        self._draft: dict[str, Any] | None = None
        self._detail: RectificationDetail | None = None
        self.page = ListPage(towns=self._in_county)
        self.page.selected.connect(self._show_detail)
        self.page.inspect_wanted.connect(lambda: self.wanted.emit("visit", ""))
        self.page.form.submitted.connect(self._plan)
        self.page.form.cancelled.connect(self._show_actions)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._make_header())
        whole.addWidget(self.page, 1)
        self._keys()
        self._show_actions()

    def arrive(self) -> None:
        """Come to the front: the focus is in the list."""
        if not self._is_read:
            self._to_focus = True
            self.reload()
        elif self.page.is_asking:
            self.page.form.day.setFocus()
        else:
            self.page.focus_list()

    def reload(self) -> None:
        """Read the findings again, on the worker; what changes meanwhile is read once more afterwards."""
        if self._reading is not None:
            self._read_again = True
            return
        if not self._is_read:
            self._header.say(tr("正在读取…"))
        ctx = self.ctx
        self._reading = Job(lambda: follow_up.list_rectifications(ctx))
        self._reading.succeeded.connect(self._show_rows)
        self._reading.failed.connect(self.failed)
        self._reading.ended.connect(self._end_reading)
        self.jobs.start(self._reading)

    def open(self, thing: str) -> None:
        """Show the findings of a visit by its id, or put a filter in force by its key."""
        self._to_open = thing
        if self._is_read and self._reading is None:
            self._open_wanted()

    def draft(self) -> object | None:
        """Return what was typed about a re-check."""
        form = self.page.form
        if not self.page.is_asking or form.finding is None:
            return None
        return {"finding": form.finding.id, "day": form.day.text(), "inspectors": form.inspectors}

    def take_draft(self, draft: object) -> None:
        """Open the form of the re-check again as it was."""
        if not isinstance(draft, dict):
            return
        self._draft = draft
        if self._is_read and self._reading is None:
            self._open_wanted()

    def export(self, path: Path) -> None:
        """Write the findings listed into a workbook, on the worker."""
        rows = tuple(self.page.shown)
        job = Job(lambda: follow_up.export(rows, path))
        job.succeeded.connect(
            lambda count: self.saved.emit(tr("已导出 {count} 项：{path}", count=count, path=path), path)
        )
        job.failed.connect(self.failed)
        self.jobs.start(job, tr("导出问题清单"))

    def plan(self) -> None:
        """Ask for the re-check of the finding selected."""
        row = self.page.current
        if row is None or not self._may_plan(row):
            return
        try:
            proposal = rechecks.propose(self.ctx, row)
            colleagues = views.staff(self.ctx, proposal.day.isoformat()).inspectors
        except UserError as error:
            self.failed.emit(error)
            return
        self.page.open_form()
        self.page.form.ask(self.page.rows, row, proposal, colleagues)
        self._show_actions()

    def _make_header(self) -> Header:
        self._header = header = Header(tr("问题整改"))
        self._export = action("export", tr("导出…(&O)"), self._choose_export)
        self._visit = action("inspect", tr("打开检查(&V)"), self._open_visit)
        stands_out = primary_action if self._in_county else action
        self._record = stands_out("document", tr("打开笔录(&R)"), self._open_record)
        self._plan_button = primary_action("calendar", tr("安排复查(&P)"), self.plan)
        header.add(self._export, self._visit, self._record, self._plan_button)
        return header

    def _keys(self) -> None:
        for key, act in (("Ctrl+F", self.page.focus_search), ("Esc", self._back)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    def _back(self) -> None:
        self.page.back()
        self._show_actions()

    def _show_rows(self, rows: list[RectificationRow]) -> None:
        self._is_read = True
        self.page.show_rows(rows)
        self._export.setEnabled(bool(rows))
        self._show_actions()
        if self._to_focus:
            self._to_focus = False
            self.page.focus_list()

    def _end_reading(self) -> None:
        self._reading = None
        self._header.say("")
        if self._read_again:
            self._read_again = False
            self.reload()
        else:
            self._open_wanted()

    def _open_wanted(self) -> None:
        thing, self._to_open = self._to_open, ""
        if thing in FILTERS:
            self.page.choose_filter(thing)
        elif thing:
            self.page.select_visit(thing)
        draft, self._draft = self._draft, None
        if draft is not None:
            self._put_back(draft)

    def _put_back(self, draft: dict[str, Any]) -> None:
        self.page.clear_filters()
        if not self.page.select(draft["finding"]):
            return
        self.plan()
        form = self.page.form
        form.day.setText(draft["day"])
        form.choose_inspectors(draft["inspectors"])

    def _show_detail(self, row: RectificationRow | None) -> None:
        self._detail = None
        if row is not None:
            try:
                self._detail = follow_up.detail(self.ctx, row)
            except UserError as error:
                self.failed.emit(error)
        self.page.show_detail(self._detail)
        self._show_actions()

    def _show_actions(self) -> None:
        """Offer what can be done with the finding selected; one button stands out."""
        row, asking = self.page.current, self.page.is_asking
        self._export.setVisible(not asking)
        rechecked = row is not None and bool(row.recheck)
        held = self._detail is not None and self._detail.held
        self._visit.setVisible(not asking and (held or rechecked))
        relabel(self._visit, tr("打开复查(&V)") if rechecked else tr("打开检查(&V)"))
        self._record.setVisible(not asking and row is not None and bool(row.record))
        self._plan_button.setVisible(not asking and not self._in_county and row is not None)
        self._plan_button.setEnabled(row is not None and self._may_plan(row))
        refused = row is not None and not self._may_plan(row)
        why = tr("现为“{state}”，不用安排复查", state=row.word) if row is not None and refused else ""
        self._plan_button.setToolTip(why)

    def _may_plan(self, row: RectificationRow) -> bool:
        return not self._in_county and row.state in WAITING

    def _plan(self, rows: Sequence[RectificationRow], day: str, inspectors: Sequence[str]) -> None:
        try:
            rechecks.plan_recheck(self.ctx, rows, day, inspectors)
        except UserError as error:
            self.page.form.show_error(error)
            return
        self._back()
        self.changed.emit(Change.VISITS)
        self.done.emit(tr("已安排 {day} 复查 {name}，待批准。", day=day, name=rows[0].name))

    def _open_record(self) -> None:
        row = self.page.current
        if row is not None and row.record:
            self.wanted.emit("record", row.visit)

    def _open_visit(self) -> None:
        row = self.page.current
        if row is not None:
            self.wanted.emit("visit", row.recheck or row.visit)

    def _choose_export(self) -> None:
        suggested = tr("{office}问题整改.xlsx", office=self.ctx.office.name)
        path = choose_target(self, tr("导出问题清单"), suggested, "Excel (*.xlsx)")
        if path is not None:
            self.export(path)
