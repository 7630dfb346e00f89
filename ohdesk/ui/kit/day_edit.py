"""A field for a day, typed as people type it and shown as 2026-03-31."""

import re
import unicodedata

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from ohdesk.i18n import tr
from ohdesk.ui.kit.keys import ENTERS

_ISO = "yyyy-MM-dd"
_EXAMPLE = "2026-03-31"
_PARTS = re.compile(r"(?:(\d{4})[-./年])?(\d{1,2})[-./月](\d{1,2})日?")
# Without separators only two digits each for month and day: "331" could be two days.
_RUN = re.compile(r"(\d{4})?(\d{2})(\d{2})")
_STEPS = {
    Qt.Key.Key_Up: (1, 0),
    Qt.Key.Key_Down: (-1, 0),
    Qt.Key.Key_PageUp: (0, 1),
    Qt.Key.Key_PageDown: (0, -1),
}


class DayEdit(QLineEdit):
    """Takes "2026-03-31", "20260331", "3.31", "0331"; Up and Down move by a day, PgUp and PgDn by a month.

    today: ISO day; the year of a day typed without one, and where the arrows start in an empty field
    """

    day_changed = Signal(str)

    def __init__(self, today: str = "") -> None:
        super().__init__()
        self._near = today
        self.setPlaceholderText(tr("年-月-日"))
        self.setInputMethodHints(Qt.InputMethodHint.ImhDate)
        self.textChanged.connect(self._tell)
        self.editingFinished.connect(self._write_out)

    def day(self) -> str:
        """Return the ISO day; "" when empty; the text as it stands when it is no day, for the service to name."""
        return self._parsed() or self.text().strip()

    @property
    def is_day(self) -> bool:
        """True when the text is a day of the calendar."""
        return bool(self._parsed())

    @property
    def example(self) -> str:
        """A day as it can be typed."""
        return self._near or _EXAMPLE

    def set_day(self, day: str) -> None:
        """Show an ISO day, nothing, or what was typed instead of a day."""
        self.setText(day)
        if self.is_day:
            self._near = self.day()  # a correction without a year is meant for the year that stood there

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTERS:
            self._write_out()  # before whoever waits for Enter reads the field
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
            return
        days, months = step
        held = QDate.fromString(self._parsed(), _ISO)
        if held.isValid():
            self.setText(held.addDays(days).addMonths(months).toString(_ISO))
        elif self._near and not self.text():
            self.setText(self._near)

    def _tell(self) -> None:
        self.day_changed.emit(self.day())

    def _write_out(self) -> None:
        parsed = self._parsed()
        if parsed and parsed != self.text():
            self.setText(parsed)

    def _parsed(self) -> str:
        # A Chinese input method types full-width digits and dots.
        text = re.sub(r"\s", "", unicodedata.normalize("NFKC", self.text()))
        found = _PARTS.fullmatch(text) or _RUN.fullmatch(text)
        if found is None:
            return ""
        year, month, day = found.groups()
        year = year or self._near[:4]
        held = QDate(int(year), int(month), int(day)) if year else QDate()
        return held.toString(_ISO) if held.isValid() else ""
