"""What the user chose about the program itself, kept on this computer: theme, size of type, language, locking."""

from PySide6 import QtCore
from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication

from ohdesk.i18n import SOURCE_LANGUAGE

SYSTEM = "system"
THEMES = ("light", "dark", SYSTEM)
SCALES = (90, 100, 115, 130)  # per cent
LANGUAGES = (SOURCE_LANGUAGE, "en")
LOCK_MINUTES = (5, 10, 20)

DEFAULT_THEME = "light"
DEFAULT_SCALE = 100
DEFAULT_LANGUAGE = SOURCE_LANGUAGE
DEFAULT_LOCK_MINUTES = 10

_THEME, _SCALE, _LANGUAGE, _LOCK = "display/theme", "display/scale", "display/language", "security/lock_minutes"
_COLUMNS = "columns"


def theme_choice() -> str:
    """Return what was chosen: "light", "dark" or "system"."""
    found = str(QSettings().value(_THEME) or "")
    return found if found in THEMES else DEFAULT_THEME


def theme_name() -> str:
    """Return the theme to show, "light" or "dark"; "system" asks the system."""
    chosen = theme_choice()
    if chosen != SYSTEM:
        return chosen
    return "dark" if QGuiApplication.styleHints().colorScheme() == QtCore.Qt.ColorScheme.Dark else "light"


def set_theme(choice: str) -> None:
    """Choose "light", "dark" or "system"."""
    QSettings().setValue(_THEME, choice)


def scale() -> int:
    """Return the size of type in per cent, one of `SCALES`."""
    return _number(_SCALE, SCALES, DEFAULT_SCALE)


def set_scale(percent: int) -> None:
    """Choose the size of type."""
    QSettings().setValue(_SCALE, percent)


def change_scale(by: int) -> bool:
    """Take the size of type one step up (1) or down (-1), or the usual one (0); False when it is as it was."""
    place = SCALES.index(scale()) + by if by else SCALES.index(DEFAULT_SCALE)
    if not 0 <= place < len(SCALES) or SCALES[place] == scale():
        return False
    set_scale(SCALES[place])
    return True


def language() -> str:
    """Return the language of the interface, one of `LANGUAGES`."""
    found = str(QSettings().value(_LANGUAGE) or "")
    return found if found in LANGUAGES else DEFAULT_LANGUAGE


def set_language(name: str) -> None:
    """Choose the language of the interface; documents stay Chinese."""
    QSettings().setValue(_LANGUAGE, name)


def lock_minutes() -> int:
    """Return after how many minutes without a touch the program locks itself, one of `LOCK_MINUTES`."""
    return _number(_LOCK, LOCK_MINUTES, DEFAULT_LOCK_MINUTES)


def set_lock_minutes(minutes: int) -> None:
    """Choose after how many minutes the program locks itself."""
    QSettings().setValue(_LOCK, minutes)


def columns_are_remembered() -> bool:
    """True when some column of some list has a width of the user's own."""
    settings = QSettings()
    settings.beginGroup(_COLUMNS)
    return bool(settings.allKeys())


def forget_columns() -> None:
    """Give every column of every list its first width again."""
    QSettings().remove(_COLUMNS)


def _number(key: str, allowed: tuple[int, ...], default: int) -> int:
    """Return a stored number; a settings file edited by hand may hold anything."""
    text = str(QSettings().value(key) or "")
    return int(text) if text.isdecimal() and int(text) in allowed else default
