"""Tables as xlsx: whatever a name holds, it stays text."""

from io import BytesIO

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohdesk.reports.tables import FORMULA_STARTS, Sheet, safe_text, workbook


def first_sheet(data: bytes) -> openpyxl.worksheet.worksheet.Worksheet:
    return openpyxl.load_workbook(BytesIO(data)).worksheets[0]


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_what_begins_like_a_formula_is_text_and_stays_text(start: str) -> None:
    cell = first_sheet(workbook([Sheet("表", ["列"], [[f"{start}cmd|'/c calc'!A1"]])]))["A2"]
    assert cell.data_type == "s"
    assert cell.value.lstrip().endswith("cmd|'/c calc'!A1")
    assert cell.quotePrefix


@pytest.mark.parametrize("text", ["#N/A", "TRUE", "2025-03-01", "007", "9.1E+17", "_x0041_", "𠅤䶮𬭎", "a\nb"])
def test_text_comes_back_as_it_was(text: str) -> None:
    cell = first_sheet(workbook([Sheet("表", ["列"], [[text]])]))["A2"]
    assert (cell.data_type, cell.value.replace("_x005F_x", "_x")) == ("s", text)


def test_numbers_stay_numbers_and_blanks_stay_blank() -> None:
    sheet = first_sheet(workbook([Sheet("表", ["数", "空", "无"], [[12, "", None]])]))
    assert [cell.value for cell in sheet[2]] == [12, None, None] or [cell.value for cell in sheet[2]] == [12]


def test_the_heading_stays_in_sight_and_can_be_filtered() -> None:
    sheet = first_sheet(workbook([Sheet("表", ["甲列", "乙列"], [["a", "b"]])]))
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B2"


def test_sheets_of_odd_or_equal_names_are_told_apart() -> None:
    data = workbook([Sheet("一/二:三" * 9, ["a"], []), Sheet("一/二:三" * 9, ["a"], []), Sheet("", ["a"], [])])
    names = openpyxl.load_workbook(BytesIO(data)).sheetnames
    assert len(set(names)) == 3
    assert all(0 < len(name) <= 31 for name in names)


@given(st.text())
def test_no_text_breaks_a_workbook(text: str) -> None:
    assert safe_text(text).encode("utf-8") is not None
    assert first_sheet(workbook([Sheet(text, [text], [[text]])])) is not None
