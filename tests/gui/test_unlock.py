"""Opening and creating a workspace, by keyboard."""

import subprocess
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from ohdesk.security import keyfile
from ohdesk.ui.window import Window
from tests.conftest import CHEAP, PASSWORD, noon, town_workspace

HEAVY = ("sqlalchemy", "sqlcipher3", "reportlab", "pyhanko", "openpyxl", "cryptography", "alembic", "PIL", "pypinyin")


@pytest.fixture
def folder(tmp_path):
    return town_workspace(tmp_path / "town")


@pytest.fixture
def window(qtbot, folder):
    window = shown(qtbot, folder)
    with qtbot.waitSignal(window.unlock.accounts_shown):
        window.list_accounts(folder)
    return window


def shown(qtbot, folder):
    window = Window(folder, noon)
    qtbot.addWidget(window, before_close_func=lambda closed: closed.close())
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def wait_for_desk(qtbot, window):
    qtbot.waitUntil(lambda: window.desk is not None, timeout=15_000)
    return window.desk


def test_typing_the_password_and_enter_opens_the_roll(qtbot, window):
    card = window.unlock.open_card
    assert card.account.currentText() == "李旸"
    assert window.focusWidget() is card.password
    qtbot.keyClicks(card.password, PASSWORD)
    qtbot.keyClick(card.password, Qt.Key.Key_Return)
    desk = wait_for_desk(qtbot, window)
    assert desk.screen_of("establishments").isVisible()
    assert [each for each in QApplication.topLevelWidgets() if each.isVisible()] == [window]


def test_a_wrong_password_is_said_beside_it_and_typing_goes_on(qtbot, window):
    card = window.unlock.open_card
    qtbot.keyClicks(card.password, "not this one")
    qtbot.keyClick(card.password, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: card.password_field.error != "", timeout=15_000)
    assert window.desk is None
    assert "密码" in card.password_field.error
    assert window.focusWidget() is card.password
    qtbot.keyClicks(card.password, PASSWORD)
    qtbot.keyClick(card.password, Qt.Key.Key_Return)
    wait_for_desk(qtbot, window)


def test_a_folder_without_a_workspace_is_named(qtbot, tmp_path):
    window = shown(qtbot, None)
    card = window.unlock.open_card
    assert window.focusWidget() is card.folder
    qtbot.keyClicks(card.folder, str(tmp_path))
    qtbot.keyClick(card.folder, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: card.folder_field.error != "", timeout=15_000)
    assert "没有工作区" in card.folder_field.error


def test_a_second_window_is_told_that_the_first_has_it(qtbot, window):
    card = window.unlock.open_card
    qtbot.keyClicks(card.password, PASSWORD)
    qtbot.keyClick(card.password, Qt.Key.Key_Return)
    wait_for_desk(qtbot, window)
    second = shown(qtbot, window.desk.folder)
    with qtbot.waitSignal(second.unlock.accounts_shown):
        second.list_accounts(window.desk.folder)
    card = second.unlock.open_card
    qtbot.keyClicks(card.password, PASSWORD)
    qtbot.keyClick(card.password, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: card.password_field.error != "", timeout=15_000)
    assert "另一个窗口" in card.password_field.error


def test_locking_asks_for_the_password_again(qtbot, window):
    card = window.unlock.open_card
    qtbot.keyClicks(card.password, PASSWORD)
    qtbot.keyClick(card.password, Qt.Key.Key_Return)
    wait_for_desk(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert window.desk is None
    assert window.unlock.open_card.password.text() == ""


def test_a_new_town_shows_its_recovery_code_once_and_opens(qtbot, tmp_path, commit_text, monkeypatch):
    monkeypatch.setattr("ohdesk.services.workspace.keyfile.FIELD_COST", CHEAP)
    window = shown(qtbot, None)
    qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    card = window.unlock.create_card
    qtbot.keyClicks(card.folder, str(tmp_path / "new"))
    qtbot.keyClicks(card.division, "000000102")
    commit_text(card.name, "青溪镇")
    commit_text(card.account, "苏映")
    qtbot.keyClicks(card.password, PASSWORD)
    qtbot.keyClicks(card.again, PASSWORD)
    qtbot.keyClick(card.again, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.unlock.code_card.isVisible(), timeout=30_000)
    code = window.unlock.code_card.code.text()
    assert len(keyfile.unlock_with_recovery_code(tmp_path / "new" / "keys.json", code)) == 32
    qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)
    desk = wait_for_desk(qtbot, window)
    assert desk.screen_of("establishments").roll.is_empty


def test_every_gap_of_a_new_town_is_said_in_its_place(qtbot):
    window = shown(qtbot, None)
    window.unlock.show_create()
    card = window.unlock.create_card
    qtbot.keyClicks(card.division, "123")
    qtbot.keyClicks(card.password, "a")
    qtbot.keyClicks(card.again, "b")
    qtbot.keyClick(card.again, Qt.Key.Key_Return)
    assert {key for key, field in card.fields.items() if field.error} == {
        "folder",
        "division",
        "name",
        "account",
        "again",
    }
    assert window.focusWidget() is card.folder


def test_nothing_heavy_is_imported_before_the_prompt_is_painted(tmp_path):
    program = f"""
import sys
from ohdesk.app import make_application
from ohdesk.ui.window import Window
app = make_application(["ohdesk"])
window = Window(None)
window.show()
window.grab()
app.processEvents()
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
