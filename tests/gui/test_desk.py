"""The desk: its screens and keys, idle locking, signing mode, display choices, and what nobody expected."""

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QDesktopServices, QFontMetrics, QKeyEvent, QPalette
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from ohdesk import i18n
from ohdesk.app import _show
from ohdesk.domain.recovery_code import in_groups
from ohdesk.security import keyfile
from ohdesk.services.backup import automatic, making
from ohdesk.services.office import accounts
from ohdesk.services.office.workspace import open_workspace
from ohdesk.ui import display, preferences, theme
from ohdesk.ui.key_card import KeyCard
from ohdesk.ui.routes import routes
from ohdesk.ui.screens.unlock.cards import Credentials
from tests.conftest import PASSWORD, county_workspace, noon, town_workspace
from tests.gui.hands import ALT, CTRL, Hands
from tests.gui.showing import at_the_desk


@pytest.fixture
def usual_display(themed):
    yield
    preferences.THEME.choose("light")
    preferences.SCALE.choose(100)
    preferences.LANGUAGE.choose(i18n.SOURCE_LANGUAGE)
    display.apply()


@pytest.fixture
def window(qtbot, tmp_path):
    return at_the_desk(town_workspace(tmp_path / "town"), qtbot)


def test_the_folder_of_a_file_just_written_is_one_key_away(qtbot, window, tmp_path, monkeypatch):
    hands, opened_folders = Hands(qtbot, window), []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened_folders.append)
    window.desk.show_screen("roll")
    window.desk.screen_of("roll").roll.export(tmp_path / "名录.xlsx")
    qtbot.waitUntil(lambda: "已导出" in window.desk.notice.text, timeout=30_000)
    hands.press(Qt.Key.Key_K, ALT)
    qtbot.waitUntil(lambda: bool(opened_folders))
    assert [url.toLocalFile() for url in opened_folders] == [tmp_path.as_posix()]


@pytest.mark.parametrize("role", ["town", "county"])
def test_every_screen_has_its_key(qtbot, tmp_path, role):
    make, account = (town_workspace, "李旸") if role == "town" else (county_workspace, "陶镕")
    window = at_the_desk(make(tmp_path / role), qtbot, account)
    hands = Hands(qtbot, window)
    for route in routes(role):
        hands.press(Qt.Key(ord(route.key[-1])), ALT)
        assert window.desk.current == route.name


def test_a_screen_just_made_is_painted_at_the_next_turn_and_has_the_keys_meanwhile(qtbot, window):
    desk = window.desk
    turns = []
    QTimer.singleShot(0, desk, lambda: turns.append(desk.screen_of("settings").updatesEnabled()))
    desk.show_screen("settings")
    assert not desk.screen_of("settings").updatesEnabled()
    assert desk.screen_of("settings").isAncestorOf(desk.focusWidget())
    qtbot.waitUntil(desk.screen_of("settings").updatesEnabled)
    assert turns == [False]
    desk.show_screen("today")
    desk.show_screen("settings")
    assert desk.screen_of("settings").updatesEnabled()


def test_what_cannot_be_made_leaves_the_screen_before_painted(qtbot, window, monkeypatch):
    desk = window.desk
    desk.show_screen("today")
    broken = desk._routes["draw"]._replace(screen=lambda: lambda *_: 1 // 0)
    monkeypatch.setitem(desk._routes, "draw", broken)
    with pytest.raises(ZeroDivisionError):
        desk.show_screen("draw")
    qtbot.waitUntil(desk.screen_of("today").updatesEnabled)


@pytest.mark.parametrize("role", ["town", "county"])
def test_the_keys_of_the_screens_are_in_their_order(role):
    assert [route.key for route in routes(role)] == [f"Alt+{place}" for place in range(1, len(routes(role)) + 1)]


@pytest.mark.parametrize("role", ["town", "county"])
def test_an_account_without_a_role_sees_its_own_settings_and_nothing_else(qtbot, tmp_path, role):
    make, account = (town_workspace, "李旸") if role == "town" else (county_workspace, "陶镕")
    folder = make(tmp_path / role)
    with open_workspace(folder, account, PASSWORD, noon) as ctx:
        accounts.add(ctx, "无职", PASSWORD, ())
    window = at_the_desk(folder, qtbot, "无职")
    window.desk.show_screen("today")
    window.desk.show_screen("roll")
    assert window.desk.current == "settings"
    screen = window.desk.screen_of("settings")
    names = [screen.list.item(row).text() for row in range(screen.list.count())]
    assert names == ["显示", "安全", "语言", "关于与诊断"]
    for name in ("display", "security", "language", "about"):
        screen.open(name)
    assert window.desk.notice.text == ""
    Hands(qtbot, window).strike(Qt.Key.Key_F1)
    card = window.desk.findChild(KeyCard)
    shown = [each.text() for each in card.findChildren(QLabel)]
    assert {"设置", "锁定"} <= set(shown)
    assert not {"今日", "单位", "县级汇总", "打印"} & set(shown)


def test_the_county_is_shown_no_keys_of_the_checklist(qtbot, tmp_path):
    window = at_the_desk(county_workspace(tmp_path / "county"), qtbot, "陶镕")
    Hands(qtbot, window).strike(Qt.Key.Key_F1)
    shown = [each.text() for each in window.desk.findChild(KeyCard).findChildren(QLabel)]
    assert "县级汇总" in shown
    assert not [each for each in shown if "合格" in each]


def closing_an_account(qtbot, tmp_path):
    """A window in which somebody's account is about to be closed, the workspace, and who presses its keys."""
    folder = town_workspace(tmp_path / "town")
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        accounts.add(ctx, "陶镕", PASSWORD, {"administrator"})
        accounts.add(ctx, "周敏", PASSWORD, {"supervisor"})
    window = at_the_desk(folder, qtbot)
    hands = Hands(qtbot, window)
    window.desk.show_screen("settings", "accounts")
    section = window.desk.screen_of("settings").section("accounts")
    section.list.view.selectRow([row.name for row in section.rows()].index("周敏"))
    hands.press(Qt.Key.Key_C, ALT)
    return window, folder, hands, section


def test_an_account_is_closed_with_ones_own_password_and_the_program_locked_meanwhile(qtbot, tmp_path):
    window, folder, hands, section = closing_an_account(qtbot, tmp_path)
    hands.fill("你自己的密码", "not this one")
    hands.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "不正确" in section.closing.fields["old"].error, timeout=15_000)
    hands.fill("你自己的密码", PASSWORD)
    hands.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.desk is None, timeout=15_000)
    notice = window.unlock.open_card.notice
    qtbot.waitUntil(lambda: "已关闭" in notice.text, timeout=30_000)
    assert keyfile.accounts(folder / "keys.json") == ("李旸", "陶镕")
    window.open_workspace(Credentials(folder, "李旸", PASSWORD))
    qtbot.waitUntil(lambda: window.desk is not None, timeout=15_000)


def test_closing_an_account_shows_how_far_it_is_and_can_be_cancelled(qtbot, tmp_path):
    window, folder, hands, _ = closing_an_account(qtbot, tmp_path)
    window.jobs.started.connect(lambda job: job.cancel())
    hands.fill("你自己的密码", PASSWORD)
    hands.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.desk is None, timeout=15_000)
    card = window.unlock.open_card
    qtbot.waitUntil(lambda: "没有关闭" in card.notice.text, timeout=30_000)
    assert card.isAncestorOf(card.running)
    assert card.submit.isEnabled()
    assert keyfile.accounts(folder / "keys.json") == ("李旸", "陶镕", "周敏")


def asking_for_another_code(qtbot, tmp_path):
    """A window that shows the new recovery code, which is not in force yet, and the key file of the old one."""
    folder = town_workspace(tmp_path / "town")
    keys = folder / "keys.json"
    before = keys.read_bytes()
    window = at_the_desk(folder, qtbot)
    hands = Hands(qtbot, window)
    window.desk.show_screen("settings", "security")
    hands.press(Qt.Key.Key_K, ALT)
    hands.fill("现在的密码", PASSWORD)
    hands.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.desk is None and window.unlock.code_is_open, timeout=15_000)
    assert keys.read_bytes() == before
    return window, keys


def test_another_recovery_code_is_kept_first_and_then_takes_the_place_of_the_old_one(qtbot, tmp_path):
    window, keys = asking_for_another_code(qtbot, tmp_path)
    card = window.unlock.code_card
    secret = "".join(card.code.text().split())
    qtbot.keyClicks(card.again, "".join(in_groups(secret).groups[-2:]))
    qtbot.keyClick(card.again, Qt.Key.Key_Return)
    notice = window.unlock.open_card.notice
    qtbot.waitUntil(lambda: "旧恢复码已作废" in notice.text, timeout=30_000)
    assert keyfile.unlock_with_recovery_code(keys, secret).founder
    assert secret not in window.unlock.code_card.code.text()


def test_without_showing_that_the_new_code_is_kept_the_old_one_goes_on(qtbot, tmp_path):
    window, keys = asking_for_another_code(qtbot, tmp_path)
    before = keys.read_bytes()
    qtbot.keyClick(window.unlock.code_card, Qt.Key.Key_Escape)
    assert not window.unlock.code_is_open
    assert window.unlock.open_card.isVisible()
    assert keys.read_bytes() == before


def test_esc_closes_the_table_of_keys(qtbot, window):
    hands = Hands(qtbot, window)
    hands.strike(Qt.Key.Key_F1)
    assert window.desk.shows_keys
    hands.strike(Qt.Key.Key_Escape)
    assert not window.desk.shows_keys


@pytest.mark.parametrize(
    ("name", "lines"),
    [("司前镇人民政府", "司前镇人民政府"), ("江门市新会区司前镇人民政府", "江门市新会区司前镇\n人民政府")],
)
def test_the_name_of_the_office_is_broken_between_its_parts(qtbot, tmp_path, name, lines):
    window = at_the_desk(town_workspace(tmp_path / "town", "440705102", name), qtbot)
    foot = Hands(qtbot, window).find(QLabel, lambda each: "人民政府" in each.text())
    assert lines in foot.text()
    metrics = QFontMetrics(foot.font())
    assert all(metrics.horizontalAdvance(line) <= foot.contentsRect().width() for line in foot.text().splitlines())


def test_the_program_has_an_icon_for_the_bar_of_the_system(themed, window):
    assert not themed.windowIcon().isNull()


def test_an_office_reaches_no_screen_of_the_other(qtbot, tmp_path, window):
    window.desk.show_screen("county")
    assert window.desk.current == "today"


def test_left_alone_it_locks_itself_and_any_touch_puts_that_off(qtbot, window):
    window.idle._timer.setInterval(120)
    window.idle._timer.start()
    for _ in range(3):
        qtbot.wait(60)
        key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Shift, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(window.windowHandle(), key)
    assert window.desk is not None
    qtbot.waitUntil(lambda: window.desk is None, timeout=30_000)
    assert window.unlock.isVisible()
    assert "10 分钟没有操作" in window.unlock.open_card.password_field._message.text()


def test_left_alone_with_a_file_dialog_open_it_closes_that_and_locks(qtbot, window):
    QTimer.singleShot(100, window._lock_idle)
    chosen = QFileDialog.getOpenFileName(window, "选择照片")
    assert chosen == ("", "")
    qtbot.waitUntil(lambda: window.desk is None, timeout=30_000)


def test_while_somebody_signs_no_key_leads_away_but_locking(qtbot, window):
    window.desk.show_screen("record")
    window.desk._set_kiosk(True)
    hands = Hands(qtbot, window)
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_8):
        hands.press(key, ALT)
    hands.press(Qt.Key.Key_F1)
    assert window.desk.current == "record"
    assert not window.desk._sidebar.isVisible()
    assert not window.desk.shows_keys
    hands.press(Qt.Key.Key_L, CTRL)
    assert window.desk is None


def test_what_is_typed_into_a_form_is_there_again_after_locking(qtbot, tmp_path, window):
    window.desk.show_screen("roll")
    hands = Hands(qtbot, window)
    hands.press(Qt.Key.Key_N, CTRL)
    hands.enter("青溪竹器厂")
    window.lock()
    window.open_workspace(Credentials(tmp_path / "town", "李旸", PASSWORD))
    qtbot.waitUntil(lambda: window.desk is not None, timeout=15_000)
    fields = [each.text() for each in window.desk.findChildren(type(hands.focus)) if hasattr(each, "text")]
    assert "青溪竹器厂" in fields


def test_the_size_of_type_follows_the_keys_at_once_and_stays(qtbot, window, usual_display):
    hands = Hands(qtbot, window)
    window.desk.show_screen("roll")
    hands.press(Qt.Key.Key_Plus, CTRL)
    assert preferences.SCALE.chosen == 115
    assert theme.size("font_body") == 16
    assert window.desk.current == "roll"
    for _ in range(3):
        hands.press(Qt.Key.Key_Plus, CTRL)
    assert preferences.SCALE.chosen == 130
    hands.press(Qt.Key.Key_Minus, CTRL)
    assert preferences.SCALE.chosen == 115
    hands.press(Qt.Key.Key_0, CTRL)
    assert preferences.SCALE.chosen == 100


def test_theme_and_language_change_at_once(qtbot, window, usual_display):
    preferences.THEME.choose("dark")
    preferences.LANGUAGE.choose("en")
    window.apply_display()
    ground = QApplication.palette().color(QPalette.ColorRole.Window)
    assert ground.name().upper() == theme.colours("dark")["window"]
    assert "今日" not in {route.title for route in routes()}
    assert window.windowTitle() != "职业健康监督检查"


def test_what_nobody_expected_is_said_once_with_what_is_safe_and_a_file_to_send(qtbot, tmp_path, window):
    error = ZeroDivisionError("nobody expected this")
    _show(window, type(error), error, None)
    assert "已保存" in window.desk.notice.text
    target = tmp_path / "diagnostics.zip"
    hands = Hands(qtbot, window)
    with hands.answering(target):
        hands.click("诊断文件")
    qtbot.waitUntil(target.is_file, timeout=10_000)


def test_the_backup_of_the_day_is_made_while_one_works_and_only_once(qtbot, window):
    ctx = window.desk._ctx
    for _ in range(2):
        window.desk.back_up()
        window.jobs.wait()
    assert len(making.list_in(ctx.folder / "backups")) == 1
    assert len(automatic.checked(ctx)) == 1
