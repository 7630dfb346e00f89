"""Pictures of 设置: every section, a form, a search, and what is said where nothing is entered yet."""

from collections.abc import Iterator
from typing import Any

from ohdesk.screenshots.stage import Shot, Stage
from ohdesk.ui.screens.settings.screen import SettingsScreen

_SECTIONS = ("office", "people", "accounts", "powers", "papers", "display", "backup", "security", "language", "about")


def pictures(stage: Stage) -> Iterator[Shot]:
    """Yield the screen in its states."""
    stage.open_desk()
    settings: Any = stage.show(SettingsScreen)
    for name in _SECTIONS:
        settings.open(name)
        yield stage.shot(f"settings-{name}")
    settings.open("office")
    settings.section("office").ask_body("town")
    yield stage.shot("settings-body")
    settings.section("office").form.close_form()
    settings.section("backup").ask_renew()
    settings.open("backup")
    yield stage.shot("settings-renew")
    settings.open("about")
    settings.section("about").check_everything()
    yield stage.shot("settings-checked")
    settings.open("people")
    settings.section("people").ask_correction()
    yield stage.shot("settings-person")
    settings.section("people").form.close_form()
    settings.section("people").ask_retirement()
    yield stage.shot("settings-retire")
    settings.open("accounts")
    settings.section("accounts").ask_new()
    yield stage.shot("settings-account")
    settings.section("accounts").list.view.selectRow(1)
    settings.section("accounts").ask_reset()
    yield stage.shot("settings-reset")
    settings.section("accounts").password.close_form()
    settings.section("accounts").list.view.selectRow(1)
    settings.section("accounts").ask_close()
    yield stage.shot("settings-close-account")
    settings.open("security")
    settings.section("security").ask_renewal()
    yield stage.shot("settings-new-code")
    settings.open("powers")
    settings.section("powers").ask_new()
    yield stage.shot("settings-power")
    settings.search.setText("密码")
    yield stage.shot("settings-search")
    stage.open_empty()
    settings = stage.show(SettingsScreen)
    for name in ("people", "powers"):
        settings.open(name)
        yield stage.shot(f"settings-{name}-empty")
