"""From an empty first-run screen to the county's receipt, by keys and pointer alone."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPushButton, QWidget

from ohdesk.services.office.workspace import create_workspace
from ohdesk.ui.kit.pdf_view import PdfView
from ohdesk.ui.kit.signature_pad import SignaturePad
from ohdesk.ui.window import Window
from tests.gui.hands import ALT, CTRL, Hands
from tests.visiting import picture

COUNTY, TOWN = "000000", "000000001"
CLERK, HEAD, FIRST, SECOND = "陶镕", "李旸", "周沄", "吴翙"
SECRET = "ohdesk-test-1"
MOST_QUESTIONS = 90
SEED = "26112203421516"

pytestmark = pytest.mark.timeout(280)


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    """Passwords that are quick to try; what the true ones cost is for `test_command_line`."""
    monkeypatch.setattr(create_workspace, "__kwdefaults__", {"practice": True})


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
        return Hands(qtbot, window)

    yield sit_down
    while opened:
        opened.pop().close()


def start_office(hands, role, folder, code, name, account):
    """The first-run screen: a new workspace, its recovery code seen and confirmed."""
    hands.alt("N")
    hands.alt("Y" if role == "county" else "T")
    hands.fill("县级区划代码" if role == "county" else "镇街区划代码", code)
    hands.fill("本单位名称", name)
    hands.fill("文件夹（新的或空的）", str(folder))
    hands.fill("管理员姓名", account)
    hands.fill("密码", SECRET)
    hands.fill("再输一次密码", SECRET)
    hands.alt("C")
    shown = hands.find(QWidget, lambda each: each.accessibleName() == "恢复码").text()
    hands.fill("看着保存好的那一份，输入恢复码的最后两组", " ".join(shown.split()[-2:]))
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
    hands.choose("带队", "可以带队")
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
    lines += [
        f"{number},青溪第{number}竹器厂,石桥镇工业路 {number} 号,竹制品制造,{20 + number},8" for number in range(1, 13)
    ]
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


def draw(hands):
    """Three of the twelve employers are drawn, each with both inspectors, and their visits planned."""
    hands.press(Qt.Key.Key_3, ALT)
    hands.press(Qt.Key.Key_N, CTRL)
    hands.fill("共抽几家", "3")
    hands.alt("M")
    hands.find(QPushButton, lambda each: "冻结名单" in each.text() and each.isEnabled())
    hands.alt("F")
    hands.alt("Y")
    hands.fill("种子（10 到 64 位数字，按现场结果一位一位输入）", SEED)
    hands.fill("由第二人对照现场结果再输入一遍", SEED)
    hands.fill("种子来源（用什么、哪一期）", "现场掷骰")
    hands.fill("见证人（至少 2 名）", "程砚、许珂")
    hands.alt("W")
    hands.find(QPushButton, lambda each: "抽取(&C)" in each.text() and each.isEnabled())
    hands.alt("C")
    hands.wait(lambda: hands.can_see("抽中 3 家"))
    hands.alt("M")
    hands.find(QPushButton, lambda each: "安排检查" in each.text() and each.isEnabled())
    hands.alt("A")
    hands.wait(lambda: "已安排 3 家的检查" in hands.notice)


def arrive(hands):
    """Open the next visit that waits, have it approved with the head's own password, and start it."""
    hands.press(Qt.Key.Key_4, ALT)
    hands.click("待批准")
    hands.find(QWidget, lambda each: each.accessibleName() == "检查列表").setFocus()
    hands.press(Qt.Key.Key_Home)
    hands.press(Qt.Key.Key_Return)
    hands.choose("批准人的账户", HEAD)
    hands.fill("批准人的密码", SECRET)
    hands.press(Qt.Key.Key_Return, CTRL)
    hands.find(QPushButton, lambda each: "开始检查" in each.text())
    for letter in "QETYH":
        hands.alt(letter)


def fill(hands, photo):
    """The first question is not met, with fact and photo; the others are."""
    hands.press(Qt.Key.Key_Return, CTRL)
    hands.wait(lambda: hands.can_see("已答 0 /"))
    hands.press(Qt.Key.Key_2)
    hands.enter("未见任命文件。")
    hands.press(Qt.Key.Key_Escape)
    with hands.answering(photo):
        hands.press(Qt.Key.Key_F6)
    hands.wait(lambda: "照片已登记" in hands.notice)
    hands.press(Qt.Key.Key_PageDown)
    for _ in range(MOST_QUESTIONS):
        if hands.can_see("都答完了"):
            return
        hands.press(Qt.Key.Key_1)
        if isinstance(hands.focus, QLineEdit):
            while isinstance(hands.focus, QLineEdit):  # figures that go with the answer
                hands.enter("8")
                last = hands.focus
                hands.press(Qt.Key.Key_Tab)
            last.setFocus()
            hands.press(Qt.Key.Key_Escape)
            hands.press(Qt.Key.Key_Return)
    raise AssertionError(f"not all answered: {hands.seen()}")


def leave(hands):
    """Confirm what is to be done about the findings, and go to the signatures."""
    hands.press(Qt.Key.Key_Return, CTRL)
    if hands.can_see("都按建议确定"):
        hands.alt("P")
    if hands.can_see("没有补齐的理由"):
        hands.fill("没有补齐的理由  F2 选常用语", "现场没有人陪同")
    hands.press(Qt.Key.Key_Return, CTRL)
    hands.find(QPushButton, lambda each: "打印待签文书" in each.text())


def sign(hands):
    """The party reads every page and signs on the pad; then both inspectors sign with their own passwords."""
    hands.fill("当事人姓名", "陈砚")
    hands.fill("职务或身份", "厂长")
    hand_over(hands)
    read_all(hands)
    write_by_hand(hands)
    give_back(hands)
    conclude(hands)


def refuse(hands):
    """The party refuses; a witness signs in their place."""
    hands.click("拒绝签名")
    hands.fill("当事人姓名（知道的话）", "陈砚")
    hands.fill("拒签原因", "不认可笔录内容。")
    hands.fill("见证人姓名和单位", "许珂（石桥村委会）")
    hand_over(hands)
    read_all(hands)
    write_by_hand(hands)
    give_back(hands)
    conclude(hands)


def find_closed(hands, photo):
    """Nobody is there: no checklist, a photo of the gate, and a record without the party."""
    hands.alt("G")
    hands.alt("A")
    hands.alt("Q")
    hands.fill("情况说明", "大门上锁，电表停转。")
    with hands.answering(photo):
        hands.press(Qt.Key.Key_F6)
    hands.wait(lambda: "照片已登记" in hands.notice)
    hands.press(Qt.Key.Key_Return, CTRL)
    hands.wait(lambda: "检查已结束" in hands.notice)
    hands.click("去签名")
    hands.click("不在现场")
    hands.fill("不在场的原因", "大门上锁，无人应答。")
    hands.fill("录音录像编号", "V-0001")
    hand_over(hands)
    read_all(hands)  # nobody else has
    conclude(hands)


def write_by_hand(hands):
    """Draw two strokes on the pad."""
    pad = hands.find(SignaturePad, lambda each: each.isEnabled())
    hands.draw(pad, [[(0.2, 0.3), (0.4, 0.7), (0.6, 0.4)], [(0.3, 0.6), (0.8, 0.5)]])


def save(hands, target):
    """Save the record that has just become final."""
    with hands.answering(target):
        hands.alt("S")
    hands.wait(lambda: "读回核对一致" in hands.notice)


def hand_over(hands):
    """Turn the laptop round once the draft is ready."""
    hands.click("电子签名")
    hands.find(QPushButton, lambda each: "签名(&T)" in each.text() and each.isEnabled())
    hands.alt("T")


def read_all(hands):
    """Put the mouse on the pages and leaf through them."""
    view = hands.find(PdfView, lambda each: each.count > 0)
    hands.qtbot.mouseClick(view.pages.viewport(), Qt.MouseButton.LeftButton)
    hands.leaf_through()


def give_back(hands):
    """The party is done; the inspector takes the laptop back with their own password."""
    hands.find(QPushButton, lambda each: "签好了" in each.text() and each.isEnabled())
    hands.alt("D")
    hands.wait(lambda: isinstance(hands.focus, QLineEdit))
    hands.enter(SECRET)
    hands.press(Qt.Key.Key_Return)


def conclude(hands):
    """The second inspector types their own password, and the record becomes final."""
    hands.fill(f"账户“{SECOND}”的密码", SECRET)
    hands.find(QPushButton, lambda each: "完成并定稿" in each.text() and each.isEnabled())
    hands.alt("F")
    hands.wait(lambda: hands.can_see("另存"))


def write_bundle(hands, button, stick):
    """Choose where a bundle goes and press the button that writes it."""
    with hands.answering(stick):
        hands.click("文件夹…")
    hands.click(button)
    hands.wait(lambda: hands.can_see("已写好并读回核对"))
    found = list(stick.glob("*.ohb"))
    assert found, (hands.seen(), [*stick.parent.rglob("*.ohb")])
    return found[0]


def report(hands, stick):
    """Write a bundle onto the stick; it is read back before one is told so."""
    hands.press(Qt.Key.Key_7, ALT)
    return write_bundle(hands, "生成上报包", stick)


def merge(hands, bundle):
    """The county takes the bundle in; its fingerprint of everything, as shown."""
    hands.press(Qt.Key.Key_1, ALT)
    hands.click("收件(")
    with hands.answering(bundle):
        hands.click("选择文件…")
    hands.wait(lambda: hands.can_see("共 1 个文件"))
    QGuiApplication.clipboard().clear()
    hands.click("复制指纹")
    hands.wait(QGuiApplication.clipboard().text)
    return QGuiApplication.clipboard().text()


def send_down(hands, stick):
    """The county writes what the town gets, receipts among it."""
    hands.click("下发(")
    return write_bundle(hands, "写出下发包", stick)


def take_receipt(hands, bundle):
    """The town takes what the county sent; its record is known to have arrived."""
    hands.press(Qt.Key.Key_7, ALT)
    with hands.answering(bundle):
        hands.click("选择文件…")
    hands.find(QPushButton, lambda each: "接收(&T)" in each.text() and each.isEnabled())
    hands.alt("T")
    hands.wait(lambda: hands.can_see("已接收"))
    hands.click("文书回执")


def command(*arguments):
    """Run the command line and return what it prints as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "ohdesk", *map(str, arguments), "--json"],
        env=os.environ | {"OHDESK_PASSWORD": SECRET},
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout)


def signatures(path):
    """What an independent program says of the signatures of a PDF."""
    return subprocess.run(["pdfsig", path], capture_output=True, check=False, text=True).stdout


def test_from_the_first_start_to_the_countys_receipt(hands, tmp_path):
    stick, records, down = tmp_path / "stick", tmp_path / "record", tmp_path / "down"
    photo = tmp_path / "photo.jpg"
    for folder in (stick, records, down):
        folder.mkdir()
    photo.write_bytes(picture())
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
    town.press(Qt.Key.Key_L, CTRL)
    unlock(town, FIRST)
    draw(town)
    arrive(town)
    fill(town, photo)
    leave(town)
    sign(town)
    save(town, records / "signed.pdf")
    arrive(town)
    fill(town, photo)
    leave(town)
    refuse(town)
    save(town, records / "refused.pdf")
    arrive(town)
    find_closed(town, photo)
    save(town, records / "closed.pdf")
    bundle = report(town, stick)
    shutil.copytree(tmp_path / "county", tmp_path / "county-by-command")
    county = hands(tmp_path / "county")
    unlock(county, CLERK)
    digest = merge(county, bundle)
    receipt = send_down(county, down)
    town = hands(tmp_path / "town")
    unlock(town, FIRST)
    take_receipt(town, receipt)
    town.wait(lambda: town.column("逐份文书的回执", 3) == ["已收到"] * 3)

    for name in ("signed", "refused", "closed"):
        assert signatures(records / f"{name}.pdf").count("Signature is Valid") == 2, name
    # Copied before the window merged: this computer has seen a newer one since.
    by_command = ("--workspace", tmp_path / "county-by-command", "--user", CLERK)
    command("bundle", "import", bundle, *by_command)
    assert digest == command("county", "digest", *by_command)["digest"]
