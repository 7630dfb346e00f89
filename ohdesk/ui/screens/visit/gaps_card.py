"""What stands between a visit and its start: what forbids it, and the gaps that need a reason."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit

from ohdesk.errors import ProblemsError
from ohdesk.i18n import tr
from ohdesk.services.visit import filling
from ohdesk.services.visit.conduct import StartCheck
from ohdesk.ui.kit.card import Card
from ohdesk.ui.kit.field import Field
from ohdesk.ui.kit.lay import clear, column, grow, muted, row, text
from ohdesk.ui.kit.status_chip import StatusChip
from ohdesk.ui.screens.visit.phrase_list import PhraseList


class GapsCard(Card):
    """Shows a `StartCheck`; asks for the reason while there are gaps."""

    def __init__(self) -> None:
        super().__init__(tr("还缺什么"))
        self._state = StatusChip()
        self._named: list[QLabel] = []
        self._lines = column(gap="gap_tiny")
        self.reason = QLineEdit()
        self.reason.installEventFilter(self)
        self._field = Field(
            tr("仍要继续的理由  F2 选常用语"), self.reason, tr("只留内部，不印在笔录上；现场补齐的不用写。")
        )
        self._phrases = PhraseList(self.reason)
        self.column.addLayout(column(row(self._state, grow()), self._lines, self._field, self._phrases))

    @property
    def lines(self) -> tuple[str, ...]:
        """What is named, a line each."""
        return tuple(label.text() for label in self._named)

    @property
    def error(self) -> str:
        """What is said to be wrong with the reason."""
        return self._field.error

    def show_check(self, check: StartCheck) -> None:
        """Name what stands in the way."""
        clear(self._lines)
        self._named = [
            text(tr("✗ {sentence}　{remedy}", sentence=stop.sentence, remedy=stop.remedy), "fieldError")
            for stop in check.stops
        ]
        self._named += [muted(tr("○ {gap}", gap=gap.sentence)) for gap in check.gaps]
        for line in self._named:
            self._lines.addWidget(line)
        # No reason helps against what forbids the start.
        self._field.setVisible(bool(check.gaps) and not check.stops)
        if check.stops:
            self._state.show_state(tr("✗ 不能开始检查"), "bad")
        elif check.gaps:
            self._state.show_state(tr("○ 还缺 {count} 项", count=len(check.gaps)), "warn")
        else:
            self._state.show_state(tr("✓ 都齐了"), "ok")
            self._phrases.hide()

    def ask_reason(self, error: ProblemsError) -> None:
        """Say that a reason is needed to go on."""
        self._field.set_error(error.whole)

    def clear_error(self) -> None:
        """Nothing is wrong with the reason."""
        self._field.clear_error()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_F2:
            self._phrases.offer(filling.gap_phrases())
            return True
        return False
