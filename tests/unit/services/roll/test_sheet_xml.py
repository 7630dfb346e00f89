"""What is read from a sheet's own XML is found wherever it stands among the rows, and nowhere else."""

import pytest

from ohdesk.services.workbook.sheet_xml import NOT_COMPUTED, hidden_rows, lost_cells, row_numbers

SHEET = b'<worksheet><cols><col hidden="1"/></cols><sheetData>%s</sheetData><pageMargins footer="0.5"/></worksheet>'
ROW = b'<row r="1"><c r="A1"><v>1</v></c></row>'


@pytest.mark.parametrize("mark", [b'hidden="1"', b'ht="0"', b"ht='0'"])
def test_a_hidden_row_is_found_first_or_last_and_a_hidden_column_is_none(mark: bytes) -> None:
    hidden = b'<row r="2" ' + mark + b'><c r="A2"><v>1</v></c></row>'
    assert hidden_rows(SHEET % (ROW + hidden)) == {1}
    assert hidden_rows(SHEET % (hidden + ROW)) == {1}
    assert hidden_rows(SHEET % ROW) == frozenset()


def test_a_row_is_known_as_hidden_where_its_cells_stand_in_the_next_piece() -> None:
    assert row_numbers(ROW + b'<row r="2" hidden="1"><c r="A2"><v>', 0) == (2, [1])


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (b'<c r="A2" t="e"><v>#N/A</v></c>', "#N/A"),
        (b"<c r='A2' t='e'><v>#REF!</v></c>", "#REF!"),
        (b'<c r="A2"><f>B1</f></c>', NOT_COMPUTED),
        (b'<x:c r="A2"><x:f>B1</x:f></x:c>', NOT_COMPUTED),
    ],
)
def test_a_lost_cell_is_found_first_or_last(cell: bytes, text: str) -> None:
    row = b'<row r="2">' + cell + b"</row>"
    assert list(lost_cells(SHEET % (ROW + row))) == [(1, 0, text)]
    assert list(lost_cells(SHEET % (row + ROW))) == [(1, 0, text)]
    assert list(lost_cells(SHEET % ROW)) == []
