"""Whether something may be written into an open file."""

from PySide6.QtWidgets import QPushButton

from ohdesk.services.guarded import no_file
from ohdesk.ui.kit.label import plain_tip


def offer_saving(button: QPushButton, *, guarded: bool, when: bool = True) -> None:
    """Offer a copy in a file, `when` there is something; of an employer that handles state secrets say why not."""
    said = no_file().whole if guarded else ""
    button.setEnabled(when and not guarded)
    button.setToolTip(plain_tip(said))
    button.setAccessibleDescription(said)
