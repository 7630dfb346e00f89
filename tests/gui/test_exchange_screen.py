"""Reporting to the county and taking in what comes back, driven as a town's clerk does it."""

import errno
import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QStackedWidget

from ohdesk.db.models import KeyPurpose, OwnKey
from ohdesk.domain.people import Role
from ohdesk.services.county.digest import digest
from ohdesk.services.exchange import receiving, sending, stick
from ohdesk.services.office import accounts, drives, people
from ohdesk.services.office.drives import Stick
from ohdesk.services.roll import entries
from ohdesk.services.start import today
from ohdesk.services.trust import joining
from ohdesk.sync import limits
from ohdesk.ui.screens.exchange.screen import ExchangeScreen
from tests.conftest import PASSWORD
from tests.gui.exchanging import NARROW, ROOM, alt, brought_to_front, cells, plugged_in, settle
from tests.gui.showing import as_only, bring_forward, refused
from tests.rectifying import on
from tests.unit.services.exchange.bundle_world import new_world, note_record, write_entry


@pytest.fixture
def world(tmp_path, monkeypatch):
    with plugged_in(tmp_path / "world", monkeypatch) as opened:
        yield opened


@pytest.fixture
def screen(world, jobs, qtbot):
    return shown(world.town, jobs, qtbot)


def shown(ctx, jobs, qtbot):
    return brought_to_front(ExchangeScreen(ctx, jobs), jobs, qtbot)


def choosing(monkeypatch, module, path):
    monkeypatch.setattr(f"ohdesk.ui.{module}", lambda *_args: path)


def test_what_is_new_is_counted_and_written_and_the_stick_may_be_pulled(world, screen, jobs, qtbot):
    write_entry(world.town, "安泰机械厂")
    screen.reload()
    settle(jobs, qtbot)
    assert "名录变更 1 处" in screen.send.news.text()
    alt(qtbot, screen, "W")
    settle(jobs, qtbot)
    (file,) = world.stick.iterdir()
    assert screen.send.outcome.headline.text() == "可以拔出优盘"
    assert file.name in screen.send.outcome.detail.text()
    head = re.search(r"_([0-9a-f]{8})\.ohb", file.name)[1]
    assert head in screen.send.outcome.fingerprint.text().replace(" ", "")
    assert receiving.take_in(world.county, file).applied == 1
    assert cells(screen.lists.list_of("exchanged"), 2) == ["未确认"]


def test_turned_to_from_another_screen_the_focus_is_on_the_button_that_writes(world, jobs, qtbot):
    pages, other, screen = QStackedWidget(), QPushButton(), ExchangeScreen(world.town, jobs)
    pages.addWidget(other)
    pages.addWidget(screen)
    qtbot.addWidget(pages)
    bring_forward(pages, qtbot)
    other.setFocus()
    pages.setCurrentWidget(screen)
    screen.arrive()
    settle(jobs, qtbot)
    assert screen.send.button.hasFocus()


def test_without_a_stick_or_a_folder_it_says_so_in_its_place(world, jobs, qtbot, monkeypatch, tmp_path):
    monkeypatch.setattr(drives, "sticks", tuple)
    write_entry(world.town, "安泰机械厂")
    screen = shown(world.town, jobs, qtbot)
    alt(qtbot, screen, "W")
    assert screen.send.outcome.headline.text() == "还没有选择写到哪里"
    assert sending.last_written(world.town) is None
    folder = tmp_path / "共享"
    folder.mkdir()
    choosing(monkeypatch, "kit.bundles.choose_folder", folder)
    alt(qtbot, screen, "D")
    assert screen.focusWidget() is screen.send.button  # the place is chosen: on to writing
    alt(qtbot, screen, "W")
    settle(jobs, qtbot)
    assert screen.send.outcome.headline.text() == "已写好并读回核对"
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (errno.ENOSPC, "空间不足"),
        (errno.EROFS, "只读"),
        (errno.EIO, "可能优盘已拔出"),
        (errno.EFBIG, "FAT"),
    ],
)
def test_each_trouble_with_the_stick_is_said_in_its_own_words(world, screen, jobs, qtbot, monkeypatch, code, said):
    write_entry(world.town, "安泰机械厂")

    def fail(*_args):
        raise OSError(code, "test")

    monkeypatch.setattr(stick, "write", fail)
    alt(qtbot, screen, "W")
    settle(jobs, qtbot)
    assert said in screen.send.outcome.headline.text()
    assert screen.send.outcome.detail.text()
    assert list(world.stick.iterdir()) == []
    monkeypatch.undo()


def test_a_cancelled_writing_leaves_no_file(world, screen, jobs, qtbot, monkeypatch):
    write_entry(world.town, "安泰机械厂")
    real = stick.write

    def cancel_then_write(*args):
        jobs.titled[0].cancel()
        return real(*args)

    monkeypatch.setattr(stick, "write", cancel_then_write)
    alt(qtbot, screen, "W")
    settle(jobs, qtbot)
    assert "已取消" in screen.send.outcome.headline.text()
    assert list(world.stick.iterdir()) == []
    assert sending.last_written(world.town) is None


def test_a_county_bundle_is_checked_line_by_line_and_taken_by_key(world, screen, jobs, qtbot, monkeypatch):
    entries.add(world.county, {"name": "金麓陶瓷厂", "town": "000000001"}, "分派")
    file = sending.export(world.county, world.stick).path
    choosing(monkeypatch, "screens.exchange.receive_card.choose_file", file)
    alt(qtbot, screen, "O")
    settle(jobs, qtbot)
    lines = screen.receive.checks.words
    assert [line.split(" ")[1] for line in lines] == ["成立"] * 4
    assert [line.split(" ")[0] for line in lines][::3] == ["完整", "收件人是本单位"]
    alt(qtbot, screen, "T")
    settle(jobs, qtbot)
    assert screen.receive.outcome.headline.text() == "已接收，可以拔出优盘"
    assert re.search(r"2-[A-Z2-7]{8}", screen.receive.outcome.fingerprint.text())
    assert [row.name for row in entries.list_rows(world.town)] == ["金麓陶瓷厂"]
    assert cells(screen.lists.list_of("exchanged"), 1) == ["收到"]


def test_bundles_on_the_stick_are_offered_without_ones_own(world, jobs, qtbot):
    write_entry(world.town, "安泰机械厂")
    sending.export(world.town, world.stick)
    entries.add(world.county, {"name": "金麓陶瓷厂", "town": "000000001"}, "分派")
    file = sending.export(world.county, world.stick).path
    screen = shown(world.town, jobs, qtbot)
    assert [screen.receive.files.itemData(row) for row in range(screen.receive.files.count())] == [file]


def foreign(world, tmp_path):
    with new_world(tmp_path / "elsewhere") as other:
        entries.add(other.county, {"name": "外县的厂", "town": "000000001"}, "分派")
        return sending.export(other.county, other.stick).path


def spoiled(world, tmp_path, how):
    if how == "another county":
        return foreign(world, tmp_path)
    if how == "own":
        write_entry(world.town, "安泰机械厂")
        return sending.export(world.town, world.stick).path
    if how == "text":
        (world.stick / "说明.ohb").write_text("请先看这里")
        return world.stick / "说明.ohb"
    entries.add(world.county, {"name": "金麓陶瓷厂", "town": "000000001"}, "分派")
    path = sending.export(world.county, world.stick).path
    data = bytearray(path.read_bytes())
    if how == "changed bit":
        data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data[: len(data) // 2] if how == "cut" else data))
    return path


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("cut", "不完整"),
        ("changed bit", "不一致"),
        ("another county", "不是本县签发"),
        ("own", "本机自己导出"),
        ("text", "不是上报包"),
    ],
)
def test_a_bad_file_is_refused_in_its_place_and_changes_nothing(world, screen, jobs, qtbot, tmp_path, how, said):
    (tmp_path / "elsewhere").mkdir()
    file = spoiled(world, tmp_path, how)
    before = digest(world.town)
    screen.receive.check(file)
    settle(jobs, qtbot)
    assert any(said in line for line in screen.receive.checks.words)
    assert screen.receive.outcome.headline.text() == "不能接收，本机资料没有变化"
    assert screen.receive.outcome.detail.text()
    assert not screen.receive.take.isVisible()
    assert digest(world.town) == before


def test_the_same_bundle_again_is_said_to_be_held(world, screen, jobs, qtbot):
    entries.add(world.county, {"name": "金麓陶瓷厂", "town": "000000001"}, "分派")
    file = sending.export(world.county, world.stick).path
    receiving.take_in(world.town, file)
    screen.receive.check(file)
    settle(jobs, qtbot)
    assert screen.receive.outcome.headline.text() == "已经收过这个包"
    assert not screen.receive.take.isVisible()


def test_a_receipt_read_over_the_telephone_marks_the_bundle_as_received(world, screen, jobs, qtbot):
    write_entry(world.town, "安泰机械厂")
    code = receiving.take_in(world.county, sending.export(world.town, world.stick).path).receipt
    alt(qtbot, screen, "G")
    qtbot.keyClicks(screen.focusWidget(), "1-AAAAAAAA")
    qtbot.keyClick(screen.focusWidget(), Qt.Key.Key_Return)
    assert "回执码不正确" in screen.receive.form.fields["code"].error
    screen.focusWidget().selectAll()
    qtbot.keyClicks(screen.focusWidget(), code.lower())
    alt(qtbot, screen, "R")
    settle(jobs, qtbot)
    assert screen.receive.form.isHidden()
    assert cells(screen.lists.list_of("exchanged"), 2) == ["已收到"]


@pytest.fixture
def outside(ctx, jobs, qtbot, monkeypatch, tmp_path):
    plugged = Stick(tmp_path / "stick", "OHDESK", ROOM, ROOM)
    plugged.path.mkdir()
    monkeypatch.setattr(drives, "sticks", lambda: (plugged,))
    return shown(ctx, jobs, qtbot)


def test_a_town_joins_in_three_steps_by_keyboard(outside, ctx, county_ctx, jobs, qtbot, monkeypatch, tmp_path):
    card = joining.write_card(county_ctx, tmp_path / "card")
    assert not outside.send.isVisible()
    choosing(monkeypatch, "screens.exchange.enrol_card.choose_file", tmp_path / "card")
    alt(qtbot, outside, "O")
    settle(jobs, qtbot)
    assert outside.enrol.card_print.text().replace("\n", "　").replace("　", " ") == card.fingerprint
    assert not outside.enrol.next.isEnabled()
    alt(qtbot, outside, "Y")
    alt(qtbot, outside, "N")
    settle(jobs, qtbot)
    alt(qtbot, outside, "W")
    settle(jobs, qtbot)
    (request,) = (tmp_path / "stick").glob("*.ohreq")
    again = shown(ctx, jobs, qtbot)  # closed and opened again: it goes on where it stopped
    issued = joining.issue(county_ctx, request, tmp_path / "answer")
    assert again.enrol.own_print.text().replace("\n", "　").replace("　", " ") == issued.request.fingerprint
    choosing(monkeypatch, "screens.exchange.enrol_card.choose_file", tmp_path / "answer")
    alt(qtbot, again, "T")
    settle(jobs, qtbot)
    assert joining.standing(ctx).county == "青原县卫生健康局"
    assert again.send.isVisible()


def asks_again(ctx, jobs, qtbot):
    """What is said of certificates that are wanting; the button beside it leads to the three steps."""
    screen = shown(ctx, jobs, qtbot)
    said = screen.wanting.text()
    assert screen.certify.isVisible() is bool(said)
    if said:
        alt(qtbot, screen, "P")
        assert screen.enrol.isVisible()
        assert screen.focusWidget() is screen.enrol.open
    return said


def test_whoever_is_not_certified_yet_is_named_here_and_on_the_days_page(world, jobs, qtbot):
    assert asks_again(world.town, jobs, qtbot) == ""
    person = people.add_person(world.town, "周沄", "inspector", "T-1", "2027-12-31")
    accounts.add(world.town, "周沄", PASSWORD, {Role.INSPECTOR}, person)
    assert "还没有县级证书：周沄" in asks_again(world.town, jobs, qtbot)
    assert today.backlog(world.town).uncertified == ("周沄",)


def test_certificates_about_to_end_are_renewed_from_here(world, jobs, qtbot):
    assert "2031-03-01 到期" in asks_again(on(world.town, "2031-01-05"), jobs, qtbot)


def test_a_laptop_that_goes_on_for_another_is_registered_from_here(world, jobs, qtbot):
    with world.town.transaction() as session:
        session.get_one(OwnKey, KeyPurpose.DEVICE).certificate_der = b""
    assert "接替了原来的电脑" in asks_again(world.town, jobs, qtbot)


def test_a_wrong_file_at_each_step_is_said_in_its_place(outside, jobs, qtbot, tmp_path):
    (tmp_path / "note").write_text("请先看这里")
    outside.enrol.read_card(tmp_path / "note")
    settle(jobs, qtbot)
    assert "县级名片不能使用" in outside.enrol.problem.text()
    outside.enrol.take_answer(tmp_path / "note")
    settle(jobs, qtbot)
    assert outside.enrol.problem.text()
    assert not outside.send.isVisible()


def test_every_button_can_be_pressed_by_a_letter_of_its_own(screen):
    letters = [
        re.search(r"&(\w)", button.text())[1]
        for button in screen.findChildren(QPushButton)
        if button.isVisible() and button.text()
    ]
    assert len(letters) == len(set(letters))
    assert not {"X", "Z"} & set(letters)


def test_the_screen_fits_a_small_window(screen, qtbot):
    screen.resize(NARROW)
    qtbot.wait(0)
    assert screen.minimumSizeHint().width() <= NARROW.width()
    assert screen.minimumSizeHint().height() <= NARROW.height()


def test_a_receipt_half_typed_is_not_thrown_away_unasked_and_is_there_after_a_lock(world, screen, jobs, qtbot):
    alt(qtbot, screen, "G")
    qtbot.keyClicks(screen.focusWidget(), "1-AA")
    qtbot.keyClick(screen.focusWidget(), Qt.Key.Key_Escape)
    assert screen.receive.form.value("code") == "1-AA"
    typed = screen.draft()
    alt(qtbot, screen, "Y")
    assert screen.receive.form.isHidden()
    assert screen.draft() is None
    again = shown(world.town, jobs, qtbot)
    again.take_draft(typed)
    assert again.receive.form.value("code") == "1-AA"


def test_what_is_asked_comes_into_sight_on_a_small_screen(screen, qtbot):
    screen.resize(NARROW.width(), NARROW.height() // 2)
    alt(qtbot, screen, "G")
    field = screen.focusWidget()
    qtbot.waitUntil(
        lambda: not field.visibleRegion().isEmpty() and field.visibleRegion().boundingRect() == field.rect()
    )


def test_whoever_may_not_exchange_is_told_so_before_a_stick_is_filled(world, jobs, qtbot):
    write_entry(world.county, "安泰机械厂")
    handed_down = sending.export(world.county, world.stick).path
    reader = shown(as_only(Role.ADMINISTRATOR, world.town), jobs, qtbot)
    reader.receive.check(handed_down)
    settle(jobs, qtbot)
    assert refused(reader.send.button, reader.receive.take, reader.receive.ask_code) == [
        "生成上报包(&W)",
        "接收(&T)",
        "登记回执…(&G)",
    ]
    alt(qtbot, reader, "W")
    settle(jobs, qtbot)
    assert list(world.stick.iterdir()) == [handed_down]
    assert reader.focusWidget() is reader.send.places.choice


def test_whoever_may_not_join_a_county_is_told_so_before_the_telephone_call(world, jobs, qtbot):
    enrol = shown(as_only(Role.SUPERVISOR, world.town), jobs, qtbot).enrol
    writing = (enrol.open, enrol.write_button, enrol.again, enrol.take)
    assert len(refused(*writing)) == len(writing)
    assert "请由管理员登录" in enrol.open.toolTip()


def test_a_stick_that_fills_up_after_the_first_volume_is_told_and_the_next_writing_goes_on(
    world, screen, jobs, qtbot, monkeypatch
):
    monkeypatch.setattr(limits, "MOST_OPERATIONS", 1)
    for name in ("安泰机械厂", "宏达铸造", "永丰木业"):
        write_entry(world.town, name)
    true, written = stick.flush, []

    def filling_up(file):
        if written:
            raise OSError(errno.ENOSPC, "full")
        written.append(true(file))

    with monkeypatch.context() as patch:
        patch.setattr(stick, "flush", filling_up)
        alt(qtbot, screen, "W")
        settle(jobs, qtbot)
    screen.reload()
    settle(jobs, qtbot)
    assert screen.send.outcome.headline.text() == "只写了一部分，可以拔出优盘"
    assert "还没有写第 2–3 卷" in screen.send.outcome.detail.text()
    assert "还有 2 卷没有写" in screen.send.again.text()
    alt(qtbot, screen, "W")
    settle(jobs, qtbot)
    assert screen.send.outcome.headline.text() == "可以拔出优盘"
    assert len(list(world.stick.iterdir())) == 3


def test_receipts_are_read_a_page_at_a_time_in_the_order_of_a_heading(world, jobs, qtbot):
    numbers = ["2026-0002", "2026-0003", "2026-0001"]
    for seq, number in enumerate(numbers, start=1):
        note_record(world.town, seq, f"0198a000-0000-7000-8000-{seq:012d}", number)
    screen = shown(world.town, jobs, qtbot)
    alt(qtbot, screen, "E")
    receipts = screen.lists.list_of("receipts")
    assert cells(receipts, 1) == numbers[::-1]  # the newest first
    for wanted in (sorted(numbers), sorted(numbers, reverse=True), numbers[::-1]):
        receipts.view.horizontalHeader().sectionClicked.emit(1)
        settle(jobs, qtbot)
        assert cells(receipts, 1) == wanted
