"""A measurement is judged by the limit in force on its day, under its condition; or it is said why it is not."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohdesk.domain.hazard.judging import Measurement, Verdict, judge
from ohdesk.domain.hazard.limits import LimitKind
from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.hazards import hazards

HAZARDS = hazards()
DAY = date(2026, 3, 2)
LIMITS = [(hazard, limit) for hazard in HAZARDS.all for limit in hazard.limits]
CONFIRMED = [pair for pair in LIMITS if pair[1].confirmed]
OTHERS = [pair for pair in LIMITS if not pair[1].confirmed]


def named(pair):
    hazard, limit = pair
    return f"{hazard.name} {limit.kind} {limit.value} {limit.condition}"


def judged(hazard, kind, value, unit, condition="", day=DAY):
    return judge(HAZARDS, Measurement(hazard, kind, str(value), unit, day, condition))


def verdict(*words, **others):
    return judged(*words, **others).verdict


def under(pair, value, day=DAY):
    hazard, limit = pair
    return judged(hazard.name, limit.kind, value, limit.unit, limit.condition, day)


@pytest.mark.parametrize("pair", CONFIRMED, ids=named)
def test_a_confirmed_limit_is_judged_by_just_below_at_and_above_it(pair):
    limit = pair[1]
    step = Decimal("0.001")
    found = [under(pair, value) for value in (limit.value - step, limit.value, limit.value + step)]
    assert [each.verdict for each in found] == [Verdict.WITHIN, Verdict.WITHIN, Verdict.OVER]
    assert [each.limit for each in found] == [limit] * 3
    assert all(str(limit.value) in each.why for each in found)


@pytest.mark.parametrize("pair", OTHERS, ids=named)
def test_a_limit_that_nobody_confirmed_is_shown_and_never_judged_by(pair):
    limit = pair[1]
    for value in ("0", str(limit.value), str(limit.value * 1000)):
        found = under(pair, value, limit.valid_from)
        assert (found.verdict, found.limit) == (Verdict.NOT_JUDGED, limit)
        assert str(limit.value) in found.why
        assert "未核实" in found.why


def test_without_its_condition_too_an_unconfirmed_limit_is_shown_with_its_value():
    why = judged("水泥粉尘", "PC-TWA", "4", "mg/m3").why
    assert "未核实" in why
    assert "1.5" in why


@pytest.mark.parametrize("pair", LIMITS, ids=named)
def test_nothing_is_judged_by_a_limit_before_its_first_day_and_after_its_last(pair):
    limit = pair[1]
    before = under(pair, "0", limit.valid_from - timedelta(days=1))
    assert before.verdict is Verdict.NOT_JUDGED
    assert before.limit is None
    if limit.confirmed:
        assert under(pair, "0", limit.valid_from).verdict is Verdict.WITHIN
    if limit.valid_to:
        assert under(pair, "0", limit.valid_to + timedelta(days=1)).limit is None


@pytest.mark.parametrize(
    ("day", "values"),
    [
        (date(2020, 3, 31), []),
        (date(2020, 4, 1), ["6"]),
        (date(2021, 12, 31), ["6"]),
        (date(2022, 1, 1), []),
        (date(2024, 12, 31), []),
        (date(2025, 1, 1), ["3"]),
        (date(2026, 11, 30), ["3"]),
    ],
)
def test_benzene_has_the_older_limit_before_the_amendment_and_none_while_its_day_is_not_known(day, values):
    found = judged("苯", "PC-TWA", "4", "mg/m3", day=day)
    assert found.verdict is Verdict.NOT_JUDGED
    assert ([str(found.limit.value)] if found.limit else []) == values
    if not values:
        assert "PC-TWA 6 mg/m³" in found.why
        assert "PC-TWA 3 mg/m³" in found.why


@pytest.mark.parametrize(
    ("hazard", "kind", "unit", "condition", "named"),
    [
        ("矽尘", "PC-TWA", "mg/m3", "", "SiO₂"),
        ("矽尘", "PC-TWA", "mg/m3", "总尘", "SiO₂"),
        ("其他粉尘", "PC-TWA", "mg/m3", "总尘", "SiO₂"),
        ("石棉", "PC-TWA", "f/mL", "", "石棉含量"),
        ("高温", "WBGT", "℃", "", "接触时间率、体力劳动强度"),
        ("高温", "WBGT", "℃", "接触时间率100%", "体力劳动强度"),
        ("高温", "WBGT", "℃", "Ⅱ级", "接触时间率"),
        ("脉冲噪声", "peak", "dB", "", "脉冲次数"),
        ("紫外线", "irradiance", "μW/cm²", "", "电焊弧光"),
    ],
)
def test_a_missing_condition_is_named_and_nothing_is_judged(hazard, kind, unit, condition, named):
    for value in ("0", "999"):
        found = judged(hazard, kind, value, unit, condition)
        assert (found.verdict, found.limit) == (Verdict.NOT_JUDGED, None)
        assert named in found.why


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ("SiO2 30%，总尘", "1"),
        ("30%，总尘", "1"),
        ("30，总尘", "1"),
        ("总粉尘；游离二氧化硅含量：10％", "1"),
        ("SiO₂＝50%，呼吸性粉尘", "0.7"),
        ("50.1%,呼尘", "0.3"),
        ("SiO2为52%～78% 总尘", "0.7"),
        ("矽尘，SiO2含量大于80%，总尘", "0.5"),
        ("sio2 > 80 %, 呼尘", "0.2"),
        ("10%<=SiO2<=50%,总尘", "1"),
    ],
)
def test_the_share_of_silica_decides_the_limit(condition, value):
    found = judged("矽尘", "PC-TWA", value, "mg/m3", condition)
    assert (found.verdict, str(found.limit.value)) == (Verdict.WITHIN, value)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("SiO2 5%，总尘", "没有"),
        ("SiO2 10%-80%，总尘", "没有"),
        ("SiO2 0.3，总尘", "0.3"),
        ("SiO2 130%，总尘", "130%"),
        ("SiO2 30%，SiO2 60%，总尘", "不一致"),
        ("SiO2 30%，总尘，呼尘", "不一致"),
        ("SiO2 30%，不是总尘", "“不”"),
        ("喷砂，SiO2 30%，总尘", "喷砂"),
        ("SiO2 30次，总尘", "30次"),
        ("SiO2 50%~30%，总尘", "50%~30%"),
        ("三成，总尘", "三成"),
    ],
)
def test_a_condition_that_has_no_limit_or_is_not_clear_is_not_judged(condition, said):
    found = judged("矽尘", "PC-TWA", "0.1", "mg/m3", condition)
    assert found.verdict is Verdict.NOT_JUDGED
    assert said in found.why


def test_total_or_respirable_is_asked_only_where_it_decides():
    assert [verdict("矽尘", "PC-TWA", value, "mg/m3", "SiO2 30%") for value in ("0.7", "0.71", "1", "1.01")] == [
        Verdict.WITHIN,
        Verdict.NOT_JUDGED,
        Verdict.NOT_JUDGED,
        Verdict.OVER,
    ]
    assert "总尘或呼尘" in judged("矽尘", "PC-TWA", "0.9", "mg/m3", "SiO2 30%").why


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ("接触时间率75%，体力劳动强度Ⅱ级，室外通风设计温度29℃", "29"),
        ("接触时间率75%，体力劳动强度Ⅱ级，室外通风设计温度 31.8 ℃", "30"),
        ("75％ II级 室外通风设计温度≥30℃", "30"),
        ("接触率75%，2级，夏季室外通风设计温度低于30℃", "29"),
        ("室外通风设计温度30℃，接触时间率 75%，劳动强度分级为二级", "30"),
        ("中等劳动，75%，室外25℃", "29"),
    ],
)
def test_contact_rate_labour_and_the_heat_outside_decide_the_limit_for_heat(condition, value):
    found = judged("高温", "WBGT", value, "°C", condition)
    assert (found.verdict, str(found.limit.value)) == (Verdict.WITHIN, value)
    assert verdict("高温", "WBGT", Decimal(value) + Decimal("0.1"), "℃", condition) is Verdict.OVER


def test_the_heat_outside_is_asked_only_where_it_decides():
    found = [judged("高温", "WBGT", value, "℃", "接触时间率100%，Ⅰ级") for value in ("30", "30.5", "31", "31.1")]
    assert [each.verdict for each in found] == [
        Verdict.WITHIN,
        Verdict.NOT_JUDGED,
        Verdict.NOT_JUDGED,
        Verdict.OVER,
    ]
    assert all("室外通风设计温度" in each.why for each in found)


@pytest.mark.parametrize("rate", ["80%", "99%", "0%", "50%~75%"])
def test_a_contact_rate_that_the_table_has_not_is_not_judged(rate):
    assert verdict("高温", "WBGT", "20", "℃", f"接触时间率{rate}，Ⅰ级") is Verdict.NOT_JUDGED


@pytest.mark.parametrize(
    ("condition", "value"),
    [("100", "140"), ("每天101次", "130"), ("n=1,000", "130"), ("1001次/天", "120"), ("脉冲次数10000", "120")],
)
def test_the_number_of_impulses_decides_the_limit(condition, value):
    for unit in ("dB", "dB(A)"):
        found = judged("脉冲噪声", "峰值", value, unit, condition)
        assert (found.verdict, str(found.limit.value)) == (Verdict.WITHIN, value)
    assert verdict("脉冲噪声", "峰值", "1", "dB", "10001次") is Verdict.NOT_JUDGED


def test_carbon_monoxide_is_judged_as_in_the_plain_unless_the_height_is_said():
    assert verdict("CO", "PC-TWA", "20", "mg/m3") is Verdict.WITHIN
    assert verdict("CO", "PC-TWA", "20.1", "mg/m3", "平原") is Verdict.OVER
    assert verdict("CO", "PC-TWA", "20.1", "mg/m3", "高原") is Verdict.NOT_JUDGED
    assert verdict("CO", "PC-TWA", "20.1", "mg/m3", "海拔3000m") is Verdict.NOT_JUDGED


def test_what_a_name_says_is_not_asked():
    assert verdict("电焊弧光", "辐照度", "0.25", "μW/cm²") is Verdict.OVER


@pytest.mark.parametrize(
    ("unit", "hazard", "kind", "value", "over"),
    [
        ("mg/m³", "甲苯", "PC-TWA", "50", "50.001"),
        ("MG/M3", "甲苯", "PC-TWA", "50", "50.001"),
        ("㎎/㎥", "甲苯", "PC-TWA", "50", "50.001"),
        ("毫克/立方米", "甲苯", "PC-TWA", "50", "50.001"),
        ("毫克每立方米", "甲苯", "PC-TWA", "50", "50.001"),
        ("mg·m-3", "甲苯", "PC-TWA", "50", "50.001"),
        ("mg / m^3", "甲苯", "PC-TWA", "50", "50.001"),
        ("μg/m³", "甲苯", "PC-TWA", "50000", "50000.001"),
        ("µg/m3", "甲苯", "PC-TWA", "50000", "50000.001"),
        ("ug/m3", "甲苯", "PC-TWA", "50000", "50000.001"),
        ("微克/立方米", "甲苯", "PC-TWA", "50000", "50000.001"),
        ("dBA", "噪声", "LEX,8h", "85", "85.1"),
        ("分贝（A）", "噪声", "LEX,8h", "85", "85.1"),
        ("V/m", "工频电场", "E", "5000", "5000.1"),
        ("千伏/米", "工频电场", "电场强度", "5", "5.1"),
        ("m/s^2", "手传振动", "a(w)", "5", "5.1"),
        ("米/平方秒", "手传振动", "ahw", "5", "5.1"),
        ("mW/cm2", "电焊弧光", "irradiance", "0.00024", "0.000241"),
    ],
)
def test_a_unit_is_known_in_many_spellings_and_converted_exactly(unit, hazard, kind, value, over):
    assert verdict(hazard, kind, value, unit) is Verdict.WITHIN
    assert verdict(hazard, kind, over, unit) is Verdict.OVER


@pytest.mark.parametrize("unit", ["ppm", "%", "f/mL", "dB(A)", "mg", "mg/kg", "mg/m2", "x" * 40, "mg/m³/h"])
def test_a_unit_that_cannot_be_converted_exactly_is_not_judged(unit):
    found = judged("甲苯", "PC-TWA", "1", unit)
    assert found.verdict is Verdict.NOT_JUDGED
    assert unit in found.why
    assert "mg/m³" in found.why


def test_a_plain_level_is_not_judged_by_a_weighted_limit():
    assert verdict("噪声", "LEX,8h", "90", "dB") is Verdict.NOT_JUDGED


def test_asbestos_is_judged_by_weight_and_by_fibres():
    for unit in ("mg/m3", "f/mL", "根/毫升", "f/cm3"):
        found = judged("石棉", "PC-TWA", "0.81", unit, "石棉含量15%")
        assert found.verdict is Verdict.OVER
    assert verdict("石棉", "PC-TWA", "0.1", "f/mL", "石棉含量10%") is Verdict.NOT_JUDGED


def test_a_hazard_not_known_ambiguous_or_without_such_a_limit_is_not_judged():
    assert "锰铁合金" in judged("锰铁合金", "PC-TWA", "1", "mg/m3").why
    assert "铅烟" in judged("铅", "PC-TWA", "1", "mg/m3").why
    assert "MAC" in judged("甲苯", "MAC", "1", "mg/m3").why
    assert "N,N-二甲基甲酰胺" in judged("DMF", "PC-TWA", "1", "mg/m3").why
    for name, kind in (("锰铁合金", "PC-TWA"), ("铅", "PC-TWA"), ("甲苯", "MAC"), ("DMF", "PC-TWA")):
        assert verdict(name, kind, "1", "mg/m3") is Verdict.NOT_JUDGED


@pytest.mark.parametrize(
    ("name", "condition", "value"),
    [
        ("铅", "铅烟", "0.03"),
        ("铅", "铅尘", "0.05"),
        ("镍", "可溶", "0.5"),
        ("镍及其化合物", "可溶性镍化合物", "0.5"),
        ("镍", "难溶性", "1"),
        ("Ni", "金属镍", "1"),
    ],
)
def test_a_condition_tells_hazards_of_one_name_apart(name, condition, value):
    found = judged(name, "PC-TWA", value, "mg/m3", condition)
    assert (found.verdict, str(found.limit.value)) == (Verdict.WITHIN, value)


@pytest.mark.parametrize("condition", ["", "铅", "溶", "镍", "铅尘或铅烟"])
def test_a_condition_that_does_not_tell_them_apart_is_not_judged(condition):
    for name in ("铅", "镍"):
        assert verdict(name, "PC-TWA", "0", "mg/m3", condition) is Verdict.NOT_JUDGED


def test_a_condition_may_be_said_in_english():
    assert verdict("silica", "PC-TWA", "1.01", "mg/m3", "SiO2 30 %, total dust") is Verdict.OVER
    assert verdict("silica", "PC-TWA", "0.21", "mg/m3", "free silica > 80 %, respirable") is Verdict.OVER
    assert verdict("heat", "WBGT", "31.1", "°C", "contact rate 100 %, class I, outdoor 31 °C") is Verdict.OVER
    assert verdict("impulse noise", "peak", "141", "dB", "50 impulses a day") is Verdict.OVER


def test_a_peak_is_judged_by_the_mean_where_there_is_no_short_limit():
    values = {"0.09": Verdict.WITHIN, "0.091": Verdict.NOT_JUDGED, "0.15": Verdict.NOT_JUDGED, "0.151": Verdict.OVER}
    assert {value: verdict("铅烟", "峰接触浓度", value, "mg/m3") for value in values} == values
    assert judged("铅烟", "PE", "1", "mg/m3").limit.kind is LimitKind.PEAK_EXPOSURE
    assert "PC-STEL" in judged("甲苯", "峰接触浓度", "1", "mg/m3").why
    assert "未核实" in judged("三氯乙烯", "峰接触浓度", "1", "mg/m3").why


HOSTILE = [
    *(
        "1e9999",
        "NaN",
        "Infinity",
        "-1",
        "+1",
        "１．５",
        "0,5",
        "1,5",
        "1_0",
        "٣",
        "",
        " ",
        ".5",
        "5.",
        "1.5 mg",
        "<0.1",
    ),
    *("9" * 100_000, "0." + "1" * 100_000, "1\n2", "0x1", "½", "\ud800"),
]


@pytest.mark.parametrize("value", HOSTILE, ids=lambda text: ascii(text)[:20])
def test_a_value_that_is_no_plain_number_is_refused_in_words(value):
    with pytest.raises(ProblemsError) as caught:
        judged("甲苯", "PC-TWA", value, "mg/m3")
    (problem,) = caught.value.problems
    assert problem.field == "value"
    assert len(problem.found) <= 40


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(ProblemsError) as caught:
        judged(" ", "PC-XYZ", "viel", "", "x" * 1000)
    assert [problem.field for problem in caught.value.problems] == ["hazard", "kind", "value", "unit", "condition"]


@given(st.text(), st.text(), st.text(), st.text(), st.text(), st.dates())
def test_any_text_gives_a_verdict_or_a_refusal_in_words(hazard, kind, value, unit, condition, day):
    try:
        found = judge(HAZARDS, Measurement(hazard, kind, value, unit, day, condition))
    except UserError:
        return
    assert found.why


@given(
    st.text(alphabet="0123456789.%<>≤≥=~-SiO2总呼尘ⅠⅡ接触时间率室外℃，次 ", max_size=300), st.sampled_from(CONFIRMED)
)
def test_any_condition_gives_a_verdict_that_says_why(condition, pair):
    hazard, limit = pair
    found = judged(hazard.name, limit.kind, "1", limit.unit, condition)
    assert found.why
    assert (found.verdict is Verdict.NOT_JUDGED) or found.limit


@given(st.sampled_from(CONFIRMED), st.decimals(0, 10**6, places=6), st.decimals(0, 10**6, places=6))
def test_more_is_never_judged_better(pair, one, other):
    low, high = sorted((one, other))
    if under(pair, f"{low:f}").verdict is Verdict.OVER:
        assert under(pair, f"{high:f}").verdict is Verdict.OVER
    assert under(pair, f"{one:f}").verdict is (Verdict.OVER if one > pair[1].value else Verdict.WITHIN)
