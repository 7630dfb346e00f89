"""Quality of the data of the roll: every rule on both sides, disputes, the books, and the score of a town."""

import pytest
from sqlalchemy import event

from ohdesk.db.models import ContestedField
from ohdesk.errors import ProblemsError
from ohdesk.forms.quality import FaultKind, quality_rules, read_rules
from ohdesk.paths import resources
from ohdesk.services.list_query import ListQuery
from ohdesk.services.register import entries as register
from ohdesk.services.roll import entries, merging, quality
from ohdesk.services.roll.values import CODE_IN_DOUBT

FILE = (resources() / "roll" / "quality.toml").read_text("utf-8")
GOOD_CODE, WRONG_CODE = "91440605MA4W1X2Y37", "91440605MA4W1X2Y38"
SOUND = {  # on 2 March 2026
    "name": "石桥化工厂", "address": "北环路 8 号", "phone": "000-1", "industry_code": "C2614", "workers": "40",
    "exposed_workers": "12", "hazards": "苯、噪声", "declared": "是", "declared_on": "2025-06-01",
    "tested_on": "2025-08-01", "exam_on": "2025-09-01", "hazard_grade": "严重",
}  # fmt: skip
CLOSED = {"status": "停业", "status_on": "2026-01-10", "status_proof": "照片"}
# rule, what makes the sound entry wrong, what makes that right again
CASES = [
    ("code", {"uscc": ""}, {}),
    ("address", {"address": ""}, {"address": "某处"}),
    ("phone", {"phone": ""}, {"phone": "1"}),
    ("industry", {"industry_code": ""}, {"industry_code": "C2614"}),
    ("workers", {"workers": "", "exposed_workers": "12"}, {"workers": "12"}),
    ("exposed", {"exposed_workers": ""}, {"exposed_workers": "12"}),
    ("declared", {"declared": "", "declared_on": ""}, {"declared": "否"}),
    ("declared_on", {"declared_on": ""}, {"declared_on": "2025-06-01"}),
    ("scheme", {"risk_class": "丙"}, {"risk_scheme": "pilot2022"}),
    ("permit_no", {"kind": "放射诊疗单位"}, {"permit_no": "1"}),
    ("status_proof", CLOSED | {"status_proof": ""}, {"status_proof": "注销通知"}),
    ("exposed_above_workers", {"exposed_workers": "41"}, {"exposed_workers": "40"}),
    ("dispatched_above_workers", {"dispatched_workers": "41"}, {"dispatched_workers": "40"}),
    ("exposed_to_nothing", {"hazards": "", "exposed_workers": "1"}, {"exposed_workers": "0"}),
    ("nobody_exposed", {"exposed_workers": "0"}, {"exposed_workers": "1"}),
    ("not_declared_on", {"declared": "否"}, {"declared_on": ""}),
    ("visited_since", CLOSED | {"inspected_on": "2026-01-11"}, {"inspected_on": "2026-01-10"}),
    ("test_overdue_severe", {"tested_on": "2025-03-01", "declared_on": "2025-01-01"}, {"tested_on": "2025-03-02"}),
    (
        "test_overdue",
        {"hazard_grade": "一般", "tested_on": "2023-03-01", "declared_on": "2023-01-01"},
        {"tested_on": "2023-03-02"},
    ),
    ("permit_over", {"permit_until": "2026-03-01"}, {"permit_until": "2026-03-02"}),
    ("exam_overdue", {"exam_on": "2025-03-01"}, {"exam_on": "2025-03-02"}),
    ("exam_overdue_noise", {"hazards": "噪声", "exam_on": "2024-03-01"}, {"exam_on": "2024-03-02"}),
    ("damaged_code", {"tags": "信用代码残缺"}, {"tags": ""}),
    ("tested_before_declared", {"tested_on": "2025-05-31"}, {"tested_on": "2025-06-01"}),
    ("declared_in_future", {"declared_on": "2026-03-03", "tested_on": ""}, {"declared_on": "2026-03-02"}),
    ("tested_in_future", {"tested_on": "2026-03-03"}, {"tested_on": "2026-03-02"}),
    ("examined_in_future", {"exam_on": "2026-03-03"}, {"exam_on": "2026-03-02"}),
]  # fmt: skip


def add(ctx, **fields):
    return entries.add(ctx, {**SOUND, "uscc": GOOD_CODE, **fields})


def found(ctx, **asked):
    return quality.rows_of(ctx, quality.faults(ctx, **asked).ids)


def rules_of(ctx):
    return [each.split(" ", 1)[1] for each in quality.faults(ctx).ids]


def test_an_entry_without_a_fault_is_not_named(ctx):
    add(ctx)
    assert found(ctx) == []
    (town,) = quality.towns(ctx)
    assert (town.name, town.entries, town.faulty, town.score) == (ctx.office.name, 1, 0, 100)


@pytest.mark.parametrize(("rule", "wrong", "right"), CASES, ids=[case[0] for case in CASES])
def test_a_fault_is_found_where_it_begins_and_not_before(ctx, rule, wrong, right):
    entry = add(ctx, **wrong)
    assert rules_of(ctx) == [rule]
    (fault,) = found(ctx)
    of = next(each for each in quality_rules().rules if each.key == rule)
    assert (fault.establishment, fault.kind, fault.field) == (entry, of.kind, of.field)
    assert fault.says == of.says.zh
    if right:
        entries.correct(ctx, entry, right, "核实")
        assert rules_of(ctx) == []


def test_every_rule_has_its_case():
    assert [rule.key for rule in quality_rules().rules if rule.key != "wrong_code"] == [case[0] for case in CASES]


def test_a_wrong_credit_code_is_doubtful_by_the_tag_it_gets(ctx):
    entry = add(ctx, uscc=WRONG_CODE)
    assert entries.detail(ctx, entry).fields["tags"] == CODE_IN_DOUBT
    assert rules_of(ctx) == ["wrong_code"]


def test_of_those_out_of_business_and_of_institutions_only_what_concerns_them_is_asked(ctx):
    bare = dict.fromkeys(("industry_code", "workers", "exposed_workers", "hazards", "declared", "declared_on"), "")
    add(ctx, **bare, **CLOSED)
    entries.add(ctx, {"name": "某检测机构", "kind": "职业卫生技术服务机构", "address": "某处", "phone": "1"})
    assert rules_of(ctx) == ["code", "permit_no"]


def test_a_field_in_dispute_is_doubtful(ctx):
    entry = add(ctx)
    with ctx.transaction() as session:
        session.add(ContestedField(establishment=entry, field="phone"))
    (fault,) = found(ctx)
    assert (fault.kind, fault.field, fault.value) == (FaultKind.DOUBTFUL, "phone", "000-1")
    (town,) = quality.towns(ctx)
    assert (town.faulty, town.doubtful, town.score) == (1, 1, 0)


def test_what_is_overdue_in_a_book_is_overdue_of_the_employer(ctx):
    entry = add(ctx)
    register.add(ctx, "risk_assessments", {"assessed_on": "2023-02-01"}, entry)
    (fault,) = found(ctx)
    assert (fault.kind, fault.field, fault.book, fault.value) == (
        FaultKind.OVERDUE, "", "risk_assessments", "2026-02-02",
    )  # fmt: skip
    assert quality.towns(ctx)[0].overdue == 1


def test_what_is_overdue_of_an_entry_merged_is_of_the_one_that_goes_on(ctx):
    keep, twin = add(ctx), add(ctx, name="石桥化工有限公司", uscc="")
    register.add(ctx, "risk_assessments", {"assessed_on": "2023-02-01"}, twin)
    merging.merge(ctx, keep, twin, "同一家")
    assert [(each.establishment, each.book) for each in found(ctx)] == [(keep, "risk_assessments")]
    assert [(town.entries, town.overdue) for town in quality.towns(ctx)] == [(1, 1)]


def test_faults_are_listed_by_kind_search_entry_and_order_and_counted_whatever_part_is_shown(ctx):
    first = add(ctx, name="安平家具厂", address="", exposed_workers="41")
    add(ctx, uscc="", phone="")
    everything = quality.faults(ctx)
    assert everything.counts == {"all": 4, "missing": 3, "contradictory": 1, "overdue": 0, "doubtful": 0}
    missing = quality.faults(ctx, ListQuery("missing"))
    assert (len(missing.ids), missing.counts) == (3, everything.counts)
    assert {each.establishment for each in found(ctx, query=ListQuery(sought="家具"))} == {first}
    assert [each.field for each in found(ctx, establishments=[first])] == ["address", "exposed_workers"]
    by_field = [each.field for each in found(ctx, query=ListQuery(order="field"))]
    assert by_field == ["uscc", "address", "phone", "exposed_workers"]
    by_kind = [each.kind for each in found(ctx, query=ListQuery(order="kind", falling=True))]
    assert by_kind[0] == FaultKind.CONTRADICTORY
    assert next(each.name for each in found(ctx, query=ListQuery(order="name", falling=True))) == "石桥化工厂"


def test_the_score_of_a_town_is_of_entries_without_a_fault_and_not_rounded_up(ctx):
    for number in range(3):
        add(ctx, name=f"厂{number}", uscc="", phone="" if number else "1")
    (town,) = quality.towns(ctx)
    assert (town.faulty, town.missing, town.score) == (3, 5, 0)
    add(ctx)
    assert quality.towns(ctx)[0].score == 25
    assert quality.total(quality.towns(ctx)).entries == 4
    assert quality.total([]).score is None


def test_what_is_read_does_not_grow_with_what_is_right(ctx):
    def rows_read():
        statements = []

        def note(*given):
            statements.append(given[2])

        event.listen(ctx.engine, "before_cursor_execute", note)
        quality.faults(ctx)
        quality.towns(ctx)
        event.remove(ctx.engine, "before_cursor_execute", note)
        return len(statements)

    rows_read()  # which sets down the rules by which terms were counted
    before = rows_read()
    for number in range(30):
        add(ctx, name=f"厂{number}", uscc="")
    assert rows_read() == before


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('field = "address"\n', 'field = "adress"\n', "rule address"),
        ('over = "workers"', 'over = "wokers"', "exposed_above_workers"),
        ("empty = true }]", "empty = true, least = 1 }]", "rule code when"),
        ('when = [{ field = "uscc", empty = true }]', "when = []", "rule code when"),
        ('key = "address"', 'key = "code"', "rule code key"),
        ('kind = "missing"', 'kind = "gone"', "quality.toml"),
    ],
)
def test_a_rule_that_says_nothing_is_refused_with_its_place(old, new, place):
    assert old in FILE
    with pytest.raises(ProblemsError) as refused:
        read_rules(FILE.replace(old, new, 1))
    assert any(place in each.place for each in refused.value.problems)
