"""A new workspace: the steps up to the first inspection, in order, each with its state and one button."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from ohdesk.i18n import mark, tr
from ohdesk.services.start.today import FirstStep
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import button, equally_wide
from ohdesk.ui.kit.card import framed
from ohdesk.ui.kit.label import Label
from ohdesk.ui.kit.lay import box, column, grow, muted, picture, row, text
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.screens.today.attention import PLACES
from ohdesk.ui.screens.today.lines import framed_line

_WORDS = {  # title, why, what the button does
    "roll": (
        mark("导入第一份名单"),
        mark("县级或市场监管部门下发的 Excel 名单；写入前先列出来核对。"),
        mark("导入名单(&I)"),
    ),
    "people": (mark("登记执法人员"), mark("至少两名，写明执法证号和有效期。"), mark("登记人员(&P)")),
    "accounts": (mark("为执法人员建立账户"), mark("每人一个账户，用自己的密码在笔录上签名。"), mark("建立账户(&A)")),
    "powers": (mark("登记检查权限"), mark("以哪个机关的名义检查，依据什么，从哪天到哪天。"), mark("登记权限(&W)")),
    "county": (
        mark("加入县级"),
        mark("加入后才能上报和接收下发；不急的话可以先检查，以后再加入。"),
        mark("加入县级(&J)"),
    ),
    "draw": (
        mark("第一次抽取"),
        mark("随机抽取要检查的单位和执法人员，抽取过程人人可以复核。"),
        mark("去抽取(&D)"),
    ),
}


class FirstStepsPage(Scrolled):
    """The steps; emits `wanted(screen, thing)`, and `skipped(key)` for one that is put off."""

    wanted = Signal(str, str)
    skipped = Signal(str)

    def __init__(self) -> None:
        super().__init__(QWidget())
        self.next_button: QPushButton | None = None

    def show_steps(self, steps: tuple[FirstStep, ...]) -> None:
        """Show how far one is; the next step's button stands out."""
        current = next((step for step in steps if not step.done and not step.skipped), None)
        self.next_button = None
        done = sum(step.done for step in steps)
        about = tr("按顺序做完这 {count} 步就可以开始检查，已完成 {done} 步。每一步做完，这里会自动打勾。")
        rows = [self._row(number, step, is_next=step is current) for number, step in enumerate(steps, 1)]
        head = column(text(tr("开始使用"), "question"), muted(about.format(count=len(steps), done=done)), gap="")
        card = framed(column(head, column(*rows, gap=""), edges=("gap", "gap")))
        card.setMaximumWidth(2 * theme.layout("sentence"))
        equally_wide(card.findChildren(QPushButton))
        before = self.takeWidget()
        if before is not None:
            before.deleteLater()  # its own button may have asked for this
        # The card takes what it may; only what is over goes to its sides.
        centred = row(grow(), grow(card, 100), grow(), edges=("page_side", "page_top"))
        self.show_inside(box(column(centred, grow())))

    def focus_next(self) -> None:
        """Put the focus on the button of the next step."""
        if self.next_button is not None:
            self.next_button.setFocus()

    def _row(self, number: int, step: FirstStep, *, is_next: bool) -> QWidget:
        title, why, action = (tr(words) for words in _WORDS[step.key])
        do = button(action, act=lambda: self.wanted.emit(*PLACES[step.key]), primary=is_next, quiet=step.done)
        do.setAccessibleName(title)
        buttons = [do]
        if is_next:
            self.next_button = do
            if not step.needed:
                buttons.insert(0, button(tr("以后再说(&L)"), act=lambda: self.skipped.emit(step.key)))
        return framed_line(_mark(number, step), title, why, _state(step), buttons)


def _state(step: FirstStep) -> tuple[str, str]:
    if step.done:
        return tr("已完成"), "ok"
    if step.skipped:
        return tr("以后再说"), "plain"
    if step.count:
        return tr("已有 {count} 名，还差 1 名", count=step.count), "warn"
    return "", "plain"


def _mark(number: int, step: FirstStep) -> Label:
    if step.done:
        mark_ = picture("ok", "ok")
        mark_.setAccessibleName(tr("已完成"))
    else:
        mark_ = Label(str(number), "key")
    return mark_
