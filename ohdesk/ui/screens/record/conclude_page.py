"""Back with the inspectors: each signs with their own certificate, then the record is final."""

from collections.abc import Sequence

from PySide6.QtCore import Signal

from ohdesk.domain.record import Signer
from ohdesk.domain.scan import Scanned
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.record.finalizing import Draft
from ohdesk.services.record.signing import Seat
from ohdesk.ui.kit.actions import action, primary_action, relabel
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import muted, text
from ohdesk.ui.kit.papers_view import Paper
from ohdesk.ui.kit.reading import PagesRead, Reading
from ohdesk.ui.kit.wording import grouped
from ohdesk.ui.screens.record.hands_card import HandsCard
from ohdesk.ui.screens.record.seats import SeatsStep

_PDF_SHARE = 60  # per cent of the page


class ConcludePage(SeatsStep):
    """Emits `finalize_wanted` when everybody can sign, `back_wanted` to prepare and sign once more."""

    finalize_wanted = Signal()

    def __init__(self, ctx: Context, jobs: Jobs, shown: PagesRead) -> None:
        """shown: which pages were on screen before this page; they need not be read again"""
        super().__init__(ctx, jobs)
        self.header = self.put_header(tr("检查人员签名"))
        self.back = action("back", tr("返回准备(&B)"), self.go_back, "Esc")
        self.header.add(self.back)
        self.reading = Reading(jobs, shown)
        self.reading.changed.connect(self.show_state)
        self._party, self.digits = text(), muted()
        self.finalize = primary_action("stamp", tr("完成并定稿(&F)"), self.submit)
        self.put_beside(self.reading, _PDF_SHARE)
        self.hands = HandsCard()
        for widget in (self._party, self.seats, self.hands, self.digits):
            self.cards.addWidget(widget)
        self.add_actions(self.finalize)

    def show_draft(self, draft: Draft, seats: Sequence[Seat]) -> None:
        """Show what was signed, and who has to sign now."""
        record, party = draft.composed.record, draft.composed.record.party
        self.header.say(f"{record.title}　{record.body.name}")
        relabel(self.back, tr("返回准备(&B)"))
        who = party.name if party.way.signs else party.witness
        signed = tr("✔ {name}已签名", name=who) if who else ""
        self._party.setText(tr("当事人：{way}。{signed}", way=party.way.word, signed=signed))
        self.seats.show_seats(seats)
        # Any of them may be the recorder (记录人): whoever sits here is offered.
        me = self.ctx.actor.name
        self.hands.show_people([each for each in record.hands if each.role is not Signer.RECORDER or each.name == me])
        self.reading.show_papers([Paper(each.title, each.pdf) for each in draft.papers])
        self.digits.setText(tr("文档指纹 {digits}", digits=grouped(draft.composed.record_sha256, 8, 64)))
        self.say_fault("")
        self.focus_first()

    def show_scans(self, name: str, scanned: Sequence[Scanned], seats: Sequence[Seat]) -> None:
        """Show the papers as they came back signed in ink, and who has to confirm them."""
        self.header.say(name)
        relabel(self.back, tr("返回图片(&B)"))
        pages = sum(len(each.scans) for each in scanned)
        self._party.setText(tr("纸质签署：{pages} 页都已归入。两名检查人员确认后，扫描件不能再改。", pages=pages))
        self.seats.show_seats(seats)
        self.hands.show_people(())
        self.reading.show_papers([Paper(each.paper.name, each.pdf) for each in scanned])
        self.digits.setText("")
        self.say_fault("")
        self.focus_first()

    def forget(self) -> None:
        """Forget passwords and what was written by hand."""
        self.seats.clear()
        self.hands.show_people(())
        self.reading.show_papers(())  # of the next employer nothing of this one may be seen

    def focus_first(self) -> None:
        """Put the focus on the pages while some are to be read, then into the password, else on what ends it."""
        if not self.reading.is_read and self.reading.unread:
            self.reading.setFocus()
        elif not self.seats.focus_first():
            self.finalize.setFocus()

    def submit(self) -> None:
        """Have the record signed and made final."""
        if self.finalize.isEnabled():
            self.finalize_wanted.emit()

    def show_state(self) -> None:
        missing = tuple(filter(None, (self.reading.missing, *self.seats.missing)))
        self.show_missing(missing, tr("正在签名定稿…") if self.is_busy else tr("定稿后笔录不能再改，只能更正。"))
        self.finalize.setEnabled(not missing)
