"""镇街登记: write the county's card, answer a town's request, and see whom the county has let in."""

from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtWidgets import QCheckBox

from ohdesk.domain.people import Right
from ohdesk.domain.problems import in_list
from ohdesk.errors import UserError
from ohdesk.files import safe_stem
from ohdesk.i18n import tr
from ohdesk.security.trust_files import CountyCard
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.exchange import sending
from ohdesk.services.exchange.sending import Exported
from ohdesk.services.trust import joining
from ohdesk.services.trust.asked import Asked
from ohdesk.services.trust.ending import EndingTerm, list_ending
from ohdesk.services.trust.joining import TownIn
from ohdesk.ui.kit.actions import action, primary_action
from ohdesk.ui.kit.card import Card, Fingerprint
from ohdesk.ui.kit.chips import StatusChip
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.files import choose_file, choose_folder, choose_target
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.lay import box, column, grow, row, say, stack, text
from ohdesk.ui.kit.list_with_pane import ListWithPane
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.kit.table_view import Column
from ohdesk.ui.kit.wording import minute_text
from ohdesk.ui.screens.county.keys_page import KeysPage


class _View(NamedTuple):
    card: CountyCard | None
    towns: list[TownIn]
    ending: tuple[EndingTerm, ...]


class TownsPage(Page):
    """Left the card, right the request under examination, below the towns."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self._file: Path | None = None
        self._asked: Asked | None = None
        nothing = EmptyState(
            tr("还没有登记镇街"), tr("先写出县级名片交给镇街；镇街写出申请后，在上面读取、核对、签发答复。")
        )
        self.towns = ListWithPane("enrolled", tr("已登记的镇街"), _columns(), nothing, edges=None)
        cards = row(grow(self._own_card()), grow(self._request_card()), gap="gap")
        about = tr("镇街的磁盘坏了、资料全没了：新电脑登记以后，把它以前送来的内容和附件写给它，只有它能打开")
        self.snapshot = action("export", tr("写回送来过的内容…(&H)"), self.write_snapshot, about)
        self.towns.selected.connect(self._offer_snapshot)
        self.certified = action("certificate", tr("证书：吊销、借调…(&B)"), self.show_keys)
        self.ending = StatusChip()
        heading = row(text(tr("已登记的镇街"), "heading"), self.ending, grow(), self.snapshot, self.certified)
        self._keys: KeysPage | None = None
        self._pages = stack(Scrolled(box(column(cards, heading, grow(self.towns)))))
        column(grow(self._pages), of=self)
        self._forget_request()

    @property
    def keys(self) -> KeysPage:
        """The keys that were certified, made when they are first turned to: its forms would hold up the towns."""
        if self._keys is None:
            self._keys = made = KeysPage(self.ctx, self.jobs)
            self.hand_on(made)
            made.left.connect(self._show_towns)
            self._pages.addWidget(made)
            made.reload()
        return self._keys

    def reload(self) -> None:
        """Read again whom the county has let in."""
        self.latest.ask(partial(_read, self.ctx), self._show)
        if self._keys is not None:
            self._keys.reload()

    def show_keys(self) -> None:
        """Show the keys that were certified instead of the towns."""
        self._pages.setCurrentWidget(self.keys)
        self.keys.focus_first()

    def draft(self) -> object | None:
        """Return what was being typed about a certificate."""
        return None if self._keys is None else self._keys.draft()

    def take_draft(self, draft: object) -> None:
        """Put back what was being typed about a certificate."""
        self.keys.take_draft(draft)
        self.show_keys()

    def _show_towns(self) -> None:
        self._pages.setCurrentIndex(0)
        self.focus_first()

    def focus_first(self) -> None:
        """The focus is on the next thing to do: without a card no town can ask for anything."""
        if self._keys is not None and self._pages.currentWidget() is self._keys:
            self._keys.focus_first()
            return
        (self.open if self.card_print.isVisible() else self.write).setFocus()

    def write_card(self) -> None:
        """Ask where to, and write the county's card."""
        suggested = tr("{office}_县级名片.ohcard", office=safe_stem(self.ctx.office.name))
        if target := choose_target(self, tr("写出县级名片"), suggested, tr("县级名片 (*.ohcard)")):
            self.work(partial(joining.write_card, self.ctx, target), self._card_written, tr("写出县级名片"))

    def write_root(self) -> None:
        """Ask where to, and write the root certificate."""
        suggested = tr("{office}_县级根证书.pem", office=safe_stem(self.ctx.office.name))
        if target := choose_target(self, tr("写出县级根证书"), suggested, tr("证书 (*.pem)")):
            self.work(partial(joining.write_root, self.ctx, target), self._root_written, tr("写出县级根证书"))

    def write_snapshot(self) -> None:
        """Ask where to, and write for the laptop selected what its town sent before."""
        laptop = self.towns.current
        if laptop is not None and (folder := choose_folder(self, tr("写到哪个优盘或文件夹"))):
            ctx = self.ctx
            self.work_reporting(
                lambda report: sending.export_snapshot(ctx, folder, laptop.id, report),
                self._snapshot_written,
                tr("写回送来过的内容"),
            )

    def choose_request(self) -> None:
        """Ask for a town's request and show what it asks."""
        if file := choose_file(self, tr("选择镇街的登记申请"), tr("登记申请 (*.ohreq);;所有文件 (*)")):
            self.read_request(file)

    def read_request(self, file: Path) -> None:
        """Show what a town asks for."""
        self._file = file
        look = partial(joining.look_at_request, self.ctx, file)
        self.work(look, self._show_request, "", self.refusal(self._refuse))

    def choose_answer(self) -> None:
        """Ask where the answer goes, and issue it."""
        if self._asked is None or not self.compared.isChecked():
            return
        suggested = tr("{town}_县级答复.ohans", town=safe_stem(self._asked.request.name))
        if target := choose_target(self, tr("签发答复"), suggested, tr("县级答复 (*.ohans)")):
            self.issue(target)

    def issue(self, target: Path) -> None:
        """Certify the keys of the request that was compared, and write the answer."""
        if self._file is not None and self._asked is not None:
            # With the fingerprint that was compared: the file may have been exchanged since.
            compared, earlier = self._asked.request.fingerprint, self.earlier.isChecked()
            issue = partial(joining.issue, self.ctx, self._file, target, compared, confirm_earlier=earlier)
            self.work(issue, self._issued, tr("签发答复"), self.refusal(self._refuse))

    def _own_card(self) -> Card:
        self.card_about = text()
        self.card_print = Fingerprint(tr("名片指纹"))
        self.card_print.hide()
        self.write = action("export", tr("写出名片…(&M)"), self.write_card)
        self.root = action("key", tr("写出根证书…(&R)"), self.write_root)
        self.allow(Right.CERTIFY, self.write)
        buttons = row(self.write, grow()), row(self.root, grow())  # not beside each other: the request needs the width
        return Card(tr("县级名片"), "certificate", self.card_about, self.card_print, *buttons, grow())

    def _request_card(self) -> Card:
        self.about, self.problem = text(), text("", "fieldError")
        self.request_print = Fingerprint(tr("申请指纹"))
        self.compared = QCheckBox(tr("已在电话里与镇街逐组核对，八组都一致(&Y)"))
        self.earlier = QCheckBox(tr("已向本人核实：新密钥此前签的也算数(&E)"))
        self.open = action("folder", tr("读取申请…(&O)"), self.choose_request)
        self.answer = primary_action("stamp", tr("签发答复…(&W)"), self.choose_answer)
        self.allow(Right.CERTIFY, self.open)  # nobody is to compare fingerprints and only then be refused
        self._offer_answer(compared=False)
        self.compared.toggled.connect(lambda ticked: self._offer_answer(compared=ticked))
        buttons = row(self.open, grow(), self.answer)
        asked = (self.about, self.request_print, self.compared, self.earlier)
        return Card(tr("镇街的申请"), "people", *asked, buttons, self.problem, grow())

    def _offer_answer(self, *, compared: bool) -> None:
        self.allow(Right.CERTIFY, self.answer, when=compared and self._asked is not None)

    def _forget_request(self) -> None:
        self._file = self._asked = None
        self.compared.setChecked(False)
        self.earlier.setChecked(False)
        self.about.setText(tr("读取镇街写出的申请（.ohreq），在电话里核对八组指纹，一致后再签发答复。"))
        for widget in (self.request_print, self.compared, self.earlier, self.problem):
            widget.hide()

    def _show(self, view: _View) -> None:
        self.towns.show_all(view.towns)
        said = tr("{count} 份证书即将到期或已到期", count=len(view.ending)) if view.ending else ""
        self.ending.show_state(said, "warn")
        self.ending.setToolTip(plain_tip("\n".join(f"{each.whose}　{each.until}" for each in view.ending)))
        self._offer_snapshot(self.towns.current)
        self.card_print.setVisible(view.card is not None)
        self.allow(Right.CERTIFY, self.root, when=view.card is not None)
        if view.card is None:
            self.card_about.setText(tr("还没有写出过。名片只含公钥，镇街凭它加入本县；写出后在电话里逐组念出指纹。"))
            return
        self.card_print.show_groups(view.card.fingerprint)
        about = tr("{county}（{division}）。镇街读取名片后，在电话里逐组念出下面的指纹：")
        self.card_about.setText(about.format(county=view.card.office.office, division=view.card.office.division))

    def _show_request(self, asked: Asked) -> None:
        self._asked = asked
        self.about.setText("\n".join(asked.lines))
        self.request_print.show_groups(asked.request.fingerprint)
        self.compared.setChecked(False)
        self.earlier.setChecked(False)
        self.earlier.setVisible(asked.has_other_keys)
        self.problem.hide()
        self.request_print.show()
        self.compared.show()
        self.compared.setFocus()

    def _card_written(self, _card: CountyCard) -> None:
        self.done.emit(tr("县级名片已写出，可以拔出优盘，交给镇街。"))
        self.changed.emit(Change.SYNC)

    def _offer_snapshot(self, laptop: TownIn | None) -> None:
        self.allow(Right.BUNDLE, self.snapshot, when=laptop is not None)

    def _snapshot_written(self, exported: Exported) -> None:
        said = tr("已写好并读回核对：{name}，可以拔出优盘。那台电脑先收下发包，再收这个。", name=exported.path.name)
        self.saved.emit(said, exported.path)

    def _root_written(self, sha256: str) -> None:
        self.done.emit(tr("县级根证书已写出，SHA-256 为 {digest}。", digest=sha256))

    def _issued(self, issued: Asked) -> None:
        self._forget_request()
        self.done.emit(tr("已给{town}签发答复，可以拔出优盘，交还镇街。", town=issued.request.name))
        self.changed.emit(Change.SYNC)

    def _refuse(self, error: UserError) -> None:
        self._forget_request()
        say(self.problem, "\n".join((error.whole, *map(in_list, error.problems))))


def _read(ctx: Context) -> _View:
    return _View(joining.card(ctx), joining.towns(ctx), list_ending(ctx))


def _columns() -> tuple[Column[TownIn], ...]:
    return (
        Column(tr("镇街"), lambda town: town.name, 220, sought=True),
        Column(tr("代码"), lambda town: town.division, 110),
        Column(tr("签名人员（人）"), lambda town: str(town.people), 150, numeric=True),
        Column(tr("签发"), lambda town: minute_text(town.issued_at) if town.issued_at else tr("没有"), 150),
        Column(tr("电脑"), lambda town: town.id, 170),
    )
