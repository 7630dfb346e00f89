"""The double-random draw (双随机抽取), step by step: freeze, seed, compute; or void. One journal entry per act."""

from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohdesk.db import journal
from ohdesk.db.models import Draw, DrawSheet
from ohdesk.domain.calendar import legal_day, parse_instant
from ohdesk.domain.canonical import canonical, clean_text
from ohdesk.domain.draw.checks import check_commit, check_seed, check_sheet, recompute
from ohdesk.domain.draw.drawing import commitment, pool_csv, typed_seed
from ohdesk.domain.draw.plan import NONCE_BYTES, WAITING, DrawPlan, DrawState, PoolFirm, PoolInspector, sheet_of, tidied
from ohdesk.domain.ids import uuid7
from ohdesk.domain.operations import DrawCommitted, DrawComputed, DrawSeeded, DrawVoided
from ohdesk.domain.people import Right
from ohdesk.errors import MachineError, Problem, ProblemsError, UserError
from ohdesk.forms.work_calendar import work_calendar
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.draw.pool import plan_problems, settle
from ohdesk.services.draw.rules import draw_rules

SALT_BYTES = 32
LEAST_WITNESSES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedMinutes:
    """The minutes of the seed (种子纪要): where it came from, who threw, who watched, where; photo by SHA-256."""

    source: str
    thrown_by: str
    witnesses: tuple[str, ...]
    place: str = ""
    note: str = ""
    photo_sha256: str = ""


def freeze(ctx: Context, plan: DrawPlan) -> str:
    """Fix the pool and the rules of a draw, which nobody can change from now on; return the draw's id.

    Raises ProblemsError naming everything that stands in the way, UserError while the plan has an unfinished draw.
    """
    ctx.require(Right.DRAW)
    rules = draw_rules()
    plan = tidied(plan)
    problems = plan_problems(plan, rules)
    if problems:
        raise _not_frozen(problems)
    day = plan.day or legal_day(ctx.now())
    with ctx.transaction() as session:
        # Within the transaction: two freezes at once cannot take one number, and a refusal below gives it back.
        number = _next_number(session, ctx, plan.plan)
        settled = settle(session, plan, rules, day, ctx.office)
        if settled.problems:
            raise _not_frozen(list(settled.problems))
        firms, inspectors, strata = settled.firms, settled.inspectors, settled.strata
        draw_id = uuid7(ctx.now())
        pool = pool_csv(firm.entry(rules.exclusion_reasons) for firm in firms)
        side_file = _side_file(plan, firms, inspectors, ctx.entropy(SALT_BYTES))
        pairs = _recusal_pairs(plan, firms, inspectors)
        more = _public_particulars(ctx, plan, firms, inspectors, pool, side_file)
        sheet = sheet_of(plan, number, ctx.entropy(NONCE_BYTES).hex(), strata, inspectors, pairs, more)
        data = check_sheet(sheet)
        committed = DrawCommitted(
            record=draw_id,
            plan=plan.plan,
            number=number,
            commit=commitment(data),
            pool_sha256=sha256(pool).hexdigest(),
        )
        journal.record(session, committed, ctx.stamp())
        # The sheet with its nonce stays here until the result: the nonce would let anybody try seeds until one pleases.
        session.add(
            DrawSheet(
                draw=draw_id,
                sheet=data.decode("utf-8"),
                pool_csv=pool.decode("utf-8"),
                side_file=side_file.decode("utf-8"),
                firms={firm.id: firm.establishment for firm in firms},
                people={each.id: each.person for each in inspectors if not each.reason},
            )
        )
    return draw_id


def set_seed(ctx: Context, draw_id: str, seed: str, seed_again: str, minutes: SeedMinutes) -> Change:
    """Write the seed into the journal, before anything is computed from it; once and for all.

    seed, seed_again: typed by two people; full-width digits and spaces are changed or dropped, nothing else.
    Raises UserError for a seed outside the rules, two that differ, too few witnesses, or a draw not waiting for one.
    """
    ctx.require(Right.DRAW)
    first, second = typed_seed(seed), typed_seed(seed_again)
    # Typed twice by two people: a slip in a seed cannot be corrected, the draw would have to be void.
    if first != second:
        raise UserError(tr("两次输入的种子不同。"), tr("请两人各自对照现场结果重新输入。"))
    check_seed(first)
    if not minutes.source.strip() or len(minutes.witnesses) < LEAST_WITNESSES:
        raise UserError(
            tr("种子纪要不完整。"), tr("请写明种子来源，并登记至少 {count} 名见证人。", count=LEAST_WITNESSES)
        )
    with ctx.transaction() as session:
        draw = own_draw(session, ctx, draw_id)
        if draw.state != DrawState.COMMITTED:
            raise _wrong_state(draw, tr("只有刚冻结、还没有种子的抽取才能输入种子。"))
        if is_overdue(ctx, draw):
            raise UserError(
                tr("冻结后到 {day} 没有结果，这次抽取视为作废。", day=last_day_for_result(draw)),
                tr("请作废并写明原因，再重新冻结。"),
            )
        journal.record(session, DrawSeeded(record=draw_id, seed=first, minutes=_minutes(minutes)), ctx.stamp())
    return Change.DRAWS


def compute(ctx: Context, draw_id: str) -> Change:
    """Draw the firms and their inspectors from the frozen sheet and the seed; the result follows from both alone.

    Computing again after a crash gives the same; a draw already computed stays as it is.
    Raises UserError before the seed is set or when the draw is void.
    """
    ctx.require(Right.DRAW)
    with ctx.transaction() as session:
        draw = own_draw(session, ctx, draw_id)
        # Asked for again after a crash or a double click; the same sheet and seed can only give the same result.
        if draw.state == DrawState.COMPUTED:
            return Change.NOTHING
        if draw.state != DrawState.SEEDED:
            raise _wrong_state(draw, tr("先冻结、再输入种子，然后才能抽取。"))
        kept = sheet_of_draw(session, draw_id)
        # The sheet lay on this laptop meanwhile: only the very bytes that were announced may be drawn from.
        check_commit(kept.sheet.encode(), draw.commit)
        result = recompute(kept.sheet.encode(), draw.seed)
        operation = DrawComputed(
            record=draw_id, sheet=kept.sheet, pool_csv=kept.pool_csv, result_csv=result.csv().decode("utf-8")
        )
        journal.record(session, operation, ctx.stamp())
    return Change.DRAWS


def void(ctx: Context, draw_id: str, reason: str) -> Change:
    """Declare a draw void. It stays on record with its reason, its number is never used again."""
    ctx.require(Right.VOID)
    if not reason.strip():
        raise UserError(tr("作废要写明原因。"), tr("原因会随记录公开。"))
    with ctx.transaction() as session:
        draw = own_draw(session, ctx, draw_id)
        if draw.state == DrawState.VOID:
            raise _wrong_state(draw, tr("这次抽取已经作废。"))
        journal.record(session, DrawVoided(record=draw_id, reason=clean_text(reason).strip()), ctx.stamp())
    return Change.DRAWS


def own_draw(session: Session, ctx: Context, draw_id: str) -> Draw:
    """Return a draw of this office. Raises UserError when there is none."""
    draw = session.get(Draw, draw_id)
    if draw is None:
        raise UserError(tr("找不到这次抽取。"), tr("请在抽取列表中查看。"))
    # The county holds its towns' draws to check them; to move one of them on would be to draw in the town's name.
    if draw.replica != ctx.office.replica:
        raise UserError(tr("这次抽取由另一单位举行，这里只能查看和复核。"))
    return draw


def sheet_of_draw(session: Session, draw_id: str) -> DrawSheet:
    """Return the sheet kept on this laptop. Raises MachineError when it is gone: the draw can only be voided."""
    kept = session.get(DrawSheet, draw_id)
    if kept is None:
        raise MachineError(tr("本机没有这次抽取的抽取单。"), tr("请从备份恢复；无法恢复时作废这次抽取并说明原因。"))
    return kept


def is_overdue(ctx: Context, draw: Draw) -> bool:
    """True for a commit that has had no result for longer than the rules allow: it counts as void."""
    waiting = draw.state in WAITING
    return waiting and legal_day(ctx.now()) > last_day_for_result(draw)


def last_day_for_result(draw: Draw) -> date:
    """Return the last day on which a commit may still have its result."""
    return work_calendar().last_day(legal_day(parse_instant(draw.committed_at)), draw_rules().result_within)


def _next_number(session: Session, ctx: Context, plan: str) -> int:
    same_plan = (Draw.replica == ctx.office.replica, Draw.plan == plan)
    waiting = session.scalars(select(Draw).where(*same_plan, Draw.state.in_(WAITING))).first()
    if waiting is not None:
        raise UserError(
            tr("计划 {plan} 的第 {number} 次抽取还没有结果。", plan=plan, number=waiting.number),
            tr("请先完成那次抽取；不能完成时作废并写明原因。"),
        )
    return (session.scalar(select(func.max(Draw.number)).where(*same_plan)) or 0) + 1


def _recusal_pairs(
    plan: DrawPlan, firms: tuple[PoolFirm, ...], inspectors: tuple[PoolInspector, ...]
) -> list[tuple[str, str]]:
    number = {each.person: each.id for each in inspectors if not each.reason}
    name = {firm.establishment: firm.id for firm in firms if not firm.reason}
    return [
        (number[each.person], name[each.establishment])
        for each in plan.recusals
        if each.person in number and each.establishment in name
    ]


def _public_particulars(
    ctx: Context,
    plan: DrawPlan,
    firms: tuple[PoolFirm, ...],
    inspectors: tuple[PoolInspector, ...],
    pool: bytes,
    side_file: bytes,
) -> dict[str, object]:
    return {
        "office": {"division": ctx.office.division, "name": clean_text(ctx.office.name)},
        "title": plan.title,
        "matter": plan.matter,
        "basis": plan.basis,
        "place": plan.place,
        "seed_source": plan.seed_source,
        "day": (plan.day or legal_day(ctx.now())).isoformat(),
        "scope": [
            {"code": each.code, "where": {key: list(values) for key, values in each.where.items()}}
            for each in plan.strata
        ],
        "exclusions": [[firm.id, firm.reason] for firm in firms if firm.reason],
        "absences": sorted([each.id, each.reason] for each in inspectors if each.reason),
        "pool_sha256": sha256(pool).hexdigest(),
        "side_sha256": sha256(side_file).hexdigest(),
    }


def _side_file(
    plan: DrawPlan, firms: tuple[PoolFirm, ...], inspectors: tuple[PoolInspector, ...], salt: bytes
) -> bytes:
    """Return what is not published; the salt keeps names and reasons from being guessed from the hash."""
    firm = {each.establishment: each.id for each in firms}
    number = {each.person: each.id for each in inspectors}
    return canonical(
        {
            # Reasons and names are few: without salt, whoever has the published hash could try them all.
            "salt": salt.hex(),
            "inspectors": [[each.id, clean_text(each.name), each.reason] for each in inspectors],
            "unpublished": [[each.id, clean_text(each.name)] for each in firms if not each.publishable],
            "exclusions": [[firm[each.establishment], each.code, clean_text(each.note)] for each in plan.exclusions],
            "absences": [[number[each.person], each.code, clean_text(each.note)] for each in plan.absences],
            "recusals": [
                [number[each.person], firm[each.establishment], each.code, clean_text(each.note)]
                for each in plan.recusals
            ],
        }
    )


def _minutes(minutes: SeedMinutes) -> dict[str, str]:
    witnesses = "、".join(clean_text(name).strip() for name in minutes.witnesses)
    return {key: clean_text(text).strip() for key, text in (asdict(minutes) | {"witnesses": witnesses}).items()}


def _not_frozen(problems: list[Problem]) -> ProblemsError:
    return ProblemsError(tr("抽取没有冻结，有 {count} 处要处理。", count=len(problems)), tuple(problems))


def _wrong_state(draw: Draw, message: str) -> UserError:
    states = {
        DrawState.COMMITTED: tr("已冻结，等待种子"),
        DrawState.SEEDED: tr("已有种子，等待抽取"),
        DrawState.COMPUTED: tr("已抽取"),
        DrawState.VOID: tr("已作废"),
    }
    return UserError(message, tr("这次抽取的状态：{state}。", state=states[draw.state]))
