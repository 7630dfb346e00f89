"""The roll's own export, read back: nothing changes, whatever the cells say."""

from pathlib import Path

import openpyxl
import pytest

from ohdesk.domain.establishment import FIELDS, uscc_check_character
from ohdesk.i18n import SOURCE_LANGUAGE, set_language
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
        assert export_roll(ctx, tmp_path / "roll.xlsx") == count
        comparison = importing.compare(ctx, importing.preview(tmp_path / "roll.xlsx"))
    finally:
        set_language(SOURCE_LANGUAGE)
    assert list(comparison.changed) == []
    assert comparison.counts == {"new": 0, "changed": 0, "same": count, "repeated": 0, "foreign": 0}
    assert comparison.reading.not_taken == ()


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
