"""Being built: the screen county."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.ui.kit.jobs import Jobs


class CountyScreen(QWidget):
    """Being built."""

    failed = Signal(Exception)
    done = Signal(str)
    changed = Signal(object)
    reloads_on = Change.NOTHING

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__()
        del ctx, jobs

    def arrive(self) -> None:
        """Come to the front."""

    def leave(self) -> None:
        """Go to the back."""

    def reload(self) -> None:
        """Read again."""
