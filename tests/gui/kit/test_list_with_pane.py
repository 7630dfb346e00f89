"""The list of the kit: search, filters, order, End, and the pane beside it, by hand movements."""

from typing import NamedTuple

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QWidget

from ohdesk.ui import theme
from ohdesk.ui.kit.empty_state import EmptyState
from ohdesk.ui.kit.list_with_pane import ListWithPane, Paged
from ohdesk.ui.kit.pane import Pane
from ohdesk.ui.kit.table_view import AT_ONCE, PAGE, Column

WIDE, NARROW = QSize(1198, 705), QSize(1037, 564)


class Firm(NamedTuple):
    id: str
    name: str
    workers: int


FIRMS = (Firm("a", "青溪竹器厂", 9), Firm("b", "岚石五金厂", 120), Firm("c", "安泰机械厂", 30))
COLUMNS = (
    Column("单位", lambda row: row.name, 200),
    Column("人数", lambda row: str(row.workers), 80, numeric=True),
)


def chosen(rows, key, sought):
    return [row for row in rows if sought in row.name and (key != "large" or row.workers > 20)]


@pytest.fixture
def shown(qtbot):
    def show(rows=FIRMS, size=WIDE, chosen=chosen):
        firms = ListWithPane("firms", "单位", COLUMNS, EmptyState("空", "没有", "新增"), "查找", Pane("详情"), chosen)
        firms.chips.show_chips([("all", "全部", None), ("large", "大型", None)])
        qtbot.addWidget(firms)
        firms.resize(size)
        if chosen:
            firms.show_all(rows)
        firms.show()
        firms.activateWindow()
        qtbot.waitUntil(firms.isActiveWindow)
        return firms

    return show


def names(firms):
    model = firms.view.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def click_heading(qtbot, firms, column):
    header = firms.view.horizontalHeader()
    place = header.rect().center()
    place.setX(header.sectionViewportPosition(column) + 20)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_heading_sorts_then_turns_the_order_then_gives_it_back(shown, qtbot):
    firms = shown()
    orders = []
    for _ in range(3):
        click_heading(qtbot, firms, 1)
        orders.append(names(firms))
    assert orders == [
        ["青溪竹器厂", "安泰机械厂", "岚石五金厂"],
        ["岚石五金厂", "安泰机械厂", "青溪竹器厂"],
        ["青溪竹器厂", "岚石五金厂", "安泰机械厂"],
    ]


def test_the_row_selected_stays_selected_in_another_order(shown, qtbot):
    firms = shown()
    firms.select("b")
    click_heading(qtbot, firms, 1)
    assert firms.current.id == "b"


def test_a_filter_and_a_search_that_find_nothing_offer_everything(shown, qtbot, commit_text):
    firms = shown()
    firms.focus_search()
    commit_text(firms.search, "无此厂")
    assert names(firms) == []
    button = next(each for each in firms.findChildren(QPushButton) if each.text() == "看全部(&A)")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert len(names(firms)) == len(FIRMS)
    assert firms.view.hasFocus()


def test_end_leads_to_the_last_row_of_the_whole_list_and_fetches_only_its_page(shown, qtbot):
    asked = []

    def fetch(offset, limit):
        asked.append(offset)
        return [Firm(str(place), f"{place} 厂", place) for place in range(offset, min(offset + limit, 5_213))]

    firms = shown(chosen=None)
    firms.show_pages(5_213, fetch, is_empty=False)
    firms.focus_list()
    qtbot.keyClick(firms.view, Qt.Key.Key_End)
    assert firms.current.id == "5212"
    assert set(asked) == {0, 5_213 // PAGE * PAGE - PAGE}


def test_an_empty_list_has_the_focus_on_the_one_thing_to_do(shown):
    firms = shown(rows=())
    firms.focus_list()
    assert firms.focusWidget().text() == "新增"


def test_rows_that_come_while_another_window_is_in_front_have_the_focus_when_one_returns(shown, qtbot):
    firms, other = shown(rows=()), QWidget()
    firms.focus_list()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    firms.show_all(FIRMS)
    firms.activateWindow()
    qtbot.waitUntil(firms.view.hasFocus)


def test_what_a_held_key_passes_is_not_told_one_by_one(shown, qtbot):
    rows = [Firm(str(place), f"{place} 厂", place) for place in range(40)]
    firms = shown(rows)
    told = []
    firms.selected.connect(lambda row: told.append(row.id))
    for _ in range(30):
        qtbot.keyClick(firms.view, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: told[-1:] == ["30"])
    assert len(told) < 30


def test_a_single_step_is_told_once(shown, qtbot):
    firms = shown([Firm(str(place), f"{place} 厂", place) for place in range(4)])
    qtbot.wait(2 * theme.layout("selection_rests_ms"))
    told = []
    firms.selected.connect(lambda row: told.append(row.id))
    qtbot.keyClick(firms.view, Qt.Key.Key_Down)
    qtbot.wait(2 * theme.layout("selection_rests_ms"))
    assert told == ["1"]


def test_below_1280_pixels_the_pane_is_a_drawer_that_enter_opens_and_closing_leads_back(shown, qtbot):
    firms = shown(size=NARROW)
    pane = firms.findChild(Pane)
    firms.focus_list()
    assert not pane.isVisible()
    qtbot.keyClick(firms.view, Qt.Key.Key_Return)
    assert pane.isVisible()
    assert pane.geometry().right() == firms.rect().right()
    qtbot.mouseClick(pane.close_button, Qt.MouseButton.LeftButton)
    assert not pane.isVisible()
    assert firms.view.hasFocus()


def test_what_was_read_ahead_is_shown_without_a_question_and_asked_again_when_it_is_looked_at_anew(shown):
    asked = []

    def rows_of(ids):
        asked.append(len(ids))
        return [Firm(each, f"{each} 厂", 1) for each in ids]

    ids = [str(place) for place in range(9 * AT_ONCE)]
    rows = Paged(ids, rows_of).read_ahead()
    assert asked == [AT_ONCE]
    listed = shown(chosen=None)
    listed.show_paged(rows, is_empty=False)
    assert asked == [AT_ONCE]
    listed.select("200")
    asked.clear()
    listed.show_paged(Paged(ids, rows_of).read_ahead(listed.current_id), is_empty=False)
    listed.view.grab()  # what stands round the row selected is painted
    assert listed.current_id == "200"
    assert asked == [AT_ONCE, 2 * AT_ONCE]
    asked[:] = [AT_ONCE]
    assert [each.id for each in rows[:AT_ONCE]] == [str(place) for place in range(AT_ONCE)]
    assert asked == [AT_ONCE, AT_ONCE]
