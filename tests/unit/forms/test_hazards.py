"""The hazards as data: what is judged by is what the standard says, and a file with a fault is left out."""

from datetime import date

import pytest

from ohdesk.domain.hazard.limits import HazardClass, is_cas
from ohdesk.forms.hazards import hazards, read_hazards
from ohdesk.paths import resources

FOLDER = resources() / "codes" / "hazards"
AIR, HEAT = "GBZ 2.1—2019", "GBZ 2.2—2007"
COOL = "室外通风设计温度<30℃"
CONFIRMED = {  # name, kind, condition → value, unit, standard
    ("矽尘", "PC-TWA", "10%≤SiO2≤50%，总尘"): ("1", "mg/m³", AIR),
    ("矽尘", "PC-TWA", "10%≤SiO2≤50%，呼尘"): ("0.7", "mg/m³", AIR),
    ("矽尘", "PC-TWA", "50%<SiO2≤80%，总尘"): ("0.7", "mg/m³", AIR),
    ("矽尘", "PC-TWA", "50%<SiO2≤80%，呼尘"): ("0.3", "mg/m³", AIR),
    ("矽尘", "PC-TWA", "SiO2>80%，总尘"): ("0.5", "mg/m³", AIR),
    ("矽尘", "PC-TWA", "SiO2>80%，呼尘"): ("0.2", "mg/m³", AIR),
    ("其他粉尘", "PC-TWA", "SiO2<10%，总尘"): ("8", "mg/m³", AIR),
    ("铝金属粉尘", "PC-TWA", "总尘"): ("3", "mg/m³", AIR),
    ("氧化铝粉尘", "PC-TWA", "总尘"): ("4", "mg/m³", AIR),
    ("铅尘", "PC-TWA", ""): ("0.05", "mg/m³", AIR),
    ("铅烟", "PC-TWA", ""): ("0.03", "mg/m³", AIR),
    ("一氧化碳", "PC-TWA", "非高原"): ("20", "mg/m³", AIR),
    ("一氧化碳", "PC-STEL", "非高原"): ("30", "mg/m³", AIR),
    ("金属镍与难溶性镍化合物", "PC-TWA", ""): ("1", "mg/m³", AIR),
    ("可溶性镍化合物", "PC-TWA", ""): ("0.5", "mg/m³", AIR),
    ("甲苯", "PC-TWA", ""): ("50", "mg/m³", AIR),
    ("甲苯", "PC-STEL", ""): ("100", "mg/m³", AIR),
    ("二甲苯", "PC-TWA", ""): ("50", "mg/m³", AIR),
    ("二甲苯", "PC-STEL", ""): ("100", "mg/m³", AIR),
    ("噪声", "LEX,8h", ""): ("85", "dB(A)", HEAT),
    ("噪声", "LEX,40h", ""): ("85", "dB(A)", HEAT),
    ("脉冲噪声", "peak", "脉冲次数n≤100"): ("140", "dB", HEAT),
    ("脉冲噪声", "peak", "脉冲次数100<n≤1000"): ("130", "dB", HEAT),
    ("脉冲噪声", "peak", "脉冲次数1000<n≤10000"): ("120", "dB", HEAT),
    ("手传振动", "ahw,4h", ""): ("5", "m/s²", HEAT),
    ("紫外线", "irradiance", "电焊弧光"): ("0.24", "μW/cm²", HEAT),
    ("工频电场", "E", ""): ("5", "kV/m", HEAT),
} | {
    ("高温", "WBGT", f"接触时间率{rate}%，体力劳动强度{grade}级，{COOL}"): (value, "℃", HEAT)
    for rate, values in {"100": "30 28 26 25", "75": "31 29 28 26", "50": "32 30 29 28", "25": "33 32 31 30"}.items()
    for grade, value in zip("ⅠⅡⅢⅣ", values.split(), strict=True)
}
UNCONFIRMED = {  # name → kind and value
    "苯": {("PC-TWA", "6"), ("PC-STEL", "10"), ("PC-TWA", "3"), ("PC-STEL", "6")},
    "正己烷": {("PC-TWA", "100"), ("PC-STEL", "180")},
    "1,2-二氯乙烷": {("PC-TWA", "7"), ("PC-STEL", "15")},
    "三氯乙烯": {("PC-TWA", "30")},
    "水泥粉尘": {("PC-TWA", "4"), ("PC-TWA", "1.5")},
    "电焊烟尘": {("PC-TWA", "4")},
    "木粉尘（硬）": {("PC-TWA", "3")},
    "锰及其无机化合物": {("PC-TWA", "0.15")},
    "甲醛": {("MAC", "0.5")},
    "氯化氢": {("MAC", "7.5")},
    "六价铬": {("PC-TWA", "0.05")},
}


def test_every_file_is_sound():
    read = read_hazards(FOLDER)
    assert read.problems == ()
    assert {hazard.hazard_class for hazard in read.hazards.all} >= {HazardClass.DUST, HazardClass.PHYSICAL}


def test_the_confirmed_limits_are_those_of_the_standards():
    asbestos = [("石棉粉尘", "PC-TWA", "石棉含量>10%", "0.8", unit, AIR) for unit in ("f/mL", "mg/m³")]
    expected = sorted([*asbestos, *((*key, *values) for key, values in CONFIRMED.items())])
    found = sorted(
        (hazard.name, str(limit.kind), limit.condition, str(limit.value), limit.unit, limit.standard)
        for hazard in hazards().all
        for limit in hazard.printed_limits
        if limit.confirmed
    )
    assert found == expected


def test_the_limits_from_memory_are_there_and_not_confirmed():
    found = {
        hazard.name: {(str(limit.kind), str(limit.value)) for limit in hazard.limits if not limit.confirmed}
        for hazard in hazards().all
        if any(not limit.confirmed for limit in hazard.limits)
    }
    assert found == UNCONFIRMED
    assert hazards().count() == (len(CONFIRMED) + 2, sum(map(len, UNCONFIRMED.values())))


def test_every_limit_for_heat_is_one_degree_higher_where_it_is_hot_outside():
    (heat,) = hazards().find("高温")
    printed = {limit.condition.partition("，室外")[0]: limit.value for limit in heat.printed_limits}
    raised = {limit.condition.partition("，室外")[0]: limit.value for limit in heat.limits if limit.raised}
    assert raised == {condition: value + 1 for condition, value in printed.items()}
    assert all(limit.condition.endswith("室外通风设计温度≥30℃") for limit in heat.limits if limit.raised)


def test_no_number_is_without_a_source_a_standard_and_a_first_day():
    limits = [limit for hazard in hazards().all for limit in hazard.limits]
    assert all(limit.source and limit.standard for limit in limits)
    assert {limit.valid_from for limit in limits} == {date(2020, 4, 1), date(2007, 11, 1), date(2025, 1, 1)}
    assert {limit.confirmed for limit in limits if "记忆" in limit.source} == {False}


def test_a_name_can_be_the_key_of_a_choice():
    names = [hazard.name for hazard in hazards().all]
    assert [name for name in names if name.split() != [name] or len(name) > 60 or names.count(name) > 1] == []


def test_two_limits_of_one_kind_and_unit_never_hold_under_the_same_condition_on_one_day():
    for hazard in hazards().all:
        seen = [
            (limit.kind, limit.unit, limit.condition)
            for day in (date(2021, 6, 1), date(2026, 6, 1))
            for limit in hazard.limits
            if limit.in_force(day)
        ]
        assert len(seen) == 2 * len(set(seen)) or not hazard.limits


@pytest.mark.parametrize("number", ["71-43-2", "14808-60-7", "110-54-3"])
def test_a_cas_number_is_known_by_its_check_digit(number):
    assert is_cas(number)
    assert not is_cas(number[:-1] + str((int(number[-1]) + 1) % 10))


@pytest.mark.parametrize("text", ["", "71432", "71-43-2 ", "CAS 71-43-2", "７１-43-2", "1-43-2"])
def test_what_is_written_otherwise_is_no_cas_number(text):
    assert not is_cas(text)


STANDARDS = """
[[standard]]
name = "S"
title = "T"
valid_from = 2020-01-01
source = "announced"
[source]
read = "read in the original"
[peak]
short = "3"
never = "5"
source = "S"
"""
GOOD = """
class = "chemical"
[[hazard]]
name = "苯"
cas = ["71-43-2"]
limit = [{ kind = "PC-TWA", value = "3", unit = "mg/m³", standard = "S", source = "read", confirmed = true }]
"""
FAULTS = {
    "no source": ('source = "read"', 'source = "memory"', "memory"),
    "no standard": ('standard = "S"', 'standard = "GB"', "GB"),
    "unit": ("mg/m³", "ppm", "ppm"),
    "cas": ("71-43-2", "71-43-3", "71-43-3"),
    "value": ('"3"', '"-3"', "regex"),
    "number": ('"3"', "3", "str"),
    "kind": ("PC-TWA", "PC-XYZ", "PC-XYZ"),
    "class": ('"chemical"', '"poison"', "poison"),
    "unknown key": ("confirmed", "sure", "sure"),
    "condition": ("confirmed", 'when = { silica = "很多" }, confirmed', "很多"),
    "no TOML": ("[[hazard]]", "[[hazard", "line 3"),
}


def folder(tmp_path, text, standards=STANDARDS):
    (tmp_path / "standards.toml").write_text(standards, "utf-8")
    (tmp_path / "chemical.toml").write_text(text, "utf-8")
    return read_hazards(tmp_path)


def test_a_good_file_gives_its_limits(tmp_path):
    read = folder(tmp_path, GOOD)
    assert read.problems == ()
    assert read.hazards.count() == (1, 0)


@pytest.mark.parametrize("name", FAULTS)
def test_a_file_with_a_fault_is_named_and_left_out_whole(tmp_path, name):
    old, new, found = FAULTS[name]
    assert old in GOOD
    read = folder(tmp_path, GOOD.replace(old, new, 1))
    assert read.hazards.all == ()
    assert [problem.place.partition(" ")[0] for problem in read.problems] == ["chemical.toml"]
    assert found.lower() in (read.problems[0].found + read.problems[0].expected).lower()


def test_without_the_standards_nothing_is_judged(tmp_path):
    read = folder(tmp_path, GOOD, standards="[[standard]")
    assert read.hazards.all == ()
    assert [problem.place for problem in read.problems] == ["standards.toml"]
