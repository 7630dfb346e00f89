"""镇街登记: write the county's card, answer a town's request, and see whom the county has let in."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.blobs import safe_stem
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.trust import joining
from ohdesk.services.trust.joining import CardShown, Issued, RequestShown, TownIn
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.card import Card, Fingerprint
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.exchanged import ListOrWhy
from ohdesk.ui.kit.files import choose_file, choose_target
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import grow, row, say, text
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.kit.wording import minute_text


@dataclass(frozen=True, slots=True)
class _View:
    card: CardShown | None
    towns: list[TownIn]


class TownsPage(Page):
    """Left the card, right the request under examination, below the towns."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._file: Path | None = None
        self._request: RequestShown | None = None
        self.towns = ListOrWhy(
            "enrolled",
            tr("已登记的镇街"),
            _columns(),
            EmptyState(
                tr("还没有登记镇街"), tr("先写出县级名片交给镇街；镇街写出申请后，在上面读取、核对、签发答复。")
            ),
        )
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap_small"))
        cards = QHBoxLayout()
        cards.setSpacing(theme.size("gap"))
        cards.addWidget(self._own_card(), 1)
        cards.addWidget(self._request_card(), 1)
        heading = QLabel(tr("已登记的镇街"))
        heading.setObjectName("heading")
        column.addLayout(cards)
        column.addWidget(heading)
        column.addWidget(self.towns, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(Scrolled(body))

    def reload(self) -> None:
        """Read again whom the county has let in."""
        ctx = self.ctx
        self.work(lambda: _View(joining.card(ctx), joining.towns(ctx)), self._show)

    def focus_first(self) -> None:
        """Put the focus where one begins."""
        (self.open if self.card_print.isVisible() else self.write).setFocus()

    def write_card(self) -> None:
        """Ask where to, and write the county's card."""
        suggested = tr("{office}_县级名片.ohcard", office=safe_stem(self.ctx.office.name))
        target = choose_target(self, tr("写出县级名片"), suggested, tr("县级名片 (*.ohcard)"))
        if target is not None:
            ctx = self.ctx
            self.work(lambda: joining.write_card(ctx, target), self._card_written, tr("写出县级名片"))

    def write_root(self) -> None:
        """Ask where to, and write the root certificate."""
        suggested = tr("{office}_县级根证书.pem", office=safe_stem(self.ctx.office.name))
        target = choose_target(self, tr("写出县级根证书"), suggested, tr("证书 (*.pem)"))
        if target is not None:
            ctx = self.ctx
            self.work(lambda: joining.write_root(ctx, target), self._root_written, tr("写出县级根证书"))

    def choose_request(self) -> None:
        """Ask for a town's request and show what it asks."""
        file = choose_file(self, tr("选择镇街的登记申请"), tr("登记申请 (*.ohreq);;所有文件 (*)"))
        if file is not None:
            self.read_request(file)

    def read_request(self, file: Path) -> None:
        """Show what a town asks for."""
        self._file = file
        ctx = self.ctx
        self.work(lambda: joining.look_at_request(ctx, file), self._show_request, "", self._refused)

    def choose_answer(self) -> None:
        """Ask where the answer goes, and issue it."""
        if self._request is None or not self.compared.isChecked():
            return
        suggested = tr("{town}_县级答复.ohans", town=safe_stem(self._request.county))
        target = choose_target(self, tr("签发答复"), suggested, tr("县级答复 (*.ohans)"))
        if target is not None:
            self.issue(target)

    def issue(self, target: Path) -> None:
        """Certify the keys of the request that was compared, and write the answer."""
        ctx, file, request = self.ctx, self._file, self._request
        if file is None or request is None:
            return
        self.work(
            lambda: joining.issue(ctx, file, target, request.fingerprint),
            self._issued,
            tr("签发答复"),
            self._refused,
        )

    def _own_card(self) -> Card:
        card = Card(tr("县级名片"), "certificate")
        self.card_about = text()
        self.card_print = Fingerprint(tr("名片指纹"))
        self.write = action("export", tr("写出名片…(&M)"), self.write_card)
        self.root = action("key", tr("写出根证书…(&R)"), self.write_root)
        card.column.addWidget(self.card_about)
        card.column.addWidget(self.card_print)
        for button in (self.write, self.root):  # one above the other: the request beside needs the width
            card.column.addLayout(row(button, grow()))
        card.column.addStretch(1)
        self.card_print.hide()
        return card

    def _request_card(self) -> Card:
        card = Card(tr("镇街的申请"), "people")
        self.about = text()
        self.request_print = Fingerprint(tr("申请指纹"))
        self.compared = QCheckBox(tr("已在电话里与镇街逐组核对，八组都一致(&Y)"))
        self.open = action("folder", tr("读取申请…(&O)"), self.choose_request)
        self.answer = primary_action("stamp", tr("签发答复…(&W)"), self.choose_answer)
        self.answer.setEnabled(False)
        self.compared.toggled.connect(self.answer.setEnabled)
        self.problem = text("", "fieldError")
        for widget in (self.about, self.request_print, self.compared):
            card.column.addWidget(widget)
        card.column.addLayout(row(self.open, grow(), self.answer))
        card.column.addWidget(self.problem)
        card.column.addStretch(1)
        self._forget_request()
        return card

    def _forget_request(self) -> None:
        self._file = self._request = None
        self.compared.setChecked(False)
        self.about.setText(tr("读取镇街写出的申请（.ohreq），在电话里核对八组指纹，一致后再签发答复。"))
        for widget in (self.request_print, self.compared, self.problem):
            widget.hide()

    def _show(self, view: _View) -> None:
        self.towns.show_rows(view.towns)
        self.card_print.setVisible(view.card is not None)
        self.root.setEnabled(view.card is not None)
        if view.card is None:
            self.card_about.setText(tr("还没有写出过。名片只含公钥，镇街凭它加入本县；写出后在电话里逐组念出指纹。"))
            return
        self.card_print.show_groups(view.card.fingerprint)
        text = tr("{county}（{division}）。镇街读取名片后，在电话里逐组念出下面的指纹：")
        self.card_about.setText(text.format(county=view.card.county, division=view.card.division))

    def _show_request(self, request: RequestShown) -> None:
        self._request = request
        people = tr("、").join(request.people) or tr("没有签名人员，只有本机设备")
        text = tr("{town}申请为这些人员和这台电脑发证书：{people}")
        self.about.setText(text.format(town=request.county, people=people))
        self.request_print.show_groups(request.fingerprint)
        self.compared.setChecked(False)
        self.problem.hide()
        self.request_print.show()
        self.compared.show()
        self.compared.setFocus(Qt.FocusReason.OtherFocusReason)

    def _card_written(self, card: CardShown) -> None:
        del card
        self.done.emit(tr("县级名片已写出，可以拔出优盘，交给镇街。"))
        self.changed.emit(Change.SYNC)

    def _root_written(self, sha256: str) -> None:
        self.done.emit(tr("县级根证书已写出，SHA-256 为 {digest}。", digest=sha256))

    def _issued(self, issued: Issued) -> None:
        self._forget_request()
        self.done.emit(tr("已给{town}签发答复，可以拔出优盘，交还镇街。", town=issued.town))
        self.changed.emit(Change.SYNC)

    def _refused(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self._forget_request()
            say(self.problem, error.whole)
            return
        self.failed.emit(error)


def _columns() -> tuple[Column[TownIn], ...]:
    return (
        Column(tr("镇街"), lambda town: town.name, 220, sought=True),
        Column(tr("代码"), lambda town: town.division, 110),
        Column(tr("签名人员（人）"), lambda town: str(town.people), 150, numeric=True),
        Column(tr("签发"), lambda town: minute_text(town.issued_at) if town.issued_at else tr("没有"), 150),
        Column(tr("电脑"), lambda town: town.replica, 170),
    )
