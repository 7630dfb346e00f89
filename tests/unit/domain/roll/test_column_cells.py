"""Cells of a column that are read many at once: as each says by itself."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from ohdesk.domain.establishment import FIELD_BY_KEY, FIELD_KEYS
from ohdesk.domain.roll.column_cells import JOINED, PSEUDO, ColumnCells
from ohdesk.domain.roll.fields import Reader
from ohdesk.domain.roll.table import Cell
from ohdesk.services.workbook.wordings import roll_words

READER = Reader(roll_words())
KEYS = sorted({*FIELD_KEYS, *PSEUDO} - {"name", "uscc"})
WORDS = (
    "同上",
    "无",
    "N/A",
    "#N/A",
    "〃",
    "C3071 建筑陶瓷",
    "甲",
    "Ⅱ级",
    "停业",
    "已搬迁",
    "是",
    "2025-03-02",
    "12 人",
    "石 桥",
    "a|b",
)
TEXTS = st.text(st.sampled_from("青沐竹 　|'‘#_x0a\u0338é\u0301\u200b\n9"), max_size=6)
CELLS = st.one_of(
    st.none(), st.sampled_from(WORDS), TEXTS, st.booleans(), st.integers(0, 90_000), st.floats(0, 5),
    st.dates(date(1990, 1, 1), date(2030, 1, 1)), st.just("长" * 2500),
)  # fmt: skip


@given(key=st.sampled_from(KEYS), cells=st.lists(CELLS, min_size=1, max_size=8))
def test_cells_read_many_at_once_say_what_each_says_by_itself(key: str, cells: list[Cell]) -> None:
    column = ColumnCells(0, key, "风险类别", READER)
    assert list(column.plain_texts(cells)) == [
        ColumnCells(0, key, "风险类别", READER).plain_text(cell) for cell in cells
    ]


@given(key=st.sampled_from(KEYS), cell=CELLS)
def test_a_cell_that_is_taken_as_it_is_means_what_a_closer_look_says(key: str, cell: Cell) -> None:
    column = ColumnCells(0, key, "风险类别", READER)
    text = column.plain_text(cell)
    # A tick or an odd word in a cell of free text is the same either way; what is joined is asked for them first.
    if text is not None and (key in JOINED or not isinstance(cell, str)):
        most = FIELD_BY_KEY[key].most if key in FIELD_BY_KEY else 0
        assert text == column.value(cell).text[:most]
