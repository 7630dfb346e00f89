"""Invented employers of a town, 25 columns each; the same number gives the same employer in every run."""

import random
from collections.abc import Iterator
from pathlib import Path

from ohdesk.domain.establishment import Value, uscc_check_character

HAN = (
    "华兴盛达鑫宏伟恒丰泰安顺利源光明辉煌精诚信和美佳永昌金银铜铁木水火土东西南北中天地人海洋山川江河湖星辰日月云龙凤虎鹏飞腾"
    "跃远航力强威武文雅康健福禄寿喜富贵荣誉创新科技联合众志成城巨匠工艺品味优良卓越超群百千万亿"
)
_TRADES = "家具电镀五金塑胶印刷鞋材玻璃陶瓷石材电子电池化工涂料纺织服装皮革机械模具汽修建材水泥铸造木业包装玩具"
TRADES = tuple(_TRADES[at : at + 2] for at in range(0, len(_TRADES), 2))
ENDS = ("有限公司", "厂", "制品有限公司", "加工厂", "科技有限公司", "实业有限公司", "经营部")
HAZARDS = ("矽尘", "木粉尘", "电焊烟尘", "苯", "甲苯", "二甲苯", "正己烷", "噪声", "高温", "铅", "三氯乙烯", "甲醛")
FAMILY = "王李张刘陈杨赵黄周吴"
RARE = "罕见鲸"  # in the name of one employer alone
COMMON = "有限公司"  # in the names of more than half
HEADINGS = {
    "name": "单位名称",
    "uscc": "统一社会信用代码",
    "grid": "网格",
    "address": "地址",
    "legal_representative": "法定代表人",
    "person_in_charge": "主要负责人",
    "contact": "联系人",
    "phone": "联系电话",
    "industry_code": "行业代码",
    "industry": "行业",
    "ownership": "经济类型",
    "size": "企业规模",
    "workers": "从业人数",
    "exposed_workers": "接害人数",
    "dispatched_workers": "劳务派遣人数",
    "hazards": "职业病危害因素",
    "risk_class": "风险类别",
    "declared": "已申报",
    "declared_on": "申报日期",
    "tested_on": "最近检测日期",
    "exam_on": "最近体检日期",
    "inspected_on": "最近检查日期",
    "status": "状态",
    "tags": "标签",
    "note": "备注",
}


def employer(number: int) -> dict[str, Value]:
    """Return the fields of an employer; 0 is the one whose name nobody else has anything of."""
    chance = random.Random(number)  # noqa: S311 - invented data
    pick, between = chance.choice, chance.randint
    trade, first_17 = pick(TRADES), f"91440000MA{number:07}"
    name = f"{pick(HAN)}{pick(HAN)}{pick(HAN)}{trade}{pick(ENDS)}"
    workers = int(chance.lognormvariate(3.2, 1.2)) + 1
    road, park = f"{pick(HAN)}{pick(HAN)}路 {between(1, 999)} 号", f"{pick(HAN)}{pick(HAN)}工业园 {between(1, 20)} 栋"
    day = f"{between(2022, 2025)}-{between(1, 12):02}-{between(1, 28):02}"
    return {
        "name": f"{RARE}{trade}厂" if number == 0 else name,
        "uscc": first_17 + uscc_check_character(first_17),
        "kind": "用人单位",
        "grid": f"第{between(1, 40)}网格",
        "address": f"石桥镇{road}{park}",
        "legal_representative": pick(FAMILY) + pick(HAN) + pick(HAN),
        "person_in_charge": pick(FAMILY) + pick(HAN),
        "contact": pick(FAMILY) + pick(HAN) + pick(HAN),
        "phone": f"1{between(30, 99)}{between(0, 99999999):08}",
        "industry_code": f"C{between(13, 43)}{between(10, 99)}",
        "industry": trade,
        "ownership": pick(("私营", "外资", "国有", "集体", "个体")),
        "size": pick(("大型", "中型", "小型", "微型")),
        "workers": workers,
        "exposed_workers": int(workers * chance.random()),
        "dispatched_workers": between(0, 9),
        "hazards": "、".join(chance.sample(HAZARDS, between(1, 4))),
        "risk_class": pick(("甲", "乙", "丙")),
        "declared": True,
        "declared_on": day,
        "tested_on": day,
        "exam_on": day,
        "inspected_on": day,
        "status": "在业" if between(0, 19) else "停业",
        "tags": "",
        "note": pick(HAN) * between(0, 12),
    }


def lines(count: int) -> Iterator[tuple[str | int, ...]]:
    """Yield the rows of a list of employers, without its headings: what stands in the cells."""
    for number in range(count):
        fields = employer(number)
        yield tuple("是" if fields[key] is True else fields[key] for key in HEADINGS)  # type: ignore[misc]


def write_workbook(path: Path, count: int) -> None:
    """Write a list of employers as a workbook of 25 columns."""
    import openpyxl  # late: takes a fifth of a second

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("名录")
    sheet.append(list(HEADINGS.values()))
    for line in lines(count):
        sheet.append(line)
    book.save(path)


def write_csv(path: Path, count: int) -> None:
    """Write a list of employers as text with commas, flat in memory."""
    import csv

    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS.values())
        writer.writerows(lines(count))
