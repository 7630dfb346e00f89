"""Before signing: what still keeps the record from being final, how it is signed, and the draft to look at."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal

from ohdesk.domain.problems import in_list
from ohdesk.domain.record import PartyStatement, SignedIn
from ohdesk.errors import Problem, UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.record.finalizing import Draft
from ohdesk.services.record.signing import Seat
from ohdesk.ui.kit.actions import button, primary_action, relabel
from ohdesk.ui.kit.chips import FilterChips
from ohdesk.ui.kit.editors import note_edit
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.later import later
from ohdesk.ui.kit.lay import box, column, grow, muted, row, say, text
from ohdesk.ui.kit.papers_view import Paper, PapersView
from ohdesk.ui.kit.step_page import StepPage
from ohdesk.ui.screens.record.party_form import PartyForm

_SITUATION_LINES = 4
_MOST_LISTED = 6  # problems; the others are only counted
_PDF_SHARE = 64  # per cent of the page


class PreparePage(StepPage):
    """Emits `edited` when the draft has to be made anew; `advanced` when the party may sign, or the papers can be."""

    edited = Signal()
    inspection_wanted = Signal()

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._seats: tuple[Seat, ...] = ()
        self._usual: tuple[str, ...] = ()
        self._is_current = False
        self._problems: tuple[Problem, ...] = ()
        self._pause = later(self, self.edited.emit, "autosave_after_ms")
        self.header = self.put_header(tr("准备签名"), tr("返回列表(&L)"))
        self.papers = PapersView(jobs, keeps_place=True)
        self.party_form = PartyForm()
        self.party_form.edited.connect(self._touch)
        self.situation = note_edit(_SITUATION_LINES)
        self.situation.textChanged.connect(self._touch)
        hint = tr("已按检查表自动写出；可以改写，每行一段。全部删除后，又自动写出。")
        self._situation_field = Field(tr("现场检查情况"), self.situation, hint)
        self.problems = text()
        self.fix = button(tr("回到检查处理(&E)"), act=self.inspection_wanted.emit)
        self._to_do = box(column(text(tr("签名前要处理"), "heading"), self.problems, row(self.fix, grow())))
        self.void = text("", "fieldError")
        self.sign_in = FilterChips(tr("怎样签署"))
        self.sign_in.show_chips([(each, each.word, None) for each in (SignedIn.INK, SignedIn.ELECTRONIC)])
        self.sign_in.chosen.connect(lambda _way: self.show_state())
        self._about_signing, self._consented = muted(), False
        how = column(text(tr("怎样签署"), "heading"), self.sign_in, self._about_signing)
        asked = text(tr("当事人怎样核对"), "heading")
        self.cards.addLayout(column(self.void, self._to_do, how, asked, self.party_form, self._situation_field))
        self.go = primary_action("sign", tr("转交签名(&T)"), self.submit)
        self.put_beside(self.papers, _PDF_SHARE)
        self.add_actions(self.go)
        self.begin()

    @property
    def party(self) -> PartyStatement:
        """How the party ends the record."""
        return self.party_form.party

    @property
    def in_ink(self) -> bool:
        """True when the papers are printed and signed with the pen."""
        return self.sign_in.current == SignedIn.INK

    @property
    def own_situation(self) -> tuple[str, ...]:
        """What was seen, where it was written otherwise than it follows from the answers; else nothing."""
        written = tuple(line.strip() for line in self.situation.toPlainText().splitlines() if line.strip())
        return () if written == self._usual else written

    @property
    def missing(self) -> tuple[str, ...]:
        """What keeps the party from signing."""
        lacking = []
        if self._problems:
            lacking.append(tr("检查中 {count} 处要处理", count=len(self._problems)))
        lacking += self.party_form.missing
        lacking += [
            tr("{name}不能签名：{reason}", name=seat.name, reason=seat.hindrance)
            for seat in self._seats
            if seat.hindrance
        ]
        return tuple(lacking)

    def begin(self) -> None:
        """Another visit is being read; nothing of the one before can be gone on with."""
        self._seats, self._usual, self._problems, self._is_current = (), (), (), False
        self._pause.stop()
        self.header.entitle(tr("准备签名"))
        self.header.say(tr("正在读取…"))
        self.papers.show_papers(())
        self.say_fault("")
        say(self.void, "")
        self._let_type(allowed=False)  # what is known is still on its way and would overwrite what is typed now
        self._list_problems()

    def show_visit(self, name: str, seats: Sequence[Seat]) -> None:
        """Say whose record this is, and who has to sign it."""
        self._seats = tuple(seats)
        self.header.entitle(tr("准备签名　{name}", name=name))
        names = "、".join(seat.name for seat in seats)
        said = [
            tr("检查人员：{names}", names=names)
            if any(seat.is_actor for seat in seats)
            else tr("检查人员：{names}。当前登录的人不在其中，定稿时两人都要输入自己的密码。", names=names)
        ]
        said += [
            tr("{name}要用证书文件签名：{reason}", name=seat.name, reason=seat.by_account)
            for seat in seats
            if seat.by_account and not seat.hindrance
        ]
        self.header.say("\n".join(said))

    def show_signing(self, *, in_ink: bool, void: str) -> None:
        """Propose how it is signed; void: why papers that were printed before count no more, else empty."""
        self._consented = not in_ink
        self.sign_in.choose(SignedIn.INK if in_ink else SignedIn.ELECTRONIC)
        say(self.void, tr("以前打印的作废：{why}请重新打印。", why=void) if void else "")
        self.show_state()

    def show_party(self, party: PartyStatement, situation: Sequence[str]) -> None:
        """Fill in what is known; nothing is drawn anew by that."""
        self._let_type(allowed=True)
        self.party_form.show_party(party)
        self._write_situation(situation)
        self._pause.stop()
        self.show_state()

    def show_draft(self, draft: Draft, problems: Sequence[Problem]) -> None:
        """Show the draft and what is wrong with the visit."""
        self._problems, self._is_current = tuple(problems), not self._pause.isActive()
        if not self.own_situation:
            self._usual = draft.composed.record.situation
            if not self.situation.hasFocus():  # whoever has just deleted all may be about to write
                self._write_situation(self._usual)
        self._situation_field.setVisible(bool(self._usual or self.own_situation))
        if draft.composed.repeated:
            self._situation_field.set_warning("\n".join(draft.composed.repeated))
        else:
            self._situation_field.clear_error()
        self.papers.show_papers([Paper(each.title, each.pdf) for each in draft.papers])
        self.say_fault("")
        self._list_problems()

    def refuse(self, error: Exception) -> None:
        """Say why there is no draft: a character without a glyph, a lost photo."""
        self._is_current = False
        self.papers.show_papers(())
        super().refuse(error)
        if isinstance(error, UserError) and error.problems:
            self._problems = error.problems
        self._list_problems()

    def flush(self) -> None:
        """Have what was just typed kept."""
        if self._pause.isActive():
            self._pause.stop()
            self.edited.emit()

    def focus_first(self) -> None:
        """Put the focus where something is to be done."""
        if self._problems:
            self.fix.setFocus()
        elif self.party_form.missing:
            self.party_form.focus_first()
        else:
            self.go.setFocus()

    def submit(self) -> None:
        """Go on to the signing, if the draft on screen says what is typed and nothing is missing."""
        if self.go.isEnabled():
            self.advanced.emit()

    def show_state(self) -> None:
        missing = self.missing
        party_signs = self.party.way.signs or bool(self.party.witness)
        if self.in_ink:
            about, go = tr("打印出来，各人用笔签名；签过名的纸是原件。"), tr("打印待签文书(&T)")
            ready = tr("打印以后，请各人在纸上签名，再归入照片或扫描件。")
        elif party_signs:
            about, go = self._about_electronic(), tr("转交签名(&T)")
            ready = tr("可以签名了：把电脑转给签名的人，屏幕上只留这一份文书。")
        else:
            about, go = self._about_electronic(), tr("检查人员签名(&T)")
            ready = tr("当事人不签名，由两名检查人员签名定稿。")
        say(self._about_signing, about)
        self.show_missing(missing, ready if self._is_current else tr("正在生成草稿…"))
        relabel(self.go, go)
        self.go.setEnabled(self._is_current and not missing)

    def _about_electronic(self) -> str:
        if self._consented:
            return ""
        return tr("屏幕手写和本程序的证书只作存档副本，原件是纸质文书；县级书面同意后才以电子记录为原件。")

    def _let_type(self, *, allowed: bool) -> None:
        self.party_form.setEnabled(allowed)
        self.situation.setEnabled(allowed)

    def _write_situation(self, lines: Sequence[str]) -> None:
        with QSignalBlocker(self.situation):  # nobody typed it
            self.situation.setPlainText("\n".join(lines))

    def _touch(self) -> None:
        self._is_current = False
        self._pause.start()
        self.show_state()

    def _list_problems(self) -> None:
        lines = [f"· {in_list(problem)}" for problem in self._problems[:_MOST_LISTED]]
        if len(self._problems) > _MOST_LISTED:
            lines.append(tr("另有 {count} 处。", count=len(self._problems) - _MOST_LISTED))
        self.problems.setText("\n".join(lines))
        self._to_do.setVisible(bool(self._problems))
        self.show_state()
