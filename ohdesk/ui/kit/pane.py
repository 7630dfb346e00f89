"""What stands beside a list: one of its things with all that is known of it."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from itertools import pairwise
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QFrame, QLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.kit.chips import StatusChip, Tabs
from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.lay import Item, box, clear, column, grow, row, say, text
from ohdesk.ui.kit.scroll import Scrolled
from ohdesk.ui.theme.icons import icon

Chip = tuple[str, str]


class Tab(NamedTuple):
    """A part of what a pane shows. holds: how many things, None where they are not counted"""

    key: str
    title: str
    parts: Callable[[], Iterable[Item]]
    holds: int | None = None


def packed(buttons: Iterable[QPushButton]) -> QVBoxLayout:
    """Lay the actions of a pane beside each other where their words leave room, else below each other."""
    whole, room = column(), theme.size("detail_width") - 2 * theme.size("gap")
    line, left = row(), 0
    for each in buttons:
        each.ensurePolished()  # before, none knows the size of its words
        needed = each.sizeHint().width() + line.spacing()
        if needed > left:
            line, left = row(), room + line.spacing()
            whole.addLayout(line)
        line.addWidget(each, 1)
        left -= needed
    return whole


class Pane(QFrame):
    """A head with name, place and states, a body that scrolls, actions at the foot; can be closed where it is a drawer.

    label: what the body is called for those who cannot see it
    """

    close_wanted = Signal()

    def __init__(self, label: str) -> None:
        super().__init__()
        self.setObjectName("card")
        self._name, self._about = text("", "question"), text("", "muted", selectable=True)
        self.close_button = QPushButton(icon("close"), "")
        self.close_button.setProperty("quiet", True)
        self.close_button.setAccessibleName(tr("关闭详情"))
        self.close_button.setToolTip(plain_tip(tr("关闭详情  Esc")))
        self.close_button.clicked.connect(self.close_wanted)
        self._chips = row(grow())
        self.body = Scrolled(QWidget())
        self.body.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.body.setAccessibleName(label)
        self._foot = column()
        head = row(grow(self._name), self.close_button)
        head.setAlignment(self.close_button, Qt.AlignmentFlag.AlignTop)
        parts = (head, self._about, box(self._chips), grow(self.body), self._foot)
        self._whole = column(*parts, of=self, edges=("gap", "gap"))
        self._tabs: dict[str, Tab] = {}

    def add_actions(self, *actions: QPushButton | QLayout) -> None:
        """Put actions at the foot, below each other."""
        for each in actions:
            if isinstance(each, QLayout):
                self._foot.addLayout(each)
            else:
                self._foot.addWidget(each)

    def show_head(self, name: str, about: str = "", chips: Iterable[Chip] = ()) -> None:
        """Show what this is and how it stands; a chip is a word and its kind, one without a word is left out."""
        self._name.setText(name)
        say(self._about, about)
        clear(self._chips)
        for word, kind in chips:
            chip = StatusChip()
            chip.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.MinimumExpanding)
            self._chips.addWidget(chip)
            chip.show_state(word, kind)
            chip.setWordWrap(chip.sizeHint().width() > theme.size("detail_width") // 2)
        self._chips.addStretch(1)

    @cached_property
    def tabs(self) -> Tabs:
        """The names of the parts of which one is shown, made when there are any."""
        made = Tabs(self.body.accessibleName())
        made.setToolTip(plain_tip(tr("换一页  Ctrl+PgUp、Ctrl+PgDn")))
        made.chosen.connect(self._show_tab)
        for key, steps in (("Ctrl+PgDown", 1), ("Ctrl+PgUp", -1)):
            QShortcut(key, self, partial(made.turn, steps), context=Qt.ShortcutContext.WindowShortcut)
        self._whole.insertWidget(self._whole.indexOf(self.body), made)
        return made

    def show_tabs(self, tabs: Sequence[Tab]) -> None:
        """Show one of these parts, the one that was in front if it is still there."""
        self._tabs = {each.key: each for each in tabs}
        self.tabs.show_chips([(each.key, each.title, each.holds) for each in tabs])
        in_order = (self.close_button, *self.tabs.findChildren(QPushButton), self.body)
        for before, after in pairwise(in_order):
            self.setTabOrder(before, after)
        self._show_tab(self.tabs.current)

    def _show_tab(self, key: str) -> None:
        self.show_parts(self._tabs[key].parts())

    def show_parts(self, parts: Iterable[Item]) -> None:
        """Show another body, from its beginning: parts below each other, clear of the scroll bar."""
        inside = QWidget()
        column(*parts, grow(), of=inside, edges=("", "", "gap_small", ""))
        self.show_inside(inside)

    def show_inside(self, inside: QWidget) -> None:
        """Show another body, from its beginning; Tab comes to what is in it behind the body itself."""
        self.body.show_inside(inside)
        before: QWidget = self.body
        for each in inside.findChildren(QWidget):
            is_here = each.window() is self.window()  # no popup of a list
            if is_here and each.focusPolicy() & Qt.FocusPolicy.TabFocus:
                self.setTabOrder(before, each)
                before = each

    def focus_first(self) -> None:
        """Put the focus where arrows scroll the text."""
        self.body.setFocus()
