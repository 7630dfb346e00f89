"""The steps of something done in order: where one is, what is behind, what is still to come."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from ohdesk.i18n import tr
from ohdesk.ui import theme
from ohdesk.ui.theme.icons import icon


class StepBar(QWidget):
    """Numbered steps, counted from 0 in code; those already reached can be pressed (Ctrl+1, Ctrl+2, …)."""

    chosen = Signal(int)

    def __init__(self, steps: Sequence[str]) -> None:
        super().__init__()
        self._steps = tuple(steps)
        self._buttons: list[QPushButton] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.size("gap_tiny"))
        for place, step in enumerate(self._steps):
            if place:
                row.addWidget(_line(), 1, Qt.AlignmentFlag.AlignVCenter)
            row.addWidget(self._button(place, step))
        self.show_step(0, 0)

    def show_step(self, current: int, reached: int) -> None:
        """Show which step is in front, and the last one that can be gone to."""
        for place, button in enumerate(self._buttons):
            done = place < reached and place != current
            state = "current" if place == current else "done" if done else "todo"
            button.setProperty("step", state)
            button.setIcon(icon("ok", "ok") if done else icon("blank", "accent" if place == current else "outline"))
            button.setEnabled(place <= reached)
            button.setAccessibleDescription(_said(state))
            button.style().unpolish(button)
            button.style().polish(button)

    def _button(self, place: int, step: str) -> QPushButton:
        key = f"Ctrl+{place + 1}"
        button = QPushButton(f" {place + 1} {step}")
        button.setShortcut(key)
        button.setToolTip(f"{step}  {key}")
        button.clicked.connect(lambda _checked, chosen=place: self.chosen.emit(chosen))
        self._buttons.append(button)
        return button


def _said(state: str) -> str:
    return {"current": tr("当前步骤"), "done": tr("已完成")}.get(state, tr("尚未开始"))


def _line() -> QFrame:
    line = QFrame()
    line.setObjectName("stepLine")
    line.setFixedHeight(1)
    return line
