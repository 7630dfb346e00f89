"""Lists of the systems beside this one come into their books, and where they are from stands in the history."""

import openpyxl
import pytest

from ohdesk.domain.list_columns import Choices
from ohdesk.domain.provenance import Provenance
from ohdesk.domain.register.definition import Kind
from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.list_sources import list_sources
from ohdesk.forms.registers import definition
from ohdesk.services.county.digest import shown as shown_digest
from ohdesk.services.register import entries, listing, undo
from ohdesk.services.register.columns import book_targets, provenance_of
from ohdesk.services.register.import_preview import Outcome
from ohdesk.services.register.importing import apply, preview
from ohdesk.services.roll import entries as roll
from ohdesk.services.workbook.reading import read_rows
from tests.unit.services.exchange.bundle_world import copied_world

LISTS = {
    "declarations": (
        ("企业名称", "申报类型", "申报时间", "申报回执号", "接害总人数", "主要职业病危害因素"),
        ("示范厂", "初次申报", "2026年3月2日", "Z-1", "12人", "噪声、苯"),
        {"kind": "first", "filed_on": "2026-03-02", "receipt_no": "Z-1", "exposed": 12},
    ),
    "tests": (
        ("用人单位名称", "报告类型", "检测报告编号", "技术服务机构", "现场采样时间", "报告出具日期", "超标岗位数量"),
        ("示范厂", "现状评价报告", "JC-9", "检测所", "2026.2.1", "2026-03-01", 2),
        {"kind": "evaluation", "report_no": "JC-9", "sampled_from": "2026-02-01", "posts_over": 2},
    ),
    "exams": (
        (
            "单位名称",
            "体检类型",
            "体检年度",
            "体检机构名称",
            "体检日期",
            "应体检人数",
            "实际体检人数",
            "疑似职业病人数",
        ),
        ("示范厂", "岗前", 2026, "检测所", "2026-02-03", 20, 18, 1),
        {"kind": "before", "year": 2026, "from": "2026-02-03", "due": 20, "done": 18, "suspected": 1},
    ),
    "dose": (
        (
            "单位名称",
            "监测年度",
            "监测期次",
            "监测机构名称",
            "佩戴起始日期",
            "放射工作人员总数",
            "应佩戴人数",
            "实际监测人数",
        ),
        ("示范厂", 2026, "第一季度", "检测所", "2026-01-01", 9, 9, 8),
        {"year": 2026, "period": "第一季度", "from": "2026-01-01", "workers": 9, "due": 9, "done": 8},
    ),
    "new_cases": (
        ("用人单位", "通报来源", "通报日期", "职业病名称", "诊断年月", "确诊例数", "通报编号"),
        ("示范厂", "诊断机构", "2026-03-03", "职业性噪声聋", "2026-02", 1, "通〔2026〕3号"),
        {"received_on": "2026-03-03", "disease": "职业性噪声聋", "month": "2026-02", "cases": 1},
    ),
}


def saved(path, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def previewed(ctx, register, path, said=None):
    return preview(ctx, register, read_rows(path), path.name, provenance=said or Provenance())


@pytest.mark.parametrize("source", sorted(LISTS))
def test_a_list_of_a_system_comes_into_its_book_by_its_own_headings_and_says_where_it_is_from(ctx, tmp_path, source):
    for name in ("示范厂", "检测所"):
        roll.add(ctx, {"name": name})
    heading, row, expected = LISTS[source]
    path = saved(tmp_path / "list.xlsx", ("汇总表",), ("导出日期：2026年3月5日", None, "批次号", "P-7"), heading, row)
    found = previewed(ctx, list_sources()[source].register, path)
    assert found.counts[Outcome.NEW] == 1, list(found.refusals)
    assert found.provenance == Provenance(source, "2026-03-05", "P-7")
    assert [each.heading for each in found.not_taken] == []
    apply(ctx, found)
    (entry,) = listing.all_rows(ctx, found.register)
    detail = entries.detail(ctx, entry.id)
    assert detail.values.items() >= expected.items()
    (told,) = (each.value for each in detail.history if each.field == "provenance")
    assert told.endswith("，名单日期 2026-03-05，编号 P-7")


@pytest.mark.parametrize("source", list_sources().values(), ids=list_sources())
def test_what_a_system_says_is_a_field_and_a_word_of_its_book(source):
    book = definition(source.register)
    targets = {each.key: each for each in book_targets(book)}
    assert all(not targets[key].why for key in source.columns)
    for key, words in source.words.items():
        assert book.field(key).kind is Kind.CHOICE
        assert set(words.values()) <= {choice for choice, _ in book.field(key).choices}
    assert source.id in LISTS
    assert source.unconfirmed


def test_provenance_is_said_travels_and_goes_with_what_is_taken_back(tmp_path):
    with copied_world(tmp_path / "world") as world:
        ctx = world.town
        roll.add(ctx, {"name": "示范厂"})
        heading, row, _ = LISTS["declarations"]
        first = saved(tmp_path / "a.xlsx", ("单位名称", "申报类别", "申报日期"), ("示范厂", "首次", "2026-03-02"))
        none = previewed(ctx, "declarations", first)
        assert none.provenance == Provenance()
        apply(ctx, none)
        before = shown_digest(ctx)
        said = provenance_of("declarations", "", "2026.3.9", "")
        later = previewed(
            ctx, "declarations", saved(tmp_path / "b.xlsx", ("填报日期：2026-03-05",), heading, row), said
        )
        assert later.provenance == Provenance("declarations", "2026-03-09")
        assert apply(ctx, later)
        (entry, *_) = listing.all_rows(ctx, "declarations")
        assert "provenance" in entry.values
        undo.undo(ctx, "declarations")
        assert shown_digest(ctx) == before


def test_a_system_or_a_day_that_is_none_is_named():
    with pytest.raises(UserError, match="没有来自"):
        provenance_of("declarations", "tests", "", "")
    with pytest.raises(ProblemsError, match="2 处") as told:
        provenance_of("declarations", "", "哪天", "9" * 65)
    assert {each.field for each in told.value.problems} == {"listed_on", "report_no"}


def test_a_book_of_counts_keeps_no_column_that_tells_of_a_person(ctx, tmp_path):
    for name in ("示范厂", "检测所"):
        roll.add(ctx, {"name": name})
    heading, row, _ = LISTS["exams"]
    path = saved(tmp_path / "list.xlsx", (*heading, "劳动者姓名", "性 别", "批次"), (*row, "孟岚", "女", "一"))
    found = preview(ctx, "exams", read_rows(path), path.name, Choices({}, ("all", "劳动者姓名")))
    assert {each.heading: found.choices.keeps(each) for each in found.not_taken} == {
        "劳动者姓名": False,
        "性别": False,
        "批次": True,
    }
    apply(ctx, found)
    (entry,) = listing.all_rows(ctx, "exams")
    assert entry.values["kept"] == [["批次", "一"]]
