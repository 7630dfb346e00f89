"""A draw before its freeze: a plan to start from, what its list would be, and the plan kept while it is made."""

import msgspec
from sqlalchemy import ColumnElement, delete, func, select

from ohdesk.db.models import Draft, DraftKind, Draw, Establishment
from ohdesk.db.queries.roll import on_roll
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.draw.drawing import quota
from ohdesk.domain.establishment import CLOSED_STATES, FIELD_BY_KEY, value_text
from ohdesk.domain.people import Right
from ohdesk.errors import Problem
from ohdesk.i18n import in_chinese, tr
from ohdesk.services.context import Context
from ohdesk.services.draw.holding import waiting_number
from ohdesk.services.draw.plan import DrawPlan, StratumPlan, plan_of, plan_with_defaults, tidied
from ohdesk.services.draw.pool import Pool, plan_problems, settle
from ohdesk.services.draw.rules import draw_rules

# Codes of strata stand in the sheet, which is hashed and published: the same in every language.
EVERYBODY, NOT_ENTERED = "全部", "未登记"
STRATIFY_BY = ("risk_class", "industry", "town")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_PLAN_NUMBER = "{year}-SJ-{number:03d}"


def usual_plan(ctx: Context) -> DrawPlan:
    """Return a plan that can be frozen as it is: the whole roll, one stratum, the usual team and number of firms."""
    year = legal_day(ctx.now()).year
    with ctx.reading() as session:
        size = session.scalar(select(func.count()).where(*_in_business(ctx))) or 0
    with in_chinese():  # both are printed in the record of the draw
        title, matter = tr("{year} 年用人单位职业卫生双随机抽查"), tr("用人单位职业卫生监督检查")
    return plan_with_defaults(
        plan=_next_plan(ctx, year),
        title=title.format(year=year),
        matter=matter,
        place=ctx.office.name,
        seed_source="dice",
        strata=(StratumPlan(code=EVERYBODY),),
        # Rounded up: ten per cent of nine establishments is one, not none.
        total=max(1, quota(size, draw_rules().total_percent, 100, 1)),
    )


def strata_by(ctx: Context, field: str) -> tuple[StratumPlan, ...]:
    """Return one stratum for each value of a field of the roll that occurs, or one for everybody."""
    if not field:
        return (StratumPlan(code=EVERYBODY),)
    with ctx.reading() as session:
        held = session.scalars(select(getattr(Establishment, field)).where(*_in_business(ctx)).distinct())
        values = {value_text(value) for value in held}
    return tuple(
        StratumPlan(code=value or NOT_ENTERED, where={field: (value,)}, num=draw_rules().total_percent, den=100)
        for value in sorted(values, key=_in_order)
    )


def _in_order(value: str) -> tuple[bool, str]:
    """Return what strata are sorted by: Ⅰ Ⅱ Ⅲ, then 甲 乙 丙, whose code points say nothing; without a value last."""
    place = _STEMS.find(value[:1]) if value else -1
    return not value, value if place < 0 else f"\ue000{place}{value[1:]}"


def strata_sizes(ctx: Context, strata: tuple[StratumPlan, ...]) -> dict[str, int]:
    """Return how many firms in business each stratum holds."""
    sizes = dict.fromkeys((each.code for each in strata), 0)
    # Of a plan's file any name may come; that it is none of the roll's fields is said by `plan_problems`.
    keys = {key for each in strata for key in each.where if key in FIELD_BY_KEY}
    columns = [getattr(Establishment, key) for key in keys]
    alike = select(func.count().label("firms"), *columns).where(*_in_business(ctx)).group_by(*columns)
    with ctx.reading() as session:
        for row in session.execute(alike).mappings():
            code = next((each.code for each in strata if each.takes(dict(row))), None)
            if code is not None:
                sizes[code] += row["firms"]
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
        pool = settle(ctx, session, tidied(plan))
    # Of a long roll this takes 40 ms: it is worked out here, on the worker, and not when the page first asks for it.
    _ = pool.problems, pool.taking_part, pool.left_out, pool.recusals
    return pool


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


def _in_business(ctx: Context) -> tuple[ColumnElement[bool], ...]:
    return on_roll(ctx.office.division), Establishment.status.not_in(CLOSED_STATES)


def _next_plan(ctx: Context, year: int) -> str:
    with ctx.reading() as session:
        taken = set(session.scalars(select(Draw.plan).where(Draw.division == ctx.office.division)))
    # One more than are taken is always enough to find a free one.
    numbers = (_PLAN_NUMBER.format(year=year, number=number) for number in range(1, len(taken) + 2))
    return next(number for number in numbers if number not in taken)
