"""Composition root of the window: make the application, show the prompt, and only then load what is heavy."""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QSettings, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from ohdesk.i18n import tr
from ohdesk.ui.theme import apply_theme
from ohdesk.ui.window import LAST_FOLDER, Window


def run_window(arguments: Sequence[str]) -> int:
    """Open the window and return its exit status when it closes."""
    options = _options(arguments)
    app = make_application(sys.argv[:1])
    folder = options.workspace or _last_folder()
    window = Window(folder)
    sys.excepthook = partial(_show, window)
    window.show()
    if folder is not None:
        QTimer.singleShot(0, lambda: window.list_accounts(folder))
    return app.exec()


def make_application(arguments: Sequence[str]) -> QApplication:
    """Return the application with its font, theme and Qt's own texts in Chinese."""
    QCoreApplication.setOrganizationName("ohdesk")
    QCoreApplication.setApplicationName("ohdesk")
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(list(arguments))
    translator = QTranslator(app)
    if translator.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(translator)
    apply_theme(app)
    return app


def _show(window: Window, _kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    """Say on screen what no slot expected; what is not an error of ours ends the program as usual."""
    if isinstance(error, Exception):
        window.show_error(error)
    else:
        sys.__excepthook__(_kind, error, _trace)


def _last_folder() -> Path | None:
    """Return the workspace that was open last, if it is still there."""
    remembered = QSettings().value(LAST_FOLDER)
    folder = Path(str(remembered)) if remembered else None
    return folder if folder is not None and folder.is_dir() else None


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ohdesk", add_help=False)
    parser.add_argument("--workspace", type=Path, help=tr("工作区文件夹"))
    return parser.parse_known_args(list(arguments))[0]
