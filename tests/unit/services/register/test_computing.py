"""What the program fills in a book: the verdict on a test result, the class of a risk assessment."""

import pytest

from ohdesk.domain.register.conditions import Condition
from ohdesk.errors import ProblemsError
from ohdesk.forms.registers import definition, read_definition
from ohdesk.i18n import set_language
from ohdesk.paths import resources
from ohdesk.services.register import entries, listing
from ohdesk.services.register.computing import computed_fields
from ohdesk.services.register.conditions import EntryQuery
from ohdesk.services.roll import entries as roll

COMPUTED = ("limit", "standard", "verdict", "why")


def judged(**fields):
    measured = {"hazard": "甲苯", "kind": "PC-TWA", "value": "51", "unit": "mg/m3", "sampled_on": "2026-03-02"}
    return computed_fields(definition("results"), measured | fields)


def test_a_result_gets_limit_standard_and_verdict():
    assert judged() == {"limit": "50 mg/m³", "standard": "GBZ 2.1—2019", "verdict": "over", "why": ""}
    assert judged(value="50")["verdict"] == "within"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"hazard": "三氯乙烯"}, "未核实"),
        ({"hazard": "矽尘"}, "SiO₂"),
        ({"unit": "ppm"}, "ppm"),
        ({"sampled_on": "2019-12-31"}, "2019-12-31"),
        ({"kind": "other"}, "指标"),
        ({"value": "-1"}, "结果"),
        ({"value": "60", "below_lod": True}, "检出限"),
    ],
)
def test_what_is_not_judged_says_why(fields, said):
    found = judged(**fields)
    assert found["verdict"] == "not_judged"
    assert said in found["why"]


def test_nothing_found_below_the_limit_is_within():
    assert judged(value="0.1", below_lod=True)["verdict"] == "within"


def test_every_kind_that_the_book_offers_is_one_of_the_limits_or_said_to_be_none():
    results = definition("results")
    kinds = [key for key, _word in results.field("kind").choices]
    unknown = [kind for kind in kinds if "指标" in judged(kind=kind)["why"]]
    assert unknown == ["other"]
    assert {key for key, _word in results.field("verdict").choices} == {"within", "over", "not_judged"}


def test_what_is_kept_is_chinese_whatever_language_is_spoken():
    set_language("en")
    try:
        assert "未核实" in judged(hazard="三氯乙烯")["why"]
        assert "not confirmed" not in judged(hazard="三氯乙烯")["why"]
    finally:
        set_language("zh_CN")


def test_a_book_without_measurements_gets_nothing():
    assert computed_fields(definition("complaints"), {"value": "1", "sampled_on": "2026-03-02"}) == {}


@pytest.fixture
def measured(ctx):
    """What a written result says, and the employer it is of."""
    words = {"hazard": "甲苯", "kind": "PC-TWA", "value": "51", "unit": "mg/m3", "sampled_on": "2026-03-02"}
    employer = roll.add(ctx, {"name": "石桥化工厂"})
    roll.add(ctx, {"name": "青原检测公司"})
    test = {"kind": "regular", "report_no": "检-1", "lab": "青原检测公司"}
    entries.add(ctx, "tests", test | {"sampled_from": "2026-03-02", "reported_on": "2026-03-09"}, about=employer)
    for post in ("调漆", "打磨"):
        entries.add(ctx, "posts", {"title": post, "exposed": "3"}, about=employer)
    return words | {"test": "检-1", "post": "打磨"}, employer


def shown(ctx, entry):
    values = entries.detail(ctx, entry).values
    return {key: values.get(key) or "" for key in COMPUTED}


def test_a_written_result_is_judged_and_judged_anew_when_it_is_put_right(ctx, measured):
    texts, employer = measured
    entry = entries.add(ctx, "results", texts, about=employer)
    toluene = {"limit": "50 mg/m³", "standard": "GBZ 2.1—2019", "verdict": "over", "why": ""}
    assert shown(ctx, entry) == toluene
    entries.correct(ctx, entry, {"value": "5.1"}, "小数点看错")
    assert shown(ctx, entry) == toluene | {"verdict": "within"}
    entries.correct(ctx, entry, {"hazard": "矽尘"}, "写错")
    assert shown(ctx, entry)["verdict"] == "not_judged"
    entries.correct(ctx, entry, {"condition": "SiO2 30%，总尘"})
    assert shown(ctx, entry) == toluene | {"limit": "1 mg/m³"}


def test_a_result_is_found_by_its_verdict_its_hazard_and_its_post(ctx, measured):
    texts, employer = measured
    entry = entries.add(ctx, "results", texts, about=employer)
    entries.add(ctx, "results", texts | {"value": "1", "hazard": "二甲苯", "post": "调漆"}, about=employer)
    post = entries.detail(ctx, entry).values["post"]
    for field, value in (("verdict", "over"), ("hazard", "甲苯"), ("post", post)):
        query = EntryQuery(conditions=(Condition(field, "is", value),))
        assert [row.id for row in listing.all_rows(ctx, "results", query)] == [entry]


def test_a_verdict_is_not_written_by_hand(ctx, measured):
    texts, employer = measured
    with pytest.raises(ProblemsError) as caught:
        entries.add(ctx, "results", texts | {"verdict": "within", "limit": "99 mg/m³"}, about=employer)
    assert {problem.field for problem in caught.value.problems} == {"verdict", "limit"}


def test_a_note_put_right_leaves_the_verdict_as_it_was_given(ctx, measured):
    texts, employer = measured
    entry = entries.add(ctx, "results", texts, about=employer)
    before = shown(ctx, entry)
    entries.correct(ctx, entry, {"note": "复印件"})
    assert shown(ctx, entry) == before
    assert {write.field for write in entries.detail(ctx, entry).history if write.value == "复印件"} == {"note"}


RESULTS = (resources() / "registers" / "results.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('computes = "verdict"', 'computes = "risk"', "computes"),
        ('computes = "verdict"', 'computes = "magic"', "computes"),
        ('key = "value"', 'key = "result"', "computes"),
        ('computes = "verdict"', "", "field limit computed"),
        ('computed = true\nlabel.zh = "限值"', 'label.zh = "限值"', "field limit computed"),
        ('key = "note"\n', 'key = "note"\ncomputed = true\n', "field note computed"),
    ],
)
def test_a_fault_of_what_is_computed_is_named(old, new, place):
    assert old in RESULTS
    with pytest.raises(ProblemsError) as caught:
        read_definition(RESULTS.replace(old, new).encode(), "results.toml", ["tests", "posts"])
    assert any(place in problem.place for problem in caught.value.problems)
