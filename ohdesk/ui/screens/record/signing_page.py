"""The laptop is turned round: one document, large, and the pad to sign on; nothing else can be reached."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ohdesk.domain.record import SIGNING_WAYS, PartyStatement
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.record.finalizing import Draft
from ohdesk.services.record.signing import Strokes
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import primary_action
from ohdesk.ui.kit.chips import FilterChips
from ohdesk.ui.kit.confirm import Confirm
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.pdf_view import PdfView
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.kit.signature_pad import SignaturePad
from ohdesk.ui.screens.record.foot import Foot, frame, grouped

_LINES = 3
_SHOWN = 17  # characters of the fingerprint: the sixteen digits that stand at the foot of each page
_PAD_SHARE = 0.4  # of the page


class SigningPage(QWidget):
    """Emits `opinion_changed` when the document has to be made anew, `password_given(password, finished)` at the end.

    finished: True when the signature was given, False when the page is only to be left
    """

    opinion_changed = Signal()
    password_given = Signal(str, bool)

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self.setObjectName("kiosk")
        self._party = PartyStatement(way="signed", name="", position="", statement="", reason="", witness="", video="")
        self._fingerprint = ""
        self._inspector = ""
        self._reached_end = self._finishing = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(theme.layout("autosave_after_ms"))
        self._pause.timeout.connect(self.opinion_changed)
        self.header = Header(tr("请核对后签名"))
        self.pdf = PdfView(jobs)
        self.pdf.pages.looked.connect(self._look)
        self.pad = SignaturePad()
        self.pad.changed.connect(self._say_missing)
        self.gate = Confirm()
        self.gate.confirmed.connect(self._give_password)
        self.gate.declined.connect(self._stay)
        self._lay_out()

    @property
    def party(self) -> PartyStatement:
        """The statement with the opinion chosen on this page."""
        if self._party.way not in SIGNING_WAYS:
            return self._party
        way = self.opinions.current or self._party.way
        statement = self.statement.toPlainText().strip() if way == "objected" else ""
        fixed = {name: getattr(self._party, name) for name in ("name", "position", "reason", "witness", "video")}
        return PartyStatement(way=way, statement=statement, **fixed)

    @property
    def strokes(self) -> tuple[Strokes, ...]:
        """What was written on the pad, by whom."""
        if self.pad.is_empty:
            return ()
        width, height = self.pad.extent()
        role, name = self._signer()
        return (Strokes(role, name, width, height, self.pad.strokes()),)

    @property
    def missing(self) -> tuple[str, ...]:
        """What is left to do on this page."""
        lacking = []
        if not self.is_read:
            lacking.append(tr("看完全部 {count} 页", count=self.pdf.count))
        if self.party.way == "objected" and not self.party.statement:
            lacking.append(tr("写明异议"))
        if self.pad.is_empty:
            lacking.append(tr("{name}签名", name=self._signer()[1]))
        return tuple(lacking)

    @property
    def is_read(self) -> bool:
        """True when the last page was shown, or the document was read out."""
        return self._reached_end or self.read_out.isChecked()

    def show_document(self, draft: Draft, party: PartyStatement, inspector: str) -> None:
        """Begin with a document nobody has seen yet; `inspector` gets the laptop back."""
        self._party, self._inspector = party, inspector
        self._reached_end = self._finishing = False
        self.read_out.setChecked(False)
        self._right.setCurrentIndex(0)
        self.pad.clear()
        signs = party.way in SIGNING_WAYS
        self.opinions.setVisible(signs)
        self.opinions.blockSignals(True)
        self.opinions.choose(party.way if signs else "signed")
        self.opinions.blockSignals(False)
        self.statement.blockSignals(True)
        self.statement.setPlainText(party.statement)
        self.statement.blockSignals(False)
        self._statement_field.setVisible(party.way == "objected")
        self._tell_who()
        self.header.say(f"{draft.composed.record.title}　{draft.composed.record.body.name}")
        self.show_draft(draft)
        self.pdf.setFocus()

    def show_draft(self, draft: Draft) -> None:
        """Show the document with the opinion as it stands; what is signed is exactly this."""
        if draft.composed.record_sha256 != self._fingerprint:
            self.pad.clear()
        self._fingerprint = draft.composed.record_sha256
        self.pdf.show_pdf(draft.pdf)
        self.digits.setText(tr("文档指纹 {digits} …", digits=grouped(self._fingerprint)[:_SHOWN]))
        self.digits.setToolTip(grouped(self._fingerprint))
        self._say_missing()

    def show_refused(self, error: Exception) -> None:
        """Say why the document cannot be made with this opinion."""
        self._fingerprint = ""
        self.foot.refuse(error)
        self._say_missing()

    def refuse_password(self, error: UserError) -> None:
        """Ask for the password once more."""
        self._ask(error.whole)

    def ask_to_leave(self) -> None:
        """Only an inspector leaves this page."""
        self._finishing = False
        self._ask(tr("退出签名由{name}输入本人密码；还没有完成的签名不保留。", name=self._inspector))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.ask_to_leave()
        else:
            super().keyPressEvent(event)

    def _signer(self) -> tuple[str, str]:
        if self._party.way in SIGNING_WAYS:
            return "party", self._party.name
        return "witness", self._party.witness

    def _tell_who(self) -> None:
        party = self._party
        if party.way in SIGNING_WAYS:
            who = tr("当事人　{name}　{position}", name=party.name, position=party.position)
        else:
            reason = tr("当事人拒绝签名") if party.way == "refused" else tr("当事人不在现场")
            who = tr("{reason}：{text}\n见证人　{name}", reason=reason, text=party.reason, name=party.witness)
        self._who.setText(who.strip())

    def _look(self) -> None:
        pages = self.pdf.pages
        if self.pdf.count and pages.page + pages.columns >= self.pdf.count and not self._reached_end:
            self._reached_end = True
        self._say_missing()

    def _choose_opinion(self, way: str) -> None:
        self._statement_field.setVisible(way == "objected")
        if way == "objected":
            self.statement.setFocus()
        self._change_opinion()

    def _change_opinion(self) -> None:
        """The document says something else from now on: nothing can be signed until it is shown."""
        self._fingerprint = ""
        self.foot.forgive()
        self.pad.clear()
        self._pause.start()
        self._say_missing()

    def _say_missing(self) -> None:
        current = bool(self._fingerprint) and not self._pause.isActive()
        missing = self.missing
        ready = tr("签好了就把电脑交还检查人员。") if current else tr("正在按选择的意见更新文书…")
        self.foot.show_missing(missing, ready)
        asking = self._right.currentIndex() == 1
        why_not = self._why_not(current=current)
        self._not_yet.setText(why_not)
        self._paper.setCurrentWidget(self._not_yet if why_not else self.pad)
        for button in (self.again, self.undo):
            button.setEnabled(not self.pad.is_empty and not asking)
        self.finish.setEnabled(current and not missing and not asking)

    def _why_not(self, *, current: bool) -> str:
        """Return why the pad is not there yet; empty when it is."""
        if not self.is_read:
            return tr("请先看左边的文书。看到最后一页，或由检查人员当面宣读之后，就在这里签名。")
        if self.party.way == "objected" and not self.party.statement:
            return tr("请先写明哪里有异议，它会写进文书，然后在这里签名。")
        return "" if current else tr("正在按选择的意见更新文书…")

    def _finish(self) -> None:
        self._finishing = True
        self._ask(tr("请把电脑交还检查人员。{name}输入本人密码后，由检查人员签名定稿。", name=self._inspector))

    def _ask(self, question: str) -> None:
        action = tr("继续(&G)") if self._finishing else tr("退出签名(&G)")
        self._right.setCurrentIndex(1)
        self.gate.ask(question, action, password=True, calm=True)
        self._say_missing()

    def _give_password(self, password: str) -> None:
        self.password_given.emit(password, self._finishing)

    def _stay(self) -> None:
        self._right.setCurrentIndex(0)
        self._say_missing()
        self.pdf.setFocus()

    def _lay_out(self) -> None:
        self.finish = primary_action("ok", tr("签好了，交还检查人员(&D)"), self._finish)
        self.leave = QPushButton(tr("退出签名(&E)"))
        self.leave.setToolTip("Esc")
        self.leave.clicked.connect(self.ask_to_leave)
        self.foot = Foot(self.leave, self.finish)
        body = QHBoxLayout()
        body.setSpacing(theme.size("gap"))
        body.addWidget(self.pdf, round((1 - _PAD_SHARE) * 100))
        self._right = QStackedWidget()
        self._right.addWidget(Scrolled(self._sheet()))
        self._right.addWidget(self._door())
        body.addWidget(self._right, round(_PAD_SHARE * 100))
        frame(self, self.header, body, self.foot)

    def _door(self) -> QWidget:
        door = QWidget()
        column = QVBoxLayout(door)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.gate)
        column.addStretch(1)
        return door

    def _sheet(self) -> QWidget:
        self._who = QLabel()
        self._who.setObjectName("question")
        self._who.setWordWrap(True)
        self.opinions = FilterChips(tr("意见"))
        self.opinions.show_chips((("signed", tr("以上笔录属实"), None), ("objected", tr("有异议"), None)))
        self.opinions.chosen.connect(self._choose_opinion)
        self.statement = QPlainTextEdit()
        self.statement.setTabChangesFocus(True)
        self.statement.setFixedHeight(theme.size("row") * _LINES)
        self.statement.textChanged.connect(self._change_opinion)
        self._statement_field = Field(tr("哪里有异议"), self.statement)
        self.read_out = QCheckBox(tr("已由检查人员当面宣读(&R)"))
        self.read_out.toggled.connect(self._say_missing)
        self.again = QPushButton(tr("重新签(&C)"))
        self.again.clicked.connect(self.pad.clear)
        self.undo = QPushButton(tr("退回一笔(&B)"))
        self.undo.clicked.connect(self.pad.undo)
        pens = QHBoxLayout()
        pens.setSpacing(theme.size("gap_small"))
        pens.addWidget(self.again)
        pens.addWidget(self.undo)
        pens.addStretch(1)
        self.digits = QLabel()
        self.digits.setObjectName("muted")
        self.digits.setWordWrap(True)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap_small"))
        for widget in (self._who, self.opinions, self._statement_field, self.read_out):
            column.addWidget(widget)
        self._not_yet = QLabel()
        self._not_yet.setObjectName("card")
        self._not_yet.setWordWrap(True)
        self._not_yet.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._paper = QStackedWidget()
        self._paper.addWidget(self._not_yet)
        self._paper.addWidget(self.pad)
        column.addWidget(self._paper, 1)
        column.addLayout(pens)
        column.addWidget(self.digits)
        return inside
