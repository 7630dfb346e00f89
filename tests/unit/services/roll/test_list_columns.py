"""The columns of a list of employers: put right, remembered, kept as they stand; changes declined; all taken back."""

import openpyxl
import pytest

from ohdesk.domain.list_columns import Choices
from ohdesk.errors import UserError
from ohdesk.services.county import conflicts
from ohdesk.services.county.digest import shown
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.roll import entries, importing, undo
from ohdesk.services.roll.columns import chosen_columns, remembered_here
from ohdesk.services.roll.export import export_roll
from tests.unit.services.exchange.bundle_world import copied_world

HEAD = ("内部名", "统一社会信用代码", "注册地", "领导 批示", "批次", "批次", None)
ROW = ("青沐竹器厂", "", "东路1号", "阅，\n办", 7, "甲", "左下角")


def saved(path, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def compared(ctx, path, choices=None):
    return importing.compare(ctx, importing.preview(path, choices, shapes=remembered_here(ctx)))


def columns(comparison):
    return {each.title: each.key for sheet in comparison.reading.sheets for each in sheet.columns}


def only(ctx):
    (row,) = entries.all_rows(ctx)
    return entries.detail(ctx, row.id)


def test_a_list_that_was_not_understood_shows_its_columns_so_that_they_can_be_said(ctx, tmp_path):
    path = saved(tmp_path / "a.xlsx", ("代号一", "代号二", "号三"), ("甲", "东路1号", "1"), ("乙", "东路2号", "2"))
    first = importing.preview(path)
    assert [each.heading for _, each in first.not_taken] == ["代号一", "代号二", "号三"]
    choices = first.choices.turned(first.sheets[0].columns[0], "name", [first.sheets[0].columns])
    again = importing.preview(path, choices)
    assert again.mapping == {"name": "代号一"}


def test_what_was_said_of_columns_holds_for_the_next_list_of_that_shape_and_for_no_other(ctx, tmp_path):
    path = saved(tmp_path / "a.xlsx", HEAD, ROW)
    said = Choices(chosen_columns(["内部名=单位名称", "C=地址", "F="]), ("E", "领导批示"))
    first = compared(ctx, path, said)
    assert importing.apply(ctx, first)
    later = saved(tmp_path / "b.xlsx", ("名单",), HEAD, ("蓟岑五金厂", "", "西路2号", "缓", 8, "乙", "右"))
    again = compared(ctx, later)
    assert columns(again) == columns(first)
    assert dict(next(iter(again.alike(importing.Kind.NEW))).kept) == {"领导批示": "缓", "批次 E": "8"}
    other = saved(tmp_path / "c.xlsx", (*HEAD[:6], "电话"), ROW)
    assert compared(ctx, other).reading.mapping == {}
    with pytest.raises(UserError, match="没有这些列"):
        importing.preview(path, Choices({"没有": "name", "A": "name"}))


def test_a_column_can_be_left_out_or_be_another_field_and_the_rest_stays_as_it_was(ctx, tmp_path):
    path = saved(
        tmp_path / "a.xlsx", ("单位名称", "地址", "代码栏", "危害一", "噪声"), ("青沐厂", "东路", "", "苯", "√")
    )
    read = importing.preview(path, Choices({"地址": "", "D": "hazards", "E": "hazards"}))
    assert dict(next(iter(read.entries)).fields) == {"name": "青沐厂", "hazards": "苯、噪声"}


def test_what_is_kept_stands_on_the_page_travels_and_comes_back_from_an_export_the_same(tmp_path):
    with copied_world(tmp_path / "world") as world:
        ctx = world.town
        path = saved(tmp_path / "a.xlsx", HEAD, ROW, (None, None, None, "续办"))
        importing.apply(ctx, compared(ctx, path, Choices({"A": "name", "C": "address"}, ("all",))))
        kept = (("领导批示", "阅，办；续办"), ("批次 E", "7"), ("批次 F", "甲"), ("G", "左下角"))
        assert only(ctx).kept == kept
        assert export_roll(ctx, tmp_path / "roll.xlsx").count == 1
        again = compared(ctx, tmp_path / "roll.xlsx")
        assert (again.counts["same"], again.to_write, list(again.reading.warnings)) == (1, 0, [])
        receiving.take_in(world.county, sending.export(ctx, world.stick).path)
        assert only(world.county).kept == kept
        # At another office it comes in with the export, without anybody choosing it.
        assert dict(next(iter(again.reading.entries)).kept) == dict(kept)


def test_what_is_kept_has_no_personal_number_in_it_and_a_blank_cell_takes_nothing_away(ctx, tmp_path):
    head, choices = ("单位名称", "经手人"), Choices({}, ("经手人",))
    path = saved(tmp_path / "a.xlsx", head, ("青沐竹器厂", "工人 11010519491231002X"), ("蓟岑五金厂", "孟岚"))
    first = compared(ctx, path, choices)
    assert ["经手人" in doubt.column for entry in first.reading.entries for doubt in entry.doubts] == [True]
    assert not any("11010519491231002X" in str(entry) for entry in first.reading.entries)
    importing.apply(ctx, first)
    later = saved(tmp_path / "b.xlsx", head, ("蓟岑五金厂", None))
    assert compared(ctx, later, choices).counts["same"] == 1


def test_changes_are_declined_one_by_one_and_one_undo_brings_back_what_showed(ctx, tmp_path):
    head = ("单位名称", "地址", "从业人数", "状态", "领导批示")
    choices = Choices({}, ("领导批示",))
    first = saved(
        tmp_path / "a.xlsx", head, ("青沐竹器厂", "东路1号", 5, "在业", "阅"), ("蓟岑五金厂", "西路", 7, "在业")
    )
    importing.apply(ctx, compared(ctx, first, choices))
    before = shown(ctx)
    later = saved(
        tmp_path / "b.xlsx",
        head,
        ("青沐竹器厂", "东路9号", 6, "停业", "缓"),
        ("蓟岑五金厂", "西路", 8, "在业", "新"),
        ("霁虹木业", "北路", 9, "在业", "新"),
    )
    comparison = compared(ctx, later, choices)
    (sheet,) = comparison.reading.sheets
    declined = [
        (sheet.name, 2, "address"),
        (sheet.name, 2, "kept"),
        (sheet.name, 3, "workers"),
        (sheet.name, 3, "kept"),
    ]
    assert importing.apply(ctx, comparison, declined=declined)
    held = {row.name: entries.detail(ctx, row.id) for row in entries.all_rows(ctx)}
    one, other = held["青沐竹器厂"], held["蓟岑五金厂"]
    assert [one.fields[key] for key in ("address", "workers", "status")] == ["东路1号", "6", "停业"]
    assert one.kept == (("领导批示", "阅"),)
    assert (other.fields["workers"], other.kept) == ("7", ())
    assert held["霁虹木业"].kept == (("领导批示", "新"),)
    assert shown(ctx) != before
    undone = undo.undo(ctx)
    assert (undone.withdrawn, undone.restored) == (1, 1)
    assert shown(ctx) == before


def test_two_offices_that_keep_different_columns_of_one_employer_are_asked_which_holds(tmp_path):
    with copied_world(tmp_path / "world") as world:
        head, town, county = ("单位名称", "批示"), world.town, world.county
        plain = saved(tmp_path / "plain.xlsx", ("单位名称", "地址"), ("青沐竹器厂", "东路1号"))
        importing.apply(town, compared(town, plain))
        receiving.take_in(county, sending.export(town, world.stick).path)
        for ctx, text in ((town, "阅"), (county, "缓")):
            path = saved(tmp_path / f"{text}.xlsx", head, ("青沐竹器厂", text))
            importing.apply(ctx, compared(ctx, path, Choices({}, ("批示",))))
        receiving.take_in(county, sending.export(town, world.stick).path)
        (conflict,) = conflicts.in_dispute(county)
        assert {each.text for each in conflict.candidates} == {"批示：阅", "批示：缓"}
        conflicts.settle(county, conflict.establishment, conflict.field, "批示：阅", "已电话核实")
        assert only(county).kept == (("批示", "阅"),)
        assert conflicts.in_dispute(county) == []
