"""Finding the establishment to be visited, as one types: by a piece of its name, its code or its initials."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidgetItem, QWidget

from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.roll import entries
from ohdesk.services.roll.entries import EstablishmentRow, RollQuery
from ohdesk.services.visit import views
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.lay import column, grow, muted, row
from ohdesk.ui.kit.low_list import LowList

_FOUND = 6


class EstablishmentFinder(QWidget):
    """A search with its finds under it; after the choice only what was chosen."""

    chosen = Signal(str)

    def __init__(self, ctx: Context) -> None:
        super().__init__()
        self._ctx = ctx
        self.establishment = ""
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("名称、信用代码、拼音首字母"))
        self.search.textEdited.connect(self._find)
        self.search.installEventFilter(self)
        self.field = Field(tr("被检查单位"), self.search)
        self.finds = LowList(_FOUND)
        self.finds.setAccessibleName(tr("找到的单位"))
        self.finds.itemClicked.connect(self._take)
        self.finds.installEventFilter(self)
        self._about = muted()
        self.other = button(tr("换一家(&C)"), act=self.clear)
        column(self.field, self.finds, self._about, row(self.other, grow()), of=self, gap="gap_tiny")
        self.clear()

    def show_establishment(self, establishment: str, *, fixed: bool = False) -> None:
        """Show one that is chosen already; `fixed` when it cannot be another."""
        held = entries.detail(self._ctx, establishment).fields
        self.establishment = establishment
        self.search.setText(held["name"])
        self.search.setReadOnly(True)
        self.field.clear_error()
        count = views.visited_this_year(self._ctx, establishment)
        lines = [" · ".join(filter(None, (held["uscc"] or held["local_id"], held["industry"], held["address"])))]
        lines.append(tr("今年已检查 {count} 次", count=count) if count else tr("今年还没有检查过"))
        self._about.setText("\n".join(filter(None, lines)))
        self._about.show()
        self.finds.hide()
        self.other.setVisible(not fixed)
        self.chosen.emit(establishment)

    def seek(self, text: str) -> None:
        """Look for what was typed before."""
        self.search.setText(text)
        self._find(text)

    def clear(self) -> None:
        """Look for another."""
        self.establishment = ""
        self.search.setReadOnly(False)
        self.search.clear()
        self.finds.hide()
        self.other.hide()
        self._about.setText(tr("输入几个字后用 ↓ 选择，Enter 确定。"))
        self.search.setFocus()
        self.chosen.emit("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if watched is self.search and self.finds.isVisible() and (enter or event.key() == Qt.Key.Key_Down):
            if enter:
                self._take(self.finds.currentItem())
            else:
                self.finds.setFocus()
            return True
        if watched is self.finds and enter:
            self._take(self.finds.currentItem())
            return True
        if watched is self.finds and event.key() == Qt.Key.Key_Escape:
            self.search.setFocus()
            return True
        return False

    def _find(self, text: str) -> None:
        self.field.clear_error()
        # One more than is shown tells that there are more.
        rows = entries.list_rows(self._ctx, RollQuery(search=text), limit=_FOUND + 1) if text.strip() else []
        self.finds.clear()
        for found in rows[:_FOUND]:
            self.finds.offer_line(_line(found), found.id)
        self.finds.fit()
        self.finds.setVisible(bool(rows))
        self._about.setText(self._found(text, len(rows)))

    def _found(self, text: str, count: int) -> str:
        if count > _FOUND:
            return tr("还有更多，请再输入几个字。")
        if text.strip() and not count:
            return tr("名录中没有这样的单位，请先在“单位”中登记。")
        return tr("输入几个字后用 ↓ 选择，Enter 确定。")

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.show_establishment(self.finds.key_of(item))
            self.other.setFocus()  # the list that had it is gone


def _line(row: EstablishmentRow) -> str:
    return "　".join(filter(None, (row.name, row.uscc or row.local_id, row.industry)))
