"""The roll (单位): search, look at one, import a list, add or correct one."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ohdesk.errors import ProblemsError, UserError
from ohdesk.i18n import tr
from ohdesk.services import establishments, roll_export, roll_import, roll_undo
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.roll_import import Comparison, ImportResult
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.screens.establishments.form_page import FormPage
from ohdesk.ui.screens.establishments.import_page import ImportPage
from ohdesk.ui.screens.establishments.roll_page import RollPage


class EstablishmentsScreen(QWidget):
    """Three pages: the roll, the form of one employer, and the preview of a list."""

    failed = Signal(Exception)
    done = Signal(str)
    changed = Signal(object)
    reloads_on = Change.ROLL

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__()
        self._ctx = ctx
        self._jobs = jobs
        self._batch = self._correcting = ""
        self.roll = RollPage(ctx)
        self.roll.failed.connect(self.failed)
        self.roll.correct_wanted.connect(self.correct)
        self.roll.import_wanted.connect(self.choose_list)
        self.form = FormPage()
        self.form.submitted.connect(self._save)
        self.form.cancelled.connect(self.back)
        self.preview = ImportPage()
        self.preview.import_wanted.connect(self._import)
        self.preview.refusals_wanted.connect(self._choose_refusals)
        self.preview.cancelled.connect(self.back)
        self._pages = QStackedWidget()
        for page in (self.roll, self.form, self.preview):
            self._pages.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._header())
        whole.addWidget(self._pages, 1)
        self._keys()
        self.reload()

    def arrive(self) -> None:
        """The screen comes to the front."""
        if self._pages.currentWidget() is self.roll:
            self.roll.focus_list()

    def leave(self) -> None:
        """Another screen comes to the front; a form that is open stays as it is."""

    def reload(self) -> None:
        """Read the roll again, keeping the search."""
        self.roll.reload()
        self._export.setEnabled(self.roll.found > 0)
        standing = roll_undo.imports(self._ctx)
        self._batch = standing[0].batch if standing else ""
        self._undo.setToolTip(standing[0].reason if standing else "")
        self._turn_to(self._pages.currentWidget())

    def choose_list(self) -> None:
        """Ask for a workbook and preview it."""
        kinds = tr("名单 (*.xlsx *.xlsm *.xls *.ods *.csv)")
        path, _ = QFileDialog.getOpenFileName(self, tr("选择要导入的名单"), "", kinds)
        if path:
            self.preview_list(Path(path))

    def preview_list(self, path: Path) -> None:
        """Read a workbook on the worker and show what it would change."""
        job = Job(lambda _report: roll_import.compare(self._ctx, roll_import.preview(path)))
        job.succeeded.connect(self._show_preview)
        self._start(job, tr("正在读取 {name} …").format(name=path.name))

    def export_roll(self, path: Path) -> None:
        """Write the entries listed into a workbook, on the worker."""
        search = self.roll.query.search
        job = Job(lambda _report: roll_export.export_roll(self._ctx, path, search))
        job.succeeded.connect(
            lambda count: self.done.emit(tr("已导出 {count} 家：{path}").format(count=count, path=path))
        )
        self._start(job, tr("正在导出…"))

    def save_refusals(self, comparison: Comparison, path: Path) -> None:
        """Write the refused rows into a workbook beside the user's own words, on the worker."""
        job = Job(lambda _report: roll_import.write_refusals(comparison.preview, path))
        job.succeeded.connect(
            lambda count: self.done.emit(tr("已另存 {count} 行：{path}").format(count=count, path=path))
        )
        self._start(job, tr("正在另存…"))

    def add(self) -> None:
        """Ask for a new employer."""
        self._correcting = ""
        self._turn_to(self.form)
        self.form.ask_new()

    def correct(self, establishment: str) -> None:
        """Ask what of an employer is to be put right."""
        try:
            held = establishments.detail(self._ctx, establishment)
        except UserError as error:
            self.failed.emit(error)
            return
        self._correcting = establishment
        self._turn_to(self.form)
        self.form.ask_correction(held)

    def back(self) -> None:
        """Return to the list."""
        self._turn_to(self.roll)
        self.roll.close_detail()

    def _header(self) -> QWidget:
        header = QFrame()
        header.setObjectName("header")
        header.setFixedHeight(theme.size("header"))
        title = QLabel(tr("单位名录"))
        title.setObjectName("title")
        office = QLabel(self._ctx.office.name)
        office.setObjectName("muted")
        self._busy = QLabel()
        self._busy.setObjectName("muted")
        self._undo = action("undo", tr("撤销导入(&U)"), self._undo_import)
        self._choose = action("import", tr("导入名单…(&I)"), self.choose_list)
        self._export = action("export", tr("导出…(&O)"), self._choose_export)
        self._new = primary_action("add", tr("新增单位(&N)"), self.add)
        self._new.setToolTip("Ctrl+N")
        self._first = action("add", tr("新增单位(&N)"), self.add)
        row = QHBoxLayout(header)
        row.setContentsMargins(theme.size("page_side"), 0, theme.size("page_side"), 0)
        row.setSpacing(theme.size("gap_small"))
        row.addWidget(title)
        row.addWidget(office)
        row.addStretch(1)
        for widget in (self._busy, self._undo, self._choose, self._export, self._first, self._new):
            row.addWidget(widget)
        return header

    def _keys(self) -> None:
        for key, act in (("Ctrl+F", self._find), ("Ctrl+N", self.add), ("Esc", self.back)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    def _find(self) -> None:
        self.back()
        self.roll.focus_search()

    def _turn_to(self, page: QWidget) -> None:
        """Show a page; the actions of the list stand above the list only, so that each page has one primary button."""
        self._pages.setCurrentWidget(page)
        listed = page is self.roll
        for button in (self._choose, self._export):
            button.setVisible(listed)
        self._new.setVisible(listed and not self.roll.is_empty)
        self._first.setVisible(listed and self.roll.is_empty)
        self._undo.setVisible(listed and bool(self._batch))

    def _save(self, fields: dict[str, str], reason: str) -> None:
        try:
            if self._correcting:
                change = establishments.correct(self._ctx, self._correcting, fields, reason)
            else:
                change = establishments.add(self._ctx, fields, reason).change
        except ProblemsError as error:
            self.form.show_problems(error)
            return
        except UserError as error:
            self.form.show_error(error)
            return
        self.back()
        self.changed.emit(change)
        self.done.emit(tr("已保存。"))

    def _show_preview(self, comparison: Comparison) -> None:
        self._turn_to(self.preview)
        self.preview.show_comparison(comparison)

    def _import(self, comparison: Comparison) -> None:
        job = Job(lambda _report: roll_import.apply(self._ctx, comparison))
        job.succeeded.connect(self._imported)
        self._start(job, tr("正在导入…"))

    def _imported(self, result: ImportResult) -> None:
        self.back()
        self.changed.emit(result.change)
        self.done.emit(tr("已导入：新增 {new} 家，变更 {changed} 家。").format(new=result.new, changed=result.changed))

    def _undo_import(self) -> None:
        batch = self._batch
        job = Job(lambda _report: roll_undo.undo(self._ctx, batch))
        job.succeeded.connect(self._undone)
        self._start(job, tr("正在撤销…"))

    def _undone(self, undone: roll_undo.Undone) -> None:
        self.changed.emit(undone.change)
        self.done.emit(
            tr("已撤销导入：移出 {withdrawn} 家，恢复 {restored} 家。").format(
                withdrawn=undone.withdrawn, restored=undone.restored
            )
        )

    def _choose_export(self) -> None:
        suggested = tr("{office}名录.xlsx").format(office=self._ctx.office.name)
        path, _ = QFileDialog.getSaveFileName(self, tr("导出名录"), suggested, "Excel (*.xlsx)")
        if path:
            self.export_roll(Path(path))

    def _choose_refusals(self, comparison: Comparison) -> None:
        path, _ = QFileDialog.getSaveFileName(self, tr("另存退回的行"), tr("退回的行.xlsx"), "Excel (*.xlsx)")
        if path:
            self.save_refusals(comparison, Path(path))

    def _start(self, job: Job, busy: str) -> None:
        self._set_busy(busy)
        job.failed.connect(self.failed)
        job.ended.connect(self._end_busy)
        self._jobs.start(job)

    def _set_busy(self, text: str) -> None:
        self._busy.setText(text)
        for button in (self._choose, self._undo, self.preview.submit):
            button.setEnabled(not text)

    def _end_busy(self) -> None:
        self._set_busy("")
        self.preview.offer_import()
