"""Opening a workspace, by keyboard: the password, what can be wrong with it, and the ways back in."""

import shutil
import subprocess
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from ohdesk.app import window_for
from ohdesk.security import keyfile
from ohdesk.services import last_seen
from ohdesk.services.office import accounts, tries
from ohdesk.services.office.workspace import NewWorkspace, create_workspace, open_workspace
from ohdesk.ui.screens.unlock.remembered import remember, remembered_folders
from tests.conftest import PASSWORD, noon, town_workspace
from tests.gui.showing import new_window
from tests.visiting import add_firm

HEAVY = ("sqlalchemy", "sqlcipher3", "reportlab", "pyhanko", "openpyxl", "cryptography", "alembic", "PIL", "pypinyin")
# By PySide: every enumeration of `Qt` (15 ms), every kind of event (6 ms), every widget there is (20 ms).
SET_UP_AT_FIRST_USE = ("Qt", "QTouchEvent", "QCalendarWidget")
ALT = Qt.KeyboardModifier.AltModifier
PRESSED = 120  # milliseconds


@pytest.fixture
def folder(tmp_path):
    return town_workspace(tmp_path / "town")


@pytest.fixture
def window(qtbot, folder):
    return with_accounts(qtbot, shown(qtbot, folder))


def shown(qtbot, folder):
    return new_window(folder, qtbot)


def with_accounts(qtbot, window):
    qtbot.waitUntil(lambda: window.unlock.open_card.account.count() > 0)
    return window


def wait_for_desk(qtbot, window):
    qtbot.waitUntil(lambda: window.desk is not None, timeout=15_000)
    return window.desk


def enter(qtbot, window, password):
    line = window.unlock.open_card.password
    qtbot.keyClicks(line, password)
    qtbot.keyClick(line, Qt.Key.Key_Return)


def test_the_account_named_at_the_start_stands_ready_among_the_others(qtbot, folder):
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        accounts.add(ctx, "同事", "another-password", set())
    window = window_for(folder, "同事")
    qtbot.addWidget(window)
    window.show()
    with_accounts(qtbot, window)
    account = window.unlock.open_card.account
    assert account.currentText() == "同事"
    assert [account.itemText(row) for row in range(account.count())] == ["李旸", "同事"]


def alt(qtbot, window, letter):
    """Press a mnemonic; its button is seen pressed for a moment before it acts."""
    qtbot.keyClick(window, Qt.Key(ord(letter)), ALT)
    qtbot.wait(PRESSED)


def test_typing_the_password_and_enter_opens_the_desk(qtbot, window):
    card = window.unlock.open_card
    assert card.account.currentText() == "李旸"
    assert window.focusWidget() is card.password
    enter(qtbot, window, PASSWORD)
    desk = wait_for_desk(qtbot, window)
    assert desk.isVisible()
    assert [each for each in QApplication.topLevelWidgets() if each.isVisible()] == [window]


def test_what_is_missing_since_the_last_time_is_said_on_the_desk(qtbot, folder, tmp_path):
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        add_firm(ctx)
        copied_open = shutil.copytree(folder, tmp_path / "copy", ignore=shutil.ignore_patterns("*.lock", "*-wal"))
    window = with_accounts(qtbot, shown(qtbot, copied_open))
    enter(qtbot, window, PASSWORD)
    desk = wait_for_desk(qtbot, window)
    qtbot.waitUntil(lambda: "缺少它的日志" in desk.notice.text)


def test_a_workspace_older_than_it_was_seen_opens_only_when_somebody_decides_so(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv(last_seen.PLACE_SETTING, str(tmp_path / "seen"))
    secret = "gift-of-the-garden-7"
    folder = tmp_path / "town"
    create_workspace(folder, NewWorkspace("town", "000000001", "石桥镇", "李旸", secret))
    shutil.copyfile(folder / "workspace.db", tmp_path / "older.db")
    with open_workspace(folder, "李旸", secret, noon) as ctx:
        add_firm(ctx)
    shutil.copyfile(tmp_path / "older.db", folder / "workspace.db")
    window = with_accounts(qtbot, shown(qtbot, folder))
    enter(qtbot, window, secret)
    qtbot.waitUntil(lambda: window.unlock.older_card.isVisible(), timeout=15_000)
    assert window.desk is None
    assert "2026-03-02" in window.unlock.older_card.sentence.text()
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Space)  # the safe answer has the focus
    qtbot.waitUntil(window.unlock.open_card.isVisible)
    window.unlock.open_card.password.clear()
    enter(qtbot, window, secret)
    qtbot.waitUntil(lambda: window.unlock.older_card.isVisible(), timeout=15_000)
    alt(qtbot, window, "O")
    desk = wait_for_desk(qtbot, window)
    qtbot.waitUntil(lambda: "较旧" in desk.notice.text)


def test_no_password_stays_in_the_window_once_the_workspace_is_open(qtbot, window):
    enter(qtbot, window, PASSWORD)
    wait_for_desk(qtbot, window)
    qtbot.waitUntil(lambda: PASSWORD not in [line.text() for line in window.findChildren(QLineEdit)])


def test_a_wrong_password_is_said_beside_it_and_typing_goes_on(qtbot, window):
    card = window.unlock.open_card
    enter(qtbot, window, "not this one")
    qtbot.waitUntil(lambda: card.password_field.error != "", timeout=15_000)
    assert window.desk is None
    assert "密码" in card.password_field.error
    assert window.focusWidget() is card.password
    enter(qtbot, window, PASSWORD)
    wait_for_desk(qtbot, window)


def test_after_five_wrong_passwords_the_next_try_waits_and_says_how_long(qtbot, window, monkeypatch):
    begun = tries.clock()
    monkeypatch.setattr(tries, "clock", lambda: begun)
    card = window.unlock.open_card
    card._ticks.setInterval(20)
    for number in range(tries.FREE_TRIES):
        assert card.submit.isEnabled()
        enter(qtbot, window, f"wrong {number}")
        qtbot.waitUntil(lambda: card.password_field.error != "", timeout=15_000)
    assert not card.submit.isEnabled()
    assert "秒" in card.password_field.error
    enter(qtbot, window, PASSWORD)
    assert window.desk is None
    qtbot.waitUntil(card.submit.isEnabled, timeout=30_000)
    monkeypatch.setattr(tries, "clock", lambda: begun + tries.LONGEST_WAIT)
    assert "可以再试" in card.password_field.error
    card.password.clear()
    enter(qtbot, window, PASSWORD)
    wait_for_desk(qtbot, window)


def test_a_folder_without_a_workspace_is_named(qtbot, tmp_path):
    window = shown(qtbot, None)
    alt(qtbot, window, "O")
    card = window.unlock.open_card
    assert window.focusWidget() is card.folder
    qtbot.keyClicks(card.folder, str(tmp_path))
    qtbot.keyClick(card.folder, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: card.folder_field.error != "", timeout=15_000)
    assert "没有工作区" in card.folder_field.error


def test_a_damaged_key_file_is_said_at_the_head_of_the_card(qtbot, folder):
    keys = folder / "keys.json"
    keys.write_bytes(keys.read_bytes()[:-20])
    window = shown(qtbot, folder)
    notice = window.unlock.open_card.notice
    qtbot.waitUntil(lambda: notice.text != "", timeout=15_000)
    assert "已损坏" in notice.text
    assert "备份" in notice.remedy


def test_a_second_window_is_told_where_and_since_when_the_first_has_it(qtbot, window, folder):
    enter(qtbot, window, PASSWORD)
    wait_for_desk(qtbot, window)
    second = with_accounts(qtbot, shown(qtbot, folder))
    enter(qtbot, second, PASSWORD)
    notice = second.unlock.open_card.notice
    qtbot.waitUntil(lambda: notice.text != "", timeout=15_000)
    assert "另一个窗口" in notice.text
    assert "进程" in notice.text
    assert second.unlock.open_card.password_field.error == ""


def test_the_password_can_be_shown_and_is_hidden_again(qtbot, window):
    card = window.unlock.open_card
    qtbot.keyClicks(card.password, "abc")
    alt(qtbot, window, "V")
    assert card.password.echoMode() == QLineEdit.EchoMode.Normal
    assert window.focusWidget() is card.password
    alt(qtbot, window, "V")
    assert card.password.echoMode() == QLineEdit.EchoMode.Password


def test_a_capital_letter_without_shift_warns_of_the_caps_lock(qtbot, window):
    card = window.unlock.open_card
    qtbot.keyClick(card.password, Qt.Key.Key_A)
    assert not card.secret.caps.isVisible()
    qtbot.keyClicks(card.password, "A")
    assert card.secret.caps.isVisible()
    assert "大写" in card.secret.caps.text()


def test_locking_asks_for_the_password_again(qtbot, window):
    enter(qtbot, window, PASSWORD)
    wait_for_desk(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert window.desk is None
    assert window.unlock.open_card.password.text() == ""


def test_the_account_used_last_is_offered_first(qtbot, folder):
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        accounts.add(ctx, "苏映", PASSWORD, {"supervisor"})
    window = with_accounts(qtbot, shown(qtbot, folder))
    qtbot.keyClick(window.unlock.open_card.account, Qt.Key.Key_Down)
    enter(qtbot, window, PASSWORD)
    wait_for_desk(qtbot, window)
    window.close()
    again = with_accounts(qtbot, shown(qtbot, folder))
    assert again.unlock.open_card.account.currentText() == "苏映"


def test_workspaces_opened_before_are_one_key_away(qtbot, folder, tmp_path):
    remember(tmp_path / "gone", "李旸")
    remember(folder, "李旸")
    assert remembered_folders() == (folder,)
    window = shown(qtbot, None)
    alt(qtbot, window, "E")
    qtbot.waitUntil(lambda: window.unlock.open_card.account.count() > 0)
    assert window.unlock.open_card.shown_folder == folder
    assert window.focusWidget() is window.unlock.open_card.password


def test_after_a_reset_an_own_password_is_chosen_before_anything_else(qtbot, folder):
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        accounts.add(ctx, "苏映", PASSWORD, {"supervisor"})
        accounts.reset(ctx, "苏映", "given-by-the-administrator")
    window = with_accounts(qtbot, shown(qtbot, folder))
    window.unlock.open_card.account.setCurrentText("苏映")
    enter(qtbot, window, "given-by-the-administrator")
    qtbot.waitUntil(lambda: "first_login_card" in vars(window.unlock), timeout=15_000)
    card = window.unlock.first_login_card
    qtbot.waitUntil(card.isVisible)
    assert window.focusWidget() is card.password
    for line in (card.password, card.again):
        qtbot.keyClicks(line, "given-by-the-administrator")
    qtbot.keyClick(card.again, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: card.fields["password"].error != "", timeout=15_000)
    assert "管理员不知道" in card.fields["password"].error
    for line in (card.password, card.again):
        line.clear()
        qtbot.keyClicks(line, "only-known-to-me")
    qtbot.keyClick(card.again, Qt.Key.Key_Return)
    wait_for_desk(qtbot, window)
    assert keyfile.unlock(folder / "keys.json", "苏映", "only-known-to-me").account == "苏映"


def test_a_lost_password_is_set_anew_with_the_recovery_code(qtbot, tmp_path):
    folder = tmp_path / "lost"
    code = create_workspace(folder, NewWorkspace("town", "000000009", "青溪镇", "苏映", PASSWORD), practice=True)
    window = with_accounts(qtbot, shown(qtbot, folder))
    alt(qtbot, window, "G")
    card = window.unlock.recover_card
    assert window.focusWidget() is card.code
    qtbot.keyClicks(card.code, code[:-1])
    for line in (card.password, card.again):
        qtbot.keyClicks(line, "another-one")
    qtbot.keyClick(card.again, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: card.fields["code"].error != "", timeout=15_000)
    assert card.password.text() == "another-one"
    card.code.clear()
    qtbot.keyClicks(card.code, f" {code[:30]} {code[30:].lower()}")
    qtbot.keyClick(card.again, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.unlock.open_card.isVisible(), timeout=15_000)
    assert "苏映" in window.unlock.open_card.notice.text
    assert keyfile.unlock(folder / "keys.json", "苏映", "another-one").account == "苏映"
    qtbot.keyClick(window.unlock.open_card.password, Qt.Key.Key_Return)
    wait_for_desk(qtbot, window)


def test_esc_goes_back_from_the_lost_password_to_the_password(qtbot, window):
    alt(qtbot, window, "G")
    qtbot.keyClick(window.unlock.recover_card.code, Qt.Key.Key_Escape)
    assert window.focusWidget() is window.unlock.open_card.password


def test_nothing_slow_is_loaded_or_set_up_before_the_prompt_is_painted(tmp_path):
    program = f"""
import sys
from pathlib import Path
from PySide6 import QtCore, QtGui, QtWidgets
from ohdesk.app import make_application
from ohdesk.ui.window import Window
app = make_application(["ohdesk"])
window = Window(Path("nowhere"))
def tell():
    print([name for name in {HEAVY!r} if name in sys.modules])
    print([name for module in (QtCore, QtGui, QtWidgets) for name in {SET_UP_AT_FIRST_USE!r} if name in vars(module)])
    app.exit()
window.unlock.painted.connect(tell)
window.show()
app.exec()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]\n[]"), done.stderr
