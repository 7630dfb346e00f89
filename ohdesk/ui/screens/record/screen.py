"""Documents and signatures (文书签名): the list, signing a visit's record, photos that come later."""

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ohdesk.domain.people import Right
from ohdesk.domain.record import PhotoLine
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context, may
from ohdesk.services.record import finalizing, photo_pages, signing, views
from ohdesk.services.record.signing import Seat, SecondSigner
from ohdesk.services.record.views import DocumentRow, OpenRecord, Paper
from ohdesk.services.visit import photos as visit_photos
from ohdesk.ui.kit.files import choose_file, choose_target
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Job, Jobs
from ohdesk.ui.kit.printing import Printing
from ohdesk.ui.kit.screen import Screen
from ohdesk.ui.screens.record.flow import SigningFlow
from ohdesk.ui.screens.record.list_page import ListPage
from ohdesk.ui.screens.record.photos_page import PhotosPage

Awaited = tuple[tuple[Seat, ...], tuple[PhotoLine, ...], dict[int, bytes]]


class RecordsScreen(Screen):
    """Three pages: the list, the signing of one visit, and the photos of one record."""

    reloads_on = Change.RECORDS | Change.VISITS | Change.PEOPLE | Change.SYNC

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._visit = self._asked = ""
        self._reading: Job | None = None
        self._record: OpenRecord | None = None
        self._may_sign = ctx.office.role == "town" and may(ctx, Right.RECORD)
        self.list = ListPage(jobs, may_sign=self._may_sign)
        self.printing = Printing(jobs, self)
        self.header = Header(tr("文书签名"))
        self._pages = QStackedWidget()
        self._pages.addWidget(self._list_page())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)
        self._connect()

    @cached_property
    def flow(self) -> SigningFlow:
        """The signing of one visit; made when it is first wanted, which the list need not wait for."""
        flow = SigningFlow(self.ctx, self.jobs)
        flow.failed.connect(self.failed)
        flow.changed.connect(self.changed)
        flow.wanted.connect(self.wanted)
        flow.kiosk_wanted.connect(self.kiosk_wanted)
        flow.closed.connect(self._back_to_list)
        flow.result.print_wanted.connect(self._print)
        flow.result.save_wanted.connect(self._save)
        self._pages.addWidget(flow)
        return flow

    @cached_property
    def photos(self) -> PhotosPage:
        """The photos of one record that come later; made when first wanted."""
        photos = PhotosPage()
        photos.back_wanted.connect(self._back_to_list)
        photos.photo_wanted.connect(self._choose_photo)
        photos.sign_wanted.connect(self._sign_photo_page)
        self._pages.addWidget(photos)
        return photos

    def arrive(self) -> None:
        """Come to the front: read the list the first time, go on where one was."""
        if self._reading is None and not self.list.shown:
            self.reload()
        front = self._pages.currentWidget()
        if isinstance(front, SigningFlow):
            front.arrive()
        elif isinstance(front, PhotosPage):
            front.focus_first()
        else:
            self.list.focus_list()

    def leave(self) -> None:
        """Keep what was just typed."""
        if self._signs:
            self.flow.leave()

    def reload(self) -> None:
        """Read the list again, and what is being prepared."""
        job = Job(partial(_rows, self.ctx))
        job.succeeded.connect(self._show_rows)
        job.failed.connect(self.failed)
        self._reading = self.jobs.start(job)
        if self._signs:
            self.flow.reload()

    def open(self, visit: str) -> None:
        """Show the final record of a visit, or prepare its signing."""
        if self._may_sign and not views.is_final(self.ctx, visit):
            self._sign(visit)
            return
        self._visit = visit
        self._back_to_list()

    def draft(self) -> object | None:
        """The visit being prepared; what was typed for it is kept already."""
        return self.flow.visit or None if self._signs else None

    def take_draft(self, draft: object) -> None:
        """Go on with the visit that was being prepared; what was signed by hand has to be signed again."""
        self._sign(str(draft))

    @property
    def _signs(self) -> bool:
        """True once a visit was to be signed, so that there is a flow."""
        return "flow" in vars(self)

    def _list_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.list, 1)
        return page

    def _connect(self) -> None:
        self.list.selected.connect(self._show_selected)
        self.list.sign_wanted.connect(self._sign)
        self.list.inspection_wanted.connect(self._to_inspection)
        pane = self.list.pane
        pane.amend_wanted.connect(self._amend)
        pane.photos_wanted.connect(self._bring_photos)
        pane.print_wanted.connect(self._print)
        pane.save_wanted.connect(self._save)
        self.printing.done.connect(self.done)
        self.printing.failed.connect(self.failed)
        QShortcut(QKeySequence("Ctrl+P"), self).activated.connect(self._print_in_front)

    def _start(self, work: Callable[[], Any], then: Callable[..., None], title: str = "") -> Job:
        job = Job(work)
        job.succeeded.connect(then)
        job.failed.connect(self.failed)
        return self.jobs.start(job, title)

    def _show_rows(self, rows: tuple[DocumentRow, ...]) -> None:
        ready = sum(not row.is_final for row in rows)
        self.header.say(tr("待签名 {ready} · 已定稿 {final}", ready=ready, final=len(rows) - ready) if rows else "")
        self.list.show_rows(rows)
        if self._visit:
            self.list.choose(self._visit)
            self._visit = ""

    def _show_selected(self, row: DocumentRow | None) -> None:
        self._asked = row.visit if row is not None and row.is_final else ""
        self._record = None
        if row is not None and row.is_final:
            self.list.pane.show_loading(row)
            self._start(partial(_opened, self.ctx, row.visit), self._show_record)

    def _show_record(self, record: OpenRecord) -> None:
        if record.visit == self._asked:
            self._record = record
            self.list.pane.show_record(record, may_add=self._may_sign and record.own)

    def _sign(self, visit: str) -> None:
        self._pages.setCurrentWidget(self.flow)
        self.flow.open(visit)

    def _back_to_list(self) -> None:
        if isinstance(self._pages.currentWidget(), PhotosPage):
            self.photos.seats.clear()
        self._pages.setCurrentIndex(0)
        self.reload()
        self.list.focus_list()

    def _to_inspection(self) -> None:
        self.wanted.emit("visit", "")

    def _print(self, paper: Paper) -> None:
        self.printing.print_pdf(paper.pdf, f"{paper.title} {paper.number}")

    def _print_in_front(self) -> None:
        """Ctrl+P: what the button that is in sight would print."""
        offered = (self.list.pane.print, self.flow.result.print) if self._signs else (self.list.pane.print,)
        for button in offered:
            if button.isVisible() and button.isEnabled():
                button.click()
                return

    def _save(self, paper: Paper) -> None:
        target = choose_target(self, tr("另存文书"), paper.file_name, tr("PDF 文书 (*.pdf)"))
        if target is not None:
            self.save_to(paper, target)

    def save_to(self, paper: Paper, target: Path) -> None:
        """Write a document to a file and read it back."""
        self._start(partial(_saved, paper, target), self._say_saved, tr("正在另存文书"))

    def _say_saved(self, target: Path) -> None:
        self.saved.emit(tr("已另存为 {file}，读回核对一致。", file=target), target)

    def _amend(self, statement: str, reason: str) -> None:
        if self._record is None:
            return
        try:
            change = finalizing.amend(self.ctx, self._record.visit, statement, reason)
        except UserError as error:
            self.failed.emit(error)
            return
        self.done.emit(tr("更正已记入，笔录本身没有改动。"))
        self._visit = self._record.visit
        self.list.pane.show_pages()
        self.reload()
        self.changed.emit(change)

    def _bring_photos(self) -> None:
        record = self._record
        if record is None:
            return
        self._pages.setCurrentWidget(self.photos)
        self.photos.show_record(f"{record.number}　{record.name}", ())
        self._read_photos(record.visit)

    def _read_photos(self, visit: str) -> None:
        self._start(partial(_awaited, self.ctx, visit), self._show_photos)

    def _show_photos(self, awaited: Awaited) -> None:
        seats, views, pictures = awaited
        if self._record is None:
            return
        if not self.photos.seats.passwords:
            self.photos.show_record(f"{self._record.number}　{self._record.name}", seats)
        self.photos.show_photos(views, pictures)
        self.photos.focus_first()

    def _choose_photo(self, number: int) -> None:
        kinds = tr("照片 (*.jpg *.jpeg *.png *.webp *.bmp *.tif *.tiff)")
        path = choose_file(self, tr("选择照片 {number}", number=number), kinds)
        if path is not None:
            self.bring_in(number, path)

    def bring_in(self, number: int, path: Path) -> None:
        """Store the file of an announced photo."""
        if self._record is not None:
            work = partial(_brought_in, self.ctx, self._record.visit, number, path)
            self._start(work, self._read_photos, tr("正在保存照片"))

    def _sign_photo_page(self) -> None:
        if self._record is None:
            return
        self.photos.set_busy()
        job = Job(partial(_photo_page, self.ctx, self._record.visit, self.photos.signers))
        job.succeeded.connect(self._photo_page_made)
        job.failed.connect(self.photos.refuse)
        self.jobs.start(job, tr("正在签名照片说明页"))

    def _photo_page_made(self, number: str) -> None:
        self.done.emit(tr("照片说明页 {number} 已签名。", number=number))
        self._visit = self._record.visit if self._record else ""
        self._back_to_list()
        self.changed.emit(Change.RECORDS)


def _rows(ctx: Context) -> tuple[DocumentRow, ...]:
    return views.document_rows(ctx)


def _opened(ctx: Context, visit: str) -> OpenRecord:
    return views.open_record(ctx, visit)


def _saved(paper: Paper, target: Path) -> Path:
    return views.save_copy(paper, target)


def _awaited(ctx: Context, visit: str) -> Awaited:
    views = photo_pages.awaited_views(ctx, visit)
    pictures = {view.number: visit_photos.photo_bytes(ctx, view) for view in views if not view.announced}
    return signing.seats(ctx, visit), views, pictures


def _brought_in(ctx: Context, visit: str, number: int, path: Path) -> str:
    visit_photos.bring_in_photo(ctx, visit, number, path)
    return visit


def _photo_page(ctx: Context, visit: str, signers: tuple[SecondSigner, ...]) -> str:
    return photo_pages.add_photo_page(ctx, visit, *signers).number
