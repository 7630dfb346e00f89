"""In whose name this office may inspect, with basis and dates; nothing is assumed, each office enters its own."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import OwnPower
from ohdesk.domain.calendar import day_in, day_text, parse_day
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.people import Right
from ohdesk.domain.problems import blank
from ohdesk.domain.visit import Mode, Power
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.forms.loader import form_files
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context


def county_matters() -> dict[str, str]:
    """Return the titles of the forms of 县级事项, by their ids: a town inspects by one where a power names it."""
    return {form.id: form.title for form in form_files().forms if form.county_matter}


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
    power = replace(
        power,
        mode=visit_rules().mode(power.mode).id,
        authority=clean_text(power.authority).strip(),
        basis=clean_text(power.basis).strip(),
        number=clean_text(power.number).strip(),
        scope=clean_text(power.scope).strip(),
    )
    if power.mode != Mode.ENTRUSTED:  # it has no letter
        power = replace(power, number="", scope="", published_on="", inspects=False)
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
                    number=power.number,
                    scope=power.scope,
                    published_on=day_in(power.published_on),
                    inspects=power.inspects,
                    matters=power.matters,
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
    return Power(
        mode=row.mode,
        authority=row.authority,
        valid_from=row.valid_from.isoformat(),
        valid_to=day_text(row.valid_to),
        basis=row.basis,
        number=row.number,
        scope=row.scope,
        published_on=day_text(row.published_on),
        inspects=row.inspects,
        matters=row.matters,
    )


def _problems(power: Power) -> list[Problem]:
    problems = []
    mode = visit_rules().mode(power.mode)
    if mode.id not in mode.powers:
        problems.append(Problem(tr("检查方式"), tr("以镇街名义或受委托"), mode.name, field="mode"))
    if not power.authority:
        problems.append(blank(tr("有权机关"), "authority", tr("请填写机关全称。")))
    if not power.basis:
        problems.append(blank(tr("依据"), "basis", tr("请写明公布的事项目录或委托书。")))
    if power.mode == Mode.ENTRUSTED:
        problems += _letter_problems(power)
    known = county_matters()
    wrong = [matter for matter in power.matters if matter not in known]
    if wrong:
        problems.append(Problem(tr("县级事项"), "、".join(known), "、".join(wrong), field="matters"))
    days = [(tr("生效日期"), power.valid_from, "valid_from")]
    days += [(tr("失效日期"), power.valid_to, "valid_to")] * bool(power.valid_to)
    problems += [_no_day(place, day, key) for place, day, key in days if day_in(day) is None]
    # Compared only when both are days, else one slip would be told twice.
    if not problems and power.valid_to and power.valid_to < power.valid_from:
        problems.append(Problem(tr("失效日期"), tr("不早于生效日期"), power.valid_to, field="valid_to"))
    return problems


def _letter_problems(power: Power) -> list[Problem]:
    """Return what a letter of entrustment lacks: it is to be published (行政处罚法 第二十条), and to name things."""
    told = (
        ("number", tr("委托书编号"), power.number, tr("请填写委托书的文号或编号。")),
        ("scope", tr("委托事项"), power.scope, tr("请照委托书写明委托的事项。")),
    )
    problems = [blank(place, key, remedy) for key, place, text, remedy in told if not text]
    if day_in(power.published_on) is None:
        problems.append(_no_day(tr("公布日期"), power.published_on, "published_on"))
    return problems


def _no_day(place: str, found: str, field: str) -> Problem:
    return Problem(place, tr("日期"), found, field=field, example="2026-12-31")
