"""How a line of a checklist is painted: in the outline on one line, in the list of a section with its answer."""

from typing import Any

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ohdesk.forms.answers import AnswerValue
from ohdesk.i18n import tr
from ohdesk.services.visit.outline import OutlineRow
from ohdesk.ui import theme
from ohdesk.ui.kit.row_delegate import Index, paint_bar
from ohdesk.ui.kit.table_view import RowRole

_MARKS = {
    AnswerValue.MET: ("✓", "ok"),
    AnswerValue.NOT_MET: ("✗", "bad"),
    AnswerValue.NOT_APPLICABLE: ("—", "text_2"),
    AnswerValue.NOT_INSPECTED: ("○", "warn"),
    None: ("", "text_3"),
}
_CURRENT, _INCOMPLETE = ("●", "accent"), ("!", "warn")
HeadingRole = RowRole + 1  # the section that begins with a line, "" within one


class OutlineDelegate(QStyledItemDelegate):
    """Paints one line; the first of a section carries the section's heading above it.

    is_listing: a line has room for two lines of its question, and for the word of its answer
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.is_listing = False

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        cell: Any = option  # the type stubs know none of its fields
        heading = theme.size("section") if index.data(HeadingRole) else 0
        two_lines = 2 * cell.fontMetrics.lineSpacing() + theme.size("gap")
        return QSize(0, (two_lines if self.is_listing else theme.size("row")) + heading)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell: Any = option
        row: OutlineRow = index.data(RowRole)
        line = QRect(cell.rect)
        painter.save()
        if title := index.data(HeadingRole):
            heading = QRect(line)
            heading.setHeight(theme.size("section"))
            line.setTop(heading.bottom() + 1)
            _paint_heading(painter, heading, title)
        current = bool(cell.state & QStyle.StateFlag.State_Selected)
        if current:
            painter.fillRect(line, theme.colour("accent_soft"))
            paint_bar(painter, line)
        _paint_line(painter, line, row, current=current, with_answer=self.is_listing)
        painter.restore()


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


def _paint_line(painter: QPainter, place: QRect, row: OutlineRow, *, current: bool, with_answer: bool) -> None:
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
    wording = QRect(place).adjusted(2 * gap + 2 * width, 0, -gap, 0)
    if with_answer:
        answer = QRect(wording)
        answer.setLeft(wording.right() - theme.size("fact_name"))
        wording.setRight(answer.left() - gap)
        painter.setPen(theme.colour(token if row.value else "text_2"))
        painter.drawText(answer, Qt.AlignmentFlag.AlignCenter, _answer(row))
    painter.setPen(theme.colour("text"))
    if with_answer:
        _paint_two_lines(painter, wording, row.question.said)
    else:
        _paint_text(painter, wording, row.question.said)


def _answer(row: OutlineRow) -> str:
    if row.value is None:
        return tr("○ 未答")
    return tr("{word}（批量）", word=row.value.word) if row.bulk else row.value.word


def _paint_two_lines(painter: QPainter, place: QRect, text: str) -> None:
    """Paint a text over two lines, cut off at the end of the second: Chinese breaks anywhere, words between them."""
    metrics = painter.fontMetrics()
    first = len(text)
    while first and metrics.horizontalAdvance(text[:first]) > place.width():
        first -= 1
    if first < len(text) and text[first - 1 : first + 1].isascii() and " " in text[:first]:
        first = text.rindex(" ", 0, first) + 1
    line = QRect(place)
    if first < len(text):
        line.setTop(place.center().y() - metrics.lineSpacing())
        line.setHeight(metrics.lineSpacing())
        _paint_text(painter, line.translated(0, line.height()), text[first:])
    _paint_text(painter, line, text[:first])


def _paint_text(painter: QPainter, place: QRect, text: str) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
