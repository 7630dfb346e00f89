"""转出与接收, driven as a user drives it: offered, passed on, answered, taken back."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QListWidget, QPushButton

from ohdesk.domain.visit import Ending
from ohdesk.services.pictures.taking import clean_picture
from ohdesk.services.roll import entries, life_cycle, transfer
from ohdesk.services.roll.transfer import Stage, Step
from ohdesk.services.start import today
from ohdesk.services.visit import conduct
from ohdesk.ui.screens.county.screen import CountyScreen
from ohdesk.ui.screens.roll.screen import RollScreen
from ohdesk.ui.screens.today.attention import attention
from tests.gui.showing import WIDE, in_front, said
from tests.rectifying import finalize, visit_of
from tests.unit.services.exchange.bundle_world import TOWNS, copied_world, pass_on
from tests.visiting import add_firm, picture

OTHER = TOWNS[1][0]
WHY = "已搬到对方辖区，已现场核实"


@pytest.fixture
def world(tmp_path):
    with copied_world(tmp_path / "world", TOWNS[:2]) as opened:
        yield opened


@pytest.fixture
def firm(world):
    """An employer of the first town that is offered to the second."""
    entry = entries.add(world.town, {"name": "青溪竹器厂", "phone": "000-1"})
    transfer.offer(world.town, entry, OTHER, WHY)
    pass_on(world, world.town, world.county)
    return entry


def at(ctx, jobs, qtbot, firm):
    """The page, as a line of 今日 or the employer's detail leads to it."""
    screen = in_front(RollScreen(ctx, jobs), qtbot, WIDE)
    screen.open(f"transfer:{firm}")
    qtbot.waitUntil(lambda: screen.transfers.list.current is not None and screen.transfers.isVisible(), timeout=10_000)
    qtbot.waitUntil(lambda: bool(offered(screen.transfers)), timeout=10_000)
    return screen.transfers


def offered(page):
    return [step for step, button in page.acts.items() if button.isVisible()]


def led_to(ctx):
    """What 今日 says first of employers, and where it leads."""
    lines = attention(today.agenda(ctx), today.backlog(ctx))
    return next((each.title, each.screen, each.thing) for each in lines if each.role == "employer")


def press(qtbot, page, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(page.window().focusWidget() or page, key, modifier)
    qtbot.waitUntil(lambda: not any(each.isDown() for each in page.findChildren(QPushButton)))  # a letter's click


def stage(ctx, firm):
    one = transfer.transfer_of(ctx, firm)
    return None if one is None else one.stage


def test_the_county_passes_an_offer_on_and_the_new_town_accepts_it_by_keyboard(world, jobs, qtbot, firm):
    page = at(world.county, jobs, qtbot, firm)
    assert offered(page) == [Step.PASS_ON, Step.TAKE_BACK]
    press(qtbot, page, Qt.Key.Key_E, Qt.KeyboardModifier.AltModifier)
    assert page.form.isVisible()
    press(qtbot, page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: stage(world.county, firm) is Stage.PASSED, timeout=10_000)
    pass_on(world, world.county, *world.towns)
    line = led_to(world.towns[1])
    assert line == ("1 家转来的单位等本镇街答复", "roll", f"transfer:{firm}")
    page = at(world.towns[1], jobs, qtbot, firm)
    assert offered(page) == [Step.ACCEPT, Step.RETURN]
    press(qtbot, page, Qt.Key.Key_E, Qt.KeyboardModifier.AltModifier)
    press(qtbot, page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: stage(world.towns[1], firm) is Stage.ACCEPTED, timeout=10_000)
    qtbot.waitUntil(lambda: offered(page) == [], timeout=10_000)


def test_the_county_sees_on_its_summary_that_an_offer_waits(world, jobs, qtbot, firm):
    screen = in_front(CountyScreen(world.county, jobs), qtbot, WIDE)
    qtbot.waitUntil(screen.transfers.isVisible, timeout=10_000)
    assert "1 家转出等转下去" in screen.transfers.text()
    with qtbot.waitSignal(screen.wanted) as told:
        press(qtbot, screen, Qt.Key.Key_8, Qt.KeyboardModifier.AltModifier)
    assert told.args == ["roll", "transfers"]


def test_returning_asks_why_and_keeps_what_was_typed_over_a_lock(world, jobs, qtbot, firm):
    transfer.pass_on(world.county, firm)
    pass_on(world, world.county, *world.towns)
    page = at(world.towns[1], jobs, qtbot, firm)
    page.acts[Step.RETURN].click()
    press(qtbot, page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.form.fields["reason"].error), timeout=10_000)
    assert (page.form.isVisible(), stage(world.towns[1], firm)) == (True, Stage.PASSED)
    page.form.put("reason", "不在本镇")
    draft = page.draft()
    other = in_front(RollScreen(world.towns[1], jobs), qtbot, WIDE)
    other.take_draft(draft)
    qtbot.waitUntil(lambda: other.transfers.form.isVisible(), timeout=10_000)
    assert other.draft() == draft
    press(qtbot, other, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: stage(world.towns[1], firm) is Stage.RETURNED, timeout=10_000)


def test_an_employer_is_offered_from_its_page_and_taken_back(ctx, jobs, qtbot):
    firm = entries.add(ctx, {"name": "青溪竹器厂"})
    screen = in_front(RollScreen(ctx, jobs), qtbot, WIDE)
    screen.open(firm)
    pane = screen.roll.pane
    qtbot.waitUntil(lambda: "转出…" in pane.transfer.text(), timeout=10_000)
    pane.transfer.click()
    form = screen.roll.acts.offering.form
    for given, wrong in (("无此镇", True), ("000000", True), (OTHER, False)):
        form.put("transfer_to", given)
        form.put("reason", WHY)
        press(qtbot, screen, Qt.Key.Key_Return)
        qtbot.waitUntil(form.submit.isEnabled if wrong else form.isHidden, timeout=10_000)
        assert (form.isHidden(), stage(ctx, firm) is None) == (not wrong, wrong)
    assert stage(ctx, firm) is Stage.OFFERED
    qtbot.waitUntil(lambda: "进度" in pane.transfer.text(), timeout=10_000)
    page = at(ctx, jobs, qtbot, firm)
    page.acts[Step.TAKE_BACK].click()
    page.form.put("reason", "不搬了")
    press(qtbot, page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: stage(ctx, firm) is None, timeout=10_000)


def test_a_state_that_a_visit_suggests_stands_on_today_and_leads_to_the_employer(ctx):
    firm = add_firm(ctx)
    visit = visit_of(ctx, firm, "2026-03-02")
    conduct.end_without_checklist(ctx, visit, Ending("moved", "门牌或厂区照片", "已搬空"))
    finalize(ctx, visit)
    assert led_to(ctx) == ("1 家单位的状态待登记", "roll", firm)
    life_cycle.accept(ctx, firm)
    with pytest.raises(StopIteration):
        led_to(ctx)


def test_a_state_is_set_down_by_keyboard_with_a_photo_and_the_photo_is_saved_from_the_page(
    ctx, jobs, qtbot, tmp_path, monkeypatch
):
    firm = entries.add(ctx, {"name": "青溪竹器厂"})
    screen = in_front(RollScreen(ctx, jobs), qtbot, WIDE)
    screen.open(firm)
    pane = screen.roll.pane
    qtbot.waitUntil(pane.state.isVisible, timeout=10_000)
    press(qtbot, screen, Qt.Key.Key_H, Qt.KeyboardModifier.AltModifier)
    stating = screen.roll.acts.stating
    form = stating.form
    assert form.isVisible()
    words = tmp_path / "说明.txt"
    words.write_text("已搬走", encoding="utf-8")
    (tmp_path / "门牌.jpg").write_bytes(picture())
    for key, value in (("status", "搬迁"), ("status_on", "2026-03-01"), ("status_proof", "门牌照片"), ("reason", WHY)):
        form.put(key, value)
    stating.take_file(words)
    press(qtbot, screen, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "说明.txt" in stating.choose.text() and "照片或 PDF" in said(form), timeout=10_000)
    stating.take_file(tmp_path / "门牌.jpg")
    form.focus_first()
    press(qtbot, screen, Qt.Key.Key_Return)
    qtbot.waitUntil(form.isHidden, timeout=10_000)
    assert entries.detail(ctx, firm).fields["status"] == "搬迁"
    qtbot.waitUntil(lambda: bool(proofs(pane)), timeout=10_000)
    target = tmp_path / "copy.jpg"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_named: (str(target), ""))
    (lines,) = proofs(pane)
    with qtbot.waitSignal(screen.saved, timeout=10_000):
        lines.itemActivated.emit(lines.item(0))
    assert target.read_bytes() == clean_picture(picture())


def proofs(pane):
    return [each for each in pane.findChildren(QListWidget) if "另存" in each.item(0).text()]


def test_what_was_typed_beside_the_roll_comes_back_after_a_lock(ctx, jobs, qtbot, tmp_path):
    firm = entries.add(ctx, {"name": "青溪竹器厂"})
    (tmp_path / "门牌.jpg").write_bytes(picture())
    screen = in_front(RollScreen(ctx, jobs), qtbot, WIDE)
    screen.roll.acts.stating.ask(firm)
    screen.roll.acts.stating.form.put("status_proof", "门牌照片")
    screen.roll.acts.stating.take_file(tmp_path / "门牌.jpg")
    draft = screen.draft()
    other = in_front(RollScreen(ctx, jobs), qtbot, WIDE)
    other.take_draft(draft)
    stating = other.roll.acts.stating
    assert (stating.form.isVisible(), stating.form.value("status_proof")) == (True, "门牌照片")
    assert stating.file == tmp_path / "门牌.jpg"
    assert other.draft() == draft
