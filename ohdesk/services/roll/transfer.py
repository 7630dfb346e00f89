"""Transfer (转出): an entry goes from one town's roll to another's through the county.

The offer goes up, the county carries it down with all fields, the new town accepts or returns it.  Until the county
holds the acceptance the entry stays on the old roll (转出中); then the county writes its town, once.  Each step is a
write of `transfer_to` or `town`, the new town's a proposal as of any entry that is not its own: so whose the entry is
follows from one field, in every order of bundles (docs/decisions/0066-a-transfer-is-answered-before-it-moves.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ohdesk.db import journal
from ohdesk.db.models import Establishment, EstablishmentHead, OperationRow, Peer, Proposal
from ohdesk.db.queries.operations import true_bodies, true_body
from ohdesk.db.queries.roll import few_by_name
from ohdesk.domain.canonical import clean_text, parse
from ohdesk.domain.establishment import TRANSFER_TO, Value, is_town_code
from ohdesk.domain.merge import county_of, is_county
from ohdesk.domain.operations import EstablishmentWritten
from ohdesk.domain.people import Right
from ohdesk.domain.problems import blank
from ohdesk.domain.proposal import ProposalState
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context, may
from ohdesk.services.roll import proposals
from ohdesk.services.roll.entries import called, entry_of
from ohdesk.services.roll.values import entry_written, is_proposal, whole_entry


class Stage(StrEnum):
    """How far a transfer has come."""

    OFFERED = "offered"
    PASSED = "passed"
    ACCEPTED = "accepted"
    RETURNED = "returned"

    @property
    def word(self) -> str:
        """As people say it."""
        return tr(_WORDS[self])


_WORDS = {
    Stage.OFFERED: mark("等县级转下去"),
    Stage.PASSED: mark("等接收的镇街答复"),
    Stage.ACCEPTED: mark("已同意接收，等县级收到"),
    Stage.RETURNED: mark("已退回，等县级收到"),
}


@dataclass(frozen=True, slots=True)
class Transfer:
    """An entry that is being transferred: by whom, to whom (divisions), how far it has come, and why it was offered."""

    id: str
    name: str
    code: str
    town: str
    to: str
    stage: Stage
    reason: str


class Step(StrEnum):
    """What can be done with a transfer: by the county, by the new town, and by who offered it."""

    PASS_ON = "pass_on"  # noqa: S105 - an act
    ACCEPT = "accept"
    RETURN = "return"
    TAKE_BACK = "take_back"


def offer(ctx: Context, establishment: str, to: str, reason: str) -> Change:
    """Offer an entry to another town of the county; the county carries its own offer down at once.

    Raises ProblemsError naming all that does not fit, UserError for what is not one's own or is offered already.
    """
    ctx.require(Right.ROLL)
    why = _reason(reason)
    with ctx.transaction() as session:
        row = entry_of(session, establishment)
        if is_proposal(ctx, establishment, row.town, {}):
            raise UserError(tr("这不是本镇街的单位，不能转出。"), tr("请由它所属的镇街转出，或者报县级。"))
        if row.transfer_to:
            raise UserError(tr("这家单位已经在转出中。"), tr("请先收回（命令：--return），再转给别的镇街。"))
        _check_town(ctx, session, row, to)
        fields: dict[str, Value] = {TRANSFER_TO.key: to}
        return _write(ctx, session, row, whole_entry(session, row) | fields if _is_county(ctx) else fields, why)


def pass_on(ctx: Context, establishment: str, reason: str = "") -> Change:
    """Carry an offer down to the new town, with all fields; a county's. Raises UserError where there is none.

    reason: the county's; without one that of the offer, which the new town does not hold
    """
    ctx.require(Right.ROLL)
    if not _is_county(ctx):
        raise UserError(tr("转下去由县级办理。"), tr("请把上报包交给县级。"))
    with ctx.transaction() as session:
        row = _offered(session, establishment)
        _check_town(ctx, session, row, row.transfer_to)
        fields = whole_entry(session, row) | {TRANSFER_TO.key: row.transfer_to}
        return _write(ctx, session, row, fields, clean_text(reason).strip() or _why_offered(session, row))


def accept(ctx: Context, establishment: str, reason: str = "") -> Change:
    """Take over an entry that was offered to this town: it is on its roll once the county has heard.

    Raises UserError for one that was not offered to this town, or that the county has not carried down.
    """
    return _answer(ctx, establishment, {"town": ctx.office.division}, clean_text(reason).strip())


def give_back(ctx: Context, establishment: str, reason: str) -> Change:
    """End a transfer: the new town returns it, the old town or the county takes the offer back at once.

    Raises UserError where nothing is offered, ProblemsError without a reason.
    """
    ctx.require(Right.ROLL)
    why = _reason(reason)
    with ctx.reading() as session:
        row = _offered(session, establishment)
        is_answer = not _is_county(ctx) and row.town != ctx.office.division
    if is_answer:
        return _answer(ctx, establishment, {}, why)
    with ctx.transaction() as session:
        return _write(ctx, session, _offered(session, establishment), {TRANSFER_TO.key: ""}, why)


def find(ctx: Context, name_or_code: str) -> str:
    """Return the id of the one entry in transfer with this name, code or id, also one on another town's roll.

    Raises UserError when none or several fit.
    """
    wanted = _offers().with_only_columns(Establishment.id)
    with ctx.reading() as session:
        found = called(session, wanted, name_or_code)
    if len(found) != 1:
        message = tr("没有正在转出的“{text}”。") if not found else tr("正在转出的单位中有多家“{text}”。")
        raise UserError(
            message.format(text=name_or_code), tr("请在“转出与接收”里查看（命令：ohdesk roll transfer --list）。")
        )
    return found[0]


def transfers(ctx: Context) -> list[Transfer]:
    """Return the entries in transfer that concern this office, by name: at the county all."""
    wanted, here = _offers(), ctx.office.division
    if not _is_county(ctx):
        wanted = wanted.where((Establishment.town == here) | (Establishment.transfer_to == here))
    with ctx.reading() as session:
        rows = session.scalars(wanted.order_by(*few_by_name()))
        return [_transfer(session, row) for row in rows]


def transfer_of(ctx: Context, establishment: str) -> Transfer | None:
    """Return how far the transfer of an entry has come; None while it is not in transfer."""
    with ctx.reading() as session:
        row = session.scalars(_offers().where(Establishment.id == establishment)).first()
        return None if row is None else _transfer(session, row)


def steps(ctx: Context, one: Transfer) -> tuple[Step, ...]:
    """Return what this office can do with a transfer as it stands, whoever of the office may do it."""
    here = ctx.office.division
    if _is_county(ctx):
        return (Step.PASS_ON, Step.TAKE_BACK) if one.stage is Stage.OFFERED else (Step.TAKE_BACK,)
    if one.to == here:
        return (Step.ACCEPT, Step.RETURN) if one.stage is Stage.PASSED else ()
    return (Step.TAKE_BACK,) if one.town == here else ()


def settle_answers(ctx: Context) -> Change:
    """Write at the county what new towns answered to what was carried down to them.

    An answer that cannot be written, as when another entry has the code meanwhile, stays among the proposals.
    """
    if not _is_county(ctx) or not may(ctx, Right.ROLL):
        return Change.NOTHING
    change = Change.NOTHING
    with ctx.reading() as session:
        found = (_answered(session, row) for row in session.scalars(_offers()))
        answers = [f"{each.replica}:{each.seq}" for each in found if each is not None]
    for answer in answers:
        try:
            change |= proposals.accept(ctx, answer)
        except UserError:
            continue
    return change


def _answer(ctx: Context, establishment: str, fields: Mapping[str, Value], why: str) -> Change:
    ctx.require(Right.ROLL)
    with ctx.transaction() as session:
        row = _offered(session, establishment)
        if row.transfer_to != ctx.office.division:
            raise UserError(
                tr("这家单位不是转给本镇街的。"), tr("请在“转出与接收”里查看（命令：ohdesk roll transfer --list）。")
            )
        if _stage(session, row) is Stage.OFFERED:
            raise UserError(tr("县级还没有把这家单位转下来。"), tr("请接收县级的下一个包后再答复。"))
        if _answered(session, row) is not None:
            raise UserError(tr("已经答复过，等县级收到。"), tr("请把上报包交给县级。"))
        return _write(ctx, session, row, {**fields, TRANSFER_TO.key: ""}, why)


def _write(ctx: Context, session: Session, row: Establishment, fields: dict[str, Value], why: str) -> Change:
    proposed = is_proposal(ctx, row.id, row.town, fields)
    journal.record(session, entry_written(row.id, fields, why), ctx.stamp(), ctx.new_id())
    return Change.ROLL | Change.PROPOSALS if proposed else Change.ROLL


def _transfer(session: Session, row: Establishment) -> Transfer:
    code, why = row.uscc or row.local_id, _why_offered(session, row)
    return Transfer(row.id, row.name, code, row.town, row.transfer_to, _stage(session, row), why)


def _why_offered(session: Session, row: Establishment) -> str:
    """Return the newest reason given with the offer."""
    about, written = OperationRow.record == row.id, OperationRow.kind == EstablishmentWritten.kind
    # What was set aside may be anything, and what was only proposed is no offer.
    counts = (OperationRow.set_aside == "", proposals.not_proposed())
    in_order = (OperationRow.replica, OperationRow.seq)
    bodies = map(parse, true_bodies(session, about, written, *counts, in_order=in_order))
    offers = [each for each in bodies if each["v"]["fields"].get(TRANSFER_TO.key) == row.transfer_to]
    why = (str(each["v"]["reason"]) for each in sorted(offers, key=lambda each: str(each["at"]), reverse=True))
    return next(filter(None, why), "")


def _stage(session: Session, row: Establishment) -> Stage:
    answer = _answered(session, row)
    if answer is not None:
        return Stage.ACCEPTED if "town" in _fields(session, answer) else Stage.RETURNED
    heads = session.scalars(select(EstablishmentHead).where(EstablishmentHead.establishment == row.id))
    passed = any(is_county(head.division) and TRANSFER_TO.key in head.fields for head in heads)
    return Stage.PASSED if passed else Stage.OFFERED


def _answered(session: Session, row: Establishment) -> Proposal | None:
    """Return what the new town says to an offer, while the county has not settled it: its last word."""
    said = select(Proposal).where(Proposal.establishment == row.id, Proposal.division == row.transfer_to)
    said = said.where(Proposal.state == ProposalState.OPEN).order_by(Proposal.replica, Proposal.seq.desc())
    answers: tuple[dict[str, Value], ...] = ({"town": row.transfer_to, TRANSFER_TO.key: ""}, {TRANSFER_TO.key: ""})
    return next((each for each in session.scalars(said) if _fields(session, each) in answers), None)


def _fields(session: Session, proposal: Proposal) -> dict[str, Any]:
    body = parse(true_body(session.get_one(OperationRow, (proposal.replica, proposal.seq))))
    fields: dict[str, Any] = body["v"]["fields"]
    return fields


def _offers() -> Select[Establishment]:
    return select(Establishment).where(Establishment.transfer_to != "", Establishment.withdrawn.is_(False))


def _offered(session: Session, establishment: str) -> Establishment:
    row = entry_of(session, establishment)
    if not row.transfer_to:
        raise UserError(
            tr("这家单位没有在转出中。"), tr("请在“转出与接收”里查看（命令：ohdesk roll transfer --list）。")
        )
    return row


def _check_town(ctx: Context, session: Session, row: Establishment, to: str) -> None:
    county = county_of(ctx.office.division)
    if not is_town_code(to) or not to.startswith(county) or to == row.town:
        expected = tr("本县另一个镇街的 9 位代码")
        remedy = tr("转到县外的，请把状态登记为“转出”（命令：roll close）。")
        raise ProblemsError(
            tr("没有转出。"), (Problem(tr(TRANSFER_TO.heading), expected, to, remedy, TRANSFER_TO.key, f"{county}001"),)
        )
    if _is_county(ctx) and session.scalar(select(Peer.replica).where(Peer.division == to).limit(1)) is None:
        raise UserError(tr("县级没有登记过代码为 {to} 的镇街。", to=to), tr("请先为它签发证书，或者核对代码。"))


def _is_county(ctx: Context) -> bool:
    return is_county(ctx.office.division)


def _reason(reason: str) -> str:
    why = clean_text(reason).strip()
    if not why:
        raise ProblemsError(
            tr("转出、退回要写明理由。"), (blank(tr("理由"), "reason", tr("例如：已搬到对方辖区，已现场核实。")),)
        )
    return why
