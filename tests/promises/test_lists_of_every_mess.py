"""Lists with every mess that lists have, each made here with its truth: every row and every cell is read right.

A list is made from employers whose values are known.  What is asked for is all of it: the fields of every employer and
nothing more, in the order of the list, the columns that go nowhere, no row refused.
"""

import base64
import csv
import quopri
import random
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ohdesk.domain.establishment import uscc_check_character
from ohdesk.domain.roll.table import column_letters
from ohdesk.services.roll import importing

COUNT = 40
HEADINGS = {
    "name": "单位名称",
    "uscc": "统一社会信用代码",
    "address": "生产经营地址",
    "legal_representative": "法定代表人",
    "contact": "联系人",
    "phone": "联系电话",
    "industry_code": "行业代码",
    "industry": "行业类别",
    "size": "企业规模",
    "workers": "从业人数",
    "exposed_workers": "接害人数",
    "hazards": "职业病危害因素",
    "declared_on": "申报日期",
    "tested_on": "最近检测日期",
    "status": "经营状态",
    "grid": "所属社区",
    "note": "备注",
}
HAZARDS = [
    "噪声",
    "苯",
    "1,2-二氯乙烷",
    "N,N-二甲基甲酰胺",
    "1,1,1-三氯乙烷",
    "甲苯-2,4-二异氰酸酯（TDI）",
    "电焊烟尘",
    "锰及其无机化合物（按MnO₂计）",
    "正己烷",
    "粉尘（矽尘，煤尘）",
    "高温",
    "2,4,6-三硝基甲苯",
]
ORDINARY = [
    "商业秘密已备案",
    "签订保密协议",
    "秘密级别无",
    "合计两个车间",
    "说明已收",
    "原名老厂",
    "序号重编",
    "联系人已换",
    "",
]

Fields = dict[str, str]
Cells = Sequence[Sequence[Any]]


@dataclass(slots=True)
class List:
    """A list that was made: where it is, what is to be read of it, and which headings go nowhere."""

    path: Path
    truth: list[Fields]
    left: list[str] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)  # names in hidden rows


def code(number: int) -> str:
    first_17 = f"91441900MA{number:06d}0"
    return first_17 + uscc_check_character(first_17)


def employers(rng: random.Random, count: int = COUNT) -> list[Fields]:
    """Employers with every field, some of them empty here and there."""
    made = []
    for number in rng.sample(range(1, 900_000), count):
        day = date(2024, 1, 1) + timedelta(days=rng.randrange(600))
        fields = {
            "name": rng.choice(
                ["青沐{}竹器厂", "东莞市蓟岑{}电子有限公司", "砚棠{}五金制品厂（普通合伙）", "合计{}科技有限公司", "{}"]
            ),
            "uscc": code(number),
            "address": rng.choice(["虚构镇虚构路{}号", "石桥镇东路{}号A栋3楼", "虚构村第{}工业区"]).format(
                number % 1000
            ),
            "legal_representative": rng.choice(["张三丰", "李思", "欧阳明月", "阿依古丽·买买提"]),
            "contact": rng.choice(["王五", "赵六", "Smith"]),
            "phone": rng.choice([f"0769-8{number:07d}", f"138{number:08d}", f"0769-8{number:07d} 转 12"]),
            "industry_code": rng.choice(["C3351", "C3071", "O8211"]),
            "industry": rng.choice(["金属制品业", "陶瓷；玻璃", "建筑,装饰"]),
            "size": rng.choice(["小型", "微型", "中型"]),
            "workers": str(rng.randrange(5, 4000)),
            "exposed_workers": str(rng.randrange(1, 300)),
            "hazards": "、".join(rng.sample(HAZARDS, rng.randrange(1, 4))),
            "declared_on": day.isoformat(),
            "tested_on": (day + timedelta(days=100)).isoformat(),
            "status": rng.choice(["在业", "在业", "停业", "搬迁"]),
            "grid": rng.choice(["第一社区", "东园区", "虚构村"]),
            "note": rng.choice(ORDINARY),
        }
        fields["name"] = fields["name"].format(number) if fields["name"] != "{}" else f"示例路{number}号便民店"
        for key in rng.sample(sorted(set(fields) - {"name", "uscc", "status"}), 2):
            fields[key] = ""
        made.append({key: text for key, text in fields.items() if text})
    return made


def grid_of(firms: Iterable[Mapping[str, str]], keys: Sequence[str] = tuple(HEADINGS)) -> list[list[Any]]:
    """The plain list: a heading and a row for each employer."""
    return [[HEADINGS[key] for key in keys], *([firm.get(key, "") for key in keys] for firm in firms)]


def xlsx(path: Path, *sheets: tuple[str, Cells], also: Callable[[Any], object] = lambda _book: None) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([None if cell == "" else cell for cell in row])
    also(book)
    book.save(path)
    return path


def separated(rows: Cells, separator: str, **how: Any) -> str:
    text = StringIO()
    csv.writer(text, delimiter=separator, **how).writerows(rows)
    return text.getvalue()


def saved(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def html(rows: Cells, *, cell: Callable[[str], str] = lambda text: text) -> str:
    lines = "".join("<tr>" + "".join(f"<td>{cell(str(text))}</td>" for text in row) + "</tr>" for row in rows)
    return f'<html><head><meta charset="utf-8"><style>td{{}}</style></head><body><table>{lines}</table></body></html>'


Maker = Callable[[Path, random.Random, list[Fields]], List]
MAKERS: dict[str, Maker] = {}


def mess(make: Maker) -> Maker:
    MAKERS[make.__name__] = make
    return make


# -- what stands around the list -----------------------------------------------------------------


@mess
def titles_blank_rows_and_signatures(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    above = [
        ["石桥镇用人单位名称登记表"],
        ["填报单位：石桥镇", "", "", "2026年2月"],
        [],
        ["说明：单位名称按营业执照填写。"],
        [],
    ]
    below = [
        [],
        ["合计", f"{len(firms)}家"],
        ["注：以上数据截至2026年2月。"],
        ["填表人：甲", "", "审核人：乙"],
        ["以下空白"],
    ]
    return List(xlsx(folder / "a.xlsx", ("名单", [*above, *grid_of(firms), *below])), firms)


@mess
def a_table_in_the_middle_of_its_sheet(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    rows = [[], [], [], *([None, None, None, *row] for row in grid_of(firms))]
    return List(xlsx(folder / "a.xlsx", ("名单", rows)), firms)


@mess
def groups_totals_and_blank_rows_between(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    heading, *rows = grid_of(firms)
    laid: list[Sequence[Any]] = [["石桥镇名单"], heading]
    merged: list[int] = []
    for start in range(0, len(rows), 8):
        laid.append([f"{'一二三四五六七八'[start // 8]}、第{start // 8 + 1}社区"])
        merged.append(len(laid))
        laid += rows[start : start + 8]
        laid += [["小计", "", f"{len(rows[start : start + 8])}"], []]
    laid.append(["总计", "", str(len(rows))])

    def also(book: Any) -> None:
        for row in merged:
            book.active.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(heading))

    return List(xlsx(folder / "a.xlsx", ("名单", laid), also=also), firms)


@mess
def a_heading_on_every_page(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    heading, *rows = grid_of(firms)
    laid = [["石桥镇名单"], heading]
    for start in range(0, len(rows), 9):
        laid += [*rows[start : start + 9], [f"第 {start // 9 + 1} 页，共 5 页"], ["石桥镇名单（续）"], heading]
    return List(xlsx(folder / "a.xlsx", ("名单", laid[:-2])), firms)


@mess
def lists_pasted_under_each_other(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    keys = ("name", "address", "phone", "uscc", "note")
    first, second = firms[:20], [{key: firm[key] for key in keys if key in firm} for firm in firms[20:]]
    laid = [*grid_of(first), [], *grid_of(second, ("address", "uscc", "name", "note", "phone"))]
    return List(xlsx(folder / "a.xlsx", ("名单", laid)), [*first, *second])


@mess
def several_sheets_one_of_them_hidden(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    order = rng.sample(tuple(HEADINGS), len(HEADINGS))

    def also(book: Any) -> None:
        book["旧名单"].sheet_state = "hidden"

    sheets = (
        ("封面", [["石桥镇"], ["职业卫生"]]),
        ("甲", grid_of(firms[:15])),
        ("旧名单", grid_of(employers(rng, 3))),
        ("乙", [["名单"], *grid_of(firms[15:], order)]),
    )
    return List(xlsx(folder / "a.xlsx", *sheets, also=also), firms)


@mess
def hidden_rows_and_columns(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    rows = sorted(rng.sample(range(len(firms)), 6))

    def also(book: Any) -> None:
        for row in rows:
            book.active.row_dimensions[row + 2].hidden = True
        for column in "CFL":
            book.active.column_dimensions[column].hidden = True

    path = xlsx(folder / "a.xlsx", ("名单", grid_of(firms)), also=also)
    return List(path, firms, hidden={firms[row]["name"] for row in rows})


# -- headings ------------------------------------------------------------------------------------


@mess
def headings_in_two_rows(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    keys = tuple(HEADINGS)
    top: list[Any] = [HEADINGS[key] for key in keys]
    low: list[Any] = [None] * len(keys)
    place, contact = keys.index("workers"), keys.index("contact")
    top[place : place + 2], low[place : place + 2] = ["人员情况", None], ["从业人数", "接害人数"]
    top[contact : contact + 2], low[contact : contact + 2] = ["联系方式", None], ["联系人", "联系电话"]

    def also(book: Any) -> None:
        for column in range(1, len(keys) + 1):
            if column - 1 in {place, contact}:
                book.active.merge_cells(start_row=2, end_row=2, start_column=column, end_column=column + 1)
            elif column - 1 not in {place + 1, contact + 1}:
                book.active.merge_cells(start_row=2, end_row=3, start_column=column, end_column=column)

    rows = [["石桥镇用人单位情况表"], top, low, *grid_of(firms)[1:]]
    return List(xlsx(folder / "a.xlsx", ("名单", rows), also=also), firms)


@mess
def numbers_of_the_columns_below_the_heading(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    heading, *rows = grid_of(firms)
    marks = [str(number) for number in range(1, len(heading) + 1)]
    return List(xlsx(folder / "a.xlsx", ("名单", [heading, marks, *rows])), firms)


@mess
def years_and_days_among_the_headings(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    heading, *rows = grid_of(firms)
    beside = [2023, 2024.0, date(2025, 1, 1), 12]
    laid = [[*heading, *beside], *([*row, "合格", "", "超标", 7] for row in rows)]
    return List(xlsx(folder / "a.xlsx", ("名单", laid)), firms, ["2023", "2024", "2025-01-01", "12"])


@mess
def columns_that_go_nowhere(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    heading, *rows = grid_of(firms)
    laid = [["序号", "环评批复", *heading, "照片", None]]
    laid += [[number, "有", *row, "见附件", "甲" if number == 9 else None] for number, row in enumerate(rows, 1)]
    return List(xlsx(folder / "a.xlsx", ("名单", laid)), firms, ["序号", "环评批复", "照片", ""])


@mess
def headings_with_stars_breaks_and_notes(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    heading, *rows = grid_of(firms)
    spoilt = [
        rng.choice(
            [f"*{text}", f"{text[:2]}\n{text[2:]}", f" {text}：", f"{text}（必填）", f"{place}.{text}", " ".join(text)]
        )
        for place, text in enumerate(heading, 1)
    ]
    return List(xlsx(folder / "a.xlsx", ("名单", [spoilt, *rows])), firms)


@mess
def a_cell_that_says_what_headings_say(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    heading, *rows = grid_of(firms)
    words = ["用人单位", "单位名称", "企业", "地址", "其他"]
    laid = [[*heading, "监管类型"], *([*row, rng.choice(words)] for row in rows)]
    return List(xlsx(folder / "a.xlsx", ("名单", laid)), firms, ["监管类型"])


@mess
def a_name_in_two_columns(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    heading, *rows = grid_of(firms)
    laid = [[*heading, "单位名称", "检查结果"], *([*row, f"{row[0][:-1]}分厂", "合格"] for row in rows)]
    return List(xlsx(folder / "a.xlsx", ("名单", laid)), firms, ["单位名称", "检查结果"])


@mess
def two_lists_beside_each_other(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    keys = ("name", "uscc", "address", "phone")
    known = [{key: firm[key] for key in keys if key in firm} for firm in firms]
    half = len(known) // 2
    heading, *rows = grid_of(known, keys)
    laid = [[*heading, None, *heading], *([*rows[at], None, *rows[at + half]] for at in range(half))]
    return List(xlsx(folder / "a.xlsx", ("名单", laid)), known)


# -- rows ----------------------------------------------------------------------------------------


@mess
def employers_over_several_rows(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    keys = tuple(HEADINGS)
    at = keys.index("hazards")
    laid: list[list[Any]] = [[HEADINGS[key] for key in keys]]
    spans = []
    for firm in firms:
        parts = firm.get("hazards", "").split("、")
        row = [firm.get(key, "") for key in keys]
        first = len(laid) + 1
        for number, part in enumerate(parts):
            laid.append([*(row[:at] if not number else [""] * at), part, *(row[at + 1 :] if not number else [])])
        if len(parts) > 1:
            spans.append((first, len(laid)))

    def also(book: Any) -> None:
        for first, last in spans:
            for column in range(1, len(keys) + 1):
                if column - 1 != at:
                    book.active.merge_cells(start_row=first, end_row=last, start_column=column, end_column=column)

    return List(xlsx(folder / "a.xlsx", ("名单", laid), also=also), firms)


@mess
def cells_merged_over_several_employers(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    keys = ("grid", "name", "uscc", "address")
    known = [
        {"grid": f"第{at // 4 + 1}社区", **{key: firm[key] for key in keys[1:] if key in firm}}
        for at, firm in enumerate(firms)
    ]

    def also(book: Any) -> None:
        for row in range(2, len(known) + 2, 4):
            book.active.merge_cells(start_row=row, end_row=row + 3, start_column=1, end_column=1)

    return List(xlsx(folder / "a.xlsx", ("名单", grid_of(known, keys)), also=also), known)


@mess
def ditto_marks(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    keys = ("name", "uscc", "grid", "industry", "status")
    known = [
        {
            "name": firm["name"],
            "uscc": firm["uscc"],
            "grid": f"第{at // 5}社区",
            "industry": "金属制品业",
            "status": "在业",
        }
        for at, firm in enumerate(firms)
    ]
    heading, *rows = grid_of(known, keys)
    for at, row in enumerate(rows):
        if at % 5:
            row[2:4] = [rng.choice(["同上", "〃", '"']), rng.choice(["同上", "〃"])]
    return List(xlsx(folder / "a.xlsx", ("名单", [heading, *rows])), known)


@mess
def hazards_as_ticked_columns(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    ticked = ["噪声", "苯", "1,2-二氯乙烷", "高温"]
    known = []
    laid: list[list[Any]] = [["单位名称", "信用代码", "职业病危害因素", None, None, None], [None, None, *ticked]]
    for firm in firms:
        chosen = rng.sample(ticked, rng.randrange(1, 4))
        laid.append([firm["name"], firm["uscc"], *("√" if one in chosen else "" for one in ticked)])
        hazards = "、".join(one for one in ticked if one in chosen)
        known.append({"name": firm["name"], "uscc": firm["uscc"], "hazards": hazards})

    def also(book: Any) -> None:
        book.active.merge_cells("C1:F1")
        book.active.merge_cells("A1:A2")
        book.active.merge_cells("B1:B2")

    return List(xlsx(folder / "a.xlsx", ("名单", laid), also=also), known)


# -- cells ---------------------------------------------------------------------------------------


@mess
def numbers_as_text_and_with_words(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    def spoilt(text: str) -> Any:
        ways = [int(text), f"{text}人", f"约{text}人", f"{int(text):,}", f"{text}.0", f" {text} ", f"{text}（含派遣）"]
        return rng.choice([*ways, "".join(chr(ord(digit) + 0xFEE0) for digit in text)])

    rows = [
        {**firm, **{key: spoilt(firm[key]) for key in ("workers", "exposed_workers") if key in firm}} for firm in firms
    ]
    return List(xlsx(folder / "a.xlsx", ("名单", grid_of(rows))), firms)


@mess
def days_of_every_spelling(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    digits = "〇一二三四五六七八九"

    def small(number: int) -> str:
        tens, ones = divmod(number, 10)
        return ("" if not tens else "十" if tens == 1 else f"{digits[tens]}十") + (digits[ones] if ones else "")

    def spoilt(text: str) -> Any:
        day = date.fromisoformat(text)
        year, month, number = day.year, day.month, day.day
        before = day - timedelta(days=1)
        serial = (day - date(1899, 12, 30)).days
        chinese = "".join(digits[int(digit)] for digit in str(year))
        return rng.choice(
            [
                day,
                f"{year}.{month}.{number}",
                f"{year}/{month}/{number}",
                f"{year}年{month}月{number}日",
                f"{year} 年 {month} 月 {number} 号",
                f"{year}{month:02d}{number:02d}",
                int(f"{year}{month:02d}{number:02d}"),
                str(serial),
                serial,
                serial - 43 / 86400,
                f"{text} 00:00:00",
                f"{text} 10:30",
                f"{text}T08:00:00.000Z",
                f"{before.isoformat()}T16:00:00.000Z",
                f"{before.isoformat()}T15:59:17Z",
                f"{before.isoformat()} 23:59:17",
                f"{text}T00:00:00+08:00",
                f"{chinese}年{small(month)}月{small(number)}日",
                "".join(chr(ord(one) + 0xFEE0) if one.isdigit() else one for one in f"{year}-{month}-{number}"),
            ]
        )

    rows = [
        {**firm, **{key: spoilt(firm[key]) for key in ("declared_on", "tested_on") if key in firm}} for firm in firms
    ]
    return List(xlsx(folder / "a.xlsx", ("名单", grid_of(rows))), firms)


@mess
def codes_as_people_type_them(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    def spoilt(text: str) -> str:
        wide = "".join(chr(ord(one) + 0xFEE0) for one in text)
        ways = [
            text.lower(),
            f"'{text}",
            f"{text[:8]} {text[8:]}",
            f"{text[:9]}-{text[9:]}",
            wide,
            f"\u200b{text}\u00a0",
        ]
        return rng.choice([*ways, f"{text}（三证合一）", f"代码：{text}"])

    rows = [{**firm, "uscc": spoilt(firm["uscc"])} for firm in firms]
    return List(xlsx(folder / "a.xlsx", ("名单", grid_of(rows))), firms)


@mess
def hazards_separated_by_anything(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    def spoilt(text: str) -> str:
        return rng.choice(["、", ",", "，", ";", "；", "/", "\n", " 、", ", "]).join(text.split("、"))

    rows = [{**firm, "hazards": spoilt(firm.get("hazards", ""))} for firm in firms]
    return List(xlsx(folder / "a.xlsx", ("名单", grid_of(rows))), firms)


@mess
def words_for_nothing(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    words = ["无", "/", "-", "——", "暂无", "待补", "不详", "N/A", "　"]
    keys = tuple(HEADINGS)
    rows = [[firm.get(key) or rng.choice(words) for key in keys] for firm in firms]
    return List(xlsx(folder / "a.xlsx", ("名单", [grid_of([])[0], *rows])), firms)


@mess
def stretched_and_invisible_characters(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    def spoilt(text: str) -> str:
        return rng.choice([f"  {text} ", f"\u200b{text}", f"{text}\u00a0", f"\ufeff{text}\n", f"{text}\u3000"])

    keys = ("name", "address", "contact", "grid", "industry")
    rows = [{**firm, **{key: spoilt(firm[key]) for key in keys if key in firm}} for firm in firms]
    return List(xlsx(folder / "a.xlsx", ("名单", grid_of(rows))), firms)


@mess
def pictures_in_cells(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    rows = [dict(firm) for firm in firms]
    for row, firm in zip(rows, firms, strict=True):
        key = rng.choice(("note", "contact", "grid"))
        row[key] = '=DISPIMG("ID_0123456789ABCDEF0123456789ABCDEF",1)'
        firm.pop(key, None)

    def also(book: Any) -> None:
        for cells in book.active.iter_rows():
            for cell in cells:
                if str(cell.value).startswith("="):
                    cell.data_type = "s"

    return List(xlsx(folder / "a.xlsx", ("名单", grid_of(rows)), also=also), firms)


@mess
def personal_numbers_in_any_column(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    def person() -> str:
        born = date(1950, 1, 1) + timedelta(days=rng.randrange(20_000))
        first_17 = f"441900{born:%Y%m%d}{rng.randrange(1000):03d}"
        weights = [2**place % 11 for place in range(17, 0, -1)]
        return first_17 + "10X98765432"[sum(int(one) * by for one, by in zip(first_17, weights, strict=True)) % 11]

    rows = [dict(firm) for firm in firms]
    for row, firm in zip(rows, firms, strict=True):
        key = rng.choice(("uscc", "legal_representative", "note", "address", "contact"))
        number = person()
        if key == "uscc":
            firm.pop("uscc")
            row["uscc"] = number
        else:
            row[key] = rng.choice(
                [f"{firm.get(key, '')} {number}", f"{firm.get(key, '')}（身份证号：{number}）"]
            ).strip()
    return List(xlsx(folder / "a.xlsx", ("名单", grid_of(rows))), firms)


@mess
def numbers_from_before_the_code(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    rows = [dict(firm) for firm in firms]
    for at, (row, firm) in enumerate(zip(rows, firms, strict=True)):
        if at % 3 == 0:
            firm.pop("uscc")
            firm["name"] = row["name"] = "便民家具店"
            firm["registration"] = rng.choice([f"4419006{at:08d}", f"{69900000 + at}X"])
            row["uscc"] = firm["registration"].replace("X", "-X")
    return List(xlsx(folder / "a.xlsx", ("名单", grid_of(rows))), firms)


# -- files ---------------------------------------------------------------------------------------


def as_csv(encoding: str, separator: str, **how: Any) -> Maker:
    def make(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
        return List(saved(folder / "a.csv", separated(grid_of(firms), separator, **how).encode(encoding)), firms)

    return make


for encoding in ("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"):
    for separator in (",", ";", "\t", "|"):
        # The sign of manganese dioxide is in no older encoding.
        if encoding != "gbk":
            MAKERS[f"csv_{encoding}_{separator!r}"] = as_csv(encoding, separator)
MAKERS["csv_all_quoted"] = as_csv("gb18030", ";", quoting=csv.QUOTE_ALL)
MAKERS["csv_unix_lines"] = as_csv("utf-8", ",", lineterminator="\n")
MAKERS["csv_old_macintosh_lines"] = as_csv("utf-8", ",", lineterminator="\r")


@mess
def csv_with_its_separator_said(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    return List(saved(folder / "a.csv", ("sep=;\r\n" + separated(grid_of(firms), ";")).encode("utf-8-sig")), firms)


@mess
def csv_whose_scopes_have_more_semicolons_than_it_has_commas(
    folder: Path, rng: random.Random, firms: list[Fields]
) -> List:
    keys = ("name", "uscc", "industry")
    known = [
        {"name": firm["name"], "uscc": firm["uscc"], "industry": ";".join("五金;塑料;模具;电子;玩具")} for firm in firms
    ]
    return List(saved(folder / "a.csv", separated(grid_of(known, keys), ",").encode()), known)


@mess
def csv_of_signs_and_quotes_with_a_dos_end(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    heading, *rows = grid_of(firms)
    laid = [",".join(heading), *(",".join(f'="{cell}"' if cell else "" for cell in row) for row in rows)]
    return List(saved(folder / "a.csv", "\r\n".join(laid).encode("gb18030") + b"\x1a"), firms)


@mess
def csv_with_lines_within_cells(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    rows = [{**firm, "hazards": firm.get("hazards", "").replace("、", "\n")} for firm in firms]
    title = [["石桥镇名单"], []]
    return List(saved(folder / "a.csv", separated([*title, *grid_of(rows)], ",").encode()), firms)


@mess
def a_web_page_with_tables_around_it(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    inner = html(grid_of(firms), cell=lambda text: f"<div>{text}<script>var a=1</script></div>")
    outer = f"<table><tr><td>菜单</td><td>{inner}</td></tr></table><table><tr><td>页脚</td></tr></table>"
    return List(saved(folder / "a.xls", outer.encode("utf-16")), firms)


@mess
def a_web_page_with_all_its_parts(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    body = html(grid_of(firms)).encode()
    name, spelt = rng.choice([("base64", base64.encodebytes), ("quoted-printable", quopri.encodestring)])
    head = (
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="X"\r\n\r\n--X\r\n'
        f"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: {name}\r\n\r\n"
    )
    return List(saved(folder / "a.xls", head.encode() + spelt(body) + b"\r\n--X--\r\n"), firms)


@mess
def an_xml_spreadsheet_with_fonts_and_comments(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    comment = '<Comment><ss:Data xmlns="http://www.w3.org/TR/REC-html40"><B>核对人：</B>未核</ss:Data></Comment>'

    def cell(at: int, text: str) -> str:
        if not text:
            return ""
        cut = rng.randrange(len(text))
        said = f"{text[:cut]}<B>{text[cut:]}</B>" if rng.random() < 0.5 else text
        beside = comment if rng.random() < 0.2 else ""
        return f'<Cell ss:Index="{at}"><ss:Data ss:Type="String">{said}</ss:Data>{beside}</Cell>'

    lines = "".join(
        "<Row>" + "".join(cell(at, text) for at, text in enumerate(row, 1)) + "</Row>" for row in grid_of(firms)
    )
    head = f'<?xml version="1.0" encoding="GB18030"?><Workbook xmlns="{space}" xmlns:ss="{space}">'
    text = f'{head}<Worksheet ss:Name="名单">'
    return List(
        saved(folder / "a.xls", f"{text}<Table>{lines}</Table></Worksheet></Workbook>".encode("gb18030")), firms
    )


@mess
def a_workbook_of_other_parts(folder: Path, rng: random.Random, firms: list[Fields]) -> List:
    path = xlsx(folder / "a.xlsx", ("名单", grid_of([{**firm, "tested_on": _day(firm)} for firm in firms])))
    made = BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            for old, new in (
                ("xl/workbook.xml", "xl/workbook7.xml"),
                ("sharedStrings", "words"),
                ("styles.xml", "looks.xml"),
            ):
                name = name.replace(old, new).replace("workbook.xml.rels", "workbook7.xml.rels")
                content = content.replace(old.encode(), new.encode())
            target.writestr(name, content)
    path.write_bytes(made.getvalue())
    return List(path, firms)


def _day(firm: Fields) -> Any:
    return date.fromisoformat(firm["tested_on"]) if "tested_on" in firm else ""


# ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MAKERS)
def test_every_cell_of_every_list_is_read_right(name: str, tmp_path: Path) -> None:
    rng = random.Random(f"list {name}")  # noqa: S311
    made = MAKERS[name](tmp_path, rng, employers(rng))
    shown = importing.preview(made.path)
    read = list(shown.entries)
    assert [entry.name for entry in read] == [firm["name"] for firm in made.truth]
    wrong = [
        (entry.row, key, firm.get(key, ""), entry.fields.get(key, ""))
        for entry, firm in zip(read, made.truth, strict=True)
        for key in sorted(entry.fields.keys() | firm.keys())
        if entry.fields.get(key, "") != firm.get(key, "")
    ]
    assert wrong == []
    assert list(shown.refusals) == []
    assert [entry.row for entry in read if entry.repeats] == []
    assert sorted(column.heading for _, column in shown.not_taken) == sorted(made.left)
    assert {entry.name for entry in read if "hidden" in entry.flags} == made.hidden


def test_there_are_as_many_messes_as_were_promised() -> None:
    assert len(MAKERS) >= 30


def test_columns_are_named_by_their_letters(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", ("名单", [["单位名称", *(f"列{at}" for at in range(1, 40))], ["青沐竹器厂"]]))
    letters = [column.letters for _, column in importing.preview(path).not_taken]
    assert letters == [column_letters(at) for at in range(1, 40)]
