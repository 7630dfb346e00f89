"""One document beside the list: its actual pages, whether they are still what was signed, and what can be done."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal

from ohdesk.domain.calendar import legal_day, parse_instant
from ohdesk.domain.record import Verification
from ohdesk.i18n import tr
from ohdesk.services.record.views import DocumentRow, OpenRecord, Paper
from ohdesk.ui.kit.actions import action, primary_action, relabel
from ohdesk.ui.kit.chips import StatusChip
from ohdesk.ui.kit.editors import LongChoice
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.lay import box, column, grow, row, text
from ohdesk.ui.kit.pane import Pane
from ohdesk.ui.kit.pdf_view import PdfView
from ohdesk.ui.kit.saving import offer_saving
from ohdesk.ui.kit.wording import grouped, minute_text


class RecordPane(Pane):
    """Shows what is selected; emits what is wanted of it."""

    print_wanted = Signal(object)  # Paper
    save_wanted = Signal(object)  # Paper
    amend_wanted = Signal()
    photos_wanted = Signal()
    sign_wanted = Signal()

    def __init__(self, jobs: Jobs) -> None:
        super().__init__(tr("文书"))
        self.record: OpenRecord | None = None
        self.papers = LongChoice()
        self.papers.setAccessibleName(tr("文书"))
        self.papers.currentIndexChanged.connect(self._show_paper)
        self.check, self.verified, self.revoked = (StatusChip(wraps=True) for _ in range(3))
        self.pdf = PdfView(jobs)
        self._wait, self._awaited = text(), text()
        self.sign = primary_action("sign", tr("去签名(&G)"), self.sign_wanted.emit)
        self.photos = primary_action("photo", tr("补照片(&T)"), self.photos_wanted.emit)
        self.print = action("print", tr("打印(&P)"), lambda: self.print_wanted.emit(self.paper), "Ctrl+P")
        self.save = action("save", tr("另存(&S)"), lambda: self.save_wanted.emit(self.paper))
        self.amend = action("edit", tr("更正…(&M)"), self.amend_wanted.emit)
        self._ready = box(column(self._wait, row(self.sign, grow()), grow(), gap="gap"))
        self._buttons = box(row(self.print, self.save, self.amend, grow()))
        self._photo_line = box(row(grow(self._awaited), self.photos))
        self.body.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the pages inside scroll by themselves
        self._states = (self.check, self.verified, self.revoked)
        shown = (self.papers, *self._states, self._photo_line, grow(self.pdf), grow(self._ready), self._buttons)
        self.show_inside(box(column(*shown)))
        self.show_nothing()

    @property
    def paper(self) -> Paper | None:
        """The PDF in front."""
        papers = self.record.papers if self.record else ()
        return papers[max(self.papers.currentIndex(), 0)] if papers else None

    def show_nothing(self) -> None:
        self._begin("")

    def show_ready(self, line: DocumentRow, *, may_sign: bool) -> None:
        """Show a visit that waits for signatures; nothing is signed yet, so there are no pages."""
        who = tr("检查人员：{names}　检查日期：{day}", names="、".join(line.inspectors), day=line.day)
        self._begin(line.name, who)
        if not may_sign:
            waits = tr("等当事人和两名检查人员签名。请由{names}登录后办理。", names=tr("或").join(line.inspectors))
        elif line.is_printed:
            waits = tr("已打印，等待归入扫描件。请把签过名的每一页拍照或扫描。")
        else:
            waits = tr("检查已做完，等当事人和两名检查人员签名。签名前可以先核对草稿。")
        self._wait.setText(waits)
        relabel(self.sign, tr("归入扫描件(&G)") if line.is_printed else tr("去签名(&G)"))
        self.pdf.hide()
        self._ready.show()
        self.sign.setVisible(may_sign)

    def show_loading(self, line: DocumentRow) -> None:
        """Say whose pages are being read."""
        self._begin(f"{line.number}　{line.name}", tr("正在读取…"))

    def show_record(self, record: OpenRecord, *, adds: bool) -> None:
        """Show a final record with its papers; `adds`: this office adds corrections and photos announced to it."""
        self.record = record
        self.show_head(f"{record.number}　{record.name}", _told(record))
        with QSignalBlocker(self.papers):  # nobody chose one; what is in front is shown below
            self.papers.clear()
            self.papers.addItems([f"{paper.title} {paper.number}" for paper in record.papers])
        self.papers.setVisible(len(record.papers) > 1)
        awaited = len(record.awaited) if adds else 0
        self._awaited.setText(tr("签名时登记的照片还有 {count} 张没有补入。", count=awaited))
        self._photo_line.setVisible(bool(awaited))
        self.amend.setVisible(adds)
        self._buttons.show()
        self._show_paper()

    def focus_first(self) -> None:
        (self.pdf if self._ready.isHidden() or self.sign.isHidden() else self.sign).setFocus()

    def _begin(self, name: str, about: str = "") -> None:
        """Show the head of something else, and nothing of what was shown before."""
        self.record = None
        self.show_head(name, about)
        self.pdf.clear()
        self.pdf.show()
        for each in (self.papers, *self._states, self._photo_line, self._ready, self._buttons):
            each.hide()

    def _show_paper(self) -> None:
        paper = self.paper
        if paper is None:
            return
        if paper.lost:
            self.pdf.clear()
            self.check.show_state(tr("✗ {reason}", reason=paper.lost), "bad")
        elif not self._is_drawn(paper):
            self.pdf.clear()
            said = tr("! 别的单位的 PDF 核对通过之前不在这里显示；需要时请另存副本，用别的程序查看。")
            self.check.show_state(said, "warn")
        else:
            self.pdf.show_pdf(paper.pdf)
            digits = grouped(paper.pdf_sha256, digits=16)
            self.check.show_state(tr("✔ 与定稿时一致　文件指纹 {digits} …", digits=digits), "ok")
        self.check.setToolTip(plain_tip(paper.pdf_sha256))
        self._show_known(paper)
        offer_saving(self.save, guarded=paper.guarded, when=not paper.lost)
        self.print.setEnabled(self._is_drawn(paper))

    def _is_drawn(self, paper: Paper) -> bool:
        return self.record is not None and self.record.is_drawn(paper)

    def _show_known(self, paper: Paper) -> None:
        """Say what is known of a PDF; of a good one of this office nothing, which drew and signed it itself."""
        known, own = paper.known, self.record is not None and self.record.own
        said, kind = {
            Verification.GOOD: (tr("✔ 已核对：签名人、内容和页面都与上报的一致"), "ok"),
            Verification.BAD: (tr("✗ 核对不通过，不计入检查数　{reason}", reason=known.reason), "bad"),
            Verification.UNCHECKED: (tr("◌ 未核　{reason}", reason=known.reason), "warn"),
            Verification.WAITING: (tr("◌ 待验：收到的文件还没有核对"), "warn"),
        }[known.verified]
        is_good = known.verified is Verification.GOOD
        self.verified.show_state("" if paper.lost or (own and is_good) else said, kind)
        flag = tr("⚑ {reason}。签名在这一天或以后，请核实。", reason=known.revoked)
        self.revoked.show_state(flag if known.revoked else "", "warn")


def _told(record: OpenRecord) -> str:
    at, how = minute_text(parse_instant(record.finalized_at)), record.signed_in.word
    lines = [tr("{at} 定稿，{how}", at=at, how=how)]
    lines += [
        tr("照片 {number}：{mark}，不印在文书上", number=each.number, mark=each.sensitive.word)
        for each in record.withheld
    ]
    lines += [
        tr(
            "更正（{by}，{day}）：{statement} 理由：{reason}",
            by=each.by,
            day=legal_day(parse_instant(each.at)).isoformat(),
            statement=each.statement,
            reason=each.reason,
        )
        for each in record.amendments
    ]
    return "\n".join(lines)
