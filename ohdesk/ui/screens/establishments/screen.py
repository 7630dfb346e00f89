"""The roll (单位): search, look at one, import a list, add or correct one."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ohdesk.errors import ProblemsError, UserError
from ohdesk.i18n import tr
from ohdesk.services import establishments, roll_import, roll_undo
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.establishments import EstablishmentRow, RollQuery
from ohdesk.services.roll_import import Comparison, ImportResult
from ohdesk.ui import theme
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.table_view import PagedTable, TableView
from ohdesk.ui.screens.establishments.detail import DetailPane
from ohdesk.ui.screens.establishments.form_page import FormPage
from ohdesk.ui.screens.establishments.import_page import ImportPage
from ohdesk.ui.screens.establishments.table import roll_columns
from ohdesk.ui.theme.icons import icon


class EstablishmentsScreen(QWidget):
    """The roll with the employer selected beside it."""

    failed = Signal(Exception)
    done = Signal(str)
    changed = Signal(object)
    reloads_on = Change.ROLL

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__()
        self._ctx = ctx
        self._jobs = jobs
        self._batch = ""
        self._table: PagedTable[EstablishmentRow] = PagedTable(roll_columns())
        self.view = TableView("roll", tr("单位名录"))
        self.view.show_table(self._table, roll_columns())
        self.view.selected.connect(self._show_detail)
        self.view.opened.connect(lambda _row: self._correct())
        self.detail = DetailPane()
        self.detail.correct_wanted.connect(self._correct)
        self.form = FormPage()
        self.form.submitted.connect(self._save)
        self.form.cancelled.connect(self._back)
        self.preview = ImportPage()
        self.preview.import_wanted.connect(self._import)
        self.preview.refusals_wanted.connect(self._save_refusals)
        self.preview.cancelled.connect(self._back)
        self._correcting = ""
        self._pages = QStackedWidget()
        for page in (self._list_page(), self.form, self.preview):
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
        self.view.setFocus()

    def reload(self) -> None:
        """Read the roll again, keeping the search."""
        query = self._query()
        total = establishments.count_rows(self._ctx, query)
        self._table.show_rows(total, lambda offset, limit: establishments.list_rows(self._ctx, query, offset, limit))
        everything = total if not query.search else establishments.count_rows(self._ctx)
        count = tr("共 {all} 家").format(all=everything)
        if query.search or query.contested_only:
            count = tr("共 {all} 家，筛出 {found} 家").format(all=everything, found=total)
        self._count.setText(count)
        self._nothing.setVisible(everything == 0)
        self.view.setVisible(everything > 0)
        if total:
            self.view.selectRow(0)
        else:
            self.detail.show_nothing()

    def choose_list(self) -> None:
        """Ask for a workbook and preview it."""
        kinds = tr("名单 (*.xlsx *.xlsm *.xls *.ods *.csv)")
        path, _ = QFileDialog.getOpenFileName(self, tr("选择要导入的名单"), "", kinds)
        if path:
            self.preview_list(Path(path))

    def preview_list(self, path: Path) -> None:
        """Read a workbook on the worker and show what it would change."""
        self._set_busy(tr("正在读取 {name} …").format(name=path.name))
        job = Job(lambda _report: roll_import.compare(self._ctx, roll_import.preview(path)))
        job.succeeded.connect(self._show_preview)
        self._start(job)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.detail.setVisible(event.size().width() + theme.size("sidebar") >= theme.layout("narrow_below"))
        super().resizeEvent(event)

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
        self._undo = QPushButton(icon("undo"), tr("撤销这次导入(&U)"))
        self._undo.clicked.connect(self._undo_import)
        self._undo.hide()
        self._choose = QPushButton(icon("import"), tr("导入名单…(&I)"))
        self._choose.clicked.connect(self.choose_list)
        add = QPushButton(icon("add", "on_accent"), tr("新增单位(&N)"))
        add.setProperty("primary", True)
        add.setToolTip("Ctrl+N")
        add.clicked.connect(self._add)
        row = QHBoxLayout(header)
        row.setContentsMargins(theme.size("page_side"), 0, theme.size("page_side"), 0)
        row.setSpacing(theme.size("gap_small"))
        row.addWidget(title)
        row.addWidget(office)
        row.addStretch(1)
        for widget in (self._busy, self._undo, self._choose, add):
            row.addWidget(widget)
        return header

    def _list_page(self) -> QWidget:
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("名称、信用代码、拼音首字母  Ctrl+F"))
        self.search.setAccessibleName(tr("查找单位"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self.reload)
        self._contested = QPushButton(tr("待核(&D)"))
        self._contested.setCheckable(True)
        self._contested.setProperty("chip", True)
        self._contested.toggled.connect(self.reload)
        self._count = QLabel()
        self._count.setObjectName("muted")
        filters = QHBoxLayout()
        filters.setSpacing(theme.size("gap_small"))
        self.search.setFixedWidth(theme.layout("drawer"))
        filters.addWidget(self.search)
        filters.addWidget(self._contested)
        filters.addStretch(1)
        filters.addWidget(self._count)
        self._nothing = EmptyState(
            tr("名录还是空的"),
            tr("导入县级或市场监管下发的 Excel 名单；表头、合并单元格和重复行都会先给您看，再写入。"),
            tr("导入名单…"),
        )
        self._nothing.wanted.connect(self.choose_list)
        self.detail.setFixedWidth(theme.size("detail_width"))
        body = QHBoxLayout()
        body.setSpacing(theme.size("gap"))
        body.addWidget(self.view, 1)
        body.addWidget(self._nothing, 1)
        body.addWidget(self.detail)
        page = QWidget()
        column = QVBoxLayout(page)
        side, top = theme.size("page_side"), theme.size("page_top")
        column.setContentsMargins(side, top, side, top)
        column.setSpacing(theme.size("gap"))
        column.addLayout(filters)
        column.addLayout(body, 1)
        return page

    def _keys(self) -> None:
        for key, act in (("Ctrl+F", self._find), ("Ctrl+N", self._add), ("Esc", self._back)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    def _query(self) -> RollQuery:
        return RollQuery(search=self.search.text(), contested_only=self._contested.isChecked())

    def _find(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _back(self) -> None:
        self._pages.setCurrentIndex(0)
        self.view.setFocus()

    def _show_detail(self, row: EstablishmentRow | None) -> None:
        if row is None:
            self.detail.show_nothing()
            return
        try:
            self.detail.show_detail(establishments.detail(self._ctx, row.id))
        except UserError as error:
            self.failed.emit(error)

    def _add(self) -> None:
        self._correcting = ""
        self.form.ask_new()
        self._pages.setCurrentWidget(self.form)

    def _correct(self) -> None:
        row = self.view.current()
        if row is None:
            return
        self._correcting = row.id
        self.form.ask_correction(establishments.detail(self._ctx, row.id))
        self._pages.setCurrentWidget(self.form)

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
            self.failed.emit(error)
            return
        self._back()
        self.changed.emit(change)
        self.done.emit(tr("已保存。"))

    def _show_preview(self, comparison: Comparison) -> None:
        self.preview.show_comparison(comparison)
        self._pages.setCurrentWidget(self.preview)

    def _import(self, comparison: Comparison) -> None:
        self._set_busy(tr("正在导入…"))
        job = Job(lambda _report: roll_import.apply(self._ctx, comparison))
        job.succeeded.connect(self._imported)
        self._start(job)

    def _imported(self, result: ImportResult) -> None:
        self._batch = result.batch
        self._undo.setVisible(bool(result.batch))
        self._back()
        self.changed.emit(result.change)
        self.done.emit(tr("已导入：新增 {new} 家，变更 {changed} 家。").format(new=result.new, changed=result.changed))

    def _undo_import(self) -> None:
        batch = self._batch
        job = Job(lambda _report: roll_undo.undo(self._ctx, batch))
        job.succeeded.connect(self._undone)
        self._start(job)

    def _undone(self, _result: object) -> None:
        self._batch = ""
        self._undo.hide()
        self.changed.emit(Change.ROLL)
        self.done.emit(tr("已撤销这次导入。"))

    def _save_refusals(self, comparison: Comparison) -> None:
        suggested = tr("退回的行.xlsx")
        path, _ = QFileDialog.getSaveFileName(self, tr("另存退回的行"), suggested, "Excel (*.xlsx)")
        if not path:
            return
        job = Job(lambda _report: roll_import.write_refusals(comparison.preview, Path(path)))
        job.succeeded.connect(lambda _count: self.done.emit(tr("已另存：{path}").format(path=path)))
        self._start(job)

    def _start(self, job: Job) -> None:
        job.failed.connect(self.failed)
        job.ended.connect(self._end_busy)
        self._jobs.start(job)

    def _set_busy(self, text: str) -> None:
        self._busy.setText(text)
        self._choose.setEnabled(not text)

    def _end_busy(self) -> None:
        self._set_busy("")
