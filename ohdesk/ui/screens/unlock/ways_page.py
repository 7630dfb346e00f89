"""The very first page: start an office, open a workspace that is there, or practise."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.notice import NoticeBar
from ohdesk.ui.screens.unlock.cards import link, muted, primary
from ohdesk.ui.theme.icons import icon

_KEYS = "EFG"
_SHOWN = len(_KEYS)


class WaysPage(QWidget):
    """Three cards side by side, each with one button."""

    create_chosen = Signal()
    open_chosen = Signal()
    practice_chosen = Signal()
    folder_chosen = Signal(object)  # Path of a workspace opened before

    def __init__(self, remembered: tuple[Path, ...]) -> None:
        super().__init__()
        self.start_office = primary(tr("新建工作区(&N)"), self.create_chosen.emit)
        self.open_existing = QPushButton(tr("打开已有工作区(&O)"))
        self.open_existing.clicked.connect(lambda: self.open_chosen.emit())
        self.practise = QPushButton(tr("建立练习库(&P)"))
        self.practise.clicked.connect(lambda: self.practice_chosen.emit())
        self.setMaximumWidth(theme.layout("ways_width"))
        heading = QLabel(tr("职业健康监督检查"))
        heading.setObjectName("title")
        cards = QHBoxLayout()
        cards.setSpacing(theme.size("gap"))
        for card in (self._new(), self._existing(remembered), self._practice()):
            cards.addWidget(card, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap_small"))
        column.addWidget(heading, 0, Qt.AlignmentFlag.AlignHCenter)
        advice = muted(tr("请选择怎样开始。数据只在本机，加密保存，不需要联网。"))
        advice.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._notice = NoticeBar()
        column.addWidget(advice)
        column.addWidget(self._notice)
        column.addSpacing(theme.size("gap"))
        column.addLayout(cards)

    def start(self) -> None:
        """Put the focus on the first way."""
        self.start_office.setFocus()

    def show_error(self, error: Exception) -> None:
        """Say what went wrong with something begun elsewhere."""
        self._notice.error(error)

    def set_busy(self, text: str) -> None:
        """Nothing is done on this page."""

    def say(self, text: str) -> None:
        """Say what was just done."""
        self._notice.done(text)

    def _new(self) -> QFrame:
        text = tr("本单位第一次使用。镇街可以先单独用，也可以凭县级名片直接申请加入县级；县级建立后写出自己的名片。")
        return _way("add", tr("新建镇街或县级工作区"), text, (), self.start_office)

    def _existing(self, remembered: tuple[Path, ...]) -> QFrame:
        text = tr("本机上已经有工作区，或者刚从备份恢复。选择它的文件夹，再输入密码。")
        links = [self._link(folder, key) for folder, key in zip(remembered[:_SHOWN], _KEYS, strict=False)]
        return _way("folder", tr("打开已有工作区"), text, tuple(links), self.open_existing)

    def _practice(self) -> QFrame:
        text = tr("一个县、三个镇街，单位和人员都是虚构的，从名单到汇总样样俱全。随便练，练完可以整个删除。")
        return _way("help", tr("练习库"), text, (), self.practise)

    def _link(self, folder: Path, key: str) -> QPushButton:
        button = link(
            tr("{name}(&{key})", name=folder.name.replace("&", "&&"), key=key),
            lambda: self.folder_chosen.emit(folder),
        )
        button.setToolTip(str(folder))
        return button


def _way(role: str, title: str, text: str, links: tuple[QPushButton, ...], button: QPushButton) -> QFrame:
    card = QFrame()
    card.setObjectName("card")
    mark = QLabel()
    side = theme.size("icon")
    mark.setPixmap(icon(role, "accent").pixmap(side, side))
    heading = QLabel(title)
    heading.setObjectName("question")
    heading.setWordWrap(True)
    first = QHBoxLayout()
    first.setSpacing(theme.size("gap_small"))
    first.addWidget(mark)
    first.addWidget(heading, 1)
    column = QVBoxLayout(card)
    margin = theme.size("page_side")
    column.setContentsMargins(margin, margin, margin, margin)
    column.setSpacing(theme.size("gap_small"))
    column.addLayout(first)
    column.addWidget(muted(text))
    for each in links:
        column.addWidget(each, 0, Qt.AlignmentFlag.AlignLeft)
    column.addStretch(1)
    column.addSpacing(theme.size("gap"))
    column.addWidget(button)
    return card
