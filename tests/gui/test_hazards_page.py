"""危害因素和限值: found by any of its names, tried by keyboard, and who has it one key away."""

import pytest
from PySide6.QtCore import Qt

from ohdesk.services.register import due
from ohdesk.services.register import entries as register
from ohdesk.services.roll import entries
from ohdesk.ui.screens.registers.screen import RegistersScreen
from tests.gui.showing import in_front, said

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
TEST = {"kind": "regular", "report_no": "检〔2026〕8号", "sampled_from": "2026-01-02", "reported_on": "2026-02-10"}


@pytest.fixture
def plant(ctx):
    return entries.add(ctx, {"name": "石桥化工厂", "hazards": "甲苯、噪声"})


@pytest.fixture
def screen(ctx, plant, jobs, qtbot):
    return in_front(RegistersScreen(ctx, jobs), qtbot)


@pytest.fixture
def page(screen, qtbot):
    qtbot.waitUntil(lambda: screen.books.list.table.total > 0)
    press(qtbot, screen, Qt.Key.Key_H, ALT)
    qtbot.waitUntil(lambda: screen.hazards.isVisibleTo(screen))
    return screen.hazards


def press(qtbot, screen, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(screen.focusWidget() or screen, key, modifier)


def named(page):
    return [line.hazard.name for line in page.list.shown]


@pytest.mark.parametrize("typed", ["甲苯", "toluene", "108-88-3"])
def test_a_hazard_is_found_by_name_synonym_and_cas(page, screen, typed, qtbot):
    press(qtbot, screen, Qt.Key.Key_F, CTRL)
    assert page.list.search.hasFocus()
    page.list.search.setText(typed)
    assert "甲苯" in named(page)
    assert len(named(page)) < 5


def test_its_limits_say_standard_edition_and_whether_they_are_confirmed(page, qtbot):
    page.list.select("甲苯")
    qtbot.waitUntil(lambda: "GBZ 2.1—2019" in said(page.pane))
    for word in ("50 mg/m³", "PC-TWA", "2020-04-01 起", "已核实", "108-88-3"):
        assert word in said(page.pane)
    page.list.select("三氯乙烯")
    qtbot.waitUntil(lambda: "未核实，不据以判定" in said(page.pane))


def test_a_result_is_tried_by_keyboard_and_nothing_is_kept(ctx, screen, page, qtbot):
    page.list.select("甲苯")
    press(qtbot, screen, Qt.Key.Key_J, ALT)
    qtbot.waitUntil(lambda: page.form.isVisibleTo(screen))
    qtbot.keyClicks(screen.focusWidget(), "51")
    press(qtbot, screen, Qt.Key.Key_Return)
    assert page.form.verdict.text() == "超标"
    assert "50" in page.form.why.text()
    page.form.put("value", "50")
    assert page.form.verdict.text() == ""
    press(qtbot, screen, Qt.Key.Key_Return)
    assert page.form.verdict.text() == "合格"
    press(qtbot, screen, Qt.Key.Key_Escape)
    assert page.pane.isVisibleTo(screen)
    assert sum(line.entries for line in due.overview(ctx)) == 0


def test_what_cannot_be_judged_says_why_and_what_is_no_number_stands_at_its_field(page, screen, qtbot):
    page.list.select("矽尘")
    page.try_result()
    page.form.put("value", "0.9")
    page.form.submit.click()
    assert page.form.verdict.text() == "不判定"
    assert "SiO₂" in page.form.why.text()
    page.form.put("value", "多")
    page.form.submit.click()
    assert page.form.fields["value"].error


def test_who_has_it_is_listed_and_leads_to_the_entry_and_the_employer(ctx, plant, page, screen, qtbot):
    post = register.add(ctx, "posts", {"title": "喷漆", "hazards": "甲苯 噪声", "exposed": "6", "workers": "8"}, plant)
    test = register.add(ctx, "tests", TEST | {"lab": plant}, plant)
    measured = {"hazard": "甲苯", "kind": "PC-TWA", "value": "51", "unit": "mg/m3", "sampled_on": "2026-02-02"}
    register.add(ctx, "results", measured | {"test": test, "post": post}, plant)
    page.list.select("甲苯")
    qtbot.waitUntil(lambda: "检测结果 1 条，超标 1 条" in said(page.pane))
    assert "岗位 1 个" in said(page.pane)
    assert "名录里有它的单位 1 家" in said(page.pane)
    with qtbot.waitSignal(page.opened) as opened:
        page.pane.thing_wanted.emit(f"posts:{post}")
    assert opened.args == [f"posts:{post}"]
    qtbot.waitUntil(lambda: screen.book is not None and screen.book.definition.id == "posts")


def test_back_leads_to_the_books(page, screen, qtbot):
    press(qtbot, screen, Qt.Key.Key_B, ALT)
    qtbot.waitUntil(lambda: screen.books.isVisibleTo(screen))
    assert not page.isVisibleTo(screen)
