"""The roll by hand: add, correct with a reason, look up."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import select

from ohdesk.db import journal
from ohdesk.db.journal import Stamp
from ohdesk.db.models import DrawSheet, Establishment, FrozenPiece, Proposal
from ohdesk.db.queries.digest import state_digest
from ohdesk.domain.operations import DrawCommitted, EstablishmentWritten
from ohdesk.domain.register.conditions import Condition
from ohdesk.errors import ProblemsError, UserError
from ohdesk.search import folded
from ohdesk.services.changes import Change
from ohdesk.services.register.conditions import EntryQuery
from ohdesk.services.roll import entries, undo, values
from ohdesk.services.roll.export import export_roll
from tests.conftest import NOON, signing

CODE = "91000000MA00000000"


@pytest.fixture
def entry(ctx):
    return entries.add(ctx, {"name": "石桥金泰五金厂", "workers": "20", "risk_class": "乙"})


@pytest.mark.parametrize("search", ["金泰", "sqjt", "SQJT", "石桥 金泰", "ｓｑｊｔ", ""])
def test_an_entry_is_found_by_name_and_initials(ctx, entry, search):
    assert [row.id for row in entries.list_rows(ctx, EntryQuery(search))] == [entry]
    assert len(entries.all_rows(ctx, EntryQuery(search))) == 1


@pytest.mark.parametrize(
    "typed", ["柳溪村 183", "梁堃", "苏映", "陶镕", "0750-7586049", "07507586049", "758604", "７５８"]
)
def test_an_entry_is_found_by_address_person_and_telephone(ctx, entry, typed):
    entries.add(ctx, {"name": "另一家厂", "address": "莲塘村1号", "phone": "0750-1110000"})
    where = {"address": "柳溪村183号", "phone": "0750-7586049"}
    who = {"legal_representative": "梁堃", "person_in_charge": "苏映", "contact": "陶镕"}
    assert entries.list_rows(ctx, EntryQuery(typed)) == []
    entries.correct(ctx, entry, {**where, **who}, "现场核实")
    assert [row.id for row in entries.list_rows(ctx, EntryQuery(typed))] == [entry]
    assert len(entries.listed(ctx, EntryQuery(typed)).names) == 1


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ((("kind", "is", "放射诊疗单位"),), "乙"),
        ((("对象类别", "is", "放射诊疗单位"),), "乙"),
        ((("industry_code", "is", "C30"),), "甲丙"),
        ((("industry_code", "is", "3071"),), "甲"),
        ((("industry_code", "is", "c3011"),), "丙"),
        ((("tags", "is", "高毒"),), "甲"),
        ((("tags", "contains", "毒"),), "甲丙"),
        ((("workers", "after", "50"),), "乙丙"),
        ((("workers", "before", "50"),), "甲"),
        ((("tested_on", "after", "2025-01-01"), ("tested_on", "before", "2025-12-31")), "丙"),
        ((("tested_on", "empty", ""),), "乙"),
        ((("declared", "is", "是"),), "甲"),
        ((("phone", "contains", "%"),), ""),
        ((("name", "contains", "厂"), ("workers", "filled", "")), "甲丙"),
    ],
)
def test_entries_are_listed_by_what_their_fields_hold(ctx, conditions, found):
    entries.add(
        ctx,
        {
            "name": "甲陶瓷厂",
            "industry_code": "3071",
            "tags": "高毒、在线监测",
            "workers": "20",
            "declared": "是",
            "tested_on": "2024-05-06",
        },
    )
    entries.add(ctx, {"name": "乙医院", "kind": "放射诊疗单位", "workers": "300", "declared": "否"})
    entries.add(
        ctx, {"name": "丙水泥厂", "industry_code": "C3011", "tags": "剧毒", "workers": "51", "tested_on": "2025-07-01"}
    )
    asked = tuple(Condition(*each) for each in conditions)
    rows = entries.all_rows(ctx, EntryQuery(conditions=asked, order="workers"))
    assert "".join(sorted(row.name[0] for row in rows)) == "".join(sorted(found))


def test_conditions_that_mean_nothing_are_all_named(ctx, entry):
    asked = (("colour", "is", "red"), ("workers", "after", "many"), ("tested_on", "is", "gestern"))
    with pytest.raises(ProblemsError) as refused:
        entries.all_rows(ctx, EntryQuery(conditions=tuple(Condition(*each) for each in asked)))
    assert [problem.found for problem in refused.value.problems] == ["colour is", "many", "gestern"]


@pytest.mark.parametrize("search", ["%", "_", "别的", '"', "\\"])
def test_wildcards_are_ordinary_characters(ctx, entry, search):
    assert entries.list_rows(ctx, EntryQuery(search)) == []


def test_a_correction_keeps_the_old_value_and_the_reason(ctx, entry):
    assert entries.correct(ctx, entry, {"name": "石桥金泰制品厂"}, "执照变更") is Change.ROLL
    detail = entries.detail(ctx, entry)
    assert detail.fields["name"] == "石桥金泰制品厂"
    names = {(change.value, change.reason) for change in detail.history if change.field == "name"}
    assert names == {("石桥金泰五金厂", ""), ("石桥金泰制品厂", "执照变更")}


def test_a_correction_that_changes_nothing_writes_nothing(ctx, entry):
    assert entries.correct(ctx, entry, {"workers": "20"}, "核对") is Change.NOTHING


def test_a_correction_wants_a_reason(ctx, entry):
    with pytest.raises(UserError, match="理由"):
        entries.correct(ctx, entry, {"name": "x"}, " ")


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_saved(ctx):
    with pytest.raises(ProblemsError) as caught:
        entries.add(ctx, {"name": "某厂", "uscc": "11010519491231002x", "workers": "约50", "colour": "red"})
    assert {problem.found for problem in caught.value.problems} >= {"11**************2X", "约50"}
    assert len(caught.value.problems) == 3
    assert entries.count_rows(ctx) == 0


@pytest.mark.parametrize("key", ["name", "note", "legal_representative", "hazards", "uscc", "registration", "tags"])
def test_a_personal_number_is_kept_in_no_field(ctx, entry, key):
    before = entries.detail(ctx, entry).fields
    with pytest.raises(ProblemsError) as caught:
        entries.correct(ctx, entry, {key: "11010519491231002X"}, "核对")
    assert [problem.field for problem in caught.value.problems] == [key]
    assert "11010519491231002X" not in str(caught.value.problems)
    assert entries.detail(ctx, entry).fields == before


@pytest.mark.parametrize("code", [CODE[:17] + "0", CODE[:17] + "1", "123", "91441900ma50000021"])
def test_a_wrong_code_is_taken_by_hand_and_marked_until_it_is_right(ctx, code):
    right = "91441900MA50000022"
    entry = entries.add(ctx, {"name": "某厂", "uscc": code, "tags": "高毒"})
    assert values.warnings({"uscc": code})
    assert entries.detail(ctx, entry).fields["uscc"] == code.upper()
    assert entries.detail(ctx, entry).fields["tags"] == "高毒、信用代码待核"
    entries.correct(ctx, entry, {"uscc": right}, "对照营业执照")
    assert values.warnings({"uscc": right}) == ()
    assert entries.detail(ctx, entry).fields["tags"] == "高毒"
    entries.correct(ctx, entry, {"uscc": code}, "又改错")
    assert entries.detail(ctx, entry).fields["tags"] == "高毒、信用代码待核"


def test_why_an_entry_was_written_is_put_into_words_where_it_is_shown():
    assert entries.why_written("import", "名单.xlsx") == "导入：名单.xlsx"
    assert entries.why_written("undo", "名单.xlsx") == "撤销：名单.xlsx"
    assert entries.why_written("hand", "现场核实") == "现场核实"


@pytest.mark.parametrize(
    ("key", "wrong", "right"),
    [
        ("kind", "工厂", "职业健康检查机构"),
        ("hazard_grade", "较重", "严重"),
        ("size", "小", "小型"),
        ("new_case_year", "去年", "2024"),
    ],
)
def test_a_field_with_its_own_words_takes_no_others(ctx, entry, key, wrong, right):
    with pytest.raises(ProblemsError) as refused:
        entries.correct(ctx, entry, {key: wrong}, "核对")
    assert [problem.field for problem in refused.value.problems] == [key]
    entries.correct(ctx, entry, {key: right}, "核对")
    assert entries.detail(ctx, entry).fields[key] == right


def test_a_code_of_an_industry_is_kept_with_its_letter_and_an_odd_one_is_asked_about(ctx, entry):
    entries.correct(ctx, entry, {"industry_code": "3071"}, "核对")
    assert entries.detail(ctx, entry).fields["industry_code"] == "C3071"
    assert values.warnings({"industry_code": "C3071"}) == values.warnings({"industry_code": ""}) == ()
    assert [problem.field for problem in values.warnings({"industry_code": "D3071"})] == ["industry_code"]
    entries.correct(ctx, entry, {"industry_code": "D3071"}, "核对")
    assert entries.detail(ctx, entry).fields["industry_code"] == "D3071"


def test_words_that_are_only_offered_may_be_others(ctx, entry):
    entries.correct(ctx, entry, {"ownership": "三来一补企业", "tags": "高毒、重点帮扶"}, "核对")
    assert entries.detail(ctx, entry).fields["ownership"] == "三来一补企业"


def test_local_numbers_go_on_after_the_largest_and_past_four_digits(ctx):
    start = f"{ctx.office.division}-{ctx.office.replica[:4]}"
    for local_id in ("9999", "10000", "20000x", ""):
        entries.add(ctx, {"name": f"某厂{local_id}", "local_id": f"{start}-{local_id}"})
    with ctx.reading() as session:
        assert next(values.local_numbers(ctx, session)) == f"{start}-10001"


def test_one_code_belongs_to_one_employer(ctx):
    from ohdesk.domain.establishment import uscc_check_character

    code = CODE[:17] + uscc_check_character(CODE[:17])
    entries.add(ctx, {"name": "甲厂", "uscc": code.lower()})
    with pytest.raises(ProblemsError, match="没有保存") as refused:
        entries.add(ctx, {"name": "乙厂", "uscc": code})
    assert [problem.field for problem in refused.value.problems] == ["uscc"]
    assert "甲厂" in refused.value.problems[0].remedy
    assert entries.find(ctx, code) == entries.find(ctx, "甲厂")


def test_what_the_county_wrote_for_another_town_is_not_on_this_towns_roll(ctx, tmp_path):
    county = Stamp(replica="c" * 16, division="000000", by="陶镕", at=ctx.now())
    with ctx.transaction() as session:
        for number, town in enumerate(("000000001", "000000009")):
            fields = {"name": f"分派厂{number}", "town": town}
            journal.record(
                session, EstablishmentWritten(record=f"019cacb3-f200-7869-bae0-{number:012d}", fields=fields), county
            )
    assert export_roll(ctx, tmp_path / "roll.xlsx").count == 1
    assert [row.name for row in entries.list_rows(ctx)] == ["分派厂0"]


def test_what_this_town_adds_under_another_code_is_a_proposal_and_not_on_its_roll(ctx):
    entry = entries.add(ctx, {"name": "跨镇厂", "town": "000000009"})
    assert entries.count_rows(ctx) == 0
    with ctx.reading() as session:
        assert session.scalars(select(Proposal.establishment)).all() == [entry]


def test_a_name_that_is_not_there_or_not_unique_is_told(ctx, entry):
    entries.add(ctx, {"name": "石桥金泰五金厂"})
    with pytest.raises(UserError, match="多家"):
        entries.find(ctx, "石桥金泰五金厂")
    with pytest.raises(UserError, match="没有"):
        entries.find(ctx, "不在册厂")


@pytest.mark.parametrize(
    ("held", "typed"),
    [
        ("样品（东莞）电子有限公司", "样品(东莞)电子有限公司"),
        ("样品1五金厂", "样品１五金厂"),
        ("阿依古丽·买买提馕店", "阿依古丽•买买提 馕店"),
    ],
)
def test_a_name_is_found_however_its_brackets_and_dots_are_typed(ctx, entry, held, typed):
    added = entries.add(ctx, {"name": held})
    assert entries.find(ctx, typed) == entries.find(ctx, held) == added


def test_a_code_is_found_in_small_and_in_wide_letters(ctx, entry):
    added = entries.add(ctx, {"name": "甲厂", "uscc": "91441900MA50000022"})
    assert (
        entries.find(ctx, "91441900ma50000022") == entries.find(ctx, "９１４４１９００ＭＡ５００００ ０２２") == added
    )


def test_of_names_that_differ_in_marks_the_one_written_exactly_so_is_meant(ctx):
    plain, marked = entries.add(ctx, {"name": "样品一厂"}), entries.add(ctx, {"name": "样品（一）厂"})
    assert [entries.find(ctx, name) for name in ("样品一厂", "样品（一）厂")] == [plain, marked]
    with pytest.raises(UserError, match="多家"):
        entries.find(ctx, "样品 一 厂")


@pytest.mark.parametrize("text", ["", " ", "（）", "·"])
def test_marks_alone_name_nobody(ctx, entry, text):
    with pytest.raises(UserError, match="没有"):
        entries.find(ctx, text)


def test_a_correction_is_taken_back_to_what_showed_before(ctx, entry):
    entries.correct(ctx, entry, {"name": "误改厂"}, "看错")
    undo.undo_edit(ctx)
    assert entries.detail(ctx, entry).fields["name"] == "石桥金泰五金厂"
    undo.undo_edit(ctx)
    assert entries.count_rows(ctx) == 0
    with pytest.raises(UserError, match="没有可以撤销"):
        undo.undo_edit(ctx)


def test_what_stands_in_a_frozen_draw_can_only_be_corrected(ctx, entry):
    with ctx.transaction() as session:
        committed = DrawCommitted(
            record=ctx.new_id(), plan="练习", number=1, commit="0" * 64, pool_sha256="0" * 64
        )  # fmt: skip
        journal.record(session, committed, signing(ctx).stamp())
        session.add(DrawSheet(draw=committed.record, side_file="", candidates=1, people={}))
        session.flush()
        session.add(FrozenPiece(draw=committed.record, file="firms", place=0, data=json.dumps([entry]).encode()))
    with pytest.raises(ProblemsError, match="不能撤销"):
        undo.undo_edit(ctx)


@pytest.mark.parametrize("text", ["50%", "a_b", "/x", "%", "_", "金泰", "SQ", "sq jt"])
def test_a_search_finds_what_is_typed_and_takes_no_character_for_another(ctx, text):
    for name in ("石桥50%厂", "石桥a_b厂", "石桥/x厂", "石桥500厂", "石桥acb厂", "石桥金泰厂"):
        entries.add(ctx, {"name": name})
    found = {row.id for row in entries.all_rows(ctx, EntryQuery(text))}
    wanted = folded(text)
    with ctx.reading() as session:
        rows = session.execute(select(Establishment.id, Establishment.search)).all()
    assert found == {row.id for row in rows if wanted in row.search} != set()


def test_the_roll_is_listed_in_the_order_of_any_field(ctx):
    for name, exposed in (("甲厂", "30"), ("乙厂", "9"), ("丙厂", "120")):
        entries.add(ctx, {"name": name, "exposed_workers": exposed})
    for falling, expected in ((False, ["乙厂", "甲厂", "丙厂"]), (True, ["丙厂", "甲厂", "乙厂"])):
        found = entries.listed(ctx, EntryQuery(order="exposed_workers", falling=falling))
        assert [row.name for row in entries.rows_of(ctx, found.names)] == expected


@pytest.mark.parametrize("falling", [False, True])
def test_names_are_sorted_by_their_pinyin(ctx, falling):
    names = ["岑泓电源厂", "澄皓化工厂", "屿楠塑胶厂"]  # in Unicode 屿 comes before 岑
    for name in names:
        entries.add(ctx, {"name": name})
    found = entries.listed(ctx, EntryQuery(order="name", falling=falling))
    assert [row.name for row in entries.rows_of(ctx, found.names)] == (names[::-1] if falling else names)


def test_an_order_by_what_is_no_field_is_refused(ctx):
    with pytest.raises(UserError, match="不能按它排列"):
        entries.listed(ctx, EntryQuery(order="search; drop"))


def test_a_name_longer_than_any_licence_has_is_refused_at_its_field(ctx):
    with pytest.raises(ProblemsError) as refused:
        entries.add(ctx, {"name": "厂" * 780})
    assert [(each.field, each.found) for each in refused.value.problems] == [("name", "780 个字")]


@pytest.mark.parametrize(
    "typed",
    ["10000001", "123456789012345678", "9007199254740993", "12345678901234567890", "9" * 5000, "-1", "1e9", "12.5"],
)
def test_a_head_count_that_cannot_be_is_refused_where_it_is_typed_and_blocks_nothing(ctx, typed):
    with pytest.raises(ProblemsError) as refused:
        entries.add(ctx, {"name": "青溪竹器厂", "workers": typed})
    [problem] = refused.value.problems
    assert (problem.field, problem.found) == ("workers", typed[:40])
    assert "10000000" in problem.expected
    assert entries.all_rows(ctx) == []
    entry = entries.add(ctx, {"name": "青溪竹器厂", "workers": "10000000"})
    with pytest.raises(ProblemsError):
        entries.correct(ctx, entry, {"exposed_workers": typed}, "更正")
    with ctx.reading() as session:
        assert state_digest(session)


def test_a_local_number_made_to_leave_none_after_it_keeps_nobody_from_being_added(ctx):
    division = ctx.office.division
    first = entries.add(ctx, {"name": "青溪一厂"})
    for serial in ("9" * 10, "9" * 50):
        entries.add(ctx, {"name": f"青溪{len(serial)}厂", "local_id": f"{division}-{serial}"})
    with pytest.raises(ProblemsError, match="1"):
        entries.add(ctx, {"name": "青溪厂", "local_id": f"{division}-" + "9" * 5000})
    second = entries.add(ctx, {"name": "青溪二厂"})
    numbers = [entries.detail(ctx, entry).fields["local_id"] for entry in (first, second)]
    assert [number[-1] for number in numbers] == ["1", "2"]


def test_what_is_written_on_a_day_that_cannot_be_is_refused_in_words(ctx):
    for year in (1969, 3000, 9998):
        odd = replace(ctx, now=lambda year=year: NOON.replace(year=year))
        with pytest.raises(UserError, match="日期"):
            entries.add(odd, {"name": "青溪竹器厂"})
    assert entries.all_rows(ctx) == []
