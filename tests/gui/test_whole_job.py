"""From an empty first-run screen to the county's receipt, by keys and pointer alone."""

import shutil
import subprocess
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QWidget

from ohdesk.ui.window import Window
from tests.gui.hands import ALT, CTRL, Hands

COUNTY, TOWN = "000000", "000000001"
CLERK, HEAD, FIRST, SECOND = "陶镕", "李旸", "周沄", "吴翙"
SECRET = "ohdesk-test-1"

pytestmark = pytest.mark.timeout(280)


@pytest.fixture
def hands(qtbot):
    """Open a window on a folder, or on none, and return the hands that work on it."""
    opened = []

    def sit_down(folder=None):
        while opened:
            opened.pop().close()
        window = Window(folder)
        qtbot.addWidget(window, before_close_func=lambda closed: closed.close())
        opened.append(window)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        if folder is not None:
            window.list_accounts(folder)
        return Hands(qtbot, window)

    yield sit_down
    while opened:
        opened.pop().close()


def start_office(hands, role, folder, code, name, account):
    """The first-run screen: a new workspace, its recovery code seen and confirmed."""
    hands.alt("N")
    hands.alt("Y" if role == "county" else "T")
    hands.fill("县级区划代码" if role == "county" else "镇街区划代码", code)
    hands.fill("单位名称", name)
    hands.fill("文件夹（新的或空的）", str(folder))
    hands.fill("管理员姓名", account)
    hands.fill("密码", SECRET)
    hands.fill("再输一次密码", SECRET)
    hands.alt("C")
    shown = hands.find(QWidget, lambda each: each.accessibleName() == "恢复码").text()
    hands.fill("看着保存好的那一份，输入恢复码的最后 6 个字符", "".join(shown.split())[-6:])
    hands.press(Qt.Key.Key_Return)
    hands.wait(lambda: hands.window.desk is not None)


def write_card(hands, card):
    """The county writes the card that towns join by."""
    hands.press(Qt.Key.Key_1, ALT)
    hands.click("镇街登记")
    with hands.answering(card):
        hands.click("写出名片")
    hands.wait(card.is_file)
    return fingerprint(hands, "名片指纹")


def fingerprint(hands, name):
    """The eight groups as they are read out by telephone."""
    return hands.find(QWidget, lambda each: each.accessibleName() == name).text()


def settings(hands, section):
    """Go to a section of the settings by its search."""
    hands.press(Qt.Key.Key_8, ALT)
    hands.press(Qt.Key.Key_F, CTRL)
    hands.replace(section)
    hands.press(Qt.Key.Key_Return)


def add_inspector(hands, name, number):
    """Set down an inspector and give them an account with a signing key."""
    settings(hands, "人员")
    hands.click("新增人员" if hands.can_see("新增人员") else "登记第一名人员")
    hands.fill("姓名", name)
    hands.fill("执法证号", number)
    hands.fill("证件有效期至", "2030-12-31")
    hands.alt("S")
    hands.wait(lambda: "已保存" in hands.notice)
    settings(hands, "账户")
    hands.click("新增账户")
    hands.choose("人员", name)
    hands.fill("账户名", name)
    hands.fill("新密码", SECRET)
    hands.fill("再输入一次", SECRET)
    hands.alt("S")
    hands.wait(lambda: "账户已保存" in hands.notice)


def add_power(hands):
    """In whose name this office inspects."""
    settings(hands, "检查权限")
    hands.click("登记第一项权限")
    hands.fill("有权机关", "石桥镇人民政府")
    hands.fill("生效日期", "2026-01-01")
    hands.fill("依据", "公布的事项目录")
    hands.alt("S")
    hands.wait(lambda: "检查权限已保存" in hands.notice)


def import_list(hands, listed):
    """The first list of employers."""
    hands.press(Qt.Key.Key_2, ALT)
    with hands.answering(listed):
        hands.click("导入名单")
    hands.click("导入 12 家")
    hands.wait(lambda: "新增 12 家" in hands.notice)


def employers(path):
    """An invented list of twelve employers."""
    lines = ["序号,单位名称,作业场所地址,行业,职工总数,接害人数"]
    lines += [f"{number},青溪第{number}竹器厂,石桥镇工业路 {number} 号,竹制品制造,{20 + number},8" for number in range(1, 13)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def tick(hands, words):
    """Tick a box with the pointer."""
    box = hands.find(QCheckBox, lambda each: words in each.text() and each.isEnabled())
    hands.show(box)
    hands.qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    hands.wait(box.isChecked)


def ask_to_join(hands, card, told, stick):
    """The town reads the county's card, compares its fingerprint, and writes its request."""
    hands.press(Qt.Key.Key_7, ALT)
    with hands.answering(card):
        hands.click("读取名片…")
    assert fingerprint(hands, "名片指纹") == told
    tick(hands, "逐组核对")
    hands.click("下一步")
    with hands.answering(stick):
        hands.click("文件夹…")
    hands.click("写出申请(W")
    hands.wait(lambda: "申请已写出" in hands.notice)
    return next(stick.glob("*.ohreq")), fingerprint(hands, "申请指纹")


def let_in(hands, request, told, answer):
    """The county compares the town's fingerprint and certifies its keys."""
    hands.press(Qt.Key.Key_1, ALT)
    hands.click("镇街登记")
    with hands.answering(request):
        hands.click("读取申请")
    assert fingerprint(hands, "申请指纹") == told
    tick(hands, "逐组核对")
    with hands.answering(answer):
        hands.click("签发答复")
    hands.wait(lambda: "签发答复" in hands.notice)


def join(hands, answer):
    """The town takes the county's answer."""
    hands.press(Qt.Key.Key_7, ALT)
    with hands.answering(answer):
        hands.click("收下答复…")
    hands.wait(lambda: "已加入" in hands.notice)


def unlock(hands, account):
    """Choose an account and type its password."""
    hands.choose("账户", account)
    hands.field("密码")
    hands.enter(SECRET)
    hands.press(Qt.Key.Key_Return)
    hands.wait(lambda: hands.window.desk is not None)


def test_from_the_first_start_to_the_countys_receipt(hands, tmp_path):
    stick = tmp_path / "stick"
    stick.mkdir()
    county = hands()
    start_office(county, "county", tmp_path / "county", COUNTY, "青原县卫生健康局", CLERK)
    told = write_card(county, stick / "county.ohcard")
    town = hands()
    start_office(town, "town", tmp_path / "town", TOWN, "石桥镇", HEAD)
    import_list(town, employers(tmp_path / "list.csv"))
    add_inspector(town, FIRST, "T0001")
    add_inspector(town, SECOND, "T0002")
    add_power(town)
    request, told = ask_to_join(town, stick / "county.ohcard", told, stick)
    county = hands(tmp_path / "county")
    unlock(county, CLERK)
    let_in(county, request, told, stick / "answer.ohans")
    town = hands(tmp_path / "town")
    unlock(town, HEAD)
    join(town, stick / "answer.ohans")
