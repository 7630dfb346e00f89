"""The rows of any workbook as they stand, read in the child."""

from datetime import date, datetime, time

import openpyxl
import pytest

from ohdesk.errors import UserError
from ohdesk.services.workbook import reading, wire


def written(tmp_path, rows, **cells):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "一"
    for row in rows:
        sheet.append(row)
    book.create_sheet("藏").sheet_state = "hidden"
    book.create_sheet("二").append(["另一张"])
    target = tmp_path / "list.xlsx"
    book.save(target)
    return target


def test_rows_come_with_their_numbers_as_text_and_blank_ones_do_not(tmp_path):
    file = written(
        tmp_path,
        [
            ["标题"],
            [],
            ["日期", "数"],
            [date(2026, 3, 2), 12.0, datetime.combine(date(2026, 3, 2), time(9, 30))],
            ["甲\n乙", 0.00001],
            [True, "_x005F_x0041_"],
        ],
    )
    found = reading.read_rows(file)
    first, second = found.sheets
    assert [(row.number, row.cells) for row in first.rows] == [
        (1, ("标题",)),
        (3, ("日期", "数")),
        (4, ("2026-03-02", "12", "2026-03-02 09:30")),
        (5, ("甲\n乙", "0.00001")),
        (6, ("是", "_x0041_")),
    ]
    assert [row.cells for row in second.rows] == [("另一张",)]
    assert len(found.warnings) == 1
    assert "藏" in found.warnings[0]


def test_a_child_that_says_something_else_or_no_end_is_not_believed():
    begins = wire.SheetBegins("一", (), ())
    end = wire.RowsEnd((), (), ())
    for frames in ([begins], [wire.Rows([]), end], [end, end], [begins, wire.Entries([]), end]):
        with pytest.raises(ValueError, match="says something else|no end|behind its end"):
            reading.SheetRows(frames)
    with pytest.raises(ValueError, match="no row"):
        wire.Rows([wire.Row(0, ())])


def test_a_file_that_is_no_workbook_is_refused_in_words(tmp_path):
    file = tmp_path / "list.xlsx"
    file.write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(UserError, match="list.xlsx"):
        reading.read_rows(file)


def test_a_sheet_marked_as_a_state_secret_is_refused_by_the_place_of_the_mark(tmp_path):
    file = written(tmp_path, [["机密★1年"], ["日期", "数"], ["2026-03-02", 1]])
    with pytest.raises(UserError, match="机密"):
        reading.read_rows(file)
