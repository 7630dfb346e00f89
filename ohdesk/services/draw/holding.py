"""The double-random draw (双随机抽取), step by step: freeze, seed, compute; or void. One journal entry per act."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from hashlib import sha256
from string import digits

import msgspec
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from ohdesk.collector import uncollected
from ohdesk.db import journal
from ohdesk.db.many_rows import write_rows
from ohdesk.db.models import Draw, DrawSheet, FrozenFile, FrozenPiece
from ohdesk.db.queries.draws import visits_begun
from ohdesk.domain.calendar import legal_day, parse_instant
from ohdesk.domain.canonical import canonical, clean_text
from ohdesk.domain.draw.checks import (
    LEAST_SEED,
    LONGEST_SEED,
    SEED,
    check_commit,
    drawn_up,
    read_sheet,
    seed_difference,
)
from ohdesk.domain.draw.drawing import Candidate, Sheet, commitment, pool_csv, typed_seed
from ohdesk.domain.draw.drawing import draw as draw_firms
from ohdesk.domain.draw.pieces import split_off
from ohdesk.domain.draw.state import WAITING, DrawState
from ohdesk.domain.operations import DrawCommitted, DrawComputed, DrawPart, DrawSeeded, DrawVoided
from ohdesk.domain.people import Right, one_spelling
from ohdesk.domain.problems import blank
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.forms.work_calendar import work_calendar
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.draw.announcing import receipt_before_seed
from ohdesk.services.draw.held import frozen_file, own_draw, sheet_of_draw
from ohdesk.services.draw.nonces import NO_NONCE, sealed_nonces, whole_sheet, with_nonce
from ohdesk.services.draw.plan import DrawPlan, tidied
from ohdesk.services.draw.pool import Pool, PoolFirms, plan_problems, pool_lines, settle
from ohdesk.services.draw.rules import draw_rules
from ohdesk.services.office import accounts

# Else a company that learns the list and the seed could compute whether it is drawn before the inspectors come.
NONCE_BYTES = 32  # 256 random bits
SALT_BYTES = 32
LEAST_WITNESSES = 2
_PIECE = 1 << 20  # bytes of a sheet
_BETWEEN_NAMES = re.compile("[,，;；、/]")


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """Whoever typed the seed again: account and password."""

    account: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedMinutes:
    """The minutes of the seed (种子纪要): where it came from, who threw, who watched, where."""

    source: str
    thrown_by: str
    witnesses: tuple[str, ...]
    place: str = ""
    note: str = ""


def freeze(ctx: Context, plan: DrawPlan, second: str = "") -> str:
    """Fix the pool and the rules of a draw, which nobody can change from now on; return the draw's id.

    second: the account that keeps the nonce besides the actor's; the first other one that may draw unless named

    Raises ProblemsError naming everything that stands in the way, UserError while the plan has an unfinished draw.
    """
    ctx.require(Right.DRAW, binding=True)
    plan = tidied(plan)
    _refuse(plan_problems(plan))
    with uncollected(), ctx.transaction() as session:
        # Within the transaction: two freezes at once cannot take one number, and a refusal below gives it back.
        number = _next_number(session, ctx, plan.plan)
        pool = settle(ctx, session, plan)
        _refuse(pool.problems)
        draw_id = ctx.new_id()
        side_file = _side_file(pool, ctx.entropy(SALT_BYTES))
        pool_sha256 = _keep_pool(session, draw_id, pool.firms)
        exclusions = [(firm.id, firm.reason) for firm in pool.left_out]
        pool.forget_firms()  # to make up the sheet takes as much again
        sheet = _sheet(ctx, pool, number, pool_sha256, side_file, exclusions)
        data = drawn_up(sheet)  # nothing is announced that those who check the draw would refuse
        committed = DrawCommitted(
            record=draw_id, plan=plan.plan, number=number, commit=commitment(data), pool_sha256=pool_sha256
        )
        journal.record(session, committed, ctx.stamp())
        # The sheet stays here until the result, and its nonce sealed: it would let anybody try seeds until one pleases.
        session.add(
            DrawSheet(
                draw=draw_id,
                nonces=sealed_nonces(ctx, session, draw_id, sheet.nonce, second),
                candidates=sum(len(each.ids) for each in pool.strata),
                side_file=side_file.decode("utf-8"),
                people={each.id: each.person for each in pool.eligible},
            )
        )
        kept = with_nonce(data, NO_NONCE, sheet.nonce)
        for place, start in enumerate(range(0, len(kept), _PIECE)):
            _keep(session, draw_id, FrozenFile.SHEET, place, kept[start : start + _PIECE])
    return draw_id


def set_seed(
    ctx: Context,
    draw_id: str,
    seed: str,
    seed_again: str,
    minutes: SeedMinutes,
    second: SecondPerson | None = None,
) -> Change:
    """Write the seed into the journal, before anything is computed from it; once and for all.

    seed, seed_again: typed by two people; full-width digits and spaces are changed or dropped, nothing else.
    second: who typed it again, with an account of their own; without one the minutes say that there was one account.

    Never refused because the county has not said that it holds the commit: the record says so instead.
    Raises ProblemsError for a seed outside the rules, two that differ or too few witnesses, all that is wrong at once;
    UserError for a draw that does not wait for a seed, and for a second account that is no other or does not open.
    """
    ctx.require(Right.DRAW)
    first = typed_seed(seed)
    problems = tuple(_seed_problems(first, typed_seed(seed_again), minutes))
    if problems:
        raise ProblemsError(tr("种子没有写入，有 {count} 处要处理。", count=len(problems)), problems)
    colleague = None if second is None else accounts.unlock_colleague(ctx, second.account, second.password)
    said = _minutes(minutes) | {"typed_by": ctx.actor.name, "typed_again_by": colleague.name if colleague else ""}
    with ctx.transaction() as session:
        draw = own_draw(session, ctx, draw_id)
        if draw.state != DrawState.COMMITTED:
            raise _wrong_state(draw, tr("只有刚冻结、还没有种子的抽取才能输入种子。"))
        if is_overdue(ctx, draw):
            raise UserError(
                tr("冻结后到 {day} 没有结果，这次抽取视为作废。", day=last_day_for_result(draw)),
                tr("请作废并写明原因，再重新冻结。"),
            )
        receipt = receipt_before_seed(ctx, session, draw)
        journal.record(session, DrawSeeded(record=draw_id, seed=first, minutes=said, receipt=receipt), ctx.stamp())
    return Change.DRAWS


def compute(ctx: Context, draw_id: str) -> Change:
    """Draw the firms and their inspectors from the frozen sheet and the seed; the result follows from both alone.

    Computing again after a crash gives the same; a draw already computed stays as it is.
    Raises UserError before the seed is set, when the draw is void, and for an account that does not keep the nonce.
    """
    ctx.require(Right.DRAW)
    with uncollected(), ctx.transaction() as session:
        draw = own_draw(session, ctx, draw_id)
        # Asked for again after a crash or a double click; the same sheet and seed can only give the same result.
        if draw.state == DrawState.COMPUTED:
            return Change.NOTHING
        if draw.state != DrawState.SEEDED:
            raise _wrong_state(draw, tr("先冻结、再输入种子，然后才能抽取。"))
        kept = sheet_of_draw(session, draw_id)
        sheet = whole_sheet(ctx, session, kept)
        # The sheet lay on this laptop meanwhile: only what was announced, byte for byte, may be drawn from.
        check_commit(sheet, draw.commit)
        result = draw_firms(read_sheet(sheet), draw.commit, draw.seed)
        carry = partial(_carry, ctx, session)
        sheet_end, sheet_parts = split_off([sheet.decode()], carry)
        pool_end, pool_parts = split_off(map(bytes.decode, frozen_file(session, draw_id, FrozenFile.POOL)), carry)
        result_end, result_parts = split_off([result.csv().decode()], carry)
        computed = DrawComputed(
            record=draw_id,
            sheet=sheet_end,
            sheet_parts=sheet_parts,
            pool_csv=pool_end,
            pool_parts=pool_parts,
            result_csv=result_end,
            result_parts=result_parts,
        )
        journal.record(session, computed, ctx.stamp())
        # Which the journal carries from now on.
        carried = FrozenPiece.file.in_((FrozenFile.SHEET, FrozenFile.POOL))
        session.execute(delete(FrozenPiece).where(FrozenPiece.draw == draw_id, carried))
    return Change.DRAWS


def void(ctx: Context, draw_id: str, reason: str) -> Change:
    """Declare a draw void. It stays on record with its reason, its number is never used again.

    Raises UserError once a visit of the draw has begun: then it can only be corrected.
    """
    ctx.require(Right.VOID, binding=True)
    if not reason.strip():
        raise UserError(tr("作废要写明原因。"), tr("原因会随记录公开。"))
    with ctx.transaction() as session:
        draw = own_draw(session, ctx, draw_id)
        if draw.state == DrawState.VOID:
            raise _wrong_state(draw, tr("这次抽取已经作废。"))
        if count := visits_begun(session, draw):
            raise UserError(
                tr("这次抽取的检查已经开始（{count} 家），不能再作废。", count=count),
                tr("请完成检查；记录有错的在文书里作更正说明（record amend），抽取的差错写入抽取记录并报县级。"),
            )
        journal.record(session, DrawVoided(record=draw_id, reason=clean_text(reason).strip()), ctx.stamp())
    return Change.DRAWS


def is_overdue(ctx: Context, draw: Draw) -> bool:
    """True for a commit that has had no result for longer than the rules allow: it counts as void."""
    waiting = draw.state in WAITING
    return waiting and legal_day(ctx.now()) > last_day_for_result(draw)


def last_day_for_result(draw: Draw) -> date:
    """Return the last day on which a commit may still have its result."""
    return work_calendar().last_day(legal_day(parse_instant(draw.committed_at)), draw_rules().result_within)


def waiting_number(session: Session, ctx: Context, plan: str) -> int | None:
    """Return the number of the draw of a plan of this office that has no result yet; None without one."""
    return session.scalars(select(Draw.number).where(*_same_plan(ctx, plan), Draw.state.in_(WAITING))).first()


def _next_number(session: Session, ctx: Context, plan: str) -> int:
    waiting = waiting_number(session, ctx, plan)
    if waiting is not None:
        raise UserError(
            tr("计划 {plan} 的第 {number} 次抽取还没有结果。", plan=plan, number=waiting),
            tr("请先完成那次抽取；不能完成时作废并写明原因。"),
        )
    return (session.scalar(select(func.max(Draw.number)).where(*_same_plan(ctx, plan))) or 0) + 1


def _same_plan(ctx: Context, plan: str) -> tuple[ColumnElement[bool], ...]:
    return Draw.division == ctx.office.division, Draw.plan == plan


def _keep_pool(session: Session, draw_id: str, firms: PoolFirms) -> str:
    """Keep pool.csv, and which firms of the roll stand in it; return its SHA-256."""
    digest, entries = sha256(), list[str]()
    for place, piece in enumerate(pool_csv(pool_lines(firms, entries))):
        digest.update(piece)
        _keep(session, draw_id, FrozenFile.POOL, place, piece)
        _keep(session, draw_id, FrozenFile.FIRMS, place, msgspec.json.encode(entries))
        entries.clear()
    return digest.hexdigest()


def _keep(session: Session, draw_id: str, file: FrozenFile, place: int, data: bytes) -> None:
    write_rows(session, FrozenPiece, [{"draw": draw_id, "file": file, "place": place, "data": data}])


def _carry(ctx: Context, session: Session, text: str) -> str:
    """Write a piece of a file into the journal and return its record id."""
    piece = DrawPart(record=ctx.new_id(), text=text)
    journal.record(session, piece, ctx.stamp())
    return piece.record


def _sheet(
    ctx: Context, pool: Pool, number: int, pool_sha256: str, side_file: bytes, exclusions: list[tuple[str, str]]
) -> Sheet:
    """Return the sheet of a plan over its pool; everything in a fixed order."""
    plan = pool.plan
    people = {each.person: each.id for each in pool.eligible}
    firms = {entry: firm.id for entry, firm in pool.named.items() if not firm.reason}
    recusals = {
        (people[each.person], firms[each.establishment])
        for each in plan.recusals
        if each.person in people and each.establishment in firms
    }
    more = {
        "office": {"division": ctx.office.division, "name": clean_text(ctx.office.name)},
        "title": plan.title,
        "matter": plan.matter,
        "basis": plan.basis,
        "place": plan.place,
        "seed_source": plan.seed_source,
        "day": (plan.day or legal_day(ctx.now())).isoformat(),
        "scope": [{"code": each.code, "where": each.where} for each in plan.strata],
        "exclusions": exclusions,
        "absences": sorted((each.id, each.reason) for each in pool.inspectors if each.reason),
        "pool_sha256": pool_sha256,
        "side_sha256": sha256(side_file).hexdigest(),
    }
    return Sheet(
        plan=plan.plan,
        draw=number,
        nonce=ctx.entropy(NONCE_BYTES).hex(),
        team=plan.team,
        cap=plan.cap,
        slack=plan.slack,
        strata=pool.strata,
        # By number, so that the order of the people in the office's list cannot be used to choose among sheets.
        inspectors=tuple(Candidate(each.id, each.leads) for each in pool.eligible),
        recusals=tuple(sorted(recusals)),
        more=more,
    )


def _side_file(pool: Pool, salt: bytes) -> bytes:
    """Return what is not published; the salt keeps names and reasons from being guessed from the hash."""
    plan = pool.plan
    firm = {entry: each.id for entry, each in pool.named.items()}
    number = {each.person: each.id for each in pool.inspectors}
    return canonical(
        {
            # Reasons and names are few: without salt, whoever has the published hash could try them all.
            "salt": salt.hex(),
            "inspectors": [(each.id, clean_text(each.name), each.reason) for each in pool.inspectors],
            "unpublished": [(each.id, clean_text(each.name)) for each in pool.banned],
            "exclusions": [(firm[each.establishment], each.code, clean_text(each.note)) for each in plan.exclusions],
            "absences": [(number[each.person], each.code, clean_text(each.note)) for each in plan.absences],
            "recusals": [
                (number[each.person], firm[each.establishment], each.code, clean_text(each.note))
                for each in plan.recusals
            ],
        }
    )


def _seed_problems(first: str, second: str, minutes: SeedMinutes) -> Iterator[Problem]:
    odd = next(((place, each) for place, each in enumerate(first, 1) if each not in digits), None)
    if odd is not None:
        # Named, for of a letter O among zeros the number of characters says nothing.
        said = tr("第 {place} 位是“{found}”，不是 0 到 9 的数字。", place=odd[0], found=odd[1])
        yield Problem(tr("种子"), "", "", said, field="first")
    elif not SEED.fullmatch(first):
        said = tr("应为 {least} 到 {most} 位数字，没有其他字符；现为 {count} 位。")
        said = said.format(least=LEAST_SEED, most=LONGEST_SEED, count=len(first))
        yield Problem(tr("种子"), "", "", said, field="first")
    # Typed twice by two people: a slip in a seed cannot be corrected, the draw would have to be void.
    elif first != second:
        said = tr("两遍不同，{where}。请两人各自对照现场结果重新输入。", where=seed_difference(first, second))
        yield Problem(tr("第二遍的种子"), "", "", said, field="second")
    if not minutes.source.strip():
        yield blank(tr("种子来源"), "source", tr("请写明种子从哪里来。"))
    witnesses = _names(minutes.witnesses)
    # With a space there may be two people, or one whose name is typed wide.
    throwers = {*_names([minutes.thrown_by]), *_names(minutes.thrown_by.split())}
    if len(witnesses) < LEAST_WITNESSES:
        said = tr("请登记至少 {count} 名见证人。", count=LEAST_WITNESSES)
        yield Problem(tr("见证人"), "", "", said, field="witnesses")
    elif len(set(witnesses)) < len(witnesses):
        yield Problem(tr("见证人"), "", "", tr("同一个人登记了两次，请登记不同的见证人。"), field="witnesses")
    elif not draw_rules().witness_may_throw and throwers.intersection(witnesses):
        said = tr("掷骰或摇号的人不能同时是见证人。")
        yield Problem(tr("见证人"), "", "", said, field="witnesses")


def _names(texts: Iterable[str]) -> list[str]:
    """Return the names in texts that may hold several, as they are compared."""
    names = (one_spelling(name) for text in texts for name in _BETWEEN_NAMES.split(text))
    return [name for name in names if name]


def _minutes(minutes: SeedMinutes) -> dict[str, str]:
    witnesses = "、".join(clean_text(name).strip() for name in minutes.witnesses)
    return {key: clean_text(text).strip() for key, text in (asdict(minutes) | {"witnesses": witnesses}).items()}


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise ProblemsError(tr("抽取没有冻结，有 {count} 处要处理。", count=len(problems)), tuple(problems))


def _wrong_state(draw: Draw, message: str) -> UserError:
    return UserError(message, tr("这次抽取的状态：{state}。", state=draw.state.word))
