"""Columns of what was exchanged, and lists that say why they are empty."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QStackedLayout, QWidget

from ohdesk.i18n import mark, tr
from ohdesk.services.exchange.history import Exchanged
from ohdesk.ui import theme
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.table_view import Column, PagedTable, TableView
from ohdesk.ui.kit.wording import counts_text, grouped, minute_text

_SHORT = 19  # four groups of a fingerprint
_ROWS_SHOWN = 4  # with the heading
_STATES = {
    "received": (mark("已收到"), "ok"),
    "partly": (mark("部分收到"), "warn"),
    "open": (mark("未确认"), "warn"),
    "receipts": (mark("只有回执"), "plain"),
    "applied": (mark("已收下"), "ok"),
    "parked": (mark("等前面的包"), "warn"),
}


class ListOrWhy(QWidget):
    """A table, or in its place why there is nothing in it."""

    def __init__(
        self, name: str, label: str, columns: Sequence[Column[Any]], empty: EmptyState, rows: int = _ROWS_SHOWN
    ) -> None:
        super().__init__()
        self.view = TableView(name, label)
        self.table: PagedTable[Any] = PagedTable(columns)
        self.view.show_table(self.table, columns)
        self.empty = empty
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.view)
        self._pages.addWidget(empty)
        self.setMinimumHeight(theme.size("row") * rows)
        self.setMinimumWidth(theme.layout("drawer"))  # what is beside it may need the rest
        self.setFocusProxy(self.view)
        self._pages.setCurrentWidget(empty)

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show rows; the one selected stays selected if it is still in its place."""
        held = self.view.currentIndex().row()
        self.table.show_rows(len(rows), lambda offset, limit: rows[offset : offset + limit])
        self._pages.setCurrentWidget(self.view if rows else self.empty)
        if 0 <= held < len(rows):
            self.view.selectRow(held)


def exchanged_columns() -> tuple[Column[Exchanged], ...]:
    """Return the columns of the bundles written and taken in."""
    return (
        Column(tr("时间"), lambda row: minute_text(row.at), 136),
        Column(tr("方向"), lambda row: tr("写出") if row.sent else tr("收到"), 60),
        Column(tr("回执"), exchanged_state, 110, kind=_kind),
        Column(tr("对方"), lambda row: row.partner or tr("各镇街"), 140),
        Column(tr("内容"), lambda row: counts_text(row.counts) or tr("只有回执"), 170),
        Column(tr("文件"), lambda row: row.name, 226),
        Column(tr("指纹"), lambda row: grouped(row.fingerprint)[:_SHORT], 164),
    )


def exchanged_state(row: Exchanged) -> str:
    """Return in a word how far a bundle is acknowledged, or what became of it here."""
    if row.returned:
        return tr("退回 {count} 项", count=row.returned)
    return tr(_STATES[row.state][0])


def _kind(row: Exchanged) -> str:
    return "bad" if row.returned else _STATES[row.state][1]
