"""What the user chose about the program itself, kept on this computer: theme, size of type, language, locking."""

from typing import Generic, TypeVar

from PySide6 import QtCore
from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication

from ohdesk.i18n import SOURCE_LANGUAGE

SYSTEM = "system"  # light or dark, as the computer is set
_COLUMNS = "columns"
Value = TypeVar("Value")


class Preference(Generic[Value]):
    """One thing to choose. allowed: in the order offered · usual: what is in force until something is chosen"""

    def __init__(self, key: str, allowed: tuple[Value, ...], usual: Value) -> None:
        self._key = key
        self.allowed = allowed
        self.usual = usual

    @property
    def chosen(self) -> Value:
        held = str(QSettings().value(self._key) or "")  # a settings file edited by hand may hold anything
        return next((each for each in self.allowed if str(each) == held), self.usual)

    def choose(self, value: Value) -> None:
        """Put something else in force."""
        QSettings().setValue(self._key, value)


THEME = Preference("display/theme", ("light", "dark", SYSTEM), "light")
SCALE = Preference("display/scale", (90, 100, 115, 130), 100)  # size of type, per cent
LANGUAGE = Preference("display/language", (SOURCE_LANGUAGE, "en"), SOURCE_LANGUAGE)  # documents stay Chinese
LOCK_MINUTES = Preference("security/lock_minutes", (5, 10, 20), 10)  # without a touch
FILLING = Preference("visit/filling", ("single", "list"), "single")  # one question at a time, or a section as a list
ORDER = Preference("visit/order", ("form", "way"), "form")  # of the questions: the form's, or papers, walk, talk


def theme_name() -> str:
    """Return the theme to show, "light" or "dark"; "system" asks the system."""
    if THEME.chosen != SYSTEM:
        return THEME.chosen
    return "dark" if QGuiApplication.styleHints().colorScheme() == QtCore.Qt.ColorScheme.Dark else "light"


def change_scale(by: int) -> bool:
    """Take the size of type one step up (1) or down (-1), or the usual one (0); False when it is as it was."""
    place = SCALE.allowed.index(SCALE.chosen if by else SCALE.usual) + by
    if not 0 <= place < len(SCALE.allowed) or SCALE.allowed[place] == SCALE.chosen:
        return False
    SCALE.choose(SCALE.allowed[place])
    return True


def columns_are_remembered() -> bool:
    """True when some column of some list has a width of the user's own."""
    settings = QSettings()
    settings.beginGroup(_COLUMNS)
    return bool(settings.allKeys())


def forget_columns() -> None:
    """Give every column of every list its first width again."""
    QSettings().remove(_COLUMNS)
