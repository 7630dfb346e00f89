"""Importing lists: the reader's child process, comparing with the roll, one transaction, one undo."""

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest

from ohdesk.db.chain import chain_problems
from ohdesk.db.models import Draw, DrawSheet, FrozenPiece
from ohdesk.demo.workbook import make_workbook
from ohdesk.domain.establishment import FIELDS, uscc_check_character, value_text
from ohdesk.domain.roll.table import Entry, Refusal
from ohdesk.errors import JobCancelledError, ProblemsError, UserError
from ohdesk.i18n import SOURCE_LANGUAGE, set_language
from ohdesk.services.child import starting
from ohdesk.services.context import Context
from ohdesk.services.roll import entries, export, importing, meant, undo
from ohdesk.services.roll.columns import chosen_columns
from ohdesk.services.roll.export import export_roll
from ohdesk.services.workbook import formats, limits, reading
from ohdesk.services.workbook.wordings import roll_words

HEAD = ("单位名称", "统一社会信用代码", "地址", "从业人数")
MIB = 1024 * 1024

Part = tuple[str, bytes]


def code(number: int) -> str:
    first_17 = f"91000000MA{number:06d}0"
    return first_17 + uscc_check_character(first_17)


def save(path: Path, *rows: tuple[Any, ...], also: Callable[[Any, Any], None] = lambda _book, _sheet: None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (HEAD, *rows):
        sheet.append(row)
    also(book, sheet)
    book.save(path)
    return path


def firms(count: int) -> list[tuple[Any, ...]]:
    return [(f"青沐{number}竹器厂", code(number), f"东路{number}号", number) for number in range(1, count + 1)]


def rewritten(path: Path, change: Callable[[str, bytes], list[Part]]) -> Path:
    """The workbook with its parts changed."""
    target = BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            for part, content in change(name, source.read(name)):
                copy.writestr(part, content)
    path.write_bytes(target.getvalue())
    return path


def in_sheet(change: Callable[[bytes], bytes]) -> Callable[[str, bytes], list[Part]]:
    return lambda name, content: [(name, change(content) if name.startswith("xl/worksheets/sheet") else content)]


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    return save(tmp_path / "名单.xlsx", *firms(3))


def names(path: Path) -> list[str]:
    return [entry.name for entry in importing.preview(path).entries]


THREE = ["青沐1竹器厂", "青沐2竹器厂", "青沐3竹器厂"]


def test_a_cell_in_the_last_corner_of_the_sheet_costs_nothing(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", *firms(3), also=lambda _book, sheet: sheet.cell(1_048_576, 16_384, "x"))
    assert names(path) == THREE


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda name, content: [
                (
                    name,
                    content.replace(
                        b"schemas.openxmlformats.org/spreadsheetml/2006", b"purl.oclc.org/ooxml/spreadsheetml"
                    ).replace(b"schemas.openxmlformats.org/officeDocument/2006", b"purl.oclc.org/ooxml/officeDocument"),
                )
            ],
            id="strict",
        ),
        pytest.param(lambda name, content: [(name.replace("/", "\\"), content)], id="backslashes"),
        pytest.param(lambda name, content: [] if "styles" in name else [(name, content)], id="no styles"),
        pytest.param(lambda name, content: [(name, b"<odd" if "styles" in name else content)], id="broken styles"),
        pytest.param(
            in_sheet(lambda xml: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', xml)), id="wrong dimension"
        ),
        pytest.param(in_sheet(lambda xml: re.sub(rb'<(row|c) r="\w+"', rb"<\1", xml)), id="no references"),
        pytest.param(
            in_sheet(lambda xml: re.sub(rb"<(/?)(\w)", rb"<\1x:\2", xml).replace(b"xmlns=", b"xmlns:x=")), id="prefixes"
        ),
    ],
)
def test_workbooks_of_other_programs_are_read_whole(listed: Path, change: Callable[[str, bytes], list[Part]]) -> None:
    assert names(rewritten(listed, change)) == THREE


def test_the_readers_agree_on_an_ordinary_sheet(listed: Path) -> None:
    data = listed.read_bytes()
    container = formats.Parts(BytesIO(data), len(data))
    xml = container.read("xl/worksheets/sheet1.xml")
    texts = (
        formats.sheet_xml.shared_strings(container.read("xl/sharedStrings.xml"))
        if container.has("xl/sharedStrings.xml")
        else []
    )
    by_hand = [list(row) for row in formats.sheet_xml.read_cells(xml, texts)]
    assert by_hand == [list(row) for row in formats.read(BytesIO(data), len(data), ".xlsx").tables[0].rows]


def test_errors_and_uncomputed_formulas_are_refused_not_joined_to_the_row_above(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", *firms(1), ("#N/A", "#N/A", "东路"), ('="青"&"沐"', None, "西路"))
    shown = importing.preview(path)
    assert [refusal.row for refusal in shown.refusals] == [3, 4]
    assert any("公式" in warning for warning in shown.warnings)


def test_hidden_sheets_and_rows_and_macros_are_told(tmp_path: Path) -> None:
    def hide(book: Any, sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True
        other = book.create_sheet("旧名单")
        other.append(HEAD)
        other.append(firms(9)[8])
        other.sheet_state = "veryHidden"

    path = save(tmp_path / "a.xlsx", *firms(3), also=hide)
    rewritten(
        path, lambda name, content: [(name, content)] + ([("xl/vbaProject.bin", b"0")] if "styles" in name else [])
    )
    shown = importing.preview(path.rename(tmp_path / "a.xlsm"))
    assert [entry.flags for entry in shown.entries] == [(), ("hidden",), ()]
    assert any("旧名单" in warning for warning in shown.warnings)
    assert any("宏" in warning for warning in shown.warnings)


CSV = f'单位名称,统一社会信用代码,地址\n青沐竹器厂,{code(1)},"东路\n1号"\n䶮记厂,,西路\n'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", CSV.encode("utf-8")),
        ("a.csv", CSV.encode("utf-8-sig")),
        ("a.csv", CSV.encode("utf-16")),
        ("a.csv", CSV.encode("gb18030")),
        ("a.xls", CSV.replace(",", "\t").encode("gb18030")),
        (
            "a.xls",
            (
                "<html><head><meta charset='gb18030'></head><table><tr><td colspan=2>名单<tr><th>单位名称<th>信用代码"
                f"<tr><td rowspan=2>青沐竹器厂<td rowspan=2>{code(1)}<td>苯<tr><td>噪声<tr><td>䶮记厂<td></table>"
            ).encode("gb18030"),
        ),
        (
            "a.xls",
            (
                '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
                'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="名单"><Table>'
                '<Row><Cell><Data ss:Type="String">单位名称</Data></Cell><Cell ss:Index="3"><Data ss:Type="String">'
                '信用代码</Data></Cell></Row><Row ss:Index="4"><Cell><Data ss:Type="String">青沐竹器厂</Data></Cell>'
                f'<Cell ss:Index="3"><Data ss:Type="String">{code(1)}</Data></Cell></Row><Row><Cell>'
                '<Data ss:Type="String">䶮记厂</Data></Cell></Row></Table></Worksheet></Workbook>'
            ).encode(),
        ),
    ],
)
def test_text_tables_are_read_in_every_usual_coding(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    shown = importing.preview(path)
    assert [(entry.name, entry.uscc) for entry in shown.entries] == [("青沐竹器厂", code(1)), ("䶮记厂", "")]


def _bomb(path: Path) -> bytes:
    blanks = b" " * 16 * MIB
    target = BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
        for name in source.namelist():
            with copy.open(name, "w") as part:
                part.write(source.read(name))
                if "sheet1" in name:
                    for _ in range(limits.EXPANDED_BYTES // len(blanks) + 1):
                        part.write(blanks)
    return target.getvalue()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda _: b"", "空文件"),
        (lambda _: b"\0" * 4096, "空文件"),
        (lambda data: data[: len(data) // 2], "不完整"),
        (lambda data: data[:-1], "不完整"),
        (lambda _: "这不是表格".encode(), "不是能读的表格"),
        (lambda _: b"%PDF-1.7\n%\xe2\xe3", "不是能读的表格"),
        (lambda _: formats.OLE_MAGIC + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600, "密码"),
        (lambda _: formats.OLE_MAGIC + b"\0" * 600 + "Workbook".encode("utf-16-le") + b"\0" * 600, "不完整"),
        (lambda _: formats.OLE_MAGIC + b"\0" * 1200, "不是能读的表格"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_sentence(
    listed: Path, spoil: Callable[[bytes], bytes], said: str
) -> None:
    listed.write_bytes(spoil(listed.read_bytes()))
    with pytest.raises(UserError, match=said) as refused:
        importing.preview(listed)
    assert refused.value.remedy


def test_a_flipped_bit_in_the_cells_is_damage_not_another_name(listed: Path) -> None:
    data = bytearray(listed.read_bytes())
    with zipfile.ZipFile(listed) as archive:
        entry = archive.getinfo("xl/worksheets/sheet1.xml")
    data[entry.header_offset + 60 + len(entry.filename)] ^= 4
    listed.write_bytes(bytes(data))
    with pytest.raises(UserError, match="损坏"):
        importing.preview(listed)


@pytest.mark.parametrize(
    "other_name", ["xl/worksheets/sheet1.xml", "xl/worksheets/Sheet1.XML", "xl\\worksheets\\sheet1.xml"]
)
@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_two_copies_of_a_part_are_never_chosen_between(listed: Path, other_name: str) -> None:
    rewritten(listed, lambda name, content: [(name, content)] + ([(other_name, content)] if "sheet1" in name else []))
    with pytest.raises(UserError, match="重名"):
        importing.preview(listed)


def test_a_bomb_is_refused_before_it_is_unpacked(listed: Path) -> None:
    listed.write_bytes(_bomb(listed))
    with pytest.raises(UserError, match="太大"):
        importing.preview(listed)


def test_a_document_type_in_a_part_is_refused(listed: Path) -> None:
    rewritten(listed, in_sheet(lambda xml: b'<!DOCTYPE x [<!ENTITY a "b">]>' + xml))
    with pytest.raises(UserError, match="损坏"):
        importing.preview(listed)


def _cell_in(row: int) -> bytes:
    return f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'.encode()


def _merged(cells: str, times: int) -> bytes:
    return b"<mergeCells>" + f'<mergeCell ref="{cells}"/>'.encode() * times + b"</mergeCells>"


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(_cell_in(9_000_000), id="a row that no program has"),
        pytest.param(_cell_in(1_000_000) + _merged("A1:A999999", 40), id="tall"),
        pytest.param(b"</sheetData>" + _merged("A2:SA4", 9_000), id="wide"),
    ],
)
def test_a_small_file_that_spreads_over_a_huge_sheet_is_refused(listed: Path, end: bytes) -> None:
    with pytest.raises(UserError, match="太大"):
        importing.preview(rewritten(listed, in_sheet(lambda xml: xml.replace(b"</sheetData>", end))))


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "long", ["青" + " " * 32_000 + "沐", "（" * 32_000, "(沐" * 16_000], ids=["gap", "open", "nested"]
)
def test_cells_filled_to_the_brim_do_not_hold_up_the_reading(tmp_path: Path, long: str) -> None:
    # Where the time for a cell grew with the square of its length, one of these took seven seconds.
    path = save(
        tmp_path / "a.xlsx", *firms(3), also=lambda _book, sheet: [sheet.append([None, long]) for _ in range(40)]
    )
    assert names(path)[:3] == THREE


def test_merged_cells_below_the_list_do_not_count(listed: Path) -> None:
    end = b"</sheetData>" + _merged("A9:SA11", 9_000)
    assert names(rewritten(listed, in_sheet(lambda xml: xml.replace(b"</sheetData>", end)))) == THREE


@pytest.mark.skipif(os.name != "posix", reason="address space is limited by the job object on Windows")
def test_a_reader_that_wants_too_much_memory_dies_alone(tmp_path: Path) -> None:
    path = rewritten(save(tmp_path / "a.xlsx", *firms(3)), in_sheet(lambda xml: xml + b" " * (40 * MIB)))
    assert names(path) == THREE
    with pytest.raises(UserError, match="中止|太大"):
        reading.read_list(path, Nobody(), memory=48 * MIB)


def test_a_reader_that_takes_too_long_is_stopped(listed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "GRACE_SECONDS", 0)
    monkeypatch.setattr(starting, "command", lambda *_: [sys.executable, "-c", "import time; time.sleep(60)"])
    with pytest.raises(UserError, match="超时"):
        reading.read_list(listed, Nobody(), seconds=1)


def test_a_reading_that_is_no_longer_wanted_ends_the_child(listed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def noted(*args: Any, **kwargs: Any) -> "subprocess.Popen[bytes]":
        started.append(start(*args, **kwargs))
        return started[0]

    monkeypatch.setattr(subprocess, "Popen", noted)
    monkeypatch.setattr(starting, "command", lambda *_: [sys.executable, "-c", "import time; time.sleep(60)"])

    def cancel(_done: int, _total: int) -> None:
        raise JobCancelledError

    with pytest.raises(JobCancelledError):
        importing.preview(listed, report=cancel)
    assert started[0].poll() not in {None, 0}


class Nobody:
    """Takes a list, and does nothing with it."""

    def entry(self, entry: Entry) -> None: ...

    def refusal(self, refusal: Refusal) -> None: ...


def said(*frames: object) -> str:
    """A program that says this and ends well."""
    bodies = [msgspec.msgpack.encode(frame) for frame in frames]
    return f"import sys; sys.stdout.buffer.write({b''.join(len(body).to_bytes(4) + body for body in bodies)!r})"


def entry_of(row: int = 2, **fields: object) -> list[object]:
    return ["Entries", [[row, "a", "青沐竹器厂", "", fields, [], []]]]


END = ["End", 1, [], {}, [], [], [], []]


@pytest.mark.parametrize(
    "death",
    [
        "import os; os.abort()",
        "raise SystemExit(7)",
        "print('x')",
        "import sys; sys.stdout.buffer.write(b'\\xc1')",
        "import sys; sys.stdout.buffer.write(b'\\xff' * 9)",  # a frame of four GiB
        "import sys; sys.stdout.buffer.write(b'\\0\\0\\0\\x09\\x91')",  # cut short
        "",  # nothing at all
        said(5),  # well-formed, and no frame: a number
        said(["Entries", 5]),
        said(entry_of(name="青沐竹器厂")),  # without an end
        said(END, END),
        said(entry_of(row=0), END),
        said(entry_of(name=5), END),
        said(entry_of(odd="x"), END),
        said(["Refused", "odd"]),  # in a word that nobody knows
    ],
)
def test_a_reader_that_dies_or_babbles_is_one_sentence(
    listed: Path, monkeypatch: pytest.MonkeyPatch, death: str
) -> None:
    monkeypatch.setattr(starting, "command", lambda *_: [sys.executable, "-c", death])
    with pytest.raises(UserError, match="没有改动"):
        reading.read_list(listed, Nobody())


def test_the_child_gets_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(starting.PASSWORD_VARIABLE, "secret")
    assert "secret" not in starting.environment().values()


def test_a_frozen_program_is_its_own_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert starting.command(reading.CHILD_OPTION, "x", ".xlsx", 1, 2)[1:] == [reading.CHILD_OPTION, ".xlsx", "1", "2"]


# -- the roll ------------------------------------------------------------------------------------


def bring_in(ctx: Context, path: Path) -> dict[str, int]:
    """Import a list; return what it brought, counted."""
    comparison = importing.compare(ctx, importing.preview(path))
    importing.apply(ctx, comparison)
    return comparison.counts


def test_an_import_writes_the_roll_and_a_second_one_changes_nothing(ctx: Context, listed: Path) -> None:
    first, second = bring_in(ctx, listed), bring_in(ctx, listed)
    assert first == {"new": 3, "changed": 0, "same": 0, "repeated": 0, "foreign": 0}
    assert second == {"new": 0, "changed": 0, "same": 3, "repeated": 0, "foreign": 0}
    assert importing.apply(ctx, importing.compare(ctx, importing.preview(listed))) == ""
    rows = entries.all_rows(ctx)
    assert {row.name for row in rows} == set(THREE)
    assert {row.town for row in rows} == {ctx.office.division}


def test_a_later_list_changes_only_what_it_says(ctx: Context, listed: Path, tmp_path: Path) -> None:
    bring_in(ctx, listed)
    later = save(tmp_path / "新.xlsx", ("青沐1竹器厂", code(1), None, 20), ("青沐2竹器有限公司", code(2), "东路2号", 2))
    comparison = importing.compare(ctx, importing.preview(later))
    assert [(dict(each.fields), dict(each.before)) for each in comparison.changed] == [
        ({"workers": "20"}, {"workers": "1"}),
        ({"name": "青沐2竹器有限公司"}, {"name": "青沐2竹器厂"}),
    ]
    assert bring_in(ctx, later)["changed"] == 2


def test_a_doubtful_code_finds_the_employer_by_name_and_replaces_no_right_one(
    ctx: Context, listed: Path, tmp_path: Path
) -> None:
    bring_in(ctx, listed)
    wrong = code(1)[:17] + ("0" if code(1)[17] != "0" else "1")
    bring_in(
        ctx, save(tmp_path / "新.xlsx", ("青沐1竹器厂", wrong, "东路1号", 1), ("青沐2竹器厂", 9.1e17, "东路2号", 2))
    )
    rows = {row.name: row for row in entries.all_rows(ctx)}
    assert len(rows) == 3
    assert (rows["青沐1竹器厂"].uscc, rows["青沐2竹器厂"].uscc) == (code(1), code(2))


def test_repeated_rows_are_imported_once_and_entries_without_code_get_a_number(ctx: Context, tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", *firms(2), firms(1)[0], ("蓟岑五金厂", None, "西路"), ("砚棠厂", 9.1e17, "北路"))
    counts = bring_in(ctx, path)
    assert (counts["new"], counts["repeated"]) == (4, 1)
    numbers = {row.local_id for row in entries.all_rows(ctx) if not row.uscc}
    assert numbers == {f"{ctx.office.division}-{ctx.office.replica[:4]}-{serial:04d}" for serial in (1, 2)}


def test_a_list_without_employers_is_refused_and_changes_nothing(ctx: Context, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="没有可以导入的单位"):
        bring_in(ctx, save(tmp_path / "a.xlsx"))
    assert entries.count_rows(ctx) == 0


def test_a_roll_that_changed_after_the_preview_is_not_overwritten(ctx: Context, listed: Path) -> None:
    comparison = importing.compare(ctx, importing.preview(listed))
    entries.add(ctx, {"name": THREE[0], "uscc": code(1)})
    with pytest.raises(UserError, match="有了改动"):
        importing.apply(ctx, comparison)
    assert entries.count_rows(ctx) == 1


def test_undo_takes_a_whole_import_back_and_can_be_followed_by_another(
    ctx: Context, listed: Path, tmp_path: Path
) -> None:
    bring_in(ctx, listed)
    before = [entries.detail(ctx, row.id).fields for row in entries.all_rows(ctx)]
    bring_in(ctx, save(tmp_path / "新.xlsx", ("青沐1竹器厂", code(1), "南路", 9), ("蓟岑五金厂", code(8), "西路", 8)))
    undone = undo.undo(ctx)
    assert (undone.withdrawn, undone.restored) == (1, 1)
    assert [entries.detail(ctx, row.id).fields for row in entries.all_rows(ctx)] == before
    assert [each.reason for each in undo.imports(ctx)] == ["名单.xlsx"]
    with pytest.raises(UserError, match="单.xlsx"):
        undo.find_import(ctx, "单.xlsx")
    undo.undo(ctx, undo.find_import(ctx, "名单.xlsx"))
    assert entries.count_rows(ctx) == 0
    with pytest.raises(UserError, match="没有可以撤销"):
        undo.undo(ctx)
    assert bring_in(ctx, listed)["new"] == 3


def test_undo_is_refused_with_everything_that_changed_since(ctx: Context, listed: Path) -> None:
    bring_in(ctx, listed)
    first, second, _ = entries.all_rows(ctx)
    entries.correct(ctx, first.id, {"address": "北路"}, "现场核实")
    with ctx.transaction() as session:
        session.add(
            Draw(
                id="d",
                division="000000001",
                plan="p",
                number=1,
                state="committed",
                commit="c",
                pool_sha256="s",
            )
        )
        session.add(DrawSheet(draw="d", side_file="", candidates=1, people={}))
        session.flush()
        session.add(FrozenPiece(draw="d", file="firms", place=0, data=json.dumps([second.id]).encode()))
    with pytest.raises(ProblemsError) as refused:
        undo.undo(ctx)
    assert {problem.place for problem in refused.value.problems} == {first.name, second.name}
    assert entries.count_rows(ctx) == 3


def test_refusals_stand_beside_the_users_own_cells_and_can_be_imported_once_put_right(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", *firms(1), (None, code(2), "=1+1", "若干"), ("#REF!", None, "@西路", 5))
    target = tmp_path / "未导入.xlsx"
    assert export.write_refusals(importing.preview(path), target).count == 2
    book = openpyxl.load_workbook(target)
    sheet = book[book.sheetnames[0]]
    assert [sheet.cell(2, column).value for column in (2, 3, 5)] == [code(2), "=1+1", "3"] or sheet.cell(
        2, 2
    ).value == code(2)
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    sheet.cell(2, 1, "蓟岑五金厂")
    book.save(target)
    again = importing.preview(target)
    assert [(entry.name, entry.uscc) for entry in again.entries] == [("蓟岑五金厂", code(2))]


def test_the_roll_is_exported_so_that_it_can_be_imported_again(ctx: Context, listed: Path, tmp_path: Path) -> None:
    bring_in(ctx, listed)
    target = tmp_path / "名录.xlsx"
    assert export_roll(ctx, target).count == 3
    book = openpyxl.load_workbook(target)
    headings, first = map(list, book.active.iter_rows(max_row=2, values_only=True))
    assert headings == [field.heading for field in FIELDS]
    assert isinstance(first[headings.index("从业人数")], int)
    comparison = importing.compare(ctx, importing.preview(target))
    assert comparison.counts == {"new": 0, "changed": 0, "same": 3, "repeated": 0, "foreign": 0}


def test_what_an_import_stores_is_the_same_in_every_language(ctx: Context, tmp_path: Path) -> None:
    slip = code(1)[:-1] + ("0" if code(1)[-1] != "0" else "1")
    set_language("en")
    try:
        bring_in(ctx, save(tmp_path / "名单.xlsx", ("青沐竹器厂", slip, "东路", 9)))
    finally:
        set_language(SOURCE_LANGUAGE)
    stored = entries.detail(ctx, entries.find(ctx, "青沐竹器厂"))
    assert stored.fields["tags"] == "信用代码待核"
    assert {change.reason for change in stored.history} == {"名单.xlsx"}


def test_the_practice_list_holds_the_usual_mess_and_is_the_same_each_time(tmp_path: Path) -> None:
    make_workbook(tmp_path / "a.xlsx", 1, 320, "石桥镇")
    make_workbook(tmp_path / "b.xlsx", 1, 320, "石桥镇")
    first, second = importing.preview(tmp_path / "a.xlsx"), importing.preview(tmp_path / "b.xlsx")
    assert [*first.entries, *first.refusals] == [*second.entries, *second.refusals]
    flags = {flag.partition(":")[0] for entry in first.entries for flag in entry.flags}
    assert flags == {"uscc_check", "uscc_missing", "uscc_damaged", "duplicate_of", "hidden", "closed"}
    assert len([entry for entry in first.entries if not entry.repeats]) == 320
    assert len(first.refusals) == 2
    assert all(not entry.uscc or entry.uscc.startswith("91000000") for entry in first.entries)


@pytest.mark.parametrize("seed", [2, 3])
def test_the_other_towns_lists_are_laid_out_differently_and_read_whole(tmp_path: Path, seed: int) -> None:
    make_workbook(tmp_path / "a.xlsx", seed, 60, "柳浦镇")
    shown = importing.preview(tmp_path / "a.xlsx")
    assert len(shown.entries) == 60
    assert len(shown.refusals) == 0
    assert {"name", "uscc", "address", "workers", "hazards", "risk_class"} <= set(shown.mapping)


def test_the_wordings_are_whole() -> None:
    words = roll_words()
    assert words.fields[0].key == "name"


@pytest.mark.parametrize("said", ["B", "=单位名称", "B=无此字段"])
def test_a_mapping_that_says_nothing_is_refused(said: str) -> None:
    with pytest.raises(UserError, match="对应关系"):
        chosen_columns([said])


def test_a_mapping_takes_headings_letters_and_both_names_of_a_field() -> None:
    assert chosen_columns(["B=单位名称", "代号＝uscc", "C="]) == {"B": "name", "代号": "uscc", "C": ""}


def test_reading_writing_and_undoing_are_reported_to_the_end(ctx, tmp_path):
    path = tmp_path / "list.xlsx"
    make_workbook(path, seed=4, count=300, town="石桥镇")
    seen: dict[str, list[tuple[int, int]]] = {"read": [], "compare": [], "write": [], "undo": []}

    def watch(name):
        return lambda done, total: seen[name].append((done, total))

    shown = importing.preview(path, report=watch("read"))
    compared = importing.compare(ctx, shown, watch("compare"))
    importing.apply(ctx, compared, watch("write"))
    undo.undo(ctx, "", watch("undo"))
    assert seen["write"][-1] == seen["undo"][-1] == (compared.to_write, compared.to_write)
    assert all(0 <= done <= total for each in seen.values() for done, total in each)
    assert min(map(len, seen.values())) > 0


@pytest.mark.parametrize("stops_at", [0, 250])
def test_a_cancelled_import_or_undo_changes_nothing(ctx, tmp_path, stops_at):
    path = tmp_path / "list.xlsx"
    make_workbook(path, seed=4, count=300, town="石桥镇")
    compared = importing.compare(ctx, importing.preview(path))

    def cancel(done, _total):
        if done >= stops_at:
            raise JobCancelledError

    with pytest.raises(JobCancelledError):
        importing.apply(ctx, compared, cancel)
    assert entries.count_rows(ctx) == 0
    assert undo.imports(ctx) == []
    batch = importing.apply(ctx, compared)
    with pytest.raises(JobCancelledError):
        undo.undo(ctx, report=cancel)
    assert entries.count_rows(ctx) == compared.to_write
    assert [each.batch for each in undo.imports(ctx)] == [batch]


def test_an_import_in_parts_is_one_chain_that_holds(ctx, tmp_path):
    path = tmp_path / "list.xlsx"
    make_workbook(path, seed=4, count=600, town="石桥镇")
    importing.apply(ctx, importing.compare(ctx, importing.preview(path)))
    with ctx.reading() as session:
        assert chain_problems(session) == []
    assert undo.undo(ctx).withdrawn == 600  # in parts as well
    assert entries.count_rows(ctx) == 0
    with ctx.reading() as session:
        assert chain_problems(session) == []


def test_only_what_a_list_may_mean_is_looked_up_on_the_roll(
    ctx: Context, listed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(ctx, save(tmp_path / "a.xlsx", *firms(400)))
    looked_at: list[object] = []

    def noted(value: Any) -> str:
        looked_at.append(value)
        return value_text(value)

    monkeypatch.setattr(meant, "value_text", noted)
    assert bring_in(ctx, listed) == {"new": 0, "changed": 0, "same": 3, "repeated": 0, "foreign": 0}
    assert len(looked_at) == 3 * len(FIELDS)  # and once, since nothing was written meanwhile


def test_an_import_after_something_else_was_written_is_compared_again(ctx: Context, listed: Path) -> None:
    comparison = importing.compare(ctx, importing.preview(listed))
    entries.add(ctx, {"name": "蓟岑五金厂"})
    importing.apply(ctx, comparison)
    assert entries.count_rows(ctx) == 4


@pytest.mark.parametrize("numbers", [["0003"], ["0009", "0010"], ["9999", "10000"], ["0001", "odd"]])
def test_the_next_local_number_follows_the_largest(ctx: Context, numbers: list[str]) -> None:
    start = f"{ctx.office.division}-{ctx.office.replica[:4]}-"
    for number in (*(start + each for each in numbers), "000000001-~", "other"):
        entries.add(ctx, {"name": number, "local_id": number})
    added = entries.add(ctx, {"name": "蓟岑五金厂"})
    largest = max(int(each) for each in numbers if each.isdecimal())
    assert entries.detail(ctx, added).fields["local_id"] == f"{start}{largest + 1:04d}"


def test_shops_of_one_name_stay_two_by_their_old_numbers(ctx: Context, tmp_path: Path) -> None:
    shops = (("便民家具店", "441900600123456", "一路1号", 3), ("便民家具店", "69955823-9", "二路2号", 4))
    path = save(tmp_path / "a.xlsx", *shops)
    importing.apply(ctx, importing.compare(ctx, importing.preview(path)))
    held = [entries.detail(ctx, row.id).fields for row in entries.list_rows(ctx)]
    assert sorted((fields["registration"], fields["address"]) for fields in held) == [
        ("441900600123456", "一路1号"),
        ("699558239", "二路2号"),
    ]
    assert all(fields["local_id"] and not fields["uscc"] for fields in held)
    again = importing.compare(ctx, importing.preview(path))
    assert again.counts["same"] == 2
    moved = save(tmp_path / "b.xlsx", ("便民家具店", "441900600123456", "三路3号", 3))
    assert [planned.fields for planned in importing.compare(ctx, importing.preview(moved)).changed] == [
        {"address": "三路3号"}
    ]


def test_a_personal_number_in_place_of_the_code_is_on_no_roll_and_in_no_export(ctx: Context, tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", ("青沐饭店", "11010519491231002X", "东路1号（11010519491231002X）", 3))
    shown = importing.preview(path)
    assert any("身份证号" in warning for warning in shown.warnings)
    importing.apply(ctx, importing.compare(ctx, shown))
    [row] = entries.list_rows(ctx)
    fields = entries.detail(ctx, row.id).fields
    assert (fields["uscc"], fields["address"], bool(fields["local_id"])) == ("", "东路1号", True)
    export_roll(ctx, tmp_path / "roll.xlsx")
    export.write_refusals(shown, tmp_path / "refused.xlsx")
    for name in ("roll.xlsx", "refused.xlsx"):
        with zipfile.ZipFile(tmp_path / name) as book:
            assert not any(b"11010519491231002X" in book.read(part) for part in book.namelist())
