"""What is typed of a visit into other systems: each value with a button that copies it, and a tick when it is done."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from ohdesk.domain.people import Right
from ohdesk.errors import UserError
from ohdesk.forms.typing_in import typing_in
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.ui.kit.actions import action, button, primary_action
from ohdesk.ui.kit.chips import FilterChips
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.header import Header
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.lay import box, clear, column, grid, grow, muted, row, say, text
from ohdesk.ui.kit.page import Page
from ohdesk.ui.kit.scroll import FollowingScroll

if TYPE_CHECKING:
    from ohdesk.services.paper.typing_in import Line, Sheet


class TypingPage(Page):
    """Enter copies a value and goes on to the next; `back_wanted` leads to the list."""

    back_wanted = Signal()

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.visit = ""
        self._sheets: dict[str, Sheet] = {}
        self.copies: list[QPushButton] = []
        self.header = Header(tr("系统录入对照单"))
        self.header.add(action("back", tr("返回(&K)"), self.back_wanted.emit, "Esc"))
        self.systems = FilterChips(tr("系统"))
        self.systems.show_chips([(each.key, each.name, None) for each in typing_in().systems])
        self.systems.chosen.connect(self._show_lines)
        self._lines = column()
        self.number = QLineEdit()
        self.number.returnPressed.connect(self.tick)
        self.done_button = primary_action("ok", tr("已录入(&W)"), self.tick)
        self._told, self._wrong = muted(), text("", "fieldError")
        foot = row(Field(tr("流水号"), self.number), self.done_button, grow(self._told), gap="gap")
        unconfirmed = muted(tr("栏目和次序待县级确认。") if typing_in().unconfirmed else "")
        scrolled = FollowingScroll(box(column(self._lines, grow())))
        inside = (row(self.systems, unconfirmed, grow()), grow(scrolled), self._wrong, foot)
        column(self.header, grow(box(column(*inside, gap="gap", edges=("page_side", "page_top")))), of=self, gap="")
        self.allow(Right.VISIT, self.done_button)
        self.on_key("Esc", self.back_wanted.emit)

    def begin(self, visit: str) -> None:
        """Show the sheets of a visit."""
        self.visit = visit
        self.reload()

    def reload(self) -> None:
        """Read again what is to be typed in."""
        if self.visit:
            self.latest.ask(partial(_sheets, self.ctx, self.visit), self._show)

    def focus_first(self) -> None:
        """Go to the first value."""
        (self.copies[0] if self.copies else self.number).setFocus()

    def tick(self) -> None:
        """Set down that it was typed in."""
        from ohdesk.services.paper.typing_in import tick  # loaded by now

        try:
            change = tick(self.ctx, self.visit, self.systems.current, self.number.text())
        except UserError as error:
            say(self._wrong, error.whole)
            return
        self.done.emit(tr("已记下录入。"))
        self.changed.emit(change)
        self.reload()

    def _show(self, found: "tuple[Sheet, ...]") -> None:
        self._sheets = {each.system: each for each in found}
        self._show_lines()

    def _show_lines(self) -> None:
        sheet = self._sheets.get(self.systems.current)
        clear(self._lines)
        self.copies = []
        if sheet is None:
            return
        cells = [cell for line in sheet.lines for cell in self._line(line)]
        self._lines.addWidget(box(grid(cells, (0, 0, 1), ("gap_small", "gap_tiny"), even=True)))
        self.number.setText(sheet.number)
        say(self._wrong, "")
        self._told.setText(tr("{day} 已录入", day=sheet.typed_in_on) if sheet.typed_in_on else tr("还没有录入"))
        self.focus_first()

    def _line(self, line: "Line") -> tuple[QWidget, ...]:
        value = text(line.value or "—", selectable=True)
        act = partial(self._copy, line.value, len(self.copies))
        copy = button(tr("复制"), tr("按 Enter 复制，并到下一项"), act=act, quiet=True)
        copy.setAccessibleName(tr("复制{what}", what=line.label))
        copy.setEnabled(bool(line.value))
        self.copies.append(copy)
        return muted(line.label), copy, value

    def _copy(self, value: str, place: int) -> None:
        QGuiApplication.clipboard().setText(value)
        rest = [each for each in self.copies[place + 1 :] if each.isEnabled()]
        (rest[0] if rest else self.number).setFocus()


def _sheets(ctx: Context, visit: str) -> "tuple[Sheet, ...]":
    from ohdesk.services.paper.typing_in import sheets  # late, aside: brings the forms of papers along

    return sheets(ctx, visit)
