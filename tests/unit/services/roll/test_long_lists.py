"""Lists that are too long for the memory: read row by row, and to the same end as any other."""

import csv
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ohdesk.demo.workbook import make_workbook
from ohdesk.domain.establishment import uscc_check_character
from ohdesk.domain.roll.reading import ListRead, read_roll
from ohdesk.domain.roll.table import Entry, Refusal
from ohdesk.errors import UserError
from ohdesk.services.workbook import formats, parts, reading
from ohdesk.services.workbook.cells import Contents, LongRows, NotReadableError
from ohdesk.services.workbook.wordings import roll_words

HEAD = ("序号", "单位名称", "统一社会信用代码", "地址", "从业人数", "申报日期", "职业病危害因素", "备注")


class Taken:
    """Everything that was handed over."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.refusals: list[Refusal] = []

    def entry(self, entry: Entry) -> None:
        self.entries.append(entry)

    def refusal(self, refusal: Refusal) -> None:
        self.refusals.append(refusal)


class Whole(NamedTuple):
    """What was read of a list."""

    entries: list[Entry]
    refusals: list[Refusal]
    read: ListRead
    left_out: tuple[tuple[str, ...], ...]


def code(number: int) -> str:
    first_17 = f"91000000MA{number:06d}0"
    return first_17 + uscc_check_character(first_17)


@contextmanager
def little_memory() -> Iterator[None]:
    """Nothing is read as a whole."""
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(parts, "WHOLE_SHEET", 0)
        changed.setattr(formats, "WHOLE_FILE", 0)
        changed.setattr(formats, "WHOLE_TEXT", 0)
        yield


def contents_of(data: bytes, suffix: str) -> Contents:
    return formats.read(BytesIO(data), len(data), suffix)


def everything(contents: Contents) -> Whole:
    taken = Taken()
    read = read_roll(contents.tables, roll_words(), taken)
    left_out = tuple(map(tuple, (contents.hidden_sheets, contents.other_sheets, contents.notes)))
    return Whole(taken.entries, taken.refusals, read, left_out)


def in_two_ways(data: bytes, suffix: str = ".xlsx") -> tuple[Whole, Whole]:
    """What a list says when it is read as a whole, and row by row."""
    whole = everything(contents_of(data, suffix))
    with little_memory():
        streamed = contents_of(data, suffix)
        assert all(isinstance(table.rows, LongRows) for table in streamed.tables)
        return whole, everything(streamed)


def saved(*rows: tuple[Any, ...], also: Callable[[Any, Any], None] = lambda _book, _sheet: None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    also(book, sheet)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def changed(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The workbook with its parts changed."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            copy.writestr(name, change(name, source.read(name)))
    return target.getvalue()


WORDS = st.text(st.sampled_from("青沐竹器厂&<>\"' 　\n、（）1aＡ合计同上"), max_size=12)
CELLS = st.one_of(
    st.none(),
    WORDS,
    st.integers(-1, 10**6),
    st.floats(0, 10**6, allow_nan=False),
    st.booleans(),
    st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    st.sampled_from([code(1), code(2), code(3)[:17] + "0", "#N/A", "同上", "合计", "在业", "已注销"]),
)
ROWS = st.lists(st.lists(CELLS, max_size=len(HEAD)).map(tuple), max_size=12)


@settings(max_examples=60)
@given(rows=ROWS, heading=st.sampled_from([HEAD, HEAD[1:], ("说明",)]))
def test_a_list_says_the_same_however_it_is_read(rows: list[tuple[Any, ...]], heading: tuple[str, ...]) -> None:
    whole, streamed = in_two_ways(saved(("石桥镇名单",), heading, *rows, heading, *rows))
    assert whole == streamed


@given(rows=st.lists(st.lists(WORDS, max_size=len(HEAD)), max_size=12), coding=st.sampled_from(["utf-8", "gb18030"]))
def test_a_text_says_the_same_however_it_is_read(rows: list[list[str]], coding: str) -> None:
    text = StringIO()
    csv.writer(text).writerows([HEAD, *rows, [1, "青沐竹器厂", code(1), "东路\n1号"]])
    whole, streamed = in_two_ways(text.getvalue().encode(coding), ".csv")
    assert whole == streamed
    assert streamed.entries


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_usual_mess_is_read_to_the_same_end(tmp_path: Path, seed: int) -> None:
    make_workbook(tmp_path / "a.xlsx", seed, 60, "柳浦镇")
    whole, streamed = in_two_ways((tmp_path / "a.xlsx").read_bytes())
    assert whole == streamed
    assert len(streamed.entries) >= 60


def merged_and_hidden(book: Any, sheet: Any) -> None:
    sheet.append((None, "蓟岑五金厂", None, "西路", 5, None, "苯"))
    sheet.append((None, None, None, None, None, None, "噪声"))
    last = sheet.max_row
    sheet.merge_cells(start_row=last - 1, end_row=last, start_column=2, end_column=2)
    sheet.row_dimensions[3].hidden = True
    sheet.append((9, '="青"&"沐"', code(9)))
    book.create_sheet("旧名单").sheet_state = "hidden"


FIRMS = [(number, f"青沐{number}&竹器厂", code(number), f"东路{number}号", number) for number in range(1, 6)]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda _name, content: content, id="as it is"),
        pytest.param(
            lambda name, content: (
                re.sub(rb"<(/?)(\w)", rb"<\1x:\2", content).replace(b"xmlns=", b"xmlns:x=")
                if "sheet1" in name
                else content
            ),
            id="prefixes",
        ),
        pytest.param(
            lambda name, content: content.replace(b'<c r="', b'<c  r="') if "sheet1" in name else content, id="spaced"
        ),
        pytest.param(
            lambda name, content: (
                content.replace(b"</sheetData>", b'<row r="90"/><row r="91"></row></sheetData>')
                if "sheet1" in name
                else content
            ),
            id="empty rows at the end",
        ),
        pytest.param(
            lambda name, content: (
                content.replace(b"<t>", b"<r><t>").replace(b"</t>", b"</t></r>") if "Strings" in name else content
            ),
            id="rich texts",
        ),
    ],
)
def test_sheets_of_other_programs_are_read_to_the_same_end(change: Callable[[str, bytes], bytes]) -> None:
    data = changed(saved(HEAD, *FIRMS, also=merged_and_hidden), change)
    whole, streamed = in_two_ways(data)
    assert (whole.entries, whole.refusals, whole.read) == (streamed.entries, streamed.refusals, streamed.read)
    assert [entry.flags for entry in streamed.entries if "hidden" in entry.flags]
    assert streamed.entries[5].fields["hazards"] == "苯、噪声"
    assert streamed.left_out[0] == ("旧名单",)


def test_two_lists_beside_each_other_are_read_both() -> None:
    two = [(*row, *row[:1], f"蓟岑{row[0]}厂", code(row[0] + 50), *row[3:]) for row in FIRMS]
    whole, streamed = in_two_ways(saved((*HEAD[:5], *HEAD[:5]), *two))
    assert whole == streamed
    assert len(streamed.entries) == 10


def test_rows_far_above_are_read_again_and_merged_ones_are_kept() -> None:
    begun: list[int] = []

    def read() -> Iterator[tuple[int, tuple[str]]]:
        begun.append(1)
        yield from ((row, (str(row),)) for row in range(0, 20_000, 2))

    rows = LongRows(read, 20_003, frozenset({4}))
    assert [rows[at] for at in (19_998, 19_999, 20_002, 18_000, 4)] == [("19998",), (), (), ("18000",), ("4",)]
    assert len(begun) == 1
    assert (rows[6], rows[7], len(begun)) == (("6",), (), 2)
    with pytest.raises(IndexError):
        rows[20_003]


def endless_row(name: str, content: bytes) -> bytes:
    return content.replace(b"</sheetData>", b"<row>" + b"<c/>" * 5_000_000) if "sheet1" in name else content


def row_that_no_program_has(name: str, content: bytes) -> bytes:
    row = b'<row r="9000000"><c r="A9000000"><v>1</v></c></row></sheetData>'
    return content.replace(b"</sheetData>", row) if "sheet1" in name else content


def merged_again_and_again(name: str, content: bytes) -> bytes:
    merges = b"<mergeCells>" + b'<mergeCell ref="A1:SA3"/>' * 9000 + b"</mergeCells>"
    return content.replace(b"</sheetData>", b"</sheetData>" + merges) if "sheet1" in name else content


@pytest.mark.parametrize("spoil", [endless_row, row_that_no_program_has, merged_again_and_again])
def test_what_spreads_over_a_huge_sheet_is_refused(spoil: Callable[[str, bytes], bytes]) -> None:
    data = changed(saved(HEAD, *FIRMS), spoil)
    with little_memory(), pytest.raises(NotReadableError, match="too_large"):
        everything(contents_of(data, ".xlsx"))


@pytest.mark.timeout(120)
def test_a_text_larger_than_the_memory_allowed_is_read(tmp_path: Path) -> None:
    path = tmp_path / "名单.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("单位名称", "地址", "别的"))
        for number in range(9_000):
            writer.writerow((f"青沐{number}竹器厂", "东路", "长" * 4_000))
    taken = Taken()
    # The program itself takes 90 MiB of address space; the file has 103 and its text, held whole, twice that.
    reading.read_list(path, taken, memory=170 * 1024 * 1024)
    assert len(taken.entries) == 9_000
    with pytest.raises(UserError, match="太大|中止"):
        reading.read_list(path, taken, memory=40 * 1024 * 1024)
