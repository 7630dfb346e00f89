"""Ctrl+C puts the rows selected on the clipboard, as a spreadsheet takes them."""

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication

from ohdesk.ui.kit import table_view
from ohdesk.ui.kit.copied import cells_text
from ohdesk.ui.kit.table_view import Column, TableView
from tests.gui.showing import bring_forward

ROWS = [("石桥五金厂", "000000000012345678"), ("琥珀竹器厂", "91441900MA0000000X"), ("霁虹木业", "")]


@pytest.fixture
def view(qtbot):
    columns = [Column("单位", lambda row: row[0], 120), Column("代码", lambda row: row[1], 120)]
    made = TableView("copied", "单位", columns)
    qtbot.addWidget(made)
    bring_forward(made, qtbot)
    made.table.show_rows(len(ROWS), lambda offset, limit: ROWS[offset : offset + limit])
    made.selectRow(0)
    return made


def copied(view, qtbot):
    QGuiApplication.clipboard().clear()
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    return QGuiApplication.clipboard().text()


def test_the_row_selected_is_copied_in_the_order_of_its_columns(view, qtbot):
    assert copied(view, qtbot) == "石桥五金厂\t'000000000012345678"
    view.horizontalHeader().setFirstSectionMovable(True)
    view.horizontalHeader().moveSection(1, 0)
    assert copied(view, qtbot) == "'000000000012345678\t石桥五金厂"


def test_rows_selected_with_shift_are_copied_below_each_other(view, qtbot):
    qtbot.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert copied(view, qtbot).split("\n")[1] == "琥珀竹器厂\t91441900MA0000000X"


def test_of_more_than_a_sheet_takes_nothing_is_copied(view, qtbot, monkeypatch):
    monkeypatch.setattr(table_view, "MOST_COPIED", 2)
    view.selectionModel().select(view.table.index(0, 0), QItemSelectionModel.SelectionFlag.Clear)
    view.selectAll()
    assert copied(view, qtbot) == ""


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-85.5", "-85.5"),
        ("+cmd|x", "'+cmd|x"),
        ("85", "85"),
        ("007", "'007"),
        ('说"是"', '"说""是"""'),
        ("两\n行", '"两\n行"'),
    ],
)
def test_no_cell_is_taken_for_a_formula_and_no_code_for_a_number(cell, text):
    assert cells_text([[cell]]) == text
