"""The outline of a checklist: a mark, a number and the question for each line, with search."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QAbstractItemView, QLabel, QLineEdit, QListView, QProgressBar, QVBoxLayout, QWidget

from ohdesk.forms.answers import AnswerValue, Counts
from ohdesk.i18n import tr
from ohdesk.services.filling_views import OutlineRow
from ohdesk.ui import theme

Index = QModelIndex | QPersistentModelIndex
NO_PARENT = QModelIndex()
QuestionRole = Qt.ItemDataRole.UserRole
MARKS = {
    AnswerValue.MET: "✓",
    AnswerValue.NOT_MET: "✗",
    AnswerValue.NOT_APPLICABLE: "—",
    AnswerValue.NOT_INSPECTED: "○",
    None: "·",
}
_COLOURS = {AnswerValue.MET: "ok", AnswerValue.NOT_MET: "bad", AnswerValue.NOT_INSPECTED: "warn"}


class OutlineModel(QAbstractListModel):
    """Shows `OutlineRow`s."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[OutlineRow] = ()

    def set_rows(self, rows: Sequence[OutlineRow]) -> None:
        """Show other rows; the same questions in place, so that the selection stays."""
        if [row.question for row in rows] == [row.question for row in self._rows]:
            self._rows = rows
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def row_of(self, question: str) -> int:
        """Return the place of a question."""
        return next(place for place, row in enumerate(self._rows) if row.question == question)

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            lacking = "！" if row.incomplete and row.value is not None else ""
            return f"{MARKS[row.value]}  {row.number}  {lacking}{row.text}"
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            word = row.value.word if row.value else tr("未答")
            return f"{row.section_title} {row.number}：{word}。{row.text}"
        if role == Qt.ItemDataRole.ForegroundRole and row.value in _COLOURS:
            return theme.colour(_COLOURS[row.value])
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(0, theme.size("row"))
        return row.question if role == QuestionRole else None


class OutlinePane(QWidget):
    """Search, list, progress; emits `chosen(question)`."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(theme.size("outline_width"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("查找检查项  Ctrl+F"))
        self.search.setAccessibleName(tr("查找检查项"))
        self.search.setClearButtonEnabled(True)
        self._model = OutlineModel()
        self._filtered = QSortFilterProxyModel()
        self._filtered.setSourceModel(self._model)
        self.search.textChanged.connect(self._filtered.setFilterFixedString)
        self.list = QListView()
        self.list.setAccessibleName(tr("检查项"))
        self.list.setModel(self._filtered)
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.clicked.connect(self._choose)
        self.list.activated.connect(self._choose)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(tr("进度"))
        self._counts = QLabel()
        self._counts.setObjectName("muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap_small"))
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(self._progress)
        column.addWidget(self._counts)

    def show_outline(self, rows: Sequence[OutlineRow], counts: Counts) -> None:
        """Show the lines and how far one has come."""
        self._model.set_rows(rows)
        self._progress.setRange(0, counts.total)
        self._progress.setValue(counts.answered)
        self._counts.setText(
            tr("已答 {answered} / {total} · 不合格 {not_met} · 未答 {open}").format(
                answered=counts.answered, total=counts.total, not_met=counts.not_met, open=counts.unanswered
            )
        )

    def select(self, question: str) -> None:
        """Mark the question that is shown."""
        index = self._filtered.mapFromSource(self._model.index(self._model.row_of(question)))
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(index.data(QuestionRole))
