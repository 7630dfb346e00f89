"""The steps of something done in order: where one is, what is behind, what is still to come."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from ohdesk.i18n import tr
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.lay import grow, repaint_state, row
from ohdesk.ui.theme.icons import icon


class StepBar(QWidget):
    """Numbered steps, counted from 0 in code; those already reached can be pressed (Ctrl+1, Ctrl+2, …)."""

    chosen = Signal(int)

    def __init__(self, steps: Sequence[str]) -> None:
        super().__init__()
        self._buttons = [self._button(place, step) for place, step in enumerate(steps)]
        linked = [item for each in self._buttons for item in (grow(_line()), each)]
        row(*linked[1:], of=self, gap="gap_tiny")
        self.show_step(0, 0)

    def show_step(self, current: int, reached: int) -> None:
        """Show which step is in front, and the last one that can be gone to."""
        for place, each in enumerate(self._buttons):
            done = place < reached and place != current
            state = "current" if place == current else "done" if done else "todo"
            each.setIcon(icon("ok", "ok") if done else icon("blank", "accent" if place == current else "outline"))
            each.setEnabled(place <= reached)
            each.setAccessibleDescription(_said(state))
            repaint_state(each, "step", state)

    def _button(self, place: int, step: str) -> QPushButton:
        key = f"Ctrl+{place + 1}"
        made = button(f" {place + 1} {step}", f"{step}  {key}", act=lambda: self.chosen.emit(place))
        made.setShortcut(key)
        return made


def _said(state: str) -> str:
    return {"current": tr("当前步骤"), "done": tr("已完成")}.get(state, tr("尚未开始"))


def _line() -> QFrame:
    line = QFrame()
    line.setObjectName("stepLine")
    line.setFixedHeight(1)
    return line
