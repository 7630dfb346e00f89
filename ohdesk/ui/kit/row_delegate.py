"""How the cells of a table are painted: the bar of the selected row, and states as chips."""

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ohdesk.ui import theme

Index = QModelIndex | QPersistentModelIndex
KindRole = Qt.ItemDataRole.UserRole + 1  # "ok", "warn", "bad", "active" or "plain" for a chip, else None
_GROUNDS = {
    "ok": ("ok_soft", "ok"),
    "warn": ("warn_soft", "warn"),
    "bad": ("bad_soft", "bad"),
    "active": ("accent_soft", "accent"),
}
_PLAIN = ("sunken", "text_2")


class RowDelegate(QStyledItemDelegate):
    """Paints one cell of a table."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell: Any = option  # the type stubs know none of its fields
        cell.state &= ~QStyle.StateFlag.State_HasFocus  # the whole row is selected, not one cell
        super().paint(painter, option, index)
        if cell.state & QStyle.StateFlag.State_Selected and index.column() == 0:
            paint_bar(painter, cell.rect)
        kind = index.data(KindRole)
        if kind and (text := str(index.data())):
            _paint_chip(painter, cell, text, kind)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if index.data(KindRole):
            cell: Any = option
            cell.text = ""


def paint_bar(painter: QPainter, row: QRect) -> None:
    """Paint the bar at the left edge of a selected row."""
    painter.fillRect(row.left(), row.top(), theme.size("bar"), row.height(), theme.colour("accent"))


def _paint_chip(painter: QPainter, cell: Any, text: str, kind: str) -> None:
    ground, ink = _GROUNDS.get(kind, _PLAIN)
    gap, height = theme.size("gap_small"), theme.size("chip")
    painter.save()
    font = painter.font()
    font.setPixelSize(theme.size("font_muted"))
    painter.setFont(font)
    width = min(painter.fontMetrics().horizontalAdvance(text) + 1 + 2 * gap, cell.rect.width() - gap)
    chip = QRect(cell.rect.left() + gap, cell.rect.center().y() - height // 2, width, height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(ground))
    painter.drawRoundedRect(chip, theme.size("radius"), theme.size("radius"))
    painter.setPen(theme.colour(ink))
    inner = chip.adjusted(gap, 0, -gap, 0)
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
    painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
    painter.restore()
