"""The roll's own export, read back: nothing changes, whatever the cells say."""

import random
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from ohdesk.domain.establishment import FIELDS, Field, uscc_check_character
from ohdesk.i18n import SOURCE_LANGUAGE, set_language
from ohdesk.reports.tables import Sheet, workbook
from ohdesk.services.context import Context
from ohdesk.services.roll import entries, importing
from ohdesk.services.roll.export import export_roll

# What a list of somebody else's would have to be understood for.
ODD = {
    "hazards": "噪声,苯；1,2-二氯乙烷",
    "note": "已搬迁至二路；原名“三号厂”",
    "kind": "用人单位",
    "grid": "单位名称",
    "ownership": "企业名称",
    "contact": "无",
    "person_in_charge": "同上",
    "industry": "C3071 陶瓷",
    "risk_class": "甲类",
    "tags": "合计、小计",
    "status": "在业",
    "declared": "否",
    "declared_on": "2025-03-01",
    "workers": "0",
    "exposed_workers": "7",
    "phone": "'0769-1",
    "address": "东路  1 号",
    "registration": "441900600123456",
}


def code(number: int) -> str:
    first_17 = f"91000000MA{number:06d}0"
    return first_17 + uscc_check_character(first_17)


def fill(ctx: Context) -> int:
    names = [
        "1、青沐竹器厂",
        "蓟岑五金厂（已注销）",
        "合计",
        "单位名称",
        "砚棠 陶瓷厂",
        "示例厂",
        "注：某厂",
        "便民店",
        "便民店",
    ]
    for number, name in enumerate(names):
        fields = {"name": name, **(ODD if number % 2 else {})}
        if number % 3:
            fields["uscc"] = code(number)
        if number == 8:
            fields = {"name": name, "address": "二路"}
        if number % 2 and number > 1:
            del fields["registration"]
        entries.add(ctx, fields)
    return len(names)


@pytest.mark.parametrize("language", [SOURCE_LANGUAGE, "en"])
def test_an_export_that_nobody_touched_changes_nothing(ctx: Context, tmp_path: Path, language: str) -> None:
    count = fill(ctx)
    set_language(language)
    try:
        assert export_roll(ctx, tmp_path / "roll.xlsx").count == count
        comparison = importing.compare(ctx, importing.preview(tmp_path / "roll.xlsx"))
    finally:
        set_language(SOURCE_LANGUAGE)
    assert list(comparison.changed) == []
    assert comparison.counts == {"new": 0, "changed": 0, "same": count, "repeated": 0, "foreign": 0}
    assert comparison.reading.not_taken == []


LONG = 1500  # entries: several portions of whatever is done many at a time
WORDS = ["噪声,苯；1,2-二氯乙烷", "已搬迁", "无", "同上", "合计", "单位名称", "  东路  1号", "=1+1", "'0769", "甲类"]
WORDS += ["一\n二", "_x000D_", "0", "＠"]


def any_value(rng: random.Random, field: Field) -> str:
    """A value that a field may have, however odd."""
    if field.kind == "day":
        return (date(1990, 1, 1) + timedelta(days=rng.randrange(20_000))).isoformat()
    if field.kind == "count":
        return str(rng.choice([0, 7, 40_000, 600_000]))
    if field.kind == "flag":
        return "否" if field.key == "state_secrets" else rng.choice(["是", "否"])  # of one that does no list is written
    return f"{rng.choice(WORDS)}{rng.choice(WORDS)}{rng.randrange(99)}".strip()


def test_a_long_export_with_every_field_comes_back_as_it_went(ctx: Context, tmp_path: Path) -> None:
    rng = random.Random(5)  # noqa: S311
    own = {"name", "uscc", "registration", "local_id", "town", "tags"}
    rows = []
    for number in range(LONG):
        texts = {field.key: any_value(rng, field) for field in FIELDS if field.key not in own and rng.random() < 0.8}
        texts |= {"name": f"{rng.choice(WORDS).strip()}{number}厂", "tags": "高毒、胶粘剂", "town": ctx.office.division}
        texts |= rng.choice([{"uscc": code(number)}, {"registration": f"4419006{number:08d}"}, {}])
        rows.append([texts.get(field.key, "") for field in FIELDS])
    headings = [field.heading for field in FIELDS]
    (tmp_path / "list.xlsx").write_bytes(workbook([Sheet("单位名录", headings, rows)]))
    importing.apply(ctx, importing.compare(ctx, importing.preview(tmp_path / "list.xlsx")))
    assert export_roll(ctx, tmp_path / "roll.xlsx").count == LONG
    comparison = importing.compare(ctx, importing.preview(tmp_path / "roll.xlsx"))
    assert list(comparison.changed) == []
    assert comparison.counts == {"new": 0, "changed": 0, "same": LONG, "repeated": 0, "foreign": 0}
    held = importing.preview(tmp_path / "list.xlsx").entries
    back = {entry.name: entry.fields for entry in comparison.reading.entries}
    assert all(back[entry.name].items() >= entry.fields.items() for entry in held)


def test_an_export_that_was_corrected_changes_what_was_corrected(ctx: Context, tmp_path: Path) -> None:
    count = fill(ctx)
    export_roll(ctx, tmp_path / "roll.xlsx")
    book = openpyxl.load_workbook(tmp_path / "roll.xlsx")
    sheet = book.worksheets[0]
    column = [field.key for field in FIELDS].index("address") + 1
    sheet.cell(3, column, "新路9号")
    sheet.cell(2, [field.key for field in FIELDS].index("tested_on") + 1, "2026/2/3")
    sheet.cell(4, [field.key for field in FIELDS].index("workers") + 1, "很多")
    book.save(tmp_path / "roll.xlsx")
    shown = importing.preview(tmp_path / "roll.xlsx")
    comparison = importing.compare(ctx, shown)
    assert sorted(tuple(planned.fields.items()) for planned in comparison.changed) == [
        (("address", "新路9号"),),
        (("tested_on", "2026-02-03"),),
    ]
    assert comparison.counts["same"] == count - 2
    assert [doubt.found for entry in shown.entries for doubt in entry.doubts] == ["很多"]
