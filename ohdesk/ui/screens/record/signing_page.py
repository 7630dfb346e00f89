"""The laptop is turned round: one document, large, and the pad to sign on; nothing else can be reached."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from ohdesk.domain.record import Hand, PartyStatement, Signer, StrokeSet, Way
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.office import accounts
from ohdesk.services.record.finalizing import Draft
from ohdesk.services.record.party_statement import NOT_YET
from ohdesk.ui.kit.actions import button, primary_action
from ohdesk.ui.kit.chips import FilterChips
from ohdesk.ui.kit.confirm import Confirm
from ohdesk.ui.kit.editors import note_edit
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.later import later
from ohdesk.ui.kit.lay import box, column, grow, muted, row, stack, text
from ohdesk.ui.kit.papers_view import Paper
from ohdesk.ui.kit.reading import PagesRead, Reading
from ohdesk.ui.kit.signature_pad import SignaturePad, written_on
from ohdesk.ui.kit.step_page import StepPage
from ohdesk.ui.kit.wording import grouped

_LINES = 3
_PDF_SHARE = 60  # per cent of the page


class SigningPage(StepPage):
    """Emits `opinion_changed` when the document has to be made anew, one of the others when the laptop is given back.

    handed_back: True when the signature was given, False when the page is only to be left
    paper_wanted: whoever was to sign wants to sign on paper
    """

    opinion_changed = Signal()
    handed_back = Signal(bool)
    paper_wanted = Signal()

    def __init__(self, ctx: Context, jobs: Jobs, shown: PagesRead) -> None:
        """shown: where it is set down, for those who sign after, what was on screen here"""
        super().__init__(ctx, jobs)
        self.setObjectName("kiosk")
        self._by_party = by_party = PagesRead()
        self._party = NOT_YET
        self._fingerprint = self._action = ""
        self._then: Callable[[], None] = partial(self.handed_back.emit, False)
        self._pause = later(self, self.opinion_changed.emit, "autosave_after_ms")
        self.header = self.put_header(tr("请核对后签名"))
        self.reading = Reading(jobs, by_party, shown)
        self.reading.changed.connect(self.show_state)
        self.pad = SignaturePad()
        self.pad.changed.connect(self.show_state)
        self.gate = Confirm(password=True)
        self.gate.confirmed.connect(self._check_password)
        self.gate.declined.connect(self._stay)
        self.finish = primary_action("ok", tr("签好了，交还检查人员(&D)"), self.submit)
        self.leave = button(tr("退出签名(&E)"), "Esc", act=self.go_back)
        self.on_paper = button(tr("改为纸质签署(&P)"), act=self.ask_for_paper)
        self.back_wanted.connect(self.ask_to_leave)
        self._side = stack()
        self.cards.addWidget(self._side)
        self.fill(self._side)
        # Once it has its place: what is laid out before would keep the size of type of other pages.
        self._side.addWidget(self._sheet())
        self._side.addWidget(box(column(self.gate, grow())))
        self.put_beside(self.reading, _PDF_SHARE, left=True)
        self.add_actions(self.leave, self.on_paper, self.finish)

    @property
    def party(self) -> PartyStatement:
        """The statement with the opinion chosen on this page."""
        if not self._party.way.signs:
            return self._party
        way = Way(self.opinions.current or self._party.way)
        statement = self.statement.toPlainText().strip() if way is Way.OBJECTED else ""
        return replace(self._party, way=way, statement=statement)

    @property
    def strokes(self) -> tuple[StrokeSet, ...]:
        """What was written on the pad, by whom."""
        return () if self.pad.is_empty else (written_on(self.pad, self._signer()),)

    @property
    def missing(self) -> tuple[str, ...]:
        """What is left to do on this page."""
        lacking = []
        if not self.is_read:
            lacking.append(self.reading.missing)
        if self.party.way is Way.OBJECTED and not self.party.statement:
            lacking.append(tr("写明异议"))
        if self.pad.is_empty:
            lacking.append(tr("{name}签名", name=self._signer().name))
        return tuple(lacking)

    @property
    def is_read(self) -> bool:
        """True when each page was on screen for long enough, or the document was read out."""
        return self.read_out.isChecked() or self.reading.is_read

    def show_document(self, draft: Draft, party: PartyStatement) -> None:
        """Begin with a document nobody has seen yet."""
        self._party = party
        self._by_party.forget()  # what others read before does not count for whoever signs now
        self.read_out.setChecked(False)
        self._side.setCurrentIndex(0)
        self.pad.clear()
        self.reading.show_papers(())
        signs = party.way.signs
        self.opinions.setVisible(signs)
        with QSignalBlocker(self.opinions), QSignalBlocker(self.statement):  # nobody chose or typed it
            self.opinions.choose(party.way if signs else Way.SIGNED)
            self.statement.setPlainText(party.statement)
        self._statement_field.setVisible(party.way is Way.OBJECTED)
        self._tell_who()
        self.header.say(f"{draft.composed.record.title}　{draft.composed.record.body.name}")
        self.show_draft(draft)
        self.reading.setFocus()

    def show_draft(self, draft: Draft) -> None:
        """Show the document with the opinion as it stands; what is signed is exactly this."""
        if draft.composed.record_sha256 != self._fingerprint:
            self.pad.clear()
        self._fingerprint = draft.composed.record_sha256
        self.reading.show_papers([Paper(each.title, each.pdf) for each in draft.papers])
        at_foot = grouped(self._fingerprint, 8, 16)  # as much as stands at the foot of each page
        self.digits.setText(tr("文档指纹 {digits} …", digits=at_foot))
        self.digits.setToolTip(plain_tip(grouped(self._fingerprint, 8, 64)))
        self.say_fault("")
        self.show_state()

    def refuse(self, error: Exception) -> None:
        """Say why the document cannot be made with this opinion."""
        self._fingerprint = ""
        super().refuse(error)
        self.show_state()

    def ask_to_leave(self) -> None:
        """Only an inspector leaves this page."""
        self._then, name = partial(self.handed_back.emit, False), self.ctx.actor.name
        question = tr("退出签名由{name}输入本人密码；还没有完成的签名不保留。", name=name)
        self._ask(question, tr("退出签名(&G)"))

    def ask_for_paper(self) -> None:
        """Give the laptop back: whoever was to sign wants the paper."""
        self._then, name = self.paper_wanted.emit, self.ctx.actor.name
        question = tr("请把电脑交还检查人员。{name}输入本人密码后，打印文书，在纸上签名。", name=name)
        self._ask(question, tr("改为纸质签署(&G)"))

    def submit(self) -> None:
        """Give the laptop back, once the document is signed."""
        if self.finish.isEnabled():
            self._then, name = partial(self.handed_back.emit, True), self.ctx.actor.name
            question = tr("请把电脑交还检查人员。{name}输入本人密码后，由检查人员签名定稿。", name=name)
            self._ask(question, tr("继续(&G)"))

    def show_state(self) -> None:
        current = bool(self._fingerprint) and not self._pause.isActive()
        missing, asking = self.missing, self._side.currentIndex() == 1
        ready = tr("签好了就把电脑交还检查人员。") if current else tr("正在按选择的意见更新文书…")
        self.show_missing(missing, ready)
        why_not = self._why_not(current=current)
        self._not_yet.setText(why_not)
        self._paper.setCurrentWidget(self._not_yet if why_not else self.pad)
        self.on_paper.setEnabled(not asking)
        for each in (self.again, self.undo):
            each.setEnabled(not self.pad.is_empty and not asking)
        self.finish.setEnabled(current and not missing and not asking)

    def _signer(self) -> Hand:
        if self._party.way.signs:
            return Hand(Signer.PARTY, self._party.name)
        return Hand(Signer.WITNESS, self._party.witness)

    def _tell_who(self) -> None:
        party = self._party
        if party.way.signs:
            who = tr("当事人　{name}　{position}", name=party.name, position=party.position)
        else:
            reason = tr("当事人拒绝签名") if party.way is Way.REFUSED else tr("当事人不在现场")
            who = tr("{reason}：{text}\n见证人　{name}", reason=reason, text=party.reason, name=party.witness)
        self._who.setText(who.strip())

    def _choose_opinion(self, way: str) -> None:
        self._statement_field.setVisible(way == Way.OBJECTED)
        if way == Way.OBJECTED:
            self.statement.setFocus()
        self._change_opinion()

    def _change_opinion(self) -> None:
        """The document says something else from now on: nothing can be signed until it is shown."""
        self._fingerprint = ""
        self.say_fault("")
        self.pad.clear()
        self._pause.start()
        self.show_state()

    def _why_not(self, *, current: bool) -> str:
        """Return why the pad is not there yet; empty when it is."""
        if not self.is_read:
            return tr("请先看左边的文书，每页停一停。每一页都看过，或由检查人员当面宣读之后，就在这里签名。")
        if self.party.way is Way.OBJECTED and not self.party.statement:
            return tr("请先写明哪里有异议，它会写进文书，然后在这里签名。")
        return "" if current else tr("正在按选择的意见更新文书…")

    def _check_password(self, password: str) -> None:
        check, then, action = partial(accounts.check_own_password, self.ctx, password), self._then, self._action
        ask_again = self.refusal(lambda refused: self._ask(refused.whole, action))
        self.work(check, lambda _holds: then(), "", ask_again)

    def _ask(self, question: str, action: str) -> None:
        self._action = action
        self._side.setCurrentIndex(1)
        self.gate.ask(question, action, calm=True)
        self.show_state()

    def _stay(self) -> None:
        self._side.setCurrentIndex(0)
        self.show_state()
        self.reading.setFocus()

    def _sheet(self) -> QWidget:
        self._who, self.digits = text("", "question"), muted()
        self.opinions = FilterChips(tr("意见"))
        self.opinions.show_chips(((Way.SIGNED, tr("以上笔录属实"), None), (Way.OBJECTED, tr("有异议"), None)))
        self.opinions.chosen.connect(self._choose_opinion)
        self.statement = note_edit(_LINES)
        self.statement.textChanged.connect(self._change_opinion)
        self._statement_field = Field(tr("哪里有异议"), self.statement)
        self.read_out = QCheckBox(tr("已由检查人员当面宣读(&R)"))
        self.read_out.toggled.connect(self.show_state)
        self.again = button(tr("重新签(&C)"), act=self.pad.clear)
        self.undo = button(tr("退回一笔(&B)"), act=self.pad.undo)
        self._not_yet = text("", "card")
        self._not_yet.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._paper = stack(self.pad, self._not_yet)  # in this order: the first is laid out at once
        words = (self._who, self.opinions, self._statement_field, self.read_out)
        return box(column(*words, grow(self._paper), row(self.again, self.undo, grow()), self.digits))
