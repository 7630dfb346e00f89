"""Which checklist a visit has: that of the kind, another for a reason, and none where there is none or no power."""

import pytest

from ohdesk.domain.visit import Power, Task
from ohdesk.errors import ProblemsError, UserError
from ohdesk.services.office import powers
from ohdesk.services.roll import entries
from ohdesk.services.visit import planning
from ohdesk.services.visit.filling import form_of
from ohdesk.services.visit.lookup import find_visit
from tests.visiting import add_inspectors


@pytest.fixture
def plan(ctx):
    team = add_inspectors(ctx)

    def planned(kind: str, form: str = "", reason: str = "") -> str:
        firm = entries.add(ctx, {"name": f"一家{kind}", "kind": kind})
        task = Task("daily", "plan", "2026-03-02")
        new = planning.NewVisit(establishment=firm, inspectors=team, task=task, form=form, form_reason=reason)
        visit = planning.plan(ctx, new)
        with ctx.reading() as session:
            held = find_visit(session, visit)
            return f"{form_of(session, held).id} {held.form_reason}".strip()

    return planned


@pytest.mark.parametrize(
    ("kind", "form"),
    [("用人单位", "employer-general"), ("", "employer-general")],
)
def test_the_checklist_follows_from_the_kind(plan, kind, form):
    assert plan(kind) == form


def test_a_kind_without_a_checklist_is_not_inspected_with_that_of_employers(plan):
    for form, reason in (("", ""), ("employer-general", "没有别的表")):
        with pytest.raises(UserError) as refused:
            plan("放射卫生技术服务机构", form, reason)
        assert "放射卫生技术服务机构" in refused.value.message


def test_a_checklist_of_another_kind_needs_a_reason_which_is_kept(ctx, plan):
    powers.add_power(ctx, Power("own", "石桥镇人民政府", "2026-01-01", "", "目录", matters=("radiology",)))
    assert plan("放射诊疗单位") == "radiology"
    with pytest.raises(ProblemsError) as refused:
        plan("放射诊疗单位", "employer-general")
    assert [each.field for each in refused.value.problems] == ["form_reason"]
    assert plan("放射诊疗单位", "employer-general", "医院也是用人单位") == "employer-general 医院也是用人单位"


@pytest.mark.parametrize("kind", ["放射诊疗单位", "职业卫生技术服务机构", "职业健康检查机构"])
def test_a_matter_of_the_county_is_off_in_a_town_whose_powers_do_not_name_it(ctx, plan, kind):
    powers.add_power(ctx, Power("own", "石桥镇人民政府", "2026-01-01", "2026-02-28", "目录", matters=("radiology",)))
    with pytest.raises(UserError) as refused:
        plan(kind)
    assert "县级事项" in refused.value.message
    with pytest.raises(ProblemsError):
        powers.add_power(ctx, Power("own", "石桥镇人民政府", "2026-01-01", "", "目录", matters=("employer-general",)))


def test_what_is_no_checklist_of_a_visit_is_refused_with_those_that_are(plan):
    for form in ("no-such-form", "employer-self-check", "re-inspection"):
        with pytest.raises(UserError) as refused:
            plan("用人单位", form)
        assert "employer-general" in refused.value.remedy
