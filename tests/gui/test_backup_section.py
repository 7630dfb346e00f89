"""设置 → 备份, and 从备份恢复 on the opening page, driven as a user drives them."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from ohdesk.services.backup import automatic, making
from ohdesk.services.roll import entries
from ohdesk.ui.screens.settings.screen import SettingsScreen
from ohdesk.ui.screens.unlock.screen import UnlockScreen
from tests.conftest import PASSWORD


@pytest.fixture
def screen(ctx, jobs, qtbot):
    screen = SettingsScreen(ctx, jobs)
    qtbot.addWidget(screen)
    screen.resize(1198, 649)
    screen.show()
    screen.open("backup")
    jobs.wait()
    return screen


@pytest.fixture
def section(screen):
    return screen.section("backup")


def test_a_backup_made_by_hand_is_opened_and_listed_as_such(ctx, jobs, qtbot, screen, section, tmp_path, monkeypatch):
    target = tmp_path / "mine.ohbak"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    with qtbot.waitSignal(section.saved) as said:
        section.items["make"].click()
    assert "打开检查过" in said.args[0]
    assert automatic.checked(ctx) == {making.look_at(target).sha256: ctx.now()}


def test_the_question_before_going_on_as_a_new_computer_is_not_asked_below_the_edge(qtbot, screen, section):
    screen.resize(1198, 520)
    screen.activateWindow()
    section.ask_renew()
    asked = section.confirm
    qtbot.waitUntil(lambda: asked.visibleRegion().boundingRect().height() == asked.height())


def test_the_second_place_is_chosen_and_warned_of_on_the_same_disk(
    ctx, jobs, qtbot, screen, section, tmp_path, monkeypatch
):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    with qtbot.waitSignal(section.done):
        section.items["second"].click()
    jobs.wait()
    assert automatic.protection(ctx).second == tmp_path


def test_a_damaged_backup_is_seen_in_the_list_and_told_when_opened(ctx, jobs, qtbot, screen, section):
    made = making.make(ctx, ctx.folder / "backups" / "a.ohbak")
    data = bytearray(made.file.read_bytes())
    data[-400] ^= 1
    made.file.write_bytes(data)
    section.reload()
    jobs.wait()
    section.list.view.selectRow(0)
    assert section.list.current.problems
    with qtbot.waitSignal(section.failed) as told:
        section.check()
    assert "有问题" in told.args[0].message


def test_going_on_as_a_new_computer_is_asked_for_and_locks(ctx, jobs, qtbot, screen, section):
    section.ask_renew()
    assert section.confirm.isVisibleTo(section)
    with qtbot.waitSignal(section.left):
        section.confirm.confirmed.emit("")


def test_a_workspace_is_restored_from_the_opening_page(ctx, jobs, qtbot, tmp_path):
    entries.add(ctx, {"name": "安泰机械厂", "address": "工业大道1号"})
    file = making.make(ctx, tmp_path / "a.ohbak").file
    screen = UnlockScreen(None, jobs)
    qtbot.addWidget(screen)
    screen.show()
    screen.ways.restore.click()
    card = screen.restore_card
    card.submit.click()
    assert [key for key, field in card.fields.items() if field.error] == ["file", "folder", "account", "secret"]
    card.file.setText(str(file))
    card.file.editingFinished.emit()
    jobs.wait()
    assert card.account.currentText() == "李旸"
    card.folder.setText(str(tmp_path / "new"))
    card.secret.setText("wrong")
    card.folder.setFocus()
    qtbot.keyClick(card.folder, Qt.Key.Key_Return)
    jobs.wait()
    assert not (tmp_path / "new").exists()
    qtbot.waitUntil(lambda: "备份那天的密码" in card.fields["secret"].error)
    assert screen.focusWidget() is card.secret
    card.secret.clear()
    qtbot.keyClicks(screen.focusWidget(), PASSWORD)
    with qtbot.waitSignal(card.restored):
        qtbot.keyClick(screen.focusWidget(), Qt.Key.Key_Return)
    jobs.wait()
    assert screen.open_card.shown_folder == tmp_path / "new"
