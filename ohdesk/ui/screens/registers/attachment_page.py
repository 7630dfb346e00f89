"""One file of an entry: its pages, and what can be done with it."""

from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Signal

from ohdesk.domain.people import Right
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.register import attachments
from ohdesk.services.register.attachments import Attachment
from ohdesk.ui.kit.actions import action
from ohdesk.ui.kit.confirm import Confirm
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.files import choose_target
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import column, grow, row, stack, text
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.pdf_view import PdfView
from ohdesk.ui.kit.saving import offer_saving


class Looked(NamedTuple):
    """A file that was read; pages: its PDF, None of what the program cannot show."""

    attachment: Attachment
    pages: bytes | None


class AttachmentPage(Page):
    """Shows papers and pictures; whatever else is written out and opened by the program made for it."""

    closed = Signal()

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._entry, self._shown = "", Attachment("", "", "", 0)
        self._name = text("", "question")
        self.back = action("back", tr("返回登记(&B)"), self.closed.emit, "Esc")
        self.remove = action("close", tr("移除…(&R)"), self._ask)
        self.save = action("save", tr("另存…(&S)"), self._choose_target)
        self.question = Confirm()
        self.question.confirmed.connect(self._remove)
        self.pdf = PdfView(jobs)
        said = tr("请另存后用相应的程序打开。另存的文件不再加密，请妥善保管。")
        self._unseen = EmptyState(tr("这种文件不能在这里查看"), said)
        self._stack = stack(self.pdf, self._unseen)
        head = row(grow(self._name), self.back, self.remove, self.save, gap="gap_small")
        column(head, self.question, grow(self._stack), of=self, gap="gap", edges=("page_side", "page_top"))
        self.on_key("Esc", self.closed.emit)

    def show_file(self, entry: str, attachment: Attachment, *, may_remove: bool) -> None:
        """Show a file of an entry."""
        self._entry, self._shown = entry, attachment
        self._name.setText(attachment.name)
        self.allow(Right.REGISTER, self.remove, when=may_remove)
        offer_saving(self.save, guarded=attachment.guarded)
        self.pdf.clear()
        self._stack.setCurrentWidget(self.pdf)
        self.latest.ask(partial(_look, self.ctx, attachment), self._show)
        self.focus_first()

    def focus_first(self) -> None:
        """The focus is where keys turn the pages."""
        (self.pdf if self._stack.currentWidget() is self.pdf else self.save).setFocus()

    def _show(self, looked: Looked) -> None:
        if looked.attachment != self._shown:
            return
        if looked.pages is None:
            self._stack.setCurrentWidget(self._unseen)
            self.save.setFocus()
        else:
            self.pdf.show_pdf(looked.pages)

    def _choose_target(self) -> None:
        name = attachments.file_name(self._shown)
        if path := choose_target(self, tr("另存附件"), name, tr("所有文件 (*)"), self.ctx.folder):
            written = partial(attachments.write_out, self.ctx, self._shown, path)
            self.work(written, lambda _: self.saved.emit(tr("已另存：{path}", path=path), path), tr("另存附件"))

    def _ask(self) -> None:
        self.question.ask(tr("从这条登记移除“{name}”？可以撤销。", name=self._shown.name), tr("移除(&Y)"))

    def _remove(self) -> None:
        with self.telling():
            change = attachments.detach(self.ctx, self._entry, self._shown)
            self.closed.emit()
            self.changed.emit(change)


def _look(ctx: Context, attachment: Attachment) -> Looked:
    return Looked(attachment, attachments.pages(ctx, attachment))
