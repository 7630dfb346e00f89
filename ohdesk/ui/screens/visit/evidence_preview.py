"""A piece of evidence looked at beside the schedule: pages, a picture, a sheet, or what is known of a sound."""

from functools import partial
from pathlib import PurePath
from typing import NamedTuple

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from ohdesk.domain.evidence import Evidence, EvidenceKind
from ohdesk.domain.roll.table import column_letters
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.visit import evidence, evidence_preview
from ohdesk.services.visit.evidence_preview import MOST_COLUMNS, SheetPreview
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import box, column, grow, muted, say, stack
from ohdesk.ui.kit.pdf_view import PdfView
from ohdesk.ui.kit.table_view import Column, TableView
from ohdesk.ui.kit.thumbnails import LARGEST, PictureView, jpeg_image

_WIDTH = 110  # of a column of a sheet


class Looked(NamedTuple):
    """A piece of evidence that was read to be shown: the pages of a PDF, a picture, a sheet, or why there is none."""

    pages: bytes = b""
    image: QImage | None = None
    sheet: SheetPreview | None = None
    why: str = ""


class EvidencePreview(QWidget):
    """One piece of evidence, as far as the program can show it."""

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self.pdf, self.picture = PdfView(jobs), PictureView()
        self.sheet = TableView("evidence_sheet", tr("表格内容"), _columns())
        self._notes, self._why = muted(), muted()
        self._sheet = box(column(self._notes, grow(self.sheet)))
        unseen = EmptyState(tr("这种文件不能在这里查看"), tr("可以另存后用相应的程序打开；录像请到保存处查看。"))
        self._unseen = box(column(self._why, grow(unseen)))
        self._stack = stack(self._unseen, self.picture, self.pdf, self._sheet)
        column(self._stack, of=self)

    def show_nothing(self) -> None:
        """Show that there is nothing to be seen, or not yet."""
        say(self._why, "")
        self._stack.setCurrentWidget(self._unseen)

    def show_looked(self, looked: Looked, name: str) -> None:
        """Show what was read of the one called `name`."""
        say(self._why, looked.why)
        if looked.image is not None:
            self.picture.show_image(looked.image, name)
            self._stack.setCurrentWidget(self.picture)
        elif looked.pages:
            self.pdf.show_pdf(looked.pages)
            self._stack.setCurrentWidget(self.pdf)
        elif looked.sheet is not None:
            self._show_sheet(looked.sheet)
        else:
            self._stack.setCurrentWidget(self._unseen)

    def _show_sheet(self, shown: SheetPreview) -> None:
        self._notes.setText("".join(shown.notes))
        for place in range(MOST_COLUMNS):
            self.sheet.setColumnHidden(place, place >= shown.width)
        rows = shown.rows
        self.sheet.table.show_rows(len(rows), lambda offset, limit: rows[offset : offset + limit])
        self._stack.setCurrentWidget(self._sheet)


def look(ctx: Context, held: Evidence) -> Looked:
    """Read a piece of evidence to be shown; on any thread."""
    if held.kind is EvidenceKind.PHOTO:
        return Looked(image=jpeg_image(evidence.content(ctx, held), LARGEST))
    if PurePath(held.name).suffix == ".pdf" and held.kind is EvidenceKind.PAPER:
        return Looked(pages=evidence.content(ctx, held))
    if held.kind is EvidenceKind.SHEET:
        try:
            return Looked(sheet=evidence_preview.sheet(ctx, held))
        except UserError as error:
            return Looked(why=error.whole)
    if held.kind is EvidenceKind.SOUND:
        kind = PurePath(held.name).suffix.removeprefix(".").upper()
        length = held.extent or tr("时长不明")
        return Looked(
            why=tr("{kind} 录音，{length}，{size} KB。", kind=kind, length=length, size=-(-held.size // 1024))
        )
    return Looked()


def _columns() -> tuple[Column[tuple[str, ...]], ...]:
    return tuple(Column(column_letters(place), partial(_cell, place), _WIDTH) for place in range(MOST_COLUMNS))


def _cell(place: int, row: tuple[str, ...]) -> str:
    return row[place] if place < len(row) else ""
