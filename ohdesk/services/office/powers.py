"""In whose name this office may inspect, with basis and dates; nothing is assumed, each office enters its own."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import OwnPower
from ohdesk.domain.calendar import day_in, day_text, parse_day
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.people import Right
from ohdesk.domain.problems import blank
from ohdesk.domain.visit import Power
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context


def list_powers(ctx: Context) -> tuple[Power, ...]:
    """Return the powers entered here, in the order they were entered."""
    with ctx.reading() as session:
        return powers_in(session)


def powers_in(session: Session) -> tuple[Power, ...]:
    """Return the powers within an open session."""
    return tuple(_power(row) for row in session.scalars(select(OwnPower).order_by(OwnPower.id)))


def add_power(ctx: Context, power: Power) -> Change:
    """Enter a power. Raises ProblemsError naming everything that cannot be taken."""
    ctx.require(Right.OFFICE)
    mode, authority, basis = visit_rules().mode(power.mode).id, clean_text(power.authority), clean_text(power.basis)
    power = replace(power, mode=mode, authority=authority.strip(), basis=basis.strip())
    problems = _problems(power)
    if problems:
        raise ProblemsError(tr("检查权限没有保存。"), tuple(problems))
    with ctx.transaction() as session:
        # Entered twice it would be offered twice, and every start ask which.
        if power not in powers_in(session):
            session.add(
                OwnPower(
                    mode=power.mode,
                    authority=power.authority,
                    valid_from=parse_day(power.valid_from),
                    valid_to=day_in(power.valid_to),
                    basis=power.basis,
                )
            )
    return Change.SETTINGS


def end_power(ctx: Context, power: Power, valid_to: str) -> Change:
    """Let a power end with a day, its last one; what was done under it before stays done.

    Raises ProblemsError for a day that cannot be taken, UserError when the power is not entered here.
    """
    ctx.require(Right.OFFICE)
    ended = replace(power, valid_to=valid_to)
    problems = _problems(ended) if valid_to else [_no_day(tr("失效日期"), "", "valid_to")]
    if problems:
        raise ProblemsError(tr("检查权限没有保存。"), tuple(problems))
    with ctx.transaction() as session:
        row = next((each for each in session.scalars(select(OwnPower)) if _power(each) == power), None)
        if row is None:
            raise UserError(tr("找不到这项检查权限。"), tr("请刷新列表后重试。"))
        row.valid_to = parse_day(valid_to)
    return Change.SETTINGS


def _power(row: OwnPower) -> Power:
    return Power(row.mode, row.authority, row.valid_from.isoformat(), day_text(row.valid_to), row.basis)


def _problems(power: Power) -> list[Problem]:
    problems = []
    mode = visit_rules().mode(power.mode)
    if mode.id not in mode.powers:
        problems.append(Problem(tr("检查方式"), tr("以镇街名义或受委托"), mode.name, field="mode"))
    if not power.authority:
        problems.append(blank(tr("有权机关"), "authority", tr("请填写机关全称。")))
    if not power.basis:
        problems.append(blank(tr("依据"), "basis", tr("请写明公布的事项目录或委托书。")))
    days = [(tr("生效日期"), power.valid_from, "valid_from")]
    days += [(tr("失效日期"), power.valid_to, "valid_to")] * bool(power.valid_to)
    problems += [_no_day(place, day, key) for place, day, key in days if day_in(day) is None]
    # Compared only when both are days, else one slip would be told twice.
    if not problems and power.valid_to and power.valid_to < power.valid_from:
        problems.append(Problem(tr("失效日期"), tr("不早于生效日期"), power.valid_to, field="valid_to"))
    return problems


def _no_day(place: str, found: str, field: str) -> Problem:
    return Problem(place, tr("日期"), found, field=field, example="2026-12-31")
