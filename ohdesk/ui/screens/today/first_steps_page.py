"""A new workspace: the steps up to the first inspection, in order, each with its state and one button."""

from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ohdesk.i18n import mark, tr
from ohdesk.services.start.first_steps import FirstStep
from ohdesk.ui import theme
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.kit.status_chip import StatusChip
from ohdesk.ui.theme.icons import icon


class _Words(NamedTuple):
    title: str
    why: str
    action: str
    screen: str
    thing: str


_WORDS = {
    "roll": _Words(
        mark("导入第一份名单"),
        mark("县级或市场监管部门下发的 Excel 名单；写入前先列出来核对。"),
        mark("导入名单(&I)"),
        "roll",
        "",
    ),
    "people": _Words(
        mark("登记执法人员"),
        mark("至少两名，写明执法证号和有效期。"),
        mark("登记人员(&P)"),
        "settings",
        "people",
    ),
    "accounts": _Words(
        mark("为执法人员建立账户"),
        mark("每人一个账户，用自己的密码在笔录上签名。"),
        mark("建立账户(&A)"),
        "settings",
        "accounts",
    ),
    "powers": _Words(
        mark("登记检查权限"),
        mark("以哪个机关的名义检查，依据什么，从哪天到哪天。"),
        mark("登记权限(&W)"),
        "settings",
        "powers",
    ),
    "county": _Words(
        mark("加入县级"),
        mark("加入后才能上报和接收下发；不急的话可以先检查，以后再加入。"),
        mark("加入县级(&J)"),
        "exchange",
        "",
    ),
    "draw": _Words(
        mark("第一次抽取"),
        mark("随机抽取要检查的单位和执法人员，抽取过程人人可以复核。"),
        mark("去抽取(&D)"),
        "draw",
        "",
    ),
}


class FirstStepsPage(QWidget):
    """The steps; emits `wanted(screen, thing)`, and `skipped(key)` for one that is put off."""

    wanted = Signal(str, str)
    skipped = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._scrolled = Scrolled(QWidget())
        self.next_button: QPushButton | None = None
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._scrolled)

    def show_steps(self, steps: tuple[FirstStep, ...]) -> None:
        """Show how far one is; the next step's button stands out."""
        current = next((step for step in steps if not step.done and not step.skipped), None)
        self.next_button = None
        card = QFrame()
        card.setObjectName("card")
        card.setMaximumWidth(2 * theme.layout("sentence"))
        column = QVBoxLayout(card)
        gap = theme.size("gap")
        column.setContentsMargins(gap, gap, gap, gap)
        column.setSpacing(0)
        column.addWidget(_label(tr("开始使用"), "question"))
        column.addWidget(_label(self._about(steps), "muted"))
        column.addSpacing(theme.size("gap_small"))
        for number, step in enumerate(steps, 1):
            column.addWidget(self._row(number, step, is_next=step is current))
        buttons = card.findChildren(QPushButton)
        for button in buttons:
            button.ensurePolished()
        widest = max(button.sizeHint().width() for button in buttons)
        for button in buttons:
            button.setMinimumWidth(widest)
        before = self._scrolled.takeWidget()
        if before is not None:
            before.deleteLater()  # its own button may have asked for this
        self._scrolled.show_inside(_centred(card))

    def focus_next(self) -> None:
        """Put the focus on the button of the next step."""
        if self.next_button is not None:
            self.next_button.setFocus()

    def _about(self, steps: tuple[FirstStep, ...]) -> str:
        done = sum(step.done for step in steps)
        return tr(
            "按顺序做完这 {count} 步就可以开始检查，已完成 {done} 步。每一步做完，这里会自动打勾。",
            count=len(steps),
            done=done,
        )

    def _row(self, number: int, step: FirstStep, *, is_next: bool) -> QWidget:
        words = _WORDS[step.key]
        row = QFrame()
        row.setObjectName("line")
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, theme.size("gap_small"), 0, theme.size("gap_small"))
        layout.setSpacing(theme.size("gap_small"))
        layout.addWidget(_mark(number, step), 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(_label(tr(words.title)))
        texts.addWidget(_label(tr(words.why), "muted"))
        layout.addLayout(texts, 1)
        chip = StatusChip()
        chip.show_state(*_state(step))
        layout.addWidget(chip)
        if is_next and not step.needed:
            skip = QPushButton(tr("以后再说(&L)"))
            skip.clicked.connect(lambda: self.skipped.emit(step.key))
            layout.addWidget(skip)
        layout.addWidget(self._button(step, words, is_next=is_next))
        return row

    def _button(self, step: FirstStep, words: _Words, *, is_next: bool) -> QPushButton:
        button = QPushButton(tr(words.action))
        button.setProperty("primary", is_next)
        button.setProperty("quiet", step.done)
        button.setAccessibleName(tr(words.title))
        button.clicked.connect(lambda: self.wanted.emit(words.screen, words.thing))
        if is_next:
            self.next_button = button
        return button


def _state(step: FirstStep) -> tuple[str, str]:
    if step.done:
        return tr("已完成"), "ok"
    if step.skipped:
        return tr("以后再说"), "plain"
    if step.count:
        return tr("已有 {count} 名，还差 1 名", count=step.count), "warn"
    return "", "plain"


def _mark(number: int, step: FirstStep) -> QLabel:
    label = QLabel()
    label.setFixedWidth(theme.size("mark"))
    if step.done:
        side = theme.size("icon")
        label.setPixmap(icon("ok", "ok").pixmap(side, side))
        label.setAccessibleName(tr("已完成"))
    else:
        label.setText(str(number))
        label.setObjectName("key")
    return label


def _label(text: str, look: str = "") -> QLabel:
    label = QLabel(text)
    label.setObjectName(look)
    label.setWordWrap(True)
    return label


def _centred(card: QWidget) -> QWidget:
    inside = QWidget()
    row = QHBoxLayout(inside)
    side, top = theme.size("page_side"), theme.size("page_top")
    row.setContentsMargins(side, top, side, top)
    row.addStretch(1)
    row.addWidget(card, 100, Qt.AlignmentFlag.AlignTop)
    row.addStretch(1)
    return inside
