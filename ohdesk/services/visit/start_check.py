"""What stands between a visit and its start: what forbids it, and the gaps that only need a reason."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ohdesk.db.models import Visit
from ohdesk.domain.calendar import legal_day, parse_instant
from ohdesk.domain.problems import blank
from ohdesk.domain.visit import Gap, Power, StartData, power_for, start_gaps, without_power
from ohdesk.errors import Problem, UserError
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.office.people import team_gaps
from ohdesk.services.office.powers import powers_in
from ohdesk.services.register import county_papers
from ohdesk.services.visit import approvals
from ohdesk.services.visit.caps import cap_problems, check_in
from ohdesk.services.visit.form_choice import form_in_mode
from ohdesk.services.visit.lookup import find_visit


@dataclass(frozen=True, slots=True)
class Stop:
    """What forbids the start. key: "team", "cap", "power" or "form"."""

    key: str
    sentence: str
    remedy: str


@dataclass(frozen=True, slots=True)
class StartCheck:
    """How far a visit is from its start: what forbids it, and the gaps that only need a reason.

    form: the checklist that takes the place of the planned one in this mode, by its title; "" where that stays
    """

    stops: tuple[Stop, ...]
    gaps: tuple[Gap, ...]
    form: str = ""


def check_start(ctx: Context, visit_id: str, data: StartData) -> StartCheck:
    """Return everything that stands between a visit and its start, or a correction of it, changing nothing."""
    with ctx.reading() as session:
        visit = find_visit(session, visit_id)
        day = legal_day(visit.started_at or ctx.now())
        found = [] if visit.started_at else team_problems(session, visit, data.mode, day)
        stops = [_stop("team", each) for each in found]
        if not visit.started_at:
            stops += [_stop("cap", each) for each in cap_stops(ctx, session, visit, data.mode)]
        try:
            valid_power(ctx, session, data, day)
        except UserError as error:
            stops.append(Stop("power", error.message, error.remedy))
        another = ""
        try:
            another = _another_form(session, visit, data.mode)
        except UserError as error:
            stops.append(Stop("form", error.message, error.remedy))
        return StartCheck(tuple(stops), gaps_of(ctx, session, visit, data), another)


def cap_stops(ctx: Context, session: Session, visit: Visit, mode: str) -> list[Problem]:
    """Return what keeps a visit from being one more of its year."""
    if "record" not in visit_rules().mode(mode).may_produce:
        return []  # a round of assistants is no inspection
    approval = approvals.approval_of(session, ctx.keys.founder, visit)
    check = check_in(ctx, session, visit.establishment, visit.task, visit.id)
    return cap_problems(check, visit.task, approved=approval is not None)


def team_problems(session: Session, visit: Visit, mode: str, day: date) -> list[Problem]:
    """Return what keeps the people of a visit from going in this mode on a day."""
    if "record" in visit_rules().mode(mode).may_produce:
        return team_gaps(session, visit.inspectors, day)
    # What was drawn or approved as an inspection is one: a round of assistants is no substitute for it.
    if visit.draw or visit.approval:
        found = tr("这次安排是行政检查")
        return [Problem(tr("检查方式"), tr("不用协管巡查代替检查"), found, without_power(), field="mode")]
    if county_papers.in_force(session, county_papers.ASSISTANTS, day) is None:
        remedy = tr("请先在登记簿“县级文件”中登记县级的协管文件。")
        return [Problem(tr("检查方式"), tr("县级的协管文件"), tr("协管巡查还没有启用"), remedy, "mode")]
    # A round of assistants judges nothing and signs nothing: whoever goes needs no certificate.
    if visit.inspectors or visit.assistants:
        return []
    return [blank(tr("检查人员"), "assistants", tr("请写明由谁巡查。"))]


def valid_power(ctx: Context, session: Session, data: StartData, day: date) -> Power:
    """Return the power on which one inspects on a day. Raises UserError without one."""
    rule = visit_rules().mode(data.mode)
    if rule.powers:
        return power_for(powers_in(session), rule.powers, data.authority, day)
    return Power(rule.id, ctx.office.name, "", "", "")


def gaps_of(ctx: Context, session: Session, visit: Visit, data: StartData) -> tuple[Gap, ...]:
    """Return what is missing and only needs a reason."""
    rules = visit_rules()
    if "record" not in rules.mode(data.mode).may_produce:
        return ()  # what an inspection shows and tells is none of the assistants'
    approval = approvals.approval_of(session, ctx.keys.founder, visit)
    return start_gaps(visit.task, approval, rules.done(data.arrival), rules.arrival_gaps(data.mode))


def arrival_problems(data: StartData) -> list[Problem]:
    """Return what was set down on arrival and cannot be."""
    mode, problems = visit_rules().mode(data.mode), []
    if not mode.on_site and data.means.strip() not in mode.means:
        problems.append(Problem(tr("非现场方式"), "、".join(mode.means), data.means, field="means"))
    if data.arrival.code_at:
        try:
            parse_instant(data.arrival.code_at)
        except ValueError:
            at = data.arrival.code_at
            problems.append(Problem(tr("亮码时间"), tr("时刻"), at, field="code_at", example="2026-03-02T01:05:00Z"))
    return problems


def _another_form(session: Session, visit: Visit, mode: str) -> str:
    rule = visit_rules().mode(mode)
    if visit.started_at or "record" not in rule.may_produce:
        return ""
    form = form_in_mode(session, visit, rule)
    return "" if form.sha256 == visit.form_sha256 else form.title


def _stop(key: str, problem: Problem) -> Stop:
    sentence = tr("{place}：{found}", place=problem.place, found=problem.found)
    return Stop(key, sentence, problem.remedy or problem.expected)
