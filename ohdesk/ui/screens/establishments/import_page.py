"""What a list would change, before anything is changed: counts, the refused rows, and one button."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ohdesk.i18n import tr
from ohdesk.services.roll_import import Comparison
from ohdesk.ui import theme
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.table_view import PagedTable, TableView
from ohdesk.ui.screens.establishments.table import refusal_columns


class ImportPage(QWidget):
    """Shows a comparison; emits what the user wants to do with it."""

    import_wanted = Signal(object)  # Comparison
    refusals_wanted = Signal(object)  # Comparison
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._comparison: Comparison | None = None
        self._title = QLabel()
        self._title.setObjectName("title")
        self._warnings = QLabel()
        self._warnings.setObjectName("muted")
        self._warnings.setWordWrap(True)
        self._counts = QHBoxLayout()
        self._counts.setSpacing(theme.size("gap"))
        self._table = PagedTable(refusal_columns())
        self.view = TableView("refusals", tr("退回的行"))
        self.view.show_table(self._table, refusal_columns())
        self._none = EmptyState(tr("没有退回的行"), tr("名单中的每一行都可以导入。"))
        self.submit = QPushButton()
        self.submit.setProperty("primary", True)
        self.submit.clicked.connect(lambda: self.import_wanted.emit(self._comparison))
        self._refusals = QPushButton(tr("另存退回的行…(&R)"))
        self._refusals.clicked.connect(lambda: self.refusals_wanted.emit(self._comparison))
        self._cancel = QPushButton(tr("不导入(&X)"))
        self._cancel.clicked.connect(self.cancelled)
        buttons = QHBoxLayout()
        buttons.addWidget(self._refusals)
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self.submit)
        column = QVBoxLayout(self)
        side, top = theme.size("page_side"), theme.size("page_top")
        column.setContentsMargins(side, top, side, top)
        column.setSpacing(theme.size("gap"))
        column.addWidget(self._title)
        column.addLayout(self._counts)
        column.addWidget(self._warnings)
        column.addWidget(self.view, 1)
        column.addWidget(self._none, 1)
        column.addLayout(buttons)
        self.offer_import()

    def show_comparison(self, comparison: Comparison) -> None:
        """Show what importing would do."""
        self._comparison = comparison
        preview = comparison.preview
        self._title.setText(tr("导入预览：{source}").format(source=preview.source))
        self._show_counts(
            (
                (tr("新增"), len(comparison.new), "plain"),
                (tr("变更"), len(comparison.changed), "plain"),
                (tr("相同，不写入"), len(comparison.same), "plain"),
                (tr("名单内重复，不写入"), len(comparison.repeated), "plain"),
                (tr("退回"), len(preview.refused), "bad"),
            )
        )
        self._warnings.setText("\n".join(preview.warnings))
        self._warnings.setVisible(bool(preview.warnings))
        refused = preview.refused
        self._table.show_rows(len(refused), lambda offset, limit: refused[offset : offset + limit])
        self.view.setVisible(bool(refused))
        self._none.setVisible(not refused)
        self._refusals.setEnabled(bool(refused))
        self.offer_import()
        (self.submit if self.submit.isEnabled() else self._cancel).setFocus()

    def offer_import(self) -> None:
        """Offer the import, unless there is nothing to write."""
        comparison = self._comparison
        count = 0 if comparison is None else len(comparison.new) + len(comparison.changed)
        self.submit.setText(tr("导入 {count} 家(&I)").format(count=count))
        self.submit.setEnabled(count > 0)

    def _show_counts(self, counts: tuple[tuple[str, int, str], ...]) -> None:
        while (item := self._counts.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for name, count, kind in counts:
            card = QFrame()
            card.setObjectName("card")
            figure = QLabel(str(count))
            figure.setObjectName("figure")
            figure.setProperty("kind", kind if count else "nothing")
            label = QLabel(name)
            label.setObjectName("muted")
            column = QVBoxLayout(card)
            gap = theme.size("gap_small")
            column.setContentsMargins(theme.size("gap"), gap, theme.size("gap"), gap)
            column.setSpacing(0)
            column.addWidget(figure)
            column.addWidget(label)
            self._counts.addWidget(card, 1)
