"""A draw before its freeze: a plan to start from, what its list would be, and the plan kept while it is made."""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from sqlalchemy import delete, select

from ohdesk.db.models import Draft, DraftKind, Draw, Establishment
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.establishment import CLOSED_STATES, value_text
from ohdesk.domain.people import Right
from ohdesk.errors import Problem
from ohdesk.i18n import in_chinese, tr
from ohdesk.services.context import Context
from ohdesk.services.draw.holding import waiting_number
from ohdesk.services.draw.plan import DrawPlan, StratumPlan, plan_of, plan_with_defaults, tidied
from ohdesk.services.draw.pool import Pool, plan_problems, settle
from ohdesk.services.draw.rules import draw_rules
from ohdesk.services.roll.entries import on_roll

# Codes of strata stand in the sheet, which is hashed and published: the same in every language.
EVERYBODY, NOT_ENTERED = "全部", "未登记"
STRATIFY_BY = ("risk_class", "industry", "town")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_PLAN_NUMBER = "{year}-SJ-{number:03d}"


def usual_plan(ctx: Context) -> DrawPlan:
    """Return a plan that can be frozen as it is: the whole roll, one stratum, the usual team and number of firms."""
    rules, year = draw_rules(), legal_day(ctx.now()).year
    # Rounded up: ten per cent of nine establishments is one, not none.
    total = -(-len(_in_business(ctx, set())) * rules.total_percent // 100)
    with in_chinese():  # both are printed in the record of the draw
        title, matter = tr("{year} 年用人单位职业卫生双随机抽查"), tr("用人单位职业卫生监督检查")
    return plan_with_defaults(
        plan=_next_plan(ctx, year),
        title=title.format(year=year),
        matter=matter,
        place=ctx.office.name,
        seed_source="dice",
        strata=(StratumPlan(code=EVERYBODY),),
        total=max(1, total),
    )


def strata_by(ctx: Context, field: str) -> tuple[StratumPlan, ...]:
    """Return one stratum for each value of a field of the roll that occurs, or one for everybody."""
    if not field:
        return (StratumPlan(code=EVERYBODY),)
    values = {value_text(row[field]) for row in _in_business(ctx, {field})}
    return tuple(
        StratumPlan(code=value or NOT_ENTERED, where={field: (value,)}, num=draw_rules().total_percent, den=100)
        for value in sorted(values, key=_in_order)
    )


def _in_order(value: str) -> tuple[bool, str]:
    """Return what strata are sorted by: Ⅰ Ⅱ Ⅲ, then 甲 乙 丙, whose code points say nothing; without a value last."""
    place = _STEMS.find(value[:1]) if value else -1
    return not value, value if place < 0 else f"\ue000{place}{value[1:]}"


def strata_sizes(ctx: Context, strata: tuple[StratumPlan, ...]) -> dict[str, int]:
    """Return how many firms in business each stratum holds; reads the whole roll."""
    sizes = dict.fromkeys((each.code for each in strata), 0)
    for row in _in_business(ctx, {key for each in strata for key in each.where}):
        code = next((each.code for each in strata if each.takes(row)), None)
        if code is not None:
            sizes[code] += 1
    return sizes


def scope_problems(ctx: Context, plan: DrawPlan) -> tuple[Problem, ...]:
    """Return everything wrong with a plan that shows without looking at the roll."""
    plan = tidied(plan)
    problems = plan_problems(plan)
    with ctx.reading() as session:
        waiting = waiting_number(session, ctx, plan.plan)
    if waiting is not None:
        found = tr("第 {number} 次抽取还没有结果", number=waiting)
        remedy = tr("请回到列表完成那次抽取；不能完成时作废并写明原因。")
        problems.append(Problem(tr("计划编号"), tr("没有未完成抽取的编号"), found, remedy, field="plan"))
    return tuple(problems)


def preview(ctx: Context, plan: DrawPlan) -> Pool:
    """Return the list that a freeze of this plan would fix now; nothing is set down. Reads the whole roll."""
    with ctx.reading() as session:
        return settle(ctx, session, tidied(plan))


def keep_draft(ctx: Context, plan: DrawPlan) -> None:
    """Keep a plan that is being made on this laptop, so that it is there again after a crash."""
    ctx.require(Right.DRAW)
    with ctx.transaction() as session:
        session.merge(Draft(kind=DraftKind.DRAW_PLAN, of="", part="", content=msgspec.to_builtins(plan)))


def kept_draft(ctx: Context) -> DrawPlan | None:
    """Return the plan that was being made, or None. Raises UserError when it names a firm that is gone since."""
    with ctx.reading() as session:
        draft = session.get(Draft, (DraftKind.DRAW_PLAN, "", ""))
        kept = None if draft is None else draft.content
    return None if kept is None else plan_of(ctx, kept)


def forget_draft(ctx: Context) -> None:
    """Throw away the plan that was being made."""
    ctx.require(Right.DRAW)
    with ctx.transaction() as session:
        session.execute(delete(Draft).where(Draft.kind == DraftKind.DRAW_PLAN))


def _in_business(ctx: Context, fields: Collection[str]) -> list[Mapping[str, Any]]:
    asked = sorted({"status", *fields})
    wanted = select(*(getattr(Establishment, field) for field in asked))
    with ctx.reading() as session:
        rows = session.execute(wanted.where(on_roll(ctx.office.division))).mappings()
        return [dict(row) for row in rows if row["status"] not in CLOSED_STATES]


def _next_plan(ctx: Context, year: int) -> str:
    with ctx.reading() as session:
        taken = set(session.scalars(select(Draw.plan).where(Draw.replica == ctx.office.replica)))
    # One more than are taken is always enough to find a free one.
    numbers = (_PLAN_NUMBER.format(year=year, number=number) for number in range(1, len(taken) + 2))
    return next(number for number in numbers if number not in taken)
