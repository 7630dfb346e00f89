"""疑似重复 and what follows from it, driven as a user drives it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget

from ohdesk.domain.visit import Ending
from ohdesk.services.roll import duplicates, entries, life_cycle, merging
from ohdesk.services.visit import conduct
from ohdesk.ui.screens.roll.screen import RollScreen
from tests.gui.showing import WIDE, in_front
from tests.rectifying import finalize, visit_of
from tests.visiting import add_firm

WHY = "同一张执照"


@pytest.fixture
def two(ctx):
    """The ids of two that may be one, in the order in which they stand beside each other."""
    for name, phone in (("石桥陶瓷有限公司", "000-1"), ("石桥陶瓷有限责任公司", "000-2")):
        entries.add(ctx, {"name": name, "phone": phone})
    return tuple(sorted(listed(ctx)))


@pytest.fixture
def screen(ctx, jobs, qtbot, two):
    return in_front(RollScreen(ctx, jobs), qtbot, WIDE)


def pairing(screen, qtbot):
    screen.find_pairs()
    qtbot.waitUntil(lambda: screen.pairs.isVisible() and screen.pairs.list.table.total == 1, timeout=10_000)
    return screen.pairs


def listed(ctx):
    return {row.id for row in entries.list_rows(ctx)}


def test_two_are_merged_by_keyboard_with_a_reason(ctx, qtbot, screen, two):
    page = pairing(screen, qtbot)
    page.first.click()
    assert page.form.isVisible()
    page.form.put("reason", WHY)
    qtbot.keyClick(screen.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: listed(ctx) == {two[0]}, timeout=10_000)
    qtbot.waitUntil(lambda: page.list.table.total == 0, timeout=10_000)


def test_whichever_is_chosen_goes_on(ctx, qtbot, screen, two):
    page = pairing(screen, qtbot)
    page.second.click()
    page.form.put("reason", WHY)
    page.form.submitted.emit()
    qtbot.waitUntil(lambda: listed(ctx) == {two[1]}, timeout=10_000)


def test_two_told_apart_are_gone_from_the_list_and_both_on_the_roll(ctx, qtbot, screen, two):
    page = pairing(screen, qtbot)
    page.apart.click()
    assert page.list.table.total == 0
    assert (listed(ctx), duplicates.likely_pairs(ctx).pairs) == (set(two), ())


def test_a_reason_that_was_being_typed_comes_back_after_a_lock(ctx, jobs, qtbot, screen):
    page = pairing(screen, qtbot)
    page.second.click()
    page.form.put("reason", WHY)
    draft = screen.draft()
    other = in_front(RollScreen(ctx, jobs), qtbot, WIDE)
    other.take_draft(draft)
    qtbot.waitUntil(lambda: "pairs" in vars(other) and other.pairs.form.isVisible(), timeout=10_000)
    assert other.pairs.form.value("reason") == WHY
    assert other.draft() == draft


def test_a_merged_one_is_named_on_the_page_and_split_from_there(ctx, qtbot, screen, two):
    merging.merge(ctx, *two, WHY)
    screen.reload()
    screen.open(two[0])
    qtbot.waitUntil(lambda: "changes" in screen.roll.pane.tabs.keys, timeout=10_000)
    screen.roll.pane.tabs.choose("changes")
    (lines,) = (each for each in screen.roll.pane.findChildren(QListWidget) if each.count() == 1)
    assert lines.item(0).text().startswith("石桥陶瓷有限")
    lines.itemActivated.emit(lines.item(0))
    screen.roll.acts.form.put("reason", "两张执照")
    screen.roll.acts.form.submitted.emit()
    qtbot.waitUntil(lambda: listed(ctx) == set(two), timeout=10_000)


def test_the_state_that_a_visit_suggests_is_one_key_away(ctx, jobs, qtbot):
    firm = add_firm(ctx)
    visit = visit_of(ctx, firm, "2026-03-02")
    conduct.end_without_checklist(ctx, visit, Ending("moved", "门牌或厂区照片", "已搬空"))
    finalize(ctx, visit)
    screen = in_front(RollScreen(ctx, jobs), qtbot, WIDE)
    screen.open(firm)
    qtbot.waitUntil(screen.roll.pane.accept.isVisible, timeout=10_000)
    assert "搬迁" in screen.roll.pane.accept.text()
    screen.roll.pane.accept.click()
    assert entries.detail(ctx, firm).fields["status"] == "搬迁"
    qtbot.waitUntil(lambda: life_cycle.offered(ctx, firm) is None, timeout=10_000)
