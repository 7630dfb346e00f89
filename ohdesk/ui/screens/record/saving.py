"""Whether a copy of a paper may be written into a file."""

from PySide6.QtWidgets import QPushButton

from ohdesk.services.guarded import no_file
from ohdesk.services.record.views import Paper
from ohdesk.ui.kit.label import plain_tip


def offer_saving(button: QPushButton, paper: Paper) -> None:
    """Offer the copy of a paper; where there may be none, say why."""
    said = no_file().whole if paper.guarded else ""
    button.setEnabled(not paper.lost and not said)
    button.setToolTip(plain_tip(said))
    button.setAccessibleDescription(said)
