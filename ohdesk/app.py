"""Composition root of the window: make the application, show the prompt, and only then load what is heavy."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSettings, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from ohdesk.domain.progress import Progress
from ohdesk.i18n import tr
from ohdesk.ui import display
from ohdesk.ui.screens.unlock.cards import Credentials
from ohdesk.ui.theme import styled_application
from ohdesk.ui.window import LAST_FOLDER, Window

LOAD_AFTER_MS = 50  # the prompt is painted by then
SWITCH_INTERVAL = 0.0005  # seconds; a worker busy in Python gives way to the interface ten times sooner than usual


def run_window(arguments: Sequence[str]) -> int:
    """Open the window and return its exit status when it closes."""
    options = _options(arguments)
    app = make_application(sys.argv[:1])
    sys.setswitchinterval(SWITCH_INTERVAL)
    folder = options.workspace or _last_folder()
    window = window_for(folder, options.user)
    sys.excepthook = partial(_show, window)
    if options.bench_exit_after_first_paint:
        window.unlock.painted.connect(_end_at_once)
    if options.bench_exit_after_first_page:
        _open_for_bench(window, options)
    window.show()
    QTimer.singleShot(LOAD_AFTER_MS, window.load_ahead)
    return app.exec()


def window_for(folder: Path | None, account: str) -> Window:
    """Return the window that asks for the password of `account`, or of whoever opened `folder` last if it is empty."""
    window = Window(folder, make_practice=_make_practice)
    if folder is not None and account:
        window.unlock.open_card.account.setCurrentText(account)
    return window


def make_application(arguments: Sequence[str]) -> QApplication:
    """Return the application in the theme, size of type and language chosen."""
    QCoreApplication.setOrganizationName("ohdesk")
    QCoreApplication.setApplicationName("ohdesk")
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = styled_application(arguments)
    display.apply()
    return app


class FirstPaint(QObject):
    """Calls `act` once, when the widget it listens to has been painted and the event is through."""

    def __init__(self, widget: QWidget, act: Callable[[], None]) -> None:
        super().__init__(widget)
        self._act = act
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._act)
        return False


def _end_at_once() -> None:
    """End the process without taking anything down: what is measured is the start."""
    os._exit(0)


def _open_for_bench(window: Window, options: argparse.Namespace) -> None:
    """Unlock with the password given and end when the first page of the roll is painted."""

    def watch_roll() -> None:
        if window.desk is not None:
            from ohdesk.ui.screens.roll.screen import RollScreen

            FirstPaint(window.desk.screen_made_of(RollScreen).roll.list.view.viewport(), _end_at_once)

    window.first_screen = "roll"
    window.opened.connect(watch_roll)
    password = os.environ.get("OHDESK_PASSWORD", "")
    if options.password_file is not None:
        password = (options.password_file.read_text(encoding="utf-8-sig").splitlines() or [""])[0]
    window.open_workspace(Credentials(options.workspace, options.user, password))


def _make_practice(folder: Path, report: Progress) -> object:
    """Make the demonstration world in `folder`, one line of progress after the other."""
    from ohdesk.demo import world  # late: heavy

    steps = 0

    def count(_line: str) -> None:
        nonlocal steps
        steps += 1
        report(steps, max(steps, world.STEPS))

    return world.build(folder, count)


def _show(window: Window, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Say on screen what no slot expected; what is not an error of ours ends the program as usual."""
    if isinstance(error, Exception):
        window.show_error(error)
    else:
        sys.__excepthook__(kind, error, trace)


def _last_folder() -> Path | None:
    """Return the workspace that was open last, if it is still there."""
    remembered = QSettings().value(LAST_FOLDER)
    folder = Path(str(remembered)) if remembered else None
    return folder if folder is not None and folder.is_dir() else None


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ohdesk", add_help=False, allow_abbrev=False)
    parser.add_argument("--workspace", type=Path, help=tr("工作区文件夹"))
    parser.add_argument("--user", default="")
    parser.add_argument("--password-file", type=Path)
    parser.add_argument("--bench-exit-after-first-paint", action="store_true")
    parser.add_argument("--bench-exit-after-first-page", action="store_true")
    return parser.parse_known_args(list(arguments))[0]
