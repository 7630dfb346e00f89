"""What the desk sees to once for every screen: bars that move nothing, a focus that stays, Enter, and kept forms."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from ohdesk.errors import UserError
from ohdesk.services.roll import entries
from ohdesk.ui.kit.header import Header
from tests.conftest import town_workspace
from tests.gui.hands import ALT, CTRL, Hands
from tests.gui.showing import at_the_desk


@pytest.fixture
def hands(qtbot, tmp_path):
    window = at_the_desk(town_workspace(tmp_path / "town"), qtbot)
    window.resize(1366, 705)
    return Hands(qtbot, window)


def at(widget, window):
    return QRect(widget.mapTo(window, QPoint()), widget.size())


def in_page(hands):
    hands.be_in_front()
    return hands.window.desk._stack.currentWidget().isAncestorOf(hands.focus)


def test_a_notice_moves_nothing_and_covers_no_action(hands, qtbot):
    desk = hands.window.desk
    hands.press(Qt.Key.Key_2, ALT)
    page = at(desk._stack, hands.window)
    desk.notice.error(UserError("磁盘已满，这一步没有保存。", "请清理磁盘后再试一次。"))
    qtbot.waitUntil(desk.notice.isVisible)
    assert at(desk._stack, hands.window) == page
    bar = at(desk.notice, hands.window)
    header = next(each for each in desk.findChildren(Header) if each.isVisible())
    actions = [each for each in header.findChildren(QPushButton) if each.isVisible()]
    assert actions
    assert not any(bar.intersects(at(each, hands.window)) for each in actions)


def test_a_notice_does_not_cover_the_search_that_is_typed_into(hands, qtbot):
    desk = hands.window.desk
    hands.window.resize(910, 480)
    hands.press(Qt.Key.Key_2, ALT)
    hands.press(Qt.Key.Key_N, CTRL)
    hands.enter("竹器二厂")
    hands.press(Qt.Key.Key_Return)  # now there is something to undo, and the head is full of actions
    hands.wait(lambda: "已保存" in hands.notice)
    desk.notice.error(UserError("磁盘已满，这一步没有保存。", "请清理磁盘后再试一次。"))
    qtbot.waitUntil(desk.notice.isVisible)
    hands.press(Qt.Key.Key_F, CTRL)
    search = hands.focus
    qtbot.waitUntil(lambda: not at(desk.notice, hands.window).intersects(at(search, hands.window)))


def test_a_notice_with_many_lines_hangs_down_over_the_page(hands, qtbot):
    desk = hands.window.desk
    hands.press(Qt.Key.Key_2, ALT)
    desk.notice.error(UserError("没有保存。", "\n".join(f"第 {line} 行要改。" for line in range(6))))
    qtbot.waitUntil(desk.notice.isVisible)
    labels = [each for each in desk.notice.findChildren(QLabel) if each.isVisible()]
    assert all(each.height() >= each.heightForWidth(each.width()) for each in labels)


def test_what_was_said_of_the_work_before_goes_when_other_work_begins(hands, qtbot, tmp_path):
    desk = hands.window.desk
    hands.press(Qt.Key.Key_2, ALT)
    desk.notice.done("已导入：新增 120 家。")
    desk.screen_of("roll").preview.read_list(tmp_path / "没有这个文件.xlsx")
    assert desk.notice.text == ""
    qtbot.waitUntil(lambda: "没有这个文件" in desk.notice.text, timeout=10_000)


def test_after_a_person_was_saved_the_focus_is_in_the_page(hands):
    hands.press(Qt.Key.Key_8, ALT)
    hands.window.desk.screen_of("settings").open("people")
    hands.alt("F")
    hands.enter("周沄")
    hands.fill("执法证号", "T0001")
    hands.fill("证件有效期至", "20290401")
    hands.press(Qt.Key.Key_Return)
    hands.wait(lambda: "已保存" in hands.notice)
    QApplication.processEvents()
    assert in_page(hands)


@pytest.mark.parametrize("away", ["hide", "deleteLater", "disable"])
def test_whatever_becomes_of_what_had_the_focus_it_stays_in_the_page(hands, away):
    hands.press(Qt.Key.Key_2, ALT)
    screen = hands.window.desk.screen_of("roll")
    lost = QPushButton("x", screen._header)
    lost.show()
    hands.be_in_front()
    lost.setFocus()
    hands.wait(lost.hasFocus)
    if away == "disable":
        lost.setEnabled(False)
    else:
        getattr(lost, away)()
    hands.wait(lambda: in_page(hands))


def test_enter_presses_the_button_that_has_the_focus(hands):
    hands.press(Qt.Key.Key_2, ALT)
    screen = hands.window.desk.screen_of("roll")
    hands.tab_to(screen._first)
    hands.press(Qt.Key.Key_Return)
    assert screen.employer.form.isVisible()


def test_enter_in_a_search_presses_no_button_of_the_page_it_leads_to(hands):
    hands.press(Qt.Key.Key_8, ALT)
    hands.press(Qt.Key.Key_F, CTRL)
    hands.replace("人员")
    hands.strike(Qt.Key.Key_Return)
    hands.find(QPushButton, lambda each: "登记第一名人员" in each.text() and each.isEnabled())
    assert not hands.can_see("保存人员")


def test_a_half_filled_form_is_there_again_after_other_screens_and_asks_before_it_goes(hands):
    hands.press(Qt.Key.Key_2, ALT)
    screen = hands.window.desk.screen_of("roll")
    hands.press(Qt.Key.Key_N, CTRL)
    hands.enter("青溪化工厂")
    for digit in (Qt.Key.Key_1, Qt.Key.Key_3, Qt.Key.Key_8, Qt.Key.Key_2):
        hands.press(digit, ALT)
    assert screen.employer.form.isVisible()
    assert screen.employer.form.value("name") == "青溪化工厂"
    for key in (Qt.Key.Key_N, Qt.Key.Key_F):  # what would begin something else asks first
        hands.press(key, CTRL)
        assert hands.can_see("放弃填写的内容？")
        hands.press(Qt.Key.Key_Escape)
        assert screen.employer.form.value("name") == "青溪化工厂"
    hands.press(Qt.Key.Key_Escape)
    hands.alt("Y")
    hands.wait(screen.roll.isVisible)


def test_what_was_added_last_is_selected_and_can_be_taken_back_and_done_again(hands):
    desk = hands.window.desk
    for number in range(3):
        entries.add(desk._ctx, {"name": f"安吉 {number} 厂"})
    hands.press(Qt.Key.Key_2, ALT)
    hands.press(Qt.Key.Key_F5)
    screen = desk.screen_of("roll")
    hands.press(Qt.Key.Key_N, CTRL)
    hands.enter("竹器二厂")
    hands.press(Qt.Key.Key_Return)
    hands.wait(lambda: "已保存" in hands.notice)
    assert screen.roll.list.current.name == "竹器二厂"
    hands.press(Qt.Key.Key_Z, CTRL)
    hands.wait(lambda: "已撤销" in hands.notice)
    assert "竹器二厂" not in hands.column("单位", 0)
    # Nobody's hand is as quick as the moment between the notice and the end of the work.
    hands.find(QPushButton, lambda each: "导入名单" in each.text() and each.isEnabled())
    hands.press(Qt.Key.Key_Y, CTRL)
    hands.wait(lambda: "已重做" in hands.notice)
    assert "竹器二厂" in hands.column("单位", 0)


def test_a_field_has_its_own_undo(hands):
    hands.press(Qt.Key.Key_2, ALT)
    hands.press(Qt.Key.Key_F, CTRL)
    hands.enter("abc")
    hands.press(Qt.Key.Key_Z, CTRL)
    assert hands.focus.text() != "abc"


@pytest.mark.parametrize("place", range(1, 9))
def test_on_every_screen_the_focus_is_on_something_in_it(hands, place):
    hands.strike(Qt.Key(ord(str(place))), ALT)
    hands.wait(lambda: in_page(hands))


def test_after_locking_the_old_desk_does_not_take_the_focus_from_the_password(hands):
    entries.add(hands.window.desk._ctx, {"name": "安吉竹器厂"})
    hands.press(Qt.Key.Key_2, ALT)
    hands.wait(lambda: hands.focus is hands.window.desk.screen_of("roll").roll.list.view)
    hands.window.idle.idle.emit()
    QApplication.processEvents()  # which lets the desk hear that its focus is gone before it goes itself
    assert hands.focus is hands.window.unlock.open_card.password
