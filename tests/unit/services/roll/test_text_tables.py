"""Lists that are text underneath: what separates the cells, how the text is spelt, what belongs to a cell."""

import base64
import quopri
from io import BytesIO
from itertools import permutations
from pathlib import Path

import pytest

from ohdesk.domain.establishment import uscc_check_character
from ohdesk.domain.roll.table import Entry
from ohdesk.errors import UserError
from ohdesk.services.roll import importing
from ohdesk.services.workbook import formats

SEPARATORS = (",", ";", "\t", "|", "，", "；")


def code(number: int) -> str:
    first_17 = f"91000000MA{number:06d}0"
    return first_17 + uscc_check_character(first_17)


def read(path: Path, data: bytes) -> list[Entry]:
    path.write_bytes(data)
    return list(importing.preview(path).entries)


def fields(entries: list[Entry], *keys: str) -> list[tuple[str, ...]]:
    return [tuple(entry.fields.get(key, "") for key in keys) for entry in entries]


@pytest.mark.parametrize(("separator", "within"), list(permutations(SEPARATORS, 2)))
def test_what_stands_within_the_cells_separates_none(separator: str, within: str) -> None:
    scope = within.join(["一般项目:五金", "塑料", "模具", "电子", "玩具", "鞋材"])
    lines = ["石桥镇名单", separator.join(("单位名称", "统一社会信用代码", "经营范围"))]
    lines += [separator.join((f"青沐{number}竹器厂", code(number), scope)) for number in range(1, 5)]
    for text in ("\r\n".join(lines), "\n".join(lines[1:])):
        table = formats.read(BytesIO(text.encode()), len(text), ".csv").tables[0]
        assert list(table.rows[-1]) == ["青沐4竹器厂", code(4), scope]


def test_a_list_of_names_alone_is_separated_by_nothing(tmp_path: Path) -> None:
    entries = read(tmp_path / "a.csv", "单位名称\n青沐,竹器厂\n蓟岑五金厂\n砚棠陶瓷厂\n".encode())
    assert fields(entries, "name") == [("青沐,竹器厂",), ("蓟岑五金厂",), ("砚棠陶瓷厂",)]


def test_a_list_of_headings_nobody_knows_is_separated_by_what_is_the_same_in_all_rows(tmp_path: Path) -> None:
    rows = "".join(f"青沐{number}竹器厂,{code(number)},甲;乙;丙;丁;戊\n" for number in range(1, 5))
    assert fields(read(tmp_path / "a.csv", rows.encode()), "name", "uscc")[0] == ("青沐1竹器厂", code(1))


def test_the_first_line_may_say_the_separator(tmp_path: Path) -> None:
    entries = read(tmp_path / "a.csv", f"sep=;\r\n单位名称;信用代码\r\n青沐,竹器厂;{code(1)}\r\n".encode("utf-8-sig"))
    assert [(entry.row, entry.name, entry.uscc) for entry in entries] == [(3, "青沐,竹器厂", code(1))]


@pytest.mark.parametrize("quote", ['"', '""'], ids=["bare", "doubled"])
def test_text_marked_by_a_sign_and_quotes_is_the_text(tmp_path: Path, quote: str) -> None:
    def marked(text: str) -> str:
        return f'"=""{text}"""' if quote == '""' else f'="{text}"'

    cells = ("青沐竹器厂", code(1), "0769-88880001", "虚构路,1号", "12")
    text = "单位名称,信用代码,电话,地址,从业人数\n" + ",".join(map(marked, cells))
    entries = read(tmp_path / "a.csv", text.encode())
    assert fields(entries, "name", "uscc", "phone", "address", "workers") == [cells]


@pytest.mark.parametrize("at", [0, 2])
def test_a_quote_that_is_never_closed_swallows_no_rows(tmp_path: Path, at: int) -> None:
    rows = [[f"青沐{number}竹器厂", code(number), f"东路{number}号"] for number in range(1, 6)]
    rows[1][at] = '"' + rows[1][at]
    text = "\n".join(",".join(row) for row in [["单位名称", "信用代码", "地址"], *rows])
    entries = read(tmp_path / "a.csv", text.encode())
    assert [entry.uscc for entry in entries] == [code(number) for number in range(1, 6)]
    assert fields(entries, "address")[2:] == [("东路3号",), ("东路4号",), ("东路5号",)]


def test_lines_within_a_cell_stay_in_it(tmp_path: Path) -> None:
    text = f'单位名称,信用代码,地址,备注\n青沐竹器厂,{code(1)},"东路1号,\nA,B,C,D\n2楼",甲\n蓟岑五金厂,{code(2)},,乙\n'
    assert fields(read(tmp_path / "a.csv", text.encode()), "name", "address", "note") == [
        ("青沐竹器厂", "东路1号, A,B,C,D 2楼", "甲"),
        ("蓟岑五金厂", "", "乙"),
    ]


LINES = f"单位名称,信用代码,地址\n青沐竹器厂,{code(1)},东路1号\n蓟岑五金厂,{code(2)},东路2号\n"


@pytest.mark.parametrize(
    "data",
    [
        LINES.encode() + b"\x1a",
        LINES.encode("gb18030") + b"\x1a\0\0\0",
        LINES.encode("gbk") + b"\r\n\x1a",
        LINES.encode("utf-16") + b"\n",
        LINES.encode("utf-16-le"),
        LINES.encode("utf-16-be"),
        LINES.encode("utf-16-be") + b"\0",
        b"\xfe\xff" + LINES.encode("utf-16-be"),
        LINES.replace("\n", "\r").encode(),
    ],
    ids=["ctrl-z", "filled up", "line and ctrl-z", "odd byte", "le", "be", "be odd", "be marked", "old macintosh"],
)
def test_bytes_too_many_and_marks_missing_do_no_harm(
    tmp_path: Path, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [("青沐竹器厂", code(1), "东路1号"), ("蓟岑五金厂", code(2), "东路2号")]
    assert fields(read(tmp_path / "a.csv", data), "name", "uscc", "address") == expected
    monkeypatch.setattr(formats, "WHOLE_TEXT", 1)
    table = formats.read(BytesIO(data), len(data), ".csv").tables[0]
    assert [tuple(row) for row in table.rows if len(row) > 1][1:] == expected


def sheet_2003(*rows: str, declared: str = "") -> str:
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        f'<?xml version="1.0"{declared}?><Workbook xmlns="{space}" xmlns:ss="{space}" '
        'xmlns:html="http://www.w3.org/TR/REC-html40"><Worksheet ss:Name="名单"><Table>'
        + "".join(f"<Row>{row}</Row>" for row in rows)
        + "</Table></Worksheet></Workbook>"
    )


def cells(*texts: str) -> str:
    return "".join(f'<Cell><Data ss:Type="String">{text}</Data></Cell>' for text in texts)


HEAD_2003 = cells("单位名称", "统一社会信用代码", "地址", "备注")


def test_a_text_in_several_fonts_is_one_text(tmp_path: Path) -> None:
    rich = '<Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40">青沐<B>竹<I>器</I></B>厂</ss:Data></Cell>'
    whole = '<Cell><ss:Data ss:Type="String"><html:Font html:Color="#FF0000">蓟岑五金厂</html:Font></ss:Data></Cell>'
    text = sheet_2003(HEAD_2003, rich + cells(code(1), "东路1号"), whole + cells(code(2), "东路2号"))
    assert fields(read(tmp_path / "a.xls", text.encode()), "name", "address") == [
        ("青沐竹器厂", "东路1号"),
        ("蓟岑五金厂", "东路2号"),
    ]


@pytest.mark.parametrize("inner", ["旧址：西路50号", "<B>核对人：</B>未核"])
@pytest.mark.parametrize("column", range(4))
def test_a_comment_is_never_the_value_of_its_cell(tmp_path: Path, inner: str, column: int) -> None:
    comment = f'<Comment ss:Author="x"><ss:Data xmlns="http://www.w3.org/TR/REC-html40">{inner}</ss:Data></Comment>'
    values = ("青沐竹器厂", code(1), "东路1号", "甲")
    row = [cells(value) for value in values]
    row[column] = row[column].replace("</Cell>", f"{comment}</Cell>")
    entries = read(tmp_path / "a.xls", sheet_2003(HEAD_2003, "".join(row)).encode())
    assert fields(entries, "name", "uscc", "address", "note") == [values]


@pytest.mark.parametrize("encoding", ["GB2312", "GBK", "gb18030", "utf-16", "utf-8"])
def test_an_xml_spreadsheet_may_be_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    text = sheet_2003(HEAD_2003, cells("青沐竹器厂", code(1), "东路1号"), declared=f' encoding="{encoding}"')
    assert fields(read(tmp_path / "a.xls", text.encode(encoding)), "name", "address") == [("青沐竹器厂", "东路1号")]


def page(*rows: str, before: str = "") -> str:
    return f'<html><head><meta charset="utf-8"></head><body>{before}<table>{"".join(rows)}</table></body></html>'


def line(*texts: str, cell: str = "td") -> str:
    return "<tr>" + "".join(f"<{cell}>{text}</{cell}>" for text in texts) + "</tr>"


ROWS = (
    line("单位名称", "信用代码", "地址", cell="th"),
    line("青沐竹器厂", code(1), "东路1号"),
    line("蓟岑五金厂", code(2), "东路2号"),
)
READ = [("青沐竹器厂", code(1), "东路1号"), ("蓟岑五金厂", code(2), "东路2号")]


@pytest.mark.parametrize(
    "text",
    [
        page("<tr><td>", f"<table>{''.join(ROWS)}</table>", "</td></tr>"),
        page("<tr><td>菜单</td><td>", f"<table><tr><td><table>{''.join(ROWS)}</table></td></tr></table>", "</td></tr>"),
        page(ROWS[0], ROWS[1], line("蓟岑五金厂<script>var a=1;</script><style>b{}</style>", code(2), "东路2号")),
        page(ROWS[0], ROWS[1], line("<table><tr><td>蓟岑五金厂</td></tr></table>", code(2), "东路2号")),
        page(*ROWS, before="<style>td{}</style><table><tr><td>登录</td></tr></table>"),
    ],
    ids=["within", "deep within", "script", "laid out", "beside"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_web_page_gives_the_list_that_is_seen(tmp_path: Path, text: str, encoding: str) -> None:
    assert fields(read(tmp_path / "a.xls", text.encode(encoding)), "name", "uscc", "address") == READ


def test_hidden_rows_of_a_web_page_are_marked(tmp_path: Path) -> None:
    hidden = line("砚棠陶瓷厂", code(3), "东路3号").replace("<tr>", '<tr style="display: none">')
    entries = read(tmp_path / "a.xls", page(*ROWS, hidden).encode())
    assert [entry.flags for entry in entries] == [(), (), ("hidden",)]


@pytest.mark.parametrize("transfer", ["base64", "quoted-printable", "8bit"])
@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
def test_a_page_saved_with_its_parts_is_read(tmp_path: Path, transfer: str, charset: str) -> None:
    body = page(*ROWS).replace("utf-8", charset).encode(charset)
    spelt = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(transfer, bytes)(body)
    head = (
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="X1"\r\n\r\n--X1\r\n'
        f'Content-Transfer-Encoding: {transfer}\r\nContent-Type: text/html; charset="{charset}"\r\n\r\n'
    )
    assert (
        fields(read(tmp_path / "a.xls", head.encode() + spelt + b"\r\n--X1--\r\n"), "name", "uscc", "address") == READ
    )


def test_a_mark_of_secrecy_beside_the_table_of_a_page_refuses_it(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="机密★1年"):
        read(tmp_path / "a.xls", page(*ROWS, before="<p>机密★1年</p>").encode())
    with pytest.raises(UserError, match="秘密"):
        read(tmp_path / "名单（秘密）.csv", LINES.encode())
    assert len(read(tmp_path / "商业秘密企业.csv", LINES.encode())) == 2
