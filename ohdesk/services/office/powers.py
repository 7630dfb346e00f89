"""In whose name this office may inspect, with basis and dates; nothing is assumed, each office enters its own."""

from dataclasses import replace

from sqlalchemy.orm import Session

from ohdesk.db.models import Setting
from ohdesk.domain.calendar import parse_day
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.people import Right
from ohdesk.domain.visit import Power
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context

SETTING = "powers"


def list_powers(ctx: Context) -> tuple[Power, ...]:
    """Return the powers entered here, in the order they were entered."""
    with ctx.reading() as session:
        return powers_in(session)


def powers_in(session: Session) -> tuple[Power, ...]:
    """Return the powers within an open session."""
    setting = session.get(Setting, SETTING)
    return tuple(Power(**raw) for raw in setting.value) if setting else ()


def add_power(ctx: Context, power: Power) -> Change:
    """Enter a power. Raises ProblemsError naming everything that cannot be taken."""
    ctx.require(Right.OFFICE)
    power = Power(
        mode=visit_rules().mode(power.mode).id,
        authority=clean_text(power.authority).strip(),
        valid_from=power.valid_from,
        valid_to=power.valid_to,
        basis=clean_text(power.basis).strip(),
    )
    problems = _problems(power)
    if problems:
        raise ProblemsError(tr("检查权限没有保存。"), tuple(problems))
    with ctx.transaction() as session:
        held = [_raw(each) for each in powers_in(session) if each != power]
        session.merge(Setting(key=SETTING, value=[*held, _raw(power)]))
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
        held = powers_in(session)
        if power not in held:
            raise UserError(tr("找不到这项检查权限。"), tr("请刷新列表后重试。"))
        session.merge(Setting(key=SETTING, value=[_raw(ended if each == power else each) for each in held]))
    return Change.SETTINGS


def _raw(power: Power) -> dict[str, str]:
    return {name: getattr(power, name) for name in Power.__dataclass_fields__}


def _problems(power: Power) -> list[Problem]:
    problems = []
    if not visit_rules().mode(power.mode).needs_power:
        problems.append(
            Problem(tr("检查方式"), tr("以镇街名义或受委托"), visit_rules().mode(power.mode).name, field="mode")
        )
    if not power.authority:
        problems.append(Problem(tr("有权机关"), tr("机关全称"), tr("空白"), field="authority"))
    if not power.basis:
        problems.append(Problem(tr("依据"), tr("公布的事项目录或委托书"), tr("空白"), field="basis"))
    days = [(tr("生效日期"), power.valid_from, "valid_from")]
    days += [(tr("失效日期"), power.valid_to, "valid_to")] * bool(power.valid_to)
    for place, day, key in days:
        try:
            parse_day(day)
        except ValueError:
            problems.append(_no_day(place, day, key))
    if not problems and power.valid_to and power.valid_to < power.valid_from:
        problems.append(Problem(tr("失效日期"), tr("不早于生效日期"), power.valid_to, field="valid_to"))
    return problems


def _no_day(place: str, found: str, field: str) -> Problem:
    return Problem(place, tr("日期"), found or tr("空白"), field=field, example="2026-12-31")
