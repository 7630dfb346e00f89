"""The very first page: start an office, open a workspace that is there, or practise."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton

from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.lay import column, grow, muted, row, text
from ohdesk.ui.screens.unlock.cards import Front

_KEYS = "EFG"


class WaysPage(Front):
    """Three cards side by side, each with one button."""

    create_chosen = Signal()
    open_chosen = Signal()
    practice_chosen = Signal()
    restore_chosen = Signal()
    folder_chosen = Signal(object)  # Path of a workspace opened before

    def __init__(self, remembered: tuple[Path, ...]) -> None:
        super().__init__()
        self.start_office = button(tr("新建工作区(&N)"), act=self.create_chosen.emit, primary=True)
        self.open_existing = button(tr("打开已有工作区(&O)"), act=self.open_chosen.emit)
        self.restore = button(tr("从备份恢复(&R)"), act=self.restore_chosen.emit)
        self.practise = button(tr("建立练习库(&P)"), act=self.practice_chosen.emit)
        self.setMaximumWidth(theme.layout("ways_width"))
        heading = text(tr("职业健康监督检查"), "title")
        advice = muted(tr("请选择怎样开始。数据只在本机，加密保存，不需要联网。"))
        for line in (heading, advice):
            line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        head = column(heading, advice, self.notice)
        head.addSpacing(theme.size("gap_small"))
        cards = (self._new(), self._existing(remembered), self._practice())
        column(head, row(*(grow(card) for card in cards), gap="gap"), of=self, gap="gap")

    def start(self) -> None:
        self.start_office.setFocus()

    def _new(self) -> Card:
        about = tr("本单位第一次使用。镇街可以先单独用，也可以凭县级名片直接申请加入县级；县级建立后写出自己的名片。")
        return _way("add", tr("新建镇街或县级工作区"), about, (), self.start_office)

    def _existing(self, remembered: tuple[Path, ...]) -> Card:
        about = tr("本机上已经有工作区：选择它的文件夹，再输入密码。电脑坏了、丢了的，从备份恢复出来。")
        # As many as there are letters: each can be opened by a key.
        links = [self._link(folder, key) for folder, key in zip(remembered, _KEYS, strict=False)]
        return _way("folder", tr("打开已有工作区"), about, tuple(links), self.restore, self.open_existing)

    def _practice(self) -> Card:
        about = tr("一个县、三个镇街，单位和人员都是虚构的，从名单到汇总样样俱全。随便练，练完可以整个删除。")
        return _way("help", tr("练习库"), about, (), self.practise)

    def _link(self, folder: Path, key: str) -> QPushButton:
        words = tr("{name}(&{key})", name=folder.name.replace("&", "&&"), key=key)
        return button(words, str(folder), act=lambda: self.folder_chosen.emit(folder), quiet=True)


def _way(role: str, title: str, about: str, links: tuple[QPushButton, ...], *ways: QPushButton) -> Card:
    foot = column(*ways, edges=("", "gap", "", ""))
    return Card(title, role, muted(about), *(row(link, grow()) for link in links), grow(), foot)
