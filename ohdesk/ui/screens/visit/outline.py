"""The outline of a checklist: a mark, a number and the question for each line, with search."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ohdesk.forms.answers import AnswerValue, Counts
from ohdesk.i18n import tr
from ohdesk.services.visit.filling import OutlineRow
from ohdesk.ui import theme
from ohdesk.ui.kit.job_bar import progress_bar
from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.lay import column, grow, muted
from ohdesk.ui.kit.table_view import Index, RowRole, paint_bar

_MARKS = {
    AnswerValue.MET: ("✓", "ok"),
    AnswerValue.NOT_MET: ("✗", "bad"),
    AnswerValue.NOT_APPLICABLE: ("—", "text_2"),
    AnswerValue.NOT_INSPECTED: ("○", "warn"),
    None: ("", "text_3"),
}
_CURRENT, _INCOMPLETE = ("●", "accent"), ("!", "warn")
_HeadingRole = RowRole + 1  # the section that begins with a line, "" within one


class OutlineDelegate(QStyledItemDelegate):
    """Paints one line; the first of a section carries the section's heading above it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option
        heading = theme.size("section") if index.data(_HeadingRole) else 0
        return QSize(0, theme.size("row") + heading)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell: Any = option  # the type stubs know none of its fields
        row: OutlineRow = index.data(RowRole)
        line = QRect(cell.rect)
        painter.save()
        if title := index.data(_HeadingRole):
            heading = QRect(line)
            heading.setHeight(theme.size("section"))
            line.setTop(heading.bottom() + 1)
            _paint_heading(painter, heading, title)
        current = bool(cell.state & QStyle.StateFlag.State_Selected)
        if current:
            painter.fillRect(line, theme.colour("accent_soft"))
            paint_bar(painter, line)
        _paint_line(painter, line, row, current=current)
        painter.restore()


class OutlinePane(QWidget):
    """Search, list, progress; emits `chosen(question)`."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setMaximumWidth(theme.size("outline_width"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("查找检查项  Ctrl+F"))
        self.search.setAccessibleName(tr("查找检查项"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._choose_first)
        self._items: dict[str, QListWidgetItem] = {}  # by question
        self.list = _list()
        self.list.itemClicked.connect(self._choose)
        self.list.itemActivated.connect(self._choose)
        self._progress = progress_bar(tr("进度"))
        self._counts = muted()
        column(self.search, grow(self.list), self._progress, self._counts, of=self)

    def show_outline(self, rows: Sequence[OutlineRow], counts: Counts) -> None:
        """Show the lines and how far one has come."""
        is_another = [row.question.id for row in rows] != [*self._items]
        if is_another:
            self.list.clear()
            self._items = {row.question.id: QListWidgetItem(self.list) for row in rows}
        with QSignalBlocker(self.list.model()):  # texts and heights stay, and a list would measure every line again
            for row, item in zip(rows, self._items.values(), strict=True):
                if item.data(RowRole) != row:
                    _fill(item, row)
                    self.list.update(self.list.indexFromItem(item))
        if is_another:
            self._filter(self.search.text())
        self._progress.setUpdatesEnabled(False)  # it would paint the whole window at once
        self._progress.setRange(0, counts.total)
        self._progress.setValue(counts.answered)
        self._progress.setUpdatesEnabled(True)
        self._counts.setText(_standing(counts, sum(row.incomplete for row in rows)))

    def select(self, question: str) -> None:
        """Mark the question that is shown."""
        self.list.setCurrentItem(self._items[question])
        self.list.scrollToItem(self._items[question])

    def _filter(self, sought: str) -> None:
        title = ""
        for item in self._items.values():
            item.setHidden(sought not in item.text())
            if not item.isHidden():
                before, title = title, item.data(RowRole).section_title
                item.setData(_HeadingRole, title if title != before else "")

    def _choose(self, item: QListWidgetItem) -> None:
        row: OutlineRow = item.data(RowRole)
        self.chosen.emit(row.question.id)

    def _choose_first(self) -> None:
        """Choose the question of that number, as it stands on paper, or else the first one that is found."""
        numbered = {str(item.data(RowRole).question.number): item for item in self._items.values()}
        found = (item for item in self._items.values() if not item.isHidden())
        first = numbered.get(self.search.text().strip()) or next(found, None)
        if first is not None:
            self._choose(first)


def _fill(item: QListWidgetItem, row: OutlineRow) -> None:
    words = tr(
        "{section}　第 {number} 项：{word}{gap}。{text}",
        section=row.section_title,
        number=row.question.number,
        word=row.value.word if row.value else tr("未答"),
        gap=tr("，还有要填的") if row.incomplete else "",
        text=row.question.text,
    )
    item.setData(RowRole, row)
    item.setText(f"{row.question.number} {row.section_title} {row.question.text}")
    item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
    item.setToolTip(plain_tip(words))


def _standing(counts: Counts, incomplete: int) -> str:
    """Say how far one has come, and at the end what comes next."""
    words = tr(
        "已答 {answered} / {total} · 不合格 {not_met} · 未答 {open}",
        answered=counts.answered,
        total=counts.total,
        not_met=counts.not_met,
        open=counts.unanswered,
    )
    if counts.unanswered:
        return words
    if incomplete:
        return words + "\n" + tr("还有 {count} 项要补填（标 ! 的）。", count=incomplete)
    return words + "\n" + tr("都答完了，下一步：离场  Ctrl+Enter")


def _list() -> QListWidget:
    view = QListWidget()
    view.setAccessibleName(tr("检查项"))
    view.setItemDelegate(OutlineDelegate(view))
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return view


def _paint_heading(painter: QPainter, place: QRect, title: str) -> None:
    gap = theme.size("gap_small")
    painter.fillRect(place, theme.colour("sunken"))
    font = painter.font()
    font.setPixelSize(theme.size("font_small"))
    painter.setFont(font)
    painter.setPen(theme.colour("text_2"))
    _paint_text(painter, place.adjusted(gap, 0, -gap, 0), title)
    font.setPixelSize(theme.size("font_body"))
    painter.setFont(font)


def _paint_line(painter: QPainter, place: QRect, row: OutlineRow, *, current: bool) -> None:
    gap, width = theme.size("gap_small"), theme.size("mark")
    mark, token = _MARKS[row.value]
    if row.incomplete:
        mark, token = _INCOMPLETE
    elif current and row.value is None:
        mark, token = _CURRENT
    left = place.left() + gap
    painter.setPen(theme.colour(token))
    painter.drawText(QRect(left, place.top(), width, place.height()), Qt.AlignmentFlag.AlignCenter, mark)
    painter.setPen(theme.colour("text_2"))
    number = QRect(left + width, place.top(), width, place.height())
    painter.drawText(number, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, str(row.question.number))
    painter.setPen(theme.colour("text"))
    _paint_text(painter, QRect(place).adjusted(2 * gap + 2 * width, 0, -gap, 0), row.question.text)


def _paint_text(painter: QPainter, place: QRect, text: str) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
