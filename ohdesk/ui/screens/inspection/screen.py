"""Filling a checklist (检查): the outline on the left, one question on the right, every answer saved at once."""

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

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.visit import STATE_WORDS, VisitState
from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.answers import Answer
from ohdesk.i18n import tr
from ohdesk.services import evidence, inspections, visits
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.evidence import Caption
from ohdesk.services.filling_views import FillingView, PhotoView
from ohdesk.services.visits import VisitRow
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.table_view import Column, PagedTable, TableView
from ohdesk.ui.screens.inspection.answer_card import AnswerCard
from ohdesk.ui.screens.inspection.outline import OutlinePane


class InspectionScreen(QWidget):
    """The visits of this office, and the one that is being filled."""

    failed = Signal(Exception)
    done = Signal(str)
    changed = Signal(object)
    reloads_on = Change.VISITS

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__()
        self._ctx = ctx
        self._jobs = jobs
        self._visit = ""
        self._view: FillingView | None = None
        self._question = ""
        self.outline = OutlinePane()
        self.outline.chosen.connect(self.show_question)
        self.card = AnswerCard()
        self.card.answered.connect(self._save)
        self.card.next_wanted.connect(lambda: self._step(1))
        self.card.previous_wanted.connect(lambda: self._step(-1))
        self.card.photo_wanted.connect(self._choose_photo)
        self.card.announcement_wanted.connect(self._announce_photo)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._list_page())
        self._pages.addWidget(self._filling_page())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._header())
        whole.addWidget(self._pages, 1)
        self._keys()
        self.reload()

    def arrive(self) -> None:
        """The screen comes to the front: the visit that is open goes on where it stopped."""
        if not self._visit:
            under_way = [row for row in visits.list_visits(self._ctx) if row.state == "open"]
            if under_way:
                self.open_visit(under_way[0].id)
        if self._visit:
            self.card.focus_answers()

    @property
    def is_empty(self) -> bool:
        """True while no visit is planned at all."""
        return self._visits.total == 0

    def leave(self) -> None:
        """Another screen comes to the front, or the program closes: save what was just typed."""
        self.card.flush()

    def reload(self) -> None:
        """Read the visits again, and the one that is open."""
        rows = visits.list_visits(self._ctx)
        self._visits.show_rows(len(rows), lambda offset, limit: rows[offset : offset + limit])
        self._none.setVisible(not rows)
        self.view.setVisible(bool(rows))
        if self._visit:
            self._read()

    def open_visit(self, visit: str) -> None:
        """Open the checklist of a visit at the question where one stopped."""
        try:
            self._view = inspections.open_form(self._ctx, visit)
        except UserError as error:
            self.failed.emit(error)
            return
        self._visit = visit
        self._pages.setCurrentIndex(1)
        self._list_button.show()
        self._show_header()
        self.show_question(self._view.current)

    def show_question(self, question: str) -> None:
        """Show a question; what was typed at the one before is saved first."""
        if self._view is None:
            return
        self.card.flush()
        self._question = question
        self.outline.show_outline(self._view.outline, self._view.counts)
        self.outline.select(question)
        self.card.show_question(self._view.form, self._view.form.by_id[question], self._view.answers.get(question))
        self._fetch_photos()
        try:
            inspections.save_place(self._ctx, self._visit, question)
        except UserError as error:
            self.failed.emit(error)

    def attach_photo(self, path: Path) -> None:
        """Store a photo for the question shown, on the worker."""
        visit, question = self._visit, self._question
        caption = Caption(taken_by=self._ctx.actor.name, place=tr("检查现场"))
        job = Job(lambda _report: evidence.attach_photo(self._ctx, visit, question, path, caption))
        job.succeeded.connect(self._photo_stored)
        job.failed.connect(self.failed)
        self._jobs.start(job)

    def _header(self) -> QWidget:
        header = QFrame()
        header.setObjectName("header")
        header.setFixedHeight(theme.size("header"))
        self._title = QLabel(tr("检查"))
        self._title.setObjectName("title")
        self._about = QLabel()
        self._about.setObjectName("muted")
        self._undo = action("undo", tr("撤销(&U)"), self._take_back)
        self._list_button = action("back", tr("检查列表(&L)"), self.show_visits)
        row = QHBoxLayout(header)
        row.setContentsMargins(theme.size("page_side"), 0, theme.size("page_side"), 0)
        row.setSpacing(theme.size("gap_small"))
        row.addWidget(self._title)
        row.addWidget(self._about, 1)
        row.addWidget(self._undo)
        row.addWidget(self._list_button)
        self._undo.hide()
        self._list_button.hide()
        return header

    def _list_page(self) -> QWidget:
        columns = _visit_columns()
        self._visits: PagedTable[VisitRow] = PagedTable(columns)
        self.view = TableView("visits", tr("检查列表"))
        self.view.show_table(self._visits, columns)
        self.view.opened.connect(lambda row: self.open_visit(row.id))
        self._none = EmptyState(
            tr("还没有检查"),
            tr("抽取之后，抽中的单位会列在这里；批准并登记到场后就可以填写检查表。"),
        )
        page = QWidget()
        column = QVBoxLayout(page)
        side, top = theme.size("page_side"), theme.size("page_top")
        column.setContentsMargins(side, top, side, top)
        column.addWidget(self.view)
        column.addWidget(self._none)
        return page

    def _filling_page(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        side, top = theme.size("page_side"), theme.size("page_top")
        row.setContentsMargins(side, top, side, top)
        row.setSpacing(theme.size("gap"))
        row.addWidget(self.outline)
        row.addWidget(self.card, 1)
        return page

    def _keys(self) -> None:
        for key, act in (
            ("Ctrl+F", self._find),
            ("Ctrl+Z", self._take_back),
            ("F6", self._choose_photo),
            ("PgDown", lambda: self._step(1)),
            ("PgUp", lambda: self._step(-1)),
        ):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    def _find(self) -> None:
        self.outline.search.setFocus()
        self.outline.search.selectAll()

    def show_visits(self) -> None:
        """Go back to the list of visits."""
        self.card.flush()
        self._visit, self._view = "", None
        self._title.setText(tr("检查"))
        self._about.clear()
        self._undo.hide()
        self._list_button.hide()
        self._pages.setCurrentIndex(0)
        self.reload()
        self.view.setFocus()

    def _show_header(self) -> None:
        view = self._view
        if view is None:
            return
        header = view.header
        self._title.setText(header.name)
        started = legal_day(header.started_at).isoformat() if header.started_at else ""
        parts = (f"{view.form.title} {view.form.version}", "、".join(header.inspectors), started)
        self._about.setText(" · ".join(filter(None, parts)))
        self._undo.setVisible(bool(view.undo_label))
        self._undo.setToolTip(tr("撤销：{label}  Ctrl+Z").format(label=view.undo_label))

    def _read(self) -> None:
        self._view = inspections.open_form(self._ctx, self._visit)
        self.outline.show_outline(self._view.outline, self._view.counts)
        self._show_header()

    def _save(self, answer: Answer) -> None:
        try:
            saved = inspections.save_answer(self._ctx, self._visit, self._question, answer)
        except ProblemsError as error:
            self.card.show_refused(error)
            return
        except UserError as error:
            self.card.show_refused(error)
            self.failed.emit(error)
            return
        self.card.show_saved(saved)
        self._read()

    def _step(self, by: int) -> None:
        if self._view is None:
            return
        ids = [question.id for question in self._view.form.questions]
        place = ids.index(self._question) + by
        if 0 <= place < len(ids):
            self.show_question(ids[place])

    def _take_back(self) -> None:
        if self._view is None:
            return
        self.card.flush()
        try:
            undone = inspections.undo(self._ctx, self._visit)
        except UserError as error:
            self.failed.emit(error)
            return
        self._read()
        self.show_question(undone.question)
        self.done.emit(tr("已撤销：{label}").format(label=undone.label))

    def _choose_photo(self) -> None:
        if self._view is None:
            return
        kinds = tr("照片 (*.jpg *.jpeg *.png *.webp *.bmp *.tif)")
        path, _ = QFileDialog.getOpenFileName(self, tr("选择照片"), "", kinds)
        if path:
            self.attach_photo(Path(path))

    def _announce_photo(self) -> None:
        try:
            photo = evidence.announce_photo(self._ctx, self._visit, self._question, Caption(text=tr("照片随后补入")))
        except UserError as error:
            self.failed.emit(error)
            return
        self._photo_stored(photo)

    def _photo_stored(self, photo: PhotoView) -> None:
        self._read()
        self._fetch_photos()
        self.done.emit(tr("{number} 号照片已登记。").format(number=photo.number))

    def _fetch_photos(self) -> None:
        if self._view is None:
            return
        photos = tuple(photo for photo in self._view.photos if photo.question == self._question)
        self.card.show_photos(photos, {})
        held = [photo for photo in photos if not photo.announced]
        if not held:
            return
        question = self._question
        job = Job(lambda _report: {photo.number: evidence.photo_bytes(self._ctx, photo) for photo in held})
        job.succeeded.connect(lambda pictures: self._show_pictures(question, photos, pictures))
        job.failed.connect(self.failed)
        self._jobs.start(job)

    def _show_pictures(self, question: str, photos: tuple[PhotoView, ...], pictures: dict[int, bytes]) -> None:
        if question == self._question:
            self.card.show_photos(photos, pictures)


def _state_kind(row: VisitRow) -> str:
    return "active" if row.state == "open" else ""


def _visit_columns() -> tuple[Column[VisitRow], ...]:
    return (
        Column(tr("单位"), lambda row: row.name, 300),
        Column(tr("类别"), lambda row: row.kind, 90),
        Column(tr("来源"), lambda row: row.source, 140),
        Column(tr("计划日期"), lambda row: row.planned_on, 100),
        Column(tr("检查人员"), lambda row: "、".join(row.inspectors), 160),
        Column(tr("状态"), lambda row: tr(STATE_WORDS[VisitState(row.state)]), 90, kind=_state_kind),
        Column(tr("结果"), lambda row: row.outcome, 160),
    )
