"""Whom something is about: an employer, sought by name, code or initials and chosen by keys."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidgetItem

from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.register.conditions import EntryQuery
from ohdesk.services.roll import entries
from ohdesk.services.roll.entries import EstablishmentRow
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.keys import ENTERS
from ohdesk.ui.kit.latest import Latest
from ohdesk.ui.kit.lay import column, grow, muted, row
from ohdesk.ui.kit.low_list import LowList
from ohdesk.ui.kit.page import Page

_FOUND = 6


class EstablishmentFinder(Page):
    """A search by name, code or initials with its finds under it; after the choice only what was chosen.

    Enter takes the first find of what is typed, if need be once it is found.
    value: the id of the one chosen, empty while it is sought · fixed: it cannot be another
    """

    chosen = Signal(str)

    def __init__(self, ctx: Context, jobs: Jobs, label: str, also: Callable[[str], str] = lambda _id: "") -> None:
        """label: what the one sought is to what is asked · also: says something more of the one chosen, by its id"""
        super().__init__(ctx, jobs)
        self._also = also
        self._finding = Latest(self, aside=True)
        self._takes_first = False  # Enter was pressed before anything was found
        self.value, self.fixed = "", False
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("名称、代码、首字母、地址、人、电话"))
        self.search.textChanged.connect(self._find)
        self.field = Field(label, self.search)
        self.finds = LowList(_FOUND)
        self.finds.setAccessibleName(tr("找到的单位"))
        self.finds.itemClicked.connect(self._take)
        for each in (self.search, self.finds):
            each.installEventFilter(self)
        self._about = muted()
        self.other = button(tr("换一家(&C)"), act=self._seek_another)
        column(self.field, self.finds, self._about, row(self.other, grow()), of=self, gap="gap_tiny")
        self.choose("")

    def choose(self, establishment: str) -> None:
        """Show one that is chosen, or the search for one."""
        self.value = establishment
        self.field.clear_error()
        self.search.setReadOnly(bool(establishment))
        self.other.setVisible(bool(establishment) and not self.fixed)
        if establishment:
            self._show(entries.detail(self.ctx, establishment).fields)
        else:
            self.search.clear()
            self._find("")
        self.chosen.emit(establishment)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        key = event.key()
        seeking = watched is self.search and self.finds.isVisible()
        if key in ENTERS and watched is self.search and self._finding.is_busy:
            self._takes_first = True
        elif key in ENTERS and (seeking or watched is self.finds):
            self._take(self.finds.currentItem())
        elif key == Qt.Key.Key_Down and seeking:
            self.finds.setFocus()
        elif key == Qt.Key.Key_Escape and watched is self.finds:
            self.search.setFocus()
        else:
            return False
        return True

    def _show(self, held: Mapping[str, str]) -> None:
        self.search.setText(held["name"])
        lines = [" · ".join(filter(None, (held["uscc"] or held["local_id"], held["industry"], held["address"])))]
        lines.append(self._also(self.value))
        self._about.setText("\n".join(filter(None, lines)))
        self.finds.hide()

    def _seek_another(self) -> None:
        self.choose("")
        self.search.setFocus()

    def _find(self, text: str) -> None:
        self.field.clear_error()
        self._finding.forget()
        self._takes_first = False
        if self.value:
            return  # the name of the one chosen
        if text.strip():
            # One more than is shown tells that there are more.
            sought = partial(entries.list_rows, self.ctx, EntryQuery(text), _FOUND + 1)
            self._finding.ask(sought, partial(self._show_finds, text))
        else:
            self._show_finds(text, [])

    def _show_finds(self, text: str, rows: Sequence[EstablishmentRow]) -> None:
        self.finds.clear()
        for found in rows[:_FOUND]:
            self.finds.offer_line(_line(found), found.id)
        self.finds.fit()
        self.finds.setVisible(bool(rows))
        self._about.setText(self._found(text, len(rows)))
        if self._takes_first:
            self._takes_first = False
            self._take(self.finds.currentItem())

    def _found(self, text: str, count: int) -> str:
        if count > _FOUND:
            return tr("还有更多，请再输入几个字。")
        if text.strip() and not count:
            return tr("名录中没有这样的单位，请先在“单位”中登记。")
        return tr("输入几个字后用 ↓ 选择，Enter 确定。")

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.choose(self.finds.key_of(item))
            self.other.setFocus()  # the list that had it is gone


def _line(row: EstablishmentRow) -> str:
    return "　".join(filter(None, (row.name, row.uscc or row.local_id, row.industry)))
