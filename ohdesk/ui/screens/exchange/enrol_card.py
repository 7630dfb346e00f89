"""A town joins its county in three steps: the county's card, the request, the county's answer."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from ohdesk.domain.people import Right
from ohdesk.errors import UserError
from ohdesk.files import safe_stem
from ohdesk.i18n import tr
from ohdesk.security.trust_files import CountyCard
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.trust import joining
from ohdesk.services.trust.joining import RequestShown, Standing
from ohdesk.ui.kit.actions import button, primary_action, relabel, stand_out
from ohdesk.ui.kit.bundles import PlaceChoice
from ohdesk.ui.kit.card import Card, Fingerprint
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.files import choose_file, choose_target
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import box, column, grow, row, say, stack, text
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.step_page import StepBar

READ, WRITE, ANSWER = range(3)


class EnrolCard(Page):
    """Leads through the three steps and takes up again where one stopped."""

    closed = Signal()

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._card_file: Path | None = None
        self._card: CountyCard | None = None
        self._waiting: RequestShown | None = None
        self.about = text()
        self.steps = StepBar((tr("读取县级名片"), tr("写出申请"), tr("收下答复")))
        self.steps.chosen.connect(self._turn_to)
        self.pages = stack(self._read_page(), self._write_page(), self._answer_page())
        self.problem = text("", "fieldError")
        parts = (self.about, self.steps, self.pages, self.problem)
        column(Card(tr("加入县级"), "certificate", *parts, grow()), of=self)
        # From the first step on: nobody is to compare fingerprints on the telephone and only then be refused.
        self.allow(Right.TRUST, self.open, self.write_button, self.again, self.take)
        self.hand_on(self.places)
        self.on_key("Esc", self.closed.emit)
        self._turn_to(READ)

    @property
    def reached(self) -> int:
        """The last step that can be gone to."""
        if self._waiting is not None:
            return ANSWER
        return WRITE if self._card is not None and self.compared.isChecked() else READ

    def show_standing(self, standing: Standing) -> None:
        """Take up where the town stands."""
        self._waiting = standing.waiting
        self.close_button.setVisible(bool(standing.county))
        if standing.county:
            about = tr("已加入{county}。补发、续期证书，或登记接替的电脑，三步与加入时相同。", county=standing.county)
            self.about.setText(about)
        else:
            self.about.setText(tr("加入后才能上报和接收；没有加入时，检查和文书照常，文书可以以后再报。"))
        if standing.waiting is not None:
            self.own_print.show_groups(standing.waiting.fingerprint)
            waiting = tr("正在等{county}的答复。请在电话里把下面的申请指纹逐组念给县级：")
            self.waiting_for.setText(waiting.format(county=standing.waiting.county))
            self._turn_to(ANSWER)
        else:
            self._turn_to(min(self.pages.currentIndex(), self.reached))

    def focus_first(self) -> None:
        """Put the focus on what this step begins with."""
        first = {READ: self.open, WRITE: self.places, ANSWER: self.take}
        first[self.pages.currentIndex()].setFocus()

    def choose_card(self) -> None:
        """Ask for the county's card and show whose it is."""
        if file := choose_file(self, tr("选择县级名片"), tr("县级名片 (*.ohcard);;所有文件 (*)")):
            self.read_card(file)

    def read_card(self, file: Path) -> None:
        self._card_file = file
        self.work(partial(joining.look_at_card, file), self._show_card, "", self.refusal(self._refuse))

    def write(self) -> None:
        """Write the request to where it was chosen to go."""
        place, card, file = self.places.place, self._card, self._card_file
        if place is None:
            say(self.problem, tr("还没有选择写到哪里。请插入优盘后再查找，或选择一个文件夹。"))
            return
        if card is None or file is None:
            return
        # With the fingerprint that was compared: the file may have been exchanged since.
        write = partial(joining.write_request, self.ctx, file, place / self._request_name(), card.fingerprint)
        self.work(write, self._written, tr("写出申请"), self.refusal(self._refuse))

    def write_again(self) -> None:
        """Write the request that waits once more."""
        if target := choose_target(self, tr("再写一次申请"), self._request_name(), tr("登记申请 (*.ohreq)")):
            self.work(partial(joining.write_again, self.ctx, target), self._written, "", self.refusal(self._refuse))

    def choose_answer(self) -> None:
        """Ask for the county's answer and take it in."""
        if file := choose_file(self, tr("选择县级的答复"), tr("县级答复 (*.ohans);;所有文件 (*)")):
            self.take_answer(file)

    def take_answer(self, file: Path) -> None:
        """Take in the county's answer."""
        self.work(partial(joining.accept, self.ctx, file), self._joined, tr("收下答复"), self.refusal(self._refuse))

    def _read_page(self) -> QWidget:
        self.open = primary_action("folder", tr("读取名片…(&O)"), self.choose_card)
        self.whose = text("", "question")
        self.card_print = Fingerprint(tr("名片指纹"))
        self.compared = QCheckBox(tr("已在电话里与县级逐组核对，八组都一致(&Y)"))
        self.compared.toggled.connect(self._tick)
        self.next = button(tr("下一步(&N)"), act=self._go_on)
        self.close_button = button(tr("返回(&B)"), "Esc", act=self.closed.emit)
        shown_later = (self.whose, self.card_print, self.compared)
        for widget in (*shown_later, self.next, self.close_button):
            widget.hide()
        sentence = tr("向县级要名片文件（县级名片.ohcard，只含公钥），读取后在电话里核对八组指纹。")
        buttons = row(self.close_button, self.open, grow(), self.next)
        return box(column(text(sentence), *shown_later, buttons, grow()))

    def _write_page(self) -> QWidget:
        self.places = PlaceChoice(self.ctx, self.jobs, tr("申请写到"))
        self.write_button = primary_action("usb", tr("写出申请(&W)"), self.write)
        sentence = tr("申请只含本机和各位签名人员的公钥，可以放在优盘上交给县级。")
        place, foot = Field(tr("申请写到"), self.places), row(grow(), self.write_button)
        return box(column(text(sentence), place, foot, grow()))

    def _answer_page(self) -> QWidget:
        self.waiting_for = text()
        self.own_print = Fingerprint(tr("申请指纹"))
        self.again = button(tr("再写一次申请…(&G)"), act=self.write_again)
        self.take = primary_action("import", tr("收下答复…(&T)"), self.choose_answer)
        sentence = tr("县级核对后会给一个答复文件（.ohans）。关掉程序也没有关系，下次从这一步继续。")
        buttons = row(self.again, grow(), self.take)
        return box(column(self.waiting_for, self.own_print, text(sentence), buttons, grow()))

    def _request_name(self) -> str:
        return tr("{office}_登记申请.ohreq", office=safe_stem(self.ctx.office.name))

    def _turn_to(self, step: int) -> None:
        self.problem.hide()
        self.pages.setCurrentIndex(step)
        self.steps.show_step(step, self.reached)
        if step == WRITE:
            self.places.look()

    def _go_on(self) -> None:
        self._turn_to(WRITE)
        self.places.setFocus()

    def _tick(self, ticked: bool) -> None:
        self.next.setEnabled(ticked)
        self.steps.show_step(self.pages.currentIndex(), self.reached)

    def _show_card(self, card: CountyCard) -> None:
        self._card = card
        self.problem.hide()
        self.compared.setChecked(False)
        say(self.whose, tr("{county}（{division}）", county=card.office.office, division=card.office.division))
        self.card_print.show_groups(card.fingerprint)
        relabel(self.open, tr("换一张名片…(&O)"))
        stand_out(self.open, out=False)
        stand_out(self.next, out=True)
        for widget in (self.card_print, self.compared, self.next):
            widget.show()
        self.next.setEnabled(False)
        self.compared.setFocus()

    def _written(self, request: RequestShown) -> None:
        self.done.emit(tr("申请已写出，可以拔出优盘，交给{county}。", county=request.county))
        self.changed.emit(Change.SYNC)

    def _joined(self, joined: RequestShown) -> None:
        self._card = None
        self.done.emit(tr("已加入{county}，可以上报和接收了。", county=joined.county))
        self.changed.emit(Change.SYNC | Change.PEOPLE | Change.SETTINGS)
        self.closed.emit()

    def _refuse(self, error: UserError) -> None:
        say(self.problem, error.whole)
