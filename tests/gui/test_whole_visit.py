"""One visit from its plan to the signed PDF by keys alone, and the same typed in from the walk sheet by the keypad."""

import re
import shutil
import subprocess
from datetime import timedelta

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton

from ohdesk.forms.detail_values import rows_in
from ohdesk.forms.loader import FormFiles, form_files, read_form
from ohdesk.paths import resources
from ohdesk.services.office import accounts, people, powers
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.roll import entries
from ohdesk.services.visit import filling, form_choice, photo_order
from ohdesk.ui import preferences
from ohdesk.ui.kit.pdf_view import PdfPages
from ohdesk.ui.screens.unlock.cards import Credentials
from ohdesk.ui.window import Window
from tests.conftest import NOON, PASSWORD, noon, town_workspace
from tests.gui.hands import ALT, CTRL, NONE, Hands
from tests.gui.showing import bring_forward
from tests.unit.services.record.record_world import ENTRUSTED, FIRST, OWN, SECOND
from tests.visiting import picture

Key = Qt.Key
PAD, SHIFT = Qt.KeyboardModifier.KeypadModifier, Qt.KeyboardModifier.ShiftModifier
PHOTOS, BAD = 40, (3, 10, 40)
HEAD = "李旸"
FIRST_SECTION = '[[section]]\nid = "A"\ntitle = "管理"\ntitle_en = "Management"\nfile = "organisation.toml"\n\n'


class Clock:
    """The clock of the machine: it goes on when the test says so."""

    def __init__(self):
        self.at = NOON

    def __call__(self):
        return self.at

    def pass_minutes(self, minutes):
        self.at += timedelta(minutes=minutes)


class Keys(Hands):
    """Hands that never touch the pointer."""

    def type(self, *struck, modifier=NONE):
        """Press keys one after the other, digits no faster than a finger; words are typed."""
        for each in struck:
            if isinstance(each, Key):
                self.press(each, modifier)
            elif each.isdigit():
                for digit in each:
                    self.strike(Key(ord(digit)), modifier)
            elif each.isascii():
                for letter in each:  # the first opens a cell of a table, and the others go into it
                    self.enter(letter)
            else:
                self.enter(each)

    def letter(self, letter):
        """Press Alt and a letter that can be seen on a button."""
        said = f"&{letter}"
        button = self.find(QPushButton, lambda each: said in each.text() and each.isEnabled())
        self.strike(Key(ord(letter)), ALT)
        self.wait(lambda: not button.isDown())

    def into(self, name, words):
        """Go to a field by Tab and type."""
        self.tab_to(self.find(QLineEdit, lambda each: each.accessibleName() == name and each.isEnabled()))
        self.replace(words)


@pytest.fixture
def form(tmp_path, monkeypatch):
    """A form of two sections, as a county may put one together: organisation, and the survey of posts with noise."""
    folder = tmp_path / "checklists"
    for name in ("hearing-survey/form.toml", "hearing-survey/questions.toml", "employer-general/organisation.toml"):
        path = folder / "joined" / name.rpartition("/")[2]
        path.parent.mkdir(parents=True, exist_ok=True)
        words = (resources() / "checklists" / name).read_text(encoding="utf-8")
        words = re.sub(r"^(form|id) = .*\nversion = .*$", r'\1 = "joined"\nversion = "1"', words, count=1, flags=re.M)
        path.write_text(words.replace("[[section]]", FIRST_SECTION + "[[section]]"), encoding="utf-8")
    shutil.copy(resources() / "checklists" / "laws.toml", folder)
    joined = read_form(folder, "joined")
    monkeypatch.setattr(form_choice, "form_files", lambda: FormFiles((*form_files().forms, joined), {}))
    monkeypatch.setattr(form_choice, "forms_for", lambda _kind: (joined,))


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def keys(tmp_path, qtbot, clock, form):
    """The program at the desk of the first of two inspectors; one employer with noise, nothing planned."""
    folder = town_workspace(tmp_path / "town")
    with open_workspace(folder, HEAD, PASSWORD, noon) as ctx:
        for place, name in enumerate((FIRST, SECOND)):
            person = people.add_person(ctx, name, "inspector", f"T000{place}", "2027-12-31", leads=not place)
            accounts.add(ctx, name, OWN[name], {"inspector"}, person)
        powers.add_power(ctx, ENTRUSTED)
        entries.add(ctx, {"name": "岚石五金厂", "address": "工业路 1 号", "kind": "用人单位", "hazards": "噪声"})
    window = Window(folder, clock)
    qtbot.addWidget(window, before_close_func=lambda closed: closed.close())
    bring_forward(window, qtbot)
    window.open_workspace(Credentials(folder, FIRST, OWN[FIRST]))
    qtbot.waitUntil(lambda: window.desk is not None, timeout=15_000)
    yield Keys(qtbot, window)
    preferences.FILLING.choose("single")


def plan(keys):
    keys.type(Key.Key_4, modifier=ALT)
    keys.type(Key.Key_N, modifier=CTRL)
    keys.type("岚石", Key.Key_Return)
    keys.wait(lambda: keys.can_see("换一家"))
    keys.letter("B")


def approve(keys):
    """The head types their own password on this machine."""
    keys.choose("批准人的账户", HEAD)
    keys.into("批准人的密码", PASSWORD)
    keys.type(Key.Key_Return, modifier=CTRL)
    keys.find(QPushButton, lambda each: "开始检查" in each.text())


def arrive(keys, clock):
    for letter in "QETYH":
        keys.letter(letter)
    keys.into("陪同人姓名、职务", "陈某（厂长）")
    keys.type(Key.Key_Return, modifier=CTRL)
    keys.wait(lambda: keys.can_see("已答 0 / 15"))
    clock.pass_minutes(5)


def fill(keys, clock):
    """What may be is answered from the list together; then one by one, where F8 leads."""
    keys.type(Key.Key_F7)
    keys.letter("J")
    keys.press(Key.Key_Down, times=9)  # what cannot be seen whole is not answered
    keys.letter("J")
    in_bulk = {f"A{number:02}" for number in (1, 3, *range(5, 11))}
    assert {row.question.id for row in stored(keys).outline if row.bulk} == in_bulk
    keys.type(Key.Key_Home, Key.Key_F7)
    for number in (2, 4):
        keys.type(Key.Key_F8)
        assert on_screen(keys) == number
        keys.type("1")
    clock.pass_minutes(20)
    keys.type(Key.Key_F8, "1")
    for post, present, worn in (("打磨", "8", "7879787"), ("冲压", "3", "798")):
        keys.type("一车间", Key.Key_Return, post, Key.Key_Return, "12", Key.Key_Return, present, Key.Key_Return)
        keys.type(Key.Key_F9, worn, *[Key.Key_Return] * 7)
    keys.type(Key.Key_Return)
    assert on_screen(keys) == 12
    clock.pass_minutes(20)
    keys.type("2", "R1", Key.Key_Tab, "打磨", Key.Key_Tab, "91.2", Key.Key_Escape, Key.Key_Tab)
    for post, level in (("打磨", "91.2"), ("冲压", "83.5")):
        keys.type(post, Key.Key_Return, level, Key.Key_Return, "1", Key.Key_Return, "R1", Key.Key_Return)
        keys.type("2026-02-03", Key.Key_Return)
    keys.type(Key.Key_Return)
    for _ in range(3):
        keys.type("4", "当日停产", Key.Key_Escape, Key.Key_Return)


def photograph(keys, clock, folder):
    """A folder of forty, three of them bad; digits put the others to what was answered when they were taken."""
    folder.mkdir()
    for number in range(1, PHOTOS + 1):
        content = picture(f"#{number * 6:02x}40c0", shot_at=f"2026:03:02 12:{number:02}:30")
        (folder / f"IMG_{number}.jpg").write_bytes(content[:200] if number in BAD else content)
    keys.type(Key.Key_F6, modifier=SHIFT)
    with keys.answering(folder):
        keys.type(Key.Key_Space)
    keys.wait(lambda: "37 张照片，3 个文件没有保存" in keys.notice)
    assert all(keys.can_see(f"IMG_{number}.jpg：照片文件不完整") for number in BAD)
    offered = [each.offers for each in photo_order.view(*opened(keys)).photos]
    for number in range(len(offered)):
        keys.press(Key.Key_2 if number % 5 == 0 else Key.Key_1, PAD)
    settled = [each.line.question for each in photo_order.view(*opened(keys)).photos]
    assert settled == [each[number % 5 == 0] for number, each in enumerate(offered)]
    assert {"A01", "HP01", "HP02"} <= set(settled)
    keys.type(Key.Key_Escape)


def leave(keys):
    keys.type(Key.Key_Return, modifier=CTRL)
    keys.letter("P")
    keys.into("没有补齐的理由  F2 选常用语", "照片说明回所后补写")
    keys.type(Key.Key_Return, modifier=CTRL)
    keys.wait(lambda: keys.can_see("准备签名") and not keys.can_see("正在读取…"))


def sign(keys, target):
    """On the screen. The party refuses, which is recorded on film: no pen is needed. Then both inspectors sign."""
    keys.tab_to(keys.find(QPushButton, lambda each: "纸质签署" in each.text()))
    keys.type(Key.Key_Right)
    keys.tab_to(keys.find(QPushButton, lambda each: "核对属实" in each.text() and each.isEnabled()))
    keys.type(Key.Key_Down)
    keys.into("拒签原因", "不认可笔录内容")
    keys.into("录音录像编号", "V-0001")
    keys.letter("T")
    keys.wait(lambda: keys.can_see(f"账户“{SECOND}”的密码"))
    keys.tab_to(keys.find(PdfPages, lambda each: each.isEnabled()))
    keys.leaf_through()
    keys.tab_to(keys.find(QLineEdit, lambda each: each.accessibleName() == f"账户“{SECOND}”的密码"))
    keys.type(OWN[SECOND])
    keys.letter("F")
    with keys.answering(target):
        keys.letter("S")
    keys.wait(target.is_file)


def opened(keys):
    """The workspace as the window has it, and the visit on the screen."""
    screen = keys.window.desk.screen_of("visit")
    return screen.ctx, screen.visit


def stored(keys):
    """The checklist as it is on the disk."""
    return filling.open_form(*opened(keys))


def on_screen(keys):
    """The number of the item that is shown."""
    said = "\n".join(keys.seen())
    return int(re.search(r"第 (\d+) 项，共", said)[1])


def test_a_visit_goes_from_its_plan_to_the_signed_pdf_by_keys_alone(keys, clock, tmp_path):
    target = tmp_path / "record.pdf"
    plan(keys)
    approve(keys)
    arrive(keys, clock)
    fill(keys, clock)
    photograph(keys, clock, tmp_path / "phone")
    leave(keys)
    given = {question: view.answer for question, view in stored(keys).answers.items()}
    sign(keys, target)
    told = subprocess.run(["pdfsig", "-nocert", target], capture_output=True, check=False, text=True).stdout
    assert told.count("Signature is Valid") == 2
    counted = [(row["correct"], row["wrong"], row["none"]) for row in rows_in(given["HP01"].details["posts"])]
    assert counted == [("4", "2", "1"), ("1", "1", "1")]
    assert [row["level"] for row in rows_in(given["HP02"].details["posts"])] == ["91.2", "83.5"]
    with pypdfium2.PdfDocument(target) as pdf:
        text = "".join(page.get_textpage().get_text_bounded() for page in pdf)
    for said in ("打磨岗位LEX,8h为91.2dB(A)", "不认可笔录内容", "V-0001"):
        assert said in re.sub(r"\s", "", text)


def test_the_same_is_typed_in_from_the_walk_sheet_by_number_keys_alone(keys, clock, tmp_path):
    sheet = tmp_path / "sheet.pdf"
    plan(keys)
    approve(keys)
    arrive(keys, clock)
    keys.letter("M")
    with keys.answering(sheet):
        keys.letter("S")
    keys.wait(sheet.is_file)
    keys.type(Key.Key_Escape)
    with pypdfium2.PdfDocument(sheet) as pdf:
        printed = re.sub(r"\s", "", "".join(page.get_textpage().get_text_bounded() for page in pdf))
    written = {2: "2", 5: "3", 12: "4", 13: "4", 14: "4", 15: "4"}
    for number, question in enumerate(stored(keys).form.questions, 1):
        assert on_screen(keys) == number
        assert keys.can_see(question.text)
        assert f"{number}{re.sub(' ', '', question.text)}1234" in printed
        keys.type(written.get(number, "1"), modifier=PAD)
        if number == 11:
            type_posts(keys, (("1", "12", "8", "5"), ("2", "6", "6", "6")))
        elif number == 2:
            keys.type("1", Key.Key_Enter, "0", Key.Key_Enter, modifier=PAD)  # into the open places of its sentence
        elif number in written:
            keys.type(Key.Key_Asterisk, "2", Key.Key_Enter, modifier=PAD)
    given = [view.answer for view in stored(keys).answers.values()]
    assert "".join(each.value.digit for each in given) == "121131111114444"
    assert given[1].fact.endswith("现有专职1人、兼职0人")
    rows = rows_in(given[10].details["posts"])
    assert [(row["present"], row["correct"], row["none"]) for row in rows] == [("8", "5", "3"), ("6", "6", "0")]


def type_posts(keys, posts):
    """Type in two rows as they were counted; an empty row ends them."""
    for post, exposed, present, worn in posts:
        for figure in ("1", post, exposed, present, worn, "0", str(int(present) - int(worn)), "", "", ""):
            keys.type(*filter(None, (figure,)), Key.Key_Enter, modifier=PAD)
    keys.type(Key.Key_Enter, modifier=PAD)
