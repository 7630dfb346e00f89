"""The draws of the demonstration, held as an office would hold them."""

from ohdesk.demo import cast
from ohdesk.demo.cast import Town
from ohdesk.services.context import Context
from ohdesk.services.draw import holding
from ohdesk.services.draw.holding import SeedMinutes
from ohdesk.services.draw.plan import DrawPlan, StratumPlan


def hold_draw(ctx: Context, town: Town) -> str:
    """Freeze, seed and compute a town's draw; return its id."""
    plan = DrawPlan(
        plan=town.plan,
        title="2026 年上半年用人单位职业卫生双随机抽查",
        matter="用人单位职业卫生监督检查",
        basis="年度双随机抽查计划（练习用）",
        place=f"{town.name}二楼会议室",
        seed_source=cast.SEED_SOURCE,
        strata=(
            StratumPlan(code="丙", where={"risk_class": ("丙", "丙类")}),
            StratumPlan(code="其他"),
        ),
        team=2,
        cap=town.cap,
        slack=town.slack,
        total=town.drawn,
    )
    draw = holding.freeze(ctx, plan)
    minutes = SeedMinutes(source=cast.SEED_SOURCE, thrown_by="、".join(cast.WITNESSES), witnesses=cast.WITNESSES)
    holding.set_seed(ctx, draw, town.seed, town.seed, minutes)
    holding.compute(ctx, draw)
    return draw
