"""`ohdesk hazard`: limits and verdicts as JSON and in words, without a workspace; who has a hazard, in one."""

import json

import pytest

from ohdesk.cli.main import main
from ohdesk.forms.hazards import hazards
from ohdesk.i18n import set_language
from tests.conftest import PASSWORD, town_workspace

LIMIT_KEYS = ["kind", "value", "unit", "condition", "standard", "valid_from", "confirmed"]


def run(capsys, *words):
    status = main(["hazard", *words])
    said = capsys.readouterr()
    return status, said.out, said.err


def data(capsys, *words):
    status, out, err = run(capsys, *words, "--json")
    assert (status, err) == (0, "")
    assert out.isascii()
    return json.loads(out)


def judging(hazard, kind, value, unit, on="2026-03-01", condition=None):
    words = ["judge", "--hazard", hazard, "--kind", kind, "--value", value, "--unit", unit, "--on", on]
    return [*words, *([] if condition is None else ["--condition", condition])]


def test_limits_are_listed_with_condition_standard_and_day(capsys):
    assert data(capsys, "limits", "苯", "--on", "2026-03-01") == {
        "name": "苯",
        "cas": "71-43-2",
        "limits": [
            {
                "kind": kind,
                "value": value,
                "unit": "mg/m³",
                "condition": "",
                "standard": "GBZ 2.1—2019 第1号修改单",
                "valid_from": "2025-01-01",
                "confirmed": False,
            }
            for kind, value in (("PC-TWA", "3"), ("PC-STEL", "6"))
        ],
    }


def test_limits_of_another_day_are_others_and_without_a_day_all_are_listed(capsys):
    def values(*words):
        return [limit["value"] for limit in data(capsys, "limits", "benzene", *words)["limits"]]

    assert values("--on", "2021-06-01") == ["6", "10"]
    assert values("--on", "2020-03-31") == []
    assert values() == ["6", "10", "3", "6"]


def test_heat_has_a_limit_for_each_of_four_rates_and_four_grades(capsys):
    found = data(capsys, "limits", "高温")["limits"]
    assert len({limit["condition"] for limit in found}) == 16
    assert all(list(limit) == LIMIT_KEYS for limit in found)


def test_each_listed_limit_is_judged_by_its_own_condition_as_printed(capsys):
    for hazard in hazards().all:
        for limit in data(capsys, "limits", hazard.name)["limits"]:
            words = judging(hazard.name, limit["kind"], limit["value"], limit["unit"], condition=limit["condition"])
            found = data(capsys, *words)
            assert found["verdict"] == ("within" if limit["confirmed"] else "not_judged")


@pytest.mark.parametrize(
    ("value", "verdict"), [("49.999", "within"), ("50", "within"), ("50.0", "within"), ("50.001", "over")]
)
def test_a_verdict_names_the_limit_and_says_why(capsys, value, verdict):
    found = data(capsys, *judging("甲苯", "PC-TWA", value, "mg/m3"))
    assert list(found) == ["verdict", "limit", "why"]
    assert found["verdict"] == verdict
    assert list(found["limit"]) == LIMIT_KEYS
    assert found["limit"]["value"] == "50"
    assert "GBZ 2.1—2019" in found["why"]


def test_what_is_not_judged_says_why_and_is_a_success(capsys):
    found = data(capsys, *judging("矽尘", "PC-TWA", "0.5", "mg/m3"))
    assert (found["verdict"], found["limit"]) == ("not_judged", None)
    assert "SiO₂" in found["why"]
    assert "未核实" in data(capsys, *judging("三氯乙烯", "PC-TWA", "30", "mg/m3"))["why"]
    assert data(capsys, *judging("不知名", "PC-TWA", "30", "mg/m3"))["verdict"] == "not_judged"


def test_in_words_the_verdict_comes_first(capsys):
    assert run(capsys, *judging("噪声", "LEX,8h", "85.1", "dB(A)"))[1].startswith("超标：85.1 dB(A) 超过")


@pytest.mark.parametrize("value", ["1e9999", "NaN", "-1", "１．５", "0,5", "", "9" * 50_000])
def test_a_value_that_is_no_number_is_refused_in_words(capsys, value):
    status, out, err = run(capsys, *judging("甲苯", "PC-TWA", value, "mg/m3"))
    assert (status, out) == (1, "")
    assert "结果" in err
    assert len(err) < 500


def test_the_list_ends_with_how_many_limits_are_confirmed(capsys):
    confirmed, unconfirmed = hazards().count()
    found = data(capsys, "show")
    assert (found["confirmed"], found["unconfirmed"]) == (confirmed, unconfirmed)
    assert sum(hazard["confirmed"] for hazard in found["hazards"]) == confirmed
    assert {"name": "苯", "class": "chemical", "cas": "71-43-2", "confirmed": 0, "unconfirmed": 4} in found["hazards"]
    last = run(capsys, "show")[1].splitlines()[-1]
    assert f"已核实 {confirmed} 条，未核实 {unconfirmed} 条" in last


def test_one_hazard_is_shown_with_names_sources_and_count(capsys):
    found = data(capsys, "show", "二甲苯")
    assert found["cas"] == "1330-20-7"
    assert "邻二甲苯" in found["synonyms"]
    assert all(limit["source"] for limit in found["limits"])
    text = run(capsys, "show", "二甲苯")[1]
    assert "PC-STEL 100 mg/m³" in text
    assert text.rstrip().endswith("限值已核实 2 条，未核实 0 条")


def test_of_a_name_with_several_hazards_each_limit_says_of_which_it_is(capsys):
    found = data(capsys, "limits", "铅")
    assert found["name"] == "铅尘、铅烟"
    assert [(limit["condition"], limit["value"]) for limit in found["limits"]] == [("铅尘", "0.05"), ("铅烟", "0.03")]
    assert "铅烟\tPC-TWA 0.03 mg/m³" in run(capsys, "limits", "铅")[1]
    for limit in found["limits"]:
        words = judging("铅", limit["kind"], limit["value"], limit["unit"], condition=limit["condition"])
        assert data(capsys, *words)["limit"]["value"] == limit["value"]
    assert [hazard["name"] for hazard in data(capsys, "show", "铅")["hazards"]] == ["铅尘", "铅烟"]
    assert "铅烟（化学因素）" in run(capsys, "show", "铅")[1]


@pytest.mark.parametrize(("name", "said"), [("不知名", "没有“不知名”"), ("x" * 9999, "没有")])
def test_a_name_that_finds_none_is_refused_in_words(capsys, name, said):
    for command in ("show", "limits"):
        status, out, err = run(capsys, command, name)
        assert (status, out) == (1, "")
        assert said in err
        assert len(err) < 300


@pytest.mark.parametrize("words", [["judge"], ["limits"], ["limits", "苯", "--on", "2026-13-01"]])
def test_what_is_missing_or_no_day_is_wrong_usage(capsys, words):
    with pytest.raises(SystemExit) as caught:
        main(["hazard", *words])
    assert caught.value.code == 2


def test_in_english_the_sentences_are_english_and_the_names_stay(capsys):
    set_language("en")
    try:
        text = run(capsys, *judging("甲苯", "PC-TWA", "51", "mg/m3"))[1]
    finally:
        set_language("zh_CN")
    assert text.startswith("over: 51 mg/m³ is above PC-TWA 50 mg/m³")


def test_who_has_a_hazard_is_asked_in_a_workspace(capsys, tmp_path):
    secret = tmp_path / "password"
    secret.write_text(PASSWORD, "utf-8")
    town = ["--workspace", str(town_workspace(tmp_path / "town")), "--password-file", str(secret)]
    assert main(["roll", "add", "--set", "单位名称=石桥化工厂", "--set", "hazards=甲苯、噪声", *town]) == 0
    texts = ("title=喷漆", "hazards=甲苯", "exposed=6", "workers=8")
    post = ["register", "add", "posts", "--about", "石桥化工厂", *(word for text in texts for word in ("--set", text))]
    assert main([*post, *town]) == 0
    capsys.readouterr()
    (found,) = data(capsys, "where", "toluene", *town)
    assert found["name"] == "甲苯"
    assert [(each["about"], each["title"], each["exposed"]) for each in found["posts"]] == [("石桥化工厂", "喷漆", 6)]
    assert (found["results"], found["over"]) == ([], 0)
    assert [each["name"] for each in found["employers"]] == ["石桥化工厂"]
    assert [each["posts"] for each in data(capsys, "where", "苯", *town)] == [[]]
    assert "岗位 1 个" in run(capsys, "where", "108-88-3", *town)[1]
