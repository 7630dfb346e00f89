"""A draw before its freeze: sensible defaults, the list exactly as it will be frozen, a plan that is not lost."""

import json
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from msgspec import structs

from ohdesk.domain.facts import Verdict
from ohdesk.errors import ProblemsError, UserError
from ohdesk.i18n import SOURCE_LANGUAGE, set_language
from ohdesk.services.draw import holding, planning
from ohdesk.services.draw.holding import SeedMinutes
from ohdesk.services.draw.plan import Absence, DrawPlan, Exclusion, Recusal, StratumPlan, read_plan
from ohdesk.services.draw.views import frozen_view, list_draws, proof_of
from ohdesk.services.office import people
from ohdesk.services.roll import entries
from tests.conftest import signing

SEED = "2023733112"
MINUTES = SeedMinutes(source="十面骰", thrown_by="司马", witnesses=("上官", "诸葛"))


@pytest.fixture
def town(ctx):
    for number in range(21):
        entries.add(ctx, {"name": f"琥珀{number}厂", "risk_class": "丙" if number < 6 else "甲"}, "录入")
    entries.add(ctx, {"name": "停业厂", "risk_class": "甲", "status": "停业"}, "录入")
    for name, number in (("闻人甲", "Z-001"), ("闻人乙", "Z-002"), ("闻人丙", "Z-003")):
        people.add_person(ctx, name, "inspector", number, "2027-12-31", leads=True)
    return signing(ctx)


def test_the_code_of_a_stratum_is_the_same_in_every_language(town):
    entries.add(town, {"name": "未分类厂"}, "录入")
    set_language("en")
    try:
        assert "未登记" in {each.code for each in planning.strata_by(town, "risk_class")}
    finally:
        set_language(SOURCE_LANGUAGE)


def test_the_usual_plan_can_be_frozen_as_it_is(town):
    plan = planning.usual_plan(town)
    assert (plan.total, plan.team, plan.plan) == (3, 2, "2026-SJ-001")
    assert planning.scope_problems(town, plan) == ()
    assert planning.preview(town, plan).problems == ()
    holding.freeze(town, plan)
    assert planning.usual_plan(town).plan == "2026-SJ-002"


def test_what_is_printed_is_proposed_in_chinese_whatever_is_spoken(town):
    set_language("en")
    try:
        plan = planning.usual_plan(town)
    finally:
        set_language(SOURCE_LANGUAGE)
    assert (plan.title, plan.matter) == ("2026 年用人单位职业卫生双随机抽查", "用人单位职业卫生监督检查")


def test_the_preview_is_what_the_freeze_fixes(town):
    firms = [row.id for row in entries.list_rows(town)[:2]]
    persons = [row.id for row in people.list_people(town)]
    plan = structs.replace(
        planning.usual_plan(town),
        exclusions=(Exclusion(establishment=firms[0], code="special"),),
        absences=(Absence(person=persons[0], code="leave"),),
        recusals=(Recusal(person=persons[1], establishment=firms[1], code="kin"),),
        cap=2,
    )
    seen = planning.preview(town, plan)
    view = frozen_view(town, holding.freeze(town, plan))
    assert (len(seen.taking_part), len(seen.left_out)) == (view.firms, view.excluded)
    assert seen.quotas == view.quotas
    assert [each.reason for each in seen.inspectors if each.reason] == ["leave"]
    assert (view.inspectors, view.absent, view.recusals) == (2, 1, 1)
    assert (seen.drawn, seen.seats_short) == (3, 2)


def test_strata_follow_the_values_of_the_roll(town):
    strata = planning.strata_by(town, "risk_class")
    assert [(each.code, each.where) for each in strata] == [
        ("甲", {"risk_class": ("甲",)}),
        ("丙", {"risk_class": ("丙",)}),
    ]
    assert planning.strata_sizes(town, strata) == {"丙": 6, "甲": 15}


def test_a_stratum_smaller_than_what_is_wanted_of_it_is_named(town):
    strata = tuple(structs.replace(each, least=10) for each in planning.strata_by(town, "risk_class"))
    seen = planning.preview(town, structs.replace(planning.usual_plan(town), strata=strata, total=None))
    assert seen.too_small == ("丙",)
    assert seen.quotas["丙"] == (6, 6)


def test_a_plan_with_a_draw_still_waiting_is_refused_before_the_list_is_looked_at(town):
    plan = planning.usual_plan(town)
    holding.freeze(town, plan)
    (problem,) = planning.scope_problems(town, plan)
    assert problem.found == "第 1 次抽取还没有结果"


def test_a_plan_for_less_than_none_is_refused_where_it_is_typed(town):
    plan = structs.replace(planning.usual_plan(town), total=-1)
    assert [problem.found for problem in planning.scope_problems(town, plan)] == ["-1"]
    with pytest.raises(ProblemsError):
        holding.freeze(town, plan)


def test_a_plan_half_made_is_kept_as_it_was_and_goes_when_it_is_thrown_away(town):
    assert planning.kept_draft(town) is None
    firm = entries.list_rows(town)[0].id
    plan = structs.replace(
        planning.usual_plan(town), total=7, exclusions=(Exclusion(establishment=firm, code="other"),)
    )
    planning.keep_draft(town, plan)
    assert planning.kept_draft(town) == plan
    planning.forget_draft(town)
    assert planning.kept_draft(town) is None


def test_a_plan_written_to_a_file_is_read_back_the_same(town, tmp_path):
    plan = DrawPlan(
        plan="X",
        seed_source="彩票",
        strata=(StratumPlan(code="甲", where={"risk_class": ("甲", "甲类")}, num=1, den=3, least=2),),
        team=2,
        cap=9,
        slack=0,
        day=town.now().date(),
        inspected_since=town.now().date() - timedelta(days=30),
    )
    (tmp_path / "plan.json").write_bytes(msgspec.json.encode(plan))
    assert read_plan(town, tmp_path / "plan.json") == plan
    assert json.loads((tmp_path / "plan.json").read_bytes())["strata"][0]["min"] == 2


def test_only_some_may_freeze_and_void_and_nobody_without_a_key_of_their_own(town):
    def acting(*roles):
        return replace(town, actor=replace(town.actor, roles=frozenset(roles)))

    plan = planning.usual_plan(town)
    with pytest.raises(UserError, match="权限"):
        holding.freeze(acting(), plan)
    frozen = holding.freeze(acting("inspector"), plan)
    with pytest.raises(UserError, match="权限"):
        holding.set_seed(acting("county"), frozen, SEED, SEED, MINUTES)
    with pytest.raises(UserError, match="权限"):
        holding.void(acting("county_clerk"), frozen, "名单有误")
    with pytest.raises(UserError, match="签名密钥"):
        holding.void(replace(town, sign=None), frozen, "名单有误")
    holding.void(acting("inspector"), frozen, "名单有误")
    with pytest.raises(UserError, match="签名密钥"):
        holding.freeze(replace(town, sign=None), plan)
    assert list_draws(town)[0].state == "void"


def test_a_result_is_proved_from_what_is_published(town):
    frozen = holding.freeze(town, planning.usual_plan(town))
    with pytest.raises(UserError):
        proof_of(town, frozen)
    holding.set_seed(town, frozen, SEED, SEED, MINUTES)
    holding.compute(town, frozen)
    assert {fact.verdict for fact in proof_of(town, frozen)} == {Verdict.HOLDS}
    (row,) = list_draws(town)
    assert (row.candidates, row.drawn) == (21, 3)


def test_the_days_left_for_the_seed_are_counted(town):
    frozen = holding.freeze(town, planning.usual_plan(town))
    assert (frozen_view(town, frozen).until, frozen_view(town, frozen).days_left) == ("2026-03-16", 14)
    late = replace(town, now=lambda: town.now() + timedelta(days=15))
    assert (frozen_view(late, frozen).days_left, frozen_view(late, frozen).row.overdue) == (-1, True)
