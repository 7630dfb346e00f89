"""Visits: approved, started with what that needs, or ended at a closed gate."""

from dataclasses import asdict, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from ohdesk.db.models import Account, Establishment, Person, Visit
from ohdesk.db.queries.forms import keep_edition
from ohdesk.domain.calendar import BEIJING, beijing, day_in, instant_text, legal_day, parse_day
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.people import Right
from ohdesk.domain.problems import blank
from ohdesk.domain.record import Arrival
from ohdesk.domain.visit import (
    Act,
    Approval,
    Correction,
    Ending,
    Gap,
    Start,
    StartData,
    VisitState,
    ending_problems,
    without_power,
)
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.files import KEY_FILE
from ohdesk.forms.rights import is_allowed
from ohdesk.forms.visiting import OutcomeRule, visit_rules
from ohdesk.i18n import tr
from ohdesk.security.keyfile import Keys
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.office import grants, tries
from ohdesk.services.office.powers import powers_in
from ohdesk.services.register import entries
from ohdesk.services.visit import approvals
from ohdesk.services.visit.caps import cap_problems, check_in
from ohdesk.services.visit.form_choice import form_in_mode
from ohdesk.services.visit.lookup import begun, find_visit
from ohdesk.services.visit.start_check import arrival_problems, cap_stops, gaps_of, team_problems, valid_power


def approve(ctx: Context, visit_id: str, account: str, password: str, number: str = "") -> Change:
    """Approve a visit with the approver's own password; raises UserError unless that account is a supervisor's."""
    ctx.require(Right.VISIT)
    # The approver types a password at the inspector's laptop: the right asked for below is that account's, not the
    # actor's.
    keys = tries.unlock(ctx.folder / KEY_FILE, account, password)
    account = keys.account
    with ctx.transaction() as session:
        row = session.get(Account, account)
        if row is None or not is_allowed(grants.own_roles(session, keys), Right.APPROVE):
            raise UserError(tr("{account} 没有批准检查的权限。", account=account), tr("请由负责人批准。"))
        approver = session.get(Person, row.person) if row.person else None
        day = legal_day(ctx.now()).isoformat()
        # An account may belong to nobody on the list of people, as the first administrator's does.
        name = approver.name if approver else account
        _approve(ctx, session, keys, visit_id, Approval("account", name, day, clean_text(number).strip()))
    return Change.VISITS


def approve_on_paper(ctx: Context, visit_id: str, approver: str, on: str, number: str) -> Change:
    """Set down that the paper form was approved: by whom, on which day, under which number; and who sets it down."""
    ctx.require(Right.VISIT)
    approval = Approval("paper", clean_text(approver).strip(), on, clean_text(number).strip(), ctx.actor.name)
    problems = [
        blank(place, field)
        for field, place, text in (
            ("approver", tr("批准人"), approval.approver),
            ("number", tr("审批表编号"), approval.number),
        )
        if not text
    ]
    today, day = legal_day(ctx.now()), day_in(on)
    if day is None or day > today:
        problems.append(Problem(tr("批准日期"), tr("不晚于今天的日期"), on, field="day", example=today.isoformat()))
    if problems:
        raise ProblemsError(tr("纸质审批没有登记。"), tuple(problems))
    with ctx.transaction() as session:
        _approve(ctx, session, ctx.keys, visit_id, approval)
    return Change.VISITS


def start(ctx: Context, visit_id: str, data: StartData) -> tuple[Gap, ...]:
    """Start a visit and return the gaps it started with.

    Refused (UserError, ProblemsError): fewer than two inspectors with certificates valid today, no power for the
    mode.  Every other gap is named; with gaps and no reason it is refused too.
    """
    ctx.require(Right.VISIT)
    with ctx.transaction() as session:
        visit = find_visit(session, visit_id, Act.START)
        day = legal_day(ctx.now())
        problems = team_problems(session, visit, data.mode, day) + arrival_problems(data)
        problems += cap_stops(ctx, session, visit, data.mode)
        if problems:
            raise ProblemsError(tr("不能开始检查。"), tuple(problems))
        started = _start(ctx, session, visit, data, day)
        if "record" in visit_rules().mode(started.mode).may_produce:
            form = form_in_mode(session, visit, visit_rules().mode(started.mode))
            visit.form, visit.form_sha256 = form.id, keep_edition(session, form)
        visit.state = VisitState.OPEN
        visit.started_at = ctx.now()
        visit.start = started
    return started.gaps


def correct_start(ctx: Context, visit_id: str, data: StartData) -> tuple[Gap, ...]:
    """Correct what was set down on arrival, until the record is final; return the gaps that are left.

    What is made up later (the code shown when there is a signal again) keeps the reason for which it was missing.
    Raises UserError before the start and when signed, ProblemsError as `start` does.
    """
    ctx.require(Right.VISIT)
    with ctx.transaction() as session:
        visit = find_visit(session, visit_id, Act.FILL)
        began, before = begun(visit)
        wanted, held = visit_rules().mode(data.mode), visit_rules().mode(before.mode)
        # Another checklist, or none, would belong to it.
        if (wanted.may_produce, wanted.on_site) != (held.may_produce, held.on_site):
            raise UserError(
                tr("已经开始的检查不能改为“{mode}”。", mode=wanted.name),
                tr("请结束这次检查，另行安排。"),
            )
        problems = arrival_problems(data)
        if problems:
            raise ProblemsError(tr("到场登记没有更正。"), tuple(problems))
        reason = data.gap_reason if data.gap_reason.strip() else before.gap_reason
        after = _start(ctx, session, visit, replace(data, gap_reason=reason), legal_day(began))
        made_up = tuple(gap for gap in before.gaps if gap not in after.gaps)
        correction = Correction(instant_text(ctx.now()), ctx.actor.name, made_up)
        kept = replace(after, gap_reason=before.gap_reason if made_up and not after.gaps else after.gap_reason)
        if kept != replace(before, corrections=()):
            visit.start = replace(kept, corrections=(*before.corrections, correction))
    return after.gaps


def _start(ctx: Context, session: Session, visit: Visit, data: StartData, day: date) -> Start:
    """Return how a visit is started on a day. Raises UserError without a power, ProblemsError for unexplained gaps."""
    power, gaps = valid_power(ctx, session, data, day), gaps_of(ctx, session, visit, data)
    reason = clean_text(data.gap_reason).strip()
    # A gap does not forbid the start (the gate is open now, the form comes later), but it must not pass unnoticed
    # either.
    if gaps and not reason:
        raise ProblemsError(
            tr("开始检查前还缺 {count} 项。", count=len(gaps)),
            tuple(Problem(tr("开始检查"), "", gap.sentence, gap.sentence, gap.key) for gap in gaps),
            tr("请补齐；确需继续的，写明理由（只留内部，不印在笔录上）。"),
        )
    rules = visit_rules()
    mode = rules.mode(data.mode)
    told = {key: clean_text(text).strip() for key, text in asdict(data.arrival).items()}
    if not mode.on_site:  # nobody was there to show it
        told |= {item.field: "" for item in rules.arrival if item.on_site} | {"code_at": ""}
    address = session.get_one(Establishment, visit.establishment).address
    # Written out at the start: a power or an address corrected later must not change what was shown on arrival.
    # The gaps as sentences: years later the file must say what was missing in the words of that day.
    return Start(
        mode=mode.id,
        authority=power.authority,
        power_basis=power.basis,
        means="" if mode.on_site else clean_text(data.means).strip(),
        place=(clean_text(data.place).strip() or address) if mode.on_site else "",
        accompanied_by=clean_text(data.accompanied_by).strip(),
        arrival=Arrival(**told),
        gaps=gaps,
        gap_reason=reason if gaps else "",
    )


def code_shown(ctx: Context, clock: str, began: datetime | None = None) -> str:
    """Return the instant at which the code was shown, "09:05" in Beijing; empty means now.

    began: when the visit started, if it has; the clock is of that day, else of today
    Raises ProblemsError for what is no time, or lies after now.
    """
    now = beijing(ctx.now())
    if not clock.strip():
        return instant_text(now)
    try:
        typed = datetime.strptime(clock.strip().replace("：", ":"), "%H:%M").replace(tzinfo=BEIJING)
    except ValueError as error:
        raise _no_time_of_code(tr("时刻"), clock) from error
    at = beijing(began or ctx.now()).replace(hour=typed.hour, minute=typed.minute, second=0, microsecond=0)
    # A minute of grace: whoever reads the time off a telephone may be ahead of this laptop.
    if at > now + timedelta(minutes=1):
        raise _no_time_of_code(tr("不晚于现在的时刻"), clock)
    return instant_text(at)


def _no_time_of_code(expected: str, clock: str) -> ProblemsError:
    wrong = Problem(tr("亮码时间"), expected, clock, field="code_at", example="09:05")
    return ProblemsError(tr("检查没有开始。"), (wrong,))


def end_without_checklist(ctx: Context, visit_id: str, ending: Ending) -> Change:
    """End a visit at a closed gate, or where nobody can be reached, nothing of the kind is done, or entry is refused.

    What comes of it is a record like any other; under 协管巡查 the visit is closed at once.  Raises ProblemsError
    when the proof is missing.
    """
    ctx.require(Right.VISIT)
    outcome = visit_rules().outcome(ending.outcome)
    ending = Ending(outcome.id, ending.proof.strip(), clean_text(ending.account).strip())
    if not outcome.proofs:
        raise UserError(tr("“{name}”要由检查表得出。", name=outcome.name), tr("请填写检查表。"))
    problems = ending_problems(ending, outcome.proofs)
    if problems:
        raise ProblemsError(tr("还不能以“{name}”结束检查。", name=outcome.name), tuple(problems))
    with ctx.transaction() as session:
        visit = find_visit(session, visit_id, Act.END)
        _check_refusal(visit, outcome)
        visit.ending = ending
        visit.ended_at = ctx.now()
        # No record will ever close a round of helpers, so its end does.
        if visit.is_patrol:
            visit.state = VisitState.CLOSED
    return Change.VISITS


def _check_refusal(visit: Visit, outcome: OutcomeRule) -> None:
    """Raise UserError where a refusal is called what it was not: it is lawful while something was not shown."""
    if outcome.shown is None:
        return
    rules, (_, start) = visit_rules(), begun(visit)
    done = rules.done(start.arrival)
    shown = all(getattr(done, item.field) for item in rules.arrival if item.on_site)
    if outcome.shown and not shown:
        lawful = next(each.name for each in rules.outcomes if each.shown is False)
        raise UserError(
            tr("没有亮码或者没有出示证件的，当事人可以拒绝检查，不是不配合。"),
            tr("请选“{lawful}”；确已出示的，请先更正到场登记。", lawful=lawful),
        )
    if shown and not outcome.shown:
        raise UserError(tr("到场登记写的是已经亮码并出示证件。"), tr("没有出示的，请先更正到场登记。"))


def take_back_ending(ctx: Context, visit_id: str) -> Change:
    """Go back to the checklist of a visit that was ended without one, while there is no record yet."""
    ctx.require(Right.VISIT)
    with ctx.transaction() as session:
        visit = find_visit(session, visit_id, Act.FILL)
        visit.ending = None
        visit.ended_at = None
    return Change.VISITS


def end_patrol(ctx: Context, visit_id: str, note: str) -> Change:
    """End a round of helpers (协管巡查) with a note of what was seen: no record, no verdict, no order.

    What was seen is an entry of 监督协管巡查登记簿.
    """
    ctx.require(Right.VISIT)
    note = clean_text(note).strip()
    if not note:
        raise ProblemsError(tr("巡查没有结束。"), (blank(tr("巡查看到的情况"), "note", tr("请写明巡查看到的情况。")),))
    book, today = entries.written_here(ctx, "patrols"), legal_day(ctx.now())
    with ctx.transaction() as session:
        visit = find_visit(session, visit_id, Act.END)
        if not visit.is_patrol:
            raise UserError(tr("这不是协管巡查。"), tr("请填写检查表并制作笔录。"))
        _, start = begun(visit)
        consent = {"consented_by": start.accompanied_by} if start.accompanied_by else {}
        seen = {
            "establishment": visit.establishment,
            "place": start.place or session.get_one(Establishment, visit.establishment).name,
            "entered": "consent" if consent else "outside",
            "seen": note,
            "day": today.isoformat(),
            "patroller": (*visit.assistants, *visit.inspectors)[0],
        }
        fields, problems = entries.as_new(book, seen | consent, today)
        entries.refuse(book, problems)
        entries.write_new(ctx, session, book, fields)
        visit.note = note
        visit.ended_at = ctx.now()
        visit.state = VisitState.CLOSED
    return Change.VISITS


def close(session: Session, visit_id: str, ended_at: datetime) -> None:
    """Close a visit within the transaction that makes its record final."""
    visit = find_visit(session, visit_id, Act.FINALIZE)
    visit.state = VisitState.CLOSED
    visit.ended_at = ended_at


def _approve(ctx: Context, session: Session, keys: Keys, visit_id: str, approval: Approval) -> None:
    visit = find_visit(session, visit_id, Act.APPROVE)
    held, day = powers_in(session), day_in(visit.task.planned_on) or parse_day(approval.on)
    # Before any is entered nothing is known; the start asks again, and is refused without one.
    if held and not any(power.inspects_on(day) for power in held):
        raise UserError(tr("{day} 没有检查的权限，不能批准。", day=day.isoformat()), without_power())
    full = cap_problems(check_in(ctx, session, visit.establishment, visit.task, visit.id), visit.task)
    if full:
        raise ProblemsError(tr("检查没有批准。"), tuple(full))
    visit.approval = approvals.signed(session, keys, visit, approval)
    visit.state = VisitState.APPROVED
