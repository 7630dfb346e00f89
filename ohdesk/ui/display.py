"""Theme, size of type and language as the user chose them, applied to the whole application at once."""

from PySide6.QtCore import QLibraryInfo, QTranslator
from PySide6.QtWidgets import QApplication

from ohdesk.i18n import SOURCE_LANGUAGE, set_language
from ohdesk.ui import preferences
from ohdesk.ui.theme import apply_theme


class _QtTexts:
    # Held here: to be asked for its children the application would make PySide set up types, 7 ms before the prompt.
    translator: QTranslator | None = None


def apply() -> None:
    """Apply what is chosen; widgets made before show it only in part and are made again by the window."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        return
    language = preferences.LANGUAGE.chosen
    set_language(language)
    _speak(app, language)
    apply_theme(app, preferences.theme_name(), preferences.SCALE.chosen)


def _speak(app: QApplication, language: str) -> None:
    """Let Qt's own texts, as in its file dialog, follow the language."""
    if _QtTexts.translator is not None:
        app.removeTranslator(_QtTexts.translator)
        _QtTexts.translator = None
    translator = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if language == SOURCE_LANGUAGE and translator.load("qtbase_zh_CN", folder):
        app.installTranslator(translator)
        _QtTexts.translator = translator
