"""Composition root of the window: make the application, show the prompt, and only then load what is heavy."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from ohdesk.i18n import tr
from ohdesk.ui.theme import apply_theme
from ohdesk.ui.window import Window


def run_window(arguments: Sequence[str]) -> int:
    """Open the window and return its exit status when it closes."""
    options = _options(arguments)
    app = make_application(sys.argv[:1])
    window = Window(options.workspace)
    window.show()
    if options.workspace is not None:
        QTimer.singleShot(0, lambda: window.list_accounts(options.workspace))
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


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ohdesk", add_help=False)
    parser.add_argument("--workspace", type=Path, help=tr("工作区文件夹"))
    return parser.parse_known_args(list(arguments))[0]
