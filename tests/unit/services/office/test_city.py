"""The profile of a city is that of the division until another is chosen; divisions are found by name."""

import pytest

from ohdesk.domain.people import OfficeRole
from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.cities import cities, lists_with
from ohdesk.services.changes import Change
from ohdesk.services.office import city
from ohdesk.services.office.divisions import code_of, divisions
from ohdesk.services.office.workspace import NewWorkspace, create_workspace, open_workspace

PASSWORD = "tidal-walnut-40"


def made(folder, division="440703101", chosen=None):
    new = NewWorkspace(OfficeRole.TOWN, division, "棠下镇人民政府", "管理员", PASSWORD, chosen)
    create_workspace(folder, new, practice=True)
    with open_workspace(folder, "管理员", PASSWORD) as ctx:
        found = city.profile(ctx)
        return found and found.code


def test_the_city_is_that_of_the_division_unless_another_is_chosen(tmp_path):
    assert made(tmp_path / "own") == "440700"
    assert made(tmp_path / "other", chosen="441700") == "441700"
    assert made(tmp_path / "none", chosen=city.NONE) is None
    assert made(tmp_path / "elsewhere", division="320102001") is None


def test_a_city_without_a_profile_is_named_before_anything_is_made(tmp_path):
    with pytest.raises(ProblemsError) as refused:
        made(tmp_path / "x", chosen="440300")
    assert [problem.found for problem in refused.value.problems] == ["440300"]
    assert not (tmp_path / "x").exists()


def test_another_city_is_chosen_later_by_those_in_charge(ctx):
    assert city.profile(ctx) is None
    assert city.choose(ctx, city.city_code("江门")) is Change.SETTINGS
    assert city.profile(ctx).name.zh == "江门市"
    assert city.choose(ctx, "440700") is Change.NOTHING
    assert city.choose(ctx, city.NONE) is Change.SETTINGS
    assert city.profile(ctx) is None
    with pytest.raises(UserError, match="没有“深圳”"):
        city.city_code("深圳")


@pytest.mark.parametrize("text", ["440700", "江门市", "江门", "Jiangmen", "JIANGMEN"])
def test_a_city_is_named_in_every_way(text):
    assert city.city_code(text) == "440700"


@pytest.mark.parametrize(
    ("text", "digits", "code"),
    [
        ("440703101", 9, "440703101"),
        ("蓬江区棠下镇", 9, "440703101"),
        ("江门市蓬江区 棠下镇", 9, "440703101"),
        ("蓬江区", 6, "440703"),
        ("开平市", 6, "440783"),
        ("番禺区", 6, "440113"),
    ],
)
def test_a_division_is_found_by_its_name(text, digits, code):
    assert code_of(text, digits) == code


def test_a_name_that_several_towns_have_is_told_with_all_of_them():
    with pytest.raises(UserError, match="区划表里有") as refused:
        code_of("新城镇" if sum(each.name == "新城镇" for each in divisions(9)) > 1 else "太平镇", 9)
    assert "440" in str(refused.value)
    with pytest.raises(UserError, match="区划表里没有"):
        code_of("不在册镇", 9)


def test_all_towns_of_the_five_cities_are_there():
    towns = [each.code[:4] + "00" for each in divisions(9)]
    assert {code: towns.count(code) for code in cities()} == {
        "440100": 178, "440200": 112, "440700": 82, "441600": 101, "441700": 63
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "hazards", "found"),
    [
        ("3071", "", ["陶瓷制造", "建材"]),
        ("C2610", "噪声", ["化工", "化学原料和化学制品制造业"]),
        ("C3391", "", ["金属冶炼", "机械"]),
        ("B0933", "", ["采矿业"]),
        ("", "苯", []),
    ],
)
def test_what_lists_of_jiangmen_an_employer_is_on(code, hazards, found):
    names = [name for _, names in lists_with("440700", code, hazards) for name in names]
    assert set(found) <= set(names)
    assert bool(found) == bool(names)


@pytest.mark.parametrize(
    ("hazards", "is_on"),
    [("噪声、苯", True), ("铅烟", True), ("甲苯", False), ("苯系物、甲醛", True), ("电焊烟尘", False)],
)
def test_the_fourth_industry_of_guangzhou_is_a_test_of_hazards(hazards, is_on):
    names = [name for _, names in lists_with("440100", "C1810", hazards) for name in names]
    assert ("高毒高致病化学品生产使用" in names) is is_on


def test_papers_are_issued_by_the_county_or_the_town():
    jiangmen = cities()["440700"]
    assert city.bodies(jiangmen, "440703101") == ("蓬江区卫生健康局", "棠下镇人民政府")
    assert city.bodies(jiangmen, "440703") == ("蓬江区卫生健康局",)
    assert city.bodies(jiangmen, "000000001") == ()
