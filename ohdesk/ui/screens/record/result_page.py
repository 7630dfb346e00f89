"""The record is final: its number, its fingerprint, its pages, and what usually comes next."""

from PySide6.QtCore import Signal

from ohdesk.domain.record import SignedIn
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.record.views import OpenRecord, Paper
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.chips import StatusChip
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import column, grow, row, text
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.pdf_view import PdfView
from ohdesk.ui.kit.saving import offer_saving
from ohdesk.ui.kit.wording import grouped

_TEXT_SHARE, _PDF_SHARE = 36, 64  # per cent of the page


class ResultPage(Page):
    """Emits what is wanted next."""

    print_wanted = Signal(object)  # Paper
    save_wanted = Signal(object)  # Paper
    list_wanted = Signal()

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.paper: Paper | None = None
        self.header = Header(tr("已定稿"))
        self.pdf = PdfView(jobs)
        self.number, self.fingerprint = text("", "figure"), text("", "code")
        self._state, self._next = StatusChip(wraps=True), text()
        self.print = primary_action("print", tr("打印(&P)"), lambda: self.print_wanted.emit(self.paper), "Ctrl+P")
        self.save = action("save", tr("另存(&S)"), lambda: self.save_wanted.emit(self.paper))
        self.home = action("today", tr("回到今日(&H)"), self._go_home)
        self.list = action("back", tr("返回列表(&L)"), self.list_wanted.emit)
        self.header.add(self.list, self.home, self.save, self.print)
        heading = text(tr("文档指纹"), "heading")
        told = column(self.number, self._state, heading, self.fingerprint, self._next, grow(), gap="gap")
        pages = row(grow(told, _TEXT_SHARE), grow(self.pdf, _PDF_SHARE), gap="gap", edges=("page_side", "page_top"))
        column(self.header, grow(pages), of=self, gap="")

    def show_record(self, record: OpenRecord) -> None:
        """Show what was just signed."""
        self.paper = record.papers[0]
        self.header.say(f"{self.paper.title}　{record.name}")
        self.number.setText(record.number)
        self.fingerprint.setText(grouped(record.record_sha256, 8, 64))
        self._state.show_state(*_state(record.signed_in))
        self._next.setText(_next(record))
        self.pdf.show_pdf(self.paper.pdf)
        offer_saving(self.save, guarded=self.paper.guarded)
        self.focus_first()

    def focus_first(self) -> None:
        """Put the focus on the printing: the party gets a copy."""
        self.print.setFocus()

    def _go_home(self) -> None:
        self.list_wanted.emit()  # the visit is over: whoever comes back finds the list
        self.wanted.emit("today", "")


def _state(signed_in: SignedIn) -> tuple[str, str]:
    return {
        SignedIn.ELECTRONIC: (tr("✔ 当事人意见和两名检查人员的签名都在文书里"), "ok"),
        SignedIn.INK: (tr("✔ 纸质签署，扫描件由两名检查人员用证书锁定"), "ok"),
        SignedIn.INK_LATE: (tr("! 纸质签署，检查当天以后才打印或归入，文书数据里已注明"), "warn"),
    }[signed_in]


def _next(record: OpenRecord) -> str:
    if record.awaited:
        return tr("打印一份交当事人。登记了编号的照片补入后，在“照片待补”里制作照片说明页。")
    if record.signed_in is SignedIn.ELECTRONIC:
        return tr("打印一份交当事人；下次上报时这份文书会送到县级。")
    return tr("签过名的纸是原件，请存入案卷；下次上报时扫描件会送到县级。")
