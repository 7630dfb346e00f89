"""The roll (单位): search, look at one, import a list, add or correct one."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ohdesk.domain.progress import Progress
from ohdesk.errors import ProblemsError, UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.roll import entries, importing, undo
from ohdesk.services.roll.importing import Comparison, ImportResult
from ohdesk.services.visit.views import VisitLine
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action, primary_action, relabel
from ohdesk.ui.kit.files import choose_file, choose_target
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Job, Jobs, ReportingJob
from ohdesk.ui.kit.screen import Screen
from ohdesk.ui.screens.roll.form_page import FormPage
from ohdesk.ui.screens.roll.import_lines import LookedAt, look_at
from ohdesk.ui.screens.roll.import_page import ImportPage
from ohdesk.ui.screens.roll.roll_page import RollPage


class Draft(NamedTuple):
    """A form that was being filled: whose (an id, or "" for a new employer), and what was typed."""

    correcting: str
    typed: dict[str, str]


class EstablishmentsScreen(Screen):
    """Three pages: the roll, the form of one employer, and the preview of a list."""

    reloads_on = Change.ROLL | Change.VISITS | Change.RECORDS

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._batch = self._imported_from = self._correcting = ""
        self._edits: list[str] = []  # what was added or corrected by hand since the program was opened, newest last
        self._busy = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(theme.layout("after_first_paint_ms"))
        self._later.timeout.connect(self._look_up_imports)
        self.roll = RollPage(ctx, jobs)
        self.roll.failed.connect(self.failed)
        self.roll.correct_wanted.connect(self.correct)
        self.roll.visit_wanted.connect(self._plan_visit)
        self.roll.line_wanted.connect(self._open_line)
        self.roll.import_wanted.connect(self.choose_list)
        self.roll.listed.connect(self._offer)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.roll)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._make_header())
        whole.addWidget(self._pages, 1)
        self._keys()
        self.reload()

    @cached_property
    def form(self) -> FormPage:
        """The form of one employer, made when it is first wanted."""
        form = FormPage()
        form.submitted.connect(self._save)
        form.cancelled.connect(self.back)
        self._pages.addWidget(form)
        return form

    @cached_property
    def preview(self) -> ImportPage:
        """The preview of a list, made when it is first wanted."""
        preview = ImportPage()
        preview.import_wanted.connect(self._import)
        preview.refusals_wanted.connect(self._choose_refusals)
        preview.cancelled.connect(self.back)
        self._pages.addWidget(preview)
        return preview

    def arrive(self) -> None:
        """The screen comes to the front."""
        if self._pages.currentWidget() is self.roll:
            self.roll.focus_list()

    def reload(self) -> None:
        """Read the roll again, keeping the search; whether an import can be undone is looked up after that."""
        self.roll.reload()
        self._turn_to(self._pages.currentWidget())
        self._later.start()

    def open(self, wanted: str) -> None:
        """Show one employer."""
        self.back()
        try:
            self.roll.open(wanted)
        except UserError as error:
            self.failed.emit(error)

    def draft(self) -> Draft | None:
        """Return what was typed into the form and is not saved yet."""
        page = self._pages.currentWidget()
        typed = page.typed() if isinstance(page, FormPage) else {}
        return Draft(self._correcting, typed) if typed else None

    def take_draft(self, draft: object) -> None:
        """Open the form again with what was typed."""
        if not isinstance(draft, Draft):
            return
        if draft.correcting:
            self.correct(draft.correcting)
        else:
            self.add()
        self.form.type_again(draft.typed)

    def choose_list(self) -> None:
        """Ask for a workbook and preview it."""
        path = choose_file(self, tr("选择要导入的名单"), tr("名单 (*.xlsx *.xlsm *.xls *.ods *.csv)"))
        if path is not None:
            self.preview_list(path)

    def preview_list(self, path: Path) -> None:
        """Read a workbook on the worker and show what it would change."""
        ctx = self.ctx

        def compared(report: Progress) -> LookedAt:
            return look_at(importing.compare(ctx, importing.preview(path, report=report), report))

        job = ReportingJob(compared)
        job.succeeded.connect(self._show_preview)
        self._start(job, tr("读取名单 {name}", name=path.name))

    def export_roll(self, path: Path) -> None:
        """Write the entries listed into a workbook, on the worker."""
        ctx, search = self.ctx, self.roll.query.search

        def exported() -> str:
            from ohdesk.services.roll import export  # late: brings the writer of workbooks

            count = export.export_roll(ctx, path, search)
            return tr("已导出 {count} 家：{path}", count=count, path=path)

        self._start_saving(exported, tr("导出名录"), path)

    def save_refusals(self, comparison: Comparison, path: Path) -> None:
        """Write the refused rows into a workbook beside the user's own words, on the worker."""

        def written() -> str:
            from ohdesk.services.roll import export  # late: brings the writer of workbooks

            count = export.write_refusals(comparison.reading, path)
            return tr("已另存 {count} 行：{path}", count=count, path=path)

        self._start_saving(written, tr("另存退回的行"), path)

    def add(self) -> None:
        """Ask for a new employer."""
        self._correcting = ""
        self._turn_to(self.form, tr("新增单位"))
        self.form.ask_new()

    def correct(self, establishment: str) -> None:
        """Ask what of an employer is to be put right."""
        try:
            held = entries.detail(self.ctx, establishment)
        except UserError as error:
            self.failed.emit(error)
            return
        self._correcting = establishment
        self._turn_to(self.form, tr("更正单位"), held.fields["name"])
        self.form.ask_correction(held)

    def back(self) -> None:
        """Return to the list."""
        self._turn_to(self.roll)
        self.roll.close_detail()

    def _make_header(self) -> Header:
        self._header = Header(tr("单位名录"))
        self._undo = action("undo", tr("撤销导入(&U)"), self._undo_newest)
        self._choose = action("import", tr("导入名单…(&I)"), self.choose_list)
        self._export = action("export", tr("导出…(&O)"), self._choose_export)
        self._new = primary_action("add", tr("新增单位(&N)"), self.add)
        self._new.setToolTip("Ctrl+N")
        self._first = action("add", tr("新增单位(&N)"), self.add)
        self._header.add(self._undo, self._choose, self._export, self._first, self._new)
        return self._header

    def _keys(self) -> None:
        keys = (("Ctrl+F", self._find), ("Ctrl+N", self.add), ("Ctrl+Z", self._undo_newest), ("Esc", self.back))
        for key, act in keys:
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    def _find(self) -> None:
        self.back()
        self.roll.focus_search()

    def _turn_to(self, page: QWidget, title: str = "", about: str = "") -> None:
        """Show a page; the actions of the list stand above the list only, so that each page has one primary button."""
        self._pages.setCurrentWidget(page)
        if page is self.roll:
            title, about = tr("单位名录"), self.ctx.office.name
        if title:
            self._header.entitle(title)
            self._header.say(about)
        self._offer()

    def _offer(self) -> None:
        """Offer what can be done with what is listed."""
        listed = self._pages.currentWidget() is self.roll
        for button in (self._choose, self._export):
            button.setVisible(listed)
        self._choose.setEnabled(not self._busy)
        self._export.setEnabled(self.roll.found > 0)
        self._new.setVisible(listed and not self.roll.is_empty)
        self._first.setVisible(listed and self.roll.is_empty)
        self._undo.setVisible(listed and bool(self._edits or self._batch))
        self._undo.setEnabled(not self._busy)
        relabel(self._undo, tr("撤销修改(&U)") if self._edits else tr("撤销导入(&U)"))
        what = self._edits[-1] if self._edits else self._imported_from
        self._undo.setToolTip(tr("撤销：{label}  Ctrl+Z", label=what))

    def _look_up_imports(self) -> None:
        ctx = self.ctx
        job = Job(lambda: undo.imports(ctx)[:1])
        job.succeeded.connect(self._show_import)
        job.failed.connect(self.failed)
        self.jobs.start(job)

    def _show_import(self, newest: list[undo.RollBatch]) -> None:
        self._batch = newest[0].batch if newest else ""
        self._imported_from = newest[0].reason if newest else ""
        self._offer()

    def _save(self, fields: dict[str, str], reason: str) -> None:
        try:
            if self._correcting:
                change = entries.correct(self.ctx, self._correcting, fields, reason)
            else:
                change = entries.add(self.ctx, fields, reason).change
        except ProblemsError as error:
            self.form.show_problems(error)
            return
        except UserError as error:
            self.form.show_error(error)
            return
        if change:
            label = tr("更正 {name}") if self._correcting else tr("新增 {name}")
            self._edits.append(label.format(name=self.form.name))
        self.back()
        self.changed.emit(change)
        self.done.emit(tr("已保存。"))

    def _show_preview(self, looked_at: LookedAt) -> None:
        self._turn_to(self.preview, tr("导入名单"), self.ctx.office.name)
        self.preview.show_comparison(looked_at)

    def _import(self, comparison: Comparison) -> None:
        ctx = self.ctx
        job = ReportingJob(lambda report: importing.apply(ctx, comparison, report))
        job.succeeded.connect(self._imported)
        self._start(job, tr("导入名单"))

    def _imported(self, result: ImportResult) -> None:
        self._edits.clear()  # what was done last is undone first
        self.back()
        self.changed.emit(result.change)
        self.done.emit(tr("已导入：新增 {new} 家，变更 {changed} 家。", new=result.new, changed=result.changed))

    def _undo_newest(self) -> None:
        if self._busy or self._undo.isHidden():
            return
        if self._edits:
            self._undo_edit()
        else:
            self._undo_import()

    def _undo_edit(self) -> None:
        ctx = self.ctx
        job = Job(lambda: undo.undo_edit(ctx))
        job.succeeded.connect(self._edit_undone)
        job.failed.connect(self._edits_stand)
        self._start(job, "")

    def _edit_undone(self, undone: undo.Undone) -> None:
        label = self._edits.pop()
        self.changed.emit(undone.change)
        self.done.emit(tr("已撤销：{label}", label=label))

    def _edits_stand(self, _error: Exception) -> None:
        """What was drawn, visited or sent since cannot be undone, and nothing before it: it is no longer offered."""
        self._edits.clear()

    def _undo_import(self) -> None:
        ctx, batch = self.ctx, self._batch
        job = ReportingJob(lambda report: undo.undo(ctx, batch, report))
        job.succeeded.connect(self._undone)
        self._start(job, tr("撤销导入"))

    def _undone(self, undone: undo.Undone) -> None:
        self.changed.emit(undone.change)
        self.done.emit(
            tr(
                "已撤销导入：移出 {withdrawn} 家，恢复 {restored} 家。",
                withdrawn=undone.withdrawn,
                restored=undone.restored,
            )
        )

    def _plan_visit(self, establishment: str) -> None:
        self.wanted.emit("visit", f"new:{establishment}")

    def _open_line(self, line: VisitLine) -> None:
        self.wanted.emit("record" if line.number else "visit", line.visit)

    def _choose_export(self) -> None:
        suggested = tr("{office}名录.xlsx", office=self.ctx.office.name)
        path = choose_target(self, tr("导出名录"), suggested, "Excel (*.xlsx)")
        if path is not None:
            self.export_roll(path)

    def _choose_refusals(self, comparison: Comparison) -> None:
        path = choose_target(self, tr("另存退回的行"), tr("退回的行.xlsx"), "Excel (*.xlsx)")
        if path is not None:
            self.save_refusals(comparison, path)

    def _start_saving(self, work: Callable[[], str], title: str, path: Path) -> None:
        job = Job(lambda: (work(), path))
        job.succeeded.connect(self._say_saved)
        self._start(job, title)

    def _say_saved(self, written: tuple[str, Path]) -> None:
        self.saved.emit(*written)

    def _start(self, job: Job, title: str) -> None:
        self._busy = True
        self._offer()
        if isinstance(page := self._pages.currentWidget(), ImportPage):
            page.submit.setEnabled(False)
        job.failed.connect(self.failed)
        job.ended.connect(self._end_busy)
        self.jobs.start(job, title)

    def _end_busy(self) -> None:
        self._busy = False
        self._offer()
        if isinstance(page := self._pages.currentWidget(), ImportPage):
            page.offer_import()
