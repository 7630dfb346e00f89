"""Fixtures of the window's tests: the theme, settings of their own, and Chinese as an input method enters it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QSettings
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ohdesk.app import make_application
from ohdesk.ui import theme
from ohdesk.ui.kit.jobs import Jobs
from tests.gui.hands import Hands

RESTS = {"selection_rests_ms", "after_first_paint_ms"}
OFFSCREEN_ONLY = "This plugin does not support"  # said by the offscreen plug-in, which has no desktop around it


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/gui/" in item.path.as_posix():
            item.add_marker(pytest.mark.qt_log_ignore(OFFSCREEN_ONLY))


@pytest.fixture(scope="session")
def themed(qapp: QApplication) -> QApplication:
    return make_application([])


@pytest.fixture(autouse=True)
def own_settings(themed: QApplication, tmp_path: Path) -> None:
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits until an eye or a hand has come to rest waits a sixth of that: hundreds of tests have neither."""
    true = theme.layout
    monkeypatch.setattr(theme, "layout", lambda token: true(token) // (6 if token in RESTS else 1))


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    queue = Jobs()
    yield queue
    queue.wait()


@pytest.fixture
def commit_text() -> Callable[[QWidget, str], None]:
    """Enter Chinese as an input method does; `qtbot.keyClicks` aborts the interpreter on it."""

    def commit(widget: QWidget, text: str) -> None:
        event = QInputMethodEvent()
        event.setCommitString(text)
        QCoreApplication.sendEvent(widget, event)

    return commit


@pytest.fixture
def hands(qtbot: QtBot, screen: QWidget) -> Hands:
    """Hands at the screen of the test."""
    return Hands(qtbot, screen)
