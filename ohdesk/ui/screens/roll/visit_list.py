"""The visits and records of one employer, each a line that Enter opens."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from ohdesk.i18n import tr
from ohdesk.services.visit.views import VisitLine
from ohdesk.ui import theme

_LineRole = Qt.ItemDataRole.UserRole


class VisitList(QListWidget):
    """As high as its lines; emits `opened(VisitLine)`."""

    opened = Signal(object)

    def __init__(self, lines: Sequence[VisitLine]) -> None:
        super().__init__()
        self.setAccessibleName(tr("检查与文书"))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        for line in lines:
            item = QListWidgetItem(_text(line))
            item.setToolTip(_text(line))
            item.setData(_LineRole, line)
            item.setSizeHint(QSize(0, theme.size("row")))
            self.addItem(item)
        self.setFixedHeight(len(lines) * theme.size("row") + 2 * self.frameWidth())
        self.itemActivated.connect(self._open)
        self.setCurrentRow(0)
        self.clearSelection()

    def _open(self, item: QListWidgetItem) -> None:
        self.opened.emit(item.data(_LineRole))


def _text(line: VisitLine) -> str:
    if not line.number:
        return tr("{day}　{state}", day=line.on or tr("未定日期"), state=line.state.word)
    if not line.findings:
        return tr("{day}　{number}", day=line.on, number=line.number)
    return tr("{day}　问题 {count} 项　{number}", day=line.on, number=line.number, count=line.findings)
