"""The record is final: its number, its fingerprint, its pages, and what usually comes next."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ohdesk.i18n import tr
from ohdesk.services.record.views import OpenRecord, Paper
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.pdf_view import PdfView
from ohdesk.ui.kit.status_chip import StatusChip
from ohdesk.ui.screens.record.foot import grouped

_TEXT_SHARE = 0.36  # of the page


class ResultPage(QWidget):
    """Emits what is wanted next."""

    print_wanted = Signal(object)  # Paper
    save_wanted = Signal(object)  # Paper
    home_wanted = Signal()
    list_wanted = Signal()

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self._paper: Paper | None = None
        self.header = Header(tr("已定稿"))
        self.pdf = PdfView(jobs)
        self.number = QLabel()
        self.number.setObjectName("figure")
        self.fingerprint = QLabel()
        self.fingerprint.setObjectName("code")
        self.fingerprint.setWordWrap(True)
        self._state = StatusChip()
        self._next = QLabel()
        self._next.setWordWrap(True)
        self._lay_out()

    def show_record(self, record: OpenRecord) -> None:
        """Show what was just signed."""
        self._paper = record.papers[0]
        self.header.say(f"{self._paper.title}　{record.name}")
        self.number.setText(record.number)
        self.fingerprint.setText(grouped(record.record_sha256))
        self._state.show_state(tr("✔ 当事人意见和两名检查人员的签名都在文书里"), "ok")
        self._next.setText(
            tr("打印一份交当事人。登记了编号的照片补入后，在“照片待补”里制作照片说明页。")
            if record.awaited
            else tr("打印一份交当事人；下次上报时这份文书会送到县级。")
        )
        self.pdf.show_pdf(self._paper.pdf)
        self.print.setFocus()

    def _lay_out(self) -> None:
        self.print = primary_action("print", tr("打印(&P)"), lambda: self.print_wanted.emit(self._paper))
        self.print.setToolTip("Ctrl+P")
        self.save = action("save", tr("另存(&S)"), lambda: self.save_wanted.emit(self._paper))
        self.home = action("today", tr("回到今日(&H)"), self.home_wanted.emit)
        self.list = action("back", tr("返回列表(&L)"), self.list_wanted.emit)
        self.header.add(self.list, self.home, self.save, self.print)
        label = QLabel(tr("文档指纹"))
        label.setObjectName("heading")
        left = QVBoxLayout()
        left.setSpacing(theme.size("gap"))
        for widget in (self.number, self._state, label, self.fingerprint, self._next):
            left.addWidget(widget)
        left.addStretch(1)
        body = QHBoxLayout()
        side, top = theme.size("page_side"), theme.size("page_top")
        body.setContentsMargins(side, top, side, top)
        body.setSpacing(theme.size("gap"))
        body.addLayout(left, round(_TEXT_SHARE * 100))
        body.addWidget(self.pdf, round((1 - _TEXT_SHARE) * 100))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.header)
        whole.addLayout(body, 1)
