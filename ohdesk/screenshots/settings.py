"""Pictures of 设置: every section, a form, a search, and what is said where nothing is entered yet."""

from collections.abc import Iterator
from typing import Any

from PySide6.QtWidgets import QWidget

from ohdesk.screenshots.stage import Stage

_SECTIONS = ("office", "people", "accounts", "powers", "display", "security", "language", "about")


def pictures(stage: Stage) -> Iterator[tuple[str, QWidget]]:
    """Yield the screen in its states."""
    settings = _opened(stage)
    for name in _SECTIONS:
        settings.open(name)
        stage.settle()
        yield f"settings-{name}", stage.window
    settings.section("about").check_everything()
    stage.settle()
    yield "settings-checked", stage.window
    settings.open("people")
    settings.section("people").ask_correction()
    yield "settings-person", stage.window
    settings.section("people").form.close_form()
    settings.section("people").ask_retirement()
    yield "settings-retire", stage.window
    settings.open("accounts")
    settings.section("accounts").ask_new()
    yield "settings-account", stage.window
    settings.section("accounts").list.view.selectRow(1)
    settings.section("accounts").ask_reset()
    yield "settings-reset", stage.window
    settings.open("powers")
    settings.section("powers").ask_new()
    yield "settings-power", stage.window
    settings.search.setText("密码")
    yield "settings-search", stage.window
    stage.open_empty()
    settings = _shown(stage)
    for name in ("people", "powers"):
        settings.open(name)
        yield f"settings-{name}-empty", stage.window


def _opened(stage: Stage) -> Any:
    stage.open_desk()
    return _shown(stage)


def _shown(stage: Stage) -> Any:
    stage.desk.show_screen("settings")
    stage.settle()
    return stage.desk.screen_of("settings")
