"""Lists from outside, laid out in every way that clerks lay them out."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohdesk.domain.establishment import USCC_ALPHABET, uscc_check_character, uscc_is_right
from ohdesk.domain.list_columns import Choices, Column
from ohdesk.domain.roll.reading import Duplicates, ListSheet, read_roll
from ohdesk.domain.roll.table import Cell, Entry, Merge, Refusal, Table, column_index, column_letters
from ohdesk.domain.roll.values import clean_code, clean_text, count_of, day_of, folded_name, text_of
from ohdesk.domain.secrecy import SecretError
from ohdesk.services.workbook.wordings import roll_words

HEAD = ("序号", "单位名称", "统一社会信用代码", "地址", "职业病危害因素", "备注")


def code(number: int) -> str:
    first_17 = f"91000000MA{number:06d}0"
    return first_17 + uscc_check_character(first_17)


def table(*rows: Sequence[Cell], merges: Sequence[Merge] = (), hidden: Sequence[int] = (), name: str = "名单") -> Table:
    return Table(name, rows, tuple(merges), frozenset(hidden))


class Reading(NamedTuple):
    """All that a list says."""

    entries: tuple[Entry, ...]
    refusals: tuple[Refusal, ...]
    duplicates: tuple[tuple[int, int], ...]
    rows: int
    warnings: Sequence[str]
    mapping: Mapping[str, str]
    sheets: Sequence[ListSheet]
    not_taken: Sequence[Column]


class Taken:
    """What was handed over."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.refusals: list[Refusal] = []
        self._seen = Duplicates()

    def entry(self, entry: Entry) -> None:
        self.entries.append(self._seen.marked(entry))

    def refusal(self, refusal: Refusal) -> None:
        self.refusals.append(refusal)


def read_all(tables: Sequence[Table], chosen: Mapping[str, str] | None = None) -> Reading:
    taken = Taken()
    found = read_roll(tables, roll_words(), taken, Choices(chosen or {}))
    duplicates = tuple((entry.repeats, entry.row) for entry in taken.entries if entry.repeats)
    not_taken = [column for sheet in found.sheets for column in sheet.columns if not column.key]
    return Reading(tuple(taken.entries), tuple(taken.refusals), duplicates, *found[:4], not_taken)


def read(*rows: Sequence[Cell], merges: Sequence[Merge] = (), hidden: Sequence[int] = ()) -> Reading:
    return read_all([table(*rows, merges=merges, hidden=hidden)])


def names(reading: Reading) -> list[str]:
    return [entry.name for entry in reading.entries]


def test_the_heading_is_found_below_title_remarks_and_blank_rows() -> None:
    reading = read(
        ("石桥镇用人单位名称登记表",),
        ("填报单位：石桥镇", None, None, "填表日期：2026年2月"),
        (),
        ("说明：单位名称按营业执照填写。",),
        HEAD,
        (1, "青沐竹器厂", code(1), "东路1号", "木粉尘", None),
    )
    assert [(entry.row, entry.name, entry.uscc, entry.flags) for entry in reading.entries] == [
        (6, "青沐竹器厂", code(1), ())
    ]
    assert reading.mapping["name"] == "单位名称"
    assert reading.rows == 1


def test_headings_of_two_rows_are_read_together() -> None:
    reading = read(
        ("序号", "单位名称", "信用代码", "法定代表人", None, "人数", None),
        (None, None, None, "姓名", "电话", "总数", "接害"),
        (1, "青沐竹器厂", code(1), "王煦", "000-1", 50, 10),
        merges=[Merge(0, column, 1, column) for column in range(3)] + [Merge(0, 3, 0, 4), Merge(0, 5, 0, 6)],
    )
    fields = reading.entries[0].fields
    assert (fields["legal_representative"], fields["phone"]) == ("王煦", "000-1")
    assert (fields["workers"], fields["exposed_workers"]) == ("50", "10")


def test_a_remark_in_brackets_may_have_brackets_of_its_own() -> None:
    reading = read(
        ("序号", "单位名称（注：须与营业执照（副本）一致）", "地址"),
        (None, None, "（村（居）、路名）"),
        (1, "青沐竹器厂", "东路1号"),
    )
    assert names(reading) == ["青沐竹器厂"]
    assert reading.entries[0].fields["address"] == "东路1号"


def test_group_headings_above_do_not_hide_the_columns() -> None:
    reading = read(
        ("单位基本情况", None, None, "检测机构", None),
        ("单位名称", "信用代码", "地址", "名称", "电话"),
        ("青沐竹器厂", code(1), "东路1号", "蓟岑检测有限公司", "000-2"),
        merges=[Merge(0, 0, 0, 2), Merge(0, 3, 0, 4)],
    )
    assert names(reading) == ["青沐竹器厂"]
    assert "phone" not in reading.entries[0].fields


@pytest.mark.parametrize(
    "heading",
    [
        "企业名称",
        "单位 名称",
        "用人单位名称（盖章）",
        "＊公司名称",
        "1.企业名称",
        "企业\n名称",
        "被检查单位名称：",
        "机构名称",
    ],
)
def test_the_name_column_is_known_by_many_wordings(heading: str) -> None:
    assert names(read(("序号", heading, "地址"), (1, "青沐竹器厂", "东路"))) == ["青沐竹器厂"]


@pytest.mark.parametrize(
    "rows",
    [
        (("序号", "地址", "联系电话"), (1, "东路1号", "000")),
        (("姓名", "身份证号", "工作单位"), ("王煦", "000", "青沐竹器厂")),
        (("名称", "CAS号", "限值"), ("苯", "71-43-2", 6)),
        (("产品名称", "单位", "数量"), ("竹椅", "把", 3)),
        (("单位名称", "完成数"), ("石桥镇", 3), ("柳浦镇", 4)),
        (("企业名称", "按营业执照填写"), ("统一社会信用代码", "18位")),
    ],
)
def test_a_sheet_without_names_of_inspected_bodies_gives_nothing_and_asks(rows: Sequence[Sequence[Cell]]) -> None:
    reading = read(*rows)
    assert reading.entries == ()
    assert any("--map" in warning for warning in reading.warnings)


def test_a_column_said_by_the_user_goes_before_the_wordings() -> None:
    rows = (("内部名", "代号", "地址"), ("青沐竹器厂", "x", "东路1号"))
    by_heading = read_all([table(*rows)], {"内部名": "name"})
    by_letter = read_all([table(*rows)], {"A": "name"})
    assert names(by_heading) == names(by_letter) == ["青沐竹器厂"]


def test_a_list_without_a_heading_is_taken_when_codes_and_names_are_plain() -> None:
    rows = [(number, f"青沐{number}竹器厂", code(number)) for number in range(1, 6)]
    reading = read(*rows)
    assert len(reading.entries) == 5
    assert any("没有表头" in warning for warning in reading.warnings)


def test_totals_groups_column_numbers_remarks_and_signatures_are_no_employers() -> None:
    reading = read(
        HEAD,
        ("（1）", "（2）", "（3）", "（4）", "（5）", "（6）"),
        ("例", "示例公司", code(9), "x"),
        ("一、桥东村（2家）",),
        (1, "青沐竹器厂", code(1), "东路1号"),
        (2, "总计数衡器厂", code(2), "东路2号"),
        (None, "小 计", None, "2家"),
        (3, "蓟岑合计量具厂", code(3), "东路3号"),
        ("合计", "3家"),
        (),
        ("填表人：王煦", None, "审核人：李言"),
        ("备注：1.本表一式两份",),
        ("以上名单截至2月底",),
    )
    assert names(reading) == ["青沐竹器厂", "总计数衡器厂", "蓟岑合计量具厂"]
    assert reading.refusals == ()
    assert reading.rows == 3
    assert any("不是单位" in warning for warning in reading.warnings)


def test_headings_repeated_in_the_middle_may_change_the_columns() -> None:
    reading = read(
        HEAD,
        (1, "青沐竹器厂", code(1), "东路1号"),
        HEAD,
        (2, "蓟岑五金厂", code(2), "东路2号"),
        ("企业名称", "地址", "信用代码"),
        ("砚棠陶瓷厂", "西路3号", code(3)),
    )
    assert [(entry.name, entry.uscc, entry.fields["address"]) for entry in reading.entries] == [
        ("青沐竹器厂", code(1), "东路1号"),
        ("蓟岑五金厂", code(2), "东路2号"),
        ("砚棠陶瓷厂", code(3), "西路3号"),
    ]


def test_rows_that_continue_an_employer_join_its_hazards() -> None:
    reading = read(
        HEAD,
        (1, "青沐竹器厂", code(1), "东路1号", "木粉尘"),
        (None, None, None, None, "噪声"),
        (None, None, None, None, "木粉尘、苯"),
        (2, "蓟岑五金厂", code(2), "东路2号", "噪声"),
        merges=[Merge(1, column, 3, column) for column in range(3)],
    )
    assert [entry.fields["hazards"] for entry in reading.entries] == ["木粉尘、噪声、苯", "噪声"]
    assert reading.refusals == ()
    assert reading.rows == 4


def test_hazards_as_ticked_columns_are_named_by_their_headings() -> None:
    reading = read(
        ("单位名称", "信用代码", "职业病危害因素", None, None),
        (None, None, "粉尘", "噪声", "其他"),
        ("青沐竹器厂", code(1), "√", None, "苯、甲苯"),
        merges=[Merge(0, 0, 1, 0), Merge(0, 1, 1, 1), Merge(0, 2, 0, 4)],
    )
    assert reading.entries[0].fields["hazards"] == "粉尘、苯、甲苯"


def test_a_row_meant_as_an_employer_without_a_name_is_refused_with_its_place() -> None:
    reading = read(
        HEAD,
        (1, "青沐竹器厂", code(1), "东路1号"),
        (2, None, code(2), "东路2号"),
        (3, None, None, "东路3号"),
        (4, "#N/A", "#N/A", "东路4号"),
        (5, 12345, code(5), "东路5号"),
        (6, code(6), "青沐竹器厂", "错位"),
    )
    assert names(reading) == ["青沐竹器厂"]
    assert [refusal.row for refusal in reading.refusals] == [3, 4, 5, 6, 7]
    assert all(refusal.column.startswith("单位名称") and refusal.reason for refusal in reading.refusals)
    assert reading.refusals[2].found == "#N/A"
    assert reading.rows == 6


def test_rows_numbered_in_advance_are_blank() -> None:
    reading = read(HEAD, (1, "青沐竹器厂", code(1)), (2,), (3,), (4, None, None, None, None, None))
    assert reading.rows == 1
    assert reading.refusals == ()


def test_each_state_of_a_code_has_its_flag_and_none_is_a_refusal() -> None:
    wrong = code(3)[:17] + ("0" if code(3)[17] != "0" else "1")
    reading = read(
        HEAD,
        (1, "青沐一厂", code(1)),
        (2, "青沐二厂", None),
        (3, "青沐三厂", wrong),
        (4, "青沐四厂", 9.1e17),
        (5, "青沐五厂", code(5)[:15]),
        (6, "青沐六厂", "9.1E+17"),
        (7, "青沐七厂", code(7).replace("0", "O", 1)),
        (8, "青沐八厂", "正在办理"),
        (9, "青沐九厂", "910000000000000000"),
    )
    assert [entry.flags for entry in reading.entries] == [
        (),
        ("uscc_missing",),
        ("uscc_check",),
        ("uscc_damaged",),
        ("uscc_damaged",),
        ("uscc_damaged",),
        ("uscc_check",),
        ("uscc_missing",),
        ("uscc_damaged",),
    ]
    assert reading.entries[2].uscc == wrong
    assert code(7) in reading.entries[6].doubts[0].reason
    assert [entry.row for entry in reading.entries if "uscc" in entry.fields] == [2, 4, 8]


def test_codes_damaged_alike_do_not_make_employers_the_same() -> None:
    reading = read(HEAD, (1, "青沐一厂", 9.1e17), (2, "青沐二厂", 9.1e17))
    assert reading.duplicates == ()


def test_repeats_are_told_by_code_or_else_by_name_and_marked_on_the_later_row() -> None:
    reading = read(
        HEAD,
        (1, "青沐竹器厂", code(1)),
        (2, "青沐竹器（厂）", code(1).lower()),
        (3, "蓟岑五金厂", None),
        (4, "蓟岑 五金厂", code(4)),
        (5, "青沐竹器厂", code(5)),
        (6, "青沐竹器厂", "无"),
    )
    assert reading.duplicates == ((2, 3), (4, 5), (2, 7))
    flags = [[flag for flag in entry.flags if flag.startswith("duplicate")] for entry in reading.entries]
    assert flags == [[], ["duplicate_of:2"], [], ["duplicate_of:4"], [], ["duplicate_of:2"]]


def test_closed_employers_are_known_by_state_remark_or_name() -> None:
    reading = read(
        ("单位名称", "经营状态", "备注", "是否停产"),
        ("青沐一厂", "正常", "2024年已注销", None),
        ("青沐二厂", "停产", None, None),
        ("青沐三厂（已搬迁）", None, None, None),
        ("青沐四厂", "存续", "未停产，拟搬迁", "否"),
        ("青沐五厂", None, "曾停产，现已恢复生产", None),
        ("青沐六厂", None, None, "是"),
    )
    assert [entry.row for entry in reading.entries if "closed" in entry.flags] == [2, 3, 4, 7]
    assert [entry.fields.get("status") for entry in reading.entries] == ["注销", "停业", "搬迁", "在业", None, "停业"]
    assert reading.entries[2].name == "青沐三厂"


def test_hidden_rows_are_taken_and_marked() -> None:
    reading = read(HEAD, (1, "青沐竹器厂", code(1)), (2, "蓟岑五金厂", code(2)), hidden=[2])
    assert [entry.flags for entry in reading.entries] == [(), ("hidden",)]


def test_several_sheets_are_read_each_by_its_own_heading() -> None:
    reading = read_all(
        [
            table(HEAD, (1, "青沐竹器厂", code(1)), name="一"),
            table(("说明",), ("填表须知",), name="二"),
            table(("信用代码", "企业名称"), (code(1), "青沐竹器厂"), (code(2), "蓟岑五金厂"), name="三"),
        ]
    )
    assert [(entry.sheet, entry.row) for entry in reading.entries] == [("一", 2), ("三", 2), ("三", 3)]
    assert reading.duplicates == ((2, 2),)
    assert any("“二”" in warning for warning in reading.warnings)


def test_a_class_without_its_scheme_is_kept_and_asked_about() -> None:
    stated = read(("单位名称", "风险类别（2022年试点）"), ("青沐竹器厂", "甲类"))
    assert stated.entries[0].fields["risk_scheme"] == "pilot2022"
    silent = read(("单位名称", "风险类别"), ("青沐竹器厂", "甲类"))
    assert silent.entries[0].fields["risk_class"] == "甲"
    assert "risk_scheme" not in silent.entries[0].fields
    assert any("甲、乙、丙" in warning for warning in silent.warnings)


def test_severity_by_the_catalogue_and_class_of_supervision_are_two_fields() -> None:
    reading = read(
        ("单位名称", "风险类别（2022年试点）", "职业病危害程度"),
        ("青沐竹器厂", "甲类", "严重"),
        ("蓟岑五金厂", "丙", "职业病危害一般"),
        ("青沐印刷厂", None, "较重"),
    )
    graded = [
        [entry.fields.get(key) for key in ("risk_class", "risk_scheme", "hazard_grade")] for entry in reading.entries
    ]
    assert graded == [["甲", "pilot2022", "严重"], ["丙", "pilot2022", "一般"], [None, None, "较重"]]
    # The edition of 2021 has no 较重: the value stays, and is asked about.
    assert [[doubt.found for doubt in entry.doubts] for entry in reading.entries] == [[], [], ["较重"]]


@pytest.mark.parametrize(
    ("heading", "found", "key", "kept"),
    [
        ("职业病危害风险分类", "严重", "hazard_grade", "严重"),
        ("职业病危害类别", "一般", "hazard_grade", "一般"),
        ("危害等级", "危害一般", "hazard_grade", "一般"),
        ("危害程度", "乙类", "risk_class", "乙"),
        ("职业病危害类别", "Ⅲ级", "risk_class", "Ⅲ"),
        ("风险等级", "一般", "risk_class", "一般"),
    ],
)
def test_what_a_cell_says_decides_which_grading_it_is(heading, found, key, kept) -> None:
    (entry,) = read(("单位名称", heading), ("青沐竹器厂", found)).entries
    assert {each: entry.fields[each] for each in ("risk_class", "hazard_grade") if each in entry.fields} == {key: kept}


def test_lists_of_institutions_keep_kind_permit_and_devices() -> None:
    reading = read(
        ("医疗机构名称", "对象类别", "放射诊疗许可证号", "许可证有效期至", "诊疗项目", "射线装置", "放射工作人员数"),
        ("青沐医院", "放射诊疗单位", "粤放证第1号", "2028-06-30", "X射线影像诊断", "DR 1台、CT 1台", 6),
    )
    (entry,) = reading.entries
    assert {key: entry.fields[key] for key in entry.fields if key != "name"} == {
        "kind": "放射诊疗单位",
        "permit_no": "粤放证第1号",
        "permit_until": "2028-06-30",
        "permit_scope": "X射线影像诊断",
        "devices": "DR 1台、CT 1台",
        "professionals": "6",
    }


def test_no_severity_is_named_and_left_out() -> None:
    (entry,) = read(("单位名称", "危害程度"), ("青沐竹器厂", "粉尘")).entries
    assert "hazard_grade" not in entry.fields
    assert [doubt.found for doubt in entry.doubts] == ["粉尘"]


def test_a_value_that_is_not_understood_is_left_out_and_named() -> None:
    reading = read(
        ("单位名称", "从业人数", "检测日期"), ("青沐竹器厂", "若干", "去年"), ("蓟岑五金厂", "约50人", 45717)
    )
    assert "workers" not in reading.entries[0].fields
    assert [doubt.found for doubt in reading.entries[0].doubts] == ["若干", "去年"]
    assert reading.entries[1].fields["workers"] == "50"
    assert reading.entries[1].fields["tested_on"] == "2025-03-01"
    assert sum("若干" in warning or "去年" in warning for warning in reading.warnings) == 2


def test_ditto_marks_mean_what_stands_above() -> None:
    reading = read(
        HEAD,
        (1, "青沐竹器厂", code(1), "东路1号", "苯"),
        (2, "蓟岑五金厂", code(2), "同上", "〃"),
        (None, "同上", None, None, "噪声"),
    )
    assert reading.entries[1].fields["address"] == "东路1号"
    assert reading.entries[1].fields["hazards"] == "苯、噪声"


@pytest.mark.parametrize(
    ("found", "count"),
    [("50人", 50), ("约50人", 50), ("１２", 12), ("12.0", 12), (12.0, 12), ("1,200", 1200), ("50余人", 50)]
    + [(value, None) for value in ("若干", -3, 12.5, "50-60", True, "", date(2025, 1, 1), 10**9)],
)
def test_head_counts(found: Cell, count: int | None) -> None:
    assert count_of(found) == count


@pytest.mark.parametrize(
    ("found", "day"),
    [
        ("2025.3.1", date(2025, 3, 1)),
        ("2025年3月1日", date(2025, 3, 1)),
        ("2025年3月", date(2025, 3, 1)),
        ("２０２５／３／１", date(2025, 3, 1)),
        ("20250301", date(2025, 3, 1)),
        (20250301.0, date(2025, 3, 1)),
        (45717.0, date(2025, 3, 1)),
        ("45717", date(2025, 3, 1)),
        ("2025-03-01 00:00:00", date(2025, 3, 1)),
        ("2025-03-01T16:00:00.000Z", date(2025, 3, 2)),
        ("2025-03-01T15:59:17Z", date(2025, 3, 2)),
        ("2025-03-01T15:58:00Z", date(2025, 3, 1)),
        ("2025-03-02T00:00:00+08:00", date(2025, 3, 2)),
        ("2025-03-01 23:59:17", date(2025, 3, 2)),
        ("2025-03-01 23:59:59", date(2025, 3, 1)),
        (45716.99999999999, date(2025, 3, 1)),
        (45717.99998842593, date(2025, 3, 1)),
        ("2025-03-01 16:00:00 UTC", date(2025, 3, 2)),
        (45716.99950231481, date(2025, 3, 1)),
        (45717.5, date(2025, 3, 1)),
        ("2025年3月1号", date(2025, 3, 1)),
        ("2025、3、1", date(2025, 3, 1)),
        ("2025.3.1上午", date(2025, 3, 1)),
        ("二〇二五年三月一日", date(2025, 3, 1)),
        ("二○二五年十二月三十一日", date(2025, 12, 31)),
        ("二〇二五年十月", date(2025, 10, 1)),
        (date(2025, 3, 1), date(2025, 3, 1)),
        (date(1900, 1, 5), None),
        (2025.1, None),
        (5.0, None),
        ("2025/13/1", None),
        ("去年", None),
    ],
)
def test_days(found: Cell, day: date | None) -> None:
    assert day_of(found) == day


@pytest.mark.parametrize(
    "spoil",
    [
        str.lower,
        lambda text: f"'{text}",
        lambda text: f" {text[:8]} {text[8:]}\u00a0",
        lambda text: f"{text[:9]}\n{text[9:]}",
        lambda text: f"\u200b{text[:4]}-{text[4:]}",
        lambda text: "".join(chr(ord(char) + 0xFEE0) for char in text),
        lambda text: f"统一社会信用代码：{text}（三证合一）",
    ],
)
def test_spelling_of_a_code_is_put_right(spoil: object) -> None:
    assert callable(spoil)
    assert clean_code(spoil(code(7)), frozenset()).text == code(7)
    assert clean_code(spoil(code(7)), frozenset()).state == "right"


def test_names_keep_their_characters_and_lose_what_only_stretches_them() -> None:
    assert clean_text("\u3000青 沐\n竹器厂\u200b ") == "青沐竹器厂"
    assert clean_text("𠅤䶮𬭎 Ab Cd 厂") == "𠅤䶮𬭎 Ab Cd 厂"
    assert clean_text("e\u0301厂") == "é厂"
    assert folded_name("青沐（竹器）厂") == folded_name("青沐(竹器) 厂")


@given(st.integers(0, 20_000))
def test_column_letters_count_as_spreadsheets_do(column: int) -> None:
    assert column_index(column_letters(column)) == column


def test_the_last_column_of_a_sheet_is_xfd() -> None:
    assert column_letters(16_383) == "XFD"


usable_names = st.text("青沐栎岚澄禾砚棠霁筠", min_size=2, max_size=6).map(lambda text: f"{text}厂")
codes = st.text(USCC_ALPHABET, min_size=17, max_size=17).map(lambda text: text + uscc_check_character(text))
cells: st.SearchStrategy[Cell] = st.one_of(
    st.none(), st.text(max_size=12), st.integers(), st.floats(allow_nan=False), st.booleans(), st.dates()
)


@given(st.lists(st.tuples(usable_names, codes), max_size=12, unique_by=lambda pair: pair[1]), st.integers(0, 5))
def test_every_employer_of_a_clean_list_is_accepted_once_with_its_row(pairs: list[tuple[str, str]], above: int) -> None:
    reading = read(*[()] * above, HEAD, *((number, *pair) for number, pair in enumerate(pairs, start=1)))
    assert [(entry.row, entry.name, entry.uscc) for entry in reading.entries] == [
        (above + 2 + place, name, uscc) for place, (name, uscc) in enumerate(pairs)
    ]
    assert reading.refusals == ()
    assert reading.duplicates == ()


@given(st.lists(st.lists(cells, max_size=7), max_size=12))
def test_whatever_stands_below_a_heading_no_row_is_both_taken_and_refused(rows: list[list[Cell]]) -> None:
    reading = read(HEAD, *rows)
    taken, refused = [entry.row for entry in reading.entries], [refusal.row for refusal in reading.refusals]
    assert len(taken) == len(set(taken))
    assert not set(taken) & set(refused)
    assert reading.rows >= len(taken) + len(refused)
    assert all(entry.name and entry.name == clean_text(entry.name) for entry in reading.entries)


@given(st.lists(st.lists(cells, max_size=5), max_size=8))
def test_no_table_of_any_content_makes_the_reader_stumble(rows: list[list[Cell]]) -> None:
    read(*rows)


def test_lists_beside_each_other_are_all_read() -> None:
    reading = read(
        ("序号", "单位名称", "信用代码", "序号", "单位名称", "信用代码"),
        (1, "青沐竹器厂", code(1), 3, "蓟岑五金厂", code(3)),
        (2, "砚棠陶瓷厂", code(2), None, None, None),
    )
    assert [(entry.row, entry.uscc) for entry in reading.entries] == [(2, code(1)), (3, code(2)), (2, code(3))]


def test_a_title_with_a_date_beside_it_is_no_group_of_columns() -> None:
    reading = read(
        ("2026年用人单位名称及职业病危害因素清单", None, None, "2026-02"),
        ("序号", "用人单位名称", "地址", "电话"),
        (1, "青沐竹器厂", "东路1号", "000-1"),
    )
    assert reading.mapping == {"name": "用人单位名称", "address": "地址", "phone": "电话"}


def test_numbers_before_names_are_left_out() -> None:
    assert names(read(("单位名称",), ("1、青沐竹器厂",), ("2.蓟岑五金厂",), ("3M竹器厂",))) == [
        "青沐竹器厂",
        "蓟岑五金厂",
        "3M竹器厂",
    ]


@pytest.mark.parametrize("beside", [2024, 45292.0, date(2024, 1, 1), 1], ids=["year", "serial", "day", "number"])
def test_a_number_among_the_headings_hides_none_of_them(beside: Cell) -> None:
    reading = read(
        ("单位名称", "统一社会信用代码", "地址", None, beside),
        ("青沐竹器厂", code(1), "东路1号", None, "合格"),
        ("蓟岑五金厂", code(2), "东路2号", None, "合格"),
    )
    assert [(entry.name, entry.uscc, entry.fields["address"]) for entry in reading.entries] == [
        ("青沐竹器厂", code(1), "东路1号"),
        ("蓟岑五金厂", code(2), "东路2号"),
    ]
    assert [(left.letters, left.heading) for left in reading.not_taken] == [("E", text_of(beside))]


def test_numbers_under_a_group_of_years_are_headings_too() -> None:
    reading = read(
        ("单位名称", "地址", "检测结果", None),
        (None, None, 2023, 2024),
        ("青沐竹器厂", "东路1号", "合格", "超标"),
        merges=[Merge(0, 2, 0, 3)],
    )
    assert names(reading) == ["青沐竹器厂"]
    assert [left.letters for left in reading.not_taken] == ["C", "D"]


@pytest.mark.parametrize(
    "word", ["用人单位", "单位名称", "企业", "公司", "对象", "医疗机构名称"], ids=lambda word: str(word)
)
def test_a_heading_is_never_taken_from_a_row_of_an_employer(word: str) -> None:
    rows = [
        ("青沐竹器厂", "东路1号", word, None, "竹器"),
        ("蓟岑五金厂", "东路2号", word, None, "五金"),
        ("砚棠陶瓷厂", "东路3号", word, "其他", "陶瓷"),
    ]
    reading = read(("单位名称", "地址", "监管类型", "备注", "主营"), *rows)
    assert names(reading) == [str(row[0]) for row in rows]
    assert [entry.row for entry in reading.entries] == [2, 3, 4]


def test_an_employer_whose_other_cells_are_words_of_headings_is_an_employer() -> None:
    reading = read(
        ("单位名称", "信用代码", "单位类型", "地址", "备注"),
        ("青沐竹器厂", None, "用人单位", None, "说明"),
        ("蓟岑记", None, "用人单位", "社区", "其他"),
        ("砚棠", None, "单位", "企业", "其他"),
        (None, None, None, None, None),
        ("地址", "备注", "单位名称", "联系电话", "信用代码"),
        ("东路1号", "甲", "石桥陶瓷厂", "000-1", code(1)),
    )
    assert names(reading) == ["青沐竹器厂", "蓟岑记", "砚棠", "石桥陶瓷厂"]
    assert dict(reading.entries[-1].fields) == {
        "name": "石桥陶瓷厂",
        "uscc": code(1),
        "address": "东路1号",
        "phone": "000-1",
        "note": "甲",
    }


def test_every_column_that_goes_nowhere_is_named() -> None:
    reading = read(
        ("序号", "单位名称", "环评批复", "地址", None, "身份证号"),
        (1, "青沐竹器厂", "有", "东路1号", "甲", "略"),
        (2, "蓟岑五金厂", "无", "东路2号", None, "略", None, "远处"),
    )
    assert [(left.letters, left.heading) for left in reading.not_taken] == [
        ("A", "序号"),
        ("C", "环评批复"),
        ("F", "身份证号"),
        ("E", ""),
        ("H", ""),
    ]


def test_a_column_that_is_empty_and_has_no_heading_is_not_named() -> None:
    reading = read(("单位名称", None, "地址"), ("青沐竹器厂", None, "东路1号"), ("蓟岑五金厂", " ", "东路2号"))
    assert reading.not_taken == []


def a_person(tail: int) -> str:
    first_17 = f"44190019900101{tail:03d}"
    weights = [2**place % 11 for place in range(17, 0, -1)]
    return first_17 + "10X98765432"[sum(int(one) * by for one, by in zip(first_17, weights, strict=True)) % 11]


def test_a_personal_number_is_no_code_and_stays_nowhere() -> None:
    numbers = [a_person(tail) for tail in range(1, 60)]
    assert {uscc_is_right(number) for number in numbers} == {True, False}  # it may pass for a credit code
    reading = read(
        ("单位名称", "统一社会信用代码", "经营者", "备注"),
        *((f"青沐{place}饭店", number, f"张某 {number}", number) for place, number in enumerate(numbers)),
        ("砚棠饭店" + numbers[0], None, None, None),
        (numbers[1], None, "王某", numbers[2]),
    )
    assert len(reading.entries) == len(numbers) + 1
    assert all(entry.uscc == "" and "uscc" not in entry.fields for entry in reading.entries)
    first = reading.entries[0]
    assert dict(first.fields) == {"name": "青沐0饭店", "legal_representative": "张某"}
    assert first.flags == ("uscc_personal",)
    assert {doubt.column for doubt in first.doubts} == {"统一社会信用代码（B列）", "经营者（C列）", "备注（D列）"}
    assert reading.entries[-1].name == "砚棠饭店"
    assert len(reading.refusals) == 1
    said = str(reading)
    assert not any(number in said for number in numbers)
    assert "身份证号" in said


def test_a_personal_number_rounded_by_the_spreadsheet_is_masked() -> None:
    reading = read(("单位名称", "统一社会信用代码", "备注"), ("青沐饭店", float(a_person(1)[:15] + "000"), 4.4e17))
    assert reading.entries[0].flags == ("uscc_personal",)
    assert "4419001990" not in str(reading)
    assert "note" not in reading.entries[0].fields


def test_numbers_from_before_the_credit_code_are_kept_and_tell_shops_apart() -> None:
    reading = read(
        ("单位名称", "统一社会信用代码", "地址"),
        ("便民家具店", "441900600123456", "一路1号"),
        ("便民家具店", 441900600654321.0, "二路88号"),
        ("砚棠鞋店", "69955823-9", "三路"),
        ("砚棠鞋店", "712345678", "四路"),
        ("砚棠鞋店", "712345678", "四路"),
    )
    assert [(entry.fields["registration"], entry.flags) for entry in reading.entries] == [
        ("441900600123456", ("uscc_other",)),
        ("441900600654321", ("uscc_other",)),
        ("699558239", ("uscc_other",)),
        ("712345678", ("uscc_other",)),
        ("712345678", ("uscc_other", "duplicate_of:5")),
    ]


def test_a_column_of_its_own_may_hold_the_old_number_or_the_credit_code() -> None:
    reading = read(
        ("单位名称", "统一社会信用代码", "注册号"),
        ("青沐竹器厂", code(1), "441900600123456"),
        ("蓟岑五金厂", None, code(2)),
        ("砚棠陶瓷厂", code(3), code(3)),
    )
    assert [(entry.uscc, entry.fields.get("registration", "")) for entry in reading.entries] == [
        (code(1), "441900600123456"),
        (code(2), ""),
        (code(3), ""),
    ]
    alone = read(("单位名称", "组织机构代码"), ("青沐竹器厂", code(1)), ("蓟岑五金厂", "712345678"))
    assert [(entry.uscc, entry.fields.get("registration", "")) for entry in alone.entries] == [
        (code(1), ""),
        ("712345678", "712345678"),
    ]


@pytest.mark.parametrize(
    "headings",
    [
        ("序号", "单位名称", "代码", "地址", "单位名称", "联系电话"),
        ("单位名称", "代码", "单位名称", "地址"),
        ("单位名称", "单位名称", "代码", "地址"),
        ("单位名称", "地址", "单位名称", "地址"),
    ],
)
def test_a_name_that_stands_twice_is_one_employer(headings: Sequence[str]) -> None:
    def cell(heading: str, number: int) -> Cell:
        known: dict[str, Cell] = {"单位名称": f"青沐{number}竹器厂", "代码": code(number), "序号": number}
        return known.get(heading, f"{number}号")

    reading = read(headings, *([cell(heading, number) for heading in headings] for number in (1, 2, 3)))
    assert names(reading) == ["青沐1竹器厂", "青沐2竹器厂", "青沐3竹器厂"]
    assert any(left.heading == "单位名称" for left in reading.not_taken)


@pytest.mark.parametrize("column", ["备注", "联系人", "单位地址"])
def test_a_picture_in_a_cell_is_no_text_and_is_named(column: str) -> None:
    picture = '=DISPIMG("ID_0123456789ABCDEF",1)'
    reading = read(("单位名称", column), ("青沐竹器厂", picture), ("蓟岑五金厂", picture), ("砚棠陶瓷厂", "甲"))
    assert [set(entry.fields) - {"name"} for entry in reading.entries[:2]] == [set(), set()]
    assert any("图片" in warning for warning in reading.warnings)


def test_a_list_marked_secret_is_refused_wherever_the_mark_stands() -> None:
    rows = [("单位名称", "地址", "电话", "联系人", "备注"), ("青沐竹器厂", "东路1号", "000", "甲", "商业秘密")]
    assert names(read(*rows)) == ["青沐竹器厂"]
    marked: list[list[Table]] = [
        [table(("石桥镇名单", None, None, "机密★1年"), *rows)],
        [table(("石桥镇名单 秘密",), *rows)],
        [table(*rows, name="绝密")],
        [table(*rows, (), ("秘密★3年",))],
        [table((*rows[0], "机密★"), rows[1])],
        [table(*rows), table(("机密",), ("内容",), name="附页")],
    ]
    for tables in marked:
        with pytest.raises(SecretError):
            read_all(tables)


def test_ordinary_words_about_secrets_refuse_no_list() -> None:
    reading = read(
        ("石桥镇商业秘密保护重点企业名单",),
        ("单位名称", "是否签订保密协议", "秘密级别", "密级", "备注"),
        ("机密仪器厂", "保密协议", "秘密级别无", "秘密", "商业秘密"),
        ("秘密花园餐饮店", "是", "无", "机密", "保守秘密"),
    )
    assert names(reading) == ["机密仪器厂", "秘密花园餐饮店"]


def test_a_list_of_names_and_years_has_a_heading() -> None:
    reading = read(("单位名称", 2023, 2024), ("青沐竹器厂", "合格", None), ("蓟岑五金厂", None, "超标"))
    assert names(reading) == ["青沐竹器厂", "蓟岑五金厂"]
    assert [left.heading for left in reading.not_taken] == ["2023", "2024"]


@pytest.mark.parametrize("same", ["code", "address", "phone"])
def test_two_names_of_one_employer_beside_each_other_are_one(same: str) -> None:
    def row(number: int) -> list[Cell]:
        first: list[Cell] = [f"青沐{number}竹器厂", code(number), f"东路{number}号", f"000-{number}"]
        second: list[Cell] = [f"青沐{number}制品厂", code(number + 50), f"西路{number}号", f"111-{number}"]
        place = {"code": 1, "address": 2, "phone": 3}[same]
        second[place] = first[place]
        if same != "code":
            second[1] = None
        return [*first, *second]

    headings = ("单位名称", "信用代码", "地址", "电话")
    assert len(read((*headings, *headings), *map(row, (1, 2, 3))).entries) == 3


def test_numbered_lists_beside_each_other_need_not_end_alike() -> None:
    reading = read(
        ("序号", "单位名称", "地址", "序号", "单位名称", "地址", "备注"),
        (1, "青沐竹器厂", "东路1号", 3, "蓟岑五金厂", "东路3号", "甲"),
        (2, "砚棠陶瓷厂", "东路2号", 4, "石桥电子厂", "东路4号", None),
    )
    assert names(reading) == ["青沐竹器厂", "砚棠陶瓷厂", "蓟岑五金厂", "石桥电子厂"]
    joined = read(
        ("序号", "单位名称", "地址", "序号", "单位名称", "检查结果"),
        (1, "青沐竹器厂", "东路1号", 1, "青沐竹制品厂", "合格"),
        (2, "砚棠陶瓷厂", "东路2号", 2, "砚棠陶制品厂", "合格"),
    )
    assert names(joined) == ["青沐竹器厂", "砚棠陶瓷厂"]


def test_a_picture_is_no_name_and_no_code() -> None:
    picture = '=_xlfn.DISPIMG("ID_0123",1)'
    reading = read(("单位名称", "信用代码", "地址"), (picture, code(1), "东路1号"), ("青沐竹器厂", picture, "东路2号"))
    assert [refusal.reason for refusal in reading.refusals] == ["单元格里是图片，没有读取"]
    assert reading.entries[0].flags == ("uscc_missing",)
    assert [doubt.reason for doubt in reading.entries[0].doubts] == ["单元格里是图片，没有读取"]


def test_a_column_full_of_credit_codes_is_the_code_whatever_it_is_headed() -> None:
    rows = [(f"青沐{number}竹器厂", code(number), a_person(number), code(99)) for number in range(1, 9)]
    reading = read(("单位名称", "证照编码", "身份证号", "检测机构代码"), *rows)
    assert [entry.uscc for entry in reading.entries] == [code(number) for number in range(1, 9)]
    assert [left.heading for left in reading.not_taken] == ["身份证号", "检测机构代码"]
    alone = read(("单位名称", "证件", "机构"), *((row[0], row[2], row[3]) for row in rows))
    assert "uscc" not in alone.mapping
