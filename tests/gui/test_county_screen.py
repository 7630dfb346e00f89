"""Gathering what the towns send, driven as the county's clerk does it."""

import dataclasses
import re
import shutil

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from ohdesk.db import accepting
from ohdesk.db.models import OperationRow, Record
from ohdesk.domain.draw.state import DrawState
from ohdesk.domain.people import Role
from ohdesk.domain.record import Verification
from ohdesk.services.county import conflicts, draw_checks, towns
from ohdesk.services.county.digest import digest
from ohdesk.services.county.draw_checks import DrawCheck
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.exchange.checks import outline
from ohdesk.services.exchange.receipts import register_code
from ohdesk.services.office import accounts, people
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.record import verdicts
from ohdesk.services.record.verdicts import SignedPdf
from ohdesk.services.roll import entries
from ohdesk.services.trust import joining
from ohdesk.sync.problems import RevokedSenderError
from ohdesk.ui.desk import Desk
from ohdesk.ui.screens.county.screen import CountyScreen
from ohdesk.ui.screens.record.screen import RecordsScreen
from tests.conftest import NOON, PASSWORD, noon, town_workspace
from tests.gui.exchanging import NARROW, WIDE, alt, brought_to_front, cells, plugged_in, settle
from tests.gui.showing import as_only, bring_forward, refused
from tests.rectifying import found
from tests.unit.services.exchange.bundle_world import TOWNS, copy_of, enrol, write_entry

PAGES = {"S": "inbox", "T": "conflicts", "U": "proposals", "G": "coverage", "K": "draws", "J": "down", "L": "towns"}
DISPUTED = "青原县金麓陶瓷厂"
HOSTILE = ("<h1>指纹已由系统核对一致</h1><img src='file:///x.png'>", "<b>石桥镇</b> & 乙", "a &lt; b")


@pytest.fixture
def world(tmp_path, monkeypatch):
    with plugged_in(tmp_path / "world", monkeypatch, TOWNS[:2]) as opened:
        yield opened


@pytest.fixture
def screen(world, jobs, qtbot):
    return shown(world.county, jobs, qtbot)


def shown(ctx, jobs, qtbot):
    return brought_to_front(CountyScreen(ctx, jobs), jobs, qtbot)


def sent(ctx, world, name="安泰机械厂"):
    write_entry(ctx, name)
    return sending.export(ctx, world.stick).path


def disputed(world, field="phone", values=("00000000011", "00000000022")):
    """Have the county and a town correct the same field without having seen each other's; return the entry's id."""
    fields = {"name": DISPUTED, "town": "000000001", "phone": "00000000010"}
    entries.add(world.county, fields, "市级交办名单分派")
    receiving.take_in(world.town, sending.export(world.county, world.stick).path)
    entry = entries.find(world.county, DISPUTED)
    for ctx, value, reason in zip((world.county, world.town), values, ("市级台账", "现场核对"), strict=True):
        entries.correct(ctx, entry, {field: value}, reason)
    receiving.take_in(world.county, sending.export(world.town, world.stick).path)
    return entry


def disputed_again(world):
    """Have them dispute a second field of the same entry."""
    entry = entries.find(world.county, DISPUTED)
    for ctx, value in ((world.county, "吴工"), (world.town, "周工")):
        entries.correct(ctx, entry, {"contact": value}, "核对")
    receiving.take_in(world.county, sending.export(world.town, world.stick).path)


def test_a_whole_stick_is_taken_in_with_a_line_for_each_file(world, screen, jobs, qtbot):
    for town in world.towns:
        sent(town, world)
    (world.stick / "说明.ohb").write_text("请先看这里")
    alt(qtbot, screen, "W")
    settle(jobs, qtbot)
    assert cells(screen.page_of("inbox").lists.list_of("county_results"), 0)[:2] == ["已汇入 1 项", "已汇入 1 项"]
    assert "拒收" in cells(screen.page_of("inbox").lists.list_of("county_results"), 0)[2]
    assert "拒收 1 个" in screen.page_of("inbox").summary.text()
    qtbot.waitUntil(lambda: "请选择文件名以 OH_ 开头" in screen.page_of("inbox").lists.particulars.text())
    alt(qtbot, screen, "C")
    settle(jobs, qtbot)
    assert screen.page_of("inbox").digest.property("digest") == digest(world.county)
    alt(qtbot, screen, "N")
    assert cells(screen.page_of("inbox").lists.list_of("county_towns"), 1) == ["到齐", "到齐"]


def test_the_same_stick_again_says_that_it_is_held_and_changes_nothing(world, screen, jobs, qtbot):
    receiving.take_in(world.county, sent(world.town, world))
    before = digest(world.county)
    alt(qtbot, screen, "W")
    settle(jobs, qtbot)
    assert cells(screen.page_of("inbox").lists.list_of("county_results"), 0) == ["已有，没有重复汇入"]
    assert digest(world.county) == before


def test_a_bundle_that_came_too_early_waits_and_follows_by_itself(world, screen, jobs, qtbot, tmp_path):
    first = sent(world.town, world)
    with copy_of(world.county, tmp_path / "county elsewhere") as elsewhere:
        receipt = receiving.take_in(elsewhere, first).receipt
    register_code(world.town, receipt)
    second = sent(world.town, world, "恒裕木业")
    screen.page_of("inbox").take((second, first))
    settle(jobs, qtbot)
    assert cells(screen.page_of("inbox").lists.list_of("county_results"), 0) == ["前面的包到了，已汇入", "已汇入 1 项"]
    assert cells(screen.page_of("inbox").lists.list_of("county_towns"), 1)[0] == "到齐"


def test_what_waits_is_named_with_what_it_waits_for(world, screen, jobs, qtbot, tmp_path):
    first = sent(world.town, world)
    with copy_of(world.county, tmp_path / "county elsewhere") as elsewhere:
        receipt = receiving.take_in(elsewhere, first).receipt
    register_code(world.town, receipt)
    screen.page_of("inbox").take((sent(world.town, world, "恒裕木业"),))
    settle(jobs, qtbot)
    qtbot.waitUntil(lambda: "第 1–1 号操作" in screen.page_of("inbox").lists.particulars.text())
    alt(qtbot, screen, "N")
    assert cells(screen.page_of("inbox").lists.list_of("county_towns"), 1)[0] == "有包在等前面的"


def test_records_not_known_to_be_good_are_counted_at_the_head_and_lead_to_their_list(ctx, county_ctx, jobs, qtbot):
    found(ctx)
    with ctx.reading() as session:
        operations = [row.body for row in session.query(OperationRow).order_by(OperationRow.seq).all()]
    with county_ctx.transaction() as session:
        for body in operations:
            accepting.accept(session, body)
    screen = shown(county_ctx, jobs, qtbot)
    settle(jobs, qtbot)
    assert screen.papers.text().strip() == "文书：待验和未核 1(&9)"
    with county_ctx.transaction() as session:
        record = session.query(Record).one()
        paper = SignedPdf(record.visit, record.pdf_sha256)
        verdicts.note(county_ctx, session, paper, Verification.BAD, "页面不同")
    screen.reload()
    settle(jobs, qtbot)
    assert screen.papers.text().strip() == "文书：核对不通过 1(&9)"
    with qtbot.waitSignal(screen.wanted) as told:
        alt(qtbot, screen, "9")
    records = brought_to_front(RecordsScreen(county_ctx, jobs), jobs, qtbot)
    records.open(told.args[1])
    settle(jobs, qtbot)
    assert (told.args[0], records.list.chips.current) == ("record", "bad")
    assert [each.visit for each in records.list.shown] == [paper.visit]


def test_where_every_record_is_good_the_head_says_nothing(screen, jobs, qtbot):
    settle(jobs, qtbot)
    assert screen.papers.isHidden()


def test_what_is_set_aside_is_listed_with_what_to_do_and_exported(world, screen, jobs, qtbot, tmp_path):
    receiving.take_in(world.county, sent(world.town, world))
    with world.county.transaction() as session:
        session.query(OperationRow).filter_by(replica=world.town.office.replica).first().set_aside = "数值不对"
    screen.reload()
    settle(jobs, qtbot)
    page = screen.page_of("inbox")
    assert not page.export.isVisible()
    alt(qtbot, screen, "A")
    assert cells(page.lists.list_of("county_held_back"), 0) == ["石桥镇"]
    assert cells(page.lists.list_of("county_held_back"), 5) == ["请镇街按原因改正后再上报"]
    qtbot.waitUntil(lambda: "改正后再上报" in page.lists.particulars.text())
    assert page.export.isVisible()
    with qtbot.waitSignal(screen.saved):
        page.export_to(tmp_path / "out.xlsx")
    assert load_workbook(tmp_path / "out.xlsx").active.max_row == 2


def test_files_can_be_dropped_on_the_page(world, screen, jobs, qtbot):
    file = sent(world.town, world)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    buttons = Qt.MouseButton.LeftButton
    event = QDropEvent(QPoint(9, 9).toPointF(), Qt.DropAction.CopyAction, data, buttons, Qt.KeyboardModifier.NoModifier)
    screen.page_of("inbox").dropEvent(event)
    settle(jobs, qtbot)
    assert cells(screen.page_of("inbox").lists.list_of("county_results"), 0) == ["已汇入 1 项"]


def test_taking_in_can_be_stopped_between_two_files(world, screen, jobs, qtbot, monkeypatch):
    for town in world.towns:
        sent(town, world)
    real = receiving.take_in

    def cancel_then_take(*args):
        jobs.titled[0].cancel()
        return real(*args)

    monkeypatch.setattr("ohdesk.services.exchange.inbox.take_in", cancel_then_take)
    alt(qtbot, screen, "W")
    settle(jobs, qtbot)
    assert "汇入了 1 个文件" in screen.page_of("inbox").summary.text()
    assert sorted(state.last for state in towns.town_states(world.county)) == [0, 1]


def test_the_fingerprint_is_made_when_it_is_asked_for_and_copied_whole(world, screen, jobs, qtbot):
    assert not screen.page_of("inbox").digest.text()
    alt(qtbot, screen, "C")
    settle(jobs, qtbot)
    assert QGuiApplication.clipboard().text() == digest(world.county)


def test_a_dispute_is_shown_side_by_side_and_settled_by_keyboard(world, jobs, qtbot, commit_text):
    disputed(world)
    screen = shown(world.county, jobs, qtbot)
    assert "冲突(&T) 1" in [button.text() for button in screen.which.findChildren(QPushButton)]
    alt(qtbot, screen, "T")
    settle(jobs, qtbot)
    (conflict,) = conflicts.in_dispute(world.county)
    assert {each.office for each in conflict.candidates} == {"青原县卫生健康局", "石桥镇"}
    wanted = next(row for row, each in enumerate(conflict.candidates) if each.value == "00000000022")
    assert screen.page_of("conflicts").group.checkedButton() is None
    alt(qtbot, screen, "AB"[wanted])
    qtbot.keyClick(screen.focusWidget(), Qt.Key.Key_Return)
    assert screen.page_of("conflicts").form.fields["reason"].error == "请填写。"
    commit_text(screen.focusWidget(), "已电话核实")
    qtbot.keyClick(screen.focusWidget(), Qt.Key.Key_Return)
    settle(jobs, qtbot)
    assert conflicts.in_dispute(world.county) == []
    entry = entries.find(world.county, DISPUTED)
    assert entries.detail(world.county, entry).fields["phone"] == "00000000022"
    qtbot.keyClick(screen.page_of("conflicts"), Qt.Key.Key_PageDown)  # there is nothing to turn to any more
    assert screen.page_of("conflicts").empty.isVisible()
    alt(qtbot, screen, "S")
    settle(jobs, qtbot)
    alt(qtbot, screen, "C")
    settle(jobs, qtbot)
    assert screen.page_of("inbox").digest.property("digest") == digest(world.county)


def test_a_value_of_ones_own_settles_a_dispute_too(world, jobs, qtbot, commit_text):
    disputed(world)
    screen = shown(world.county, jobs, qtbot)
    alt(qtbot, screen, "T")
    settle(jobs, qtbot)
    alt(qtbot, screen, "V")
    qtbot.keyClicks(screen.focusWidget(), "00000000033")
    commit_text(screen.page_of("conflicts").form.fields["reason"].editor, "两边都是旧号")
    alt(qtbot, screen, "W")
    settle(jobs, qtbot)
    entry = entries.find(world.county, DISPUTED)
    assert entries.detail(world.county, entry).fields["phone"] == "00000000033"


def test_coverage_shows_the_employers_behind_the_number(world, screen, jobs, qtbot):
    receiving.take_in(world.county, sent(world.town, world))
    alt(qtbot, screen, "G")
    settle(jobs, qtbot)
    assert cells(screen.page_of("coverage").towns, 1) == ["1", "0"]
    assert cells(screen.page_of("coverage").towns, 4) == ["0.0 %", "无对象"]
    assert cells(screen.page_of("coverage").list, 0) == ["安泰机械厂"]
    alt(qtbot, screen, "I")
    settle(jobs, qtbot)
    assert not screen.page_of("coverage").list.view.isVisible()


def test_a_draw_that_comes_out_otherwise_is_said_in_words(world, screen, jobs, qtbot, monkeypatch):
    checks = [
        DrawCheck("1", "石桥镇", "2026-SQ-001", 1, DrawState.COMPUTED, ""),
        DrawCheck("2", "云岭乡", "2026-YL-001", 1, DrawState.COMPUTED, "不成立：抽取名单与重算一致。"),
        DrawCheck("3", "云岭乡", "2026-YL-002", 1, DrawState.COMMITTED, ""),
    ]
    monkeypatch.setattr(draw_checks, "check_draws", lambda _ctx: checks)
    alt(qtbot, screen, "K")
    settle(jobs, qtbot)
    assert cells(screen.page_of("draws").draws, 4) == ["一致", "不一致", "没有结果"]
    assert "有 1 次抽取重算后不一致" in screen.page_of("draws").summary.text()
    view = screen.page_of("draws").draws.view
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(view.model().index(1, 0)).center())
    qtbot.waitUntil(lambda: "请让镇街把公示材料送来核对" in screen.page_of("draws").particulars.text())


def test_a_bundle_for_the_towns_is_written_and_each_town_has_its_receipt_code(world, screen, jobs, qtbot):
    taken = receiving.take_in(world.county, sent(world.town, world))
    entries.add(world.county, {"name": "金麓陶瓷厂", "town": "000000001"}, "分派")
    alt(qtbot, screen, "J")
    settle(jobs, qtbot)
    assert cells(screen.page_of("down").codes, 1) == [taken.receipt, "还没有收到"]
    alt(qtbot, screen, "W")
    settle(jobs, qtbot)
    assert screen.page_of("down").send.outcome.headline.text() == "可以拔出优盘"
    (file,) = world.stick.glob("OH_000000000_*")
    assert receiving.take_in(world.town, file).applied == 3  # the employer, and the certificates of two towns' laptops
    assert cells(screen.page_of("down").written, 2) == ["未确认"]


def test_a_new_town_is_let_in_after_its_fingerprint_was_compared(world, screen, jobs, qtbot, monkeypatch, tmp_path):
    page = "ohdesk.ui.screens.county.towns_page."
    monkeypatch.setattr(page + "choose_target", lambda *_args: tmp_path / "card")
    alt(qtbot, screen, "L")
    settle(jobs, qtbot)
    alt(qtbot, screen, "M")
    settle(jobs, qtbot)
    folder = town_workspace(tmp_path / "new town", "000000009", "云坪街道")
    with open_workspace(folder, "李旸", PASSWORD, noon) as town:
        request = joining.write_request(town, tmp_path / "card", tmp_path / "request")
        monkeypatch.setattr(page + "choose_file", lambda *_args: tmp_path / "request")
        monkeypatch.setattr(page + "choose_target", lambda *_args: tmp_path / "answer")
        alt(qtbot, screen, "O")
        settle(jobs, qtbot)
        assert screen.page_of("towns").request_print.text().replace("\n", " ").replace("　", " ") == request.fingerprint
        assert not screen.page_of("towns").answer.isEnabled()
        alt(qtbot, screen, "Y")
        alt(qtbot, screen, "W")
        settle(jobs, qtbot)
        assert joining.accept(town, tmp_path / "answer").county == "青原县卫生健康局"
    assert "云坪街道" in cells(screen.page_of("towns").towns, 0)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stands_as_it_is_where_the_clerk_compares(world, screen, jobs, qtbot, tmp_path, name):
    joining.write_card(world.county, tmp_path / "card")
    folder = town_workspace(tmp_path / "hostile", "000000009", name)
    with open_workspace(folder, "李旸", PASSWORD, noon) as town:
        joining.write_request(town, tmp_path / "card", tmp_path / "request")
    screen.open("towns")
    page = screen.page_of("towns")
    page.read_request(tmp_path / "request")
    settle(jobs, qtbot)
    shown = [label for label in page.findChildren(QLabel) if name in label.text()]
    assert shown
    assert {label.textFormat() for label in page.findChildren(QLabel)} == {Qt.TextFormat.PlainText}
    joining.issue(world.county, tmp_path / "request", tmp_path / "answer")
    page.reload()
    settle(jobs, qtbot)
    assert name in cells(page.towns, 0)


def test_a_request_exchanged_after_the_comparison_is_not_answered(world, screen, jobs, qtbot, tmp_path):
    joining.write_card(world.county, tmp_path / "card")
    before = joining.towns(world.county)
    for name in ("云坪街道", "假云坪街道"):
        folder = town_workspace(tmp_path / name, "000000009", name)
        with open_workspace(folder, "李旸", PASSWORD, noon) as town:
            joining.write_request(town, tmp_path / "card", tmp_path / f"request of {name}")
    screen.open("towns")
    shutil.copy(tmp_path / "request of 云坪街道", tmp_path / "request")
    screen.page_of("towns").read_request(tmp_path / "request")
    settle(jobs, qtbot)
    alt(qtbot, screen, "Y")
    shutil.copy(tmp_path / "request of 假云坪街道", tmp_path / "request")
    screen.page_of("towns").issue(tmp_path / "answer")
    settle(jobs, qtbot)
    assert "核对之后换过" in screen.page_of("towns").problem.text()
    assert joining.towns(world.county) == before
    assert not (tmp_path / "answer").exists()


def test_the_towns_page_says_how_many_certificates_are_about_to_end(world, jobs, qtbot):
    late = dataclasses.replace(world.county, now=lambda: NOON.replace(year=2031, month=2, day=1))
    for ctx, said in ((world.county, ""), (late, "3 份证书即将到期或已到期")):
        screen = shown(ctx, jobs, qtbot)
        alt(qtbot, screen, "L")
        settle(jobs, qtbot)
        assert screen.page_of("towns").ending.text() == said


def keys_page(screen, jobs, qtbot):
    """The keys certified, opened from the towns' page."""
    for letter in "LB":
        alt(qtbot, screen, letter)
        settle(jobs, qtbot)
    return screen.page_of("towns").keys


def test_a_laptop_is_revoked_and_reinstated_by_key(world, screen, jobs, qtbot):
    bundle = sent(world.town, world)
    page = keys_page(screen, jobs, qtbot)
    assert cells(page.list, 5) == ["有效", "有效"]
    qtbot.waitUntil(page.revoke.isEnabled)
    assert not page.lend.isEnabled()  # laptops are not lent
    alt(qtbot, screen, "R")
    page.revoking.put("reason", "电脑被盗")
    alt(qtbot, screen, "Y")
    settle(jobs, qtbot)
    assert cells(page.list, 5).count("已吊销") == 1
    assert "电脑被盗" in cells(page.list, 6)[0]
    with pytest.raises(RevokedSenderError):
        receiving.take_in(world.county, bundle)
    page.list.reveal(page.list.shown[0].id)
    qtbot.waitUntil(page.reinstate.isEnabled)
    alt(qtbot, screen, "F")
    page.reinstating.put("reason", "已找回")
    alt(qtbot, screen, "Y")
    settle(jobs, qtbot)
    assert receiving.take_in(world.county, bundle).applied == 1


def test_an_inspector_is_lent_and_what_is_wrong_stands_at_its_field(world, jobs, qtbot, tmp_path):
    person = people.add_person(world.town, "王𠅤", "inspector", "DEMO-0001", "2028-12-31")
    accounts.add(world.town, "王𠅤", "zweites-wort", {Role.INSPECTOR}, person)
    enrol(tmp_path / "again", world.county, world.towns[:1])
    screen = shown(world.county, jobs, qtbot)
    page = keys_page(screen, jobs, qtbot)
    page.list.reveal(next(key.id for key in page.list.shown if key.name == "王𠅤"))
    qtbot.waitUntil(page.lend.isEnabled)
    alt(qtbot, screen, "D")
    for key, value in (("division", "000000001"), ("since", "2026-03-05"), ("until", "2026-03-06")):
        page.lending.put(key, value)
    alt(qtbot, screen, "Y")
    settle(jobs, qtbot)
    assert "本来就在这个镇街" in page.lending.fields["division"].error
    page.lending.put("division", "000000002")
    alt(qtbot, screen, "Y")
    settle(jobs, qtbot)
    assert ("云岭乡 000000002", "王𠅤") in zip(cells(page.list, 0), cells(page.list, 1), strict=True)


@pytest.mark.parametrize(("what", "field"), [("revoking", "reason"), ("lending", "division")])
def test_what_was_typed_about_a_certificate_is_there_again_after_a_lock(world, jobs, qtbot, commit_text, what, field):
    people.add_person(world.town, "王𠅤", "inspector", "T-1", "2027-12-31")
    accounts.add(world.town, "王𠅤", PASSWORD, {Role.INSPECTOR}, people.list_people(world.town)[0].id)
    enrol(world.stick / "trust", world.county, (world.town,))
    screen = shown(world.county, jobs, qtbot)
    screen.open("towns")
    settle(jobs, qtbot)
    keys = screen.page_of("towns").keys
    screen.page_of("towns").show_keys()
    settle(jobs, qtbot)
    keys.list.select(next(each.id for each in keys.list.shown if each.person))
    alt(qtbot, screen, "R" if what == "revoking" else "D")
    commit_text(getattr(keys, what).fields[field].editor, "000000002")
    assert screen.draft().page == "towns"
    again = shown(world.county, jobs, qtbot)
    again.take_draft(screen.draft())
    settle(jobs, qtbot)
    keys = again.page_of("towns").keys
    assert getattr(keys, what).isVisible()
    assert getattr(keys, what).value(field) == "000000002"
    assert again.focusWidget() in getattr(keys, what).findChildren(QWidget)


def test_the_countys_own_people_are_certified_by_key(world, jobs, qtbot):
    person = people.add_person(world.county, "苏映", "inspector", "X-1", "2028-12-31")
    accounts.add(world.county, "苏映", "zweites-wort", {Role.INSPECTOR}, person)
    screen = shown(world.county, jobs, qtbot)
    page = keys_page(screen, jobs, qtbot)
    alt(qtbot, screen, "E")
    settle(jobs, qtbot)
    assert ("青原县卫生健康局 000000", "苏映") in zip(cells(page.list, 0), cells(page.list, 1), strict=True)
    with qtbot.waitSignal(screen.done) as told:
        alt(qtbot, screen, "E")
        settle(jobs, qtbot)
    assert "没有要签发的" in told.args[0]


def test_every_page_fits_and_each_of_its_buttons_has_a_letter_of_its_own(world, jobs, qtbot):
    disputed(world)
    screen = shown(world.county, jobs, qtbot)
    for letter, page in PAGES.items():
        alt(qtbot, screen, letter)
        settle(jobs, qtbot)
        assert screen.page == page
        visible = [button for button in screen.findChildren(QPushButton) if button.isVisible()]
        letters = [re.search(r"&(\w)", button.text())[1] for button in visible]
        assert len(letters) == len(set(letters))
        assert not {"X", "Z"} & set(letters)
        assert sum(bool(button.property("primary")) for button in visible) <= 1
        if page == "towns" and not screen.page_of(page).keys.isVisible():
            screen.page_of(page).show_keys()
            qtbot.wait(0)
            again = [button for button in screen.findChildren(QPushButton) if button.isVisible()]
            letters = [re.search(r"&(\w)", button.text())[1] for button in again]
            assert len(letters) == len(set(letters))
    screen.resize(NARROW)
    qtbot.wait(0)
    assert screen.minimumSizeHint().width() <= NARROW.width()
    assert screen.minimumSizeHint().height() <= NARROW.height()


def proposed(world):
    """An employer of the first town that it says has moved to the second; the county has heard."""
    entry = entries.add(world.town, {"name": DISPUTED})
    entries.correct(world.town, entry, {"town": TOWNS[1][0]}, "厂房已搬走")
    receiving.take_in(world.county, sending.export(world.town, world.stick).path)
    return entry


def test_a_proposal_is_accepted_by_keys(world, jobs, qtbot):
    entry = proposed(world)
    screen = shown(world.county, jobs, qtbot)
    alt(qtbot, screen, "U")
    settle(jobs, qtbot)
    page = screen.page_of("proposals")
    assert (cells(page.list, 0), cells(page.list, 1)) == ([DISPUTED], [TOWNS[0][1]])
    alt(qtbot, screen, "W")
    settle(jobs, qtbot)
    assert entries.detail(world.county, entry).fields["town"] == TOWNS[1][0]
    assert page.accept.isHidden()
    assert "已采纳" in cells(page.list, 4)[0]


def test_a_proposal_to_move_an_employer_names_both_towns(world, jobs, qtbot):
    proposed(world)
    screen = shown(world.county, jobs, qtbot)
    alt(qtbot, screen, "U")
    settle(jobs, qtbot)
    said = " ".join(label.text() for label in screen.page_of("proposals").pane.findChildren(QLabel))
    assert "石桥镇 000000001 → 云岭乡 000000002" in said


def test_a_proposal_is_declined_with_a_reason_that_is_there_again_after_a_lock(world, jobs, qtbot, commit_text):
    entry = proposed(world)
    screen = shown(world.county, jobs, qtbot)
    alt(qtbot, screen, "U")
    settle(jobs, qtbot)
    alt(qtbot, screen, "N")
    commit_text(screen.page_of("proposals").form.fields["reason"].editor, "尚未搬迁")
    again = shown(world.county, jobs, qtbot)
    again.take_draft(screen.draft())
    settle(jobs, qtbot)
    page = again.page_of("proposals")
    assert page.form.value("reason") == "尚未搬迁"
    alt(qtbot, again, "W")
    settle(jobs, qtbot)
    assert entries.detail(world.county, entry).fields["town"] == TOWNS[0][0]
    assert "未采纳" in cells(page.list, 4)[0]


def test_a_value_that_may_not_stand_on_the_roll_is_refused_in_its_field(world, jobs, qtbot, commit_text):
    entry = disputed(world, "exposed_workers", ("31", "29"))
    screen = shown(world.county, jobs, qtbot)
    alt(qtbot, screen, "T")
    settle(jobs, qtbot)
    alt(qtbot, screen, "V")
    commit_text(screen.focusWidget(), "三十人")
    commit_text(screen.page_of("conflicts").form.fields["reason"].editor, "已电话核实")
    alt(qtbot, screen, "W")
    assert "应为整数人数" in screen.page_of("conflicts").form.fields["value"].error
    assert len(conflicts.in_dispute(world.county)) == 1
    assert screen.draft().typed.typed == {"value": "三十人", "reason": "已电话核实"}
    assert entries.detail(world.county, entry).contested == ("exposed_workers",)


def settling(world, jobs, qtbot, commit_text):
    """Show a dispute with a decision half written: a value of one's own, and no reason yet."""
    screen = shown(world.county, jobs, qtbot)
    alt(qtbot, screen, "T")
    settle(jobs, qtbot)
    alt(qtbot, screen, "V")
    commit_text(screen.focusWidget(), "00000000033")
    return screen, screen.page_of("conflicts")


def test_a_decision_half_written_is_not_thrown_away_unasked(world, jobs, qtbot, commit_text):
    disputed(world)
    disputed_again(world)
    screen, page = settling(world, jobs, qtbot, commit_text)
    before = page.question.text()
    for leave in (Qt.Key.Key_Escape, Qt.Key.Key_PageDown):
        qtbot.keyClick(screen.focusWidget(), leave)
        assert page.form.value("value") == "00000000033"
        assert page.question.text() == before
        qtbot.keyClick(screen.focusWidget(), Qt.Key.Key_Escape)  # the question's safe answer
    alt(qtbot, screen, "S")
    alt(qtbot, screen, "T")
    assert page.form.value("value") == "00000000033"
    qtbot.keyClick(screen.focusWidget(), Qt.Key.Key_PageDown)
    alt(qtbot, screen, "Y")
    assert page.form.isHidden()
    assert page.question.text() != before


def test_a_decision_half_written_is_there_again_after_a_lock(world, jobs, qtbot, commit_text):
    disputed(world)
    disputed_again(world)
    screen, page = settling(world, jobs, qtbot, commit_text)
    typed, question = screen.draft(), page.question.text()
    again = shown(world.county, jobs, qtbot)
    again.take_draft(typed)
    settle(jobs, qtbot)
    assert again.page == "conflicts"
    assert again.page_of("conflicts").question.text() == question
    assert again.page_of("conflicts").form.value("value") == "00000000033"


def test_disputes_are_read_one_at_a_time_wherever_one_stands(world, jobs, qtbot):
    entry = disputed(world)
    disputed_again(world)
    by_name = conflicts.in_dispute(world.county)
    assert [each.field for each in by_name] == ["contact", "phone"]
    assert conflicts.waiting(world.county) == 2
    for asked, at in ((-1, 0), (0, 0), (1, 1), (7, 1)):  # settled meanwhile, there may be fewer than there were
        turned = conflicts.turn_to(world.county, asked)
        assert (turned.at, turned.count, turned.conflict) == (at, 2, by_name[at])
    assert conflicts.turn_to(world.county, 0, (entry, "phone")).at == 1
    assert conflicts.turn_to(world.county, 1, (entry, "address")).at == 1
    assert conflicts.turn_to(world.town, 3) == conflicts.Turned(0, 0, None)
    screen = shown(world.county, jobs, qtbot)
    alt(qtbot, screen, "T")
    settle(jobs, qtbot)
    page, seen = screen.page_of("conflicts"), []
    for _ in range(3):
        seen.append((page.place.text(), page.question.text().split("　")[1]))
        qtbot.keyClick(page, Qt.Key.Key_PageDown)
    first, last = ("第 1 处，共 2 处", by_name[0].heading), ("第 2 处，共 2 处", by_name[1].heading)
    assert seen == [first, last, first]


def test_the_focus_stays_in_the_page_after_a_dispute_is_settled(world, jobs, qtbot, commit_text):
    disputed(world)
    desk = Desk(world.county, jobs)
    qtbot.addWidget(desk)
    desk.resize(WIDE)
    bring_forward(desk, qtbot)
    desk.show_screen("county")
    settle(jobs, qtbot)
    screen = desk.screen_of("county")
    for letter in ("T", "A"):
        alt(qtbot, screen, letter)
        settle(jobs, qtbot)
    commit_text(screen.focusWidget(), "已电话核实")
    qtbot.keyClick(screen.focusWidget(), Qt.Key.Key_Return)
    settle(jobs, qtbot)
    assert conflicts.in_dispute(world.county) == []
    qtbot.waitUntil(lambda: screen.isAncestorOf(QApplication.focusWidget()))
    alt(qtbot, screen, "G")
    assert screen.page == "coverage"


def test_whoever_may_not_gather_or_settle_is_told_so(world, jobs, qtbot):
    disputed(world)
    reader = shown(as_only(Role.ADMINISTRATOR, world.county), jobs, qtbot)
    inbox, down = reader.page_of("inbox"), reader.page_of("down")
    assert refused(inbox.files, inbox.button, down.send.button) == ["选择文件…(&O)", "全部汇入(&W)", "写出下发包(&W)"]
    assert not inbox.acceptDrops()
    assert reader.focusWidget() is inbox.places.choice
    reader.open("conflicts")
    settle(jobs, qtbot)
    page = reader.page_of("conflicts")
    assert refused(*page.group.buttons()) == ["都不对，另写(&V)", "采用这个值(&A)", "采用这个值(&B)"]


def test_whoever_may_not_certify_is_told_so_before_the_telephone_call(world, jobs, qtbot):
    reader = shown(as_only(Role.SUPERVISOR, world.county), jobs, qtbot)
    reader.open("towns")
    settle(jobs, qtbot)
    page = reader.page_of("towns")
    writing = (page.write, page.root, page.open, page.answer)
    assert len(refused(*writing)) == len(writing)


def test_what_a_town_sent_is_written_back_for_the_laptop_selected(world, screen, jobs, qtbot, monkeypatch, tmp_path):
    receiving.take_in(world.county, sent(world.town, world))
    folder = town_workspace(tmp_path / "new laptop")
    with open_workspace(folder, "李旸", PASSWORD, noon) as laptop:
        joining.write_card(world.county, tmp_path / "card")
        joining.write_request(laptop, tmp_path / "card", tmp_path / "request")
        joining.issue(world.county, tmp_path / "request", tmp_path / "answer")
        monkeypatch.setattr("ohdesk.ui.screens.county.towns_page.choose_folder", lambda *_args: tmp_path)
        screen.open("towns")
        page = screen.page_of("towns")
        page.reload()
        settle(jobs, qtbot)
        assert page.towns.reveal(laptop.office.replica)
        page.snapshot.click()
        settle(jobs, qtbot)
        (file,) = tmp_path.glob("OH_000000000_*.ohb")
        assert outline(file).head.bundle_class == "snapshot"
