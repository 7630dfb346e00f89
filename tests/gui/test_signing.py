"""Signing on screen: the laptop turned round, strokes by the mouse, both inspectors, every refusal in its place."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pypdfium2
import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from ohdesk.db.queries.operations import content_of
from ohdesk.domain.visit import Ending
from ohdesk.services.office import people
from ohdesk.services.record import finalizing, ink, views
from ohdesk.services.record.party_statement import party_before
from ohdesk.services.register import entries
from ohdesk.services.visit import conduct, filling, lookup, photos
from ohdesk.ui import theme
from ohdesk.ui.desk import Desk
from ohdesk.ui.kit import scan_page
from ohdesk.ui.screens.record import ink_page
from ohdesk.ui.screens.unlock.cards import Credentials
from ohdesk.ui.window import Window
from tests import pkcs12_files
from tests.conftest import noon, numbered
from tests.gui.signing_seat import Seat, card_of
from tests.scanned import jpeg, printed
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import FIRST, OWN, SECOND, World, picture

Key, Left, CTRL = Qt.Key, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> World:
    world = record_world.filled(tmp_path_factory.mktemp("filled") / "town")
    with world.opened() as ctx:
        photos.attach_photo(ctx, world.visit, "", picture(), photos.Caption(text="打磨车间"))
    return world


@pytest.fixture(scope="module")
def at_the_gate(tmp_path_factory) -> World:
    world = record_world.make(tmp_path_factory.mktemp("gate") / "town")
    with world.opened() as ctx:
        conduct.end_without_checklist(ctx, world.visit, Ending("closed", "门牌或厂区照片", "大门上锁，电表停转。"))
    return world


@pytest.fixture
def world(filled, tmp_path) -> World:
    return record_world.copied(filled, tmp_path / "town")


@pytest.fixture
def seat(jobs, qtbot) -> Iterator[Callable[..., Seat]]:
    with ExitStack() as opened:

        def sit_down(world: World, account: str = FIRST) -> Seat:
            at = Seat(opened.enter_context(world.opened(account)), jobs, qtbot)
            qtbot.addWidget(at.desk)
            return at

        yield sit_down
        jobs.wait()


def test_a_signature_by_the_mouse_and_two_passwords_make_a_record_that_pdfsig_accepts(seat, world, tmp_path):
    at = seat(world)
    at.prepare(world.visit)
    shown = at.flow.prepare
    assert (shown.party.name, shown.party.position) == ("陈某", "安全主管")
    at.sign()
    assert "还差：王䶮" in at.flow.conclude.status
    hands = at.flow.conclude.hands
    first = next(hand for hand in hands.pads if hand.name == FIRST)
    assert not hands.pads[first].isVisible()
    hands.people.choose("0")
    at.settle()
    at.write(hands.pads[first])
    at.conclude()
    assert at.flow.result.number.text() == numbered(at.ctx, 1)
    final = finalizing.final_record(at.ctx, world.visit)
    assert at.flow.result.fingerprint.text().replace(" ", "") == final.record_sha256
    target = tmp_path / "record.pdf"
    at.desk.screen_of("record").save_to(at.flow.result.paper, target)
    at.settle()
    told = subprocess.run(["pdfsig", "-nocert", target], capture_output=True).stdout.decode()
    assert told.count("Signature is Valid") == 2
    assert told.count("Total document signed") == 1
    text = subprocess.run(["pdftotext", target, "-"], capture_output=True).stdout.decode()
    assert "草稿" not in text
    with at.ctx.reading() as session:
        held = content_of(session, lookup.find_record(session, world.visit))["strokes"]
    assert [(one["role"], one["name"], len(one["strokes"])) for one in held] == [
        ("party", "陈某", 2),
        ("inspector", FIRST, 2),
    ]


def test_papers_are_printed_signed_with_the_pen_and_photographed_by_keys_alone(seat, world, tmp_path, monkeypatch):
    at, folder = seat(world), tmp_path / "stick"
    folder.mkdir()
    monkeypatch.setattr(ink_page, "choose_folder", lambda *_: folder)
    at.desk.show_screen("record", world.visit)
    at.settle()
    at.key(Key.Key_Return, CTRL)  # ink is what is proposed
    assert at.flow.page is at.flow.ink
    at.press(at.flow.ink.save)  # there is no printer here
    at.flow.ink.go_back()
    at.flow.prepare.go_back()
    at.desk.show_screen("record", world.visit)  # the next day
    at.settle()
    assert at.flow.page is at.flow.ink
    sheets = [printed(paper.read_bytes(), 1 + page, 120) for paper in folder.iterdir() for page in range(pages(paper))]
    for number, sheet in enumerate(sheets):
        (folder / f"{number}.jpg").write_bytes(jpeg(sheet.rotate(180)))
    monkeypatch.setattr(scan_page, "choose_files", lambda *_: sorted(folder.glob("*.jpg")))
    at.key(Key.Key_Return)  # the focus is on what chooses the pictures
    at.key(Key.Key_Return, CTRL)
    assert at.flow.page is at.flow.conclude
    at.look_through(at.flow.conclude)
    at.second_password()
    at.key(Key.Key_Return, CTRL)
    assert at.flow.result.number.text() == numbered(at.ctx, 1)
    assert views.open_record(at.ctx, world.visit).signed_in == "ink"


def test_the_party_chooses_paper_while_it_reads_and_gets_it(seat, world):
    at = seat(world)
    at.prepare(world.visit)
    at.press(at.flow.prepare.go)
    assert at.flow.page is at.flow.signing
    at.press(at.flow.signing.on_paper)
    at.give_own_password(OWN[FIRST])
    assert at.flow.page is at.flow.ink
    assert ink.awaited(at.ctx, world.visit) is not None
    at.flow.ink.go_back()
    assert at.flow.prepare.in_ink


def test_where_the_county_consented_in_writing_the_screen_is_proposed(seat, world):
    consent = {"kind": "electronic", "title": "同意函", "valid_from": "2026-03-02"}
    with world.opened() as ctx:
        entries.add(ctx, "county_papers", consent)
    at = seat(world)
    at.desk.show_screen("record", world.visit)
    at.settle()
    assert not at.flow.prepare.in_ink
    at.sign()
    at.conclude()
    assert views.open_record(at.ctx, world.visit).signed_in == "electronic"


def pages(path):
    with pypdfium2.PdfDocument(path) as document:
        return len(document)


def test_the_pad_is_there_only_after_every_page_or_when_it_was_read_out(seat, world):
    at = seat(world)
    at.prepare(world.visit)
    at.press(at.flow.prepare.go)
    signing = at.flow.signing
    reading = signing.reading
    seconds = 0.0
    reading.clock = lambda: seconds
    reading.look()
    assert not signing.pad.isVisible()
    at.hands.keyClick(reading.view.pdf.pages, Key.Key_End)  # jumped over, the others were not read
    at.settle()
    reading.look()
    seconds = 1.9
    reading.look()
    assert reading.said.startswith("还有 7 页没有看过：《现场检查笔录》第 1、2 页，《现场检查表》第 1、2、")
    seconds = 2.0
    reading.look()
    assert reading.said.startswith("还有 6 页没有看过：《现场检查笔录》第 1 页，《现场检查表》第 1、2、")
    assert signing.status == "还差：看完每一页、陈某签名"
    at.hands.mouseClick(signing.read_out, Left, pos=QPoint(10, signing.read_out.height() // 2))
    assert signing.pad.isVisible()
    at.hands.mouseClick(signing.read_out, Left, pos=QPoint(10, signing.read_out.height() // 2))
    assert not signing.pad.isVisible()
    at.look_through()
    assert signing.pad.isVisible()
    assert signing.status == "还差：陈某签名"
    assert not signing.finish.isEnabled()


def test_every_word_of_the_page_that_is_turned_round_is_large(seat, world):
    at = seat(world)
    at.prepare(world.visit)
    at.press(at.flow.prepare.go)
    signing = at.flow.signing
    signing.opinions.choose("objected")
    sheet = sizes(signing.cards.parentWidget())
    signing.ask_to_leave()
    gate = sizes(signing.gate)
    assert {"哪里有异议", "密码"} <= {*sheet, *gate}
    assert set(sheet.values()) | set(gate.values()) == {theme.size("font_question")}


def sizes(page):
    """The size of type, in pixels, of each text of a page that can be seen."""
    return {label.text(): label.font().pixelSize() for label in page.findChildren(QLabel) if label.isVisible()}


def test_an_objection_written_by_the_party_changes_the_fingerprint_and_asks_for_the_pen_again(seat, world, commit_text):
    at = seat(world)
    at.prepare(world.visit)
    at.press(at.flow.prepare.go)
    at.look_through()
    at.write()
    signing = at.flow.signing
    before = signing.digits.text()
    signing.opinions.choose("objected")
    assert signing.pad.is_empty
    assert not signing.finish.isEnabled()
    commit_text(signing.statement, "噪声检测报告尚未取回。")
    at.hands.waitUntil(lambda: signing.digits.text() != before, timeout=30_000)
    at.settle()
    assert not signing.pad.isVisible()  # it says something else now
    at.look_through()
    at.write()
    at.press(signing.finish)
    at.give_own_password(OWN[FIRST])
    assert at.flow.prepare.party.statement == "噪声检测报告尚未取回。"  # whoever goes back finds it there
    at.conclude()
    party = finalizing.final_record(at.ctx, world.visit).record.party
    assert (party.way, party.statement) == ("objected", "噪声检测报告尚未取回。")


def test_a_refused_signature_is_witnessed(seat, world, commit_text):
    at = seat(world)
    at.prepare(world.visit)
    form = at.flow.prepare.party_form
    at.hands.mouseClick(form.ways["refused"], Left)
    assert at.flow.prepare.status == "还差：拒签原因、见证人或录像"
    commit_text(form.lines["reason"], "认为与事实不符")
    commit_text(form.lines["witness"], "唐晴（石桥村委会）")
    at.flow.prepare.flush()
    at.settle()
    at.sign()
    at.conclude()
    final = finalizing.final_record(at.ctx, world.visit)
    assert (final.record.party.way, final.record.party.witness) == ("refused", "唐晴（石桥村委会）")
    with at.ctx.reading() as session:
        held = content_of(session, lookup.find_record(session, world.visit))["strokes"]
    assert [one["role"] for one in held] == ["witness"]


def test_at_a_closed_gate_nobody_is_handed_the_pen(seat, at_the_gate, tmp_path):
    world = record_world.copied(at_the_gate, tmp_path / "town")
    at = seat(world)
    at.prepare(world.visit)
    form = at.flow.prepare.party_form
    at.hands.mouseClick(form.ways["absent"], Left)
    form.lines["reason"].setFocus()
    at.hands.keyClicks(form.lines["reason"], "gate locked")
    at.flow.prepare.flush()
    at.settle()
    at.press(at.flow.prepare.go)
    assert at.flow.page is at.flow.conclude
    assert not at.desk.in_kiosk
    at.second_password()
    assert at.flow.conclude.status == "还差：看完每一页"
    at.look_through(at.flow.conclude)
    at.conclude()
    final = finalizing.final_record(at.ctx, world.visit)
    assert (final.record.outcome_proof.split("：")[0], final.record.party.way) == ("门牌或厂区照片", "absent")


def test_a_wrong_second_password_is_said_beside_it_and_nothing_is_lost(seat, world):
    at = seat(world)
    at.prepare(world.visit)
    at.sign()
    at.second_password("not-the-password")
    at.press(at.flow.conclude.finalize)
    assert "密码不正确" in card_of(at.flow.conclude, SECOND).field.error
    assert not views.is_final(at.ctx, world.visit)
    at.second_password()
    at.hands.keyClick(card_of(at.flow.conclude, SECOND).password, Key.Key_Return)
    at.settle()
    assert views.is_final(at.ctx, world.visit)
    assert party_before(at.ctx, world.visit)[0].statement == ""


def test_a_certificate_file_is_chosen_in_the_place_of_an_account_and_told_at_its_field(seat, world, tmp_path):
    path = pkcs12_files.of_another_authority(tmp_path / "second.p12", SECOND)
    at = seat(world)
    at.prepare(world.visit)
    at.sign()
    card = card_of(at.flow.conclude, SECOND)
    card.ways.choose("file")
    assert "还差：王䶮" in at.flow.conclude.status
    at.hands.keyClicks(card.file.line, str(path))
    at.hands.keyClicks(card.password, "wrong")
    at.press(at.flow.conclude.finalize)
    assert "密码不正确" in card.field.error
    card.password.clear()
    at.hands.keyClicks(card.password, pkcs12_files.SECRET)
    at.press(at.flow.conclude.finalize)
    assert "没有在本单位登记" in card.file_field.error
    assert not views.is_final(at.ctx, world.visit)
    card.ways.choose("account")
    at.conclude()
    assert views.is_final(at.ctx, world.visit)


def test_whoever_is_logged_in_without_being_on_the_visit_needs_both_passwords(seat, world):
    at = seat(world, "李旸")
    at.prepare(world.visit)
    assert "两人都要输入" in at.flow.prepare.header._about.text()
    at.press(at.flow.prepare.go)
    at.look_through()
    at.write()
    at.press(at.flow.signing.finish)
    at.give_own_password("ohdesk-test")
    conclude = at.flow.conclude
    assert conclude.status == f"还差：{FIRST}、{SECOND}"
    for name in (FIRST, SECOND):
        at.hands.keyClicks(card_of(conclude, name).password, OWN[name])
    at.press(conclude.finalize)
    assert views.is_final(at.ctx, world.visit)


def test_a_certificate_that_expired_is_named_before_anybody_signs(seat, world):
    with world.opened("李旸") as ctx:
        second = next(person for person in people.list_people(ctx) if person.name == SECOND)
        people.correct_person(ctx, replace(second, certificate_until="2026-03-01"))
    at = seat(world)
    at.prepare(world.visit)
    assert f"{SECOND}不能签名：执法证已于 2026-03-01 到期" in at.flow.prepare.status
    assert not at.flow.prepare.go.isEnabled()


def test_what_changed_after_it_was_shown_is_not_signed(seat, world):
    at = seat(world)
    at.prepare(world.visit)
    at.sign()
    question = filling.open_form(at.ctx, world.visit).form.questions[3]
    answer = filling.open_form(at.ctx, world.visit).answers[question.id].answer
    filling.save_answer(at.ctx, world.visit, question.id, type(answer)(answer.value, reason="改过的原因。"))
    at.conclude()
    assert "核对之后笔录内容有了变化" in at.flow.conclude.fault
    at.press(next(each for each in at.flow.conclude.findChildren(QPushButton) if "返回准备" in each.text()))
    assert at.flow.page is at.flow.prepare
    at.sign()
    at.conclude()
    assert views.is_final(at.ctx, world.visit)


def test_a_character_that_no_font_has_is_named_before_signing(seat, world, commit_text):
    at = seat(world)
    at.prepare(world.visit)
    commit_text(at.flow.prepare.party_form.lines["name"], "\U000f0000")
    at.flow.prepare.flush()
    at.settle()
    assert "U+F0000" in at.flow.prepare.fault
    assert not at.flow.prepare.go.isEnabled()


def test_what_keeps_the_visit_from_being_final_leads_back_to_it(seat, tmp_path):
    world = record_world.make(tmp_path / "unfilled")
    at = seat(world)
    wanted = []
    at.desk.screen_of("record").wanted.connect(lambda *where: wanted.append(where))
    at.prepare(world.visit)
    assert "没有作答" in at.flow.prepare.problems.text()
    assert not at.flow.prepare.go.isEnabled()
    at.hands.mouseClick(at.flow.prepare.fix, Left)
    assert wanted == [("visit", world.visit)]


def test_what_was_filled_in_before_signing_outlives_the_program(seat, world, commit_text):
    at = seat(world)
    at.prepare(world.visit)
    commit_text(at.flow.prepare.party_form.lines["position"], "兼工会主席")
    at.desk.show_screen("roll")
    at.settle()
    again = Desk(at.ctx, at.jobs)
    at.hands.addWidget(again)
    again.show_screen("record", world.visit)
    at.settle()
    assert again.screen_of("record").flow.prepare.party.position == "安全主管兼工会主席"


@pytest.fixture
def window(world, qtbot) -> Iterator[Window]:
    QSettings().setValue("workspace/place", [str(world.folder), "record"])
    window = Window(world.folder, noon)
    window.resize(1366, 705)
    qtbot.addWidget(window)
    window.show()
    window.open_workspace(Credentials(world.folder, FIRST, OWN[FIRST]))
    qtbot.waitUntil(lambda: window.desk is not None, timeout=10_000)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)  # shortcuts belong to the window in front
    yield window
    window.close()


def _settle(window: Window) -> None:
    for _ in range(3):
        window.jobs.wait()
        QApplication.processEvents()


def _turned_round(window: Window, world: World, qtbot):
    window.desk.show_screen("record", world.visit)
    _settle(window)
    flow = window.desk.screen_of("record").flow
    flow.prepare.sign_in.choose("electronic")
    qtbot.mouseClick(flow.prepare.go, Left)
    _settle(window)
    assert window.desk.in_kiosk
    return flow


def test_while_the_laptop_is_turned_round_no_key_leads_anywhere(window, world, qtbot):
    qtbot.keyClick(window, Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert window.desk.current == "roll"
    _settle(window)
    flow = _turned_round(window, world, qtbot)
    for key in (Key.Key_1, Key.Key_2, Key.Key_4, Key.Key_8):
        qtbot.keyClick(window, key, Qt.KeyboardModifier.AltModifier)
    for key in (Key.Key_F1, Key.Key_F5):
        qtbot.keyClick(window, key)
    assert window.desk.current == "record"
    assert flow.page is flow.signing
    assert not window.desk._sidebar.isVisible()
    assert not window.desk.shows_keys


def test_only_the_inspectors_own_password_leaves_the_signing_page(window, world, qtbot):
    flow = _turned_round(window, world, qtbot)
    qtbot.keyClick(flow.signing.reading.view.pdf.pages, Key.Key_Escape)
    gate = flow.signing.gate
    assert gate.isVisible()
    qtbot.keyClicks(gate.focusWidget(), OWN[SECOND])
    qtbot.keyClick(gate.focusWidget(), Key.Key_Return)
    _settle(window)
    assert flow.page is flow.signing
    assert gate.isVisible()
    assert window.desk.in_kiosk
    qtbot.keyClicks(gate.focusWidget(), OWN[FIRST])
    qtbot.keyClick(gate.focusWidget(), Key.Key_Return)
    _settle(window)
    assert flow.page is flow.prepare
    assert not window.desk.in_kiosk


def test_locking_the_signing_page_comes_back_to_the_preparation(window, world, qtbot):
    _turned_round(window, world, qtbot)
    qtbot.keyClick(window, Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert window.desk is None
    window.open_workspace(Credentials(world.folder, FIRST, OWN[FIRST]))
    qtbot.waitUntil(lambda: window.desk is not None, timeout=10_000)
    _settle(window)
    flow = window.desk.screen_of("record").flow
    assert flow.page is flow.prepare
    assert flow.prepare.party.name == "陈某"
