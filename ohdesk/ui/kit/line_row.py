"""A line with something beside it, and one for a folder or a file; quick to import, as the first page needs them."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from ohdesk.ui.kit.actions import action
from ohdesk.ui.kit.lay import grow, repaint_state, row


class LineRow(QWidget):
    """A line to type in with something beside it; name, focus and marks of the whole are the line's."""

    def __init__(self, line: QLineEdit) -> None:
        super().__init__()
        self.line = line
        self.setFocusProxy(line)

    def setAccessibleName(self, name: str) -> None:  # noqa: N802 - Qt's
        super().setAccessibleName(name)
        self.line.setAccessibleName(name)

    def setProperty(self, name: str, value: object) -> bool:  # noqa: N802 - Qt's
        """Mark the line, which is what the style sheet knows."""
        repaint_state(self.line, name, value)
        return super().setProperty(name, value)


class PathRow(LineRow):
    """A folder or file, typed or chosen by `browse`; emits `chosen` when it may have changed."""

    chosen = Signal()

    def __init__(self, words: str, browse: Callable[[], Path | None], role: str = "folder") -> None:
        super().__init__(QLineEdit())
        self._browse = browse
        self.line.editingFinished.connect(self.chosen)
        self.button = action(role, words, self._choose)
        row(grow(self.line), self.button, of=self)

    @property
    def path(self) -> Path | None:
        """What stands there; None for nothing."""
        typed = self.line.text().strip()
        return Path(typed) if typed else None

    def _choose(self) -> None:
        chosen = self._browse()
        if chosen is not None:
            self.line.setText(str(chosen))
            self.chosen.emit()
            self.button.setFocus()
            self.button.focusNextChild()  # what was chosen needs no more typing
