"""Whoever was inspected this year is not drawn again; a closed gate, a single case and a re-inspection leave one in."""

from msgspec import structs

from ohdesk.domain.visit import Ending, Task
from ohdesk.forms.visiting import visit_rules
from ohdesk.services.draw.plan import DrawPlan, StratumPlan
from ohdesk.services.draw.pool import settle
from ohdesk.services.visit import conduct, planning
from tests import rectifying
from tests.visiting import add_firm

PLAN = DrawPlan(
    plan="2026-HY-001",
    title="职业卫生双随机抽查",
    seed_source="现场掷十面骰",
    strata=(StratumPlan(code="全部", where={}, num=1, den=1),),
    team=2,
    cap=9,
    slack=1,
)
CASES = (("inspected", Task("daily", "plan")), ("case", Task("case", "complaint", reason="来信 3 号")))
RE_INSPECTION = Task("case", "re_inspection", reason="复查")


def visited(ctx, name: str, task: Task) -> str:
    new = planning.NewVisit(establishment=add_firm(ctx, name), inspectors=rectifying.team(ctx), task=task)
    return rectifying.begin(ctx, planning.plan(ctx, new))


def test_only_a_planned_inspection_with_a_checklist_keeps_a_firm_out_of_the_draw(ctx):
    for name, task in (*CASES, ("re-inspected", RE_INSPECTION)):
        visit = visited(ctx, name, task)
        rectifying.fill(ctx, visit)
        rectifying.finalize(ctx, visit)
    shut = visited(ctx, "shut", Task("daily", "plan"))
    proof = visit_rules().outcome("closed").proofs[0]
    conduct.end_without_checklist(ctx, shut, Ending("closed", proof, "大门上锁"))
    rectifying.finalize(ctx, shut)
    later = structs.replace(PLAN, inspected_since=ctx.now().date())
    for plan in (PLAN, later):
        with ctx.reading() as session:
            firms = settle(ctx, session, plan).firms
        assert {firm.name: firm.reason for firm in firms} == {
            "inspected": "inspected",
            "case": "",
            "re-inspected": "",
            "shut": "",
        }
