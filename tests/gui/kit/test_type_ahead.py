"""Letters typed into a list: by the names as they are, and by the initials of their pinyin."""

import pytest

from ohdesk.ui.kit.table_view import Column, TableView

NAMES = ("安泰机械厂", "金麓陶瓷厂", "京华家具厂", "石桥五金厂", "MA-7 电子厂", "重庆火锅料厂")


@pytest.fixture
def view(qtbot):
    columns = (Column("序号", lambda row: "s", 40), Column("单位", lambda row: row, 200, sought=True))
    view = TableView("typed", "单位", columns)
    view.table.show_rows(len(NAMES), lambda offset, limit: NAMES[offset : offset + limit])
    qtbot.addWidget(view)
    view.show()
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    view.selectRow(0)
    return view


def typed(qtbot, view, letters):
    for letter in letters:
        qtbot.keyClick(view, letter)


def test_initials_of_pinyin_find_a_name(view, qtbot):
    typed(qtbot, view, "sq")
    qtbot.waitUntil(lambda: view.current() == "石桥五金厂", timeout=10_000)


def test_another_reading_finds_a_name_as_well(view, qtbot):
    typed(qtbot, view, "cq")
    qtbot.waitUntil(lambda: view.current() == "重庆火锅料厂", timeout=10_000)


def test_the_same_letter_again_goes_on_and_round(view, qtbot):
    typed(qtbot, view, "j")
    qtbot.waitUntil(lambda: view.current() == "金麓陶瓷厂", timeout=10_000)
    typed(qtbot, view, "j")
    qtbot.waitUntil(lambda: view.current() == "京华家具厂")
    typed(qtbot, view, "j")
    qtbot.waitUntil(lambda: view.current() == "金麓陶瓷厂")


def test_letters_and_digits_are_found_as_they_stand(view, qtbot):
    typed(qtbot, view, "ma-7")
    qtbot.waitUntil(lambda: view.current() == "MA-7 电子厂", timeout=10_000)


def test_what_is_not_there_leaves_the_selection(view, qtbot):
    typed(qtbot, view, "a")
    qtbot.waitUntil(lambda: view._ahead._loaded, timeout=10_000)
    with qtbot.assertNotEmitted(view.sought_in_vain):
        typed(qtbot, view, "xyz")
    assert view.current() == "安泰机械厂"


def test_what_may_be_further_down_is_passed_on(view, qtbot):
    view.model().expect(1000, lambda offset, limit: NAMES[offset : offset + limit])
    with qtbot.waitSignal(view.sought_in_vain, timeout=10_000) as said:
        typed(qtbot, view, "x")
    assert said.args == ["x"]
    assert view.current() == "安泰机械厂"
