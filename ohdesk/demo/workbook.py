"""The list of employers that a town of the demonstration is handed: invented firms, and the usual mess.

Every firm's name is made of syllables, every credit code stands under the division 000000 with a right check
character (except where the mess wants a wrong one).  The same seed gives the same cells.
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from ohdesk.domain.establishment import uscc_check_character

_SYLLABLES = "青沐栎岚澄禾砚棠霁筠朔湄桐蓟岑漪榆苒珩泓藜汐楠荇皓芷旻蔚屿芸"
_TRADES = (
    ("家具制造", "C2110", "木制品", "木粉尘、噪声、苯、甲苯、二甲苯"),
    ("金属表面处理", "C3360", "金属制品", "电焊烟尘、噪声、盐酸"),
    ("建筑用石加工", "C3032", "石材", "矽尘、噪声"),
    ("日用陶瓷制品制造", "C3074", "陶瓷", "矽尘、高温、一氧化碳"),
    ("涂料制造", "C2641", "化工", "苯、甲苯、二甲苯、乙酸乙酯"),
    ("电子元件制造", "C3981", "电子", "铅及其化合物、锡及其化合物、异丙醇"),
    ("皮鞋制造", "C1952", "鞋业", "正己烷、甲苯、噪声"),
    ("水泥制品制造", "C3021", "水泥制品", "水泥粉尘、噪声"),
    ("塑料零件制造", "C2929", "塑胶", "苯乙烯、噪声、高温"),
    ("铅蓄电池制造", "C3843", "电源", "铅及其化合物、硫酸"),
)
_ENDINGS = ("有限公司", "厂", "制造有限公司", "加工厂", "实业有限公司", "经营部")
_SURNAMES = "赵钱孙周吴郑冯陈褚卫蒋沈韩杨"
_GIVEN = "安柏辰帆禾嘉可朗明宁启若思桐文煦言喆"
_VILLAGES = ("桥东村", "桥西村", "柳溪村", "石坡村", "临水社区", "新塘社区")
_CLOSED = ("已注销", "2025年6月停产", "已搬迁至外地", "失联")
_LISTED_ON = date(2026, 2, 27)
_RARE = ("𠅤", "䶮", "𬭎")


@dataclass(slots=True)
class _Firm:
    name: str
    code: Any
    address: str
    legal: str
    phone: Any
    trade: tuple[str, str, str, str]
    workers: Any
    exposed: Any
    risk: str
    declared: Any
    tested: Any
    note: str = ""
    hidden: bool = False
    more_hazards: tuple[str, ...] = field(default=())


def make_workbook(path: Path, seed: int, count: int, town: str) -> None:
    """Write the list of one town with `count` different employers; lists of other seeds are laid out differently."""
    rng = random.Random(seed)  # noqa: S311 - invented data, nothing secret
    firms = [_firm(rng, seed, number) for number in range(count)]
    _spoil(rng, firms)
    book = Workbook()
    sheet: Any = book.active
    if seed % 3 == 1:
        _write_grouped(rng, sheet, town, firms[: -(count // 20)])
        _write_additions(book.create_sheet("本年新增"), firms[-(count // 20) :])
    elif seed % 3 == 2:
        _write_plain(sheet, town, firms)
    else:
        _write_late_heading(sheet, town, firms)
    _write_leftovers(book, firms)
    book.save(path)


def _firm(rng: random.Random, seed: int, number: int) -> _Firm:
    trade = rng.choice(_TRADES)
    workers = rng.choice((6, 9, 12, 18, 25, 33, 48, 60, 85, 120, 260))
    return _Firm(
        name="".join(rng.sample(_SYLLABLES, 3)) + trade[2] + rng.choice(_ENDINGS),
        code=_code(seed, number),
        address=f"{rng.choice(_VILLAGES)}{rng.choice(_SYLLABLES)}{rng.choice(_SYLLABLES)}路{rng.randint(1, 199)}号",
        legal=_person(rng),
        phone=f"000-{rng.randint(1000000, 9999999)}",
        trade=trade,
        workers=workers,
        exposed=max(1, workers * rng.randint(2, 8) // 10),
        risk=rng.choice(("甲", "甲", "乙", "乙", "丙")),
        declared=rng.choice(("是", "是", "否")),
        tested=_LISTED_ON - timedelta(days=rng.randint(20, 900)),
    )


def _person(rng: random.Random) -> str:
    return rng.choice(_SURNAMES) + "".join(rng.sample(_GIVEN, rng.choice((1, 2))))


def _code(seed: int, number: int) -> str:
    """Return an invented credit code (GB 32100-2015) under division 000000, its check character right."""
    # The organisation code inside (GB 11714) has a check character of its own.
    body = f"MA{seed % 10}{number:05d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(weight * int(char, 36) for weight, char in zip(weights, body, strict=True))
    first_17 = "91000000" + body + {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))
    return first_17 + uscc_check_character(first_17)


def _spoil(rng: random.Random, firms: list[_Firm]) -> None:
    """Put the usual mess into a list: spelling, codes as numbers, missing and wrong codes, closed firms, repeats."""
    for number, firm in enumerate(firms):
        match number % 40:
            case 3:
                firm.code = firm.code.lower()
            case 6:
                firm.code = "".join(chr(ord(char) + 0xFEE0) for char in firm.code)
            case 9:
                firm.code = f"{firm.code[:8]} {firm.code[8:]}\u00a0"
            case 12:
                firm.code = float(f"9.1{rng.randint(10**9, 10**10 - 1)}e17")
            case 15:
                firm.code = rng.choice((None, "无", "/", "待补"))
            case 18:
                firm.code = firm.code[:17] + ("0" if firm.code[17] != "0" else "1")
            case 21:
                firm.name = f"\u3000{firm.name[:4]}\n{firm.name[4:]} "
            case 24:
                firm.workers, firm.exposed = f"约{firm.workers}人", f"{firm.exposed}人"
            case 27:
                firm.note = rng.choice(_CLOSED)
            case 30:
                firm.tested = f"{firm.tested.year}.{firm.tested.month}.{firm.tested.day}"
            case 33:
                firm.tested = f"{firm.tested.year}年{firm.tested.month}月"
            case 36:
                firm.more_hazards = ("高温", "工频电磁场")
            case 38:
                firm.hidden = True
            case _:
                pass
    for firm, char in zip(firms[2::47], _RARE, strict=False):
        firm.legal = firm.legal[0] + char
    firms[5].name = firms[5].name[:1] + "𠅤" + firms[5].name[2:]


def _cells(firm: _Firm, number: int) -> list[Any]:
    industry, code, _, hazards = firm.trade
    return [
        number,
        firm.name,
        firm.code,
        firm.address,
        firm.legal,
        firm.phone,
        industry,
        code,
        firm.workers,
        firm.exposed,
        hazards,
        firm.risk,
        firm.declared,
        firm.tested,
        firm.note,
    ]


_TOP = (
    *("序号", "单位名称\n（全称）", "统一社会信用代码", "地址", "法定代表人", None, "行业", None, "劳动者人数", None),
    *("职业病危害因素", "风险类别（2022年试点）", "是否申报", "最近检测日期", "备注"),
)
_BELOW = (None, None, None, None, "姓名", "联系电话", "类别", "代码", "总数", "接害人数", None, None, None, None, None)


_PLAIN = (
    *("编号", "用人单位名称", "社会信用代码", "生产地址", "法人", "手机", "所属行业", "行业代码", "从业人数"),
    *("接害人数", "主要职业病危害因素", "综合风险类别", "申报情况", "检测时间", "经营状态"),
)


def _write_grouped(rng: random.Random, sheet: Any, town: str, firms: list[_Firm]) -> None:
    """Title, headings of two rows, groups by village with sub-totals, headings again in the middle, signatures."""
    sheet.title = "用人单位名单"
    _title(sheet, f"{town}存在职业病危害用人单位名单", len(_TOP))
    sheet["A2"], sheet["L2"] = f"填报单位：{town}", "填表日期：2026年2月27日"
    row = _headings(sheet, 4)
    number = 0
    for group, start in enumerate(range(0, len(firms), 60)):
        part = firms[start : start + 60]
        sheet.cell(row, 1, f"{'一二三四五六七八九十'[group]}、{_VILLAGES[group % len(_VILLAGES)]}（{len(part)}家）")
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(_TOP))
        row += 1
        if group == 2:
            row = _headings(sheet, row)
        for firm in part:
            number += 1
            row = _put_firm(sheet, row, firm, number)
        sheet.cell(row, 2, "小计")
        sheet.cell(row, 9, sum(firm.workers for firm in part if isinstance(firm.workers, int)))
        row += 1
    row = _put_repeats(rng, sheet, row, firms, number)
    sheet.cell(row, 1, "合计")
    sheet.cell(row, 2, f"{number}家")
    sheet.cell(row + 2, 1, "备注：1.本表由各村（社区）填报；2.人数以年末在册为准。")
    sheet.cell(row + 3, 1, f"填表人：{_person(rng)}")
    sheet.cell(row + 3, 6, f"审核人：{_person(rng)}")


def _put_repeats(rng: random.Random, sheet: Any, row: int, firms: list[_Firm], number: int) -> int:
    """Add what a list copied together from several hands has at its end: repeats, and rows that cannot be taken."""
    for firm in rng.sample(firms[:100], 4):
        number += 1
        row = _put_firm(sheet, row, firm, number)
    sheet.cell(row, 1, number + 1)
    sheet.cell(row, 3, _code(9, number))
    sheet.cell(row, 4, "桥东村工业园3号")
    sheet.cell(row + 1, 1, number + 2)
    sheet.cell(row + 1, 2, "#REF!")
    sheet.cell(row + 1, 4, "桥西村旧厂房")
    return row + 2


def _put_firm(sheet: Any, row: int, firm: _Firm, number: int) -> int:
    for column, value in enumerate(_cells(firm, number), start=1):
        sheet.cell(row, column, value)
    if isinstance(firm.tested, date):
        sheet.cell(row, 14).number_format = "yyyy/m/d"
    sheet.row_dimensions[row].hidden = firm.hidden
    for extra, hazard in enumerate(firm.more_hazards, start=1):
        sheet.cell(row + extra, 11, hazard)
    if firm.more_hazards:
        last = row + len(firm.more_hazards)
        for column in (1, 2, 3):
            sheet.merge_cells(start_row=row, start_column=column, end_row=last, end_column=column)
    return row + 1 + len(firm.more_hazards)


def _headings(sheet: Any, row: int) -> int:
    for column, (top, below) in enumerate(zip(_TOP, _BELOW, strict=True), start=1):
        sheet.cell(row, column, top).font = Font(bold=True)
        sheet.cell(row + 1, column, below)
        if below is None:
            sheet.merge_cells(start_row=row, start_column=column, end_row=row + 1, end_column=column)
    for first in (5, 7, 9):
        sheet.merge_cells(start_row=row, start_column=first, end_row=row, end_column=first + 1)
    return row + 2


def _title(sheet: Any, text: str, width: int) -> None:
    sheet["A1"] = text
    sheet["A1"].font = Font(bold=True, size=16)
    sheet["A1"].alignment = Alignment(horizontal="center")
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)


def _write_additions(sheet: Any, firms: list[_Firm]) -> None:
    """A second list with fewer columns, in another order and other words."""
    sheet.append(
        ["信用代码", "企业名称", "厂址", "负责人", "职工人数", "接触危害人数", "危害因素", "风险等级（2022年试点）"]
    )
    for firm in firms:
        people = (firm.legal, firm.workers, firm.exposed)
        sheet.append([firm.code, firm.name, firm.address, *people, firm.trade[3], f"{firm.risk}类"])


def _write_plain(sheet: Any, town: str, firms: list[_Firm]) -> None:
    """A plain list with headings in the first row, names of columns as another office writes them."""
    sheet.title = town[:20]
    sheet.append(_PLAIN)
    for number, firm in enumerate(firms, start=1):
        sheet.append(_cells(firm, number))


def _write_late_heading(sheet: Any, town: str, firms: list[_Firm]) -> None:
    """A list that begins in the third column, below remarks and blank rows."""
    sheet.title = "Sheet1"
    sheet["C2"] = f"{town}企业底册"
    sheet["C4"] = "说明：本册由系统导出后补录，信用代码以营业执照为准。"
    for offset, heading in enumerate(["No.", *_TOP[1:4], "法定代表人", "联系电话", "行业类别", "行业代码"], start=3):
        sheet.cell(7, offset, heading)
    rest = ("员工总数", "接触职业病危害人数", "危害因素名称", "风险分类（试点）", "已申报", "定期检测日期", "备注")
    for offset, heading in enumerate(rest, start=11):
        sheet.cell(7, offset, heading)
    for number, firm in enumerate(firms, start=1):
        for offset, value in enumerate(_cells(firm, number), start=3):
            sheet.cell(7 + number, offset, value)


def _write_leftovers(book: Any, firms: list[_Firm]) -> None:
    """Sheets that belong to no list: counts, and a hidden older copy."""
    counts = book.create_sheet("统计")
    counts.append(["村（社区）", "家数"])
    for village in _VILLAGES:
        counts.append([village, sum(firm.address.startswith(village) for firm in firms)])
    old = book.create_sheet("旧名单")
    old.append(["单位名称", "统一社会信用代码"])
    for firm in firms[:5]:
        old.append([firm.name, firm.code])
    old.sheet_state = "hidden"
