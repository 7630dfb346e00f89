"""One document beside the list: its actual pages, whether they are still what was signed, and what can be done."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ohdesk.domain.calendar import beijing, parse_instant
from ohdesk.i18n import tr
from ohdesk.services.record.views import DocumentRow, OpenRecord, Paper
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.long_choice import LongChoice
from ohdesk.ui.kit.pdf_view import PdfView
from ohdesk.ui.kit.status_chip import StatusChip
from ohdesk.ui.screens.record.amend_form import AmendForm


class RecordPane(QFrame):
    """Shows what is selected; emits what is wanted of it."""

    print_wanted = Signal(object)  # Paper
    save_wanted = Signal(object)  # Paper
    amend_wanted = Signal(str, str)  # statement, reason
    photos_wanted = Signal()
    sign_wanted = Signal()
    close_wanted = Signal()

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self.setObjectName("card")
        self._record: OpenRecord | None = None
        self._may_add = False
        self._title = QLabel()
        self._title.setObjectName("question")
        self._title.setWordWrap(True)
        self._about = QLabel()
        self._about.setObjectName("muted")
        self._about.setWordWrap(True)
        self.papers = LongChoice()
        self.papers.setAccessibleName(tr("文书"))
        self.papers.currentIndexChanged.connect(self._show_paper)
        self.check = StatusChip()
        self.check.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.check.setWordWrap(True)
        self.pdf = PdfView(jobs)
        self.amend_form = AmendForm()
        self.amend_form.submitted.connect(self.amend_wanted)
        self.amend_form.cancelled.connect(self.show_pages)
        self._lay_out()
        self.show_nothing()

    @property
    def paper(self) -> Paper | None:
        """The PDF in front."""
        papers = self._record.papers if self._record else ()
        return papers[max(self.papers.currentIndex(), 0)] if papers else None

    @property
    def about(self) -> str:
        """What is said of the record: when it became final, what was added."""
        return self._about.text()

    def show_nothing(self) -> None:
        """Nothing is selected."""
        self._record = None
        self._tell("", "")
        self.pdf.clear()
        self._show_state()

    def show_ready(self, row: DocumentRow, *, may_sign: bool) -> None:
        """Show a visit that waits for signatures; nothing is signed yet, so there are no pages."""
        self._record = None
        who = tr("检查人员：{names}　检查日期：{day}", names="、".join(row.inspectors), day=row.day)
        self._tell(row.name, who)
        self.pdf.clear()
        self._wait.setText(
            tr("检查已做完，等当事人和两名检查人员签名。签名前可以先核对草稿。")
            if may_sign
            else tr("等当事人和两名检查人员签名。请由{names}登录后办理。", names=tr("或").join(row.inspectors))
        )
        self._show_state(ready=True, may_sign=may_sign)

    def show_loading(self, row: DocumentRow) -> None:
        """Say whose pages are being read."""
        self._record = None
        self._tell(f"{row.number}　{row.name}", tr("正在读取…"))
        self.pdf.clear()
        self._show_state()

    def show_record(self, record: OpenRecord, *, may_add: bool) -> None:
        """Show a final record with its papers; `may_add`: a correction, or photos that were announced."""
        self._record, self._may_add = record, may_add
        self._tell(f"{record.number}　{record.name}", _told(record))
        self.papers.blockSignals(True)
        self.papers.clear()
        self.papers.addItems([f"{paper.title} {paper.number}" for paper in record.papers])
        self.papers.blockSignals(False)
        self.amend_form.clear()
        self._show_paper()
        self._show_state()

    def amend(self) -> None:
        """Ask for the statement to be added."""
        self._stack.setCurrentWidget(self.amend_form)
        for widget in (self._buttons, self._photo_line, self.check, self.papers):
            widget.hide()
        self.amend_form.start()

    def show_pages(self) -> None:
        """Back from the statement to the pages."""
        self._show_state()
        self.pdf.setFocus()

    def focus_first(self) -> None:
        """Put the focus where one goes on."""
        (self.sign if not self.sign.isHidden() else self.pdf).setFocus()

    def _tell(self, title: str, about: str) -> None:
        self._title.setText(title)
        self._about.setText(about)
        self._about.setVisible(bool(about))

    def _show_paper(self) -> None:
        paper = self.paper
        if paper is None:
            return
        if paper.lost:
            self.pdf.clear()
            self.check.show_state(tr("✗ {reason}", reason=paper.lost), "bad")
        else:
            self.pdf.show_pdf(paper.pdf)
            digits = " ".join(paper.pdf_sha256[start : start + 4] for start in range(0, 16, 4))
            self.check.show_state(tr("✔ 与定稿时一致　文件指纹 {digits} …", digits=digits), "ok")
        self.check.setToolTip(paper.pdf_sha256)
        for button in (self.print, self.save):
            button.setEnabled(not paper.lost)

    def _show_state(self, *, ready: bool = False, may_sign: bool = False) -> None:
        record = self._record
        self._stack.setCurrentWidget(self._ready_page if ready else self.pdf)
        self._buttons.setVisible(record is not None)
        self.check.setVisible(record is not None)
        self.papers.setVisible(record is not None and len(record.papers) > 1)
        self.amend_button.setVisible(self._may_add)
        awaited = len(record.awaited) if record is not None and self._may_add else 0
        self._awaited.setText(tr("签名时登记的照片还有 {count} 张没有补入。", count=awaited))
        self._photo_line.setVisible(bool(awaited))
        self.sign.setVisible(ready and may_sign)

    def _lay_out(self) -> None:
        self.close_button = QPushButton(tr("关闭(&W)"))
        self.close_button.setProperty("quiet", True)
        self.close_button.setToolTip("Esc")
        self.close_button.clicked.connect(self.close_wanted)
        head = QHBoxLayout()
        head.setSpacing(theme.size("gap_small"))
        head.addWidget(self._title, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._stack = QStackedWidget()
        self._ready_page = self._ready_widget()
        for page in (self.pdf, self.amend_form, self._ready_page):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        gap = theme.size("gap")
        column.setContentsMargins(gap, gap, gap, gap)
        column.setSpacing(theme.size("gap_small"))
        column.addLayout(head)
        for widget in (self._about, self.papers, self.check):
            column.addWidget(widget)
        column.addWidget(self._photo_row())
        column.addWidget(self._stack, 1)
        column.addWidget(self._button_row())

    def _ready_widget(self) -> QWidget:
        self._wait = QLabel()
        self._wait.setWordWrap(True)
        self.sign = primary_action("sign", tr("去签名(&G)"), self.sign_wanted.emit)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, theme.size("gap"), 0, 0)
        column.setSpacing(theme.size("gap"))
        column.addWidget(self._wait)
        column.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        return page

    def _button_row(self) -> QWidget:
        self.print = action("print", tr("打印(&P)"), lambda: self.print_wanted.emit(self.paper))
        self.print.setToolTip("Ctrl+P")
        self.save = action("save", tr("另存(&S)"), lambda: self.save_wanted.emit(self.paper))
        self.amend_button = action("edit", tr("更正…(&M)"), self.amend)
        self._buttons = QWidget()
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.size("gap_small"))
        for button in (self.print, self.save, self.amend_button):
            row.addWidget(button)
        row.addStretch(1)
        return self._buttons

    def _photo_row(self) -> QWidget:
        self._awaited = QLabel()
        self._awaited.setWordWrap(True)
        self.photos = primary_action("photo", tr("补照片(&T)"), self.photos_wanted.emit)
        self._photo_line = QWidget()
        row = QHBoxLayout(self._photo_line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.size("gap_small"))
        row.addWidget(self._awaited, 1)
        row.addWidget(self.photos)
        return self._photo_line


def _told(record: OpenRecord) -> str:
    at = beijing(parse_instant(record.finalized_at)).strftime("%Y-%m-%d %H:%M")
    lines = [tr("{at} 定稿", at=at)]
    lines += [
        tr(
            "更正（{by}，{day}）：{statement} 理由：{reason}",
            by=each.by,
            day=beijing(parse_instant(each.at)).strftime("%Y-%m-%d"),
            statement=each.statement,
            reason=each.reason,
        )
        for each in record.amendments
    ]
    return "\n".join(lines)
