"""The settings, driven as a user drives them."""

import json
import zipfile
from dataclasses import replace

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QPushButton, QWidget

from ohdesk.domain.people import OfficeRole, PersonRole, Role
from ohdesk.errors import UserError
from ohdesk.files import KEY_FILE
from ohdesk.security import keyfile
from ohdesk.services.office import accounts, certificate_file, city, issuing_bodies, paper_forms, people, powers
from ohdesk.services.office.workspace import NewWorkspace, create_workspace, open_workspace
from ohdesk.ui import preferences
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.row_delegate import KindRole
from ohdesk.ui.screens.settings.screen import SettingsScreen
from tests import pkcs12_files
from tests.conftest import PASSWORD
from tests.gui.hands import Hands
from tests.gui.showing import in_front
from tests.unit.services.record import record_world
from tests.visiting import POWER

SIZES = (QSize(1198, 649), QSize(1037, 508))


@pytest.fixture
def screen(ctx, jobs, qtbot):
    return shown(ctx, jobs, qtbot)


def shown(ctx, jobs, qtbot):
    return in_front(SettingsScreen(ctx, jobs), qtbot, SIZES[0])


def names(section):
    model = section.list.view.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_the_arrows_go_through_the_sections(screen, hands):
    seen = []
    for _ in range(screen.list.count()):
        seen.append(screen.draft().section)
        hands.press(Qt.Key.Key_Down)
    assert seen == [
        "office",
        "people",
        "accounts",
        "powers",
        "papers",
        "display",
        "backup",
        "security",
        "language",
        "about",
    ]


def test_a_set_of_papers_is_chosen_and_a_form_with_faults_is_refused_with_all_of_them(screen, jobs, tmp_path, qtbot):
    screen.open("papers")
    section = screen.section("papers")
    section.set.setFocus()
    said = []
    screen.failed.connect(said.append)
    qtbot.keyClick(section.set, Qt.Key.Key_Home)  # the county has not entered its wording yet
    assert "镇街综合行政执法文书" in said[0].message
    assert section.set.currentText() == "行政检查文书基本格式文本（试行）"
    qtbot.keyClick(section.set, Qt.Key.Key_Up)
    assert [each.id for each in paper_forms.sets(screen.ctx) if each.chosen] == ["moh-87"]
    (tmp_path / "slip.toml").write_text('title = "核对表"\nlife = "sideways"\nwrong = 1\n', "utf-8")
    section.install(tmp_path / "slip.toml")
    jobs.wait()
    qtbot.waitUntil(lambda: bool(section.faults.text()))
    assert "sideways" in section.faults.text()
    assert "wrong" in section.faults.text()


def test_the_city_whose_plan_counts_is_chosen_later(screen, ctx, qtbot):
    section = screen.section("office")
    box = section.items["city"]
    box.setCurrentIndex(box.findText("江门市"))
    with qtbot.waitSignal(screen.done) as said:
        box.activated.emit(box.currentIndex())
    assert "江门市" in said.args[0]
    assert city.profile(ctx).code == "440700"
    assert any("13 项指标" in each.text() for each in section.findChildren(QLabel))


def test_who_may_issue_papers_here_is_named_where_a_power_is_entered(tmp_path, jobs, qtbot):
    new = NewWorkspace(OfficeRole.TOWN, "440703101", "棠下镇人民政府", "管理员", PASSWORD)
    create_workspace(tmp_path / "town", new, practice=True)
    with open_workspace(tmp_path / "town", "管理员", PASSWORD) as ctx:
        section = in_front(SettingsScreen(ctx, jobs), qtbot, SIZES[0]).section("powers")
        said = [each.text() for each in section.form.fields["authority"].findChildren(QLabel)]
    assert any("蓬江区卫生健康局、棠下镇人民政府" in each for each in said)


def test_the_search_jumps_to_the_item(screen, hands):
    hands.press(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    hands.enter("字号")
    hands.press(Qt.Key.Key_Return)
    assert screen.draft().section == "display"
    assert screen.focusWidget() is screen.section("display").items["scale"]


def test_a_search_without_a_find_says_so(screen, hands):
    hands.press(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    hands.enter("zzz")
    assert [screen.list.item(row).text() for row in range(screen.list.count())] == ["没有这样的设置"]
    hands.press(Qt.Key.Key_Return)
    assert screen.draft().section == "office"


def test_a_person_is_entered_corrected_and_leaves(screen, hands, ctx, qtbot):
    screen.open("people")
    section = screen.section("people")
    section.show_item("list")
    hands.press(Qt.Key.Key_F, Qt.KeyboardModifier.AltModifier)
    hands.fill("姓名", "周沄")
    hands.alt("S")
    qtbot.waitUntil(lambda: "必填" in section.form.fields["certificate_no"].error)
    hands.fill("执法证号", "T0001")
    hands.fill("证件有效期至", "20260401")
    with qtbot.waitSignal(screen.changed):
        hands.press(Qt.Key.Key_Return)
    state = section.list.view.model().index(0, 4)
    assert (names(section), state.data(), state.data(KindRole)) == (["周沄"], "30 天后到期", "warn")
    hands.alt("E")
    hands.fill("证件有效期至", "2029-04-01")
    with qtbot.waitSignal(screen.changed):
        hands.alt("S")
    assert people.list_people(ctx)[0].certificate_until == "2029-04-01"
    hands.alt("R")
    hands.press(Qt.Key.Key_Escape)
    assert people.list_people(ctx)[0].role == "inspector"
    hands.alt("R")
    hands.alt("Y")
    assert people.list_people(ctx)[0].role == PersonRole.RETIRED
    assert section.list.view.model().index(0, 4).data() == "已离岗"


def test_an_expired_certificate_is_red_with_a_word(ctx, jobs, qtbot):
    people.add_person(ctx, "周沄", "inspector", "T0001", "2026-03-01")
    screen = shown(ctx, jobs, qtbot)
    screen.open("people")
    cell = screen.section("people").list.view.model().index(0, 4)
    assert (cell.data(), cell.data(KindRole)) == ("已到期 1 天", "bad")


def test_an_account_is_made_for_a_person_and_its_password_reset(ctx, jobs, qtbot):
    person = people.add_person(ctx, "周沄", "inspector", "T0001", "2027-12-31")
    screen = shown(ctx, jobs, qtbot)
    hands = Hands(qtbot, screen)
    screen.open("accounts")
    section = screen.section("accounts")
    section.show_item("list")
    hands.alt("A")
    hands.press(Qt.Key.Key_Down)
    for name, text in (("新密码", "erste-losung"), ("再输入一次", "andere-losung")):
        hands.fill(name, text)
    hands.alt("S")
    assert "不一样" in section.form.fields["again"].error
    hands.fill("再输入一次", "erste-losung")
    with qtbot.waitSignal(screen.changed, timeout=10_000):
        hands.alt("S")
    row = next(row for row in accounts.list_accounts(ctx) if row.name == "周沄")
    assert (row.person, row.roles, row.certified) == (person, ("inspector",), "own")
    assert keyfile.unlock(ctx.folder / KEY_FILE, "周沄", "erste-losung")
    section.list.view.selectRow(names(section).index("周沄"))
    hands.alt("R")
    assert "签名密钥" in section.password._about.text()
    for name in ("新密码", "再输入一次"):
        hands.fill(name, "zweite-losung")
    with qtbot.waitSignal(screen.changed, timeout=10_000):
        hands.press(Qt.Key.Key_Return)
    assert keyfile.unlock(ctx.folder / KEY_FILE, "周沄", "zweite-losung")
    cell = section.list.view.model().index(names(section).index("周沄"), 4)
    assert (cell.data(), cell.data(KindRole)) == ("2026-03-02 由李旸重置，本人还没有登录", "warn")


def test_nobody_resets_their_own_password(screen):
    screen.open("accounts")
    assert not screen.section("accounts").items["reset"].isEnabled()


def test_what_an_inspector_has_no_right_to_is_grey_and_says_who_has_it(ctx, jobs, qtbot):
    people.add_person(ctx, "周沄", "inspector", "T0001", "2027-12-31")
    inspector = replace(ctx, actor=replace(ctx.actor, roles=frozenset({Role.INSPECTOR})))
    screen = shown(inspector, jobs, qtbot)
    for name in ("people", "accounts", "powers"):
        screen.open(name)
        add = screen.section(name).items["add"]
        assert not add.isEnabled()
        assert "管理员" in add.toolTip()
        assert add.accessibleDescription() == add.toolTip()
    first = screen.section("powers").findChild(EmptyState).button
    assert "负责人" in first.toolTip()
    assert (first.isVisible(), first.isEnabled()) == (True, False)
    screen.open("security")
    assert screen.section("security").form.isEnabled()


def test_ones_own_password_is_changed_with_the_old_one(screen, hands, ctx, qtbot):
    screen.open("security")
    hands.alt("P")
    for name, text in (("现在的密码", "wrong"), ("新密码", "neue-losung"), ("再输入一次", "neue-losung")):
        hands.fill(name, text)
    hands.alt("S")
    form = screen.section("security").form
    qtbot.waitUntil(lambda: "密码不正确" in form.fields["old"].error, timeout=10_000)
    hands.fill("现在的密码", PASSWORD)
    with qtbot.waitSignal(screen.done, timeout=10_000):
        hands.press(Qt.Key.Key_Return)
    assert keyfile.unlock(ctx.folder / KEY_FILE, "李旸", "neue-losung")
    assert {form.value(key) for key in form.fields} == {""}


def test_ones_own_certificate_file_takes_the_place_of_the_key_of_the_account(tmp_path, jobs, qtbot, monkeypatch):
    world = record_world.copied(record_world.make(tmp_path / "made"), tmp_path / "town")
    path = pkcs12_files.of_another_authority(tmp_path / "own.p12", record_world.FIRST)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    with world.opened() as ctx:
        screen = shown(ctx, jobs, qtbot)
        hands = Hands(qtbot, screen)
        screen.open("security")
        hands.alt("F")
        hands.fill("证书文件的密码", "wrong")
        hands.alt("S")
        form = screen.section("security").taking
        qtbot.waitUntil(lambda: any("密码不" in each.text() for each in form.findChildren(QLabel)), timeout=10_000)
        hands.fill("证书文件的密码", pkcs12_files.SECRET)
        with qtbot.waitSignal(screen.done, timeout=10_000):
            hands.alt("S")
        with pytest.raises(UserError, match="已经登记过"):
            certificate_file.take_key(ctx, path, pkcs12_files.SECRET)


def test_a_power_is_entered_and_ends(screen, hands, ctx, qtbot):
    screen.open("powers")
    screen.section("powers").show_item("list")
    hands.press(Qt.Key.Key_F, Qt.KeyboardModifier.AltModifier)
    form = screen.section("powers").form
    for mode in ("entrusted", "own"):
        form.put("mode", mode)
        assert [form.fields[key].isHidden() for key in ("number", "scope", "published_on")] == [mode == "own"] * 3
    hands.fill("有权机关", POWER.authority)
    hands.fill("生效日期", POWER.valid_from)
    hands.alt("S")
    qtbot.waitUntil(lambda: "事项目录" in screen.section("powers").form.fields["basis"].error)
    hands.fill("依据", POWER.basis)
    with qtbot.waitSignal(screen.changed):
        hands.alt("S")
    assert powers.list_powers(ctx) == (POWER,)
    hands.alt("E")
    hands.fill("失效日期", "2026-06-30")
    with qtbot.waitSignal(screen.changed):
        hands.press(Qt.Key.Key_Return)
    assert powers.list_powers(ctx)[0].valid_to == "2026-06-30"


def test_theme_size_and_language_are_kept_and_applied_at_once(screen, hands, qtbot):
    screen.open("display")
    display = screen.section("display")
    display.show_item("theme")
    with qtbot.waitSignal(screen.display_changed):
        hands.press(Qt.Key.Key_Down)
    assert preferences.theme_name() == "dark"
    display.show_item("scale")
    with qtbot.waitSignal(screen.display_changed):
        hands.press(Qt.Key.Key_Down)
    assert preferences.SCALE.chosen == 115
    with qtbot.waitSignal(screen.display_changed):
        display.reload()
        hands.alt("D")
    assert (preferences.theme_name(), preferences.SCALE.chosen) == ("light", 100)
    screen.open("language")
    screen.section("language").show_item("")
    with qtbot.waitSignal(screen.display_changed):
        hands.press(Qt.Key.Key_Down)
    assert preferences.LANGUAGE.chosen == "en"


def test_locking_is_chosen_and_done_at_once(screen, hands, qtbot):
    screen.open("security")
    screen.section("security").show_item("minutes")
    with qtbot.waitSignal(screen.done):
        hands.press(Qt.Key.Key_Down)
    assert preferences.LOCK_MINUTES.chosen == 20
    with qtbot.waitSignal(screen.left):
        hands.alt("L")


def test_everything_is_looked_over_line_by_line(screen, hands, qtbot):
    screen.open("about")
    section = screen.section("about")
    section.show_item("check")
    with qtbot.waitSignal(screen.done, timeout=30_000) as done:
        hands.alt("G")
    assert "都完好" in done.args[0]
    assert len(section.lines.words) > 20
    qtbot.wait(0)
    assert screen.focusWidget() is section.check
    assert not section.check.visibleRegion().isEmpty()  # the page stays where its reader is


def test_the_diagnostic_file_is_written_where_one_says(screen, hands, qtbot, tmp_path, monkeypatch):
    target = tmp_path / "d.zip"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_arguments: (str(target), ""))
    screen.open("about")
    with qtbot.waitSignal(screen.done, timeout=30_000):
        hands.alt("T")
    with zipfile.ZipFile(target) as file:
        assert "screen 1" in json.loads(file.read("diagnostics.json"))["surroundings"]


def test_what_is_typed_and_the_place_survive_a_lock_but_no_password(ctx, jobs, qtbot):
    before = shown(ctx, jobs, qtbot)
    hands = Hands(qtbot, before)
    before.open("people")
    before.section("people").show_item("list")
    hands.press(Qt.Key.Key_F, Qt.KeyboardModifier.AltModifier)
    hands.fill("姓名", "周沄")
    after = shown(ctx, jobs, qtbot)
    after.take_draft(before.draft())
    assert after.section("people").form.value("name") == "周沄"
    before.open("accounts")
    before.section("accounts").ask_new()
    hands.fill("账户名", "周沄甲")
    last = shown(ctx, jobs, qtbot)
    last.take_draft(before.draft())
    assert last.section("accounts").form.value("account") == "周沄甲"
    assert last.section("people").form.value("name") == "周沄"  # of a section behind, too
    before.activateWindow()
    before.open("security")
    before.section("security").ask_password()
    hands.fill("新密码", "geheim")
    assert "geheim" not in str(before.draft())


def test_every_section_fits_names_its_fields_and_has_one_primary_at_most(screen):
    for size in SIZES:
        screen.resize(size)
        for name in [entry.name for entry in screen._entries]:
            screen.open(name)
            section = screen.section(name)
            section.show_item("add")
            button = section.items.get("add")
            if isinstance(button, QPushButton) and button.isVisible():
                button.click()
            QApplication.processEvents()
            visible = [each for each in screen.findChildren(QWidget) if each.isVisible()]
            primary = [each for each in visible if isinstance(each, QPushButton) and each.property("primary")]
            assert len(primary) <= 1, name
            assert section.minimumSizeHint().width() <= section.parentWidget().width(), name
            assert all(each.accessibleName() for each in visible if isinstance(each, QLineEdit)), name
            if hasattr(section, "close_forms"):
                section.close_forms()


def test_what_papers_say_of_the_town_is_typed_by_keys(screen, hands, ctx, qtbot):
    section = screen.section("office")
    section.items["body_town"].setFocus()
    hands.press(Qt.Key.Key_Space)
    qtbot.waitUntil(section.form.isVisible)
    hands.enter("江蓬")
    with qtbot.waitSignal(screen.done):
        hands.press(Qt.Key.Key_Return)
    assert issuing_bodies.issuing_body(ctx, "town").region == "江蓬"
    assert section.items["body_town"].hasFocus()
    assert any("江蓬" in each.text() for each in section.findChildren(QLabel))
