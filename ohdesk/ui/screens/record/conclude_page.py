"""Back with the inspectors: each signs with the own certificate, then the record is final."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ohdesk.domain.record import SIGNING_WAYS, PartyStatement
from ohdesk.i18n import tr
from ohdesk.services.record.finalizing import Draft
from ohdesk.services.record.signing import Seat, SecondSigner, SignerError
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.pdf_view import PdfView
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.screens.record.foot import Foot, frame, grouped
from ohdesk.ui.screens.record.party_form import way_words
from ohdesk.ui.screens.record.seats_box import SeatsBox

_SEATS_SHARE = 0.4  # of the page


class ConcludePage(QWidget):
    """Emits `finalize_wanted` when everybody can sign, `back_wanted` to prepare and sign once more."""

    finalize_wanted = Signal()
    back_wanted = Signal()

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self._busy = False
        self.header = Header(tr("检查人员签名"))
        self.back = action("back", tr("返回准备(&B)"), self.back_wanted.emit)
        self.header.add(self.back)
        self.pdf = PdfView(jobs)
        self._party = QLabel()
        self._party.setWordWrap(True)
        self.digits = QLabel()
        self.digits.setObjectName("muted")
        self.digits.setWordWrap(True)
        self.seats = SeatsBox()
        self.seats.changed.connect(self._say_missing)
        self.seats.submitted.connect(self._submit)
        self.finalize = primary_action("stamp", tr("完成并定稿(&F)"), self._submit)
        self.foot = Foot(self.finalize)
        self._lay_out()

    @property
    def signers(self) -> tuple[SecondSigner, ...]:
        """The colleagues with their passwords."""
        return self.seats.signers

    def show_draft(self, draft: Draft, party: PartyStatement, seats: Sequence[Seat]) -> None:
        """Show what was signed, and who has to sign now."""
        self._busy = False
        self.header.say(f"{draft.composed.record.title}　{draft.composed.record.body.name}")
        words = dict(zip(("signed", "objected", "refused", "absent"), way_words(), strict=True))
        signed = tr("✔ {name}已签名", name=party.name if party.way in SIGNING_WAYS else party.witness)
        somebody = party.way in SIGNING_WAYS or party.witness
        self._party.setText(tr("当事人：{way}。{signed}", way=words[party.way], signed=signed if somebody else ""))
        self.seats.show_seats(seats)
        self.pdf.show_pdf(draft.pdf)
        self.digits.setText(tr("文档指纹 {digits}", digits=grouped(draft.composed.record_sha256)))
        self.foot.forgive()
        self.focus_first()

    def focus_first(self) -> None:
        """Put the cursor into the password, else on what ends it."""
        if not self.seats.focus_first():
            self.finalize.setFocus()

    def set_busy(self) -> None:
        """The record is being signed; nothing can be asked twice."""
        self._busy = True
        self.foot.forgive()
        self._say_missing()

    def refuse(self, error: Exception) -> None:
        """Say what was refused: beside the password it concerns, else above the buttons."""
        self._busy = False
        self._say_missing()
        if isinstance(error, SignerError):
            self.seats.show_error(error)
        else:
            self.foot.refuse(error)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self._busy:
            self.back_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _submit(self) -> None:
        if self.finalize.isEnabled():
            self.finalize_wanted.emit()

    def _say_missing(self) -> None:
        missing = self.seats.missing
        ready = tr("正在签名定稿…") if self._busy else tr("定稿后笔录不能再改，只能更正。")
        self.foot.show_missing(missing, ready)
        self.finalize.setEnabled(not missing and not self._busy)
        self.back.setEnabled(not self._busy)

    def _lay_out(self) -> None:
        form = QWidget()
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap"))
        column.addWidget(self._party)
        column.addWidget(self.seats)
        column.addWidget(self.digits)
        column.addStretch(1)
        body = QHBoxLayout()
        body.setSpacing(theme.size("gap"))
        body.addWidget(Scrolled(form), round(_SEATS_SHARE * 100))
        body.addWidget(self.pdf, round((1 - _SEATS_SHARE) * 100))
        frame(self, self.header, body, self.foot)
