"""资料质量: by keyboard from the roll to the field in question, and back to what is left."""

import pytest
from PySide6.QtCore import Qt

from ohdesk.services.register import entries as register
from ohdesk.services.roll import entries
from ohdesk.ui.screens.roll.screen import RollScreen
from tests.gui.showing import in_front

SOUND = {
    "name": "石桥五金厂", "address": "北环路 8 号", "phone": "000-1", "industry_code": "C3311", "workers": "40",
    "exposed_workers": "12", "hazards": "噪声", "declared": "否", "uscc": "91440605MA4W1X2Y37",
}  # fmt: skip
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def screen(ctx, jobs, qtbot):
    entries.add(ctx, SOUND)
    entries.add(ctx, {**SOUND, "uscc": "", "name": "安吉竹器厂", "exposed_workers": "41"})
    return in_front(RollScreen(ctx, jobs), qtbot)


@pytest.fixture
def page(screen, qtbot):
    qtbot.keyClick(screen.focusWidget(), Qt.Key.Key_T, ALT)
    qtbot.waitUntil(lambda: screen.quality.list.table.total == 2)
    return screen.quality


def press(qtbot, screen, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(screen.focusWidget() or screen, key, modifier)


def cells(page, column):
    model = page.list.view.model()
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_what_is_wrong_is_listed_with_its_field_and_the_score(screen, page):
    assert cells(page, 0) == ["安吉竹器厂", "安吉竹器厂"]
    assert cells(page, 2) == ["统一社会信用代码", "接害人数"]
    assert cells(page, 4) == ["", "41"]
    assert page.score.text() == "50 分：2 家中 1 家没有问题"
    assert not page.town.isVisibleTo(page)


def test_enter_opens_the_form_at_the_field_and_saving_comes_back_to_what_is_left(screen, page, qtbot):
    press(qtbot, screen, Qt.Key.Key_Down)
    press(qtbot, screen, Qt.Key.Key_Return)
    assert screen.employer.form.isVisibleTo(screen)
    assert screen.focusWidget() is screen.employer.form.fields["exposed_workers"].editor
    screen.employer.form.put("exposed_workers", "12")
    screen.employer.form.put("reason", "核实")
    press(qtbot, screen, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.isVisibleTo(screen) and page.list.table.total == 1)
    assert cells(page, 2) == ["统一社会信用代码"]


def test_a_form_given_up_leads_back_and_from_there_to_the_roll(screen, page, qtbot):
    press(qtbot, screen, Qt.Key.Key_Return)
    press(qtbot, screen, Qt.Key.Key_Escape)
    assert page.isVisibleTo(screen)
    qtbot.waitUntil(lambda: page.list.view.hasFocus())
    press(qtbot, screen, Qt.Key.Key_B, ALT)
    qtbot.waitUntil(lambda: screen.roll.isVisibleTo(screen))
    assert not page.isVisibleTo(screen)


def test_a_kind_and_a_name_narrow_the_list(screen, page, qtbot):
    page.list.chips.choose("contradictory")
    qtbot.waitUntil(lambda: cells(page, 2) == ["接害人数"])
    page.list.choose("all")
    press(qtbot, screen, Qt.Key.Key_F, CTRL)
    qtbot.keyClicks(page.list.search, "sq")
    qtbot.waitUntil(lambda: page.list.table.total == 0)
    assert page.list.search.hasFocus()
    assert page.list.none_found.isVisibleTo(page)  # of 石桥五金厂 nothing is wrong


def test_what_is_overdue_in_a_book_leads_to_its_entry(ctx, screen, page, qtbot):
    (sound,) = (row.id for row in entries.all_rows(ctx) if row.name == "石桥五金厂")
    entry = register.add(ctx, "risk_assessments", {"assessed_on": "2020-02-01"}, sound)
    page.reload()
    qtbot.waitUntil(lambda: page.list.table.total == 3)
    page.list.chips.choose("overdue")
    qtbot.waitUntil(lambda: page.list.table.total == 1)
    with qtbot.waitSignal(screen.wanted) as wanted:
        page.open_current()
    assert wanted.args == ["registers", f"risk_assessments:{entry}"]


def test_a_county_chooses_a_town_and_sees_its_score(county_ctx, jobs, qtbot):
    entries.add(county_ctx, {**SOUND, "town": "000000001"})
    entries.add(county_ctx, {"name": "安吉竹器厂", "town": "000000002"})
    page = in_front(RollScreen(county_ctx, jobs), qtbot)
    page.show_quality()
    quality = page.quality
    qtbot.waitUntil(lambda: quality.town.count() == 3)
    assert [quality.town.itemText(place) for place in (1, 2)] == ["000000001　100 分", "000000002　0 分"]
    quality.town.setCurrentIndex(1)
    qtbot.waitUntil(lambda: quality.list.table.total == 0)
    assert quality.score.text().startswith("100 分")
